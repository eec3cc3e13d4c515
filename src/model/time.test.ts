/** Date math and ranges as tables of facts; expected moments are ISO text. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Fault } from './faults.ts'
import { formatMoment, parseMoment, parseTimeRange } from './time.ts'

/** A Saturday. */
const now_ms = Date.parse('2026-11-21T10:33:21.042Z')
const iso = (ms: number) =>
  new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/(:00)?\.000Z|Z/, '')

const f = (text: string, from: string, to?: string, time_zone?: string) => {
  const moment = parseMoment(text, { now_ms, time_zone })
  expect(moment, text).toBeDefined()
  expect(iso(moment!.from_ms), text).toBe(from)
  if (to !== undefined) expect(iso(moment!.to_ms), `end of ${text}`).toBe(to)
}

describe('parseMoment', () => {
  it('reads date math', () => {
    f('now', '2026-11-21 10:33:21.042', '2026-11-21 10:33:21.043')
    f('now-15m', '2026-11-21 10:18:21.042')
    f('now+1h', '2026-11-21 11:33:21.042')
    f('now-1d', '2026-11-20 10:33:21.042')
    f('now-1M', '2026-10-21 10:33:21.042')
    f('now-1y', '2025-11-21 10:33:21.042')
    f('now/s', '2026-11-21 10:33:21', '2026-11-21 10:33:22')
    f('now/m', '2026-11-21 10:33', '2026-11-21 10:34')
    f('now/h', '2026-11-21 10:00', '2026-11-21 11:00')
    f('now/d', '2026-11-21 00:00', '2026-11-22 00:00')
    f('now/w', '2026-11-16 00:00', '2026-11-23 00:00')
    f('now/M', '2026-11-01 00:00', '2026-12-01 00:00')
    f('now/y', '2026-01-01 00:00', '2027-01-01 00:00')
    f('now-1d/d', '2026-11-20 00:00', '2026-11-21 00:00')
    f('now/d-2h', '2026-11-20 22:00', '2026-11-21 22:00')
    f('2026-11-21||-1d/d', '2026-11-20 00:00', '2026-11-21 00:00')
    f('2024-03-31||-1M', '2024-02-29 00:00')
    f('2024-02-29||+1y', '2025-02-28 00:00')
  })

  it('reads dates, each as the span it names', () => {
    f('2026', '2026-01-01 00:00', '2027-01-01 00:00')
    f('2026-11', '2026-11-01 00:00', '2026-12-01 00:00')
    f('2026-11-21', '2026-11-21 00:00', '2026-11-22 00:00')
    f('2026-11-21T10', '2026-11-21 10:00', '2026-11-21 11:00')
    f('2026-11-21 10:33', '2026-11-21 10:33', '2026-11-21 10:34')
    f('2026-11-21T10:33:21Z', '2026-11-21 10:33:21', '2026-11-21 10:33:22')
    f('2026-11-21T10:33:21.042Z', '2026-11-21 10:33:21.042', '2026-11-21 10:33:21.043')
    f('2026-11-21T10:33:21.042123456Z', '2026-11-21 10:33:21.042')
    f('2026-11-21T10:33:21+09:00', '2026-11-21 01:33:21')
    f('2026-11-21T10:33:21-0330', '2026-11-21 14:03:21')
  })

  it('reads epoch numbers by their length', () => {
    f('1795257201042', '2026-11-21 10:33:21.042', '2026-11-21 10:33:21.043')
    f('1795257201042123', '2026-11-21 10:33:21.042')
    f('1795257201042123456', '2026-11-21 10:33:21.042')
  })

  it('follows the calendar of the zone, through changes of the clock', () => {
    f('now/d', '2026-11-20 15:00', '2026-11-21 15:00', 'Asia/Seoul')
    f('2026-11-21', '2026-11-20 15:00', '2026-11-21 15:00', 'Asia/Seoul')
    f('2026-11-21T10:00Z', '2026-11-21 10:00', undefined, 'Asia/Seoul')
    f('2026-03-29', '2026-03-28 23:00', '2026-03-29 22:00', 'Europe/Madrid')
    f('2026-10-25', '2026-10-24 22:00', '2026-10-25 23:00', 'Europe/Madrid')
    f('2026-10-25||+1d', '2026-10-25 23:00', undefined, 'Europe/Madrid')
    f('2026-10-25||+24h', '2026-10-25 22:00', undefined, 'Europe/Madrid')
    f('now/h', '2026-11-21 10:30', '2026-11-21 11:30', 'Asia/Kolkata')
  })

  it('refuses what is no time', () => {
    const refused = [
      '',
      'yesterday',
      'nowish',
      'now-',
      'now-1x',
      'now/',
      'now - 1h',
      '12',
      '2026-13-01',
    ]
    refused.push('2026-02-30', '2026-11-21T25:00', '2026-11-21T10:61', '||-1d', 'now-999999y')
    for (const text of refused) expect(parseMoment(text, { now_ms }), text).toBeUndefined()
  })

  it('answers for any text', () => {
    const math = fc.array(
      fc.constantFrom('now', '-', '+', '/', '1', '99', 'd', 'M', 'y', '||', '2026', 'T'),
    )
    fc.assert(
      fc.property(
        math.map((parts) => parts.join('')),
        (text) => {
          const moment = parseMoment(text, { now_ms, time_zone: 'Europe/Madrid' })
          if (moment !== undefined) expect(moment.from_ms).toBeLessThan(moment.to_ms)
        },
      ),
    )
  })
})

