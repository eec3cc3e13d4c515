/**
 * Jaeger's search: a service, an operation, tags and durations as a TraceQL query, and the whole
 * traces that have such a span.
 */
import type { RangeAsk } from '../../model/question.ts'
import type { QueryContext } from '../context.ts'
import { readTraces } from '../traceql/read-traces.ts'
import { searchTraces } from '../traceql/search.ts'
import type { Trace } from '../traceql/span.ts'

export type JaegerSearch = {
  service?: string | undefined
  operation?: string | undefined
  tags: readonly (readonly [name: string, value: string])[]
  duration_ns_min?: number | undefined
  duration_ns_max?: number | undefined
  range: RangeAsk
  traces_max: number
}

/** Traces of one answer are whole: more of them would not fit a screen or the memory. */
export const jaegerTraces_max = 1_500
const traces_per_read = 50

export async function searchJaeger(ask: JaegerSearch, context: QueryContext): Promise<Trace[]> {
  const { range, traces_max } = ask
  const asked = { query: queryOf(ask), range, traces_max, spans_max: 1 }
  const found = await searchTraces(asked, context)
  const ids = found.traces.map(({ trace_id }) => trace_id)
  const traces: Trace[] = []
  let spans = 0
  for (let at = 0; at < ids.length && spans < context.limits.rows_max * 10; at += traces_per_read) {
    const read = await readTraces(ids.slice(at, at + traces_per_read), context)
    for (const trace of read.traces) spans += trace.spans.length
    traces.push(...read.traces)
  }
  return traces
}

export function queryOf(ask: Omit<JaegerSearch, 'range' | 'traces_max'>): string {
  const { service, operation, tags, duration_ns_min, duration_ns_max } = ask
  const conditions = [
    ...(service ? [`resource.service.name = ${quoted(service)}`] : []),
    ...(operation ? [`name = ${quoted(operation)}`] : []),
    ...tags.map(([name, value]) => tagCondition(name, value)),
    ...(duration_ns_min === undefined ? [] : [`duration >= ${Math.round(duration_ns_min)}ns`]),
    ...(duration_ns_max === undefined ? [] : [`duration <= ${Math.round(duration_ns_max)}ns`]),
  ]
  return `{ ${conditions.join(' && ')} }`
}

const kinds = ['internal', 'server', 'client', 'producer', 'consumer']

/** Tags that Jaeger makes of what OpenTelemetry has fields for. */
function tagCondition(name: string, value: string): string {
  const plain = value.toLowerCase()
  switch (name) {
    case 'error':
      if (plain === 'true') return 'status = error'
      if (plain === 'false') return 'status != error'
      break
    case 'span.kind':
      if (kinds.includes(plain)) return `kind = ${plain}`
      break
    case 'otel.status_code':
    case 'status.code':
      if (['ok', 'error', 'unset'].includes(plain)) return `status = ${plain}`
      break
    case 'otel.status_description':
      return `statusMessage = ${quoted(value)}`
    case 'otel.scope.name':
      return `instrumentation:name = ${quoted(value)}`
  }
  const key = `."${name.replace(/["\\]/g, '\\$&')}"`
  const isNumber = /^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$/.test(value)
  return isNumber ? `(${key} = ${quoted(value)} || ${key} = ${value})` : `${key} = ${quoted(value)}`
}

/** A JSON string is a TraceQL string; lone surrogates have no UTF-8 form. */
function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed())
}
