/** Counters from minutes: the same in every window, right at midnight, and quiet after a while. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cumulate, type MinuteRow, minute_ms, quiet_ms } from './span-counters.ts'

const midnight = Date.UTC(2026, 10, 20)
const row = (minute: number, calls: number): MinuteRow => ({
  minute: midnight + minute * minute_ms,
  calls,
  errors: 0,
  seconds: 0,
  buckets: [],
})
const read = ({ calls }: MinuteRow) => calls
const now_ms = midnight + 10 * 86_400_000

describe('samples by minute', () => {
  const f = (
    rows: MinuteRow[],
    from: number,
    to: number,
    expected: [number, number][],
    now = now_ms,
  ) =>
    it(`${from} to ${to}`, () => {
      const window = {
        from_ms: midnight + from * minute_ms,
        to_ms: midnight + to * minute_ms,
        now_ms: now,
      }
      const { times_ms, values } = cumulate(rows, read, window)
      const found = [...times_ms].map((time, at) => [(time - midnight) / minute_ms, values[at]])
      expect(found).toEqual(expected)
    })
  f([row(5, 2)], 0, 7, [
    [5, 0],
    [6, 2],
    [7, 2],
  ])
  f([row(5, 2), row(6, 3)], 5, 7, [
    [6, 2],
    [7, 5],
  ])
  f([row(5, 2)], 19, 30, [
    [20, 2],
    [21, 2],
  ])
  f([row(5, 2), row(60, 1)], 50, 62, [
    [60, 2],
    [61, 3],
    [62, 3],
  ])
  // The minute that is not over is told as of now.
  f(
    [row(5, 2)],
    4,
    9,
    [
      [5, 0],
      [5.5, 2],
    ],
    midnight + 5.5 * minute_ms,
  )
  // Midnight: the old day's last value, a zero, then the new day's.
  f([row(-1, 9), row(0, 10)], -2, 1, [
    [-1, 0],
    [0, 9],
    [1 / 60_000, 0],
    [1, 10],
  ])
})

/** What PromQL's increase adds up, without extrapolation. */
function increase(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 1; i < values.length; i++) {
    const [before, after] = [values[i - 1]!, values[i]!]
    total += after < before ? after : after - before
  }
  return total
}

it('counts every call once, and tells one time the same value in every window', () => {
  const minutes = fc.uniqueArray(fc.integer({ min: -1_500, max: 1_500 }), {
    minLength: 1,
    maxLength: 40,
  })
  fc.assert(
    fc.property(
      minutes,
      fc.integer({ min: -1_600, max: 1_600 }),
      fc.nat(300),
      (some, from, length) => {
        const rows = some.toSorted((a, b) => a - b).map((minute, at) => row(minute, (at % 7) + 1))
        const all = {
          from_ms: midnight - 2_000 * minute_ms,
          to_ms: midnight + 2_000 * minute_ms,
          now_ms,
        }
        const whole = cumulate(rows, read, all)
        expect(increase(whole.values)).toBe(rows.reduce((sum, { calls }) => sum + calls, 0))
        const window = {
          from_ms: midnight + from * minute_ms,
          to_ms: midnight + (from + length) * minute_ms,
          now_ms,
        }
        // As the table is read: what lies before the window since midnight is one row.
        const base = Math.floor((window.from_ms - quiet_ms) / minute_ms) * minute_ms - 2 * minute_ms
        const day = Math.floor((base + minute_ms) / 86_400_000) * 86_400_000
        const before = Math.max(base, day)
        const own = rows.filter(({ minute }) => minute >= day && minute < window.to_ms + minute_ms)
        const folded = own.filter(({ minute }) => minute <= before)
        const calls = folded.reduce((sum, one) => sum + one.calls, 0)
        const rest = own.filter(({ minute }) => minute > before)
        const read_rows = folded.length > 0 ? [{ ...row(0, calls), minute: before }, ...rest] : rest
        const part = cumulate(read_rows, read, window)
        const expected = [...whole.times_ms].flatMap((time, at) =>
          time > window.from_ms && time <= window.to_ms ? [[time, whole.values[at]]] : [],
        )
        expect([...part.times_ms].map((time, at) => [time, part.values[at]])).toEqual(expected)
      },
    ),
    { numRuns: 300 },
  )
})
