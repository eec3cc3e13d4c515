/**
 * What the engine computes is what the evaluator computes from raw samples: random series, with
 * resets, gaps, stale markers and not-a-number, random windows.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  openPrometheusStore,
  type PrometheusStore,
  stale,
  type Written,
} from '../../../../test/query/prometheus-store.ts'
import type { GridSeries, Window } from '../../series.ts'
import { rangeFunctions } from '../functions-range.ts'
import { newest } from '../lookback.ts'
import { Notes } from '../notes.ts'
import { columnsOf, RangeWindow } from '../range-window.ts'
import { EngineSource } from './engine-source.ts'

const now_ms = Date.UTC(2026, 10, 20, 12)
const from_ms = now_ms - 3_600_000
const matchers = [{ name: '__name__', operator: '=', value: 'm' }] as const
const series = 60

/** Everything in the engine, and in several parts. */
const inParts = { few_series_max: 0, chunk_samples_max: 1_500 }

let store: PrometheusStore
beforeAll(async () => {
  store = await openPrometheusStore(now_ms)
  const [written] = fc.sample(fc.array(randomSeries, { minLength: series, maxLength: series }), {
    seed: 7,
    numRuns: 1,
  })
  const labels = (i: number) => ({ __name__: 'm', i: String(i), half: String(i % 2) })
  await store.write(written!.map((points, i): Written => ({ labels: labels(i), points })))
}, 60_000)
afterAll(() => store.close())

const value = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 0, max: 1_000 }) },
  { weight: 10, arbitrary: fc.integer({ min: -1e9, max: 1e9 }).map((whole) => whole / 1_000) },
  { weight: 2, arbitrary: fc.constantFrom(stale, Number.NaN, 0) },
)
/** A counter that grows by regular steps, as most are, or anything. */
const randomSeries = fc
  .record({
    isCounter: fc.boolean(),
    interval_ms: fc.constantFrom(10_000, 15_000, 30_000),
    first_ms: fc.integer({ min: 0, max: 15_000 }),
    points: fc.array(
      fc.record({
        value,
        jitter_ms: fc.constantFrom(0, 0, 1, 700),
        isKept: fc.integer({ min: 0, max: 9 }),
      }),
      { minLength: 1, maxLength: 120 },
    ),
  })
  .map(({ isCounter, interval_ms, first_ms, points }) => {
    let sum = 0
    return points.flatMap(({ value, jitter_ms, isKept }, i) => {
      if (isKept === 0) return []
      sum = isKept === 1 ? 0 : sum + Math.max(value, 0)
      const shown = isCounter && !Number.isNaN(value) && value !== stale ? sum : value
      return [[from_ms + first_ms + i * interval_ms + jitter_ms, shown] as const]
    })
  })

const windows = fc.record({
  steps: fc.record({
    start_ms: fc.integer({ min: from_ms - 60_000, max: from_ms + 1_500_000 }),
    step_ms: fc.constantFrom(1, 250, 15_000, 60_000, 77_777),
    count: fc.integer({ min: 1, max: 40 }),
  }),
  range_ms: fc.constantFrom(1_000, 15_000, 60_000, 300_000, 301_500),
  offset_ms: fc.constantFrom(0, 0, 60_000, -30_000, 1_234),
})

async function slowly(name: string, window: Window): Promise<GridSeries[]> {
  const raw = await new EngineSource(store.context()).raw(matchers, 0, now_ms)
  if (name === '') return raw.flatMap((one) => newest(one, window, 'sample') ?? [])
  const compute = rangeFunctions.get(name)!
  const { steps, range_ms, offset_ms } = window
  return raw.flatMap((one) => {
    const columns = columnsOf(one)
    const range = new RangeWindow(columns, range_ms, new Notes(), 0)
    range.restart(columns)
    const values = new Float64Array(steps.count)
    const has = new Uint8Array(steps.count)
    const out = { value: 0, histogram: undefined }
    for (let i = 0; i < steps.count; i++) {
      const at_ms = steps.start_ms + i * steps.step_ms
      range.move(at_ms, at_ms - offset_ms)
      if (range.from === range.to || !compute(range, [], out)) continue
      has[i] = 1
      values[i] = out.value
    }
    return has.includes(1) ? [{ labels: one.labels, values, has }] : []
  })
}

