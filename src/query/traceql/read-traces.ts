/** Whole traces by their ids, of what the caller may see; the index tells when they were. */
import type { RangeAsk } from '../../model/question.ts'
import { type Sql, sql } from '../../store/sql.ts'
import type { QueryContext } from '../context.ts'
import { queryOptions, readSpans } from './read-spans.ts'
import { type Span, type Trace, traceOf } from './span.ts'

/** Spans that one trace is read with; what is beyond is told as capped. */
export const trace_spans_max = 20_000
const spans_max = 50_000

/** Only when traces lie is read here: what is told of them comes from their spans. */
export async function extentOf(ids: Sql, context: QueryContext): Promise<RangeAsk | undefined> {
  const rows = await context.store.rows<{ from_ms: string; to_ms: string }>(
    sql`SELECT toString(toUnixTimestamp64Milli(min(time))) AS from_ms,
      toString(toUnixTimestamp64Milli(max(end_time)) + 1) AS to_ms
    FROM trace_index WHERE trace_id IN (${ids}) HAVING count() > 0`,
    queryOptions(context),
  )
  const row = rows[0]
  return row && { from_ms: Number(row.from_ms), to_ms: Number(row.to_ms) }
}

/** In the order of the ids; those that are not there are left out. */
export async function readTraces(
  ids: readonly string[],
  context: QueryContext,
): Promise<{ traces: Trace[]; capped: boolean }> {
  if (ids.length === 0) return { traces: [], capped: false }
  const chosen = sql.join(ids.map((id) => sql.hexId(id, 16)))
  const extent = await extentOf(chosen, context)
  if (extent === undefined) return { traces: [], capped: false }
  const rows_max = Math.min(spans_max, trace_spans_max * ids.length)
  const spans = await readSpans(
    {
      where: sql`trace_id IN (${chosen})`,
      range: extent,
      rest: sql`ORDER BY time, span_id LIMIT ${trace_spans_max + 1} BY trace_id
        LIMIT ${rows_max + 1}`,
      rows_max: rows_max + 1,
    },
    context,
  )
  const groups = new Map<string, Span[]>(ids.map((id) => [id, []]))
  for (const span of spans.slice(0, rows_max)) groups.get(span.trace_id)?.push(span)
  let capped = spans.length > rows_max
  const traces: Trace[] = []
  for (const [id, own] of groups) {
    if (own.length > trace_spans_max) capped = true
    if (own.length > 0) traces.push(traceOf(id, own.slice(0, trace_spans_max)))
  }
  return { traces, capped }
}
