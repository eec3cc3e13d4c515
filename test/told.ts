/** Answers compared: whether they are the same, how much they tell, and without their order. */

export const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** How much an answer tells: its words and its numbers that are not 0. */
export function weight(answer: unknown): number {
  if (answer === null || answer === undefined || typeof answer === 'boolean') return 0
  if (typeof answer === 'number') return answer === 0 ? 0 : 1
  if (typeof answer === 'string') return answer === '' ? 0 : 1
  return Object.values(answer).reduce((sum, part) => sum + weight(part), 0)
}

/** Rows of equal rank come in any order, in which columns follow one another. */
export function ordered(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map((part) => JSON.stringify(part)).toSorted()
  if (answer === null || typeof answer !== 'object') return answer
  return Object.fromEntries(Object.entries(answer).map(([name, part]) => [name, ordered(part)]))
}
