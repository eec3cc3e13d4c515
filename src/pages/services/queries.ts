/**
 * Answers of the Services list and of one service's charts and operations, from RED summaries
 * alone. The map, errors and instances are in queries-map.ts and queries-instances.ts.
 */
import {
  addHistogram,
  type DurationHistogram,
  durationPercentiles,
} from '../../model/duration-histogram.ts'
import type { RangeAsk } from '../../model/question.ts'
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { bucketFor, bucketStarts } from '../../store/bucket.ts'
import { sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import {
  type ServiceAsk,
  type ServiceList,
  type ServiceOperations,
  type ServiceSeries,
  serviceList,
  serviceOperations,
  serviceSeries,
} from './contract.ts'
import { instancesAnswerers } from './queries-instances.ts'
import { mapAnswerers } from './queries-map.ts'

const sparkline_points_max = 48
const chart_points_max = 240
const operations_max = 200
/** Summaries hold minutes, so no bucket is finer. */
const bucket_seconds_min = 60

type RedRow = { calls: string; errors: string; histogram: DurationHistogram }
/** No alias repeats a column's name: the scope's condition would then mean the aggregate. */
type ListRow = RedRow & { service: string; home: string; bucket: number }
type Totals = {
  namespace: string
  calls: number
  errors: number
  histogram: Record<string, number>
}

function bucketSeconds(range: RangeAsk, points_max: number): number {
  return Math.max(bucket_seconds_min, bucketFor(range.from_ms, range.to_ms, points_max).seconds)
}

async function listServices(ask: RangeAsk, context: AskContext): Promise<ServiceList> {
  const seconds = bucketSeconds(ask, sparkline_points_max)
  const width_ms = ask.to_ms - ask.from_ms
  const before = { ...ask, from_ms: Math.max(0, ask.from_ms - width_ms), to_ms: ask.from_ms }
  const [rows, rowsBefore] = await Promise.all([
    redRows(ask, seconds, context),
    redRows(before, undefined, context),
  ])
  return prepareList(
    rows,
    rowsBefore,
    bucketStarts(ask.from_ms, ask.to_ms, seconds),
    seconds * 1000,
  )
}

/** One row a service and bucket; without a bucket one row a service. */
function redRows(range: RangeAsk, seconds: number | undefined, context: AskContext) {
  const bucket =
    seconds === undefined
      ? sql`0`
      : sql`toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds})))`
  return context.store.rows<ListRow>(
    sql`SELECT service, max(namespace) AS home, ${bucket} AS bucket, sum(calls) AS calls,
      sum(errors) AS errors, sumMap(duration_histogram) AS histogram
    FROM service_metrics_1m WHERE ${within('service_metrics_1m', range, context.scope)}
    GROUP BY service, bucket ORDER BY service, bucket`,
    { signal: context.signal },
  )
}

function totalsOf(rows: readonly ListRow[]): Map<string, Totals> {
  const totals = new Map<string, Totals>()
  for (const row of rows) {
    const sum = totals.get(row.service) ?? { namespace: '', calls: 0, errors: 0, histogram: {} }
    sum.namespace = row.home
    sum.calls += Number(row.calls)
    sum.errors += Number(row.errors)
    addHistogram(sum.histogram, row.histogram)
    totals.set(row.service, sum)
  }
  return totals
}

function prepareList(
  rows: readonly ListRow[],
  rowsBefore: readonly ListRow[],
  time_ms: number[],
  bucket_ms: number,
): ServiceList {
  const totals = totalsOf(rows)
  const before = totalsOf(rowsBefore)
  const service = [...totals.keys()]
  const of = (name: string) => totals.get(name) as Totals
  const percentiles = service.map((name) =>
    durationPercentiles(of(name).histogram, [0.5, 0.95, 0.99]),
  )
  const series = seriesOf(rows, service, time_ms)
  return {
    bucket_ms,
    time_ms,
    service,
    namespace: service.map((name) => of(name).namespace),
    calls: service.map((name) => of(name).calls),
    errors: service.map((name) => of(name).errors),
    p50_ns: percentiles.map((p) => p[0] ?? null),
    p95_ns: percentiles.map((p) => p[1] ?? null),
    p99_ns: percentiles.map((p) => p[2] ?? null),
    calls_before: service.map((name) => before.get(name)?.calls ?? 0),
    errors_before: service.map((name) => before.get(name)?.errors ?? 0),
    p95_ns_before: service.map(
      (name) => durationPercentiles(before.get(name)?.histogram ?? {}, [0.95])[0] ?? null,
    ),
    ...series,
  }
}

function seriesOf(
  rows: readonly ListRow[],
  service: readonly string[],
  time_ms: readonly number[],
) {
  const column = new Map(time_ms.map((time, at) => [time, at]))
  const line = new Map(service.map((name, at) => [name, at]))
  const empty = () => service.map(() => time_ms.map((): number | null => null))
  const series = { calls_series: empty(), errors_series: empty(), p95_ns_series: empty() }
  for (const row of rows) {
    const x = column.get(row.bucket * 1000)
    const y = line.get(row.service)
    if (x === undefined || y === undefined) continue
    const put = (lines: (number | null)[][], value: number | null) => {
      const target = lines[y]
      if (target !== undefined) target[x] = value
    }
    put(series.calls_series, Number(row.calls))
    put(series.errors_series, Number(row.errors))
    put(series.p95_ns_series, durationPercentiles(row.histogram, [0.95])[0] ?? null)
  }
  return series
}

async function seriesOfService(
  ask: ServiceAsk & { operation?: string | undefined },
  context: AskContext,
): Promise<ServiceSeries> {
  const seconds = bucketSeconds(ask, chart_points_max)
  const table = ask.operation === undefined ? 'service_metrics_1m' : 'span_metrics_1m'
  const operation = ask.operation === undefined ? sql`true` : sql`name = ${ask.operation}`
  const rows = await context.store.rows<RedRow & { bucket: number }>(
    sql`SELECT toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds}))) AS bucket,
      sum(calls) AS calls, sum(errors) AS errors, sumMap(duration_histogram) AS histogram
    FROM ${sql.identifier(table)}
    WHERE ${within(table, ask, context.scope)} AND service = ${ask.service} AND ${operation}
    GROUP BY bucket`,
    { signal: context.signal },
  )
  const byTime = new Map(rows.map((row) => [row.bucket * 1000, row]))
  const time_ms = bucketStarts(ask.from_ms, ask.to_ms, seconds)
  const at = time_ms.map((time) => byTime.get(time))
  const percentiles = at.map((row) => durationPercentiles(row?.histogram ?? {}, [0.5, 0.95, 0.99]))
  return {
    bucket_ms: seconds * 1000,
    time_ms,
    calls: at.map((row) => (row === undefined ? null : Number(row.calls))),
    errors: at.map((row) => (row === undefined ? null : Number(row.errors))),
    p50_ns: percentiles.map((p) => p[0] ?? null),
    p95_ns: percentiles.map((p) => p[1] ?? null),
    p99_ns: percentiles.map((p) => p[2] ?? null),
  }
}

type OperationRow = RedRow & {
  name: string
  kind: string
  is_entry: boolean
  duration_ns_sum: number
  total: string
}

async function operationsOf(ask: ServiceAsk, context: AskContext): Promise<ServiceOperations> {
  const rows = await context.store.rows<OperationRow>(
    sql`SELECT name, kind, is_entry, sum(calls) AS calls, sum(errors) AS errors,
      sum(duration_ns_sum) AS duration_ns_sum, sumMap(duration_histogram) AS histogram,
      count() OVER () AS total
    FROM span_metrics_1m
    WHERE ${within('span_metrics_1m', ask, context.scope)} AND service = ${ask.service}
    GROUP BY name, kind, is_entry
    ORDER BY is_entry DESC, calls DESC LIMIT ${operations_max}`,
    { signal: context.signal },
  )
  const percentiles = rows.map((row) => durationPercentiles(row.histogram, [0.5, 0.95, 0.99]))
  return {
    name: rows.map((row) => row.name),
    kind: rows.map((row) => row.kind),
    is_entry: rows.map((row) => row.is_entry),
    calls: rows.map((row) => Number(row.calls)),
    errors: rows.map((row) => Number(row.errors)),
    p50_ns: percentiles.map((p) => p[0] ?? null),
    p95_ns: percentiles.map((p) => p[1] ?? null),
    p99_ns: percentiles.map((p) => p[2] ?? null),
    duration_ns_sum: rows.map((row) => row.duration_ns_sum),
    total: Number(rows[0]?.total ?? 0),
  }
}

export const servicesAnswerers: Answerer[] = [
  answers(serviceList, listServices),
  answers(serviceSeries, seriesOfService),
  answers(serviceOperations, operationsOf),
  ...mapAnswerers,
  ...instancesAnswerers,
]
