/** "Did you mean": the known word nearest to one that was mistyped. */

/** The nearest of the known words, or undefined when none is near enough to be a slip. */
export function closest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let best_edits = Math.floor(word.length / 3) + 1
  for (const candidate of known) {
    const edits = editsBetween(word.toLowerCase(), candidate.toLowerCase())
    if (edits < best_edits) [best, best_edits] = [candidate, edits]
  }
  return best
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
 */
function editsBetween(from: string, to: string): number {
  let older: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = previous[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      let edits = Math.min(previous[j]! + 1, row[j - 1]! + 1, replaced)
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      if (i > 1 && j > 1 && swapped) edits = Math.min(edits, older[j - 2]! + 1)
      row.push(edits)
    }
    older = previous
    previous = row
  }
  return previous[to.length]!
}
