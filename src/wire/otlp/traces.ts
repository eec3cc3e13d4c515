/**
 * OTLP traces from protobuf bytes to rows of table spans, in one pass and without an object per
 * span. Who the other side of a span is, is decided in peer.ts.
 */
import { limits } from '../../model/limits.ts'
import type { DecodeOutcome, RejectReason } from '../../model/outcome.ts'
import type { Batch } from '../batch.ts'
import { copyBytes } from '../copy-bytes.ts'
import type { RowBuffer } from '../row-buffer.ts'
import { cutAt } from './any-value.ts'
import { Attributes } from './attributes.ts'
import type { DecodeContext } from './context.ts'
import { clearPeer, httpStatus, noteAttribute, writePeer } from './peer.ts'
import { Parts, writeEvents, writeLinks } from './span-parts.ts'
import { msAt } from './time.ts'
import { stored, Walk, walkRequest } from './walk.ts'

const walk = new Walk()
const attributes = new Attributes()
const events = new Parts(limits.span_events_max)
const links = new Parts(limits.span_links_max)
const name_bytes_max = limits.attribute_key_bytes_max
const text_bytes_max = limits.attribute_value_bytes_max

export function decodeOtlpTraces(
  body: Uint8Array,
  context: DecodeContext,
  batch: Batch,
): DecodeOutcome {
  walkRequest(walk, 'OTLP traces', body, context, batch, readSpan)
  return walk.tally.outcome('spans')
}

/** Where the parts of the current span lie; 0 is a part that was not sent. */
const span = {
  traceAt: 0,
  spanAt: 0,
  parentAt: 0,
  stateStart: 0,
  stateEnd: 0,
  nameStart: 0,
  nameEnd: 0,
  kind: 0,
  startAt: 0,
  endAt: 0,
  statusStart: 0,
  statusEnd: 0,
}

function clearSpan(): void {
  attributes.clear()
  events.clear()
  links.clear()
  clearPeer()
  span.traceAt = span.spanAt = span.parentAt = span.stateStart = span.stateEnd = 0
  span.nameStart = span.nameEnd = span.kind = span.startAt = span.endAt = 0
  span.statusStart = span.statusEnd = 0
}

function scanSpan(start: number, end: number): void {
  const { reader } = walk
  const { bytes } = reader
  for (let at = start; at < end; ) {
    const tag = bytes[at++]!
    if ((tag & 7) === 2 && tag < 0x80) {
      const from = reader.enter(at, end)
      at = reader.stop
      scanPart(tag >> 3, from, at)
    } else if (tag === 57) {
      span.startAt = at
      at = reader.within(at + 8, end)
    } else if (tag === 65) {
      span.endAt = at
      at = reader.within(at + 8, end)
    } else if (tag === 48) {
      span.kind = reader.varint(at)
      at = reader.within(reader.after, end)
    } else at = reader.skip(reader.varint(at - 1), reader.after, end)
  }
}

/** A field of the span that has a length. */
function scanPart(field: number, start: number, end: number): void {
  switch (field) {
    case 9: {
      const index = attributes.add(walk.reader, start, end)
      if (index >= 0) noteAttribute(walk.reader, attributes, index)
      break
    }
    case 1:
      span.traceAt = end - start === 16 ? start : 0
      break
    case 2:
      span.spanAt = end - start === 8 ? start : 0
      break
    case 3:
      span.stateStart = start
      span.stateEnd = end
      break
    case 4:
      span.parentAt = end - start === 8 ? start : 0
      break
    case 5:
      span.nameStart = start
      span.nameEnd = end
      break
    case 11:
      events.add(start, end)
      break
    case 13:
      links.add(start, end)
      break
    case 15:
      span.statusStart = start
      span.statusEnd = end
      break
    case 0:
      walk.reader.fail(start, 'a field has number 0')
  }
}

function readSpan(_walk: Walk, start: number, end: number): void {
  const reason = walk.batch.isFull() ? 'record_too_large' : storeSpan(start, end)
  if (reason === stored) walk.tally.accepted++
  else walk.tally.reject(reason)
}

