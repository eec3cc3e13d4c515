/**
 * What a log parser of a module makes of one record, and the small readings that several of them
 * share. Parsers are pure: no clock, no state; joining lines is the reader's work.
 */

export type ParsedLine = {
  severity_number?: number
  /** Of a line that names no zone, read as UTC, which is what containers run in. */
  time_ms?: number
  /** The message without its head; absent when the whole line says it best. */
  body?: string
  attributes: Record<string, string | number>
}

/** exclude: the line is decoration and not a record. undefined: it is of another shape. */
export type LineParser = (line: Uint8Array | string) => ParsedLine | 'exclude' | undefined

/** Records longer than this are not looked into: their shape is not one of a log line. */
const line_length_max = 256 * 1024
const decoder = new TextDecoder()

export function textOf(line: Uint8Array | string): string | undefined {
  if (line.length > line_length_max) return undefined
  const text = typeof line === 'string' ? line : decoder.decode(line)
  return text.replace(/[\r\n]+$/, '')
}

/** One expression from readable pieces: a long one does not fit on a line. */
export function pieces(flags: string, ...parts: RegExp[]): RegExp {
  return new RegExp(parts.map(({ source }) => source).join(''), flags)
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** 0 to 11 for Jan to Dec; undefined for any other word. */
export function monthOf(name: string): number | undefined {
  const at = months.indexOf(name.toLowerCase())
  return at === -1 ? undefined : at
}

/**
 * Undefined when the parts are no moment: day 31 of February is refused, not moved on, and so is a
 * year before any of these programs.
 */
export function utc_ms(
  year: number,
  month: number,
  day: number,
  clock: string,
  fraction = '',
): number | undefined {
  const [hour = 0, minute = 0, second = 0] = clock.split(':').map(Number)
  if (year < 1971 || hour > 23 || minute > 59 || second > 60) return undefined
  const at_ms = Date.UTC(year, month, day, hour, minute, second)
  if (new Date(Date.UTC(year, month, day)).getUTCDate() !== day || month > 11) return undefined
  return at_ms + Number(fraction.padEnd(3, '0').slice(0, 3))
}

/** +0900, +09:00, +09 and Z as minutes east of Greenwich; undefined for names such as CET. */
export function offset_minutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'UTC' || zone === 'GMT') return 0
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(zone)
  if (match === null) return undefined
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return match[1] === '-' ? -minutes : minutes
}

/** Keeps only what is there: empty texts, "-" and undefined say nothing. */
export function present(
  attributes: Record<string, string | number | undefined>,
): Record<string, string | number> {
  const kept: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === '' || value === '-' || Number.isNaN(value)) continue
    kept[name] = value
  }
  return kept
}

/** A request line such as GET /a?b=c HTTP/1.1; garbage of scanners stays url.original alone. */
export function requestLine(text: string): Record<string, string | number> {
  const match = /^([A-Z]{1,32}) (\S+)(?: HTTP\/(\d(?:\.\d)?))?$/.exec(text)
  if (match === null) return present({ 'url.original': text })
  const [, method, target = '', version] = match
  const path = target.replace(/^https?:\/\/[^/?]*/, '')
  const question = path.indexOf('?')
  return present({
    'http.request.method': method,
    'url.original': target,
    'url.path': question === -1 ? path : path.slice(0, question),
    'url.query': question === -1 ? undefined : path.slice(question + 1),
    'network.protocol.version': version,
  })
}
