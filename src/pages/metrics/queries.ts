/** Answers of the Metrics page: the list, labels, charts of numbers and exemplars. */

import { relatedMetrics } from '../../model/metric-names.ts'
import type { RangeAsk } from '../../model/question.ts'
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { bucketStarts } from '../../store/bucket.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import {
  type MetricAsk,
  type MetricChart,
  type MetricExemplars,
  type MetricKind,
  type MetricLabels,
  type MetricList,
  metricChart,
  metricExemplars,
  metricLabels,
  metricList,
} from './contract.ts'
import { findMetric } from './queries-found.ts'
import { bucketPercentile, type HistogramRow, histogramRows } from './queries-histogram.ts'
import { chartSeconds } from './queries-interval.ts'
import { columnLabels, groupedSeries, sampleRange, seriesMatching } from './queries-series.ts'

const metrics_max = 500
const exemplars_max = 500
/** Buckets at least this wide read the five-minute rollup instead of samples. */
const rollup_seconds_min = 900
const lookback_ms = 5 * 60_000

type ListRow = {
  metric: string
  kind: MetricKind
  monotonic: boolean
  temporality: 'unspecified' | 'delta' | 'cumulative'
  unit: string
  description: string
  series: string
  services: string[]
  total: string
}

async function listMetrics(
  ask: RangeAsk & { text: string },
  context: AskContext,
): Promise<MetricList> {
  const words = ask.text.split(/\s+/).filter((word) => word !== '')
  const named = sql.all(words.map(isNamed))
  const rows = await context.store.rows<ListRow>(
    sql`SELECT metric, argMax(kind, time) AS kind, argMax(monotonic, time) AS monotonic,
      any(temporality) AS temporality, any(unit) AS unit, any(description) AS description,
      uniq(series_id) AS series, groupUniqArray(8)(service) AS services, count() OVER () AS total
    FROM metric_series
    WHERE ${within('metric_series', ask, context.scope)} AND ${named}
    GROUP BY metric ORDER BY metric LIMIT ${metrics_max}`,
    { signal: context.signal },
  )
  return {
    metric: rows.map((row) => row.metric),
    kind: rows.map((row) => row.kind),
    monotonic: rows.map((row) => row.monotonic),
    temporality: rows.map((row) => row.temporality),
    unit: rows.map((row) => row.unit),
    description: rows.map((row) => row.description),
    series: rows.map((row) => Number(row.series)),
    services: rows.map((row) => row.services.toSorted()),
    total: Number(rows[0]?.total ?? 0),
  }
}

/** A word of the name or the description, or the whole name that another system has for it. */
function isNamed(word: string): Sql {
  const found = sql`positionCaseInsensitive(
    concat(metric, ' ', metric_series.description), ${word}) > 0`
  const others = relatedMetrics(word)
  if (others.length === 0) return found
  const names = sql.join(others.map((name) => sql`${name}`))
  return sql`(${found} OR metric IN (${names}))`
}

async function labelsOf(
  asked: RangeAsk & { metric: string },
  context: AskContext,
): Promise<MetricLabels> {
  const { ask } = await findMetric({ ...asked, search: '' }, context)
  const columns = sql.join(
    columnLabels.map((name) => sql`(${name}, toString(${sql.identifier(name)}))`),
  )
  const rows = await context.store.rows<{ label: string; values: string; examples: string[] }>(
    sql`SELECT item.1 AS label, uniqExact(item.2) AS values, topK(8)(item.2) AS examples
    FROM metric_series
    ARRAY JOIN arrayConcat([${columns}],
      arrayMap((k, v) -> (toString(k), v), mapKeys(attributes), mapValues(attributes))) AS item
    WHERE ${seriesMatching(ask, context)} AND item.2 != ''
    GROUP BY label ORDER BY values > 1 DESC, label`,
    { signal: context.signal },
  )
  return {
    label: rows.map((row) => row.label),
    values: rows.map((row) => Number(row.values)),
    examples: rows.map((row) => row.examples),
  }
}

type Described = { kind: MetricKind; monotonic: boolean; temporality: string; unit: string }

async function describe(ask: MetricAsk, context: AskContext): Promise<Described | undefined> {
  const rows = await context.store.rows<Described>(
    sql`SELECT argMax(kind, time) AS kind, argMax(monotonic, time) AS monotonic,
      any(temporality) AS temporality, any(unit) AS unit FROM metric_series
    WHERE ${seriesMatching({ ...ask, search: '' }, context)} HAVING count() > 0`,
    { signal: context.signal },
  )
  return rows[0]
}

type Point = { bucket: number; labels: string[]; value: number }

async function chart(asked: MetricAsk, context: AskContext): Promise<MetricChart> {
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

type ExemplarRow = { time_ms: string; value: number; trace: string; span: string; service: string }

async function exemplars(
  asked: RangeAsk & { metric: string; search: string },
  context: AskContext,
): Promise<MetricExemplars> {
  const { ask } = await findMetric(asked, context)
  const found = await context.store.rows<ExemplarRow>(
    sql`SELECT toUnixTimestamp64Milli(time) AS time_ms, value, lower(hex(trace_id)) AS trace,
      lower(hex(span_id)) AS span, chosen.owner AS service
    FROM metric_exemplars
    INNER JOIN (SELECT series_id, any(service) AS owner FROM metric_series
      WHERE ${seriesMatching(ask, context)} GROUP BY series_id) AS chosen USING series_id
    WHERE metric = ${ask.metric} AND ${sampleRange(ask)} AND trace_id != toFixedString('', 16)
    ORDER BY value DESC LIMIT ${exemplars_max + 1}`,
    { signal: context.signal },
  )
  const rows = found.slice(0, exemplars_max)
  return {
    time_ms: rows.map((row) => Number(row.time_ms)),
    value: rows.map((row) => row.value),
    trace_id: rows.map((row) => row.trace),
    span_id: rows.map((row) => row.span),
    service: rows.map((row) => row.service),
    capped: found.length > exemplars_max,
  }
}

export const metricsAnswerers: Answerer[] = [
  answers(metricList, listMetrics),
  answers(metricLabels, labelsOf),
  answers(metricChart, chart),
  answers(metricExemplars, exemplars),
]
