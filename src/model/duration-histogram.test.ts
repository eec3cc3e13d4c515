/** Percentiles from the histogram must lie within its stated error of the true ones. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addHistogram,
  durationPercentile,
  durationPercentiles,
  percentile_error_ratio,
} from './duration-histogram.ts'

function histogramOf(durations: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const duration of durations) {
    const bucket = Math.floor(Math.log2(Math.max(duration, 1)) * 8)
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  return counts
}

test('a percentile is within the stated error of the sorted durations', () => {
  const durations = fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(durations, fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1), (values, share) => {
      const sorted = values.toSorted((a, b) => a - b)
      const exact = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
      const read = durationPercentile(histogramOf(values), share) ?? Number.NaN
      expect(Math.max(read / exact, exact / read) - 1).toBeLessThanOrEqual(
        percentile_error_ratio + 1e-9,
      )
    }),
  )
})

test('an empty histogram has no percentile, and string counts are numbers', () => {
  expect(durationPercentile({}, 0.5)).toBeNull()
  expect(durationPercentiles({ 160: '3', 80: 1 }, [0.25, 0.5])).toEqual([
    2 ** (80.5 / 8),
    2 ** (160.5 / 8),
  ])
  expect(addHistogram({ 1: 2 }, { 1: '3', 2: 1 })).toEqual({ 1: 5, 2: 1 })
})
