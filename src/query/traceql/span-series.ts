/**
 * Series of service graphs and spans for PromQL, computed from the minute tables when they are
 * read. They count from midnight UTC, are told once a minute and end 15 minutes after the last
 * call, as if a generator had written them; nothing is stored twice.
 */
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { QueryContext } from '../context.ts'
import { type Labels, type Matcher, QueryError, type RawSeries } from '../series.ts'
import { compilePattern, wholePattern } from './pattern.ts'
import { queryOptions } from './read-spans.ts'
import { cumulate, type MinuteRow, minute_ms, quiet_ms } from './span-counters.ts'
import {
  bucketBounds,
  type SpanMetric,
  type SpanMetricSource,
  seriesNames,
  spanMetrics,
} from './span-metrics.ts'

const day_ms = 86_400_000

/** Whether any of these series has a name that the matchers let through. */
export function isSpanSeries(matchers: readonly Matcher[]): boolean {
  return wantedNames(matchers).length > 0
}

type Wanted = { metric: SpanMetric; name: string }

function wantedNames(matchers: readonly Matcher[]): Wanted[] {
  const all = spanMetrics.flatMap((metric) =>
    seriesNames(metric).map((name): Wanted => ({ metric, name })),
  )
  const tests = matchers.filter(({ name }) => name === '__name__').map(testOf)
  return all.filter(({ name }) => tests.every((test) => test(name)))
}

function testOf({ operator, value }: Matcher): (text: string) => boolean {
  switch (operator) {
    case '=':
      return (text) => text === value
    case '!=':
      return (text) => text !== value
    default: {
      const pattern = patternOf(value)
      return (text) => pattern(text) === (operator === '=~')
    }
  }
}

function patternOf(value: string): (text: string) => boolean {
  try {
    return compilePattern(value)
  } catch (error) {
    throw new QueryError('bad_data', (error as Error).message)
  }
}

/** All samples in (from_ms, to_ms] of the series that match, of what the caller may see. */
export async function virtualSeries(
  matchers: readonly Matcher[],
  from_ms: number,
  to_ms: number,
  context: QueryContext,
): Promise<RawSeries[]> {
  const wanted = wantedNames(matchers)
  const series: RawSeries[] = []
  for (const source of ['edges', 'spans'] as const) {
    const own = wanted.filter(({ metric }) => metric.source === source)
    if (own.length === 0) continue
    const groups = await groupsOf(source, own, matchers, { from_ms, to_ms }, context)
    const window = { from_ms, to_ms, now_ms: context.now_ms }
    let samples = 0
    for (const group of groups) {
      for (const { metric, name } of own) {
        for (const part of partsOf(metric, name, group)) {
          if (!matchesAll(part.labels, matchers)) continue
          const found = cumulate(group.rows, part.read, window)
          if (found.times_ms.length === 0) continue
          series.push({ labels: part.labels, ...found })
          samples += found.times_ms.length
        }
      }
      if (series.length > context.limits.series_max || samples > context.limits.samples_max) {
        throw new QueryError(
          'execution',
          'query processing would load too many samples into memory',
        )
      }
    }
  }
  return series
}

/** The label sets of the series with samples in the range, for completion. */
export async function virtualLabels(
  matchers: readonly Matcher[],
  from_ms: number,
  to_ms: number,
  context: QueryContext,
): Promise<Labels[]> {
  const found: Labels[] = []
  const wanted = wantedNames(matchers)
  for (const source of ['edges', 'spans'] as const) {
    const own = wanted.filter(({ metric }) => metric.source === source)
    if (own.length === 0) continue
    const range = { from_ms: from_ms - quiet_ms, to_ms }
    const rows = await context.store.rows<{
      labels: string[]
      calls_sum: string
      errors_sum: string
    }>(
      sql`SELECT labels, toString(sum(errors)) AS errors_sum,
          toString(sum(calls)) AS calls_sum
        FROM (${source === 'edges' ? edges(range, context) : spans(range, context)})
        WHERE ${filters(source, matchers)} GROUP BY labels ORDER BY labels`,
      { ...queryOptions(context), rows_max: context.limits.series_max },
    )
    for (const { labels, calls_sum, errors_sum } of rows) {
      const counts = { calls: Number(calls_sum), errors: Number(errors_sum) }
      const row = { minute: 0, ...counts, seconds: 0, buckets: [] }
      const group = { source, labels, rows: [row] }
      for (const { metric, name } of own) {
        for (const part of partsOf(metric, name, group)) {
          if (matchesAll(part.labels, matchers)) found.push(part.labels)
        }
      }
    }
  }
  return found
}

