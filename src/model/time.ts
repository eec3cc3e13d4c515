/**
 * Moments as people write them: date math (`now-1d/d`), ISO dates, epoch numbers. Pure: now and the
 * time zone are passed in. Durations and counts are in quantity.ts.
 */
import { Fault } from './faults.ts'

export type Clock = { now_ms: number; time_zone?: string | undefined }

/** A written moment covers a span: `2026-11-21` a day, `now/h` an hour, `now` one millisecond. */
export type Moment = { from_ms: number; to_ms: number }

type Unit = 'y' | 'M' | 'w' | 'd' | 'h' | 'm' | 's'

const fixed_ms = { h: 3_600_000, m: 60_000, s: 1_000 } as const

/** Undefined when the text is no time. */
export function parseMoment(text: string, clock: Clock): Moment | undefined {
  const trimmed = text.trim()
  if (/^now(?![a-zA-Z])/.test(trimmed)) {
    const now = { from_ms: clock.now_ms, to_ms: clock.now_ms + 1 }
    return applied(now, trimmed.slice(3), clock)
  }
  const at = trimmed.indexOf('||')
  const anchor = absolute(at < 0 ? trimmed : trimmed.slice(0, at), clock)
  if (anchor === undefined || at < 0) return anchor
  return applied(
    { from_ms: anchor.from_ms, to_ms: anchor.from_ms + 1 },
    trimmed.slice(at + 2),
    clock,
  )
}

/** A time range as the time picker and the address hold it. `now/d` to `now/d` is the whole day. */
export function parseTimeRange(
  from: string,
  to: string,
  now_ms: number,
  options: { time_zone?: string | undefined } = {},
): Moment {
  const clock = { now_ms, time_zone: options.time_zone }
  const start = parseMoment(from, clock)
  const end = parseMoment(to, clock)
  if (start === undefined) throw new Fault('time_invalid', { got: from })
  if (end === undefined) throw new Fault('time_invalid', { got: to })
  const to_ms = /\/[yMwdhms]\s*$/.test(to) || isWholeDate(to) ? end.to_ms : end.from_ms
  if (to_ms <= start.from_ms) throw new Fault('time_range_empty', { from, to })
  return { from_ms: start.from_ms, to_ms }
}

function isWholeDate(text: string): boolean {
  return /^\d{4}(?:-\d\d){0,2}$/.test(text.trim())
}

const step = /([+-]\d{1,6}|\/)([yMwdhms])/y

function applied(start: Moment, math: string, clock: Clock): Moment | undefined {
  let moment = start
  let at = 0
  while (at < math.length) {
    step.lastIndex = at
    const found = step.exec(math)
    if (found === null) return undefined
    const unit = found[2] as Unit
    const count = found[1] === '/' ? 0 : Number(found[1])
    if (found[1] === '/') {
      const from_ms = floored(moment.from_ms, unit, clock.time_zone)
      moment = { from_ms, to_ms: added(from_ms, 1, unit, clock.time_zone) }
    } else {
      moment = {
        from_ms: added(moment.from_ms, count, unit, clock.time_zone),
        to_ms: added(moment.to_ms, count, unit, clock.time_zone),
      }
    }
    at = step.lastIndex
  }
  return isDate(moment.from_ms) && isDate(moment.to_ms) ? moment : undefined
}

const clockPattern = String.raw`(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?`
const zonePattern = String.raw`\s*(Z|[+-]\d\d(?::?\d\d)?)?`
const isoDate = new RegExp(
  String.raw`^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ]${clockPattern}${zonePattern})?)?)?$`,
  'i',
)

function absolute(text: string, clock: Clock): Moment | undefined {
  if (/^\d{5,19}$/.test(text)) return epoch(text)
  const found = isoDate.exec(text)
  if (found === null) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = found
  const millisecond = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3))
  const fields = [
    Number(year),
    Number(month ?? 1) - 1,
    Number(day ?? 1),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
    millisecond,
  ] as const
  const wall_ms = utc(fields)
  if (!isRealDate(wall_ms, fields)) return undefined
  const from_ms = zone === undefined ? fromWall(wall_ms, clock.time_zone) : wall_ms - offsetOf(zone)
  if (fraction !== undefined) return { from_ms, to_ms: from_ms + 1 }
  const unit: Unit =
    second !== undefined
      ? 's'
      : minute !== undefined
        ? 'm'
        : hour !== undefined
          ? 'h'
          : day !== undefined
            ? 'd'
            : month !== undefined
              ? 'M'
              : 'y'
  return { from_ms, to_ms: added(from_ms, 1, unit, clock.time_zone) }
}

