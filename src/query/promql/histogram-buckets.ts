/** Buckets of a native histogram with their bounds, and a histogram as text. No arithmetic. */
import { formatGeneral } from './go-text.ts'
import { customBoundsSchema, type NativeHistogram, type Span } from './histogram.ts'

export type Bucket = {
  lower: number
  upper: number
  count: number
  isLowerInclusive: boolean
  isUpperInclusive: boolean
}

export const isCustom = (histogram: NativeHistogram): boolean =>
  histogram.schema === customBoundsSchema

/** Bounds within one power of two, from 0.5 to below 1, for each schema. */
const fractions = new Map<number, Float64Array>()

function fractionsOf(schema: number): Float64Array {
  let known = fractions.get(schema)
  if (known === undefined) {
    const count = 2 ** schema
    known = Float64Array.from({ length: count }, (_, at) => 2 ** (at / count) / 2)
    fractions.set(schema, known)
  }
  return known
}

/** Upper bound of the bucket with this index, 2^(index * 2^-schema). */
export function exponentialBound(index: number, schema: number): number {
  if (schema < 0) {
    const power = index * 2 ** -schema
    return power === 1024 ? Number.MAX_VALUE : scaled(1, power)
  }
  const count = 2 ** schema
  const whole = Math.floor(index / count)
  const fraction = fractionsOf(schema)[index - whole * count] ?? 0.5
  if (fraction === 0.5 && whole + 1 === 1025) return Number.MAX_VALUE
  return scaled(fraction, whole + 1)
}

/** fraction * 2^power without an intermediate that over- or underflows. */
function scaled(fraction: number, power: number): number {
  if (power > 1000) return fraction * 2 ** 1000 * 2 ** (power - 1000)
  if (power < -1000) return fraction * 2 ** -1000 * 2 ** (power + 1000)
  return fraction * 2 ** power
}

/** Upper bound of a positive bucket. */
export function boundOf(histogram: NativeHistogram, index: number): number {
  if (!isCustom(histogram)) return exponentialBound(index, histogram.schema)
  const bounds = histogram.custom_values
  if (index < 0) return Number.NEGATIVE_INFINITY
  return index < bounds.length ? (bounds[index] ?? 0) : Number.POSITIVE_INFINITY
}

/** Calls with every bucket's index and count, lowest index first. */
export function eachBucket(
  spans: readonly Span[],
  counts: readonly number[],
  visit: (index: number, count: number) => void,
): void {
  let index = 0
  let at = 0
  for (const { offset, length } of spans) {
    index += offset
    for (let i = 0; i < length && at < counts.length; i++) {
      visit(index, counts[at] ?? 0)
      index += 1
      at += 1
    }
  }
}

function positiveBucket(histogram: NativeHistogram, index: number, count: number): Bucket {
  const lower = boundOf(histogram, index - 1)
  const upper = boundOf(histogram, index)
  const custom = isCustom(histogram)
  return {
    lower,
    upper,
    count,
    isLowerInclusive: custom ? index === 0 : lower < 0,
    isUpperInclusive: custom || upper > 0,
  }
}

export function positiveBuckets(histogram: NativeHistogram): Bucket[] {
  const buckets: Bucket[] = []
  eachBucket(histogram.positive_spans, histogram.positive_buckets, (index, count) => {
    buckets.push(positiveBucket(histogram, index, count))
  })
  return buckets
}

/** Next to zero first, going down. */
export function negativeBuckets(histogram: NativeHistogram): Bucket[] {
  const buckets: Bucket[] = []
  eachBucket(histogram.negative_spans, histogram.negative_buckets, (index, count) => {
    const lower = -exponentialBound(index, histogram.schema)
    const upper = -exponentialBound(index - 1, histogram.schema)
    buckets.push({ lower, upper, count, isLowerInclusive: lower < 0, isUpperInclusive: upper > 0 })
  })
  return buckets
}

export function zeroBucket(histogram: NativeHistogram): Bucket {
  return {
    lower: -histogram.zero_threshold,
    upper: histogram.zero_threshold,
    count: histogram.zero_count,
    isLowerInclusive: true,
    isUpperInclusive: true,
  }
}

/** From the lowest to the highest; those that reach into the zero bucket end at it. */
export function allBuckets(histogram: NativeHistogram): Bucket[] {
  const threshold = histogram.zero_threshold
  const negative = negativeBuckets(histogram).reverse()
  for (const bucket of negative) {
    if (bucket.upper < 0 && bucket.upper > -threshold) bucket.upper = -threshold
  }
  const positive = positiveBuckets(histogram)
  for (const bucket of positive) {
    if (bucket.lower > 0 && bucket.lower < threshold) bucket.lower = threshold
  }
  const zero = histogram.zero_count > 0 ? [zeroBucket(histogram)] : []
  return [...negative, ...zero, ...positive]
}

function showBucket(bucket: Bucket): string {
  const open = bucket.isLowerInclusive ? '[' : '('
  const close = bucket.isUpperInclusive ? ']' : ')'
  const bounds = `${formatGeneral(bucket.lower)},${formatGeneral(bucket.upper)}`
  return `${open}${bounds}${close}:${formatGeneral(bucket.count)}`
}

/** As count_values names it: `{count:4, sum:5, (0.5,1]:1, …}`. */
export function showHistogram(histogram: NativeHistogram): string {
  const shown = [
    ...negativeBuckets(histogram).reverse(),
    zeroBucket(histogram),
    ...positiveBuckets(histogram),
  ]
  const buckets = shown.filter(({ count }) => count !== 0).map((one) => `, ${showBucket(one)}`)
  const { count, sum } = histogram
  return `{count:${formatGeneral(count)}, sum:${formatGeneral(sum)}${buckets.join('')}}`
}

/** For the API: [which ends are closed, lower, upper, count] of every bucket that is not empty. */
export function bucketTuples(histogram: NativeHistogram): [number, number, number, number][] {
  return allBuckets(histogram)
    .filter(({ count }) => count !== 0)
    .map(({ lower, upper, count, isLowerInclusive, isUpperInclusive }) => {
      const rule = isLowerInclusive ? (isUpperInclusive ? 3 : 1) : isUpperInclusive ? 0 : 2
      return [rule, lower, upper, count]
    })
}
