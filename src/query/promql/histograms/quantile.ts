/** Quantiles and fractions of classic buckets and of native histograms. */
import type { NativeHistogram } from '../histogram.ts'
import { allBuckets, type Bucket, isCustom } from '../histogram-buckets.ts'
import type { Fix, Notes } from '../notes.ts'

/** Counts are cumulative. Sorted by bound, each bound once. */
export type ClassicBuckets = { bounds: number[]; counts: number[] }

const small_delta = 1e-12
const normal_min = 2.2250738585072014e-308

/** Whether two numbers differ by rounding alone. */
export function almostEqual(a: number, b: number, epsilon: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true
  if (a === b) return true
  const sum = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || sum < normal_min) return difference < epsilon * normal_min
  return difference / Math.min(sum, Number.MAX_VALUE) < epsilon
}

/** Raises counts that fall. Changes the counts; tells of it unless rounding explains it. */
function makeMonotonic({ bounds, counts }: ClassicBuckets): Fix | undefined {
  let fix: Fix | undefined
  let before = counts[0] ?? 0
  for (let at = 1; at < counts.length; at++) {
    const now = counts[at]!
    if (now === before) continue
    if (almostEqual(before, now, small_delta)) counts[at] = before
    else if (now < before) {
      counts[at] = before
      const bound = bounds[at]!
      fix = {
        least: Math.min(fix?.least ?? bound, bound),
        greatest: Math.max(fix?.greatest ?? bound, bound),
        difference: Math.max(fix?.difference ?? 0, before - now),
      }
    } else before = now
  }
  return fix
}

export type ClassicQuantile = { value: number; fix: Fix | undefined }

export function classicQuantile(quantile: number, buckets: ClassicBuckets): ClassicQuantile {
  const only = (value: number): ClassicQuantile => ({ value, fix: undefined })
  if (Number.isNaN(quantile)) return only(Number.NaN)
  if (quantile < 0) return only(Number.NEGATIVE_INFINITY)
  if (quantile > 1) return only(Number.POSITIVE_INFINITY)
  const { bounds, counts } = buckets
  const last = bounds.length - 1
  if (bounds[last] !== Number.POSITIVE_INFINITY) return only(Number.NaN)
  const fix = makeMonotonic(buckets)
  const observations = counts[last] ?? 0
  if (last < 1 || observations === 0) return { value: Number.NaN, fix }
  let rank = quantile * observations
  let at = 0
  while (at < last && !(counts[at]! >= rank)) at += 1
  if (at === last) return { value: bounds[last - 1]!, fix }
  if (at === 0 && bounds[0]! <= 0) return { value: bounds[0]!, fix }
  let count = counts[at]!
  let start = 0
  if (at > 0) {
    start = bounds[at - 1]!
    count -= counts[at - 1]!
    rank -= counts[at - 1]!
  }
  return { value: start + (bounds[at]! - start) * (rank / count), fix }
}

