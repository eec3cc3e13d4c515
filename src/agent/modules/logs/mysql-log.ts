/**
 * Log records of MySQL and MariaDB: the error log of 5.5 to 9 and of MariaDB 10 and 11, and the
 * slow log, whose record is several lines from `# Time:` or `# User@Host:` on.
 */
import type { ContinuesRecord } from '../../../pipeline/multiline.ts'
import { type LineParser, offset_minutes, pieces, present, textOf, utc_ms } from './parsed-line.ts'

const severities: Readonly<Record<string, number>> = {
  ...{ SYSTEM: 9, NOTE: 10, INFORMATION: 9, WARNING: 13, ERROR: 17, FATAL: 21 },
}
const error = pieces(
  'is',
  /^(\d{4})-(\d\d)-(\d\d)[T ]{1,2}(\d{1,2}:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)?/,
  / {1,2}(?:(0x[0-9a-f]+|\d+) )?\[(\w+)\] (.*)$/,
)
/** Of MySQL 5.5 and MariaDB before 10.1: 141208  8:37:47 [Note] text */
const oldError = /^(\d\d)(\d\d)(\d\d) {1,2}(\d{1,2}:\d\d:\d\d) \[(\w+)\] (.*)$/s
/** What MariaDB says once it is ready, on a line without a time. */
const versionLine = /^Version: '[^']*' {1,2}socket: /
const code = /^\[(MY-\d{6})\] \[(\w+)\] (.*)$/s

export const mysqlError: LineParser = (bytes) => {
  const text = textOf(bytes)
  if (text === undefined) return undefined
  if (versionLine.test(text)) return { severity_number: 9, body: text, attributes: {} }
  const match = error.exec(text)
  if (match !== null) {
    const [, year, month, day, clock = '', fraction, zone = 'Z', thread, level = '', said] = match
    const at_ms = utc_ms(Number(year), Number(month) - 1, Number(day), clock, fraction)
    const time_ms = at_ms === undefined ? undefined : at_ms - offset_minutes(zone)! * 60_000
    return errorRecord(time_ms, thread, level, said!)
  }
  const old = oldError.exec(text)
  if (old === null) return undefined
  const [, year, month, day, clock = '', level = '', said] = old
  const time_ms = utc_ms(2000 + Number(year), Number(month) - 1, Number(day), clock)
  return errorRecord(time_ms, undefined, level, said!)
}

function errorRecord(
  time_ms: number | undefined,
  thread: string | undefined,
  level: string,
  said: string,
): ReturnType<LineParser> {
  const severity_number = severities[level.toUpperCase()]
  if (severity_number === undefined) return undefined
  const coded = code.exec(said)
  return {
    severity_number,
    ...(time_ms === undefined ? {} : { time_ms }),
    body: coded?.[3] ?? said,
    attributes: present({
      'thread.id': thread === undefined ? undefined : Number(thread),
      'mysql.error.code': coded?.[1],
      'mysql.error.subsystem': coded?.[2],
    }),
  }
}

export const mysqlSlowContinues: ContinuesRecord = (line, before) => {
  if (line.startsWith('# Time:')) return false
  return !line.startsWith('# User@Host:') || before.startsWith('# Time:')
}

const timeLine = /^# Time: (\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)/
/** Of MySQL before 5.7 and of MariaDB, in the server's own zone. */
const oldTimeLine = /^# Time: (\d\d)(\d\d)(\d\d) {1,2}(\d{1,2}:\d\d:\d\d)/
const userLine = /^# User@Host: (\S*?)\[([^\]]*)\] @ {1,2}(\S*) ?\[([^\]]*)\](?: {1,2}Id: +(\d+))?/m
const timestamp = /^SET timestamp=(\d{1,12});$/m
const startup = /^(?:Tcp port: |Time +Id +Command|\/\S*mysqld|\/\S*mariadbd|\S*, Version: )/
/** Every `Name: number` of the comment lines, of MySQL and MariaDB alike. */
const figure = /([A-Z][A-Za-z_]{2,40}): (-?\d+(?:\.\d+)?)(?= |$)/gm

export const mysqlSlow: LineParser = (bytes) => {
  const text = textOf(bytes)
  if (text === undefined) return undefined
  if (startup.test(text)) return 'exclude'
  if (!/^# (?:Time|User@Host|Query_time):/.test(text)) return undefined
  const lines = text.split('\n')
  const comments = lines.filter((line) => line.startsWith('# ')).join('\n')
  const statements = lines.filter(
    (line) => !line.startsWith('# ') && !/^(?:SET timestamp=\d+|use \S+);$/i.test(line),
  )
  const statement = statements.join('\n').trim()
  const database = /^use (\S+);$/im.exec(text)?.[1] ?? /\bSchema: (\S+)/.exec(comments)?.[1]
  const time_ms = slowTime(text)
  return {
    severity_number: 13,
    ...(time_ms === undefined ? {} : { time_ms }),
    ...(statement === '' ? {} : { body: statement }),
    attributes: {
      ...userAttributes(comments),
      ...present({ 'db.namespace': database, 'db.query.text': statement }),
      ...figures(comments),
    },
  }
}

/** # Time is when the statement ended, to the µs; SET timestamp when it began, to the second. */
function slowTime(text: string): number | undefined {
  const match = timeLine.exec(text)
  if (match !== null) {
    const [, year, month, day, clock = '', fraction, zone = 'Z'] = match
    const at_ms = utc_ms(Number(year), Number(month) - 1, Number(day), clock, fraction)
    return at_ms === undefined ? undefined : at_ms - offset_minutes(zone)! * 60_000
  }
  const set = timestamp.exec(text)
  if (set !== null) return Number(set[1]) * 1000
  const old = oldTimeLine.exec(text)
  if (old === null) return undefined
  const [, year, month, day, clock = ''] = old
  return utc_ms(2000 + Number(year), Number(month) - 1, Number(day), clock)
}

function userAttributes(comments: string): Record<string, string | number> {
  const match = userLine.exec(comments)
  if (match === null) return {}
  const [, user, effective, host, address, id] = match
  return present({
    'user.name': effective === '' ? user : effective,
    'client.address': address === '' ? host : address,
    'thread.id': id === undefined ? undefined : Number(id),
  })
}

function figures(comments: string): Record<string, number> {
  const found: Record<string, number> = {}
  for (const [, name = '', value] of comments.matchAll(figure)) {
    if (name === 'Id' || name === 'Time' || name === 'Thread_id') continue
    found[`mysql.slowlog.${name.toLowerCase()}`] = Number(value)
  }
  return found
}
