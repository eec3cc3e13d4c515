/**
 * Reads dates by ISO 8601, by the clocks of Unix and TAI, and by patterns of java.time. What a
 * pattern leaves out is of the current year, its first day, midnight, and the zone that is given.
 */
import { type DateNames, type DatePart, dateNames, datePattern } from './date-pattern.ts'
import { fromLocal, type Zone, zoneOf } from './date-zone.ts'

export type Moment = { ms: number; nanos: number; zone: Zone }
/** Undefined when the text is of another shape. */
export type DateReader = (text: string, zone: Zone, now_ms: number) => Moment | undefined

const readers: Record<string, DateReader> = {
  ISO8601: readIso,
  iso8601: readIso,
  strict_date_optional_time: readIso,
  strict_date_optional_time_nanos: readIso,
  date_optional_time: readIso,
  UNIX: (text, zone) => ofNumber(text, 1000, zone),
  UNIX_MS: (text, zone) => (/^[+-]?\d{1,17}$/.test(text) ? ofNumber(text, 1, zone) : undefined),
  epoch_second: (text, zone) => ofNumber(text, 1000, zone),
  epoch_millis: (text, zone) => ofNumber(text, 1, zone),
  TAI64N: readTai,
}

/** Throws when the format is none. */
export function dateReader(format: string, locale: string): DateReader {
  if (format.includes('||')) {
    const several = format.split('||').map((one) => dateReader(one, locale))
    return (text, zone, now_ms) => {
      for (const read of several) {
        const found = read(text, zone, now_ms)
        if (found !== undefined) return found
      }
      return undefined
    }
  }
  if (Object.hasOwn(readers, format)) return readers[format]!
  const parts = datePattern(format)
  const names = dateNames(locale)
  return (text, zone, now_ms) => {
    const found = new Fields()
    const end = readParts(parts, text, 0, found, names)
    return end === text.length ? found.moment(zone, now_ms) : undefined
  }
}

const far_ms = 8.64e15

function momentOf(ms: number, nanos: number, zone: Zone): Moment | undefined {
  return Math.abs(ms) <= far_ms ? { ms, nanos, zone } : undefined
}

