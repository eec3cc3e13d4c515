/**
 * The patterns of java.time as a list of parts, shared by reading and writing. Leaves to
 * date-reader.ts and date-writer.ts what is done with them.
 */

export type DatePart =
  | { kind: 'literal'; text: string }
  | { kind: 'field'; letter: string; count: number }
  | { kind: 'optional'; parts: DatePart[] }

const letters = new Set('GuyMLdDEaAhHKkmsSzZXxVO')
const pattern_length_max = 256
const depth_max = 8

/** Formats that have a name, as patterns; `||` stands between several. */
const named: Record<string, string> = {
  date: 'yyyy-MM-dd',
  strict_date: 'yyyy-MM-dd',
  basic_date: 'yyyyMMdd',
  strict_basic_date: 'yyyyMMdd',
  basic_date_time: "yyyyMMdd'T'HHmmss.SSSXX",
  basic_date_time_no_millis: "yyyyMMdd'T'HHmmssXX",
  date_hour_minute_second: "yyyy-MM-dd'T'HH:mm:ss",
  strict_date_hour_minute_second: "yyyy-MM-dd'T'HH:mm:ss",
  date_hour_minute_second_millis: "yyyy-MM-dd'T'HH:mm:ss.SSS",
  strict_date_hour_minute_second_millis: "yyyy-MM-dd'T'HH:mm:ss.SSS",
  date_time: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  strict_date_time: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  date_time_no_millis: "yyyy-MM-dd'T'HH:mm:ssXXX",
  strict_date_time_no_millis: "yyyy-MM-dd'T'HH:mm:ssXXX",
  strict_date_optional_time: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  date_optional_time: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  strict_date_optional_time_nanos: "yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX",
  iso8601: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  hour_minute_second: 'HH:mm:ss',
  year: 'yyyy',
  strict_year: 'yyyy',
  year_month: 'yyyy-MM',
  strict_year_month: 'yyyy-MM',
}

/** Throws with what is wrong, as java.time says it. */
export function datePattern(text: string): DatePart[] {
  if (text.length > pattern_length_max) throw new Error('the date pattern is too long')
  // What 6.x took to say that a pattern is one of java.time.
  const bare = text.startsWith('8') ? text.slice(1) : text
  const pattern = Object.hasOwn(named, bare) ? named[bare]! : bare
  if (pattern === '') throw new Error('No date pattern provided')
  const open: DatePart[][] = [[]]
  for (let at = 0; at < pattern.length; ) {
    const c = pattern[at]!
    const parts = open.at(-1)!
    if (c === "'") at = quoted(pattern, at, parts)
    else if (c === '[') {
      if (open.length > depth_max) throw invalid(text, 'optional sections are nested too deeply')
      const optional: DatePart[] = []
      parts.push({ kind: 'optional', parts: optional })
      open.push(optional)
      at++
    } else if (c === ']') {
      if (open.length === 1) throw invalid(text, 'Pattern invalid as it contains ] without [')
      open.pop()
      at++
    } else if (/[A-Za-z]/.test(c)) at = field(pattern, at, parts, text)
    else {
      if (c === '{' || c === '}' || c === '#') {
        throw invalid(text, `Pattern includes reserved character: '${c}'`)
      }
      literal(parts, c)
      at++
    }
  }
  return open[0]!
}

function invalid(text: string, reason: string): Error {
  return new Error(`Invalid format: [${text}]: ${reason}`)
}

function literal(parts: DatePart[], text: string): void {
  const last = parts.at(-1)
  if (last?.kind === 'literal') last.text += text
  else parts.push({ kind: 'literal', text })
}

function quoted(pattern: string, start: number, parts: DatePart[]): number {
  if (pattern[start + 1] === "'") {
    literal(parts, "'")
    return start + 2
  }
  let text = ''
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] !== "'") text += pattern[at]
    else if (pattern[at + 1] === "'") {
      text += "'"
      at++
    } else {
      literal(parts, text)
      return at + 1
    }
  }
  throw invalid(pattern, 'Pattern ends with an incomplete string literal')
}

function field(pattern: string, start: number, parts: DatePart[], text: string): number {
  const letter = pattern[start]!
  let end = start + 1
  while (pattern[end] === letter) end++
  const count = end - start
  if (!letters.has(letter)) throw invalid(text, `Unknown pattern letter: ${letter}`)
  const most = letter === 'S' ? 9 : 'ahHkKmsd'.includes(letter) ? 2 : 5
  if (count > most && letter !== 'y' && letter !== 'u') {
    throw invalid(text, `Too many pattern letters: ${letter}`)
  }
  parts.push({ kind: 'field', letter, count })
  return end
}

export type DateNames = {
  months: string[]
  shortMonths: string[]
  days: string[]
  shortDays: string[]
}

const namesByLocale = new Map<string, DateNames>()

/** Throws when there is no such locale. */
export function dateNames(locale: string): DateNames {
  const tag = /^(?:english|root)$/i.test(locale) ? 'en' : locale.replaceAll('_', '-')
  const known = namesByLocale.get(tag)
  if (known !== undefined) return known
  let month: Intl.DateTimeFormat
  try {
    month = new Intl.DateTimeFormat(tag, { month: 'long', timeZone: 'UTC' })
  } catch {
    throw new Error(`Unknown language: ${locale}`)
  }
  const shortMonth = new Intl.DateTimeFormat(tag, { month: 'short', timeZone: 'UTC' })
  const day = new Intl.DateTimeFormat(tag, { weekday: 'long', timeZone: 'UTC' })
  const shortDay = new Intl.DateTimeFormat(tag, { weekday: 'short', timeZone: 'UTC' })
  const bare = (text: string) => text.replace(/\.$/, '')
  const twelve = Array.from({ length: 12 }, (_, at) => Date.UTC(2023, at, 15))
  // 2023 began on a Sunday.
  const seven = Array.from({ length: 7 }, (_, at) => Date.UTC(2023, 0, 1 + at))
  const names = {
    months: twelve.map((at) => month.format(at)),
    shortMonths: twelve.map((at) => bare(shortMonth.format(at))),
    days: seven.map((at) => day.format(at)),
    shortDays: seven.map((at) => bare(shortDay.format(at))),
  }
  if (namesByLocale.size < 64) namesByLocale.set(tag, names)
  return names
}