const isNear = (a: number, b: number) =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-11 * Math.max(Math.abs(a), Math.abs(b))

function differences(fast: readonly GridSeries[], slow: readonly GridSeries[]): string[] {
  const key = ({ labels }: GridSeries) => JSON.stringify(labels)
  const known = new Map(fast.map((one) => [key(one), one]))
  const found = fast.length === slow.length ? [] : [`${fast.length} instead of ${slow.length}`]
  for (const one of slow) {
    const other = known.get(key(one))
    for (let i = 0; i < one.has.length; i++) {
      const expected = one.has[i] === 1 ? one.values[i]! : undefined
      const got = other?.has[i] === 1 ? other.values[i]! : undefined
      const isSame =
        expected === undefined || got === undefined ? expected === got : isNear(expected, got)
      if (!isSame) found.push(`${key(one)} step ${i}: ${got} instead of ${expected}`)
    }
  }
  return found
}

const names = [
  '',
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',

  'resets',
  'last_over_time',
]

test.each(names)('%s', { timeout: 60_000 }, async (name) => {
  const source = new EngineSource(store.context(), inParts)
  await fc.assert(
    fc.asyncProperty(windows, async (window) => {
      const fast =
        name === ''
          ? await source.instant(matchers, window)
          : await source.over({ function: name, matchers, window })
      expect(fast).toBeDefined()
      expect(differences(fast!, await slowly(name, window))).toEqual([])
    }),
    { numRuns: 8, seed: 3 },
  )
})

/** Sums of one step, in any order. */
function summed(series: readonly GridSeries[], operator: string): GridSeries[] {
  const groups = new Map<string, GridSeries[]>()
  for (const one of series) {
    const half = one.labels.find(([name]) => name === 'half')![1]
    groups.set(half, [...(groups.get(half) ?? []), one])
  }
  return [...groups].map(([half, all]) => {
    const { length } = all[0]!.has
    const values = new Float64Array(length)
    const has = new Uint8Array(length)
    for (let i = 0; i < length; i++) {
      const own = all.filter((one) => one.has[i] === 1).map((one) => one.values[i]!)
      if (own.length === 0) continue
      has[i] = 1
      values[i] = reduced(operator, own)
    }
    return { labels: [['half', half]], values, has }
  })
}

function reduced(operator: string, values: readonly number[]): number {
  const numbers = values.filter((one) => !Number.isNaN(one))
  const sum = values.reduce((all, one) => all + one, 0)
  if (operator === 'count') return values.length
  if (operator === 'group') return 1
  if (operator === 'avg') return sum / values.length
  if (operator === 'min') return numbers.length === 0 ? Number.NaN : Math.min(...numbers)
  if (operator === 'max') return numbers.length === 0 ? Number.NaN : Math.max(...numbers)
  return sum
}

const operators = ['sum', 'avg', 'count', 'group', 'min', 'max']

test.each(operators)('%s of groups', { timeout: 60_000 }, async (operator) => {
  const source = new EngineSource(store.context(), inParts)
  const grouping = fc.constantFrom(
    { isWithout: false, labels: ['half'] },
    { isWithout: true, labels: ['i'] },
  )
  await fc.assert(
    fc.asyncProperty(windows, grouping, fc.constantFrom('', 'rate'), async (window, by, name) => {
      const call = { operator, grouping: by, function: name, matchers, window }
      const fast = await source.aggregate(call)
      const slow = summed(await slowly(name, window), operator)
      expect(fast).toBeDefined()
      expect(differences(fast!, slow)).toEqual([])
    }),
    { numRuns: 5, seed: 3 },
  )
})