export function classicFraction(lower: number, upper: number, buckets: ClassicBuckets): number {
  const { bounds, counts } = buckets
  const last = bounds.length - 1
  const total = counts[last] ?? 0
  if (bounds[last] !== Number.POSITIVE_INFINITY || total === 0) return Number.NaN
  if (Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN
  if (lower >= upper) return 0
  const below = (value: number): number => {
    let rank = 0
    let start = bounds[0]! <= 0 ? Number.NEGATIVE_INFINITY : 0
    for (let at = 0; at <= last; at++) {
      if (at > 0) start = bounds[at - 1]!
      const end = bounds[at]!
      const count = counts[at]!
      if (start >= value) return rank
      if (end > value) {
        if (start === Number.NEGATIVE_INFINITY) return count
        return rank + ((count - rank) * (value - start)) / (end - start)
      }
      rank = count
    }
    return total
  }
  return (Math.min(below(upper), total) - Math.min(below(lower), total)) / total
}

/** Where there are positive buckets alone, the zero bucket begins at 0; and the other way round. */
function sided(histogram: NativeHistogram, bucket: Bucket): Bucket {
  const { negative_buckets: negative, positive_buckets: positive } = histogram
  if (negative.length === 0 && positive.length > 0) return { ...bucket, lower: 0 }
  if (positive.length === 0 && negative.length > 0) return { ...bucket, upper: 0 }
  return bucket
}

/** Finds the bucket of a rank, from below or from above. */
function walk(
  buckets: readonly Bucket[],
  rank: number,
): { bucket: Bucket; count: number; next: number } {
  let bucket = buckets[0]!
  let count = 0
  let next = 0
  while (next < buckets.length) {
    bucket = buckets[next++]!
    if (bucket.count === 0) continue
    count += bucket.count
    if (count >= rank) break
  }
  return { bucket, count, next }
}

export function nativeQuantile(
  quantile: number,
  histogram: NativeHistogram,
  told: { notes: Notes; metric: string; at: number },
): number {
  if (quantile < 0) return Number.NEGATIVE_INFINITY
  if (quantile > 1) return Number.POSITIVE_INFINITY
  if (histogram.count === 0 || Number.isNaN(quantile)) return Number.NaN
  const isForward = Number.isNaN(histogram.sum) || quantile < 0.5
  const buckets = allBuckets(histogram)
  if (!isForward) buckets.reverse()
  let rank = (isForward ? quantile : 1 - quantile) * histogram.count
  if (buckets.length === 0) {
    if (!Number.isNaN(histogram.sum)) return 0
    told.notes.nanQuantile(told.metric, false, told.at)
    return Number.NaN
  }
  const found = walk(buckets, rank)
  let { bucket } = found
  if (!isCustom(histogram) && bucket.lower < 0 && bucket.upper > 0) {
    bucket = sided(histogram, bucket)
  } else if (isCustom(histogram)) {
    if (bucket.lower === Number.NEGATIVE_INFINITY) {
      if (bucket.upper <= 0) return bucket.upper
      bucket = { ...bucket, lower: 0 }
    } else if (bucket.upper === Number.POSITIVE_INFINITY) return bucket.lower
  }
  const count = Math.min(found.count, histogram.count)
  if (count < rank) {
    if (!Number.isNaN(histogram.sum)) return bucket.upper
    told.notes.nanQuantile(told.metric, false, told.at)
    return Number.NaN
  }
  if (isForward) rank -= count - bucket.count
  else rank = count - rank
  if (Number.isNaN(histogram.sum)) {
    // Observations of NaN are in no bucket, and count as the greatest.
    const rest = buckets.slice(found.next).reduce((sum, one) => sum + one.count, count)
    if (rest < histogram.count) told.notes.nanQuantile(told.metric, true, told.at)
  }
  return within(bucket, rank / bucket.count, isCustom(histogram))
}

/** Linear in custom buckets and in the zero bucket, on a logarithmic scale in all others. */
function within(bucket: Bucket, fraction: number, isLinear: boolean): number {
  const { lower, upper } = bucket
  if (isLinear || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * fraction
  const logLower = Math.log2(Math.abs(lower))
  const logUpper = Math.log2(Math.abs(upper))
  if (lower > 0) return 2 ** (logLower + (logUpper - logLower) * fraction)
  return -(2 ** (logUpper + (logLower - logUpper) * (1 - fraction)))
}

export function nativeFraction(
  lower: number,
  upper: number,
  histogram: NativeHistogram,
  told: { notes: Notes; metric: string; at: number },
): number {
  if (histogram.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN
  if (lower >= upper) return 0
  const buckets = allBuckets(histogram)
  let most = histogram.count
  if (Number.isNaN(histogram.sum)) {
    most = buckets.reduce((sum, { count }) => sum + count, 0)
    if (most < histogram.count) told.notes.nanFraction(told.metric, told.at)
  }
  const custom = isCustom(histogram)
  const from = Math.min(below(lower, buckets, histogram, custom) ?? most, most)
  const to = Math.min(below(upper, buckets, histogram, custom) ?? most, most)
  return (to - from) / histogram.count
}

/** Observations up to a value; undefined beyond the last bucket. */
function below(
  value: number,
  buckets: readonly Bucket[],
  histogram: NativeHistogram,
  custom: boolean,
): number | undefined {
  let rank = 0
  for (const whole of buckets) {
    const isZero = whole.lower <= 0 && whole.upper >= 0
    const bucket = isZero ? sided(histogram, whole) : whole
    const { lower, upper, count } = bucket
    if (lower >= value) return rank
    if (upper > value) {
      if (!custom && !isZero) return rank + count * logFraction(value, bucket)
      if (lower === Number.NEGATIVE_INFINITY) return count
      return rank + (count * (value - lower)) / (upper - lower)
    }
    rank += count
  }
  return undefined
}

function logFraction(value: number, { lower, upper }: Bucket): number {
  const logLower = Math.log2(Math.abs(lower))
  const logUpper = Math.log2(Math.abs(upper))
  const logValue = Math.log2(Math.abs(value))
  if (value > 0) return (logValue - logLower) / (logUpper - logLower)
  return 1 - (logValue - logUpper) / (logLower - logUpper)
}
