/** Series of a place, OpenTelemetry's and Prometheus's: numbers and histograms, with exemplars. */
import type { FixtureRow } from '../store/fixture-rows.ts'
import type { Dice } from './dice.ts'
import { traceId } from './log-rows.ts'
import { common, type Making, now_ms, services, spread_ms, type TableRows } from './rows.ts'

type Series = FixtureRow<'metric_series'> & { metric: string; kind: string; value?: 'up' | 'any' }

const step_ms = 30_000
const labels = (dice: Dice, mark: string) => ({
  ...(dice.chance(0.7) ? { a: dice.pick(['x', 'y']) } : {}),
  ...(dice.chance(0.6) ? { b: dice.pick(['x', 'z', `v-${mark}`]) } : {}),
})

function seriesOf({ mark, dice }: Making): Series[] {
  const prometheus = { origin: 'prometheus' }
  const counter = { kind: 'sum', monotonic: true, temporality: 'cumulative', value: 'up' } as const
  const job = { job: 'shop/cart', instance: `host-${mark}:9090` }
  const bucket = { metric: 'wait_seconds_bucket', ...counter, ...prometheus }
  return [
    { metric: 'm', kind: 'gauge', attributes: labels(dice, mark) },
    { metric: 'n', kind: 'gauge', ...prometheus, attributes: { ...labels(dice, mark), ...job } },
    { metric: 'c_total', ...counter, ...prometheus, attributes: { ...labels(dice, mark), ...job } },
    { metric: 'requests', ...counter, unit: '1', attributes: { 'http.route': '/a', own: mark } },
    { metric: 'bytes.sent', ...counter, temporality: 'delta', unit: 'By', attributes: { a: 'x' } },
    { metric: `only_${mark}_total`, ...counter, attributes: { [`own.${mark}`]: 'x', a: 'y' } },
    { metric: 'up', kind: 'gauge', ...prometheus, attributes: job },
    { ...bucket, attributes: { ...job, le: '1' } },
    { ...bucket, attributes: { ...job, le: '+Inf' } },
    { metric: 'h', kind: 'exponential_histogram', attributes: labels(dice, mark) },
    { metric: 'latency', kind: 'histogram', unit: 'ms', attributes: { a: 'x', own: mark } },
  ].map((series) => ({
    temporality: series.kind === 'gauge' ? 'unspecified' : 'cumulative',
    description: dice.pick([`help of ${mark}`, 'how many']),
    ...series,
  })) as Series[]
}

export function metricRows(making: Making): TableRows[] {
  const { at: place, dice, mark } = making
  const series: FixtureRow<'metric_series'>[] = []
  const samples: FixtureRow<'metric_samples'>[] = []
  const histograms: FixtureRow<'metric_histograms'>[] = []
  const exemplars: FixtureRow<'metric_exemplars'>[] = []
  seriesOf(making).forEach(({ value, ...one }, at) => {
    const key = { metric: one.metric, series_id: 1_000 + place * 100 + at }
    const row = { ...common(making, services[at % 3]!), ...one, ...key, time: now_ms - 3_000_000 }
    series.push(row)
    const times = Array.from({ length: spread_ms / step_ms }, (_, i) => now_ms - i * step_ms)
    let total = 0
    for (const time of times.reverse()) {
      if (dice.chance(0.05)) continue
      total += dice.whole(12)
      const start_time = now_ms - 3_600_000
      if (one.kind.endsWith('histogram')) {
        histograms.push({ ...key, time, start_time, ...histogram(one.kind, total) })
      } else {
        const number = value === 'up' ? total : dice.whole(40) / 4 - 2
        samples.push({ ...key, time, start_time, value: number })
      }
      if (at < 3 && dice.chance(0.05)) {
        const attributes = { trace_id: traceId(1), customer: mark }
        exemplars.push({ ...key, time, value: dice.whole(9), trace_id: traceId(1), attributes })
      }
    }
  })
  return [
    { table: 'metric_series', rows: series },
    { table: 'metric_samples', rows: samples },
    { table: 'metric_histograms', rows: histograms },
    { table: 'metric_exemplars', rows: exemplars },
  ]
}

function histogram(kind: string, total: number) {
  const counts = [Math.floor(total / 3), Math.floor(total / 4)]
  const rest = total - counts[0]! - counts[1]!
  const whole = { count: total, sum: total * 2, minimum: 0.5, maximum: 9 }
  if (kind === 'histogram') return { ...whole, bounds: [1, 5], bucket_counts: [...counts, rest] }
  return { ...whole, scale: 0, zero_count: rest, positive_offset: 0, positive_counts: counts }
}
