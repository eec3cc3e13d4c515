/** What Jaeger's callers send as parameters: times in µs, ms or text, tags, durations. */
import type { RangeAsk } from '../../model/question.ts'
import type { JaegerSearch } from '../../query/jaeger/search.ts'
import { jaegerTraces_max } from '../../query/jaeger/search.ts'
import { QueryError } from '../../query/series.ts'
import { readDuration } from '../../query/traceql/duration.ts'

const day_ms = 86_400_000
/** Services and operations are those of so long before now. */
export const names_ms = 3 * day_ms
const traces_usual = 100
const ms_max = 8_640_000_000_000

export function malformed(name: string, text: string): QueryError {
  return new QueryError('bad_data', `malformed parameter ${name}: ${text.slice(0, 60)}`)
}

function whole(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name) || ''
  if (text === '') return undefined
  const number = /^[0-9]{1,20}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(number)) throw malformed(name, text)
  return number
}

export function duration_ns(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name) || ''
  if (text === '') return undefined
  const ns = readDuration(text)
  if (ns === undefined || ns < 0) throw malformed(name, text)
  return ns
}

function bounded(from_ms: number, to_ms: number): RangeAsk {
  return { from_ms: Math.max(0, Math.min(from_ms, ms_max)), to_ms: Math.min(to_ms, ms_max) }
}

/** start and end in µs; lookback is used where there is no start. */
export function searchRange(parameters: URLSearchParams, now_ms: number): RangeAsk {
  const end = whole(parameters, 'end')
  const start = whole(parameters, 'start')
  const to_ms = end === undefined ? now_ms + 1 : Math.ceil(end / 1_000) + 1
  const lookback = parameters.get('lookback') || ''
  const back_ns = /^custom$/.test(lookback) ? undefined : duration_ns(parameters, 'lookback')
  const back_ms = back_ns === undefined ? 2 * day_ms : back_ns / 1e6
  return bounded(start === undefined ? to_ms - back_ms : Math.floor(start / 1_000), to_ms)
}

export function readSearch(parameters: URLSearchParams, now_ms: number): JaegerSearch {
  const traces = whole(parameters, 'limit') ?? traces_usual
  return {
    service: parameters.get('service') || undefined,
    operation: operationOf(parameters.get('operation')),
    tags: [...jsonTags(parameters.get('tags') ?? ''), ...plainTags(parameters.getAll('tag'))],
    duration_ns_min: duration_ns(parameters, 'minDuration'),
    duration_ns_max: duration_ns(parameters, 'maxDuration'),
    range: searchRange(parameters, now_ms),
    traces_max: Math.min(Math.max(1, traces), jaegerTraces_max),
  }
}

function operationOf(text: string | null): string | undefined {
  return text === null || text === '' || text === 'all' ? undefined : text
}

export function jsonTags(text: string): [string, string][] {
  if (text === '') return []
  let tags: unknown
  try {
    tags = JSON.parse(text)
  } catch {
    throw malformed('tags', text)
  }
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags))
    throw malformed('tags', text)
  return Object.entries(tags).map(([name, value]) => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ])
}

/** key:value, the older form. */
function plainTags(tags: readonly string[]): [string, string][] {
  return tags.map((tag) => {
    const at = tag.indexOf(':')
    if (at < 1) throw malformed('tag', tag)
    return [tag.slice(0, at), tag.slice(at + 1)]
  })
}

/** endTs and lookback in ms. */
export function lookbackRange(
  parameters: URLSearchParams,
  now_ms: number,
  usual_ms: number,
): RangeAsk {
  const to_ms = whole(parameters, 'endTs') ?? now_ms
  return bounded(to_ms - (whole(parameters, 'lookback') ?? usual_ms), to_ms)
}

export function msOr(parameters: URLSearchParams, name: string, usual_ms: number): number {
  const ms = whole(parameters, name) ?? usual_ms
  if (ms === 0) throw malformed(name, '0')
  return ms
}

/** A parameter of the third version, which is written in two ways. */
export function either(parameters: URLSearchParams, snake: string): string {
  const camel = snake.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return parameters.get(snake) || parameters.get(camel) || ''
}

export function moment_ms(parameters: URLSearchParams, name: string): number | undefined {
  const text = either(parameters, name)
  if (text === '') return undefined
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw malformed(name, text)
  return ms
}
