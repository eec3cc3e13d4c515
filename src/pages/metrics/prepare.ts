/**
 * Decides how a metric is shown: which aggregations make sense, the unit of the result, line names.
 */
import type { Aggregation, MetricChart, MetricKind, MetricList } from './contract.ts'

export type MetricShape = { kind: MetricKind; monotonic: boolean; temporality: string }

/** The first is the one that answers most questions about such a metric. */
export function aggregationsFor({ kind, monotonic }: MetricShape): Aggregation[] {
  if (kind === 'histogram' || kind === 'exponential_histogram') {
    return ['p95', 'p50', 'p90', 'p99', 'avg', 'rate', 'sum']
  }
  if (kind === 'sum' && monotonic) return ['rate', 'avg', 'min', 'max', 'p50', 'p95']
  if (kind === 'sum') return ['sum', 'avg', 'min', 'max', 'p50', 'p95', 'p99']
  return ['avg', 'sum', 'min', 'max', 'p50', 'p95', 'p99']
}

export function aggregationOf(shape: MetricShape, show: string): Aggregation {
  const offered = aggregationsFor(shape)
  return offered.find((one) => one === show) ?? offered[0] ?? 'avg'
}

/**
 * What the page shows before one is chosen: the histogram that most series feed, which says most
 * about the whole, or else the first that was found.
 */
export function likelyMetric(list: MetricList | undefined): string {
  if (list === undefined) return ''
  const order = list.metric
    .map((metric, at) => ({
      metric,
      weight: list.kind[at]?.endsWith('histogram') === true ? (list.series[at] ?? 0) : 0,
    }))
    .sort((a, b) => b.weight - a.weight)
  return order[0]?.metric ?? ''
}

export type Dot = { time_ms: number; value: number; trace_id: string }

/** The slowest of each slice of the range: enough dots to follow, and the lines stay in sight. */
export function telling(dots: readonly Dot[], slices: number): Dot[] {
  const times = dots.map((dot) => dot.time_ms)
  const first = Math.min(...times)
  const width = (Math.max(...times) - first) / slices || 1
  const best = new Map<number, Dot>()
  for (const dot of dots) {
    const slice = Math.min(slices - 1, Math.floor((dot.time_ms - first) / width))
    if (dot.value > (best.get(slice)?.value ?? -Infinity)) best.set(slice, dot)
  }
  return [...best.values()]
}

/** Counters are charted as growth per second, whatever puts their series together. */
export function unitOf(shape: MetricShape, aggregation: Aggregation, unit: string): string {
  const isHistogram = shape.kind === 'histogram' || shape.kind === 'exponential_histogram'
  if (isHistogram) return aggregation === 'rate' ? '/s' : unit
  if (shape.kind !== 'sum' || !shape.monotonic) return unit
  if (unit === 's' || unit === 'ms' || unit === 'ns') return ''
  return unit === 'By' ? 'By/s' : '/s'
}

export type Line = { name: string; values: (number | null)[] }

export function linesOf(chart: MetricChart, allSeries: string): Line[] {
  return chart.groups.map((labels, at) => ({
    name: labels.length === 0 ? allSeries : labels.map((label) => label || '–').join(' · '),
    values: chart.values[at] ?? [],
  }))
}
