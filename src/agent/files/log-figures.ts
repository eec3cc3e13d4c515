/** Counts of what became of a log's lines and bytes. */

/** What became of this log since it was asked last. */
export type LogFigures = {
  records: number
  left_out: number
  rotated_away_bytes: number
  truncated_bytes: number
  unreadable_bytes: number
  /** How often files were met of which none goes on with what was read before. */
  gaps: number
  last_s: number
}

export function emptyFigures(): LogFigures {
  return {
    ...{ records: 0, left_out: 0, last_s: 0 },
    ...{ rotated_away_bytes: 0, truncated_bytes: 0, unreadable_bytes: 0, gaps: 0 },
  }
}
