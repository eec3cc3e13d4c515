/**
 * How often a metric reports, read from a few of its series: a chart whose buckets are narrower
 * than that would be full of gaps that are none.
 */
import type { AskContext } from '../../store/answer.ts'
import { bucketFor } from '../../store/bucket.ts'
import { sql } from '../../store/sql.ts'
import type { MetricAsk } from './contract.ts'
import { sampleRange, seriesMatching } from './queries-series.ts'

const series_read = 8
const chart_points_max = 240
/** A single late point is no reason for wide buckets. */
const usual_share = 0.8

/**
 * The bucket width in s: what the range asks for, or the metric's own interval if that is wider.
 */
export async function chartSeconds(
  ask: MetricAsk,
  table: 'metric_samples' | 'metric_histograms',
  context: AskContext,
): Promise<number> {
  const { seconds } = bucketFor(ask.from_ms, ask.to_ms, chart_points_max)
  const rows = await context.store.rows<{ gap_ms: number }>(
    sql`SELECT quantile(${usual_share})(gap) AS gap_ms FROM (
      SELECT toUnixTimestamp64Milli(time) - toUnixTimestamp64Milli(
        lagInFrame(time) OVER (PARTITION BY series_id ORDER BY time
          ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) AS gap,
        row_number() OVER (PARTITION BY series_id ORDER BY time) AS nth
      FROM ${sql.identifier(table)}
      WHERE metric = ${ask.metric} AND ${sampleRange(ask)} AND series_id IN (
        SELECT DISTINCT series_id FROM metric_series WHERE ${seriesMatching(ask, context)}
        LIMIT ${series_read})
    ) WHERE nth > 1 HAVING count() > 0`,
    { signal: context.signal },
  )
  const gap_ms = rows[0]?.gap_ms ?? 0
  const own = bucketFor(0, gap_ms * chart_points_max, chart_points_max).seconds
  return gap_ms === 0 ? seconds : Math.max(seconds, own)
}
