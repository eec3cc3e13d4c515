/**
 * Charts of histogram metrics: the growth of each series' buckets, added up per group and bucket of
 * time, then rates, averages and percentiles. Handles counter resets and both temporalities.
 */
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import type { MetricAsk } from './contract.ts'
import { groupedSeries, sampleRange } from './queries-series.ts'

/** A first point has a predecessor if one came within this time. */
const lookback_ms = 5 * 60_000

export type HistogramRow = {
  bucket: number
  labels: string[]
  count: number
  sum: number
  /** Count of observations at or below each upper bound and above the bound before, by bound. */
  buckets: Record<string, number>
}

/** Growth since the point before; a smaller count means that the counter started anew. */
function growth(column: string): Sql {
  const name = sql.identifier(column)
  const before = sql.identifier(`${column}_before`)
  return sql`if(is_delta OR started_anew, ${name}, ${name} - ${before})`
}

function arrayGrowth(column: string, comparable: Sql): Sql {
  const name = sql.identifier(column)
  const before = sql.identifier(`${column}_before`)
  return sql`if(is_delta OR started_anew OR NOT (${comparable}),
    arrayMap(x -> toFloat64(x), ${name}),
    arrayMap((x, y) -> greatest(0, toFloat64(x) - toFloat64(y)), ${name}, ${before}))`
}

const previous = ['count', 'sum', 'bounds', 'bucket_counts', 'scale', 'zero_count'].concat([
  'positive_offset',
  'positive_counts',
  'negative_offset',
  'negative_counts',
])

/** Every point beside its predecessor in the same series. */
function pairs(ask: MetricAsk, context: AskContext): Sql {
  const befores = previous.map(
    (name) =>
      sql`lagInFrame(${sql.identifier(name)}) OVER series AS ${sql.identifier(`${name}_before`)}`,
  )
  const range = { from_ms: ask.from_ms - lookback_ms, to_ms: ask.to_ms }
  return sql`SELECT *, row_number() OVER series AS nth, ${sql.join(befores)}
    FROM metric_histograms
    WHERE metric = ${ask.metric} AND ${sampleRange(range)} AND NOT stale
      AND series_id IN (SELECT series_id FROM (${groupedSeries(ask, context)}))
    WINDOW series AS (PARTITION BY series_id ORDER BY time
      ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)`
}

/** Upper bound and growth of each bucket: explicit bounds, then powers of exponential buckets. */
function bucketsOf(): Sql {
  const explicit = arrayGrowth('bucket_counts', sql`bounds = bounds_before`)
  const positive = arrayGrowth(
    'positive_counts',
    sql`scale = scale_before AND positive_offset = positive_offset_before
      AND length(positive_counts) = length(positive_counts_before)`,
  )
  const base = sql`exp2(exp2(-scale))`
  return sql`arrayConcat(
    arrayMap((bound, grown) -> (bound, grown), arrayPushBack(bounds, inf), ${explicit}),
    arrayMap((i, grown) -> (pow(${base}, positive_offset + i), grown),
      arrayEnumerate(positive_counts), ${positive}),
    if(empty(positive_counts) AND zero_count = 0, [], [(0., toFloat64(${growth('zero_count')}))]))`
}

type RawRow = Omit<HistogramRow, 'buckets' | 'count' | 'sum'> & {
  count: string | number
  sum: number
  bounds: (number | string)[]
  grown: number[]
}

export async function histogramRows(
  ask: MetricAsk,
  seconds: number,
  context: AskContext,
): Promise<HistogramRow[]> {
  const rows = await context.store.rows<RawRow>(
    sql`SELECT bucket, labels, sum(count_grown) AS count, sum(sum_grown) AS sum,
      sumMap(arrayMap(b -> b.1, buckets), arrayMap(b -> b.2, buckets)) AS summed,
      arrayMap(b -> toString(b), summed.1) AS bounds, summed.2 AS grown
    FROM (
      SELECT series_id,
        toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds}))) AS bucket,
        temporality = 'delta' AS is_delta, count < count_before AS started_anew,
        toFloat64(${growth('count')}) AS count_grown, toFloat64(${growth('sum')}) AS sum_grown,
        ${bucketsOf()} AS buckets, labels
      FROM (${pairs(ask, context)}) AS points
      INNER JOIN (SELECT series_id, any(labels) AS labels, any(temporality) AS temporality FROM (
        SELECT series_id, labels, temporality FROM (${groupedSeries(ask, context)}) AS grouped
        INNER JOIN (SELECT series_id, any(temporality) AS temporality FROM metric_series
          WHERE metric = ${ask.metric} GROUP BY series_id) AS kinds USING series_id
      ) GROUP BY series_id) AS chosen USING series_id
      WHERE ${sampleRange(ask)} AND (is_delta OR nth > 1)
    )
    GROUP BY bucket, labels`,
    { signal: context.signal },
  )
  return rows.map((row) => ({
    bucket: row.bucket,
    labels: row.labels,
    count: Number(row.count),
    sum: row.sum,
    buckets: Object.fromEntries(row.bounds.map((bound, at) => [String(bound), row.grown[at] ?? 0])),
  }))
}

/**
 * The value below which `share` of the observations lie, straight line within a bucket, as
 * Prometheus's histogram_quantile does. The last bucket has no end: its lower bound is answered.
 */
export function bucketPercentile(buckets: Record<string, number>, share: number): number | null {
  const sorted = Object.entries(buckets)
    .map(
      ([bound, count]) =>
        [bound === 'inf' ? Number.POSITIVE_INFINITY : Number(bound), count] as const,
    )
    .sort((a, b) => a[0] - b[0])
  const total = sorted.reduce((sum, [, count]) => sum + count, 0)
  if (total <= 0) return null
  let below = 0
  let lower = 0
  for (const [bound, count] of sorted) {
    if (below + count >= share * total && count > 0) {
      if (bound === Number.POSITIVE_INFINITY) return lower
      const start = bound <= 0 ? bound : Math.max(0, lower)
      return start + (bound - start) * ((share * total - below) / count)
    }
    below += count
    lower = bound
  }
  return lower
}
