/** Wildcards: as a LIKE pattern for the engine, and matched here against words that are known. */
import type { Pieces } from '../model/search/tree.ts'
import { type Sql, sql } from './sql.ts'

/** The wildcard pattern in LIKE's language; everything else in it stands for itself. */
export function likePattern(pieces: Pieces): string {
  return pieces.map((piece) => piece.replace(/[\\%_]/g, '\\$&')).join('%')
}

export function like(expression: Sql, pieces: Pieces): Sql {
  return sql`${expression} LIKE ${likePattern(pieces)}`
}

/** Whether the text has the pieces in order, the first at its start and the last at its end. */
export function matchesPieces(text: string, pieces: Pieces): boolean {
  const first = pieces[0]!
  if (pieces.length === 1) return text === first
  const last = pieces.at(-1)!
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
