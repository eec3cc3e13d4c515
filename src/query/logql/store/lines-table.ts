/**
 * The lines of a range as a table. What stays the same from one refresh of a dashboard to the next
 * is tested apart from time: the engine remembers for such a condition where nothing fits it.
 */
import { isLimited } from '../../../model/question.ts'
import { type Sql, sql } from '../../../store/sql.ts'
import { within } from '../../../store/within.ts'
import type { QueryContext } from '../../context.ts'
import { duringSpan, type TimeSpan } from './read-lines.ts'

export type LinesChoice = {
  /** What a record must be, before its line is looked at. */
  selectors: readonly Sql[]
  /** What its line must hold. */
  lines: readonly Sql[]
  /** Templates of which all lines do: these are not read. */
  kept: readonly bigint[]
}

/** The year 2255: whatever is stored is older, and the moment is the same in every query. */
const far_ms = 9_000_000_000_000

export function linesTable(
  columns: Sql,
  { selectors, lines, kept }: LinesChoice,
  span: TimeSpan,
  context: QueryContext,
): Sql {
  const { scope } = context
  const places = isLimited(scope) ? [within('logs', { from_ms: 0, to_ms: far_ms }, scope)] : []
  const during = duringSpan(span, context)
  const of = (conditions: readonly Sql[]) =>
    sql`SELECT ${columns} FROM logs PREWHERE ${sql.all([...places, ...selectors, ...conditions])}
      WHERE ${during}`
  if (kept.length === 0) return sql`(${of(lines)})`
  const known = of([sql`template_id IN ${kept}`])
  const others = of([sql`template_id NOT IN ${kept}`, ...lines])
  return sql`(${known} UNION ALL ${others})`
}
