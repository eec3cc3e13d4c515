/**
 * Intervals of date histograms: fixed ones and those of the calendar, in a time zone, with an
 * offset. As SQL that finds a row's bucket, and as steps from one bucket to the next.
 */
import { type Sql, sql } from '../../store/sql.ts'
import { checkedZone, zoneAhead_ms } from './dates.ts'
import { type JsonObject, optionalText, textAt } from './json-parts.ts'
import { illegal, misparsed, shown } from './refusal.ts'

export type CalendarUnit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

export type Interval = {
  unit: CalendarUnit | undefined
  /** Of a fixed interval; about so long of a calendar's. */
  step_ms: number
  offset_ms: number
  zone: string | undefined
}

const unit_ms: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const calendarNames: Readonly<Record<string, CalendarUnit>> = {
  ...{ minute: 'minute', '1m': 'minute', hour: 'hour', '1h': 'hour', day: 'day', '1d': 'day' },
  ...{ week: 'week', '1w': 'week', month: 'month', '1M': 'month', quarter: 'quarter' },
  ...{ '1q': 'quarter', year: 'year', '1y': 'year' },
}
export const calendar_ms: Readonly<Record<CalendarUnit, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_629_746_000,
  quarter: 7_889_238_000,
  year: 31_556_952_000,
}

