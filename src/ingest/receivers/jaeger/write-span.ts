/**
 * Jaeger spans in OpenTelemetry's words: tags to attributes, logs to events, references to the
 * parent and links, the process to the resource.
 */
import { sameBytes } from '../../../wire/hash.ts'
import { type AttributeValue, encodeResource, encodeScope } from '../../../wire/otlp/encode-logs.ts'
import { spanKinds, type TracesEncoder } from '../../../wire/otlp/encode-traces.ts'
import type { JaegerSpan, Process, Reference, Tag } from './span.ts'

const noScope = encodeScope('', '')

/** Jaeger's clients call the host so. */
const processWords: Readonly<Record<string, string>> = { hostname: 'host.name' }

/** To be made once for the spans of a process. */
export function resourceOf({ service, tags }: Process): Uint8Array {
  const attributes = new Map<string, AttributeValue>()
  for (const { key, value } of tags) {
    const word = Object.hasOwn(processWords, key) ? processWords[key]! : key
    if (key !== '') attributes.set(word, value)
  }
  if (service !== '' || !attributes.has('service.name')) {
    attributes.set('service.name', service || 'unknown_service')
  }
  return encodeResource(Object.fromEntries(attributes))
}

export function writeSpan(encoder: TracesEncoder, span: JaegerSpan, resource: Uint8Array): void {
  const tags = new Map(span.tags.map(({ key, value }) => [key, value]))
  const parent = parentOf(span)
  const kind = kindOf(tags.get('span.kind'))
  encoder.resource(resource, noScope)
  encoder.begin({
    trace_id: span.trace_id,
    span_id: span.span_id,
    parent_span_id: parent.id,
    name: span.name,
    kind,
    start_ns: span.start_ns,
    end_ns: span.start_ns + span.duration_ns,
    ...statusOf(tags),
  })
  for (const { key, value } of span.tags) encoder.attribute(key, value)
  for (const [key, value] of peerOf(kind, tags)) encoder.attribute(key, value)
  for (const { time_ns, fields } of span.logs) writeLog(encoder, time_ns, fields)
  for (const reference of span.references) {
    if (reference !== parent.reference) encoder.link(reference.trace_id, reference.span_id)
  }
  encoder.end()
}

function kindOf(said: unknown): number {
  const kind = String(said).toLowerCase()
  return Object.hasOwn(spanKinds, kind)
    ? spanKinds[kind as keyof typeof spanKinds]
    : spanKinds.internal
}

/** The field of its own, else the first reference of the same trace that says child, else any. */
function parentOf(span: JaegerSpan): { id?: Uint8Array; reference?: Reference } {
  const { parent_id, trace_id, references } = span
  const isSame = (a: Uint8Array, b: Uint8Array) => sameBytes(a, 0, b, 0, a.length)
  const near = references.filter((one) => isSame(one.trace_id, trace_id))
  if (parent_id !== undefined) {
    const reference = near.find((one) => isSame(one.span_id, parent_id))
    return reference === undefined ? { id: parent_id } : { id: parent_id, reference }
  }
  const reference = near.find(({ isChild }) => isChild) ?? near[0]
  return reference === undefined ? {} : { id: reference.span_id, reference }
}

type Tags = ReadonlyMap<string, AttributeValue>

function statusOf(tags: Tags): { status: 0 | 1 | 2; status_message: string } {
  const code = String(tags.get('otel.status_code') ?? '').toUpperCase()
  const error = tags.get('error')
  const isError = error !== undefined && error !== false && error !== 'false'
  if (code !== 'ERROR' && !isError) return { status: code === 'OK' ? 1 : 0, status_message: '' }
  const said = tags.get('otel.status_description') ?? tags.get('error.message') ?? error
  return { status: 2, status_message: typeof said === 'string' && said !== 'true' ? said : '' }
}

/** What OpenTracing called the other side, in the words that maps read. */
const peerWords = [
  ['server.address', ['peer.hostname', 'peer.address', 'peer.ipv4', 'peer.ipv6']],
  ['server.port', ['peer.port']],
  ['db.system', ['db.type']],
  ['db.name', ['db.instance']],
  ['messaging.destination.name', ['message_bus.destination']],
] as const

function* peerOf(kind: number, tags: Tags): Generator<[string, AttributeValue]> {
  const isEntry = kind === spanKinds.server || kind === spanKinds.consumer
  for (const [word, names] of peerWords) {
    if (tags.has(word) || (isEntry && word.startsWith('server.'))) continue
    const value = names.map((name) => tags.get(name)).find((one) => one !== undefined)
    if (value !== undefined) yield [word, value]
  }
}

/** OpenTracing's error fields, as OpenTelemetry names them. */
const errorWords: Readonly<Record<string, string>> = {
  'error.kind': 'exception.type',
  'error.object': 'exception.message',
  message: 'exception.message',
  stack: 'exception.stacktrace',
}

function writeLog(encoder: TracesEncoder, time_ns: bigint, fields: readonly Tag[]): void {
  const named = new Map(fields.map(({ key, value }) => [key, value]))
  const event = named.get('event')
  const isError = event === 'error' && (named.has('error.kind') || named.has('error.object'))
  named.delete('event')
  if (isError) {
    for (const [key, word] of Object.entries(errorWords)) {
      const value = named.get(key)
      if (value !== undefined) named.set(word, value)
    }
  }
  const name = isError ? 'exception' : String(event ?? named.get('message') ?? 'log')
  encoder.event(time_ns, name, Object.fromEntries(named))
}
