/**
 * The operators </ and >/: a native histogram without the observations above or below a value.
 * The sum is estimated anew from the middle of every bucket that stays.
 */
import type { NativeHistogram } from '../histogram.ts'
import { type Bucket, isCustom, negativeBuckets, positiveBuckets } from '../histogram-buckets.ts'
import { compact } from './arithmetic.ts'

type Kept = { count: number; middle: number }

const isEndless = (value: number): boolean => Math.abs(value) === Number.POSITIVE_INFINITY
const zeroIfEndless = (value: number): number => (isEndless(value) ? 0 : value)

function middle(lower: number, upper: number, isPositive: boolean, isLinear: boolean): number {
  if (isEndless(lower)) {
    if (isEndless(upper)) return 0
    return upper > 0 ? upper / 2 : upper
  }
  if (isEndless(upper)) return lower
  if (isLinear) return (lower + upper) / 2
  const mean = Math.sqrt(Math.abs(lower * upper))
  return isPositive ? mean : -mean
}

/** A bucket without an end on one side: nothing is known of how it is filled. */
function endless(bucket: Bucket, value: number, isUpper: boolean): Kept {
  const { lower, upper, count } = bucket
  if (lower === Number.NEGATIVE_INFINITY) {
    if (isUpper) {
      if (value >= upper) return { count, middle: 0 }
      if (value > 0 && upper > 0 && !isEndless(upper)) {
        return { count: (count * value) / upper, middle: value / 2 }
      }
      if (upper <= 0) return { count, middle: value }
      return { count: 0, middle: zeroIfEndless(upper) }
    }
    if (value <= lower) return { count, middle: 0 }
    if (value >= 0 && upper > value && !isEndless(upper)) {
      return { count: count * (1 - value / upper), middle: (value + upper) / 2 }
    }
    return { count: 0, middle: zeroIfEndless(upper) }
  }
  if (!isUpper && value >= lower) return { count, middle: value }
  return { count: 0, middle: zeroIfEndless(lower) }
}

function split(bucket: Bucket, value: number, isPositive: boolean, isLinear: boolean): number {
  const { lower, upper, count } = bucket
  if (value <= lower) return 0
  if (value >= upper) return count
  if (isLinear) return count * ((value - lower) / (upper - lower))
  const logLower = Math.log2(Math.abs(lower))
  const logUpper = Math.log2(Math.abs(upper))
  const logValue = Math.log2(Math.abs(value))
  return isPositive
    ? count * ((logValue - logLower) / (logUpper - logLower))
    : count * (1 - (logValue - logUpper) / (logLower - logUpper))
}

function keptOf(
  bucket: Bucket,
  value: number,
  isUpper: boolean,
  isPositive: boolean,
  isLinear: boolean,
): Kept {
  const { lower, upper, count } = bucket
  if (isUpper ? upper <= value : lower >= value) {
    return { count, middle: middle(lower, upper, isPositive, isLinear) }
  }
  if (isUpper ? !(lower < value) : !(upper > value)) return { count: 0, middle: 0 }
  if (isEndless(lower) || isEndless(upper)) return endless(bucket, value, isUpper)
  const under = split(bucket, value, isPositive, isLinear)
  return isUpper
    ? { count: under, middle: middle(lower, value, isPositive, isLinear) }
    : { count: count - under, middle: middle(value, upper, isPositive, isLinear) }
}

function zeroKept(
  histogram: NativeHistogram,
  value: number,
  isUpper: boolean,
  hasNegative: boolean,
  hasPositive: boolean,
): Kept {
  const lower = hasPositive && !hasNegative ? 0 : -histogram.zero_threshold
  const upper = hasNegative && !hasPositive ? 0 : histogram.zero_threshold
  const count = histogram.zero_count
  const all = { count, middle: (lower + upper) / 2 }
  const none = { count: 0, middle: 0 }
  if (value <= lower) return isUpper ? none : all
  if (value >= upper) return isUpper ? all : none
  const width = upper - lower
  return isUpper
    ? { count: (count * (value - lower)) / width, middle: (lower + value) / 2 }
    : { count: (count * (upper - value)) / width, middle: (value + upper) / 2 }
}

/** `isUpper`: what is above the value goes. */
export function trim(histogram: NativeHistogram, value: number, isUpper: boolean): NativeHistogram {
  const isLinear = isCustom(histogram)
  let count = 0
  let sum = 0
  let isChanged = false
  const side = (buckets: readonly Bucket[], isPositive: boolean): number[] =>
    buckets.map((bucket) => {
      if (bucket.count === 0) return 0
      const kept = keptOf(bucket, value, isUpper, isPositive, isLinear)
      count += kept.count
      if (kept.count !== 0) sum += kept.middle * kept.count
      if (kept.count !== bucket.count) isChanged = true
      return kept.count
    })
  const positive = positiveBuckets(histogram)
  const negative = negativeBuckets(histogram)
  const positive_buckets = side(positive, true)
  const negative_buckets = side(negative, false)
  let { zero_count } = histogram
  if (zero_count > 0) {
    const has = (buckets: readonly Bucket[]) => buckets.some((bucket) => bucket.count !== 0)
    const kept = zeroKept(histogram, value, isUpper, has(negative), has(positive))
    if (kept.count !== zero_count) isChanged = true
    sum += kept.middle * kept.count
    count += kept.count
    zero_count = kept.count
  }
  if (!isChanged) return histogram
  return compact({ ...histogram, positive_buckets, negative_buckets, zero_count, count, sum })
}
