/** Live tail: records by the time the server took them in, through the query's stages. */
import { sql } from '../../../store/sql.ts'
import { within } from '../../../store/within.ts'
import type { QueryContext } from '../../context.ts'
import type { LogExpr } from '../ast.ts'
import { LineReader, type LogLine, tooManyResources } from '../run-log.ts'
import { chosenBy, labelsToFind, sourcesOf } from '../store/read-lines.ts'
import { type LineRow, lineColumns, lineHash } from '../store/rows.ts'

/** Records may be this much older than their arrival and still be tailed: late clocks, retries. */
const late_ms = 900_000
/** Rows become visible after their segment is stored; a look reaches this far behind. */
export const settle_ms = 2_500
/** What a person can follow; the rest of a look is told as dropped. */
const look_lines_max = 1_000

export type TailLook = {
  lines: LogLine[]
  /** Records that there were too many of. */
  dropped: number
  until_ms: number
}

/** What arrived after `after_ms`, oldest first. */
export async function lookAtTail(
  log: LogExpr,
  after_ms: number,
  now_ms: number,
  context: QueryContext,
): Promise<TailLook> {
  const until_ms = now_ms - settle_ms
  if (until_ms <= after_ms) return { lines: [], dropped: 0, until_ms: after_ms }
  const range = { from_ms: Math.max(0, after_ms - late_ms), to_ms: now_ms + late_ms }
  const span = {
    from_ns: BigInt(range.from_ms) * 1_000_000n,
    to_ns: BigInt(range.to_ms) * 1_000_000n,
  }
  const sources = await sourcesOf(labelsToFind(log), span, context)
  if (sources === undefined) throw tooManyResources()
  const { condition } = chosenBy(log, sources)
  const rows = await context.store.rows<LineRow & { arrived: string }>(
    sql`SELECT ${lineColumns}, count() OVER () AS arrived FROM logs
      WHERE ${within('logs', range, context.scope)} AND ${condition}
        AND ingested_time > fromUnixTimestamp64Milli(${BigInt(after_ms)})
        AND ingested_time <= fromUnixTimestamp64Milli(${BigInt(until_ms)})
      ORDER BY time DESC, ${lineHash} LIMIT ${look_lines_max}`,
    { timeout_ms: 10_000, rows_max: look_lines_max, signal: context.signal },
  )
  const lines = await new LineReader(log, span, context).read(rows.reverse())
  const dropped = Math.max(0, Number(rows[0]?.arrived ?? 0) - rows.length)
  return { lines, dropped, until_ms }
}
