/** Answers of the Metrics page: the list and exemplars here, the rest in files of their own. */

import { relatedMetrics } from '../../model/metric-names.ts'
import type { RangeAsk } from '../../model/question.ts'
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import {
  type MetricExemplars,
  type MetricKind,
  type MetricList,
  metricBreakdown,
  metricChart,
  metricExemplars,
  metricExplain,
  metricLabels,
  metricList,
  metricRelated,
} from './contract.ts'
import { breakdown } from './queries-breakdown.ts'
import { chart } from './queries-chart.ts'
import { explain } from './queries-explain.ts'
import { findMetric } from './queries-found.ts'
import { labelsOf } from './queries-labels.ts'
import { related } from './queries-related.ts'
import { sampleRange, seriesMatching } from './queries-series.ts'

const metrics_max = 500
const exemplars_max = 500

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
      max(temporality) AS temporality, max(unit) AS unit, max(description) AS description,
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
    INNER JOIN (SELECT series_id, max(service) AS owner FROM metric_series
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
  answers(metricExplain, explain),
  answers(metricBreakdown, breakdown),
  answers(metricRelated, related),
]
