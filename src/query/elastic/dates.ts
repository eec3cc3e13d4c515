/**
 * Dates as requests write them: ISO, epoch numbers, date math, formats of their own. A date that is
 * not written to the millisecond covers a span. Writes dates in the same formats, too.
 */
import { type Moment, parseMoment } from '../../model/time.ts'
import { ElasticRefusal, illegal, shown } from './refusal.ts'

export type DateOptions = {
  now_ms: number
  format?: string | undefined
  time_zone?: string | undefined
}

export function momentOf(value: string | number, options: DateOptions): Moment | undefined {
  const formats = (options.format ?? '').split('||').filter(Boolean)
  const zone = checkedZone(options.time_zone)
  const clock = { now_ms: options.now_ms, time_zone: zone }
  if (typeof value === 'string' && /^now/.test(value.trim())) return parseMoment(value, clock)
  const text = String(value).trim()
  const number = /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
  if (number !== undefined && (formats.length === 0 || formats.some(isEpoch))) {
    const isYear = typeof value === 'string' && /^\d{4}$/.test(text) && formats.length === 0
    if (!isYear) {
      const isSeconds = formats.includes('epoch_second') && !formats.includes('epoch_millis')
      const from_ms = Math.floor(isSeconds ? number * 1000 : number)
      return { from_ms, to_ms: from_ms + (isSeconds ? 1000 : 1) }
    }
  }
  const at = text.indexOf('||')
  const anchor = at < 0 ? text : text.slice(0, at)
  for (const format of formats) {
    const read = byPattern(anchor, format, zone, options.now_ms)
    if (read === undefined) continue
    if (at < 0) return read
    return parseMoment(`${new Date(read.from_ms).toISOString()}||${text.slice(at + 2)}`, clock)
  }
  return parseMoment(text, clock)
}

const isEpoch = (format: string) => format === 'epoch_millis' || format === 'epoch_second'

export function neededMoment(value: string | number, options: DateOptions, field: string): Moment {
  const moment = momentOf(value, options)
  if (moment !== undefined && Math.abs(moment.from_ms) < 9e15) return moment
  const format = options.format ?? 'strict_date_optional_time||epoch_millis'
  const reason =
    `failed to parse date field [${shown(value)}] of [${field}] with format ` + `[${format}]`
  throw new ElasticRefusal('parse_exception', reason)
}

const zones = new Map<string, string>()

/** The zone as the runtime knows it; undefined is UTC. */
export function checkedZone(zone: string | undefined): string | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'UTC' || zone === '') return undefined
  const known = zones.get(zone)
  if (known !== undefined) return known
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone })
  } catch {
    throw illegal(`Unknown time-zone ID: ${shown(zone)}`)
  }
  if (zones.size > 1000) zones.clear()
  zones.set(zone, zone)
  return zone
}

/** How many milliseconds clocks of the zone are ahead of UTC at the moment. */
export function zoneAhead_ms(ms: number, zone: string | undefined): number {
  if (zone === undefined) return 0
  const fixed = /^([+-])(\d\d):?(\d\d)$/.exec(zone)
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3])
    return (fixed[1] === '-' ? -minutes : minutes) * 60_000
  }
  const wall = new Date(ms).toLocaleString('sv-SE', { timeZone: zone })
  return Date.parse(`${wall.replace(' ', 'T')}Z`) - Math.floor(ms / 1000) * 1000
}

const letters = /y+|u+|M+|d+|H+|m+|s+|S+|X+|x+|Z+|'[^']*'/g
const named: Readonly<Record<string, string>> = {
  date: 'yyyy-MM-dd',
  strict_date: 'yyyy-MM-dd',
  basic_date: 'yyyyMMdd',
  year: 'yyyy',
  strict_year: 'yyyy',
  year_month: 'yyyy-MM',
  strict_year_month: 'yyyy-MM',
  date_hour_minute_second: "yyyy-MM-dd'T'HH:mm:ss",
  strict_date_hour_minute_second: "yyyy-MM-dd'T'HH:mm:ss",
  date_time: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  strict_date_time: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  date_time_no_millis: "yyyy-MM-dd'T'HH:mm:ssXXX",
  basic_date_time: "yyyyMMdd'T'HHmmss.SSSXX",
}

