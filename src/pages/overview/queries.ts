/** Answers of the Overview. Failing and slow services come from the Services questions. */
import { isLimited, type RangeAsk } from '../../model/question.ts'
import type { TableName } from '../../model/tables.ts'
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { bucketFor, bucketStarts } from '../../store/bucket.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import {
  type Arrivals,
  arrivals,
  type ErrorPatterns,
  errorPatterns,
  type Signal,
  type Sources,
  type StoreUse,
  sources,
  storeUse,
} from './contract.ts'
import { securityAnswerer } from './queries-security.ts'
import { bytesPerRecord } from './queries-volume.ts'

const points_max = 60
const sources_max = 200
const patterns_max = 20
/** A pattern is new when it was not seen this long before the range. */
const known_ms = 24 * 3_600_000

const tableOf: Record<Signal, TableName> = {
  logs: 'logs',
  spans: 'spans',
  metrics: 'metric_samples',
}
const signals: Signal[] = ['logs', 'spans', 'metrics']

type ArrivalRow = { signal: Signal; bucket: number; records: string; last_ms: string }

async function arriving(ask: RangeAsk, context: AskContext): Promise<Arrivals> {
  const { seconds } = bucketFor(ask.from_ms, ask.to_ms, points_max)
  const each = signals.map(
    (signal) => sql`SELECT ${signal} AS signal,
      toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds}))) AS bucket,
      count() AS records, toUnixTimestamp64Milli(max(time)) AS last_ms
    FROM ${sql.identifier(tableOf[signal])}
    WHERE ${within(tableOf[signal], ask, context.scope)} GROUP BY bucket`,
  )
  const options = { signal: context.signal }
  const [rows, delays, bytes] = await Promise.all([
    context.store.rows<ArrivalRow>(sql.join(each, '\nUNION ALL\n'), options),
    context.store.rows<{ p50: number; p99: number }>(delayOf(ask, context), options),
    bytesPerRecord(context),
  ])
  const answer = prepareArrivals(ask, rows, seconds * 1000, delays[0])
  for (const signal of signals) answer.bytes[signal] = answer.totals[signal] * bytes[signal]
  return answer
}

/** Of the newest logs and spans only: it is about now, and must not grow with the range. */
function delayOf(ask: RangeAsk, context: AskContext): Sql {
  const recent = { ...ask, from_ms: Math.max(ask.from_ms, ask.to_ms - 300_000) }
  const each = (['logs', 'spans'] as const).map(
    (table) => sql`SELECT greatest(0, toUnixTimestamp64Milli(ingested_time) -
      toUnixTimestamp64Milli(time)) AS delay FROM ${sql.identifier(table)}
    WHERE ${within(table, recent, context.scope)}`,
  )
  return sql`SELECT quantile(0.5)(delay) AS p50, quantile(0.99)(delay) AS p99
    FROM (${sql.join(each, '\nUNION ALL\n')}) HAVING count() > 0`
}

function prepareArrivals(
  ask: RangeAsk,
  rows: readonly ArrivalRow[],
  bucket_ms: number,
  delay: { p50: number; p99: number } | undefined,
): Arrivals {
  const time_ms = bucketStarts(ask.from_ms, ask.to_ms, bucket_ms / 1000)
  const column = new Map(time_ms.map((time, at) => [time, at]))
  const zeros = () => time_ms.map(() => 0)
  const records: Record<Signal, number[]> = { logs: zeros(), spans: zeros(), metrics: zeros() }
  const totals: Record<Signal, number> = { logs: 0, spans: 0, metrics: 0 }
  const last_ms: Record<Signal, number | null> = { logs: null, spans: null, metrics: null }
  for (const row of rows) {
    records[row.signal][column.get(row.bucket * 1000) ?? 0] = Number(row.records)
    totals[row.signal] += Number(row.records)
    last_ms[row.signal] = Math.max(last_ms[row.signal] ?? 0, Number(row.last_ms))
  }
  const delays = { delay_ms_p50: delay?.p50 ?? null, delay_ms_p99: delay?.p99 ?? null }
  const bytes: Record<Signal, number> = { logs: 0, spans: 0, metrics: 0 }
  return { bucket_ms, time_ms, records, totals, bytes, last_ms, ...delays }
}

type SourceRow = {
  service: string
  namespace: string
  cluster: string
  logs: string
  spans: string
  series: string
  pods: string
  last_ms: string
  total: string
}

