/**
 * A native histogram opened up for arithmetic: counts by bucket index, with changes of resolution
 * and of the zero bucket. histogram-arithmetic.ts does the sums.
 */
import type { NativeHistogram, ResetHint, Span } from '../histogram.ts'
import { customBoundsSchema } from '../histogram.ts'
import { eachBucket, exponentialBound } from '../histogram-buckets.ts'

export type Flat = {
  schema: number
  zero_threshold: number
  zero_count: number
  count: number
  sum: number
  positive: Map<number, number>
  negative: Map<number, number>
  custom_values: readonly number[]
  reset_hint: ResetHint
}

function indexed(spans: readonly Span[], counts: readonly number[]): Map<number, number> {
  const map = new Map<number, number>()
  eachBucket(spans, counts, (index, count) => map.set(index, (map.get(index) ?? 0) + count))
  return map
}

export function flatOf(histogram: NativeHistogram): Flat {
  const { schema, zero_threshold, zero_count, count, sum, custom_values, reset_hint } = histogram
  return {
    schema,
    zero_threshold,
    zero_count,
    count,
    sum,
    positive: indexed(histogram.positive_spans, histogram.positive_buckets),
    negative: indexed(histogram.negative_spans, histogram.negative_buckets),
    custom_values,
    reset_hint,
  }
}

function spansOf(map: Map<number, number>): { spans: Span[]; buckets: number[] } {
  const spans: { offset: number; length: number }[] = []
  const buckets: number[] = []
  let next = 0
  for (const index of [...map.keys()].sort((a, b) => a - b)) {
    const count = map.get(index) ?? 0
    if (count === 0) continue
    const last = spans.at(-1)
    if (last !== undefined && index === next) last.length += 1
    else spans.push({ offset: last === undefined ? index : index - next, length: 1 })
    buckets.push(count)
    next = index + 1
  }
  return { spans, buckets }
}

/** Without empty buckets. */
export function histogramOf(flat: Flat): NativeHistogram {
  const positive = spansOf(flat.positive)
  const negative = spansOf(flat.negative)
  return {
    schema: flat.schema,
    zero_threshold: flat.zero_threshold,
    zero_count: flat.zero_count,
    count: flat.count,
    sum: flat.sum,
    positive_spans: positive.spans,
    positive_buckets: positive.buckets,
    negative_spans: negative.spans,
    negative_buckets: negative.buckets,
    custom_values: flat.custom_values,
    reset_hint: flat.reset_hint,
  }
}

function coarser(map: Map<number, number>, levels: number): Map<number, number> {
  const out = new Map<number, number>()
  for (const [index, count] of map) {
    const target = Math.floor((index - 1) / 2 ** levels) + 1
    out.set(target, (out.get(target) ?? 0) + count)
  }
  return out
}

/** Lowers the resolution; a schema that is as low already stays. */
export function reduce(flat: Flat, schema: number): void {
  if (flat.schema === customBoundsSchema || flat.schema <= schema) return
  flat.positive = coarser(flat.positive, flat.schema - schema)
  flat.negative = coarser(flat.negative, flat.schema - schema)
  flat.schema = schema
}

const ascending = (map: Map<number, number>): [number, number][] =>
  [...map].sort((a, b) => a[0] - b[0])

/**
 * The zero count and threshold when the zero bucket grows to `threshold`; further, to the end of
 * the bucket that the threshold falls into, where that one is populated.
 */
export function widened(flat: Flat, threshold: number): { count: number; threshold: number } {
  if (threshold === flat.zero_threshold) return { count: flat.zero_count, threshold }
  let wanted = threshold
  for (;;) {
    let count = flat.zero_count
    let grown = wanted
    for (const side of [flat.positive, flat.negative]) {
      for (const [index, population] of ascending(side)) {
        if (exponentialBound(index - 1, flat.schema) >= grown) break
        count += population
        const upper = exponentialBound(index, flat.schema)
        if (upper > grown) {
          if (population !== 0) grown = upper
          break
        }
      }
    }
    if (grown === wanted) return { count, threshold: grown }
    wanted = grown
  }
}

export function widen(flat: Flat, threshold: number): void {
  const { count, threshold: grown } = widened(flat, threshold)
  flat.zero_count = count
  flat.zero_threshold = grown
  for (const side of [flat.positive, flat.negative]) {
    for (const index of [...side.keys()]) {
      if (exponentialBound(index - 1, flat.schema) < grown) side.delete(index)
    }
  }
}

/** Gives both the same zero bucket, wide enough for either. */
export function shareZero(a: Flat, b: Flat): void {
  while (a.zero_threshold !== b.zero_threshold) {
    if (a.zero_threshold > b.zero_threshold) widen(b, a.zero_threshold)
    else widen(a, b.zero_threshold)
  }
}

export function sameBounds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((bound, at) => bound === b[at])
}

/** Custom buckets merged to the bounds that are given, which all are bounds of the histogram. */
export function rebound(flat: Flat, bounds: readonly number[]): void {
  const out = new Map<number, number>()
  for (const [index, count] of ascending(flat.positive)) {
    const bound = flat.custom_values[index] ?? Number.POSITIVE_INFINITY
    const found = bounds.findIndex((candidate) => candidate >= bound)
    const target = index >= flat.custom_values.length || found === -1 ? bounds.length : found
    out.set(target, (out.get(target) ?? 0) + count)
  }
  flat.positive = out
  flat.custom_values = bounds
}
