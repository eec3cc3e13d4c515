/** Answers what one thing used over time, and how its logs and the requests it served went. */
import type { AskContext } from '../../store/answer.ts'
import { bucketFor, bucketStarts } from '../../store/bucket.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type {
  ContainerAsk,
  ContainerUse,
  EntityActivity,
  EntityAsk,
  EntityResources,
} from './contract-entity.ts'
import { placeOf, telemetryOf } from './queries-entity-place.ts'

const points_max = 120
/** Agents report this often by default: narrower buckets would be full of gaps. */
const sample_s = 15
const rollup_s = 300
const services_max = 8
/** What a container uses now is its newest sample that is not older than this. */
const fresh_ms = 300_000

type Level = 'node' | 'pod' | 'container'

function metricsOf({
  kind,
  container,
}: ContainerAsk): Record<'cpu' | 'memory' | 'network', string> {
  const of: Level =
    kind === 'node' || kind === 'cluster' ? 'node' : container === undefined ? 'pod' : 'container'
  const prefix = of === 'container' ? 'container' : `k8s.${of}`
  return {
    cpu: `${prefix}.cpu.usage`,
    memory: `${prefix}.memory.working_set`,
    // Containers of a pod share its network.
    network: `k8s.${of === 'container' ? 'pod' : of}.network.io`,
  }
}

type Row = { bucket: number; line: string; total: number }

export async function resourcesOf(
  ask: ContainerAsk,
  context: AskContext,
): Promise<EntityResources> {
  const { seconds: wanted } = bucketFor(ask.from_ms, ask.to_ms, points_max)
  const seconds = Math.max(wanted, 2 * sample_s)
  const own = await telemetryOf(ask, context)
  const ofPod = await telemetryOf({ ...ask, container: undefined }, context)
  const names = metricsOf(ask)
  const [used, moved] = await Promise.all([
    own === undefined ? [] : usedOver(ask, [names.cpu, names.memory], own, seconds, context),
    ofPod === undefined ? [] : movedOver(ask, names.network, ofPod, seconds, context),
  ])
  const time_ms = bucketStarts(ask.from_ms, ask.to_ms, seconds)
  const line = (rows: readonly Row[], name: string) => {
    const own = rows.filter((row) => row.line === name)
    const values = new Map(own.map((row) => [row.bucket * 1000, row.total]))
    return settled(
      time_ms.map((time) => values.get(time) ?? null),
      time_ms,
      context.now_ms - seconds * 1000,
    )
  }
  return {
    bucket_ms: seconds * 1000,
    time_ms,
    cpu_usage_cores: line(used, names.cpu),
    memory_usage_bytes: line(used, names.memory),
    receive_bytes_per_s: line(moved, 'receive'),
    transmit_bytes_per_s: line(moved, 'transmit'),
  }
}

/** The newest bucket holds what some have told and others not yet: their sum would seem to fall. */
function settled(values: (number | null)[], time_ms: number[], whole_ms: number) {
  const hasBefore = values.some((value, at) => value !== null && (time_ms[at] ?? 0) <= whole_ms)
  return hasBefore
    ? values.map((value, at) => ((time_ms[at] ?? 0) > whole_ms ? null : value))
    : values
}

/** Samples of a metric in the range, each with its series and its bucket. */
function samples(ask: EntityAsk, metrics: readonly string[], own: Sql, seconds: number) {
  const isRolledUp = seconds % rollup_s === 0
  const table = sql.identifier(isRolledUp ? 'metric_samples_5m' : 'metric_samples')
  const moment = (ms: number) =>
    isRolledUp
      ? sql`toDateTime(${Math.floor(ms / 1000)})`
      : sql`fromUnixTimestamp64Milli(${BigInt(Math.trunc(ms))})`
  return {
    mean: isRolledUp ? sql`sum(value_sum) / sum(value_count)` : sql`avg(value)`,
    last: isRolledUp ? sql`argMaxMerge(value_last)` : sql`argMax(value, time)`,
    bucket: sql`toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds})))`,
    from: (context: AskContext, from_ms = ask.from_ms) => sql`${table}
      WHERE metric IN ${metrics} AND time >= ${moment(from_ms)} AND time < ${moment(ask.to_ms)}
        ${isRolledUp ? sql`` : sql`AND NOT isNaN(value)`}
        AND series_id IN (SELECT series_id FROM metric_series WHERE metric IN ${metrics}
          AND ${own} AND ${within('metric_series', placeOf(ask), context.scope)})`,
  }
}

function usedOver(
  ask: EntityAsk,
  metrics: readonly string[],
  own: Sql,
  seconds: number,
  context: AskContext,
): Promise<Row[]> {
  const { mean, bucket, from } = samples(ask, metrics, own, seconds)
  return context.store.rows<Row>(
    sql`SELECT bucket, line, sum(each) AS total FROM (
      SELECT series_id, toString(metric) AS line, ${bucket} AS bucket, ${mean} AS each
      FROM ${from(context)} GROUP BY series_id, line, bucket
    ) GROUP BY bucket, line`,
    { signal: context.signal },
  )
}

