/**
 * Writes OTLP trace export requests, for protocols that carry spans in other shapes. Knows how a
 * span is laid out; what a tag means is decided where it is read.
 */
import { RowBuffer } from '../row-buffer.ts'
import { type AttributeValue, putKeyValue, putText } from './encode-logs.ts'

/** Lengths of open messages are written when they close, padded to this size: 256 MiB at most. */
const length_bytes = 4

const tags = { resourceSpans: 0x0a, resource: 0x0a, scopeSpans: 0x12, scope: 0x0a, span: 0x12 }
const spanTags = {
  traceId: 0x0a,
  spanId: 0x12,
  traceState: 0x1a,
  parentSpanId: 0x22,
  name: 0x2a,
  kind: 0x30,
  start: 0x39,
  end: 0x41,
  attribute: 0x4a,
  event: 0x5a,
  link: 0x6a,
  status: 0x7a,
}
const eventTags = { time: 0x09, name: 0x12, attribute: 0x1a }
const linkTags = { traceId: 0x0a, spanId: 0x12 }
const statusTags = { message: 0x12, code: 0x18 }

/** As OTLP numbers them. */
export const spanKinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const

export type EncodedSpan = {
  trace_id: Uint8Array
  span_id: Uint8Array
  parent_span_id?: Uint8Array | undefined
  trace_state?: string
  name: string
  kind: number
  start_ns: bigint
  end_ns: bigint
  /** 0 is unset, 1 is ok, 2 is an error. */
  status?: 0 | 1 | 2
  status_message?: string
}

export class TracesEncoder {
  readonly #out: RowBuffer
  #resource: Uint8Array | undefined
  #scope: Uint8Array | undefined
  #resourceAt = 0
  #scopeAt = 0
  #spanAt = 0
  /** Spans so far. */
  records = 0

  constructor(capacity_bytes = 16 * 1024) {
    this.#out = new RowBuffer(capacity_bytes)
  }

  /** How large the request is by now. */
  get length(): number {
    return this.#out.length
  }

  /**
   * The spans that follow are of this resource and scope: bytes of encodeResource and encodeScope.
   * The same bytes again cost nothing.
   */
  resource(resource: Uint8Array, scope: Uint8Array): void {
    if (this.#resource === resource && this.#scope === scope) return
    this.#closeResource()
    this.#resource = resource
    this.#scope = scope
    this.#resourceAt = this.#open(tags.resourceSpans)
    this.#bytes(tags.resource, resource)
    this.#scopeAt = this.#open(tags.scopeSpans)
    this.#bytes(tags.scope, scope)
  }

  /** Opens a span; its attributes, events and links follow in any order, then end(). */
  begin(span: EncodedSpan): void {
    const out = this.#out
    this.#spanAt = this.#open(tags.span)
    this.#bytes(spanTags.traceId, span.trace_id)
    this.#bytes(spanTags.spanId, span.span_id)
    if (span.parent_span_id !== undefined) this.#bytes(spanTags.parentSpanId, span.parent_span_id)
    if (span.trace_state) putText(out, spanTags.traceState, span.trace_state)
    putText(out, spanTags.name, span.name)
    out.u8(spanTags.kind)
    out.varint(span.kind)
    this.#time(spanTags.start, span.start_ns)
    this.#time(spanTags.end, span.end_ns)
    this.#status(span.status ?? 0, span.status_message ?? '')
  }

  attribute(key: string, value: AttributeValue): void {
    putKeyValue(this.#out, spanTags.attribute, key, value)
  }

  event(
    time_ns: bigint,
    name: string,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): void {
    const at = this.#open(spanTags.event)
    this.#time(eventTags.time, time_ns)
    putText(this.#out, eventTags.name, name)
    for (const [key, value] of Object.entries(attributes)) {
      putKeyValue(this.#out, eventTags.attribute, key, value)
    }
    this.#close(at)
  }

  link(trace_id: Uint8Array, span_id: Uint8Array): void {
    const at = this.#open(spanTags.link)
    this.#bytes(linkTags.traceId, trace_id)
    this.#bytes(linkTags.spanId, span_id)
    this.#close(at)
  }

  end(): void {
    this.#close(this.#spanAt)
    this.records++
  }

  /** The finished request, the caller's own; the encoder is empty afterwards. */
  take(): Uint8Array {
    this.#closeResource()
    const request = this.#out.written().slice()
    this.discard()
    return request
  }

  /** Forgets what was written, also a span that was not ended. */
  discard(): void {
    this.#out.clear()
    this.#resource = this.#scope = undefined
    this.records = 0
  }

  #status(code: number, message: string): void {
    if (code === 0 && message === '') return
    const at = this.#open(spanTags.status)
    if (message !== '') putText(this.#out, statusTags.message, message)
    this.#out.u8(statusTags.code)
    this.#out.u8(code)
    this.#close(at)
  }

  #time(tag: number, time_ns: bigint): void {
    this.#out.u8(tag)
    const lo = Number(BigInt.asIntN(32, time_ns))
    this.#out.int64(lo, Number(BigInt.asIntN(32, time_ns >> 32n)))
  }

  #bytes(tag: number, bytes: Uint8Array): void {
    this.#out.u8(tag)
    this.#out.varint(bytes.length)
    this.#out.raw(bytes)
  }

  #closeResource(): void {
    if (this.#resource === undefined) return
    this.#close(this.#scopeAt)
    this.#close(this.#resourceAt)
    this.#resource = undefined
  }

  #open(tag: number): number {
    this.#out.u8(tag)
    this.#out.zeros(length_bytes)
    return this.#out.length
  }

  #close(start: number): void {
    const { bytes, length: end } = this.#out
    let length = end - start
    for (let at = start - length_bytes; at < start - 1; at++) {
      bytes[at] = (length & 0x7f) | 0x80
      length >>>= 7
    }
    bytes[start - 1] = length
  }
}
