/** A transaction or a span as it is written: what both kinds of events amount to. */
import { spanKinds, type TracesEncoder } from '../../../wire/otlp/encode-traces.ts'
import type { AttributeBag } from './attribute-bag.ts'
import { idAt, isObject, type JsonObject, listAt } from './fields.ts'
import type { EventResource, StreamMetadata } from './metadata.ts'

/** What the events of one request have in common. */
export type EventStream = {
  metadata: StreamMetadata
  isRum: boolean
  /** When the request began: the time of events that have none. */
  received_us: number
  /** Errors by the span they happened in, until that span ends: then they are its events too. */
  errors: Map<string, SpanError[]>
  /** Of browsers, which tell durations but no times: when each transaction began. */
  began_us: Map<string, number>
  user_agent: string | undefined
  remote_address: string
}

export type SpanError = { time_us: number; attributes: Record<string, string> }
export type SpanLink = { trace_id: Uint8Array; span_id: Uint8Array }

export type SpanEvent = {
  trace_id: Uint8Array
  span_id: Uint8Array
  parent_id: Uint8Array | undefined
  name: string
  kind: number
  timestamp_us: number
  duration_ns: bigint
  status: 0 | 1 | 2
  resource: EventResource
  bag: AttributeBag
  links: readonly SpanLink[]
}

const links_max = 1024
const began_max = 1000
/** In memory at one time, for one request. */
const errors_max = 100
const errors_per_span_max = 4

/** Notes an error, so that the span tells what failed in it. */
export function noteError(stream: EventStream, span_id: string, error: SpanError): void {
  const known = stream.errors.get(span_id)
  if (known === undefined) stream.errors.set(span_id, [error])
  else if (known.length < errors_per_span_max) known.push(error)
  if (stream.errors.size > errors_max) stream.errors.delete(stream.errors.keys().next().value!)
}

/** A transaction without a time has just ended; its spans are told from its beginning. */
export function beginningOf(stream: EventStream, span_id: Uint8Array, duration_ns: bigint): number {
  const began_us = Math.max(0, stream.received_us - Number(duration_ns / 1000n))
  if (stream.began_us.size < began_max) {
    stream.began_us.set(Buffer.from(span_id).toString('hex'), began_us)
  }
  return began_us
}

export function writeSpan(encoder: TracesEncoder, event: SpanEvent, stream: EventStream): void {
  const { trace_id, span_id, name, kind, status } = event
  const start_ns = BigInt(event.timestamp_us) * 1000n
  encoder.resource(event.resource.bytes, event.resource.scope)
  encoder.begin({
    trace_id,
    span_id,
    parent_span_id: event.parent_id,
    name,
    kind,
    start_ns,
    end_ns: start_ns + event.duration_ns,
    status,
  })
  for (const [attribute, value] of event.bag.values) encoder.attribute(attribute, value)
  for (const link of event.links) encoder.link(link.trace_id, link.span_id)
  if (stream.errors.size > 0) writeErrors(encoder, event, stream)
  encoder.end()
}

function writeErrors(encoder: TracesEncoder, { span_id }: SpanEvent, stream: EventStream): void {
  const id = Buffer.from(span_id).toString('hex')
  for (const { time_us, attributes } of stream.errors.get(id) ?? []) {
    encoder.event(BigInt(time_us) * 1000n, 'exception', attributes)
  }
  stream.errors.delete(id)
}

/** The kind that an OpenTelemetry bridge names, e.g. SERVER. */
export function kindOfName(name: string | undefined): number | undefined {
  return name === undefined ? undefined : kindsByName.get(name.toLowerCase())
}

const kindsByName = new Map<string, number>(Object.entries(spanKinds))

export function statusOfOutcome(outcome: string): 0 | 1 | 2 {
  if (outcome === 'failure') return 2
  return outcome === 'success' ? 1 : 0
}

export function readLinks(event: JsonObject, path: string): SpanLink[] {
  const links: SpanLink[] = []
  for (const link of listAt(event, 'links', path).slice(0, links_max)) {
    if (!isObject(link)) continue
    const trace_id = idAt(link, 'trace_id', 32, `${path}.trace_id`)
    const span_id = idAt(link, 'span_id', 16, `${path}.span_id`)
    if (trace_id !== undefined && span_id !== undefined) links.push({ trace_id, span_id })
  }
  return links
}