/** Writes one row; returns why not, or stored. */
function storeSpan(start: number, end: number): RejectReason | typeof stored {
  clearSpan()
  scanSpan(start, end)
  const { reader, tally, prefix, context, batch } = walk
  const { view } = reader
  const { traceAt, spanAt, startAt } = span
  if (isZero(traceAt, 16) || isZero(spanAt, 8)) return 'id_invalid'
  if (startAt === 0) return 'time_too_old'
  const time_ms = msAt(view, startAt)
  if (time_ms < context.time_ms_min) return 'time_too_old'
  if (time_ms > context.time_ms_max) return 'time_in_future'
  if (prefix.resource.isTooDeep) return 'nesting_too_deep'
  const out = batch.get('spans')
  out.mark()
  out.ensure(prefix.length + 64)
  let to = copyBytes(prefix.view, 0, prefix.length, out.view, out.length)
  to = copyBytes(view, startAt, startAt + 8, out.view, to)
  to = putDuration(out, to)
  to = copyBytes(view, traceAt, traceAt + 16, out.view, to)
  to = copyBytes(view, spanAt, spanAt + 8, out.view, to)
  const { parentAt } = span
  out.length =
    parentAt === 0 ? zeros(out, to, 8) : copyBytes(view, parentAt, parentAt + 8, out.view, to)
  if (!writeSpan(out) || attributes.isTooDeep) {
    out.rollback()
    return 'nesting_too_deep'
  }
  out.rows++
  tally.attributesDropped += attributes.dropped
  tally.eventsDropped += events.dropped
  tally.linksDropped += links.dropped
  if (time_ms < prefix.dayFrom_ms || time_ms >= prefix.dayTo_ms) {
    prefix.note(time_ms, context, batch)
  }
  return stored
}

/** Writes the columns from trace_state on. */
function writeSpan(out: RowBuffer): boolean {
  const { reader } = walk
  const { bytes, view } = reader
  const { stateStart, stateEnd, nameStart, nameEnd } = span
  out.string(view, stateStart, cutAt(bytes, stateStart, stateEnd, text_bytes_max))
  out.string(view, nameStart, cutAt(bytes, nameStart, nameEnd, name_bytes_max))
  // 0 is unspecified, which the specification tells receivers to take as internal.
  const kind = span.kind >= 1 && span.kind <= 5 ? span.kind : 1
  out.u8(kind)
  writeStatus(out)
  const status = httpStatus(reader, attributes)
  out.u8(status & 0xff)
  out.u8(status >> 8)
  writePeer(kind, reader, attributes, out)
  attributes.writeMaps(reader, out)
  const fits = writeEvents(events, reader, span.startAt, out)
  return writeLinks(links, reader, out) && fits
}

function writeStatus(out: RowBuffer): void {
  const { reader } = walk
  let code = 0
  let messageStart = 0
  let messageEnd = 0
  const end = span.statusEnd
  for (let at = span.statusStart; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 24) {
      code = reader.varint(at)
      at = reader.within(reader.after, end)
    } else if (tag === 18) {
      messageStart = reader.enter(at, end)
      at = messageEnd = reader.stop
    } else at = reader.skip(tag, at, end)
  }
  out.u8(code <= 2 ? code : 0)
  out.string(
    reader.view,
    messageStart,
    cutAt(reader.bytes, messageStart, messageEnd, text_bytes_max),
  )
}

/** An id that was not sent, or all zero, which means the same. */
function isZero(at: number, length: number): boolean {
  if (at === 0) return true
  const { bytes } = walk.reader
  for (let i = 0; i < length; i++) if (bytes[at + i] !== 0) return false
  return true
}

function zeros(out: RowBuffer, at: number, count: number): number {
  out.bytes.fill(0, at, at + count)
  return at + count
}

/** end - start, or 0 for a span that ends before it starts. */
function putDuration(out: RowBuffer, at: number): number {
  const { view } = walk.reader
  const { startAt, endAt } = span
  if (endAt === 0) return zeros(out, at, 8)
  const lo = view.getUint32(endAt, true) - view.getUint32(startAt, true)
  const borrow = lo < 0 ? 1 : 0
  const hi = view.getUint32(endAt + 4, true) - view.getUint32(startAt + 4, true) - borrow
  if (hi < 0) return zeros(out, at, 8)
  out.view.setInt32(at, lo, true)
  out.view.setInt32(at + 4, hi, true)
  return at + 8
}
