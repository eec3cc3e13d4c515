/**
 * Parameters of Prometheus's API as it reads them: times, durations, limits and selectors, with
 * its words for what is wrong with them. Knows no endpoint.
 */
import { parseDuration } from '../../query/promql/go-text.ts'
import { parseSelector } from '../../query/promql/parse.ts'
import { type Matcher, QueryError } from '../../query/series.ts'

export function wrong(name: string, says: string): QueryError {
  return new QueryError('bad_data', `invalid parameter "${name}": ${says}`)
}

/** The times that Prometheus's own tools write for "from the beginning" and "to the end". */
const ends: ReadonlyMap<string, number> = new Map([
  ['-292273086-05-16T16:47:06Z', -Infinity],
  ['292277025-08-18T07:12:54.999999999Z', Infinity],
  ['+292277025-08-18T07:12:54.999999999Z', Infinity],
])

const decimal = /^[+-]?(\d+(_?\d+)*\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$/

/** Milliseconds; seconds as a number or RFC 3339. */
export function timeOf(parameters: URLSearchParams, name: string, absent: number): number {
  const text = parameters.get(name)
  if (text === null || text === '') return absent
  const time_ms = timeText(text)
  if (time_ms === undefined) throw wrong(name, `cannot parse ${quoted(text)} to a valid timestamp`)
  return time_ms
}

function timeText(text: string): number | undefined {
  const end = ends.get(text)
  if (end !== undefined) return end
  if (decimal.test(text)) {
    const ms = Math.round(Number(text) * 1_000)
    return Number.isFinite(ms) ? ms : undefined
  }
  if (!date.test(text)) return undefined
  const ms = Date.parse(text.replace(',', '.'))
  return Number.isNaN(ms) ? undefined : ms
}

/** Undefined when it was not sent. */
export function durationOf(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === null || text === '') return undefined
  const ms = durationText(text)
  if (ms === undefined) throw wrong(name, `cannot parse ${quoted(text)} to a valid duration`)
  return ms
}

function durationText(text: string): number | undefined {
  if (decimal.test(text)) {
    const ms = Number(text) * 1_000
    return Number.isFinite(ms) && Math.abs(ms) < 9_223_372_036_854 ? ms : undefined
  }
  return parseDuration(text)
}

/** 0 is no limit. */
export function limitOf(parameters: URLSearchParams, name = 'limit'): number {
  const text = parameters.get(name)
  if (text === null || text === '') return 0
  if (!/^[+-]?\d{1,15}$/.test(text)) {
    throw wrong(name, `strconv.Atoi: parsing ${quoted(text)}: invalid syntax`)
  }
  if (Number(text) < 0) throw wrong(name, 'limit must be non-negative')
  return Number(text)
}

export function quoted(text: string): string {
  return JSON.stringify(text)
}

export type Span = { from_ms: number; to_ms: number }

/** The store's times end in 2262. */
const time_ms_max = 9_200_000_000_000

/** start and end; all time when they were not sent. */
export function spanOf(parameters: URLSearchParams): Span {
  const from_ms = timeOf(parameters, 'start', Number.NEGATIVE_INFINITY)
  const to_ms = timeOf(parameters, 'end', Number.POSITIVE_INFINITY)
  if (to_ms < from_ms) throw wrong('end', 'end timestamp must not be before start timestamp')
  return { from_ms: Math.max(0, from_ms), to_ms: Math.max(0, Math.min(time_ms_max, to_ms)) }
}

/** match[], one list of matchers each. */
export function selectorsOf(parameters: URLSearchParams): readonly (readonly Matcher[])[] {
  return parameters.getAll('match[]').map(selectorText)
}

function selectorText(text: string): readonly Matcher[] {
  try {
    return parseSelector(text)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    const isEmpty = error.message.includes('at least one non-empty matcher')
    const says = 'match[] must contain at least one non-empty matcher'
    throw wrong('match[]', isEmpty ? says : error.message)
  }
}
