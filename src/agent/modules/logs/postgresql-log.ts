/**
 * Log records of PostgreSQL with the usual prefixes (`%m [%p] `, `%t [%p]: [%l-1] user=%u,db=%d `,
 * Debian's `%m [%p] %q%u@%d `). DETAIL, HINT and STATEMENT lines that were joined to their record
 * become its attributes; alone they are records of their own.
 */
import type { ContinuesRecord } from '../../../pipeline/multiline.ts'
import { type LineParser, offset_minutes, pieces, present, textOf, utc_ms } from './parsed-line.ts'

const severities: Readonly<Record<string, number>> = {
  ...{ DEBUG5: 1, DEBUG4: 2, DEBUG3: 3, DEBUG2: 4, DEBUG1: 5, DEBUG: 5 },
  ...{ LOG: 9, INFO: 9, NOTICE: 10, WARNING: 13, ERROR: 17, FATAL: 21, PANIC: 24 },
}
/** Parts of a record that PostgreSQL prints as lines with a head of their own. */
const parts: Readonly<Record<string, string>> = {
  DETAIL: 'postgresql.log.detail',
  HINT: 'postgresql.log.hint',
  QUERY: 'postgresql.log.internal_query',
  CONTEXT: 'postgresql.log.context',
  LOCATION: 'postgresql.log.location',
  STATEMENT: 'db.query.text',
}

const head = pieces(
  's',
  /^(\d{4})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d)(?:[.,](\d{1,6}))? /,
  /([A-Z][A-Za-z]{1,5}|[+-]\d\d(?::?\d\d)?) ?(.{0,256}?)\b([A-Z]+[1-5]?): {1,2}(.*)$/,
)
const pid = /\[(\d{1,10})(?:-\d+)?\]/
const userAtDatabase = /(?:^|[\s:,])([^\s@,=[\]]+)@([^\s@,=[\]]+)/
const duration = pieces(
  's',
  /^duration: (\d+(?:\.\d+)?) ms/,
  /(?: {1,2}(?:statement|execute [^:]*|parse [^:]*|bind [^:]*): (.*))?/,
)

type Head = {
  time_ms: number | undefined
  prefix: string
  word: string
  text: string
}

function headOf(line: string): Head | undefined {
  const match = head.exec(line)
  if (match === null) return undefined
  const [, year, month, day, clock = '', fraction, zone = '', prefix = '', word = '', text = ''] =
    match
  if (severities[word] === undefined && parts[word] === undefined) return undefined
  const offset = offset_minutes(zone)
  const at_ms = utc_ms(Number(year), Number(month) - 1, Number(day), clock, fraction)
  // A zone by name (CET, KST) has no one meaning: the moment is left to whoever read the line.
  const time_ms = offset === undefined || at_ms === undefined ? undefined : at_ms - offset * 60_000
  return { time_ms, prefix, word, text }
}

export const postgresqlContinues: ContinuesRecord = (line) => {
  if (line.startsWith('\t')) return true
  const next = headOf(line)
  return next !== undefined && parts[next.word] !== undefined
}

export const postgresqlLog: LineParser = (bytes) => {
  const whole = textOf(bytes)
  if (whole === undefined) return undefined
  const texts = recordParts(whole)
  const first = headOf(texts[0]!)
  if (first === undefined) return undefined
  const attributes: Record<string, string | number> = prefixAttributes(first.prefix)
  for (const text of texts.slice(1)) {
    const part = headOf(text)!
    if (part.text !== '') attributes[parts[part.word]!] = unfold(part.text)
  }
  const severity_number = severities[first.word]
  const body = unfold(first.text)
  if (severity_number === undefined) attributes['postgresql.log.part'] = first.word
  const timed = duration.exec(body)
  if (timed !== null) {
    attributes['postgresql.log.duration_ms'] = Number(timed[1])
    if (timed[2]) attributes['db.query.text'] = timed[2]
  }
  return {
    ...(severity_number === undefined ? {} : { severity_number }),
    ...(first.time_ms === undefined ? {} : { time_ms: first.time_ms }),
    body,
    attributes,
  }
}

/** The record's own lines, then each joined part with its lines. */
function recordParts(whole: string): string[] {
  const texts: string[] = []
  for (const line of whole.split('\n')) {
    const next = texts.length === 0 ? undefined : headOf(line)
    if (texts.length === 0 || (next !== undefined && parts[next.word] !== undefined)) {
      texts.push(line)
    } else texts[texts.length - 1] += `\n${line}`
  }
  return texts
}

/** PostgreSQL indents the further lines of one text with a tab. */
function unfold(text: string): string {
  return text.replace(/\n\t/g, '\n')
}

function prefixAttributes(prefix: string): Record<string, string | number> {
  const id = pid.exec(prefix)?.[1]
  const named = (name: string) => new RegExp(`\\b${name}=([^,\\s]+)`).exec(prefix)?.[1]
  const pair = userAtDatabase.exec(prefix)
  return present({
    'process.pid': id === undefined ? undefined : Number(id),
    'user.name': unknownIsAbsent(named('user') ?? pair?.[1]),
    'db.namespace': unknownIsAbsent(named('db') ?? pair?.[2]),
    'client.address': named('client') ?? named('host'),
    'postgresql.application_name': unknownIsAbsent(named('app')),
  })
}

function unknownIsAbsent(text: string | undefined): string | undefined {
  return text === '[unknown]' ? undefined : text
}