type Range = { from_ms: number; to_ms: number }
type Group = { source: SpanMetricSource; labels: readonly string[]; rows: MinuteRow[] }

const labelNames: Readonly<Record<SpanMetricSource, readonly string[]>> = {
  edges: ['client', 'connection_type', 'server'],
  spans: ['service', 'span_kind', 'span_name'],
}

/** A group a label set with a row a minute; all before the window's first minutes is one row. */
async function groupsOf(
  source: SpanMetricSource,
  wanted: readonly Wanted[],
  matchers: readonly Matcher[],
  { from_ms, to_ms }: Range,
  context: QueryContext,
): Promise<Group[]> {
  const base = Math.floor((from_ms - quiet_ms) / minute_ms) * minute_ms - minute_ms
  const day = Math.floor(base / day_ms) * day_ms
  const range = { from_ms: Math.max(0, day), to_ms: to_ms + minute_ms }
  const before = Math.max(base - minute_ms, day)
  const from = sql`toDateTime(${Math.max(0, before) / 1_000})`
  const hasBuckets = wanted.some(({ name }) => name.endsWith('_bucket'))
  const counted = hasBuckets ? bucketCounts(source) : sql`emptyArrayUInt64()`
  // As lists, so that labels come once and not with every minute.
  const rows = await context.store.rows<GroupRow>(
    sql`SELECT labels, groupArray(minute) AS minutes, groupArray(calls_sum) AS calls,
        groupArray(errors_sum) AS errors, groupArray(seconds_sum) AS seconds,
        groupArray(bucket_sums) AS buckets
      FROM (SELECT labels, toUnixTimestamp(greatest(at_minute, ${from})) AS minute,
          toFloat64(sum(calls)) AS calls_sum, toFloat64(sum(errors)) AS errors_sum,
          sum(duration_ns_sum) / 1e9 AS seconds_sum, sumForEach(${counted}) AS bucket_sums
        FROM (${source === 'edges' ? edges(range, context) : spans(range, context)})
        WHERE ${filters(source, matchers)} GROUP BY labels, minute)
      GROUP BY labels ORDER BY labels`,
    { ...queryOptions(context), rows_max: context.limits.series_max },
  )
  return rows.map((row) => ({ source, labels: row.labels, rows: minutesOf(row) }))
}

type GroupRow = {
  labels: string[]
  minutes: number[]
  calls: number[]
  errors: number[]
  seconds: number[]
  buckets: string[][]
}

function minutesOf({ minutes, calls, errors, seconds, buckets }: GroupRow): MinuteRow[] {
  const rows = minutes.map((minute, at) => ({
    minute: minute * 1_000,
    calls: calls[at]!,
    errors: errors[at]!,
    seconds: seconds[at]!,
    buckets: buckets[at]!.map(Number),
  }))
  return rows.sort((a, b) => a.minute - b.minute)
}

function edges(range: Range, context: QueryContext): Sql {
  const isUser = sql`peer_kind = 'user'`
  return sql`SELECT [if(${isUser}, toString(peer_service), toString(service)),
      multiIf(peer_kind = 'service', '', peer_kind = 'database', 'database',
        peer_kind = 'messaging', 'messaging_system', 'virtual_node'),
      if(${isUser}, toString(service), toString(peer_service))] AS labels,
      time AS at_minute, calls, errors, duration_ns_sum, duration_histogram
    FROM service_edges_1m FINAL
    WHERE ${within('service_edges_1m', range, context.scope)} AND calls > 0`
}

