/** Container log lines and the times in them, as tables. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatOf, line, readCriLine, readDockerLine } from './log-line.ts'
import { readHeadTime } from './syslog-time.ts'
import { foundTime, readTime, readTimeValue } from './time-text.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const content = () => Buffer.from(line.bytes.subarray(line.start, line.end)).toString()

describe('CRI', () => {
  const reads = (text: string, stream: number, isPartial: boolean, said: string) =>
    test(JSON.stringify(text), () => {
      const bytes = bytesOf(text)
      expect(readCriLine(bytes, 0, bytes.length)).toBe(true)
      expect([line.stream, line.isPartial, content()]).toEqual([stream, isPartial, said])
    })
  const t = '2016-10-06T00:17:09.669794202Z'
  reads(`${t} stdout F log content 2`, 0, false, 'log content 2')
  reads(`${t} stdout P log content 1`, 0, true, 'log content 1')
  reads(`${t} stderr F err`, 1, false, 'err')
  reads(`${t} stdout F `, 0, false, '')
  reads(`${t} stdout F`, 0, false, '')
  reads(`${t} stdout P:TAG1:TAG2 x y`, 0, true, 'x y')
  reads(`${t} stdout F   indented`, 0, false, '  indented')
  reads('2016-10-06T00:17:09Z stdout F no fraction', 0, false, 'no fraction')
  reads('2016-10-06T09:17:09.5+09:00 stderr F zone', 1, false, 'zone')

  const refuses = (text: string) =>
    test(`refuses ${JSON.stringify(text)}`, () => {
      const bytes = bytesOf(text)
      expect(readCriLine(bytes, 0, bytes.length)).toBe(false)
    })
  refuses('')
  refuses('hello')
  refuses(`${t} stdin F x`)
  refuses(`${t} stdout X x`)
  refuses(`${t} stdoutF x`)
  refuses(`${t} stdout Fx`)
  refuses('2016-13-06T00:17:09Z stdout F x')
  refuses('2016-02-30 00:17 stdout F x')

  test('no cut of a line reads past its end', () => {
    const bytes = bytesOf(`${t} stdout F content\n${t} stderr P other`)
    for (let end = 0; end <= 48; end++) {
      if (readCriLine(bytes, 0, end)) expect(line.end).toBeLessThanOrEqual(end)
    }
  })
})

describe('Docker', () => {
  const reads = (text: string, stream: number, isPartial: boolean, said: string) =>
    test(text, () => {
      const bytes = bytesOf(text)
      expect(formatOf(bytes, 0, bytes.length)).toBe('docker')
      expect(readDockerLine(bytes, 0, bytes.length)).toBe(true)
      expect([line.stream, line.isPartial, content()]).toEqual([stream, isPartial, said])
      expect(line.nanoseconds).toBe(576_064_430)
    })
  const end = '"time":"2016-10-20T18:39:20.57606443Z"}'
  reads(`{"log":"text\\n","stream":"stdout",${end}`, 0, false, 'text')
  reads(`{"log":"part","stream":"stderr",${end}`, 1, true, 'part')
  reads(
    `{"log":"a\\tb \\u001b[31m \\"q\\"\\n","stream":"stdout",${end}`,
    0,
    false,
    'a\tb \x1b[31m "q"',
  )
  reads(`{"log":"{\\"a\\":1}\\n","attrs":{"x":"y"},"stream":"stdout",${end}`, 0, false, '{"a":1}')
})

test('a time is what Date says it is', () => {
  const time = fc.tuple(
    fc.date({ min: new Date(0), max: new Date('2199-12-31'), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999_999_999 }),
    fc.integer({ min: -14 * 60, max: 14 * 60 }),
  )
  fc.assert(
    fc.property(time, ([date, nanoseconds, offset_min]) => {
      const seconds = Math.floor(date.getTime() / 1000)
      const there = new Date((seconds + offset_min * 60) * 1000)
      if (there.getTime() < 0) return
      const away = Math.abs(offset_min)
      const pad = (number: number) => String(number).padStart(2, '0')
      const zone = `${offset_min < 0 ? '-' : '+'}${pad(Math.floor(away / 60))}:${pad(away % 60)}`
      const fraction = String(nanoseconds).padStart(9, '0')
      const text = `${there.toISOString().slice(0, 19)}.${fraction}${zone}`
      const bytes = bytesOf(text)
      expect(readTime(bytes, 0, bytes.length)).toBe(bytes.length)
      expect(foundTime).toEqual({ seconds, nanoseconds })
    }),
  )
})

describe('times of JSON members', () => {
  const reads = (value: unknown, expected: string | undefined) =>
    test(`${typeof value} ${value}`, () => {
      expect(readTimeValue(value)).toBe(expected !== undefined)
      if (expected === undefined) return
      const fraction = String(foundTime.nanoseconds).padStart(9, '0')
      expect(`${foundTime.seconds}.${fraction}`).toBe(expected)
    })
  reads('2026-11-21T04:23:03.256Z', '1795234983.256000000')
  reads('2026-11-21 04:23:03,256', '1795234983.256000000')
  reads('2026-11-21T13:23:03+0900', '1795234983.000000000')
  reads(1795234983, '1795234983.000000000')
  reads(1795234983.25, '1795234983.250000000')
  reads(1795234983256, '1795234983.256000000')
  reads('1795234983256874811', '1795234983.256874811')
  reads('1795234983.256874811', '1795234983.256874811')
  reads('yesterday', undefined)
  reads('12:00:00', undefined)
  reads(42, undefined)
  reads(Number.NaN, undefined)
  reads(null, undefined)
  reads('0001-01-01T00:00:00Z', undefined)
})

describe('the head of a host line', () => {
  const now = new Date(2026, 0, 1, 0, 5, 0).getTime()
  const reads = (text: string, expected: Date | undefined) =>
    test(text, () => {
      const bytes = bytesOf(text)
      expect(readHeadTime(bytes, 0, bytes.length, now)).toBe(expected !== undefined)
      if (expected !== undefined) expect(foundTime.seconds * 1000).toBe(expected.getTime())
    })
  reads('Jan  1 00:04:59 host sshd[1]: x', new Date(2026, 0, 1, 0, 4, 59))
  reads('Dec 31 23:59:59 host sshd[1]: last year', new Date(2025, 11, 31, 23, 59, 59))
  reads('<34>Jan  1 00:00:09 host su: x', new Date(2026, 0, 1, 0, 0, 9))
  reads('2026-01-01T00:00:01.5+00:00 host x', new Date(Date.UTC(2026, 0, 1, 0, 0, 1)))
  reads('plain words', undefined)
  reads('', undefined)
})
