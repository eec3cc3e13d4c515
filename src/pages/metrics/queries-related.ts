/** Metrics related to one: the same by another name, of the same part, or of its things. */
import { relatedMetrics } from '../../model/metric-names.ts'
import type { AskOf } from '../../model/question.ts'
import type { AskContext } from '../../store/answer.ts'
import { sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { MetricKind, MetricRelated, metricRelated, Relation } from './contract.ts'

const metrics_read_max = 5_000
const related_max = 60
/** Fewer labels in common say little: nearly all metrics have one or two. */
const labels_alike_min = 0.6

type Row = {
  metric: string
  kind: MetricKind
  unit: string
  description: string
  series: string
  labels: string[]
}

export async function related(
  ask: AskOf<typeof metricRelated>,
  context: AskContext,
): Promise<MetricRelated> {
  const rows = await context.store.rows<Row>(
    sql`SELECT metric, argMax(kind, time) AS kind, max(unit) AS unit,
      max(description) AS description, uniq(series_id) AS series,
      groupUniqArrayArray(40)(arrayMap(x -> toString(x), mapKeys(attributes))) AS labels
    FROM metric_series WHERE ${within('metric_series', ask, context.scope)}
    GROUP BY metric ORDER BY metric = ${ask.metric} DESC, metric LIMIT ${metrics_read_max}`,
    { signal: context.signal },
  )
  const own = rows.find(({ metric }) => metric === ask.metric)
  const found = rank(ask.metric, own?.labels ?? [], rows)
  const shown = found.slice(0, related_max)
  return {
    metric: shown.map(({ row }) => row.metric),
    relation: shown.map(({ relation }) => relation),
    kind: shown.map(({ row }) => row.kind),
    unit: shown.map(({ row }) => row.unit),
    description: shown.map(({ row }) => row.description),
    series: shown.map(({ row }) => Number(row.series)),
    total: found.length,
  }
}

type Named = { metric: string; labels: readonly string[] }
type Ranked<R> = { row: R; relation: Relation; weight: number }

/** Equals first, then those whose names begin alike the longest, then those with like labels. */
export function rank<R extends Named>(
  metric: string,
  labels: readonly string[],
  rows: readonly R[],
): Ranked<R>[] {
  const aliases = new Set(relatedMetrics(metric))
  const parts = partsOf(metric)
  const ranked = rows.flatMap((row): Ranked<R>[] => {
    if (row.metric === metric) return []
    if (aliases.has(row.metric)) return [{ row, relation: 'alias', weight: 1_000 }]
    const same = alike(parts, partsOf(row.metric))
    if (same >= 2 || (same === 1 && parts.length <= 2)) {
      return [{ row, relation: 'prefix', weight: 100 + same }]
    }
    const share = overlap(labels, row.labels)
    return share < labels_alike_min ? [] : [{ row, relation: 'labels', weight: share }]
  })
  return ranked.sort((a, b) => b.weight - a.weight || (a.row.metric < b.row.metric ? -1 : 1))
}

function partsOf(metric: string): string[] {
  return metric.split(/[._:/]+/).filter((part) => part !== '')
}

function alike(a: readonly string[], b: readonly string[]): number {
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  return same
}

function overlap(a: readonly string[], b: readonly string[]): number {
  const all = new Set([...a, ...b])
  const both = a.filter((one) => b.includes(one)).length
  return all.size === 0 || both < 2 ? 0 : both / all.size
}
