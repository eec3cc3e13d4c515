/**
 * OTLP logs from protobuf bytes to rows of table logs, in one pass and without an object per
 * record. Leaves sockets, sizes and durability to ingest.
 */
import { type EventLineKind, type EventLines, eventLineAt } from '../../model/event-lines.ts'
import { limits } from '../../model/limits.ts'
import type { DecodeOutcome, RejectReason } from '../../model/outcome.ts'
import type { Batch } from '../batch.ts'
import { copyBytes, viewOf } from '../copy-bytes.ts'
import { quickHash, sameBytes } from '../hash.ts'
import type { RowBuffer } from '../row-buffer.ts'
import { hashTemplate, template } from '../template.ts'
import { cutAt, cutWord, found, kinds, readAnyValue, renderFound, scratch } from './any-value.ts'
import { Attributes } from './attributes.ts'
import type { DecodeContext } from './context.ts'
import { severityNumberOf } from './severity.ts'
import { isInt64At, isZeroAt, msAt, nanosecondBytes } from './time.ts'
import { stored, Walk, walkRequest } from './walk.ts'

const walk = new Walk()
const attributes = new Attributes()
let arrived = nanosecondBytes(0)

export function decodeOtlpLogs(
  body: Uint8Array,
  context: DecodeContext,
  batch: Batch,
): DecodeOutcome {
  arrived = nanosecondBytes(context.arrived_ms)
  walkRequest(walk, 'OTLP logs', body, context, batch, readLogRecord)
  return walk.tally.outcome('log records')
}

/** Where the parts of the current record lie; 0 is a part that was not sent. */
const record = {
  timeAt: 0,
  observedAt: 0,
  severity: 0,
  severityStart: 0,
  severityEnd: 0,
  bodyStart: 0,
  bodyEnd: 0,
  flags: 0,
  traceAt: 0,
  spanAt: 0,
  eventStart: 0,
  eventEnd: 0,
}

function scanRecord(start: number, end: number): void {
  const { reader } = walk
  const { bytes } = reader
  attributes.clear()
  record.timeAt = record.observedAt = record.severity = record.severityStart = 0
  record.severityEnd = record.bodyStart = record.bodyEnd = record.flags = 0
  record.traceAt = record.spanAt = record.eventStart = record.eventEnd = 0
  for (let at = start; at < end; ) {
    const tag = bytes[at++]!
    switch (tag) {
      case 50: {
        const from = reader.enter(at, end)
        at = reader.stop
        attributes.add(reader, from, at)
        break
      }
      case 9:
        record.timeAt = at
        at = reader.within(at + 8, end)
        break
      case 89:
        record.observedAt = at
        at = reader.within(at + 8, end)
        break
      case 16:
        record.severity = reader.varint(at) | 0
        at = reader.within(reader.after, end)
        break
      case 26:
        record.severityStart = reader.enter(at, end)
        at = record.severityEnd = reader.stop
        break
      case 42:
        record.bodyStart = reader.enter(at, end)
        at = record.bodyEnd = reader.stop
        break
      case 69:
        record.flags = bytes[at]!
        at = reader.within(at + 4, end)
        break
      case 74:
        record.traceAt = reader.enter(at, end)
        at = reader.stop
        if (at - record.traceAt !== 16) record.traceAt = 0
        break
      case 82:
        record.spanAt = reader.enter(at, end)
        at = reader.stop
        if (at - record.spanAt !== 8) record.spanAt = 0
        break
      case 98:
        record.eventStart = reader.enter(at, end)
        at = record.eventEnd = reader.stop
        break
      default:
        at = reader.skip(reader.varint(at - 1), reader.after, end)
    }
  }
}

function readLogRecord(_walk: Walk, start: number, end: number): void {
  const reason = storeRecord(start, end)
  if (reason === stored) walk.tally.accepted++
  else if (reason !== taken) walk.tally.reject(reason)
}

/** The record was an event of another kind, which was stored and counted as such. */
const taken = 'taken'

function isTaken(lines: EventLines): boolean {
  const { reader, prefix, context } = walk
  if (context.takeLine === undefined) return false
  let kind = lines
  if (lines === 'any') {
    kind = headOfBody()
    if (kind === '') return false
  }
  readAnyValue(reader, record.bodyStart, record.bodyEnd)
  let { bytes } = reader
  let { start, end } = found
  if (found.kind !== kinds.string) {
    // A collector that took the line apart: as JSON it is the line again.
    if (found.kind !== kinds.map || !renderFound(reader, limits.body_bytes_max)) return false
    bytes = scratch.bytes
    start = 0
    end = scratch.length
  }
  if (end <= start) return false
  const { columns } = prefix.resource
  return context.takeLine(kind as EventLineKind, columns, bytes, start, end)
}

/** What the body's first bytes say: past the tag of a string and its length. */
function headOfBody(): EventLineKind | '' {
  const { bytes } = walk.reader
  let at = record.bodyStart
  if (bytes[at++] !== 10 || at >= record.bodyEnd) return ''
  while (bytes[at]! >= 0x80) at++
  return eventLineAt(bytes, at + 1, record.bodyEnd)
}

