/** Figures as they stand on screens. */
import { expect, test } from 'vitest'
import { bytes, count, duration, figure, percent } from './figures.ts'

test('counts, sizes, shares and durations in their natural unit', () => {
  const f = (shown: string, expected: string) => expect(shown).toBe(expected)
  f(count(0), '0')
  f(count(999), '999')
  f(count(12_400), '12.4k')
  f(count(-1_500_000), '-1.5M')
  f(count(0.25), '0.25')
  f(bytes(0), '0 B')
  f(bytes(1536), '1.5 KiB')
  f(bytes(48e6), '45.8 MiB')
  f(percent(0), '0%')
  f(percent(0.00001), '<0.01%')
  f(percent(0.0123), '1.2%')
  f(percent(0.5), '50%')
  f(percent(1), '100%')
  f(duration(0), '0')
  f(duration(820), '820 ns')
  f(duration(1_234_567), '1.23 ms')
  f(duration(90e9), '1.5 min')
  f(duration(Number.NaN), '–')
})

test('a value by the unit of its metric', () => {
  const f = (value: number, unit: string, expected: string) =>
    expect(figure(value, unit)).toBe(expected)
  f(0.25, 's', '250 ms')
  f(3, 'ms', '3 ms')
  f(2048, 'By', '2 KiB')
  f(2048, 'By/s', '2 KiB/s')
  f(0.034, '1', '3.4%')
  f(34, '%', '34%')
  f(1200, '{request}', '1.2k')
  f(1200, '{request}/s', '1.2k/s')
  f(12, '/s', '12/s')
  f(7, 'Cel', '7 Cel')
  f(Number.POSITIVE_INFINITY, 's', '–')
})
