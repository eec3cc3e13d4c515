/** Traces as OTLP's protobuf: TracesData, which is Tempo's Trace, and Tempo's answer around it. */
import { Protobuf } from './encode-protobuf.ts'
import {
  type Attributes,
  attributesOf,
  isInteger,
  kindNumber,
  type Plain,
  resourceSpansOf,
  statusNumber,
  wordsOf,
} from './otlp.ts'
import type { Span } from './span.ts'

export function encodeTrace(spans: readonly Span[]): Uint8Array {
  const out = new Protobuf()
  writeTrace(out, spans)
  return out.written()
}

/** TraceByIDResponse of Tempo's second version. */
export function encodeTraceById(spans: readonly Span[], isPartial: boolean): Uint8Array {
  const out = new Protobuf()
  out.message(1, (trace) => writeTrace(trace, spans))
  if (isPartial) {
    out.varint(3, 1)
    out.text(4, 'the trace is larger than what is told')
  }
  return out.written()
}

function writeTrace(out: Protobuf, spans: readonly Span[]): void {
  for (const { resource, scopes } of resourceSpansOf(spans)) {
    out.message(1, (resourceSpans) => {
      resourceSpans.message(1, (inner) => writeAttributes(inner, 1, resource))
      for (const { name, spans: own } of scopes) {
        resourceSpans.message(2, (scopeSpans) => {
          scopeSpans.message(1, (scope) => scope.textIfAny(1, name))
          for (const span of own) scopeSpans.message(2, (inner) => writeSpan(inner, span))
        })
      }
    })
  }
}

function writeSpan(out: Protobuf, span: Span): void {
  out.bytes(1, Buffer.from(span.trace_id, 'hex'))
  out.bytes(2, Buffer.from(span.span_id, 'hex'))
  out.textIfAny(3, span.trace_state)
  if (span.parent_span_id !== '') out.bytes(4, Buffer.from(span.parent_span_id, 'hex'))
  out.text(5, span.name)
  out.varint(6, kindNumber(span.kind))
  out.fixed64(7, span.time_ns)
  out.fixed64(8, span.time_ns + BigInt(span.duration_ns))
  writeAttributes(out, 9, attributesOf(span))
  for (const event of span.events) {
    out.message(11, (inner) => {
      inner.fixed64(1, event.time_ns)
      inner.text(2, event.name)
      writeAttributes(inner, 3, wordsOf(event.attributes))
    })
  }
  for (const link of span.links) {
    out.message(13, (inner) => {
      inner.bytes(1, Buffer.from(link.trace_id, 'hex'))
      inner.bytes(2, Buffer.from(link.span_id, 'hex'))
      writeAttributes(inner, 4, wordsOf(link.attributes))
    })
  }
  out.message(15, (status) => {
    status.textIfAny(2, span.status_message)
    const code = statusNumber(span.status)
    if (code !== 0) status.varint(3, code)
  })
}

export function writeAttributes(out: Protobuf, field: number, attributes: Attributes): void {
  for (const [name, value] of attributes) {
    out.message(field, (pair) => {
      pair.text(1, name)
      pair.message(2, (any) => writeAnyValue(any, value))
    })
  }
}

function writeAnyValue(out: Protobuf, value: Plain): void {
  if (typeof value === 'string') out.text(1, value)
  else if (typeof value === 'boolean') out.varint(2, value ? 1 : 0)
  else if (isInteger(value)) out.varint(3, value)
  else out.double(4, value)
}