describe('parseTimeRange', () => {
  const g = (from: string, to: string, range: string, time_zone?: string) => {
    const { from_ms, to_ms } = parseTimeRange(from, to, now_ms, { time_zone })
    expect(`${iso(from_ms)} to ${iso(to_ms)}`).toBe(range)
  }
  it('rounds the end up', () => {
    g('now-15m', 'now', '2026-11-21 10:18:21.042 to 2026-11-21 10:33:21.042')
    g('now/d', 'now/d', '2026-11-21 00:00 to 2026-11-22 00:00')
    g('now-1d/d', 'now-1d/d', '2026-11-20 00:00 to 2026-11-21 00:00')
    g('2026-11-20', '2026-11-21', '2026-11-20 00:00 to 2026-11-22 00:00')
    g('2026-11-20 10:00', '2026-11-20 11:00', '2026-11-20 10:00 to 2026-11-20 11:00')
    g('1795257201042', '1795257202042', '2026-11-21 10:33:21.042 to 2026-11-21 10:33:22.042')
    g('now/d', 'now/d', '2026-11-20 15:00 to 2026-11-21 15:00', 'Asia/Seoul')
  })
  it('refuses ranges that are empty or no ranges', () => {
    const code = (from: string, to: string) => {
      try {
        parseTimeRange(from, to, now_ms)
      } catch (error) {
        return error instanceof Fault ? error.code : error
      }
    }
    expect(code('now', 'now')).toBe('time_range_empty')
    expect(code('now', 'now-1h')).toBe('time_range_empty')
    expect(code('soon', 'now')).toBe('time_invalid')
    expect(code('now', '')).toBe('time_invalid')
  })
})

it('shows a moment so that it reads back', () => {
  expect(formatMoment(now_ms)).toBe('2026-11-21 10:33:21.042')
  expect(formatMoment(now_ms, { time_zone: 'Asia/Seoul' })).toBe('2026-11-21 19:33:21.042')
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
      const clock = { now_ms, time_zone: 'Asia/Seoul' }
      // Seoul has had no change of the clock since 1988.
      fc.pre(ms > 6e11)
      expect(parseMoment(formatMoment(ms, clock), clock)?.from_ms).toBe(ms)
    }),
  )
})
