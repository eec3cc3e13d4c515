/** What the Overview decides: rates of buckets that are not over yet. */
import { expect, test } from 'vitest'
import { perSecond } from './prepare.ts'

test('the last bucket counts for the time that has passed, or not at all', () => {
  const buckets = { time_ms: [0, 60_000], bucket_ms: 60_000 }
  expect(perSecond(buckets, [120, 60], 120_000)).toEqual([2, 1])
  expect(perSecond(buckets, [120, 60], 90_000)).toEqual([2, 2])
  expect(perSecond(buckets, [120, 3], 63_000)).toEqual([2, null])
  expect(perSecond({ time_ms: [], bucket_ms: 60_000 }, [], 1)).toEqual([])
})