/** Writes one row; returns why not, or stored. */
function storeRecord(start: number, end: number): RejectReason | typeof stored | typeof taken {
  const { reader, tally, prefix, context, batch } = walk
  if (batch.isFull()) return 'record_too_large'
  scanRecord(start, end)
  const { lines } = prefix.resource
  if (lines !== '' && isTaken(lines)) return taken
  if (context.takeOverLog !== undefined) {
    const { resource, scopeStart, scopeEnd } = prefix
    const verdict = context.takeOverLog({
      ...record,
      reader,
      attributes,
      resource,
      scopeStart,
      scopeEnd,
    })
    if (verdict !== undefined) return verdict
  }
  const { view } = reader
  const { observedAt } = record
  const isObserved = observedAt !== 0 && !isZeroAt(view, observedAt) && isInt64At(view, observedAt)
  const isTimed = record.timeAt !== 0 && !isZeroAt(view, record.timeAt)
  const timeAt = isTimed ? record.timeAt : isObserved ? observedAt : 0
  const time_ms = timeAt === 0 ? context.arrived_ms : msAt(view, timeAt)
  if (time_ms < context.time_ms_min) return 'time_too_old'
  if (time_ms > context.time_ms_max) return 'time_in_future'
  if (prefix.resource.isTooDeep) return 'nesting_too_deep'
  const out = batch.get('logs')
  out.mark()
  out.ensure(prefix.length + 16)
  let to = copyBytes(prefix.view, 0, prefix.length, out.view, out.length)
  to = copyBytes(timeAt === 0 ? arrived : view, timeAt, timeAt + 8, out.view, to)
  out.length = isObserved
    ? copyBytes(view, observedAt, observedAt + 8, out.view, to)
    : copyBytes(arrived, 0, 8, out.view, to)
  const cut = writeRecord(out)
  if (attributes.isTooDeep) {
    out.rollback()
    return 'nesting_too_deep'
  }
  out.rows++
  tally.attributesDropped += attributes.dropped
  if (cut > 0) tally.bodiesCut++
  if (time_ms < prefix.dayFrom_ms || time_ms >= prefix.dayTo_ms) {
    prefix.note(time_ms, context, batch)
  }
  return stored
}

/** Writes the columns from severity_number on; returns the size of a body that had to be cut. */
function writeRecord(out: RowBuffer): number {
  const { reader } = walk
  const { severityStart, severityEnd } = record
  let severity = Math.min(24, Math.max(0, record.severity))
  if (severity === 0 && severityEnd > severityStart) {
    severity = severityNumberOf(reader.bytes, severityStart, severityEnd)
  }
  out.u8(severity)
  out.string(reader.view, severityStart, cutWord(reader.bytes, severityStart, severityEnd))
  writeEventName(out)
  const original_bytes = writeBody(out)
  const { view } = reader
  if (record.traceAt !== 0) out.copy(view, record.traceAt, record.traceAt + 16)
  else out.zeros(16)
  if (record.spanAt !== 0) out.copy(view, record.spanAt, record.spanAt + 8)
  else out.zeros(8)
  out.u8(record.flags)
  attributes.writeMaps(reader, out, original_bytes)
  return original_bytes
}

const eventKey = new TextEncoder().encode('event.name')
const eventKeyHash = quickHash(viewOf(eventKey), 0, eventKey.length)

/** The field event_name, else the attribute that older senders use. */
function writeEventName(out: RowBuffer): void {
  const { reader } = walk
  if (record.eventEnd > record.eventStart) {
    const { eventStart, eventEnd } = record
    out.string(reader.view, eventStart, cutWord(reader.bytes, eventStart, eventEnd))
    return
  }
  for (let i = 0; i < attributes.count; i++) {
    if (attributes.keyHash(i) !== eventKeyHash || attributes.kindOf(i) !== kinds.string) continue
    const keyStart = attributes.keyStart(i)
    if (attributes.keyEnd(i) - keyStart !== eventKey.length) continue
    if (!sameBytes(reader.bytes, keyStart, eventKey, 0, eventKey.length)) continue
    const start = attributes.valueStart(i)
    out.string(reader.view, start, cutWord(reader.bytes, start, attributes.valueEnd(i)))
    return
  }
  out.u8(0)
}

/** Writes body and template_id; returns the body's own size when it had to be cut, else 0. */
function writeBody(out: RowBuffer): number {
  const { reader } = walk
  readAnyValue(reader, record.bodyStart, record.bodyEnd)
  const isText = found.kind === kinds.string
  let { start, end } = found
  const original_bytes = end - start
  if (!isText) {
    if (!renderFound(reader, limits.log_body_bytes_max + 1)) attributes.isTooDeep = true
    start = 0
    end = scratch.length
  }
  const { bytes, view } = isText ? reader : scratch
  const stop = cutAt(bytes, start, end, limits.log_body_bytes_max)
  out.string(view, start, stop)
  hashTemplate(view, bytes, start, stop)
  out.int64(template.lo, template.hi)
  return stop === end ? 0 : original_bytes
}
