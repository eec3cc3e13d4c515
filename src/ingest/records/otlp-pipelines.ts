/**
 * Pipelines for OTLP's log records: those whose data set has one leave the decoder's straight road,
 * become flat fields and pass. All others are not touched, and cost one look at their attributes.
 */
import type { RejectReason } from '../../model/outcome.ts'
import type { Batch } from '../../wire/batch.ts'
import { found, kinds, readAnyValue, renderFound, scratch } from '../../wire/otlp/any-value.ts'
import { Attributes } from '../../wire/otlp/attributes.ts'
import type { DecodeContext, LogView } from '../../wire/otlp/context.ts'
import type { decodeOtlpLogs } from '../../wire/otlp/logs.ts'
import type { Resource } from '../../wire/otlp/resource.ts'
import { ProtobufReader } from '../../wire/protobuf-reader.ts'
import type { RecordContext } from '../receiver.ts'
import type { FlatRecord } from './flat-record.ts'
import { LogRows, recordDropped } from './log-rows.ts'
import { ownPath, pathOf } from './paths.ts'

const rows = new LogRows()
const encoder = new TextEncoder()
const decoder = new TextDecoder()
const datasetKeys = ['data_stream.dataset', 'event.dataset'].map((key) => encoder.encode(key))
const typeKey = encoder.encode('data_stream.type')
const severityPath = ownPath('log.level')
const tracePath = ownPath('trace.id')
const spanPath = ownPath('span.id')
const eventPath = ownPath('event_name')
const scopePath = ownPath('log.logger')

/** decodeOtlpLogs, through the pipelines that there are. */
export function decodeLogsThroughPipelines(
  body: Uint8Array,
  context: RecordContext,
  batch: Batch,
  decode: (
    body: Uint8Array,
    context: DecodeContext,
    batch: Batch,
  ) => ReturnType<typeof decodeOtlpLogs>,
) {
  const { pipelines } = context.parts
  if (pipelines.isEmpty()) return decode(body, context, batch)
  // Lines that are events were looked for by the decoder.
  rows.open({ ...context, takeRecord: undefined }, batch)
  const datasets = new Map<Resource, Stream>()
  const takeOverLog = (log: LogView): RejectReason | '' | undefined => {
    const stream = streamOf(log, datasets)
    if (!pipelines.has(stream.type, stream.dataset, '')) return undefined
    fill(rows.record, log)
    const verdict = rows.store()
    return verdict === recordDropped ? '' : verdict
  }
  const outcome = decode(body, { ...context, takeOverLog }, batch)
  rows.outcome('log records')
  return outcome
}

type Stream = { type: string; dataset: string }

function streamOf(log: LogView, datasets: Map<Resource, Stream>): Stream {
  let stream = datasets.get(log.resource)
  if (stream === undefined) {
    const said = new Map(attributesOf(log.resource))
    const dataset = said.get('data_stream.dataset') ?? said.get('event.dataset') ?? 'generic'
    stream = { type: said.get('data_stream.type') ?? 'logs', dataset }
    datasets.set(log.resource, stream)
  }
  const dataset = datasetKeys.map((key) => textOf(log, key)).find((word) => word !== undefined)
  const type = textOf(log, typeKey)
  if (dataset === undefined && type === undefined) return stream
  return { type: type ?? stream.type, dataset: dataset ?? stream.dataset }
}

function textOf({ reader, attributes }: LogView, key: Uint8Array): string | undefined {
  const index = attributes.indexOf(reader, key)
  if (index < 0 || attributes.kindOf(index) !== kinds.string) return undefined
  const start = attributes.valueStart(index)
  return decoder.decode(reader.bytes.subarray(start, attributes.valueEnd(index)))
}

const own = new ProtobufReader()
const resourceAttributes = new Attributes()

/** The attributes of a resource as text, from its bytes. */
function attributesOf({ raw }: Resource): [string, string][] {
  own.open(raw, 'resource')
  resourceAttributes.clear()
  for (let at = 0; at < raw.length; ) {
    const tag = own.varint(at)
    at = own.after
    if (tag === 10) {
      const from = own.enter(at, raw.length)
      at = own.stop
      resourceAttributes.add(own, from, at)
    } else at = own.skip(tag, at, raw.length)
  }
  const pairs: [string, string][] = []
  for (let i = 0; i < resourceAttributes.count; i++) {
    pairs.push([nameAt(resourceAttributes, own, i), valueAt(resourceAttributes, own, i)])
  }
  own.close()
  return pairs
}

function nameAt(attributes: Attributes, reader: ProtobufReader, index: number): string {
  return decoder.decode(reader.bytes.subarray(attributes.keyStart(index), attributes.keyEnd(index)))
}

function valueAt(attributes: Attributes, reader: ProtobufReader, index: number): string {
  if (attributes.kindOf(index) === kinds.string) {
    const start = attributes.valueStart(index)
    return decoder.decode(reader.bytes.subarray(start, attributes.valueEnd(index)))
  }
  attributes.render(index, reader)
  return decoder.decode(scratch.bytes.subarray(0, scratch.length))
}

function fill(record: FlatRecord, log: LogView): void {
  const { reader, attributes } = log
  record.clear()
  const resource = attributesOf(log.resource)
  for (const [name, value] of resource) record.string(pathOf(name), value)
  record.resourceNames = new Set(resource.map(([name]) => name))
  for (let i = 0; i < attributes.count; i++) {
    const path = pathOf(nameAt(attributes, reader, i))
    const kind = attributes.kindOf(i)
    if (kind === kinds.int || kind === kinds.double) record.number(path, attributes.value[i]!)
    else record.string(path, valueAt(attributes, reader, i))
  }
  fillTime(record, log)
  fillBody(record, log)
  const text = (from: number, to: number) => decoder.decode(reader.bytes.subarray(from, to))
  const hex = (from: number, length: number) =>
    Buffer.from(reader.bytes.subarray(from, from + length)).toString('hex')
  if (log.severityEnd > log.severityStart) {
    record.string(severityPath, text(log.severityStart, log.severityEnd))
  } else if (log.severity > 0) record.string(severityPath, levels[Math.min(24, log.severity)]!)
  if (log.traceAt !== 0) record.string(tracePath, hex(log.traceAt, 16))
  if (log.spanAt !== 0) record.string(spanPath, hex(log.spanAt, 8))
  if (log.eventEnd > log.eventStart) record.string(eventPath, text(log.eventStart, log.eventEnd))
  if (log.scopeEnd > log.scopeStart) record.string(scopePath, text(log.scopeStart, log.scopeEnd))
}

const levels = ['', ...['trace', 'debug', 'info', 'warn', 'error', 'fatal'].flatMap(fourTimes)]

function fourTimes(level: string): string[] {
  return [level, level, level, level]
}

function fillTime(record: FlatRecord, { reader, timeAt }: LogView): void {
  if (timeAt === 0) return
  const nanoseconds = reader.view.getBigUint64(timeAt, true)
  if (nanoseconds === 0n || nanoseconds >= 1n << 63n) return
  record.time(Number(nanoseconds / 1_000_000_000n), Number(nanoseconds % 1_000_000_000n))
}

const body_bytes_max = 1024 * 1024

function fillBody(record: FlatRecord, { reader, bodyStart, bodyEnd }: LogView): void {
  if (bodyEnd === bodyStart) return
  readAnyValue(reader, bodyStart, bodyEnd)
  if (found.kind === kinds.string) record.body(reader.view, found.start, found.end)
  else if (renderFound(reader, body_bytes_max)) record.body(scratch.view, 0, scratch.length)
}
