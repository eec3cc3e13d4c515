/** A metric charted: each series' values or growth, put together by group and bucket of time. */
import type { AskContext } from '../../store/answer.ts'
import { bucketStarts } from '../../store/bucket.ts'
import { type Sql, sql } from '../../store/sql.ts'
import type { MetricAsk, MetricChart, MetricKind } from './contract.ts'
import { findMetric } from './queries-found.ts'
import { bucketPercentile, type HistogramRow, histogramRows } from './queries-histogram.ts'
import { chartSeconds } from './queries-interval.ts'
import { groupedSeries, sampleRange, seriesMatching } from './queries-series.ts'

/** Buckets at least this wide read the five-minute rollup instead of samples. */
const rollup_seconds_min = 900
const lookback_ms = 5 * 60_000

type Described = { kind: MetricKind; monotonic: boolean; temporality: string; unit: string }

async function describe(ask: MetricAsk, context: AskContext): Promise<Described | undefined> {
  const rows = await context.store.rows<Described>(
    sql`SELECT argMax(kind, time) AS kind, argMax(monotonic, time) AS monotonic,
      max(temporality) AS temporality, max(unit) AS unit FROM metric_series
    WHERE ${seriesMatching({ ...ask, search: '' }, context)} HAVING count() > 0`,
    { signal: context.signal },
  )
  return rows[0]
}

type Point = { bucket: number; labels: string[]; value: number }

export async function chart(asked: MetricAsk, context: AskContext): Promise<MetricChart> {
  const { ask, factor } = await findMetric(asked, context)
  const described = await describe(ask, context)
  const isHistogram = described?.kind === 'histogram' || described?.kind === 'exponential_histogram'
  const table = isHistogram ? 'metric_histograms' : 'metric_samples'
  const seconds = await chartSeconds(ask, table, context)
  let points: Point[] = []
  if (isHistogram) {
    const rows = await histogramRows(ask, seconds, context)
    points = rows.flatMap((row) => histogramPoint(row, ask, seconds))
  } else if (described !== undefined) {
    points = await context.store.rows<Point>(numbers(ask, seconds, described, context), {
      signal: context.signal,
    })
  }
  const scaled =
    factor === 1 ? points : points.map((point) => ({ ...point, value: point.value * factor }))
  const unit = factor === 1 ? (described?.unit ?? '') : ''
  return prepareChart(ask, scaled, seconds * 1000, unit)
}

function histogramPoint(row: HistogramRow, ask: MetricAsk, seconds: number): Point[] {
  const { bucket, labels } = row
  const of = (value: number | null) => (value === null ? [] : [{ bucket, labels, value }])
  switch (ask.aggregation) {
    case 'rate':
      return of(row.count / seconds)
    case 'sum':
      return of(row.sum)
    case 'p50':
    case 'p90':
    case 'p95':
    case 'p99':
      return of(bucketPercentile(row.buckets, Number(ask.aggregation.slice(1)) / 100))
    default:
      return of(row.count === 0 ? null : row.sum / row.count)
  }
}

/** Each series becomes one value a bucket of time; then a group's series are put together. */
function numbers(ask: MetricAsk, seconds: number, described: Described, context: AskContext): Sql {
  const isCounter = described.kind === 'sum' && described.monotonic
  const each = isCounter
    ? counterGrowth(ask, seconds, described.temporality === 'delta', context)
    : gaugeValues(ask, seconds, context)
  const together = {
    sum: sql`sum(each)`,
    rate: sql`sum(each)`,
    avg: sql`avg(each)`,
    min: sql`min(each)`,
    max: sql`max(each)`,
    p50: sql`quantileExactInclusive(0.5)(each)`,
    p90: sql`quantileExactInclusive(0.9)(each)`,
    p95: sql`quantileExactInclusive(0.95)(each)`,
    p99: sql`quantileExactInclusive(0.99)(each)`,
  }[ask.aggregation]
  return sql`SELECT bucket, labels, ${together} AS value FROM (${each}) AS points
    INNER JOIN (${groupedSeries(ask, context)}) AS chosen USING series_id
    GROUP BY bucket, labels`
}

