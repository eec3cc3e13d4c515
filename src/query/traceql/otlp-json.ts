/**
 * Traces as JSON in OTLP's shape. Tempo writes ids in base64 and enums by name, Jaeger writes them
 * as OTLP says: in hex and by number.
 */
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

export type AnyValue =
  | { stringValue: string }
  | { intValue: string }
  | { doubleValue: number | string }
  | { boolValue: boolean }

export function anyValue(value: Plain): AnyValue {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (isInteger(value)) return { intValue: `${value}` }
  return { doubleValue: doubleOf(value) }
}

/** JSON has no infinities: protobuf's writes them as text. */
export function doubleOf(value: number): number | string {
  if (Number.isFinite(value)) return value
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}

export function keyValues(attributes: Attributes): { key: string; value: AnyValue }[] {
  return attributes.map(([key, value]) => ({ key, value: anyValue(value) }))
}

export type JsonStyle = 'tempo' | 'otlp'

export function resourceSpansJson(spans: readonly Span[], style: JsonStyle) {
  return resourceSpansOf(spans).map(({ resource, scopes }) => ({
    resource: { attributes: keyValues(resource) },
    scopeSpans: scopes.map(({ name, spans: own }) => ({
      scope: name === '' ? {} : { name },
      spans: own.map((span) => spanJson(span, style)),
    })),
  }))
}

function spanJson(span: Span, style: JsonStyle) {
  const id = (hex: string) => (style === 'tempo' ? Buffer.from(hex, 'hex').toString('base64') : hex)
  const kind = style === 'tempo' ? `SPAN_KIND_${span.kind.toUpperCase()}` : kindNumber(span.kind)
  const code =
    style === 'tempo' ? `STATUS_CODE_${span.status.toUpperCase()}` : statusNumber(span.status)
  return {
    traceId: id(span.trace_id),
    spanId: id(span.span_id),
    ...(span.trace_state === '' ? {} : { traceState: span.trace_state }),
    ...(span.parent_span_id === '' ? {} : { parentSpanId: id(span.parent_span_id) }),
    name: span.name,
    kind,
    startTimeUnixNano: `${span.time_ns}`,
    endTimeUnixNano: `${span.time_ns + BigInt(span.duration_ns)}`,
    attributes: keyValues(attributesOf(span)),
    events: span.events.map(({ time_ns, name, attributes }) => ({
      timeUnixNano: `${time_ns}`,
      name,
      attributes: keyValues(wordsOf(attributes)),
    })),
    links: span.links.map(({ trace_id, span_id, attributes }) => ({
      traceId: id(trace_id),
      spanId: id(span_id),
      attributes: keyValues(wordsOf(attributes)),
    })),
    status: {
      ...(span.status_message === '' ? {} : { message: span.status_message }),
      ...(span.status === 'unset' ? {} : { code }),
    },
  }
}
