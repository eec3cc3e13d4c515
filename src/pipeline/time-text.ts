/**
 * Reads times as log lines write them: RFC 3339 as bytes in one pass, and the values that JSON
 * bodies carry. Leaves to the caller which time a record gets.
 */

/** What readTime found. One object for all calls: the logs path makes none per line. */
export const foundTime = { seconds: 0, nanoseconds: 0 }

let lastDay = -1
let lastDaySeconds = 0

/** Days since 1970 of a date in the proleptic Gregorian calendar. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 0x30
  const ones = bytes[at + 1]! - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1000
}

/** Midnight of the date at this place in seconds, or -1. */
function readDay(bytes: Uint8Array, at: number): number {
  const year = two(bytes, at) * 100 + two(bytes, at + 2)
  const month = two(bytes, at + 5)
  const day = two(bytes, at + 8)
  if (bytes[at + 4] !== 0x2d || bytes[at + 7] !== 0x2d) return -1
  const packed = year * 10_000 + month * 100 + day
  if (packed === lastDay) return lastDaySeconds
  if (year < 1970 || month < 1 || month > 12 || day < 1) return -1
  if (day > monthDays[month - 1]!) return -1
  lastDay = packed
  lastDaySeconds = daysOf(year, month, day) * 86_400
  return lastDaySeconds
}

/**
 * Reads `2026-11-21T04:23:03.256874811Z`, or with an offset as `+09:00`, from [start, end). Leaves
 * the time in foundTime and returns the place after it, or -1. A year before 1970 is no time.
 */
export function readTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 20) return -1
  const daySeconds = readDay(bytes, start)
  const separator = bytes[start + 10]! | 0x20
  if (daySeconds < 0 || (separator !== 0x74 && separator !== 0x20)) return -1
  const hour = two(bytes, start + 11)
  const minute = two(bytes, start + 14)
  const second = two(bytes, start + 17)
  if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return -1
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1
  let at = start + 19
  let nanoseconds = 0
  if (bytes[at] === 0x2e || bytes[at] === 0x2c) {
    let unit = 100_000_000
    const first = ++at
    for (; at < end; at++) {
      const digit = bytes[at]! - 0x30
      if (digit < 0 || digit > 9) break
      nanoseconds += digit * unit
      unit = unit === 1 ? 0 : unit / 10
    }
    if (at === first) return -1
  }
  foundTime.nanoseconds = nanoseconds
  foundTime.seconds = daySeconds + hour * 3600 + minute * 60 + second
  return readZone(bytes, at, end)
}

function readZone(bytes: Uint8Array, at: number, end: number): number {
  const sign = at < end ? bytes[at]! : 0
  if (sign === 0x5a || sign === 0x7a) return at + 1
  if ((sign !== 0x2b && sign !== 0x2d) || at + 5 > end) return -1
  const colon = bytes[at + 3] === 0x3a ? 1 : 0
  if (at + 5 + colon > end) return -1
  const away = two(bytes, at + 1) * 3600 + two(bytes, at + 3 + colon) * 60
  if (away < 0 || away > 86_400) return -1
  foundTime.seconds += sign === 0x2b ? -away : away
  return foundTime.seconds < 0 ? -1 : at + 5 + colon
}

const scratch = Buffer.alloc(64)
const numeric = /^\d{9,19}(?:\.\d{1,9})?$/
/** Log4j and Python write a comma and no zone; without one it is taken as UTC. */
const zoned = /(?:[zZ]|[+-]\d\d:?\d\d)$/

/**
 * Reads a JSON member: RFC 3339 text, or a number that is seconds, milli-, micro- or nanoseconds by
 * its size. False when it is no time between 2001 and 2128.
 */
export function readTimeValue(value: unknown): boolean {
  if (typeof value === 'number') return readNumber(value)
  if (typeof value !== 'string' || value.length > 48) return false
  if (numeric.test(value)) return readDigits(value)
  const text = zoned.test(value) ? value : `${value}Z`
  const length = scratch.write(text, 'latin1')
  return readTime(scratch, 0, length) === length && foundTime.seconds >= 1_000_000_000
}

function readNumber(value: number): boolean {
  if (!(value >= 1e9 && value < 5e18)) return false
  const unit = value < 5e9 ? 1 : value < 5e12 ? 1e3 : value < 5e15 ? 1e6 : 1e9
  foundTime.seconds = Math.floor(value / unit)
  const rest = value - foundTime.seconds * unit
  foundTime.nanoseconds = Math.min(999_999_999, Math.round(rest * (1e9 / unit)))
  return value >= unit * 1e9
}

/** As text nanoseconds are exact. */
function readDigits(text: string): boolean {
  const [whole = '', fraction = ''] = text.split('.')
  const digits = whole.length <= 10 ? 10 : whole.length <= 13 ? 13 : whole.length <= 16 ? 16 : 19
  const cut = whole.length - (digits - 10)
  if (cut < 9) return false
  foundTime.seconds = Number(whole.slice(0, cut))
  foundTime.nanoseconds = Number((whole.slice(cut) + fraction).slice(0, 9).padEnd(9, '0'))
  return foundTime.seconds >= 1_000_000_000 && foundTime.seconds < 5_000_000_000
}
