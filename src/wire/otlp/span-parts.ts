/**
 * A span's events and links. Each column of a nested table is its own array, so their places are
 * collected first and every column is then written from them.
 */
import { limits } from '../../model/limits.ts'
import type { ProtobufReader } from '../protobuf-reader.ts'
import type { RowBuffer } from '../row-buffer.ts'
import { cutAt } from './any-value.ts'
import { Attributes } from './attributes.ts'
import { isInt64At, isZeroAt } from './time.ts'

const stride = 2
const name_bytes_max = limits.attribute_key_bytes_max

/** Where the parts of one kind lie in the payload: start and end of each. */
export class Parts {
  count = 0
  dropped = 0
  readonly at: Int32Array

  constructor(parts_max: number) {
    this.at = new Int32Array(parts_max * stride)
  }

  clear(): void {
    this.count = 0
    this.dropped = 0
  }

  add(start: number, end: number): void {
    if (this.count * stride === this.at.length) {
      this.dropped++
      return
    }
    this.at[this.count * stride] = start
    this.at[this.count++ * stride + 1] = end
  }
}

const attributes = new Attributes()

/** What the last reading of an event or link found; 0 is absent. */
const part = { first: 0, second: 0, secondEnd: 0 }

/** Writes events.time, events.name and events.attributes. False when a value is nested too deep. */
export function writeEvents(
  events: Parts,
  reader: ProtobufReader,
  spanTimeAt: number,
  out: RowBuffer,
): boolean {
  if (events.count === 0) {
    out.zeros(3)
    return true
  }
  const { view } = reader
  out.varint(events.count)
  for (let i = 0; i < events.count; i++) {
    scanEvent(reader, events, i)
    const isTimed = part.first !== 0 && !isZeroAt(view, part.first) && isInt64At(view, part.first)
    const at = isTimed ? part.first : spanTimeAt
    out.copy(view, at, at + 8)
  }
  out.varint(events.count)
  for (let i = 0; i < events.count; i++) {
    scanEvent(reader, events, i)
    const end = cutAt(reader.bytes, part.second, part.secondEnd, name_bytes_max)
    out.string(view, part.second, end)
  }
  return writePartAttributes(events, reader, 26, out)
}

/** Writes links.trace_id, links.span_id and links.attributes. */
export function writeLinks(links: Parts, reader: ProtobufReader, out: RowBuffer): boolean {
  if (links.count === 0) {
    out.zeros(3)
    return true
  }
  const { view } = reader
  out.varint(links.count)
  for (let i = 0; i < links.count; i++) {
    scanLink(reader, links, i)
    if (part.first === 0) out.zeros(16)
    else out.copy(view, part.first, part.first + 16)
  }
  out.varint(links.count)
  for (let i = 0; i < links.count; i++) {
    scanLink(reader, links, i)
    if (part.second === 0) out.zeros(8)
    else out.copy(view, part.second, part.second + 8)
  }
  return writePartAttributes(links, reader, 34, out)
}

function scanEvent(reader: ProtobufReader, events: Parts, index: number): void {
  const end = events.at[index * stride + 1]!
  part.first = part.second = part.secondEnd = 0
  for (let at = events.at[index * stride]!; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 9) {
      part.first = at
      at = reader.within(at + 8, end)
    } else if (tag === 18) {
      part.second = reader.enter(at, end)
      at = part.secondEnd = reader.stop
    } else at = reader.skip(tag, at, end)
  }
}

function scanLink(reader: ProtobufReader, links: Parts, index: number): void {
  const end = links.at[index * stride + 1]!
  part.first = part.second = 0
  for (let at = links.at[index * stride]!; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 10 || tag === 18) {
      const start = reader.enter(at, end)
      at = reader.stop
      if (tag === 10) part.first = at - start === 16 ? start : 0
      else part.second = at - start === 8 ? start : 0
    } else at = reader.skip(tag, at, end)
  }
}

function writePartAttributes(
  parts: Parts,
  reader: ProtobufReader,
  attributesTag: number,
  out: RowBuffer,
): boolean {
  out.varint(parts.count)
  let fits = true
  for (let i = 0; i < parts.count; i++) {
    const end = parts.at[i * stride + 1]!
    attributes.clear()
    for (let at = parts.at[i * stride]!; at < end; ) {
      const tag = reader.varint(at)
      at = reader.after
      if (tag === attributesTag) {
        const start = reader.enter(at, end)
        at = reader.stop
        attributes.add(reader, start, at)
      } else at = reader.skip(tag, at, end)
    }
    attributes.writeTextMap(reader, out)
    if (attributes.isTooDeep) fits = false
  }
  return fits
}