async function sending(ask: RangeAsk, context: AskContext): Promise<Sources> {
  const bytes = await bytesPerRecord(context)
  const from = (table: 'logs' | 'spans' | 'metric_series', columns: Sql) => sql`SELECT service,
    namespace, cluster, pod, ${columns}, toUnixTimestamp64Milli(time) AS seen
    FROM ${sql.identifier(table)} WHERE ${within(table, ask, context.scope)}`
  const rows = await context.store.rows<SourceRow>(
    sql`SELECT service, max(namespace) AS namespace, max(cluster) AS cluster, sum(log) AS logs,
      sum(span) AS spans, uniq(nullIf(one_series, 0)) AS series, uniq(nullIf(pod, '')) AS pods,
      max(seen) AS last_ms, count() OVER () AS total
    FROM (
      ${from('logs', sql`1 AS log, 0 AS span, toUInt64(0) AS one_series`)} UNION ALL
      ${from('spans', sql`0 AS log, 1 AS span, toUInt64(0) AS one_series`)} UNION ALL
      ${from('metric_series', sql`0 AS log, 0 AS span, series_id AS one_series`)}
    )
    GROUP BY service ORDER BY spans + logs DESC LIMIT ${sources_max}`,
    { signal: context.signal },
  )
  return {
    service: rows.map((row) => row.service),
    namespace: rows.map((row) => row.namespace),
    cluster: rows.map((row) => row.cluster),
    logs: rows.map((row) => Number(row.logs)),
    spans: rows.map((row) => Number(row.spans)),
    series: rows.map((row) => Number(row.series)),
    pods: rows.map((row) => Number(row.pods)),
    bytes: rows.map((row) => Number(row.logs) * bytes.logs + Number(row.spans) * bytes.spans),
    last_ms: rows.map((row) => Number(row.last_ms)),
    total: Number(rows[0]?.total ?? 0),
  }
}

type PatternRow = {
  template: string
  example: string
  newest_service: string
  severest: string
  count: string
  first_ms: string
  last_ms: string
  is_new: number
}

async function newestErrors(ask: RangeAsk, context: AskContext): Promise<ErrorPatterns> {
  const before = { ...ask, from_ms: Math.max(0, ask.from_ms - known_ms), to_ms: ask.from_ms }
  const rows = await context.store.rows<PatternRow>(
    sql`SELECT toString(template_id) AS template, argMax(body, time) AS example,
      argMax(service, time) AS newest_service, argMax(severity, severity_number) AS severest,
      count() AS count, toUnixTimestamp64Milli(min(time)) AS first_ms,
      toUnixTimestamp64Milli(max(time)) AS last_ms,
      template_id NOT IN (SELECT template_id FROM logs
        WHERE ${within('logs', before, context.scope)} AND severity_number >= 17) AS is_new
    FROM logs WHERE ${within('logs', ask, context.scope)} AND severity_number >= 17
    GROUP BY template_id ORDER BY is_new DESC, if(is_new, first_ms, toInt64(count)) DESC
    LIMIT ${patterns_max}`,
    { signal: context.signal },
  )
  return {
    template_id: rows.map((row) => row.template),
    example: rows.map((row) => row.example),
    service: rows.map((row) => row.newest_service),
    severity: rows.map((row) => row.severest),
    count: rows.map((row) => Number(row.count)),
    first_ms: rows.map((row) => Number(row.first_ms)),
    last_ms: rows.map((row) => Number(row.last_ms)),
    is_new: rows.map((row) => Number(row.is_new) === 1),
  }
}

type UseRow = { name: string; rows: string; bytes: string; oldest: string }

/** About the whole store, so only for those whose scope is everything. */
async function used(_ask: RangeAsk, context: AskContext): Promise<StoreUse> {
  if (isLimited(context.scope)) return { table: [], rows: [], bytes: [], oldest_ms: [] }
  const found = await context.store.rows<UseRow>(
    sql`SELECT table AS name, sum(rows) AS rows, sum(bytes_on_disk) AS bytes,
      toUnixTimestamp(toDateTime(min(toDateOrZero(partition)))) AS oldest
    FROM system.parts WHERE active AND database = currentDatabase()
    GROUP BY table ORDER BY bytes DESC`,
    { signal: context.signal },
  )
  return {
    table: found.map((row) => row.name),
    rows: found.map((row) => Number(row.rows)),
    bytes: found.map((row) => Number(row.bytes)),
    oldest_ms: found.map((row) => Number(row.oldest) * 1000),
  }
}

export const overviewAnswerers: Answerer[] = [
  answers(arrivals, arriving),
  answers(sources, sending),
  answers(errorPatterns, newestErrors),
  answers(storeUse, used),
  securityAnswerer,
]
