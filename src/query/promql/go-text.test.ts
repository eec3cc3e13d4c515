/** Facts of how Go writes and reads numbers, strings and durations, and of hashes by them. */
import { describe, expect, it } from 'vitest'
import {
  formatDuration,
  formatFixed,
  formatGeneral,
  formatPrecision,
  parseDuration,
  parseNumber,
  quote,
  unquote,
} from './go-text.ts'
import { compareLabels, keyOf, labelsFrom, ratioOf, showAll, showLabels } from './labels.ts'
import { isStale, markStale, wordsOf } from './stale.ts'
import { xxhash64 } from './xxhash.ts'

describe('numbers', () => {
  it('have an exponent from 1e6 on and below 1e-4', () => {
    const f = (value: number, expected: string) => expect(formatGeneral(value)).toBe(expected)
    f(0, '0')
    f(-0, '-0')
    f(1, '1')
    f(100_000, '100000')
    f(123_456, '123456')
    f(1_000_000, '1e+06')
    f(1_234_567, '1.234567e+06')
    f(0.0001, '0.0001')
    f(0.00001234, '1.234e-05')
    f(-2.5e-300, '-2.5e-300')
    f(1e100, '1e+100')
    f(Number.NaN, 'NaN')
    f(Number.POSITIVE_INFINITY, '+Inf')
    f(Number.NEGATIVE_INFINITY, '-Inf')
  })

  it('have none as sample values', () => {
    const f = (value: number, expected: string) => expect(formatFixed(value)).toBe(expected)
    f(1e21, '1000000000000000000000')
    f(1.5e-7, '0.00000015')
    f(-1234567.5, '-1234567.5')
    f(5e-324, `0.${'0'.repeat(323)}5`)
    expect(formatPrecision(1.2345, 2)).toBe('1.2')
    expect(formatPrecision(123, 2)).toBe('1.2e+02')
  })

  it('are read in every form', () => {
    const f = (text: string, expected: number | undefined) =>
      expect(parseNumber(text)).toEqual(expected)
    f('1_000.5', 1000.5)
    f('0x1f', 31)
    f('-0X10', -16)
    f('010', 8)
    f('08', 8)
    f('.5e-1', 0.05)
    f('2.', 2)
    f('+Inf', Number.POSITIVE_INFINITY)
    f('nan', Number.NaN)
    f('1e', undefined)
    f('word', undefined)
    f('', undefined)
  })
})

describe('strings', () => {
  it('are quoted and read back', () => {
    for (const text of ['', 'a"b', 'tab\t', 'é 🎉', '\u0000\u007f\u200b', 'back\\slash', '\n']) {
      expect(unquote(quote(text))).toBe(text)
    }
    expect(quote('\u0007\u0001é')).toBe('"\\a\\x01é"')
    expect(unquote('"\\xe2\\x82\\xac"')).toBe('€')
    expect(unquote('"\\u20ac\\U0001F389\\101"')).toBe('€🎉A')
    expect(quote(unquote('"a\\xc5z"') ?? '')).toBe('"a\\xc5z"')
    expect(unquote("'it\\'s \"so\"'")).toBe('it\'s "so"')
    expect(unquote('`a\\n`')).toBe('a\\n')
    for (const bad of ['"', '"a', '"a\\', '"\\q"', '"\\x1"', '"\\400"', '"\\ud800"', "'a\nb'"]) {
      expect(unquote(bad), bad).toBeUndefined()
    }
  })
})

describe('durations', () => {
  it('are written in whole units and read back', () => {
    const f = (ms: number, expected: string) => {
      expect(formatDuration(ms)).toBe(expected)
      if (ms > 0) expect(parseDuration(expected)).toBe(ms)
    }
    f(0, '0s')
    f(1, '1ms')
    f(90_000, '1m30s')
    f(7_776_000_000, '90d')
    f(1_209_600_000, '2w')
    f(31_536_000_000, '1y')
    f(-300_000, '-5m')
    f(3_661_001, '1h1m1s1ms')
    expect(parseDuration('1h30')).toBeUndefined()
    expect(parseDuration('5m1h')).toBeUndefined()
    expect(parseDuration('')).toBeUndefined()
  })
})

describe('labels', () => {
  it('are told apart whatever their texts hold', () => {
    const a = labelsFrom([['a', '1:b2']])
    const b = labelsFrom([
      ['a', '1'],
      ['b', '2'],
    ])
    expect(keyOf(a)).not.toBe(keyOf(b))
    expect(
      labelsFrom([
        ['b', ''],
        ['z', '1'],
        ['a', '2'],
      ]),
    ).toEqual([
      ['a', '2'],
      ['z', '1'],
    ])
    expect(compareLabels(a, b)).toBeGreaterThan(0)
    expect(compareLabels([['a', '\uffff']], [['a', '😀']])).toBeLessThan(0)
  })

  it('are shown as Prometheus shows them', () => {
    const labels = labelsFrom([
      ['__name__', 'm'],
      ['a.b', 'x"y'],
    ])
    expect(showLabels(labels)).toBe('m{"a.b"="x\\"y"}')
    expect(showAll(labels)).toBe('{__name__="m", "a.b"="x\\"y"}')
    expect(showAll([])).toBe('{}')
  })

  it('are hashed by xxHash64', () => {
    const f = (text: string, expected: string) =>
      expect(xxhash64(new TextEncoder().encode(text)).toString(16).padStart(16, '0')).toBe(expected)
    f('', 'ef46db3751d8e999')
    f('a', 'd24ec4f1a98c6e5b')
    f('abc', '44bc2cf5ad770999')
    f('The quick brown fox jumps over the lazy dog', '0b242d361fda71bc')
    const share = ratioOf(labelsFrom([['a', 'b']]))
    expect(share).toBeGreaterThanOrEqual(0)
    expect(share).toBeLessThan(1)
  })
})

describe('stale markers', () => {
  it('are told from other NaNs', () => {
    const values = Float64Array.of(1, Number.NaN, 3)
    markStale(values, 2)
    const words = wordsOf(values)
    expect([0, 1, 2].map((at) => isStale(words, at))).toEqual([false, false, true])
    expect(values[2]).toBeNaN()
  })
})
