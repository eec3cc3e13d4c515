/** What stands out among groups, and in time. */
import { expect, test } from 'vitest'
import { bandOf, byOutlier, median, outlierOf, outsideOf } from './prepare-outliers.ts'

const flat = (value: number, times = 5) => new Array<number>(times).fill(value)

test('the median of an even number is between the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([])).toBeNaN()
})

test('the group that is farthest from the others is found', () => {
  const f = (groups: (number | null)[][], group: number, is: (score: number) => boolean) => {
    const found = outlierOf(groups)
    expect(found.group).toBe(group)
    expect(found.score).toSatisfy(is)
  }
  const none = (score: number) => score === 0
  const much = (score: number) => score > 3.5
  const little = (score: number) => score > 0 && score < 3.5
  f([], -1, none)
  f([flat(1), flat(9)], -1, none)
  f([flat(7), flat(7), flat(7)], 0, none)
  f([flat(10), flat(11), flat(100), flat(9)], 2, much)
  f([flat(10), flat(11), flat(0), flat(9)], 2, much)
  f([flat(10), flat(12), flat(14), flat(16)], 0, little)
  f([flat(-10), flat(-11), flat(-100), flat(-9)], 2, much)
  // Close together, however small the spread of the others is.
  f([flat(100), flat(100), flat(100), flat(101)], 3, little)
  f([flat(0), flat(0), flat(0), flat(0.001)], 3, (score) => score === 1_000)
})

test('a burst of one group counts, and times with fewer than three groups do not', () => {
  const calm = [10, 10, 10, 10, 10]
  const burst = outlierOf([calm, calm, [10, 10, 200, 10, 10], calm])
  expect(burst.group).toBe(2)
  expect(burst.score).toBeGreaterThan(3.5)
  const alone = outlierOf([
    [1, null],
    [1, null],
    [null, 90],
    [1, null],
    [Number.NaN, 2],
  ])
  expect(alone).toEqual({ group: 0, score: 0 })
})

test('what differs most comes first; equals keep their order', () => {
  const of = (...scores: number[]) => byOutlier(scores.map((score) => ({ group: 0, score })))
  expect(of()).toEqual([])
  expect(of(1, 9, 1, 3)).toEqual([1, 3, 0, 2])
})

test('the band holds what is usual', () => {
  const f = (values: (number | null)[], low: number, high: number) => {
    const band = bandOf(values)
    expect(band?.low).toBeCloseTo(low, 2)
    expect(band?.high).toBeCloseTo(high, 2)
  }
  const waves = [9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 9, 11]
  f(waves, 10 - 4 * 1.4826, 10 + 4 * 1.4826)
  f([...waves, 5_000, null, Number.NaN], 11 - 4 * 2 * 1.4826, 11 + 4 * 2 * 1.4826)
  expect(bandOf(waves.slice(1))).toBeUndefined()
  expect(bandOf(flat(3, 50))).toBeUndefined()
})

test('neighbouring times outside of the band are one stretch, with its worst', () => {
  const band = { low: 0, high: 10, middle: 5 }
  const values = [11, 14, 12, 5, null, -3, null, -4, 10]
  const times = values.map((_, at) => at * 10)
  expect(outsideOf(band, values, times)).toEqual([
    { from_ms: 0, to_ms: 20, worst: 14, points: 3 },
    { from_ms: 50, to_ms: 50, worst: -3, points: 1 },
    { from_ms: 70, to_ms: 70, worst: -4, points: 1 },
  ])
})
