/** What Jaeger's Monitor tab draws: calls, errors and latencies of services by minute. */
import { durationPercentile } from '../../model/duration-histogram.ts'
import { sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { QueryContext } from '../context.ts'
import { QueryError } from '../series.ts'
import { queryOptions } from '../traceql/read-spans.ts'

export const jaegerMetrics = ['latencies', 'calls', 'errors'] as const
export type JaegerMetric = (typeof jaegerMetrics)[number]

export type JaegerMetricsAsk = {
  metric: JaegerMetric
  services: readonly string[]
  byOperation: boolean
  kinds: readonly string[]
  quantile: number
  end_ms: number
  lookback_ms: number
  step_ms: number
  /** Each value is of so long before its time. */
  rate_ms: number
}

export type JaegerSeries = {
  service: string
  operation: string | undefined
  points: { time_ms: number; value: number }[]
}

const minute_ms = 60_000
const rows_max = 200_000
const points_max = 2_000

type Row = {
  service_name: string
  operation: string
  minute: number
  calls_sum: string
  errors_sum: string
  histogram: Record<string, string>
}

export async function jaegerSeries(
  ask: JaegerMetricsAsk,
  context: QueryContext,
): Promise<JaegerSeries[]> {
  if (ask.lookback_ms / ask.step_ms > points_max) {
    throw new QueryError('bad_data', `lookback holds more than ${points_max} steps`)
  }
  const from_ms = ask.end_ms - ask.lookback_ms - ask.rate_ms
  const range = { from_ms: Math.max(0, from_ms), to_ms: ask.end_ms }
  const operation = ask.byOperation ? sql`toString(name)` : sql`''`
  const histogram =
    ask.metric === 'latencies'
      ? sql`sumMap(duration_histogram)`
      : sql`CAST(map(), 'Map(UInt16, UInt64)')`
  const rows = await context.store.rows<Row>(
    sql`SELECT toString(service) AS service_name, ${operation} AS operation,
        toUnixTimestamp(time) AS minute, toString(sum(calls)) AS calls_sum,
        toString(sum(errors)) AS errors_sum, ${histogram} AS histogram
      FROM span_metrics_1m
      WHERE ${within('span_metrics_1m', range, context.scope)} AND service IN ${ask.services}
        AND toString(kind) IN ${ask.kinds}
      GROUP BY service_name, operation, minute ORDER BY service_name, operation, minute`,
    { ...queryOptions(context), rows_max: rows_max + 1 },
  )
  if (rows.length > rows_max) throw new QueryError('execution', 'too many operations and minutes')
  const groups = Map.groupBy(rows, (row) => JSON.stringify([row.service_name, row.operation]))
  return [...groups.values()].map((own) => ({
    service: own[0]!.service_name,
    operation: ask.byOperation ? own[0]!.operation : undefined,
    points: pointsOf(own, ask),
  }))
}

/** A window holds minutes that are over by its time. */
function pointsOf(rows: readonly Row[], ask: JaegerMetricsAsk): JaegerSeries['points'] {
  const points: JaegerSeries['points'] = []
  const ended = rows.map((row) => row.minute * 1_000 + minute_ms)
  let first = 0
  let next = 0
  for (let time_ms = ask.end_ms - ask.lookback_ms; time_ms <= ask.end_ms; time_ms += ask.step_ms) {
    while (next < rows.length && ended[next]! <= time_ms) next++
    while (first < next && ended[first]! <= time_ms - ask.rate_ms) first++
    const value = first === next ? undefined : valueOfWindow(rows.slice(first, next), ask)
    if (value !== undefined) points.push({ time_ms, value })
  }
  return points
}

function valueOfWindow(rows: readonly Row[], ask: JaegerMetricsAsk): number | undefined {
  const sum = (read: (row: Row) => string) =>
    rows.reduce((total, row) => total + Number(read(row)), 0)
  const calls = sum((row) => row.calls_sum)
  if (ask.metric === 'calls') return calls / (ask.rate_ms / 1_000)
  if (ask.metric === 'errors') return calls === 0 ? undefined : sum((row) => row.errors_sum) / calls
  const histogram = new Map<string, number>()
  for (const row of rows) {
    for (const [bucket, count] of Object.entries(row.histogram)) {
      histogram.set(bucket, (histogram.get(bucket) ?? 0) + Number(count))
    }
  }
  const ns = durationPercentile(Object.fromEntries(histogram), ask.quantile)
  return ns === null ? undefined : ns / 1e6
}
