/**
 * Finds the stored metric that an asked name means: itself where it is stored, else an equal of
 * another system's vocabulary, with the factor to the asked one's unit.
 */
import { metricNames } from '../../model/metric-names.ts'
import type { AskContext } from '../../store/answer.ts'
import { sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { SeriesAsk } from './queries-series.ts'

export type Found<Ask> = {
  ask: Ask & SeriesAsk
  /** Stored values times this are what was asked for. */
  factor: number
}

export async function findMetric<Ask extends SeriesAsk>(
  ask: Ask,
  context: AskContext,
): Promise<Found<Ask>> {
  const names = metricNames(ask.metric)
  if (names.length === 1) return { ask, factor: 1 }
  const rows = await context.store.rows<{ metric: string }>(
    sql`SELECT DISTINCT metric FROM metric_series
    WHERE metric IN (${sql.join(names.map(({ name }) => sql`${name}`))})
      AND ${within('metric_series', ask, context.scope)}`,
    { signal: context.signal },
  )
  const stored = new Set(rows.map(({ metric }) => metric))
  const found = names.find(({ name }) => stored.has(name))
  if (found === undefined) return { ask, factor: 1 }
  const { name: metric, factor, labels } = found
  return { ask: { ...ask, metric, labels }, factor }
}
