/** Numbers with units, typed and shown. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatDuration,
  parseDurationNs,
  parseNumber,
  parseQuantity,
} from './quantity.ts'

it('reads numbers', () => {
  const f = (text: string, value: number | undefined) => expect(parseNumber(text), text).toBe(value)
  f('0', 0)
  f('-5', -5)
  f('1.5', 1.5)
  f('.5', 0.5)
  f('1e3', 1000)
  for (const text of ['', ' ', '-', '1x', '0x10', 'NaN', 'Infinity', '1e999', '1 ', '١'])
    f(text, undefined)
})

it('reads durations', () => {
  const f = (text: string, ns: number | undefined) => expect(parseDurationNs(text), text).toBe(ns)
  f('200', 200)
  f('200ns', 200)
  f('2us', 2e3)
  f('2µs', 2e3)
  f('200ms', 2e8)
  f('1.5s', 15e8)
  f('1.5 s', 15e8)
  f('2m', 120e9)
  f('1m30s', 90e9)
  f('1h 30m', 5400e9)
  f('1d', 86_400e9)
  f('-5', -5)
  for (const text of ['', 's', '5 x', '5ss', '1m x', '5S', 'ms5', '-5ms', '__proto__', '1toString'])
    f(text, undefined)
})

it('reads sizes', () => {
  const f = (text: string, size: number | undefined) => expect(parseQuantity(text), text).toBe(size)
  f('10', 10)
  f('10kb', 10_000)
  f('1.5 MiB', 1.5 * 1024 * 1024)
  f('-1GB', -1e9)
  for (const text of ['', 'kb', '10 x', '10 kbps', '10 pb']) f(text, undefined)
})

it('shows durations', () => {
  const f = (ns: number, text: string) => expect(formatDuration(ns)).toBe(text)
  f(0, '0 ns')
  f(999, '999 ns')
  f(1_500, '1.5 µs')
  f(340_000_000, '340 ms')
  f(999_600_000, '1 s')
  f(1_234_000_000, '1.23 s')
  f(12_340_000_000, '12.3 s')
  f(59_990_000_000, '1 m')
  f(125e9, '2 m 05 s')
  f(3600e9, '1 h')
  f(5400e9, '1 h 30 m')
  f(86_400e9 * 3.5, '3 d 12 h')
  f(-340_000_000, '-340 ms')
})

it('shows counts and sizes', () => {
  const f = (count: number, text: string) => expect(formatCount(count)).toBe(text)
  f(0, '0')
  f(987, '987')
  f(1000, '1k')
  f(12_400, '12.4k')
  f(999_999, '1M')
  f(3_000_000, '3M')
  f(-12_400, '-12.4k')
  f(0.123, '0.12')
  f(1e21, '1000000P')
  const g = (size: number, text: string) => expect(formatBytes(size)).toBe(text)
  g(0, '0 B')
  g(512, '512 B')
  g(1434, '1.4 KiB')
  g(1024 ** 3, '1 GiB')
  g(1023.9 * 1024, '1 MiB')
})

it('never shows more than three digits that matter', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (count) => {
      expect(formatCount(count)).toMatch(/^\d{1,3}(\.\d{1,2})?[kMGTP]?$/)
      expect(formatBytes(count)).toMatch(/^\d{1,4}(\.\d{1,2})? (B|[KMGTP]iB)$/)
    }),
  )
})
