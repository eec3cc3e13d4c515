/**
 * Series in the shape of Prometheus's demo service: three instances with memory, CPU, disk, batch
 * jobs, and a histogram of requests, an hour of them, with resets, gaps and stale markers.
 */
import { stale, type Written } from '../query/prometheus-store.ts'

export const interval_ms = 5_000
export const minutes = 60

const instances = ['10000', '10001', '10002'].map((port) => `demo.example.com:${port}`)

/** Repeats itself: the same data in every run. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 0x1_0000_0000
  }
}

/** Values of one series, by the number of the sample; undefined is a gap. */
type Shape = (i: number, random: () => number) => number | undefined

type Kind = { labels: Record<string, string>; shape: () => Shape }

function counter(growth: number, resetAt = -1): () => Shape {
  return () => {
    let sum = 0
    return (i, random) => {
      sum = i === resetAt ? 0 : sum + growth * random()
      return sum
    }
  }
}

const gauge = (base: number, swing: number) => (): Shape => (i, random) =>
  base + swing * Math.sin(i / 30) + (random() * swing) / 10

const whole = (base: number, swing: number) => (): Shape => (i, random) =>
  Math.round(base + swing * Math.sin(i / 30) + random() * swing)

function kindsOf(instance: string, n: number): Kind[] {
  const own = { instance, job: 'demo' }
  const named = (__name__: string, more: Record<string, string> = {}) => ({
    __name__,
    ...own,
    ...more,
  })
  const kinds: Kind[] = [
    { labels: named('demo_num_cpus'), shape: () => () => 4 },
    { labels: named('up'), shape: () => (i) => (i % 97 === 0 ? 0 : 1) },
    { labels: named('demo_disk_usage_bytes'), shape: counter(1e6) },
    { labels: named('demo_disk_total_bytes'), shape: () => () => 262_144_000_000 },
    {
      labels: named('demo_batch_last_success_timestamp_seconds'),
      shape: () => (i) => 1_700_000_000 + Math.floor(i / 24) * 120,
    },
    { labels: named('demo_is_holiday'), shape: () => (i) => Math.floor(i / 100) % 2 },
    {
      labels: named('demo_intermittent_metric'),
      shape: () => (i) => (i % 80 < 40 ? i : i % 80 === 40 ? stale : undefined),
    },
    { labels: named('demo_items_shipped_total'), shape: counter(3, 300) },
  ]
  for (const [i, type] of ['buffers', 'cached', 'free', 'used'].entries()) {
    const shape = whole(1e9 * (i + 1 + n / 10), 1e8)
    kinds.push({ labels: named('demo_memory_usage_bytes', { type }), shape })
  }
  for (const [i, mode] of ['idle', 'system', 'user'].entries()) {
    const shape = counter(3 - i, n === 1 ? 400 : -1)
    kinds.push({ labels: named('demo_cpu_usage_seconds_total', { mode }), shape })
  }
  kinds.push({ labels: named('demo_temperature_celsius'), shape: gauge(20, 15) })
  return [...kinds, ...bucketsOf(own, n)]
}

const bounds = [0.0001, 0.00015, 0.000225, 0.0003375, 0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 10]

function bucketsOf(own: Record<string, string>, n: number): Kind[] {
  return ['GET /api/bar', 'POST /api/bar', 'GET /api/foo'].flatMap((route, r) => {
    const [method, path] = route.split(' ') as [string, string]
    const labels = { ...own, method, path, status: r === 2 ? '500' : '200' }
    const name = 'demo_api_request_duration_seconds'
    const all = [...bounds.map(String), '+Inf']
    const buckets = all.map(
      (le, b): Kind => ({
        labels: { __name__: `${name}_bucket`, ...labels, le },
        // Cumulative: every bucket holds what the ones before hold.
        shape: () => (i) => Math.floor((i * (b + 1) * (r + 2)) / (all.length - 1)) + b * n,
      }),
    )
    return [
      ...buckets,
      { labels: { __name__: `${name}_sum`, ...labels }, shape: counter(2) },
      { labels: { __name__: `${name}_count`, ...labels }, shape: () => (i) => i * (r + 2) },
    ]
  })
}

/** Each with all its samples, the last of them at `to_ms`. */
export function demoSeries(to_ms: number): Written[] {
  const samples = (minutes * 60_000) / interval_ms
  const from_ms = to_ms - (samples - 1) * interval_ms
  return instances.flatMap((instance, n) =>
    kindsOf(instance, n).map(({ labels, shape }, k) => {
      const at = shape()
      const random = randomFrom(n * 1_000 + k + 1)
      const points: [number, number][] = []
      for (let i = 0; i < samples; i++) {
        const value = at(i, random)
        // Moments of their own, off whole seconds: windows that end there differ by version.
        if (value !== undefined) points.push([from_ms + i * interval_ms - 61 - n * 137, value])
      }
      return { labels, points }
    }),
  )
}