/** Milliseconds, or what a longer number must be: microseconds, nanoseconds. */
function epoch(digits: string): Moment {
  const per_ms = digits.length >= 18 ? 1e6 : digits.length >= 15 ? 1e3 : 1
  const from_ms = Math.floor(Number(digits) / per_ms)
  return { from_ms, to_ms: from_ms + 1 }
}

function utc(fields: readonly [number, number, number, number, number, number, number]): number {
  const date = new Date(0)
  date.setUTCFullYear(fields[0], fields[1], fields[2])
  date.setUTCHours(fields[3], fields[4], fields[5], fields[6])
  return date.getTime()
}

/** The 31st of February is refused rather than moved. */
function isRealDate(ms: number, fields: readonly number[]): boolean {
  const date = new Date(ms)
  return date.getUTCMonth() === fields[1] && date.getUTCDate() === fields[2] && fields[4]! < 60
}

function isDate(ms: number): boolean {
  return Math.abs(ms) <= 8.64e15
}

function offsetOf(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (zone[0] === '-' ? -minutes : minutes) * 60_000
}

/** Days and longer follow the calendar of the zone; hours and shorter have a fixed length. */
function added(ms: number, count: number, unit: Unit, time_zone: string | undefined): number {
  if (unit === 'h' || unit === 'm' || unit === 's') return ms + count * fixed_ms[unit]
  const date = new Date(ms + zoneOffset(ms, time_zone))
  if (unit === 'd') date.setUTCDate(date.getUTCDate() + count)
  else if (unit === 'w') date.setUTCDate(date.getUTCDate() + 7 * count)
  else addMonths(date, unit === 'M' ? count : 12 * count)
  return fromWall(date.getTime(), time_zone)
}

/** A month after the 31st of January is the last of February. */
function addMonths(date: Date, count: number): void {
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + count)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, last))
}

/** The start of the unit; weeks start on Monday. */
function floored(ms: number, unit: Unit, time_zone: string | undefined): number {
  const date = new Date(ms + zoneOffset(ms, time_zone))
  if (unit === 's') date.setUTCMilliseconds(0)
  else if (unit === 'm') date.setUTCSeconds(0, 0)
  else if (unit === 'h') date.setUTCMinutes(0, 0, 0)
  else date.setUTCHours(0, 0, 0, 0)
  if (unit === 'w') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
  if (unit === 'M') date.setUTCDate(1)
  if (unit === 'y') date.setUTCMonth(0, 1)
  if (unit === 's' || unit === 'm' || unit === 'h')
    return date.getTime() - zoneOffset(ms, time_zone)
  return fromWall(date.getTime(), time_zone)
}

/** The moment at which clocks of the zone show this; the earlier one when they show it twice. */
function fromWall(wall_ms: number, time_zone: string | undefined): number {
  const guess = wall_ms - zoneOffset(wall_ms, time_zone)
  return wall_ms - zoneOffset(guess, time_zone)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function zoneOffset(ms: number, time_zone: string | undefined): number {
  if (time_zone === undefined || time_zone === 'UTC' || !isDate(ms)) return 0
  const parts: Record<string, number> = {}
  for (const { type, value } of zoneFormat(time_zone).formatToParts(ms)) parts[type] = Number(value)
  const { year, month, day, hour, minute, second } = parts
  const wall = Date.UTC(year!, month! - 1, day!, hour! % 24, minute!, second!)
  return wall - Math.floor(ms / 1000) * 1000
}

function zoneFormat(time_zone: string): Intl.DateTimeFormat {
  let format = formats.get(time_zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: time_zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(time_zone, format)
  }
  return format
}

/** `2026-11-21 10:33:21.042` in the zone: the same everywhere, sortable, and it parses back. */
export function formatMoment(ms: number, options: { time_zone?: string | undefined } = {}): string {
  const wall = new Date(ms + zoneOffset(ms, options.time_zone))
  return wall.toISOString().replace('T', ' ').replace('Z', '')
}