/** Reads the text in a pattern such as dd/MM/yyyy; undefined when it does not fit. */
function byPattern(
  text: string,
  format: string,
  zone: string | undefined,
  now_ms: number,
): Moment | undefined {
  if (/optional_time|epoch/.test(format)) return undefined
  const pattern = Object.hasOwn(named, format) ? named[format]! : format
  const parts: string[] = []
  let iso = ''
  let last = 0
  for (const found of pattern.matchAll(letters)) {
    iso += escaped(pattern.slice(last, found.index))
    last = found.index + found[0].length
    if (found[0].startsWith("'")) iso += escaped(found[0].slice(1, -1))
    else {
      parts.push(found[0][0]!)
      const isZone = /[XxZ]/.test(found[0])
      iso += isZone
        ? '(Z|[+-]\\d\\d:?\\d\\d)'
        : `(\\d{${found[0].length === 1 ? '1,2' : found[0].length}})`
    }
  }
  iso += escaped(pattern.slice(last))
  // Made of our own pieces alone: what was written in the format is escaped.
  const match = new RegExp(`^${iso}$`).exec(text)
  if (match === null) return undefined
  const value: Record<string, string> = {}
  parts.forEach((letter, at) => {
    value[letter === 'u' ? 'y' : letter === 'x' || letter === 'Z' ? 'X' : letter] = match[at + 1]!
  })
  const two = (letter: string) => value[letter]?.padStart(2, '0')
  const day = [value.y ?? '1970', two('M'), two('d')].filter((one) => one !== undefined).join('-')
  const time = [two('H'), two('m'), two('s')].filter((one) => one !== undefined).join(':')
  const fraction = value.S === undefined ? '' : `.${value.S}`
  const written = time === '' ? day : `${day}T${time}${fraction}${value.X ?? ''}`
  return parseMoment(written, { now_ms, time_zone: zone })
}

function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
}

/** A moment as the format writes it; ISO with milliseconds where there is none. */
export function formatDate(
  ms: number,
  format: string | undefined,
  zone: string | undefined,
): string {
  const first = (format ?? '').split('||')[0]!
  if (first === 'epoch_millis') return String(ms)
  if (first === 'epoch_second') return String(Math.floor(ms / 1000))
  const ahead = zoneAhead_ms(ms, zone)
  const wall = new Date(ms + ahead)
  if (Number.isNaN(wall.getTime())) return String(ms)
  const pattern = Object.hasOwn(named, first) ? named[first]! : first
  if (pattern === '' || /optional_time|iso8601/.test(pattern)) {
    const nanos = first.endsWith('nanos') ? '000000' : ''
    return `${wall.toISOString().slice(0, -1)}${nanos}${offsetText(ahead, true)}`
  }
  const iso = wall.toISOString()
  const pieces: Readonly<Record<string, string>> = {
    ...{ y: iso.slice(0, 4), M: iso.slice(5, 7), d: iso.slice(8, 10), H: iso.slice(11, 13) },
    ...{ m: iso.slice(14, 16), s: iso.slice(17, 19), S: iso.slice(20, 23) },
  }
  return pattern.replace(letters, (word) => {
    if (word.startsWith("'")) return word.slice(1, -1)
    const letter = word[0] === 'u' ? 'y' : word[0]!
    if (/[XxZ]/.test(letter)) return offsetText(ahead, letter === 'X')
    const text = pieces[letter]!
    if (letter === 'y' && word.length === 2) return text.slice(2)
    return word.length === 1 ? String(Number(text)) : text
  })
}

function offsetText(ahead_ms: number, hasZulu: boolean): string {
  if (ahead_ms === 0 && hasZulu) return 'Z'
  const minutes = Math.abs(Math.round(ahead_ms / 60_000))
  const two = (value: number) => String(value).padStart(2, '0')
  return `${ahead_ms < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
