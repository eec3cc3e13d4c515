/** Properties of native histograms' arithmetic against a slow oracle over single observations. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { customBoundsSchema, type NativeHistogram } from '../histogram.ts'
import { allBuckets, exponentialBound } from '../histogram-buckets.ts'
import { areEqual, combine, compact, isReset, multiply } from './arithmetic.ts'
import { almostEqual } from './quantile.ts'
import { HistogramTotal } from './sum.ts'

/** What a histogram of a schema makes of observations, one by one. */
function observed(values: readonly number[], schema: number, threshold: number): NativeHistogram {
  const sides = { positive: new Map<number, number>(), negative: new Map<number, number>() }
  let zero = 0
  for (const value of values) {
    if (Math.abs(value) <= threshold) {
      zero += 1
      continue
    }
    const side = value > 0 ? sides.positive : sides.negative
    let index = Math.ceil(Math.log2(Math.abs(value)) * 2 ** schema)
    while (exponentialBound(index, schema) < Math.abs(value)) index += 1
    while (exponentialBound(index - 1, schema) >= Math.abs(value)) index -= 1
    side.set(index, (side.get(index) ?? 0) + 1)
  }
  const layOut = (side: Map<number, number>) => {
    const indexes = [...side.keys()].sort((a, b) => a - b)
    let next = 0
    const spans = indexes.map((index, at) => {
      const offset = at === 0 ? index : index - next
      next = index + 1
      return { offset, length: 1 }
    })
    return { spans, buckets: indexes.map((index) => side.get(index) ?? 0) }
  }
  const positive = layOut(sides.positive)
  const negative = layOut(sides.negative)
  return {
    schema,
    zero_threshold: threshold,
    zero_count: zero,
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    positive_spans: positive.spans,
    positive_buckets: positive.buckets,
    negative_spans: negative.spans,
    negative_buckets: negative.buckets,
    custom_values: [],
    reset_hint: 'unknown',
  }
}

const values = fc.array(
  fc.integer({ min: -100_000, max: 100_000 }).map((value) => value / 64),
  {
    maxLength: 30,
  },
)
const schemas = fc.integer({ min: -2, max: 4 })
const same = (a: NativeHistogram, b: NativeHistogram): void => {
  expect({ ...compact(a), sum: 0 }).toEqual({ ...compact(b), sum: 0 })
  expect(almostEqual(a.sum, b.sum, 1e-9)).toBe(true)
}

describe('native histograms', () => {
  it('add up to the histogram of all observations, in the lower resolution', () => {
    fc.assert(
      fc.property(values, values, schemas, schemas, (a, b, m, n) => {
        const combined = combine(observed(a, m, 0.01), observed(b, n, 0.01), 1)
        same(combined?.histogram as NativeHistogram, observed([...a, ...b], Math.min(m, n), 0.01))
      }),
    )
  })

  it('take each other away again', () => {
    fc.assert(
      fc.property(values, values, schemas, (a, b, schema) => {
        const both = combine(observed(a, schema, 0.01), observed(b, schema, 0.01), 1)
        const rest = combine(both?.histogram as NativeHistogram, observed(b, schema, 0.01), -1)
        same(rest?.histogram as NativeHistogram, observed(a, schema, 0.01))
      }),
    )
  })

  it('see a reset exactly where counts fell', () => {
    fc.assert(
      fc.property(values, values, schemas, (a, more, schema) => {
        const before = observed(a, schema, 0.01)
        expect(isReset(before, observed([...a, ...more], schema, 0.01))).toBe(false)
        expect(isReset(before, observed([...a, ...more], schema - 1, 0.01))).toBe(false)
        if (a.length > 0) expect(isReset(before, observed(a.slice(1), schema, 0.01))).toBe(true)
      }),
    )
  })

  it('keep every observation in a bucket', () => {
    fc.assert(
      fc.property(values, schemas, (list, schema) => {
        const buckets = allBuckets(observed(list, schema, 0.01))
        expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(list.length)
        for (const [at, bucket] of buckets.entries()) {
          const next = buckets[at + 1]
          expect(next === undefined || bucket.upper <= next.lower).toBe(true)
        }
      }),
    )
  })

  it('widen the zero bucket to hold whole buckets', () => {
    const near = observed([0.3, 1.5, 3], 0, 0.1)
    const wide = observed([0, 5], 0, 1)
    const combined = combine(near, wide, 1)?.histogram
    expect(combined).toMatchObject({ zero_threshold: 1, zero_count: 2, count: 5 })
    const into = combine(near, { ...wide, zero_threshold: 1.25 }, 1)?.histogram
    expect(into).toMatchObject({ zero_threshold: 2, zero_count: 3 })
  })

  it('merge custom bounds to those that both have', () => {
    const custom = (bounds: number[], buckets: number[]): NativeHistogram => ({
      ...observed([], 0, 0),
      schema: customBoundsSchema,
      custom_values: bounds,
      positive_spans: [{ offset: 0, length: buckets.length }],
      positive_buckets: buckets,
      count: buckets.reduce((sum, count) => sum + count, 0),
    })
    const sum = combine(custom([1, 2, 3], [1, 2, 3, 4]), custom([2, 4], [5, 6, 7]), 1)
    expect(sum?.wasReconciled).toBe(true)
    expect(sum?.histogram).toMatchObject({ custom_values: [2], positive_buckets: [8, 20] })
    expect(combine(custom([1], [1]), observed([1], 0, 0), 1)).toBeUndefined()
  })

  it('sum and average with compensation', () => {
    const big = multiply(observed([1], 0, 0), 1e100)
    const total = new HistogramTotal(false)
    for (const one of [big, observed([1, 1], 0, 0), multiply(big, -1)]) total.add(one)
    expect(total.result()).toMatchObject({ count: 2, positive_buckets: [2] })
    const huge = multiply(observed([1], 0, 0), 1.5e308)
    const mean = new HistogramTotal(true)
    for (const one of [huge, huge, huge]) mean.add(one)
    expect(almostEqual(mean.result()?.count ?? 0, 1.5e308, 1e-9)).toBe(true)
  })

  it('are equal bit for bit', () => {
    const one = observed([1, 2, 3], 2, 0)
    expect(areEqual(one, observed([3, 2, 1], 2, 0))).toBe(true)
    expect(areEqual(one, { ...one, sum: 6.000000001 })).toBe(false)
    expect(areEqual({ ...one, sum: Number.NaN }, { ...one, sum: Number.NaN })).toBe(true)
  })
})
