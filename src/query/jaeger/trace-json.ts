/** Traces in Jaeger's JSON: spans with tags and logs, and the processes that they ran in. */
import { attributesOf, isInteger, type Plain, wordsOf } from '../traceql/otlp.ts'
import type { Span, SpanEvent, Trace } from '../traceql/span.ts'

type Tag = { key: string; type: 'string' | 'bool' | 'int64' | 'float64'; value: Plain }

export function jaegerTrace({ trace_id, spans }: Trace, isPartial = false) {
  const processes = new Map<string, { id: string; process: ReturnType<typeof processOf> }>()
  const idOf = (span: Span): string => {
    const key = `${span.resource_id} ${span.service}`
    const known = processes.get(key)
    if (known !== undefined) return known.id
    const id = `p${processes.size + 1}`
    processes.set(key, { id, process: processOf(span) })
    return id
  }
  const told = spans.map((span) => spanJson(span, idOf(span)))
  return {
    traceID: trace_id,
    spans: told,
    processes: Object.fromEntries([...processes.values()].map(({ id, process }) => [id, process])),
    warnings: isPartial ? ['The trace has more spans than are told.'] : null,
  }
}

function processOf(span: Span) {
  const tags = wordsOf(span.resource).filter(([name]) => name !== 'service.name')
  return { serviceName: span.service, tags: tags.map(tag) }
}

function spanJson(span: Span, processID: string) {
  const links = span.links.map((link) => ({
    refType: 'FOLLOWS_FROM',
    traceID: link.trace_id,
    spanID: link.span_id,
  }))
  const parent = {
    refType: 'CHILD_OF',
    traceID: span.trace_id,
    spanID: span.parent_span_id,
  }
  return {
    traceID: span.trace_id,
    spanID: span.span_id,
    operationName: span.name,
    references: span.parent_span_id === '' ? links : [parent, ...links],
    startTime: Number(span.time_ns / 1_000n),
    duration: Math.floor(span.duration_ns / 1_000),
    tags: tagsOf(span),
    logs: span.events.map(logOf),
    processID,
    warnings: null,
  }
}

function tagsOf(span: Span): Tag[] {
  const tags = attributesOf(span).map(tag)
  const has = new Set(tags.map(({ key }) => key))
  const add = (name: string, value: Plain) => {
    if (!has.has(name)) tags.push(tag([name, value]))
  }
  if (span.kind !== 'unspecified') add('span.kind', span.kind)
  if (span.status !== 'unset') add('otel.status_code', span.status.toUpperCase())
  if (span.status === 'error') add('error', true)
  if (span.status_message !== '') add('otel.status_description', span.status_message)
  if (span.scope !== '') add('otel.scope.name', span.scope)
  if (span.trace_state !== '') add('w3c.tracestate', span.trace_state)
  return tags
}

function tag([key, value]: readonly [string, Plain]): Tag {
  if (typeof value === 'boolean') return { key, type: 'bool', value }
  if (typeof value === 'string') return { key, type: 'string', value }
  // JSON has neither infinities nor what is no number.
  if (!Number.isFinite(value)) return { key, type: 'string', value: `${value}` }
  return { key, type: isInteger(value) ? 'int64' : 'float64', value }
}

function logOf({ time_ns, name, attributes }: SpanEvent) {
  const fields = wordsOf(attributes).map(tag)
  if (name !== '' && !attributes.has('event')) fields.unshift(tag(['event', name]))
  return { timestamp: Number(time_ns / 1_000n), fields }
}
