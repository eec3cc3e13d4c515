/** What Elasticsearch's API answers when it refuses: the reason, and the place that it names. */
import type { CodeProblem } from './CodeEditor.tsx'
import { placeOf } from './json-place.ts'
import { type JsonProblem, type JsonRead, readJson } from './lenient-json.ts'

export type Refusal = {
  type: string
  reason: string
  path?: string
  position?: { line: number; column: number }
}

/** Undefined when the answer is no refusal. */
export function refusalOf(body: string): Refusal | undefined {
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    return undefined
  }
  const error = (answer as { error?: unknown } | null)?.error
  if (typeof error === 'string') return { type: '', reason: error }
  if (typeof error !== 'object' || error === null) return undefined
  const { type = '', reason = '', path, position } = error as Partial<Refusal>
  return {
    ...{ type: String(type), reason: String(reason) },
    ...(typeof path === 'string' && { path }),
    ...(isPosition(position) && { position }),
  }
}

function isPosition(value: unknown): value is { line: number; column: number } {
  const { line, column } = (value ?? {}) as Record<string, unknown>
  return typeof line === 'number' && typeof column === 'number'
}

/** Under the place that the refusal names in the JSON from `from` on; none when it names none. */
export function problemOf(
  refusal: Refusal,
  source: string,
  at: { from: number; to: number; under?: string },
): CodeProblem | undefined {
  const { path, position, reason } = refusal
  const [root] = readJson(source, at.from, at.to).values
  if (path === undefined || root === undefined) return undefined
  const whole = at.under === undefined ? path : `${at.under}.${path}`
  return { ...placeOf(source, root, whole, position), says: reason, tone: 'error' }
}

/** What is no JSON, in words that the caller's dictionary has for each code. */
export function syntaxProblem(
  { problem }: Pick<JsonRead, 'problem'>,
  says: (code: JsonProblem['code']) => string,
): CodeProblem | undefined {
  if (problem === undefined) return undefined
  const { from, to, code } = problem
  return { from, to, says: says(code), tone: 'error' }
}
