/** Which series a metric question means, and the label values that group them. Reads no samples. */

import type { MetricLabels } from '../../model/metric-names.ts'
import type { RangeAsk } from '../../model/question.ts'
import { parse } from '../../model/search/parse.ts'
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { where } from '../../store/where.ts'
import { within } from '../../store/within.ts'

/** Labels that are columns of metric_series; any other is an attribute of the series. */
export const columnLabels = [
  'service',
  'namespace',
  'workload',
  'pod',
  'container',
  'node',
  'cluster',
  'scope',
] as const

/** Which stored metric is meant, and which of its series; queries-found.ts finds it. */
export type SeriesAsk = RangeAsk & { metric: string; search: string; labels?: MetricLabels }

/** The condition on metric_series of a metric, the search and what the caller may see. */
export function seriesMatching(ask: SeriesAsk, context: AskContext): Sql {
  const labels = Object.entries(ask.labels ?? {})
  return sql.all([
    sql`metric = ${ask.metric}`,
    within('metric_series', ask, context.scope),
    where(parse(ask.search), 'metric_series'),
    ...labels.map(([name, value]) => sql`attributes[${name}] = ${value}`),
  ])
}

export function labelOf(name: string): Sql {
  const isColumn = (columnLabels as readonly string[]).includes(name)
  return isColumn ? sql`toString(${sql.identifier(name)})` : sql`attributes[${name}]`
}

/** series_id and its group, one row a series. */
export function groupedSeries(ask: SeriesAsk & { group_by: string[] }, context: AskContext): Sql {
  const labels = ask.group_by.map(labelOf)
  const group = labels.length === 0 ? sql`CAST([], 'Array(String)')` : sql`[${sql.join(labels)}]`
  return sql`SELECT series_id, any(${group}) AS labels FROM metric_series
    WHERE ${seriesMatching(ask, context)} GROUP BY series_id`
}

/** Samples of the metric in a range, without stale markers; narrow enough to be joined. */
export function sampleRange(range: { from_ms: number; to_ms: number }): Sql {
  return sql`time >= fromUnixTimestamp64Milli(${range.from_ms})
    AND time < fromUnixTimestamp64Milli(${range.to_ms})`
}