/** `30s`, `1.5h`, `30000ms`. */
export function durationMs(text: string): number | undefined {
  const found = /^([+-]?\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/.exec(text.trim())
  return found === null ? undefined : Number(found[1]) * unit_ms[found[2]!]!
}

export function intervalOf(body: JsonObject): Interval {
  const zone = checkedZone(optionalText(body, 'time_zone'))
  const offset = optionalText(body, 'offset')
  const offset_ms = offset === undefined ? 0 : (durationMs(offset) ?? Number(offset))
  if (!Number.isFinite(offset_ms)) throw misparsed(`failed to parse offset [${shown(offset)}]`)
  const calendar = optionalText(body, 'calendar_interval')
  const fixed = optionalText(body, 'fixed_interval')
  const either = optionalText(body, 'interval')
  if (calendar !== undefined) {
    const unit = Object.hasOwn(calendarNames, calendar) ? calendarNames[calendar] : undefined
    if (unit !== undefined) return { unit, step_ms: calendar_ms[unit], offset_ms, zone }
    throw illegal(
      `The supplied interval [${shown(calendar)}] could not be parsed as a calendar interval.`,
    )
  }
  const asked = fixed ?? either
  if (asked === undefined) {
    throw illegal('Invalid interval specified, must be non-null and non-empty')
  }
  if (fixed === undefined && Object.hasOwn(calendarNames, asked)) {
    const unit = calendarNames[asked]!
    return { unit, step_ms: calendar_ms[unit], offset_ms, zone }
  }
  const step_ms = durationMs(asked)
  if (step_ms === undefined || step_ms < 1) {
    throw misparsed(`failed to parse interval [${shown(textAt(asked, 'interval'))}]`)
  }
  return { unit: undefined, step_ms: Math.round(step_ms), offset_ms, zone }
}

const isFixedZone = (zone: string) => /^[+-]/.test(zone)

/** The start of the bucket of a moment in milliseconds. */
export function bucketStart(time_ms: Sql, interval: Interval): Sql {
  const { unit, step_ms, offset_ms, zone } = interval
  const moved = offset_ms === 0 ? time_ms : sql`(${time_ms} - ${offset_ms})`
  const back = (start: Sql) => (offset_ms === 0 ? start : sql`(${start} + ${offset_ms})`)
  const isPlain = unit === undefined || unit === 'minute' || unit === 'hour'
  if (isPlain) {
    const ahead = aheadSql(moved, zone)
    const local = ahead === undefined ? moved : sql`(${moved} + ${ahead})`
    const floored = sql`(toInt64(floor(${local} / ${step_ms})) * ${step_ms})`
    return back(ahead === undefined ? floored : sql`(${floored} - ${ahead})`)
  }
  const fixed_ms = zone !== undefined && isFixedZone(zone) ? zoneAhead_ms(0, zone) : 0
  const named = zone === undefined || isFixedZone(zone) ? 'UTC' : zone
  const second = sql`toDateTime(intDiv(toInt64(${moved}) + ${fixed_ms}, 1000), ${named})`
  const start = sql`toUnixTimestamp(toDateTime(${startOf(unit, second)}, ${named}))`
  return back(sql`(toInt64(${start}) * 1000 - ${fixed_ms})`)
}

function aheadSql(time_ms: Sql, zone: string | undefined): Sql | undefined {
  if (zone === undefined) return undefined
  if (isFixedZone(zone)) return sql`${zoneAhead_ms(0, zone)}`
  return sql`(timeZoneOffset(toDateTime(intDiv(toInt64(${time_ms}), 1000), ${zone})) * 1000)`
}

function startOf(unit: CalendarUnit, second: Sql): Sql {
  switch (unit) {
    case 'week':
      return sql`toStartOfWeek(${second}, 1)`
    case 'month':
      return sql`toStartOfMonth(${second})`
    case 'quarter':
      return sql`toStartOfQuarter(${second})`
    case 'year':
      return sql`toStartOfYear(${second})`
    default:
      return sql`toStartOfDay(${second})`
  }
}

/** The bucket that a moment is in, computed here. */
export function startOfBucket(ms: number, { unit, step_ms, offset_ms, zone }: Interval): number {
  const moved = ms - offset_ms
  const ahead = zoneAhead_ms(moved, zone)
  if (unit === undefined || unit === 'minute' || unit === 'hour') {
    return Math.floor((moved + ahead) / step_ms) * step_ms - ahead + offset_ms
  }
  const wall = new Date(moved + ahead)
  wall.setUTCHours(0, 0, 0, 0)
  if (unit === 'week') wall.setUTCDate(wall.getUTCDate() - ((wall.getUTCDay() + 6) % 7))
  if (unit === 'month' || unit === 'quarter' || unit === 'year') wall.setUTCDate(1)
  if (unit === 'quarter') wall.setUTCMonth(wall.getUTCMonth() - (wall.getUTCMonth() % 3))
  if (unit === 'year') wall.setUTCMonth(0)
  return unwalled(wall.getTime(), zone) + offset_ms
}

export function nextBucket(start_ms: number, interval: Interval): number {
  const { unit, step_ms, offset_ms, zone } = interval
  if (unit === undefined || unit === 'minute' || unit === 'hour') return start_ms + step_ms
  const bare = start_ms - offset_ms
  const wall = new Date(bare + zoneAhead_ms(bare, zone))
  if (unit === 'day') wall.setUTCDate(wall.getUTCDate() + 1)
  else if (unit === 'week') wall.setUTCDate(wall.getUTCDate() + 7)
  else if (unit === 'year') wall.setUTCFullYear(wall.getUTCFullYear() + 1)
  else wall.setUTCMonth(wall.getUTCMonth() + (unit === 'month' ? 1 : 3))
  return unwalled(wall.getTime(), zone) + offset_ms
}

function unwalled(wall_ms: number, zone: string | undefined): number {
  const guess = wall_ms - zoneAhead_ms(wall_ms, zone)
  return wall_ms - zoneAhead_ms(guess, zone)
}

const automatic: readonly (readonly [string, number, CalendarUnit | undefined])[] = [
  ...([1, 5, 10, 30] as const).map((n) => [`${n}s`, n * 1000, undefined] as const),
  ...([1, 5, 10, 30] as const).map((n) => [`${n}m`, n * 60_000, undefined] as const),
  ...([1, 3, 12] as const).map((n) => [`${n}h`, n * 3_600_000, undefined] as const),
  ['1d', 86_400_000, 'day'],
  ['7d', 604_800_000, undefined],
  ['1M', calendar_ms.month, 'month'],
  ['3M', calendar_ms.quarter, 'quarter'],
  ['1y', calendar_ms.year, 'year'],
]

/** The shortest interval that cuts the range into no more than so many buckets. */
export function automaticInterval(span_ms: number, most: number, zone: string | undefined) {
  const found = automatic.find(([, step_ms]) => span_ms / step_ms <= most - 1) ?? automatic.at(-1)!
  const [name, step_ms, unit] = found
  return { name, interval: { unit, step_ms, offset_ms: 0, zone } satisfies Interval }
}
