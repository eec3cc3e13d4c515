/** Parameters of Loki's API: times in any of its forms, steps, limits and directions. */
import { parseDuration } from '../../query/logql/quantities.ts'
import { QueryError } from '../../query/series.ts'

const ms_ns = 1_000_000n
const second_ns = 1_000_000_000n

export function bad(message: string): QueryError {
  return new QueryError('bad_data', message)
}

/** Nanoseconds, seconds with a point, seconds in ten digits, or RFC 3339. */
export function readTime(name: string, text: string): bigint {
  if (/^[+-]?\d+$/.test(text)) {
    const value = BigInt(text)
    // Ten digits are seconds; beyond the year 2090 they are the few that a health check asks in ns.
    const isSeconds = text.replace(/^[+-]/, '').length <= 10 && value < 3_800_000_000n
    return bounded(name, text, isSeconds ? value * second_ns : value)
  }
  if (/^[+-]?\d*\.\d*(?:[eE][+-]?\d+)?$|^[+-]?\d+(?:\.\d*)?[eE][+-]?\d+$/.test(text)) {
    const seconds = Number(text)
    if (Number.isFinite(seconds) && Math.abs(seconds) < 1e10) {
      const whole = Math.floor(seconds)
      return BigInt(whole) * second_ns + BigInt(Math.round((seconds - whole) * 1e3)) * ms_ns
    }
  }
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/i.exec(
    text,
  )
  const seconds = found === null ? Number.NaN : Date.parse(`${found[1]}${found[3]!.toUpperCase()}`)
  if (!Number.isFinite(seconds)) {
    throw bad(`could not parse '${name}' parameter: cannot parse ${JSON.stringify(text)} as a time`)
  }
  return BigInt(seconds) * ms_ns + BigInt((found![2] ?? '').padEnd(9, '0'))
}

const time_ns_max = 9_000_000_000_000_000_000n

function bounded(name: string, text: string, ns: bigint): bigint {
  if (ns >= 0n && ns <= time_ns_max) return ns
  throw bad(`could not parse '${name}' parameter: ${text} is out of range`)
}

/** In milliseconds: a duration, or seconds as a number. */
export function readStep(name: string, text: string): number {
  const ns = /^\d*\.?\d+(?:e[+-]?\d+)?$/i.test(text) ? Number(text) * 1e9 : parseDuration(text)
  if (ns === undefined || !Number.isFinite(ns)) {
    throw bad(`cannot parse ${JSON.stringify(text)} to a valid duration`)
  }
  if (ns <= 0) {
    throw bad(
      `zero or negative query resolution ${name} widths are not accepted. ` +
        'Try a positive integer',
    )
  }
  return Math.max(1, Math.round(ns / 1e6))
}

export type Span = { from_ns: bigint; to_ns: bigint }

const hour_ns = 3_600n * second_ns

/** `end` is now and `start` a while before it, unless they are given. */
export function readSpan(
  parameters: URLSearchParams,
  now_ms: number,
  usual_ns: bigint = hour_ns,
): Span {
  const endText = parameters.get('end')
  const now_ns = BigInt(now_ms) * ms_ns
  const to_ns = endText ? readTime('end', endText) : now_ns
  const startText = parameters.get('start')
  if (startText) {
    const from_ns = readTime('start', startText)
    if (to_ns < from_ns) throw bad('end timestamp must not be before or equal to start time')
    return { from_ns, to_ns }
  }
  const since = parameters.get('since')
  const back_ns = since ? BigInt(readStep('since', since)) * ms_ns : usual_ns
  const until_ns = to_ns > now_ns ? now_ns : to_ns
  return { from_ns: until_ns > back_ns ? until_ns - back_ns : 0n, to_ns }
}

/** What a chart needs where nobody says: 250 steps of at least a second. */
export function usualStep({ from_ns, to_ns }: Span): number {
  return Math.max(1_000, Math.floor(Number(to_ns - from_ns) / 1e9 / 250) * 1_000)
}

export function readLimit(
  parameters: URLSearchParams,
  usual: number,
  most: number,
  name = 'limit',
): number {
  const text = parameters.get(name)
  if (!text) return usual
  if (!/^-?\d{1,9}$/.test(text)) {
    throw bad(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  }
  const value = Number(text)
  if (value <= 0) throw bad('limit must be a positive value')
  if (value > most) {
    throw bad(
      'max entries limit per query exceeded, limit > max_entries_limit_per_query ' +
        `(${value} > ${most})`,
    )
  }
  return value
}

export function isNewestFirst(parameters: URLSearchParams): boolean {
  const text = (parameters.get('direction') || 'backward').toLowerCase()
  if (text !== 'backward' && text !== 'forward') {
    throw bad(`invalid direction '${parameters.get('direction')}'`)
  }
  return text === 'backward'
}

export function neededQuery(parameters: URLSearchParams): string {
  const query = parameters.get('query') ?? ''
  if (query.trim() === '') throw bad('parse error : syntax error: unexpected $end')
  return query
}
