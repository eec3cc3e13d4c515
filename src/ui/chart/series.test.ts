/** The arithmetic of charts: piles, gaps, buckets, order and colours. */
import { expect, test } from 'vitest'
import { freeSlot } from './colors.ts'
import { nextHidden } from './legend-choice.ts'
import { byValue, filled, stack, summary } from './series.ts'

test('a pile rises, and a gap in one adds nothing to it', () => {
  const piled = stack([
    [1, 2, null],
    [10, null, null],
    [100, 100, 100],
  ])
  expect(piled).toEqual([
    [1, 2, null],
    [11, 2, null],
    [111, 102, 100],
  ])
})

test('summaries skip what is not there', () => {
  expect(summary([null, 2, 4, null])).toEqual({ last: 4, min: 2, max: 4, mean: 3, sum: 6 })
  expect(summary([null, null])).toBeUndefined()
  expect(byValue([1, null, 3])).toEqual([2, 0, 1])
})

test('every bucket of the range is there, on the grid of the answer', () => {
  const range = { from_ms: 5, to_ms: 60 }
  const { time_ms, series } = filled([20, 40], [{ name: 'a', values: [2, 4] }], 10, range)
  expect(time_ms).toEqual([0, 10, 20, 30, 40, 50])
  expect(series[0]?.values).toEqual([0, 0, 2, 0, 4, 0])
})

test('ten names get ten colours; a click on a legend shows one alone, then all', () => {
  const taken = new Map<string, number>()
  for (let at = 0; at < 10; at += 1) taken.set(`service-${at}`, freeSlot(`service-${at}`, taken))
  expect(new Set(taken.values()).size).toBe(10)
  const series = ['a', 'b', 'c'].map((name) => ({ name, values: [] }))
  const alone = nextHidden('a', series, new Set(), false)
  expect([...alone]).toEqual(['b', 'c'])
  expect(nextHidden('a', series, alone, false).size).toBe(0)
  expect([...nextHidden('b', series, new Set(), true)]).toEqual(['b'])
})