/** Milliseconds as Elasticsearch keeps them of such a number; a fraction of one is left out. */
function ofNumber(text: string, unit_ms: number, zone: Zone): Moment | undefined {
  if (!/^[+-]?(?:\d{1,17}(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?$/.test(text)) return undefined
  const ms = Math.trunc(Number(text) * unit_ms)
  return momentOf(ms, (((ms % 1000) + 1000) % 1000) * 1e6, zone)
}

function readTai(text: string, zone: Zone): Moment | undefined {
  const digits = /^@?4([0-9a-fA-F]{15})([0-9a-fA-F]{8})$/.exec(text)
  if (digits === null) return undefined
  const rest = Math.floor(Number.parseInt(digits[2]!, 16) / 1e6)
  const ms = Number.parseInt(digits[1]!, 16) * 1000 - 10_000 + rest
  return momentOf(ms, (ms % 1000) * 1e6, zone)
}

const iso = new RegExp(
  [
    /^([+-]?\d{4,6})(?:-(\d\d)(?:-(\d\d))?)?/,
    /(?:T(?:(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/,
  ]
    .map((one) => one.source)
    .join(''),
)

function readIso(text: string, zone: Zone): Moment | undefined {
  const found = iso.exec(text)
  if (found === null) return undefined
  const [, year, month = '1', day = '1', hour = '0', minute = '0', second = '0', fraction] = found
  const own = found[8] === undefined ? zone : zoneOf(found[8])
  if (own === undefined) return undefined
  const nanos = fraction === undefined ? 0 : Number(fraction.padEnd(9, '0'))
  const date = [Number(year), Number(month), Number(day)] as const
  return localMoment(date, [Number(hour), Number(minute), Number(second)], nanos, own, zone)
}

type Three = readonly [number, number, number]

/** Shown in `shown`, though it was read in `own`. */
function localMoment(
  [year, month, day]: Three,
  [hour, minute, second]: Three,
  nanos: number,
  own: Zone,
  shown: Zone,
): Moment | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  const isMidnight = hour === 24 && minute === 0 && second === 0 && nanos === 0
  if ((hour > 23 && !isMidnight) || minute > 59 || second > 59) return undefined
  const midnight = new Date(0).setUTCFullYear(year, month - 1, day)
  const local = midnight + (hour * 3600 + minute * 60 + second) * 1000
  const ms = fromLocal(local, own) + Math.floor(nanos / 1e6)
  return momentOf(ms, nanos, shown)
}

function daysIn(year: number, month: number): number {
  return new Date(new Date(0).setUTCFullYear(year, month, 0)).getUTCDate()
}

/** What has been read so far. */
class Fields {
  year: number | undefined
  month: number | undefined
  day: number | undefined
  dayOfYear: number | undefined
  hour: number | undefined
  hour12: number | undefined
  isAfternoon: boolean | undefined
  minute: number | undefined
  second: number | undefined
  dayMs: number | undefined
  nanos = 0
  zone: Zone | undefined

  moment(zone: Zone, now_ms: number): Moment | undefined {
    const own = this.zone ?? zone
    const year = this.year ?? new Date(now_ms).getUTCFullYear()
    let hour = this.hour
    if (hour === undefined && this.hour12 !== undefined) {
      // An hour of twelve says nothing without its half of the day; java.time reads midnight.
      if (this.isAfternoon === undefined) return undefined
      hour = (this.hour12 % 12) + (this.isAfternoon ? 12 : 0)
    }
    const time = [hour ?? 0, this.minute ?? 0, this.second ?? 0] as const
    let date: Three = [year, this.month ?? 1, this.day ?? 1]
    if (this.dayOfYear !== undefined) {
      const at = new Date(new Date(0).setUTCFullYear(year, 0, this.dayOfYear))
      if (at.getUTCFullYear() !== year) return undefined
      date = [year, at.getUTCMonth() + 1, at.getUTCDate()]
    }
    const found = localMoment(date, time, this.nanos, own, zone)
    if (found === undefined || this.dayMs === undefined) return found
    return momentOf(found.ms + this.dayMs, (this.dayMs % 1000) * 1e6, zone)
  }
}

/** The place after the parts, or -1. */
function readParts(
  parts: readonly DatePart[],
  text: string,
  start: number,
  found: Fields,
  names: DateNames,
): number {
  let at = start
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!
    if (part.kind === 'literal') at = text.startsWith(part.text, at) ? at + part.text.length : -1
    else if (part.kind === 'optional') {
      const before = Object.assign(new Fields(), found)
      const end = readParts(part.parts, text, at, found, names)
      if (end < 0) Object.assign(found, before)
      else at = end
    } else {
      const next = parts[i + 1]
      const isTight = next?.kind === 'field' && isNumeric(next.letter, next.count)
      at = readField(part.letter, part.count, isTight, text, at, found, names)
    }
    if (at < 0) return -1
  }
  return at
}

function isNumeric(letter: string, count: number): boolean {
  return 'uydDhHkKmsSA'.includes(letter) || ('ML'.includes(letter) && count < 3)
}

/** Numbers beside each other have exactly as many digits as letters. */
function readField(
  letter: string,
  count: number,
  isTight: boolean,
  text: string,
  at: number,
  found: Fields,
  names: DateNames,
): number {
  if (isNumeric(letter, count)) {
    const [least, most] = digitsOf(letter, count, isTight)
    let end = at
    while (end < at + most && isDigit(text.charCodeAt(end))) end++
    if (end - at < least) return -1
    return keep(letter, count, text.slice(at, end), found) ? end : -1
  }
  switch (letter) {
    case 'M':
    case 'L': {
      const list = count === 3 ? names.shortMonths : names.months
      const month = longest(list, text, at)
      // Some locales have Sept where others have Sep.
      if (month < 0) return -1
      found.month = month + 1
      return at + list[month]!.length
    }
    case 'E': {
      const list = count <= 3 ? names.shortDays : names.days
      const day = longest(list, text, at)
      return day < 0 ? -1 : at + list[day]!.length
    }
    case 'a': {
      const half = text.slice(at, at + 2).toLowerCase()
      if (half !== 'am' && half !== 'pm') return -1
      found.isAfternoon = half === 'pm'
      return at + 2
    }
    case 'G':
      return /^(?:AD|CE)$/i.test(text.slice(at, at + 2)) ? at + 2 : -1
    default:
      return readZone(letter, count, text, at, found)
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function digitsOf(letter: string, count: number, isTight: boolean): [least: number, most: number] {
  if (letter === 'S') return [count, count]
  if (letter === 'u' || letter === 'y') {
    if (count === 2) return [2, 2]
    return [count, isTight ? Math.max(count, 4) : 9]
  }
  if (letter === 'D') return [count, 3]
  if (letter === 'A') return [count, 8]
  return [count, isTight && count === 1 ? 1 : 2]
}

function keep(letter: string, count: number, digits: string, found: Fields): boolean {
  const value = Number(digits)
  switch (letter) {
    case 'u':
    case 'y':
      found.year = count === 2 ? 2000 + value : value
      return true
    case 'M':
    case 'L':
      found.month = value
      return value >= 1 && value <= 12
    case 'd':
      found.day = value
      return value >= 1 && value <= 31
    case 'D':
      found.dayOfYear = value
      return value >= 1
    case 'H':
      found.hour = value
      return value <= 23
    case 'k':
      found.hour = value % 24
      return value >= 1 && value <= 24
    case 'h':
      found.hour12 = value
      return value >= 1 && value <= 12
    case 'K':
      found.hour12 = value
      return value <= 11
    case 'm':
      found.minute = value
      return value <= 59
    case 's':
      found.second = value
      return value <= 59
    case 'A':
      found.dayMs = value
      return value < 86_400_000
    default:
      found.nanos = Number(digits.padEnd(9, '0'))
      return true
  }
}

function longest(list: readonly string[], text: string, at: number): number {
  let best = -1
  for (let i = 0; i < list.length; i++) {
    const name = list[i]!
    const isHere = text.slice(at, at + name.length).toLowerCase() === name.toLowerCase()
    if (isHere && (best < 0 || name.length > list[best]!.length)) best = i
  }
  return best
}

const offsets: Record<string, RegExp> = {
  X1: /Z|[+-]\d\d(?:\d\d)?/y,
  X2: /Z|[+-]\d{4}/y,
  X3: /Z|[+-]\d\d:\d\d/y,
  X4: /Z|[+-]\d{4}(?:\d\d)?/y,
  X5: /Z|[+-]\d\d:\d\d(?::\d\d)?/y,
  Z1: /[+-]\d{4}/y,
  Z4: /(?:GMT|UTC)(?:[+-]\d\d?(?::?\d\d)?)?/y,
  Z5: /Z|[+-]\d\d:\d\d/y,
  names: /[A-Za-z][A-Za-z0-9_+/-]*|[+-]\d\d:?\d\d/y,
}

function readZone(letter: string, count: number, text: string, at: number, found: Fields): number {
  const key = letter === 'x' || letter === 'X' ? `X${count}` : letter === 'Z' ? `Z${count}` : letter
  const kind = key === 'Z2' || key === 'Z3' ? 'Z1' : key === 'O' ? 'Z4' : key
  const pattern = offsets[kind] ?? offsets.names!
  pattern.lastIndex = at
  const word = pattern.exec(text)?.[0]
  if (word === undefined || (letter === 'x' && word === 'Z')) return -1
  const zone = zoneOf(word)
  if (zone === undefined) return -1
  found.zone = zone
  return at + word.length
}
