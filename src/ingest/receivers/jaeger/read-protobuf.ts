/** Jaeger's `api_v2.PostSpansRequest`, as its agents and clients send it over gRPC. */
import type { ProtobufReader } from '../../../wire/protobuf-reader.ts'
import { paddedId } from '../zipkin/span.ts'
import type { JaegerSpan, Process, Reference, Tag } from './span.ts'

const decoder = new TextDecoder()

/** A field of a message: its varint, or where its bytes lie. */
type Field = { number: number; lo: number; hi: number; start: number; end: number }

function* fieldsOf(reader: ProtobufReader, start: number, end: number): Generator<Field> {
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    const number = Math.floor(tag / 8)
    if (number === 0) reader.fail(at, 'a field has number 0')
    const from = reader.after
    if ((tag & 7) === 2) {
      const inner = reader.enter(from, end)
      at = reader.stop
      yield { number, lo: 0, hi: 0, start: inner, end: at }
      continue
    }
    at = reader.skip(tag, from, end)
    const isVarint = (tag & 7) === 0
    const lo = isVarint ? reader.varint(from) : 0
    yield { number, lo, hi: isVarint ? reader.hi : 0, start: from, end: at }
  }
}

type Range = { start: number; end: number }

/** Where the batch's spans lie, and its process. */
export function readRequest(reader: ProtobufReader, end: number) {
  const spans: Range[] = []
  let process: Process = { service: '', tags: [] }
  for (const request of fieldsOf(reader, 0, end)) {
    if (request.number !== 1) continue
    for (const field of fieldsOf(reader, request.start, request.end)) {
      if (field.number === 1) spans.push({ start: field.start, end: field.end })
      else if (field.number === 2) process = readProcess(reader, field)
    }
  }
  return { spans, process }
}

function textOf(reader: ProtobufReader, { start, end }: Range): string {
  return decoder.decode(reader.bytes.subarray(start, end))
}

function readProcess(reader: ProtobufReader, { start, end }: Range): Process {
  let service = ''
  const tags: Tag[] = []
  for (const field of fieldsOf(reader, start, end)) {
    if (field.number === 1) service = textOf(reader, field)
    else if (field.number === 2) tags.push(readTag(reader, field))
  }
  return { service, tags }
}

/** STRING, BOOL, INT64, FLOAT64 and BINARY, by the field each has. */
const valueFields = [3, 4, 5, 6, 7]

function readTag(reader: ProtobufReader, { start, end }: Range): Tag {
  let key = ''
  let type = 0
  const values = new Map<number, Tag['value']>()
  for (const field of fieldsOf(reader, start, end)) {
    const { number } = field
    if (number === 1) key = textOf(reader, field)
    else if (number === 2) type = field.lo
    else if (number === 3) values.set(3, textOf(reader, field))
    else if (number === 4) values.set(4, field.lo !== 0)
    else if (number === 5) values.set(5, int64Of(field))
    else if (number === 6 && field.end - field.start === 8) {
      values.set(6, reader.view.getFloat64(field.start, true))
    } else if (number === 7) {
      const bytes = reader.bytes.subarray(field.start, field.end)
      values.set(7, Buffer.from(bytes).toString('base64'))
    }
  }
  // A value that is the default of its type is not sent.
  const unsent = [...['', false, 0n, 0], ''][type] ?? ''
  return { key, value: values.get(valueFields[type] ?? 3) ?? unsent }
}

function int64Of({ lo, hi }: Field): bigint {
  return BigInt.asIntN(64, (BigInt(hi) << 32n) | BigInt(lo))
}

/** Timestamp and Duration: seconds and nanoseconds. */
function nanosecondsOf(reader: ProtobufReader, { start, end }: Range): bigint {
  let sum = 0n
  for (const field of fieldsOf(reader, start, end)) {
    if (field.number === 1) sum += int64Of(field) * 1_000_000_000n
    else if (field.number === 2) sum += int64Of(field)
  }
  return sum > 0n && sum < 1n << 63n ? sum : 0n
}

function readLog(reader: ProtobufReader, { start, end }: Range) {
  let time_ns = 0n
  const fields: Tag[] = []
  for (const field of fieldsOf(reader, start, end)) {
    if (field.number === 1) time_ns = nanosecondsOf(reader, field)
    else if (field.number === 2) fields.push(readTag(reader, field))
  }
  return { time_ns, fields }
}

function readReference(reader: ProtobufReader, { start, end }: Range): Reference {
  const reference = { trace_id: new Uint8Array(16), span_id: new Uint8Array(8), isChild: true }
  for (const field of fieldsOf(reader, start, end)) {
    const bytes = reader.bytes.subarray(field.start, field.end)
    if (field.number === 1) reference.trace_id = paddedId(bytes, 16)
    else if (field.number === 2) reference.span_id = paddedId(bytes, 8)
    else if (field.number === 3) reference.isChild = field.lo === 0
  }
  return reference
}

/** The span, and its process when it names one of its own. */
export function readSpan(
  reader: ProtobufReader,
  { start, end }: Range,
): { span: JaegerSpan; process: Process | undefined } {
  const span = {
    trace_id: new Uint8Array(16),
    span_id: new Uint8Array(8),
    parent_id: undefined,
    name: '',
    start_ns: 0n,
    duration_ns: 0n,
    references: [] as Reference[],
    tags: [] as Tag[],
    logs: [] as { time_ns: bigint; fields: Tag[] }[],
  }
  let process: Process | undefined
  for (const field of fieldsOf(reader, start, end)) {
    const { number } = field
    if (number === 1) span.trace_id = idOf(reader, field, 16)
    else if (number === 2) span.span_id = idOf(reader, field, 8)
    else if (number === 3) span.name = textOf(reader, field)
    else if (number === 4) span.references.push(readReference(reader, field))
    else if (number === 6) span.start_ns = nanosecondsOf(reader, field)
    else if (number === 7) span.duration_ns = nanosecondsOf(reader, field)
    else if (number === 8) span.tags.push(readTag(reader, field))
    else if (number === 9) span.logs.push(readLog(reader, field))
    else if (number === 10) process = readProcess(reader, field)
  }
  return { span, process }
}

function idOf(reader: ProtobufReader, { start, end }: Range, bytes: number) {
  return paddedId(reader.bytes.subarray(start, end), bytes)
}
