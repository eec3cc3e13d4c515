/** Metrics of spans in memory: the slow and plain way, for pipelines that need whole traces. */
import type { Exemplar, Grid, MetricSeries } from './metrics.ts'
import { bucketName, labelsOf, type RawGroup, seriesOf, unitOf } from './metrics-series.ts'
import type { Span, Trace } from './span.ts'
import type { Metrics } from './tree.ts'
import { fieldValue, plainOf } from './value.ts'

const exemplars_per_group = 2

type Group = RawGroup & { numbers: Map<number, { all: number[]; exemplars: Exemplar[] }> }

export function metricsInMemory(
  metrics: Metrics,
  spans: readonly { span: Span; trace: Trace }[],
  grid: Grid,
  exemplars_max: number,
): MetricSeries[] {
  const groups = new Map<string, Group>()
  for (const { span, trace } of spans) {
    const at = Math.floor((Number(span.time_ns / 1_000n) / 1_000 - grid.start_ms) / grid.step_ms)
    if (at < 0 || at >= grid.count) continue
    const number =
      metrics.field === undefined ? Number.NaN : fieldValue(metrics.field, span, trace).number
    if (number === undefined) continue
    const values = metrics.by.map((field) => plainOf(fieldValue(field, span, trace)))
    const isHistogram = metrics.function === 'histogram_over_time'
    const power = number <= 1 ? 0 : Math.ceil(Math.log2(number))
    const key = JSON.stringify([values.map((value) => value ?? null), isHistogram ? power : 0])
    let group = groups.get(key)
    if (group === undefined) {
      const labels = labelsOf(metrics, values)
      if (isHistogram) labels.push({ name: bucketName, value: 2 ** power / unitOf(metrics) })
      group = { labels, points: [], numbers: new Map() }
      groups.set(key, group)
    }
    let cell = group.numbers.get(at)
    if (cell === undefined) {
      cell = { all: [], exemplars: [] }
      group.numbers.set(at, cell)
    }
    cell.all.push(number)
    if (exemplars_max > 0 && cell.exemplars.length < exemplars_per_group) {
      const value = number / unitOf(metrics)
      cell.exemplars.push({
        trace_id: span.trace_id,
        time_ms: Number(span.time_ns / 1_000_000n),
        value,
      })
    }
  }
  for (const group of groups.values()) {
    for (const [at, { all, exemplars }] of group.numbers) {
      group.points.push({ at, results: resultsOf(metrics, all), exemplars })
    }
  }
  return seriesOf(metrics, [...groups.values()], grid, exemplars_max)
}

function resultsOf(metrics: Metrics, numbers: readonly number[]): number[] {
  const sum = () => numbers.reduce((total, number) => total + number, 0)
  switch (metrics.function) {
    case 'min_over_time':
      return [numbers.reduce((least, number) => Math.min(least, number))]
    case 'max_over_time':
      return [numbers.reduce((most, number) => Math.max(most, number))]
    case 'sum_over_time':
      return [sum()]
    case 'avg_over_time':
      return [sum() / numbers.length]
    case 'quantile_over_time': {
      const sorted = Float64Array.from(numbers).sort()
      return metrics.numbers.map((level) => quantileOf(sorted, level))
    }
    default:
      return [numbers.length]
  }
}

/** Between the two nearest ranks by proportion. */
function quantileOf(sorted: Float64Array, level: number): number {
  const rank = level * (sorted.length - 1)
  const below = Math.floor(rank)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  return low + (rank - below) * (high - low)
}
