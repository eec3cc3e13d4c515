/** Which interval a chart gets. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketFor, bucketStarts } from './bucket.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe('the interval of a chart', () => {
  const f = (range_ms: number, points_max: number, seconds: number) =>
    it(`${range_ms} ms in ${points_max} points`, () =>
      expect(bucketFor(5, 5 + range_ms, points_max)).toEqual({ seconds }))
  f(0, 100, 1)
  f(15 * minute, 900, 1)
  f(15 * minute, 100, 10)
  f(hour, 60, 60)
  f(hour, 59, 120)
  f(day, 100, 900)
  f(7 * day, 100, 7_200)
  f(90 * day, 90, 86_400)
  f(90 * day, 40, 3 * 86_400)
  f(hour, 0, 3_600)
})

it('never makes more buckets than asked for, but one for the ends', () => {
  const moment = fc.integer({ min: 0, max: 4e12 })
  fc.assert(
    fc.property(
      moment,
      fc.integer({ min: 0, max: 4e11 }),
      fc.integer({ min: 1, max: 500 }),
      (from, range, max) => {
        const { seconds } = bucketFor(from, from + range, max)
        const starts = bucketStarts(from, from + range, seconds)
        expect(starts.length).toBeLessThanOrEqual(max + 1)
        for (const start of starts) expect(start % (seconds * 1_000)).toBe(0)
      },
    ),
  )
})

it('buckets cover the range', () => {
  expect(bucketStarts(1_500, 4_000, 1)).toEqual([1_000, 2_000, 3_000])
  expect(bucketStarts(1_000, 1_000, 1)).toEqual([])
})