/** Counters' growth per second. One that is below its predecessor started anew at zero. */
function movedOver(
  ask: EntityAsk,
  metric: string,
  own: Sql,
  seconds: number,
  context: AskContext,
): Promise<Row[]> {
  const { last, bucket, from } = samples(ask, [metric], own, seconds)
  const before_ms = Math.max(0, ask.from_ms - seconds * 1000)
  return context.store.rows<Row>(
    sql`SELECT bucket, line,
      sum(if(last < before, last, last - before) / (bucket - bucket_before)) AS total
    FROM (
      SELECT series_id, bucket, last, lagInFrame(last) OVER series AS before,
        lagInFrame(bucket) OVER series AS bucket_before, row_number() OVER series AS nth
      FROM (SELECT series_id, ${bucket} AS bucket, ${last} AS last
        FROM ${from(context, before_ms)} GROUP BY series_id, bucket)
      WINDOW series AS (PARTITION BY series_id ORDER BY bucket
        ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
    ) AS grown
    INNER JOIN (SELECT DISTINCT series_id,
        coalesce(nullIf(attributes['network.io.direction'], ''), attributes['direction']) AS line
      FROM metric_series WHERE metric = ${metric} AND ${own}
        AND ${within('metric_series', placeOf(ask), context.scope)}) AS series USING (series_id)
    WHERE nth > 1 AND bucket - bucket_before <= ${4 * seconds} GROUP BY bucket, line`,
    { signal: context.signal },
  )
}

type LogRow = { bucket: number; level: string; records: string }
type CallRow = {
  bucket: number
  calls: string
  errors: string
  middle: number
  slow: number
  served_by: string[]
}

export async function activityOf(ask: ContainerAsk, context: AskContext): Promise<EntityActivity> {
  const { seconds } = bucketFor(ask.from_ms, ask.to_ms, points_max)
  const own = await telemetryOf(ask, context)
  const [logs, calls] = own === undefined ? [[], []] : await activity(ask, own, seconds, context)
  const time_ms = bucketStarts(ask.from_ms, ask.to_ms, seconds)
  const severity = [...new Set(logs.map((row) => row.level))].toSorted()
  const found = new Map(logs.map((row) => [`${row.level} ${row.bucket}`, Number(row.records)]))
  const served = new Map(calls.map((row) => [row.bucket * 1000, row]))
  return {
    bucket_ms: seconds * 1000,
    time_ms,
    severity,
    records: severity.map((level) =>
      time_ms.map((time) => found.get(`${level} ${time / 1000}`) ?? 0),
    ),
    calls: time_ms.map((time) => Number(served.get(time)?.calls ?? 0)),
    errors: time_ms.map((time) => Number(served.get(time)?.errors ?? 0)),
    p50_ns: time_ms.map((time) => served.get(time)?.middle ?? null),
    p95_ns: time_ms.map((time) => served.get(time)?.slow ?? null),
    services: servicesOf(calls),
  }
}

function activity(ask: ContainerAsk, own: Sql, seconds: number, context: AskContext) {
  const bucket = sql`toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds})))`
  const { signal } = context
  const served = sql`spans WHERE ${within('spans', placeOf(ask), context.scope)} AND ${own}
    AND (kind IN ('server', 'consumer') OR parent_span_id = toFixedString('', 8))`
  return Promise.all([
    context.store.rows<LogRow>(
      sql`SELECT ${bucket} AS bucket, severity AS level, count() AS records FROM logs
      WHERE ${within('logs', placeOf(ask), context.scope)} AND ${own} GROUP BY bucket, level`,
      { signal },
    ),
    context.store.rows<CallRow>(
      sql`SELECT ${bucket} AS bucket, count() AS calls, countIf(status = 'error') AS errors,
        quantile(0.5)(duration_ns) AS middle, quantile(0.95)(duration_ns) AS slow,
        groupUniqArray(${services_max})(toString(service)) AS served_by
      FROM ${served} GROUP BY bucket`,
      { signal },
    ),
  ])
}

/** Those that served in the most buckets first. */
function servicesOf(calls: readonly CallRow[]): string[] {
  const buckets = new Map<string, number>()
  for (const service of calls.flatMap((row) => row.served_by)) {
    if (service !== '') buckets.set(service, (buckets.get(service) ?? 0) + 1)
  }
  const most = [...buckets].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
  return most.slice(0, services_max).map(([service]) => service)
}

type UseRow = { of: string; pods: string; cpu: number | null; memory: number | null }

export async function useOfContainers(ask: EntityAsk, context: AskContext): Promise<ContainerUse> {
  const own = await telemetryOf(ask, context)
  const range = { ...placeOf(ask), from_ms: Math.max(0, ask.to_ms - fresh_ms) }
  const metrics = ['container.cpu.usage', 'container.memory.working_set'] as const
  const rows =
    own === undefined
      ? []
      : await context.store.rows<UseRow>(
          sql`SELECT of, uniqExact(of_pod) AS pods,
            maxIfOrNull(newest, metric = ${metrics[0]}) AS cpu,
            maxIfOrNull(newest, metric = ${metrics[1]}) AS memory
          FROM (
            SELECT series_id, metric, argMax(value, time) AS newest FROM metric_samples
            WHERE metric IN ${metrics} AND NOT isNaN(value)
              AND time >= fromUnixTimestamp64Milli(${BigInt(Math.trunc(range.from_ms))})
              AND time < fromUnixTimestamp64Milli(${BigInt(Math.trunc(range.to_ms))})
            GROUP BY series_id, metric
          ) AS used
          INNER JOIN (
            SELECT DISTINCT series_id, metric, toString(container) AS of, toString(pod) AS of_pod
            FROM metric_series WHERE metric IN ${metrics} AND ${own}
              AND ${within('metric_series', range, context.scope)}
          ) AS series USING (series_id, metric)
          WHERE of != '' GROUP BY of ORDER BY of`,
          { signal: context.signal },
        )
  return {
    container: rows.map((row) => row.of),
    pods: rows.map((row) => Number(row.pods)),
    cpu_usage_cores: rows.map((row) => row.cpu),
    memory_usage_bytes: rows.map((row) => row.memory),
  }
}
