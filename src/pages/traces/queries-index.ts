/**
 * Where traces lie in time and what they amount to. The trace index counts the spans of all places:
 * for an asker who sees only some, the spans themselves are counted.
 */
import { isLimited } from '../../model/question.ts'
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'

export type TraceSum = {
  trace: string
  spans: string
  errors: string
  root_service: string
  root_name: string
  duration_ns: string
}
export type Extent = { from_ms: number; to_ms: number }

/** By trace id, in hex. */
export async function indexOf(
  traces: readonly string[],
  context: AskContext,
): Promise<Map<string, TraceSum>> {
  if (traces.length === 0) return new Map()
  const ids = sql.join(traces.map((trace) => sql.hexId(trace, 16)))
  const summed = isLimited(context.scope)
    ? await seenSums(ids, context)
    : sql`SELECT lower(hex(trace_id)) AS trace, sum(spans) AS spans, sum(errors) AS errors,
      max(root_service) AS root_service, max(root_name) AS root_name,
      toUnixTimestamp64Nano(max(end_time)) - toUnixTimestamp64Nano(min(time)) AS duration_ns
    FROM trace_index WHERE trace_id IN (${ids}) GROUP BY trace_id`
  if (summed === undefined) return new Map()
  const rows = await context.store.rows<TraceSum>(summed, { signal: context.signal })
  return new Map(rows.map((row) => [row.trace, row]))
}

async function seenSums(ids: Sql, context: AskContext): Promise<Sql | undefined> {
  const extent = await extentOf(ids, context)
  if (extent === undefined) return undefined
  const root = sql`parent_span_id = toFixedString('', 8)`
  return sql`SELECT lower(hex(trace_id)) AS trace, count() AS spans,
    countIf(status = 'error') AS errors, max(if(${root}, toString(service), '')) AS root_service,
    max(if(${root}, toString(name), '')) AS root_name,
    toUnixTimestamp64Nano(max(time + toIntervalNanosecond(duration_ns)))
      - toUnixTimestamp64Nano(min(time)) AS duration_ns
  FROM spans WHERE trace_id IN (${ids}) AND ${within('spans', extent, context.scope)}
  GROUP BY trace_id`
}

/** Turns a read of their spans into one of a few granules. */
export async function extentOf(ids: Sql, context: AskContext): Promise<Extent | undefined> {
  const rows = await context.store.rows<{ from_ms: string; to_ms: string }>(
    sql`SELECT toUnixTimestamp64Milli(min(time)) AS from_ms,
      toUnixTimestamp64Milli(max(end_time)) + 1 AS to_ms
    FROM trace_index WHERE trace_id IN (${ids}) HAVING count() > 0`,
    { signal: context.signal },
  )
  const row = rows[0]
  return row && { from_ms: Number(row.from_ms), to_ms: Number(row.to_ms) }
}

/** How many spans of a trace the asker may see. */
export async function spansOf(trace: Sql, extent: Extent, context: AskContext): Promise<number> {
  const counted = isLimited(context.scope)
    ? sql`SELECT count() AS total FROM spans
      WHERE trace_id = ${trace} AND ${within('spans', extent, context.scope)}`
    : sql`SELECT sum(spans) AS total FROM trace_index WHERE trace_id = ${trace}`
  const rows = await context.store.rows<{ total: string }>(counted, { signal: context.signal })
  return Number(rows[0]?.total ?? 0)
}
