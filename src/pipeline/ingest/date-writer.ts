/** Writes a moment by a pattern of java.time, in the zone of the moment. */
import { type DateNames, type DatePart, dateNames, datePattern } from './date-pattern.ts'
import type { Moment } from './date-reader.ts'

export type DateWriter = (moment: Moment) => string

export const defaultOutput = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"

/** Throws when the pattern is none. */
export function dateWriter(format: string, locale: string): DateWriter {
  const parts = datePattern(format)
  const names = dateNames(locale)
  const write = (moment: Moment) => {
    const offset = moment.zone.offsetAt(moment.ms)
    const date = new Date(moment.ms + offset)
    return parts.map((part) => writePart(part, date, moment.nanos, offset, names)).join('')
  }
  if (format !== defaultOutput) return write
  return (moment) => {
    // toISOString writes just this for years of four digits.
    const isPlain = moment.zone.offsetAt(moment.ms) === 0 && moment.ms > -6.2e13
    return isPlain && moment.ms < 2.5e14 ? new Date(moment.ms).toISOString() : write(moment)
  }
}

function writePart(
  part: DatePart,
  date: Date,
  nanos: number,
  offset: number,
  names: DateNames,
): string {
  if (part.kind === 'literal') return part.text
  if (part.kind === 'optional') {
    return part.parts.map((one) => writePart(one, date, nanos, offset, names)).join('')
  }
  const { letter, count } = part
  const padded = (value: number) => String(value).padStart(count, '0')
  const hour = date.getUTCHours()
  switch (letter) {
    case 'u':
    case 'y':
      return count === 2
        ? String(date.getUTCFullYear() % 100).padStart(2, '0')
        : padded(date.getUTCFullYear())
    case 'M':
    case 'L': {
      const month = date.getUTCMonth()
      if (count <= 2) return padded(month + 1)
      return (count === 3 ? names.shortMonths : names.months)[month]!
    }
    case 'd':
      return padded(date.getUTCDate())
    case 'D': {
      const first = new Date(0).setUTCFullYear(date.getUTCFullYear(), 0, 1)
      return padded(Math.floor((date.getTime() - first) / 86_400_000) + 1)
    }
    case 'E':
      return (count <= 3 ? names.shortDays : names.days)[date.getUTCDay()]!
    case 'a':
      return hour < 12 ? 'AM' : 'PM'
    case 'H':
      return padded(hour)
    case 'k':
      return padded(hour === 0 ? 24 : hour)
    case 'K':
      return padded(hour % 12)
    case 'h':
      return padded(hour % 12 === 0 ? 12 : hour % 12)
    case 'm':
      return padded(date.getUTCMinutes())
    case 's':
      return padded(date.getUTCSeconds())
    case 'S':
      return String(nanos).padStart(9, '0').slice(0, count)
    case 'A':
      return padded(date.getTime() - Math.floor(date.getTime() / 86_400_000) * 86_400_000)
    case 'G':
      return 'AD'
    default:
      return offsetText(letter, count, offset)
  }
}

function offsetText(letter: string, count: number, offset: number): string {
  if (letter === 'V' || letter === 'z') return offset === 0 ? 'UTC' : signed(offset, ':')
  if (letter === 'O' || (letter === 'Z' && count === 4)) {
    return offset === 0 ? 'GMT' : `GMT${signed(offset, ':')}`
  }
  if (offset === 0 && (letter === 'X' || (letter === 'Z' && count === 5))) return 'Z'
  const isShort = count === 1 && letter !== 'Z' && offset % 3_600_000 === 0
  if (isShort) return signed(offset, '').slice(0, 3)
  return signed(
    offset,
    count === 3 || count === 5 ? (letter === 'Z' && count === 3 ? '' : ':') : '',
  )
}

function signed(offset: number, colon: string): string {
  const minutes = Math.abs(offset) / 60_000
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(minutes / 60)}${colon}${two(minutes % 60)}`
}
