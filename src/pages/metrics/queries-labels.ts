/** The labels that a metric's series have, columns and attributes alike, with their values. */
import type { RangeAsk } from '../../model/question.ts'
import type { AskContext } from '../../store/answer.ts'
import { sql } from '../../store/sql.ts'
import type { MetricLabels } from './contract.ts'
import { findMetric } from './queries-found.ts'
import { columnLabels, seriesMatching } from './queries-series.ts'

export async function labelsOf(
  asked: RangeAsk & { metric: string; search?: string },
  context: AskContext,
): Promise<MetricLabels> {
  const { ask } = await findMetric({ search: '', ...asked }, context)
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
