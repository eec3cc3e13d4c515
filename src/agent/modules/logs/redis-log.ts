/**
 * Log lines of Redis and Valkey: `1:M 21 Nov 2026 03:00:00.123 * Ready`, the forms before 3.0,
 * lines of signal handlers, and the banner of ASCII art, which is left out.
 */
import {
  type LineParser,
  monthOf,
  type ParsedLine,
  pieces,
  present,
  textOf,
  utc_ms,
} from './parsed-line.ts'

const roles: Readonly<Record<string, string>> = {
  X: 'sentinel',
  C: 'child',
  S: 'replica',
  M: 'primary',
}
const severities: Readonly<Record<string, number>> = { '.': 5, '-': 1, '*': 10, '#': 13 }

const banner = /^\s+[-`('.|_]/
const line = pieces(
  's',
  /^\[?(\d{1,10})(?::([XCSM])|\])?\s+(\d{1,2}) (\w{3})(?: (\d{4}))? /,
  /(\d\d?:\d\d:\d\d)(?:\.(\d{1,6}))? ([.*#-]) (.*)$/,
)
const signal = /^\[?(\d{1,10}):?(?:signal-handler|\s*signal handler)\]? \(([1-9]\d{0,11})\) ?(.*)$/s

export const redisLog: LineParser = (bytes) => {
  const text = textOf(bytes)
  if (text === undefined) return undefined
  if (banner.test(text)) return 'exclude'
  const match = line.exec(text)
  if (match !== null) return logLine(match)
  const handled = signal.exec(text)
  if (handled === null) return undefined
  return {
    severity_number: 13,
    time_ms: Number(handled[2]) * 1000,
    body: handled[3]!,
    attributes: { 'process.pid': Number(handled[1]), 'redis.log.role': 'signal-handler' },
  }
}

function logLine(match: RegExpExecArray): ParsedLine | undefined {
  const [, pid, role = '', day, monthName = '', year, clock = '', fraction, sign = '', body] = match
  const month = monthOf(monthName)
  if (month === undefined) return undefined
  // Without a year the moment is left to whoever read the line: it knows the year.
  const time_ms =
    year === undefined ? undefined : utc_ms(Number(year), month, Number(day), clock, fraction)
  return {
    severity_number: severities[sign]!,
    ...(time_ms === undefined ? {} : { time_ms }),
    body: body!,
    attributes: present({ 'process.pid': Number(pid), 'redis.log.role': roles[role] }),
  }
}
