/** Jaeger's `Batch` in either of Thrift's protocols, as jaeger.thrift describes it. */
import { type ThriftReader, thriftTypes } from '../../../wire/thrift/reader.ts'
import type { JaegerSpan, Process, Reference, Tag } from './span.ts'

const { bool, double, i32, i64, list, string, struct } = thriftTypes
const tagTypes = { string: 0, double: 1, bool: 2, long: 3, binary: 4 } as const

/**
 * Reads a batch. Spans may come before the process that they are of, so where they begin is
 * remembered and they are read at the end, one by one.
 */
export function readBatch(
  reader: ThriftReader,
  eachSpan: (process: Process, left: number) => boolean,
): void {
  let process: Process = { service: '', tags: [] }
  const spans: { at: number; count: number }[] = []
  for (let id = 0; reader.field(id); ) {
    id = reader.id
    if (id === 1 && reader.type === struct) process = readProcess(reader)
    else if (id === 2 && reader.type === list) {
      const { at } = reader
      reader.list()
      const { count, elementType } = reader
      if (count > 0 && elementType !== struct) reader.fail('expected a list of spans')
      spans.push({ at, count })
      reader.at = at
      reader.skip(list)
    } else reader.skip(reader.type)
  }
  const end = reader.at
  for (const { at, count } of spans) {
    reader.at = at
    reader.list()
    for (let left = count; left > 0; left--) if (!eachSpan(process, left)) break
  }
  reader.at = end
}

function readProcess(reader: ThriftReader): Process {
  let service = ''
  let tags: Tag[] = []
  for (let id = 0; reader.field(id); ) {
    id = reader.id
    if (id === 1 && reader.type === string) service = reader.string()
    else if (id === 2 && reader.type === list) tags = readList(reader, readTag)
    else reader.skip(reader.type)
  }
  return { service, tags }
}

function readList<Item>(reader: ThriftReader, read: (reader: ThriftReader) => Item): Item[] {
  reader.list()
  const { count, elementType } = reader
  if (count > 0 && elementType !== struct) reader.fail('expected a list of structs')
  const items: Item[] = []
  for (let i = 0; i < count; i++) items.push(read(reader))
  return items
}

/** The value is the one that the type names; a tag without it is empty text. */
function readTag(reader: ThriftReader): Tag {
  let key = ''
  let type = 0
  const values: Partial<Record<number, Tag['value']>> = {}
  for (let id = 0; reader.field(id); ) {
    id = reader.id
    if (id === 1 && reader.type === string) key = reader.string()
    else if (id === 2 && reader.type === i32) type = reader.i32()
    else if (id === 3 && reader.type === string) values[tagTypes.string] = reader.string()
    else if (id === 4 && reader.type === double) values[tagTypes.double] = reader.double()
    else if (id === 5 && reader.type === bool) values[tagTypes.bool] = reader.bool()
    else if (id === 6 && reader.type === i64) values[tagTypes.long] = reader.i64()
    else if (id === 7 && reader.type === string) {
      values[tagTypes.binary] = Buffer.from(reader.binary()).toString('base64')
    } else reader.skip(reader.type)
  }
  return { key, value: values[type] ?? '' }
}

function readLog(reader: ThriftReader): { time_ns: bigint; fields: Tag[] } {
  let time_ns = 0n
  let fields: Tag[] = []
  for (let id = 0; reader.field(id); ) {
    id = reader.id
    if (id === 1 && reader.type === i64) time_ns = nanosecondsOf(reader.i64())
    else if (id === 2 && reader.type === list) fields = readList(reader, readTag)
    else reader.skip(reader.type)
  }
  return { time_ns, fields }
}

function readReference(reader: ThriftReader): Reference {
  const reference = { trace_id: new Uint8Array(16), span_id: new Uint8Array(8), isChild: true }
  for (let id = 0; reader.field(id); ) {
    id = reader.id
    if (id === 1 && reader.type === i32) reference.isChild = reader.i32() === 0
    else if (id === 2 && reader.type === i64) putId(reference.trace_id, 8, reader.i64())
    else if (id === 3 && reader.type === i64) putId(reference.trace_id, 0, reader.i64())
    else if (id === 4 && reader.type === i64) putId(reference.span_id, 0, reader.i64())
    else reader.skip(reader.type)
  }
  return reference
}

/** The span at the reader's place. */
export function readSpan(reader: ThriftReader): JaegerSpan {
  const span = {
    trace_id: new Uint8Array(16),
    span_id: new Uint8Array(8),
    parent_id: undefined as Uint8Array | undefined,
    name: '',
    start_ns: 0n,
    duration_ns: 0n,
    references: [] as Reference[],
    tags: [] as Tag[],
    logs: [] as { time_ns: bigint; fields: Tag[] }[],
  }
  for (let id = 0; reader.field(id); ) {
    id = reader.id
    const { type } = reader
    if (type === i64) readNumber(id, reader.i64(), span)
    else if (id === 5 && type === string) span.name = reader.string()
    else if (id === 6 && type === list) span.references = readList(reader, readReference)
    else if (id === 10 && type === list) span.tags = readList(reader, readTag)
    else if (id === 11 && type === list) span.logs = readList(reader, readLog)
    else reader.skip(type)
  }
  return span
}

type Numbers = Pick<JaegerSpan, 'trace_id' | 'span_id'> & {
  parent_id: Uint8Array | undefined
  start_ns: bigint
  duration_ns: bigint
}

function readNumber(id: number, value: bigint, span: Numbers): void {
  if (id === 1) putId(span.trace_id, 8, value)
  else if (id === 2) putId(span.trace_id, 0, value)
  else if (id === 3) putId(span.span_id, 0, value)
  else if (id === 4 && value !== 0n) {
    span.parent_id = new Uint8Array(8)
    putId(span.parent_id, 0, value)
  } else if (id === 8) span.start_ns = nanosecondsOf(value)
  else if (id === 9) span.duration_ns = nanosecondsOf(value)
}

function putId(id: Uint8Array, at: number, value: bigint): void {
  new DataView(id.buffer).setBigInt64(at, value)
}

/** Of microseconds; none that no clock shows. */
function nanosecondsOf(microseconds: bigint): bigint {
  return microseconds > 0n && microseconds < 9_223_372_036_854_775n ? microseconds * 1000n : 0n
}
