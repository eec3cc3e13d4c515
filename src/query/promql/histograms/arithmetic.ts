/**
 * Sums, differences, products and counter resets of native histograms, as Prometheus computes
 * them. Never changes a histogram that it is given.
 */
import type { NativeHistogram, ResetHint } from '../histogram.ts'
import { eachBucket, isCustom } from '../histogram-buckets.ts'
import {
  type Flat,
  flatOf,
  histogramOf,
  rebound,
  reduce,
  sameBounds,
  shareZero,
  widened,
} from './flat.ts'

/** `hasCollision`: one told a counter reset, the other none. */
export type Combined = {
  histogram: NativeHistogram
  hasCollision: boolean
  wasReconciled: boolean
}

/** Exponential and custom buckets do not mix. */
export const areCompatible = (a: NativeHistogram, b: NativeHistogram): boolean =>
  isCustom(a) === isCustom(b)

function combinedHint(a: ResetHint, b: ResetHint): { hint: ResetHint; hasCollision: boolean } {
  if (a === b) return { hint: a, hasCollision: false }
  if (a === 'gauge' || b === 'gauge') return { hint: 'gauge', hasCollision: false }
  return { hint: 'unknown', hasCollision: a !== 'unknown' && b !== 'unknown' }
}

/** Brings both to one layout. True when custom bounds had to be merged. */
export function align(a: Flat, b: Flat, isCustomSchema: boolean): boolean {
  if (!isCustomSchema) {
    shareZero(a, b)
    reduce(a, b.schema)
    reduce(b, a.schema)
    return false
  }
  if (sameBounds(a.custom_values, b.custom_values)) return false
  const others = new Set(b.custom_values)
  const shared = a.custom_values.filter((bound) => others.has(bound))
  rebound(a, shared)
  rebound(b, shared)
  return true
}

/** Undefined when the two do not mix. `sign` is 1 to add and -1 to subtract. */
export function combine(
  left: NativeHistogram,
  right: NativeHistogram,
  sign: 1 | -1,
): Combined | undefined {
  if (!areCompatible(left, right)) return undefined
  const a = flatOf(left)
  const b = flatOf(right)
  const wasReconciled = align(a, b, isCustom(left))
  const { hint, hasCollision } = combinedHint(left.reset_hint, right.reset_hint)
  a.reset_hint = hint
  a.zero_count += sign * b.zero_count
  a.count += sign * b.count
  a.sum += sign * b.sum
  for (const [side, other] of [
    [a.positive, b.positive],
    [a.negative, b.negative],
  ] as const) {
    for (const [index, count] of other) side.set(index, (side.get(index) ?? 0) + sign * count)
  }
  return { histogram: histogramOf(a), hasCollision, wasReconciled }
}

const mapped = (histogram: NativeHistogram, change: (value: number) => number): NativeHistogram => {
  return {
    ...histogram,
    zero_count: change(histogram.zero_count),
    count: change(histogram.count),
    sum: change(histogram.sum),
    positive_buckets: histogram.positive_buckets.map(change),
    negative_buckets: histogram.negative_buckets.map(change),
  }
}

/** What is turned negative is a gauge from there on. */
export function multiply(histogram: NativeHistogram, factor: number): NativeHistogram {
  const product = mapped(histogram, (value) => value * factor)
  return factor < 0 ? { ...product, reset_hint: 'gauge' } : product
}

/** By zero, no buckets are left: only the count, the sum and the zero bucket tell of it. */
export function divide(histogram: NativeHistogram, divisor: number): NativeHistogram {
  const quotient = mapped(histogram, (value) => value / divisor)
  if (divisor < 0) quotient.reset_hint = 'gauge'
  if (divisor !== 0) return quotient
  return {
    ...quotient,
    positive_spans: [],
    positive_buckets: [],
    negative_spans: [],
    negative_buckets: [],
  }
}

/** Without empty buckets at the ends of and between spans. */
export function compact(histogram: NativeHistogram): NativeHistogram {
  return histogramOf(flatOf(histogram))
}

export function withHint(histogram: NativeHistogram, reset_hint: ResetHint): NativeHistogram {
  return histogram.reset_hint === reset_hint ? histogram : { ...histogram, reset_hint }
}

function sameSide(a: NativeHistogram, b: NativeHistogram, side: 'positive' | 'negative'): boolean {
  const list = (histogram: NativeHistogram): [number, number][] => {
    const out: [number, number][] = []
    const spans = histogram[`${side}_spans`]
    eachBucket(spans, histogram[`${side}_buckets`], (index, count) => out.push([index, count]))
    return out
  }
  const left = list(a)
  const right = list(b)
  return (
    left.length === right.length &&
    left.every(([index, count], at) => {
      return index === right[at]?.[0] && Object.is(count, right[at]?.[1])
    })
  )
}

/** Bit for bit, as `==` compares histograms. */
export function areEqual(a: NativeHistogram, b: NativeHistogram): boolean {
  if (a.schema !== b.schema || !Object.is(a.count, b.count) || !Object.is(a.sum, b.sum)) {
    return false
  }
  if (isCustom(a) && !sameBounds(a.custom_values, b.custom_values)) return false
  return (
    a.zero_threshold === b.zero_threshold &&
    Object.is(a.zero_count, b.zero_count) &&
    sameSide(a, b, 'negative') &&
    sameSide(a, b, 'positive')
  )
}

/** Whether a counter began anew between the two. */
export function isReset(previous: NativeHistogram, current: NativeHistogram): boolean {
  if (current.reset_hint === 'reset') return true
  if (current.reset_hint === 'not_reset') return false
  if (current.count < previous.count) return true
  if (isCustom(current)) {
    if (!isCustom(previous)) return true
    if (!sameBounds(current.custom_values, previous.custom_values)) {
      const now = flatOf(current)
      const then = flatOf(previous)
      align(now, then, true)
      return hasFallen(then.positive, now.positive)
    }
  }
  if (current.schema > previous.schema) return true
  if (current.zero_threshold < previous.zero_threshold) return true
  const now = flatOf(current)
  const then = flatOf(previous)
  if (!isCustom(current)) {
    const { count, threshold } = widened(then, current.zero_threshold)
    if (threshold !== current.zero_threshold || current.zero_count < count) return true
    shareZero(now, then)
    reduce(then, current.schema)
  }
  return hasFallen(then.positive, now.positive) || hasFallen(then.negative, now.negative)
}

function hasFallen(previous: Map<number, number>, current: Map<number, number>): boolean {
  for (const [index, count] of previous) {
    const now = current.get(index)
    if (now === undefined ? count !== 0 : now < count) return true
  }
  return false
}

/** A histogram of nothing in the layout of another. */
export function emptyLike(histogram: NativeHistogram): NativeHistogram {
  return {
    ...histogram,
    zero_threshold: 0,
    zero_count: 0,
    count: 0,
    sum: 0,
    positive_spans: [],
    positive_buckets: [],
    negative_spans: [],
    negative_buckets: [],
    reset_hint: 'unknown',
  }
}

export function hasInfinity(histogram: NativeHistogram): boolean {
  const isEndless = (value: number) => Math.abs(value) === Number.POSITIVE_INFINITY
  return (
    isEndless(histogram.zero_count) ||
    isEndless(histogram.count) ||
    isEndless(histogram.sum) ||
    histogram.positive_buckets.some(isEndless) ||
    histogram.negative_buckets.some(isEndless)
  )
}
