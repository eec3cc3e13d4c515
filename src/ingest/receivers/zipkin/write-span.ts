/**
 * Zipkin spans in OpenTelemetry's words: tags to attributes, annotations to events, endpoints to
 * the service and its peer, and shared spans to spans of their own.
 */
import { viewOf } from '../../../wire/copy-bytes.ts'
import { Hash64 } from '../../../wire/hash.ts'
import { type AttributeValue, encodeResource, encodeScope } from '../../../wire/otlp/encode-logs.ts'
import { spanKinds, type TracesEncoder } from '../../../wire/otlp/encode-traces.ts'
import { addSystem } from './brave-words.ts'
import { eventOf, resourceTagsOf } from './otel-words.ts'
import type { Endpoint, ZipkinSpan } from './span.ts'

const noScope = encodeScope('', '')
const resources_max = 1000
const resource_key_chars_max = 4096
const resources = new Map<string, Uint8Array>()

/** The same bytes for the same service and tags, so that its spans stay together. */
function resourceOf({ local, tags }: ZipkinSpan, names: readonly string[]): Uint8Array {
  const name = local.service || tags.get('service.name') || 'unknown_service'
  const said = names.map((tag) => [tag, tags.get(tag)!] as const)
  const key = said.length === 0 ? name : JSON.stringify([name, said])
  const known = resources.get(key)
  if (known !== undefined) return known
  const made = encodeResource({ ...Object.fromEntries(said), 'service.name': name })
  if (resources.size >= resources_max) resources.clear()
  if (key.length <= resource_key_chars_max) resources.set(key, made)
  return made
}

const hash = new Hash64()

/**
 * Both halves of a shared span have one id, which is a key here. The client keeps it; the server's
 * half gets one that follows from it, and the client's half as its parent.
 */
export function serverIdOf(span: ZipkinSpan): Uint8Array {
  const service = Buffer.from(span.local.service)
  hash.reset(0x21b1)
  for (const part of [span.trace_id, span.id, service]) hash.bytes(viewOf(part), 0, part.length)
  hash.finish()
  const id = new Uint8Array(8)
  const view = viewOf(id)
  view.setInt32(0, hash.hi)
  // Never all zero, which is no id.
  view.setInt32(4, hash.lo | 1)
  return id
}

const hex = (id: Uint8Array) => Buffer.from(id).toString('hex')
const keyOf = (span: ZipkinSpan, id: Uint8Array) =>
  `${hex(span.trace_id)} ${hex(id)} ${span.local.service}`

/** The server halves of a request, so that what they called comes to lie under them. */
export class SharedSpans {
  readonly #ids = new Map<string, Uint8Array>()

  constructor(spans: readonly ZipkinSpan[]) {
    for (const span of spans) {
      if (span.isShared) this.#ids.set(keyOf(span, span.id), serverIdOf(span))
    }
  }

  idsOf(span: ZipkinSpan): { span_id: Uint8Array; parent_span_id: Uint8Array | undefined } {
    const { id, parent_id, isShared } = span
    if (this.#ids.size === 0) return { span_id: id, parent_span_id: parent_id }
    const own = isShared ? this.#ids.get(keyOf(span, id)) : undefined
    if (own !== undefined) return { span_id: own, parent_span_id: id }
    const isInside = parent_id !== undefined && span.kind !== spanKinds.server
    const inside = isInside ? this.#ids.get(keyOf(span, parent_id)) : undefined
    return { span_id: id, parent_span_id: inside ?? parent_id }
  }
}

export function writeSpan(
  encoder: TracesEncoder,
  span: ZipkinSpan,
  shared: SharedSpans,
  arrived_ms: number,
): void {
  const { trace_id, name, kind, tags } = span
  const start_ns = BigInt(startOf(span, arrived_ms)) * 1_000n
  const ofResource = resourceTagsOf(tags)
  encoder.resource(resourceOf(span, ofResource), noScope)
  encoder.begin({
    trace_id,
    ...shared.idsOf(span),
    name,
    kind,
    start_ns,
    end_ns: start_ns + BigInt(span.duration_us) * 1_000n,
    ...statusOf(tags),
  })
  for (const [key, value] of tags) if (!ofResource.includes(key)) encoder.attribute(key, value)
  const add = (key: string, value: AttributeValue) => {
    if (value !== '' && value !== 0 && !tags.has(key)) encoder.attribute(key, value)
  }
  add('network.local.address', span.local.ip)
  add('network.local.port', span.local.port)
  addPeer(kind, span.remote, add)
  addSystem(tags, span.remote.service, add)
  if (span.isDebug) add('zipkin.debug', true)
  if (span.isShared) add('zipkin.shared_span_id', hex(span.id))
  for (const { timestamp_us, value } of span.annotations) {
    const event = eventOf(value)
    encoder.event(BigInt(timestamp_us) * 1_000n, event.name, event.attributes)
  }
  encoder.end()
}

/** Zipkin lets the time out; then its first annotation's, or when it arrived, is nearest. */
function startOf({ timestamp_us, annotations }: ZipkinSpan, arrived_ms: number): number {
  if (timestamp_us > 0) return timestamp_us
  const times = annotations.map((one) => one.timestamp_us).filter((time) => time > 0)
  const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY)
  return Number.isFinite(first) ? first : arrived_ms * 1_000
}

function addPeer(
  kind: number,
  { service, ip, port }: Endpoint,
  add: (key: string, value: AttributeValue) => void,
): void {
  const isEntry = kind === spanKinds.server || kind === spanKinds.consumer
  const side = isEntry ? 'client' : 'server'
  add('peer.service', service)
  add(`${side}.address`, ip || service)
  add(`${side}.port`, port)
  add('network.peer.address', ip)
  if (ip !== '') add('network.peer.port', port)
}

/** Zipkin's `error` tag, and what OpenTelemetry's exporter for Zipkin writes. */
export function statusOf(tags: ReadonlyMap<string, string>): {
  status: 0 | 1 | 2
  status_message: string
} {
  const error = tags.get('error')
  const code = tags.get('otel.status_code')?.toUpperCase()
  const isError = code === 'ERROR' || (error !== undefined && error !== 'false')
  if (!isError) return { status: code === 'OK' ? 1 : 0, status_message: '' }
  const said = tags.get('otel.status_description') ?? error ?? ''
  return { status: 2, status_message: said === 'true' ? '' : said }
}
