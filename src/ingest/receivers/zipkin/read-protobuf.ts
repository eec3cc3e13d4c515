/** Zipkin spans from `zipkin.proto3.ListOfSpans`. */
import { spanKinds } from '../../../wire/otlp/encode-traces.ts'
import type { ProtobufReader } from '../../../wire/protobuf-reader.ts'
import { type Endpoint, paddedId, type ZipkinSpan } from './span.ts'

const decoder = new TextDecoder()
const listTags = { span: 0x0a }

/** Calls read with where each span lies. */
export function eachSpan(
  reader: ProtobufReader,
  end: number,
  read: (start: number, end: number) => void,
): void {
  for (let at = 0; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag !== listTags.span) at = reader.skip(tag, at, end)
    else {
      const start = reader.enter(at, end)
      at = reader.stop
      read(start, at)
    }
  }
}

const kinds = [
  spanKinds.internal,
  spanKinds.client,
  spanKinds.server,
  spanKinds.producer,
  spanKinds.consumer,
]

/** Each field of a message with its number, and its varint or where its bytes lie. */
type Field = { number: number; value: number; start: number; end: number }

function* fieldsOf(reader: ProtobufReader, start: number, end: number): Generator<Field> {
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    const number = Math.floor(tag / 8)
    if (number === 0) reader.fail(at, 'a field has number 0')
    const from = reader.after
    const wire = tag & 7
    if (wire === 2) {
      const inner = reader.enter(from, end)
      at = reader.stop
      yield { number, value: 0, start: inner, end: at }
      continue
    }
    at = reader.skip(tag, from, end)
    let value = 0
    if (wire === 0) {
      value = reader.varint(from)
      value += reader.hi * 0x1_0000_0000
    } else if (wire === 1) value = fixed64(reader, from)
    yield { number, value, start: from, end: at }
  }
}

function fixed64({ view }: ProtobufReader, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000
}

const whole = (value: number) => (Number.isSafeInteger(value) ? value : 0)

export function spanOfProtobuf(reader: ProtobufReader, start: number, end: number): ZipkinSpan {
  const { bytes } = reader
  const span = emptySpan()
  const textAt = (field: Field) => decoder.decode(bytes.subarray(field.start, field.end))
  for (const field of fieldsOf(reader, start, end)) {
    const { value } = field
    switch (field.number) {
      case 1:
        span.trace_id = paddedId(bytes.subarray(field.start, field.end), 16)
        break
      case 2:
        span.parent_id = parentOf(bytes.subarray(field.start, field.end))
        break
      case 3:
        span.id = paddedId(bytes.subarray(field.start, field.end), 8)
        break
      case 4:
        span.kind = kinds[value] ?? spanKinds.internal
        break
      case 5:
        span.name = textAt(field)
        break
      case 6:
        span.timestamp_us = whole(value)
        break
      case 7:
        span.duration_us = whole(value)
        break
      case 8:
        span.local = endpointOf(reader, field)
        break
      case 9:
        span.remote = endpointOf(reader, field)
        break
      case 10:
        span.annotations.push(annotationOf(reader, field))
        break
      case 11:
        addTag(reader, field, span.tags)
        break
      case 12:
        span.isDebug = value !== 0
        break
      case 13:
        span.isShared = value !== 0
    }
  }
  return span
}

function emptySpan() {
  return {
    trace_id: new Uint8Array(16),
    id: new Uint8Array(8),
    parent_id: undefined as Uint8Array | undefined,
    kind: spanKinds.internal as number,
    name: '',
    timestamp_us: 0,
    duration_us: 0,
    local: { service: '', ip: '', port: 0 },
    remote: { service: '', ip: '', port: 0 },
    annotations: [] as { timestamp_us: number; value: string }[],
    tags: new Map<string, string>(),
    isDebug: false,
    isShared: false,
  }
}

function parentOf(sent: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  return sent.some((byte) => byte !== 0) ? paddedId(sent, 8) : undefined
}

function endpointOf(reader: ProtobufReader, { start, end }: Field): Endpoint {
  const endpoint = { service: '', ip: '', port: 0 }
  for (const field of fieldsOf(reader, start, end)) {
    const bytes = reader.bytes.subarray(field.start, field.end)
    if (field.number === 1) endpoint.service = decoder.decode(bytes)
    else if (field.number === 2 && bytes.length === 4) endpoint.ip = bytes.join('.')
    else if (field.number === 3 && bytes.length === 16) endpoint.ip ||= ipv6Of(bytes)
    else if (field.number === 4 && field.value < 65_536) endpoint.port = field.value
  }
  return endpoint
}

/** Without the short form for zeros: as an address it is the same. */
function ipv6Of(bytes: Uint8Array): string {
  const groups: string[] = []
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i]! << 8) | bytes[i + 1]!).toString(16))
  return groups.join(':')
}

function annotationOf(reader: ProtobufReader, { start, end }: Field) {
  const annotation = { timestamp_us: 0, value: '' }
  for (const field of fieldsOf(reader, start, end)) {
    if (field.number === 1) annotation.timestamp_us = whole(field.value)
    else if (field.number === 2) {
      annotation.value = decoder.decode(reader.bytes.subarray(field.start, field.end))
    }
  }
  return annotation
}

function addTag(reader: ProtobufReader, { start, end }: Field, tags: Map<string, string>): void {
  let key = ''
  let value = ''
  for (const field of fieldsOf(reader, start, end)) {
    const text = decoder.decode(reader.bytes.subarray(field.start, field.end))
    if (field.number === 1) key = text
    else if (field.number === 2) value = text
  }
  tags.set(key, value)
}