function spans(range: Range, context: QueryContext): Sql {
  return sql`SELECT [toString(service), concat('SPAN_KIND_', upper(toString(kind))), toString(name)]
      AS labels, time AS at_minute, calls, errors, duration_ns_sum, duration_histogram
    FROM span_metrics_1m WHERE ${within('span_metrics_1m', range, context.scope)}`
}

/**
 * Counts up to each bound. The table's buckets are narrower than these and lie across them: one
 * belongs to where its middle lies.
 */
function bucketCounts(source: SpanMetricSource): Sql {
  const keys = bucketBounds[source].map(
    (bound) => sql`${Math.floor(Math.log2(bound * 1e9) * 8 - 0.5)}`,
  )
  return sql`arrayMap(key_max -> arraySum((key, count) -> if(key <= key_max, count, 0),
    mapKeys(duration_histogram), mapValues(duration_histogram)), [${sql.join(keys)}])`
}

/** Matchers of labels that the tables have; the others are looked at afterwards. */
function filters(source: SpanMetricSource, matchers: readonly Matcher[]): Sql {
  const conditions: Sql[] = []
  for (const { name, operator, value } of matchers) {
    const at = labelNames[source].indexOf(name)
    if (at < 0) continue
    const label = sql`labels[${at + 1}]`
    if (operator === '=') conditions.push(sql`${label} = ${value}`)
    else if (operator === '!=') conditions.push(sql`${label} != ${value}`)
    else {
      patternOf(value)
      const matched = sql`match(${label}, ${wholePattern(value)})`
      conditions.push(operator === '=~' ? matched : sql`NOT ${matched}`)
    }
  }
  return sql.all(conditions)
}

type Part = { labels: Labels; read: (row: MinuteRow) => number }

/** The series of one name that a label set has. */
function partsOf(metric: SpanMetric, name: string, group: Group): Part[] {
  const part = (read: Part['read'], more: readonly [string, string][] = []): Part => ({
    labels: labelsOf(name, group, more),
    read,
  })
  if (name.endsWith('_sum')) return [part((row) => row.seconds)]
  if (name.endsWith('_bucket')) {
    const bounds = bucketBounds[metric.source]
    return [
      ...bounds.map((bound, at) => part((row) => row.buckets[at] ?? 0, [['le', `${bound}`]])),
      part((row) => row.calls, [['le', '+Inf']]),
    ]
  }
  if (metric.part === 'errors') return hasErrors(group) ? [part((row) => row.errors)] : []
  if (!metric.labels.includes('status_code')) return [part((row) => row.calls)]
  const hasOthers = !hasErrors(group) || group.rows.some((row) => row.calls > row.errors)
  const others = part((row) => row.calls - row.errors, [['status_code', 'STATUS_CODE_UNSET']])
  const failed = part((row) => row.errors, [['status_code', 'STATUS_CODE_ERROR']])
  return [...(hasOthers ? [others] : []), ...(hasErrors(group) ? [failed] : [])]
}

function hasErrors({ rows }: Group): boolean {
  return rows.some((row) => row.errors > 0)
}

function labelsOf(name: string, group: Group, more: readonly [string, string][]): Labels {
  const own = labelNames[group.source].map((label, at): [string, string] => [
    label,
    group.labels[at] ?? '',
  ])
  const all: [string, string][] = [['__name__', name], ...own, ...more]
  return all.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1))
}

function matchesAll(labels: Labels, matchers: readonly Matcher[]): boolean {
  return matchers.every((matcher) => {
    const value = labels.find(([name]) => name === matcher.name)?.[1] ?? ''
    return testOf(matcher)(value)
  })
}