function bucketOf(seconds: number): Sql {
  return sql`toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds}))) AS bucket`
}

/** Samples, or five-minute last values when the buckets are so wide that nobody could tell. */
function source(ask: MetricAsk, seconds: number, back_ms: number, context: AskContext): Sql {
  const range = { from_ms: ask.from_ms - back_ms, to_ms: ask.to_ms }
  const chosen = sql`metric = ${ask.metric} AND ${sampleRange(range)}
    AND series_id IN (SELECT series_id FROM metric_series WHERE ${seriesMatching(ask, context)})`
  if (seconds < rollup_seconds_min) {
    return sql`SELECT series_id, time, value FROM metric_samples
      WHERE ${chosen} AND NOT isNaN(value)`
  }
  return sql`SELECT series_id, time, argMaxMerge(value_last) AS value FROM metric_samples_5m
    WHERE ${chosen} GROUP BY series_id, time`
}

function gaugeValues(ask: MetricAsk, seconds: number, context: AskContext): Sql {
  const inBucket = { min: sql`min(value)`, max: sql`max(value)` } as Record<string, Sql>
  const value = inBucket[ask.aggregation] ?? sql`avg(value)`
  return sql`SELECT series_id, ${bucketOf(seconds)}, ${value} AS each
    FROM (${source(ask, seconds, 0, context)}) GROUP BY series_id, bucket`
}

/** Growth per second. A value below its predecessor means that the counter started anew at zero. */
function counterGrowth(
  ask: MetricAsk,
  seconds: number,
  isDelta: boolean,
  context: AskContext,
): Sql {
  if (isDelta) {
    const range = sql`metric = ${ask.metric} AND ${sampleRange(ask)} AND NOT isNaN(value)
      AND series_id IN (SELECT series_id FROM metric_series WHERE ${seriesMatching(ask, context)})`
    return sql`SELECT series_id, ${bucketOf(seconds)}, sum(value) / ${seconds} AS each
      FROM metric_samples WHERE ${range} GROUP BY series_id, bucket`
  }
  return sql`SELECT series_id, ${bucketOf(seconds)}, sum(grown) / ${seconds} AS each
    FROM (
      SELECT series_id, time, if(value < before, value, value - before) AS grown
      FROM (
        SELECT series_id, time, value, lagInFrame(value) OVER series AS before,
          row_number() OVER series AS nth
        FROM (${source(ask, seconds, lookback_ms, context)})
        WINDOW series AS (PARTITION BY series_id ORDER BY time
          ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
      )
      WHERE nth > 1 AND ${sampleRange(ask)}
    )
    GROUP BY series_id, bucket`
}

/** The groups with the largest values come first and only they are charted. */
function prepareChart(
  ask: MetricAsk,
  points: readonly Point[],
  bucket_ms: number,
  unit: string,
): MetricChart {
  const groups = new Map<string, { labels: string[]; at: Map<number, number>; weight: number }>()
  for (const point of points) {
    const key = JSON.stringify(point.labels)
    const group = groups.get(key) ?? { labels: point.labels, at: new Map(), weight: 0 }
    group.at.set(point.bucket * 1000, point.value)
    group.weight += Math.abs(point.value)
    groups.set(key, group)
  }
  const chosen = [...groups.values()].sort((a, b) => b.weight - a.weight).slice(0, ask.groups_max)
  const time_ms = bucketStarts(ask.from_ms, ask.to_ms, bucket_ms / 1000)
  return {
    bucket_ms,
    time_ms,
    groups: chosen.map((group) => group.labels),
    values: chosen.map((group) => time_ms.map((time) => group.at.get(time) ?? null)),
    groups_total: groups.size,
    unit,
    aggregation: ask.aggregation,
  }
}
