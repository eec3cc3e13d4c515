/** Answers of the trace search: list, histogram and scatter. One trace is in queries-trace.ts. */
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { bucketFor, bucketStarts } from '../../store/bucket.ts'
import { sql } from '../../store/sql.ts'
import {
  type TraceHistogram,
  type TraceList,
  type TraceScatter,
  type TracesAsk,
  traceHistogram,
  traceList,
  traceScatter,
} from './contract.ts'
import { differenceAnswerers } from './queries-difference.ts'
import { indexOf } from './queries-index.ts'
import { matching } from './queries-matching.ts'
import { traceAnswerers } from './queries-trace.ts'

const scatter_points_max = 5000
const histogram_points_max = 120
/** Matching spans read before they are folded into traces: a trace has several. */
const spans_per_trace_read = 20

type ListRow = {
  trace: string
  span: string
  time_ms: string
  service: string
  name: string
  status: 'unset' | 'ok' | 'error'
  duration_ns: string
}
async function listTraces(
  ask: TracesAsk & { order: 'newest' | 'slowest'; rows_max: number },
  context: AskContext,
): Promise<TraceList> {
  const options = { signal: context.signal }
  const order = ask.order === 'slowest' ? sql`duration_ns` : sql`time`
  const found = await context.store.rows<ListRow>(
    sql`SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span,
      toUnixTimestamp64Milli(time) AS time_ms, service, name, status, duration_ns
    FROM (
      SELECT trace_id, span_id, time, service, name, status, duration_ns FROM spans
      WHERE ${matching(ask, context)}
      ORDER BY ${order} DESC LIMIT ${ask.rows_max * spans_per_trace_read}
    )
    ORDER BY ${order} DESC LIMIT 1 BY trace_id LIMIT ${ask.rows_max + 1}`,
    options,
  )
  const rows = found.slice(0, ask.rows_max)
  const index = await indexOf(
    rows.map((row) => row.trace),
    context,
  )
  const of = (row: ListRow) => index.get(row.trace)
  return {
    trace_id: rows.map((row) => row.trace),
    span_id: rows.map((row) => row.span),
    time_ms: rows.map((row) => Number(row.time_ms)),
    service: rows.map((row) => row.service),
    name: rows.map((row) => row.name),
    status: rows.map((row) => row.status),
    span_duration_ns: rows.map((row) => Number(row.duration_ns)),
    duration_ns: rows.map((row) => Number(of(row)?.duration_ns ?? row.duration_ns)),
    spans: rows.map((row) => Number(of(row)?.spans ?? 1)),
    errors: rows.map((row) => Number(of(row)?.errors ?? 0)),
    root_service: rows.map((row) => of(row)?.root_service || row.service),
    root_name: rows.map((row) => of(row)?.root_name || row.name),
    capped: found.length > ask.rows_max,
  }
}

async function histogram(ask: TracesAsk, context: AskContext): Promise<TraceHistogram> {
  const { seconds } = bucketFor(ask.from_ms, ask.to_ms, histogram_points_max)
  const rows = await context.store.rows<{ bucket: number; spans: string; errors: string }>(
    sql`SELECT toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds}))) AS bucket,
      count() AS spans, countIf(status = 'error') AS errors
    FROM spans WHERE ${matching(ask, context)} GROUP BY bucket`,
    { signal: context.signal },
  )
  const byTime = new Map(rows.map((row) => [row.bucket * 1000, row]))
  const time_ms = bucketStarts(ask.from_ms, ask.to_ms, seconds)
  return {
    bucket_ms: seconds * 1000,
    time_ms,
    spans: time_ms.map((time) => Number(byTime.get(time)?.spans ?? 0)),
    errors: time_ms.map((time) => Number(byTime.get(time)?.errors ?? 0)),
  }
}

type PointRow = ListRow & { total: string }

/** An even sample: chosen by a hash of the span's id, which knows nothing of its duration. */
async function scatter(ask: TracesAsk, context: AskContext): Promise<TraceScatter> {
  const matched = matching(ask, context)
  const options = { signal: context.signal }
  const counted = await context.store.rows<{ total: string }>(
    sql`SELECT count() AS total FROM spans WHERE ${matched}`,
    options,
  )
  const total = Number(counted[0]?.total ?? 0)
  const share = total <= scatter_points_max ? 1 : scatter_points_max / total
  const sampled =
    share === 1 ? sql`true` : sql`cityHash64(span_id) % 1000000 < ${Math.ceil(share * 1_000_000)}`
  const rows = await context.store.rows<PointRow>(
    sql`SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span,
      toUnixTimestamp64Milli(time) AS time_ms, service, name, status, duration_ns
    FROM spans WHERE ${matched} AND ${sampled} LIMIT ${scatter_points_max}`,
    options,
  )
  return {
    time_ms: rows.map((row) => Number(row.time_ms)),
    duration_ns: rows.map((row) => Number(row.duration_ns)),
    is_error: rows.map((row) => row.status === 'error'),
    trace_id: rows.map((row) => row.trace),
    span_id: rows.map((row) => row.span),
    service: rows.map((row) => row.service),
    name: rows.map((row) => row.name),
    total,
  }
}

export const tracesAnswerers: Answerer[] = [
  answers(traceList, listTraces),
  answers(traceHistogram, histogram),
  answers(traceScatter, scatter),
  ...traceAnswerers,
  ...differenceAnswerers,
]
