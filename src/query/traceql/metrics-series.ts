/** From results by interval to series: names, labels, units and rates, however computed. */
import type { Exemplar, Grid, MetricSeries } from './metrics.ts'
import type { Plain } from './otlp.ts'
import { printName } from './print.ts'
import type { Metrics } from './tree.ts'

export const bucketName = '__bucket'
const quantileName = 'p'

export type RawGroup = {
  labels: MetricSeries['labels']
  points: { at: number; results: number[]; exemplars: Exemplar[] }[]
}

/** Without a group a series is named after its function. */
export function labelsOf(
  metrics: Metrics,
  values: readonly (Plain | undefined)[],
): MetricSeries['labels'] {
  const labels = metrics.by.map((field, at) => ({ name: printName(field), value: values[at] }))
  const isNamed =
    metrics.function === 'quantile_over_time' || metrics.function === 'histogram_over_time'
  if (labels.length > 0 || isNamed) return labels
  return [{ name: '__name__', value: metrics.function }]
}

/** How many of a field's units are one of the series': durations are told in seconds. */
export function unitOf({ field }: Metrics): number {
  const isDuration =
    field?.tag === 'intrinsic' &&
    ['duration', 'traceDuration', 'event:timeSinceStart'].includes(field.name)
  return isDuration ? 1e9 : 1
}

export function seriesOf(
  metrics: Metrics,
  groups: readonly RawGroup[],
  grid: Grid,
  exemplars_max: number,
): MetricSeries[] {
  const counts = ['rate', 'count_over_time', 'histogram_over_time'].includes(metrics.function)
  const divisor = metrics.function === 'rate' ? grid.step_ms / 1_000 : counts ? 1 : unitOf(metrics)
  const isQuantile = metrics.function === 'quantile_over_time'
  const results = isQuantile ? metrics.numbers : [undefined]
  let exemplarsLeft = exemplars_max
  return groups.flatMap(({ labels, points }) =>
    results.map((level, index): MetricSeries => {
      const values = new Float64Array(grid.count).fill(counts ? 0 : Number.NaN)
      const exemplars: Exemplar[] = []
      for (const point of points) {
        if (point.at < 0 || point.at >= grid.count) continue
        values[point.at] = point.results[index]! / divisor
        if (index === 0)
          exemplars.push(...point.exemplars.slice(0, exemplarsLeft - exemplars.length))
      }
      exemplarsLeft -= exemplars.length
      const own = isQuantile ? [...labels, { name: quantileName, value: level }] : labels
      return { labels: own, values, exemplars }
    }),
  )
}
