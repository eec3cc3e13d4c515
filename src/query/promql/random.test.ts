/**
 * Random queries: printing and parsing reach a fixed point, nothing but a QueryError is ever
 * thrown, and a range query is what instant queries at each of its steps are, one by one.
 */
import { describe, expect, it } from 'vitest'
import { MemorySource } from '../../../test/conformance/memory-source.ts'
import { RandomPromql, seeded } from '../../../test/query/random-promql.ts'
import { queryLimits } from '../context.ts'
import { QueryError, type RawSeries } from '../series.ts'
import type { NativeHistogram } from './histogram.ts'
import { keyOf, labelsFrom } from './labels.ts'
import { parse } from './parse.ts'
import { pretty, print } from './print.ts'
import { queryInstant, queryRange } from './query.ts'
import { markStale } from './stale.ts'

function histogram(count: number): NativeHistogram {
  return {
    schema: 0,
    zero_threshold: 0.001,
    zero_count: 0,
    count,
    sum: count * 2,
    positive_spans: [{ offset: 0, length: 2 }],
    positive_buckets: [count / 2, count / 2],
    negative_spans: [],
    negative_buckets: [],
    custom_values: [],
    reset_hint: 'unknown',
  }
}

function data(): RawSeries[] {
  const random = seeded(7)
  return ['m', 'n', 'c_total', 'h'].flatMap((name) =>
    ['x', 'y'].flatMap((a) =>
      ['x', 'z'].map((b): RawSeries => {
        const labels = labelsFrom([
          ['__name__', name],
          ['a', a],
          ['b', b],
        ])
        const times_ms = Float64Array.from({ length: 40 }, (_, at) => at * 15_000)
        let total = 0
        const values = times_ms.map(() => {
          total += Math.round(random() * 10)
          if (random() < 0.05) total = 0
          return name === 'c_total' ? total : Math.round(random() * 20 - 5)
        })
        if (name === 'n') markStale(values, 20)
        if (name !== 'h' || b === 'z') return { labels, times_ms, values }
        return { labels, times_ms, values, histograms: [...values].map((_, at) => histogram(at)) }
      }),
    ),
  )
}

const context = { limits: { ...queryLimits, timeout_ms: 20_000 } }
const steps = { start_ms: 60_000, end_ms: 480_000, step_ms: 70_000 }

/** The result of every step by labels, or the failure. */
async function stepByStep(query: string, source: MemorySource): Promise<Map<string, string>> {
  const out = new Map<string, string>()
  for (let at = steps.start_ms; at <= steps.end_ms; at += steps.step_ms) {
    const result = await queryInstant({ query, time_ms: at }, source, context)
    if (result.type === 'scalar') out.set(`${at} `, String(result.value))
    if (result.type !== 'vector') continue
    for (const { labels, value, histogram: found } of result.samples) {
      out.set(`${at} ${keyOf(labels)}`, found === undefined ? String(value) : JSON.stringify(found))
    }
  }
  return out
}

async function atOnce(query: string, source: MemorySource): Promise<Map<string, string>> {
  const out = new Map<string, string>()
  const result = await queryRange({ query, ...steps }, source, context)
  if (result.type !== 'matrix') throw new TypeError(result.type)
  for (const { labels, times_ms, values, histograms } of result.series) {
    times_ms.forEach((time, at) => {
      const found = histograms?.[at]
      const text = found === undefined ? String(values[at]) : JSON.stringify(found)
      out.set(`${time} ${keyOf(labels)}`, text)
    })
  }
  return out
}

const outcome = async (
  ask: Promise<Map<string, string>>,
): Promise<Map<string, string> | 'failed'> => {
  try {
    return await ask
  } catch (error) {
    if (error instanceof QueryError) return 'failed'
    throw error
  }
}

/** What depends on the whole query's times, which an instant query does not have. */
const isOfWhole = (query: string): boolean => /@ (?:start|end)\(\)/.test(query)

describe('random queries', () => {
  it('print and parse to a fixed point', () => {
    const random = new RandomPromql(seeded(1))
    for (let at = 0; at < 3000; at++) {
      const query = random.query()
      const once = print(parse(query))
      expect(print(parse(once)), query).toBe(once)
      const nice = pretty(parse(query))
      expect(print(parse(nice)), nice).toBe(once)
    }
  })

  it('answer a range as instants answer its steps', async () => {
    const random = new RandomPromql(seeded(2))
    const source = new MemorySource(data())
    let answered = 0
    for (let at = 0; at < 500; at++) {
      const query = random.query()
      if (isOfWhole(query)) continue
      const slow = await outcome(stepByStep(query, source))
      const fast = await outcome(atOnce(query, source))
      // An instant query tells of equal labels at its end only, a range may meet them before.
      if (slow === 'failed' || fast === 'failed') continue
      answered += slow.size > 0 ? 1 : 0
      expect([...fast].sort(), query).toEqual([...slow].sort())
    }
    expect(answered).toBeGreaterThan(200)
  })

  it('never make anything but a QueryError of damaged text', () => {
    const random = seeded(3)
    const queries = new RandomPromql(random)
    const bits = [
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"',
      ' by ',
      'offset',
      '@',
      '5m',
      '-',
      ',',
      '\\',
      '😀',
    ]
    for (let at = 0; at < 3000; at++) {
      let text = queries.query()
      for (let i = 0; i < 1 + random() * 3; i++) {
        const where = Math.floor(random() * text.length)
        const bit = bits[Math.floor(random() * bits.length)] ?? ''
        text = text.slice(0, where) + bit + text.slice(where + Math.floor(random() * 4))
      }
      try {
        const once = print(parse(text))
        expect(print(parse(once)), text).toBe(once)
      } catch (error) {
        if (!(error instanceof QueryError)) throw new Error(`${text}: ${error}`)
      }
    }
  })

  it('of hostile length are refused at once', () => {
    const texts = [
      '('.repeat(100_000),
      '-'.repeat(100_000),
      'a+'.repeat(100_000),
      'sum('.repeat(50_000),
      'a '.repeat(100_000),
      '{'.repeat(200_000),
      `${'('.repeat(3000)}a${')'.repeat(3000)}`,
      `a${' or a'.repeat(3000)}`,
      `"${'\\'.repeat(200_000)}`,
      '1'.repeat(250_000),
      'a'.repeat(1_000_000),
    ]
    for (const text of texts) {
      const from = performance.now()
      try {
        parse(text)
      } catch (error) {
        expect(error, text.slice(0, 20)).toBeInstanceOf(QueryError)
      }
      expect(performance.now() - from, text.slice(0, 20)).toBeLessThan(2000)
    }
  })
})
