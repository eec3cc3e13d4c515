/**
 * Functions over ranges, computed from the samples of a series: the slow way that is always right.
 * Times are nanoseconds behind the start of the first window.
 */
import type { RangeExpr } from '../ast.ts'

/** Oldest first; a sample of lines has the line's value 1 or its length. */
export type Samples = { times: number[]; values: number[] }

/** Window k is (k * step, k * step + range]. */
export type Windows = { count: number; step_ns: number; range_ns: number }

export type Grid = { values: Float64Array; has: Uint8Array }

type Reduce = (
  samples: Samples,
  from: number,
  to: number,
  windows: Windows,
  start: number,
) => number

export function overWindows(
  expr: Pick<RangeExpr, 'operation' | 'parameter' | 'unwrap'>,
  samples: Samples,
  windows: Windows,
): Grid {
  const reduce = reducerOf(expr)
  const values = new Float64Array(windows.count)
  const has = new Uint8Array(windows.count)
  let from = 0
  let to = 0
  for (let k = 0; k < windows.count; k++) {
    const start = k * windows.step_ns
    while (to < samples.times.length && samples.times[to]! <= start + windows.range_ns) to++
    while (from < to && samples.times[from]! <= start) from++
    if (from === to) continue
    const value = reduce(samples, from, to, windows, start)
    if (value === undefined) continue
    values[k] = value
    has[k] = 1
  }
  return { values, has }
}

const second_ns = 1e9

function reducerOf({ operation, parameter }: Pick<RangeExpr, 'operation' | 'parameter'>): Reduce {
  switch (operation) {
    case 'rate':
    case 'bytes_rate':
      return (samples, from, to, { range_ns }) => sum(samples, from, to) / (range_ns / second_ns)
    case 'count_over_time':
    case 'bytes_over_time':
    case 'sum_over_time':
      return sum
    case 'absent_over_time':
      return () => 1
    case 'avg_over_time':
      return (samples, from, to) => sum(samples, from, to) / (to - from)
    case 'min_over_time':
      return (samples, from, to) => extreme(samples, from, to, (a, b) => a < b)
    case 'max_over_time':
      return (samples, from, to) => extreme(samples, from, to, (a, b) => a > b)
    case 'first_over_time':
      return ({ values }, from) => values[from]!
    case 'last_over_time':
      return ({ values }, _from, to) => values[to - 1]!
    case 'stdvar_over_time':
      return variance
    case 'stddev_over_time':
      return (samples, from, to) => Math.sqrt(variance(samples, from, to))
    case 'quantile_over_time':
      return (samples, from, to) => quantile(parameter ?? 0, samples.values.slice(from, to))
    case 'rate_counter':
      return counterRate
  }
}

function sum({ values }: Samples, from: number, to: number): number {
  let total = 0
  for (let i = from; i < to; i++) total += values[i]!
  return total
}

function extreme(
  { values }: Samples,
  from: number,
  to: number,
  isBetter: (a: number, b: number) => boolean,
): number {
  let best = values[from]!
  for (let i = from + 1; i < to; i++) {
    const value = values[i]!
    if (isBetter(value, best) || Number.isNaN(best)) best = value
  }
  return best
}

function variance({ values }: Samples, from: number, to: number): number {
  let count = 0
  let mean = 0
  let squares = 0
  for (let i = from; i < to; i++) {
    const delta = values[i]! - mean
    mean += delta / ++count
    squares += delta * (values[i]! - mean)
  }
  return squares / count
}

/** Between the two nearest ranks, as Prometheus and Loki have it. */
export function quantile(q: number, values: number[]): number {
  if (values.length === 0) return Number.NaN
  if (q < 0) return -Infinity
  if (q > 1) return Infinity
  const sorted = values.toSorted((a, b) => a - b)
  const rank = q * (sorted.length - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(sorted.length - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  return sorted[lower]! * (1 - weight) + sorted[upper]! * weight
}

/** Prometheus's rate of a counter: resets are added up, the edges of the window extrapolated. */
function counterRate(
  { times, values }: Samples,
  from: number,
  to: number,
  { range_ns }: Windows,
  start: number,
): number {
  if (to - from < 2) return Number.NaN
  let increase = values[to - 1]! - values[from]!
  for (let i = from + 1; i < to; i++) if (values[i]! < values[i - 1]!) increase += values[i - 1]!
  const sampled = (times[to - 1]! - times[from]!) / second_ns
  const average = sampled / (to - from - 1)
  let before = (times[from]! - start) / second_ns
  const after = (start + range_ns - times[to - 1]!) / second_ns
  if (increase > 0 && values[from]! >= 0) {
    before = Math.min(before, sampled * (values[from]! / increase))
  }
  const most = average * 1.1
  const extended =
    sampled + (before < most ? before : average / 2) + (after < most ? after : average / 2)
  return (increase * (extended / sampled)) / (range_ns / second_ns)
}
