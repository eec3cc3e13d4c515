/**
 * OTLP's AnyValue: which kind lies in the bytes, and its text. Lists and maps become JSON text,
 * bytes become base64. Text stays byte-faithful: invalid UTF-8 is passed through. A map that
 * repeats a key keeps both entries in its text, and a JSON parser takes the last.
 */
import { limits } from '../../model/limits.ts'
import type { ProtobufReader } from '../protobuf-reader.ts'
import { RowBuffer } from '../row-buffer.ts'

/** Kinds of value are AnyValue's field numbers; nothing is a value that was not set. */
export const kinds = {
  nothing: 0,
  string: 1,
  bool: 2,
  int: 3,
  double: 4,
  array: 5,
  map: 6,
  bytes: 7,
  /** An int beyond 2^53, which a double cannot hold: kept as decimal text. */
  bigInt: 8,
} as const

/** What the last readAnyValue found. */
export const found = { kind: 0, start: 0, end: 0, number: 0 }

/** Reads which value an AnyValue holds; of several the last one counts, as protobuf says. */
export function readAnyValue(reader: ProtobufReader, at: number, end: number): void {
  const bytes = reader.bytes
  found.kind = kinds.nothing
  found.start = at
  found.end = at
  while (at < end) {
    let tag = bytes[at++]!
    if (tag >= 0x80) {
      tag = reader.varint(at - 1)
      at = reader.after
    }
    if (tag === 10 || tag === 42 || tag === 50 || tag === 58) {
      found.kind = tag >> 3
      found.start = reader.enter(at, end)
      at = found.end = reader.stop
    } else if (tag === 24) {
      at = readInt(reader, at, end)
    } else if (tag === 33) {
      found.kind = kinds.double
      at = reader.within(at + 8, end)
      found.number = reader.view.getFloat64(at - 8, true)
    } else if (tag === 16) {
      found.kind = kinds.bool
      const low = reader.varint(at)
      found.number = (low | reader.hi) === 0 ? 0 : 1
      at = reader.within(reader.after, end)
    } else at = reader.skip(tag, at, end)
  }
}

function readInt(reader: ProtobufReader, at: number, end: number): number {
  found.start = at
  const lo = reader.varint(at)
  at = reader.within(reader.after, end)
  const number = (reader.hi | 0) * 0x1_0000_0000 + lo
  found.number = number
  found.kind = Number.isSafeInteger(number) ? kinds.int : kinds.bigInt
  return at
}

/** The text of what readAnyValue found, at scratch[0, scratch.length). Strings are not rendered. */
export const scratch = new RowBuffer(1024)

/**
 * Renders the found value into scratch, cut near bytes_max. False when it is nested too deep, which
 * callers turn into the rejection of the record.
 */
export function renderFound(reader: ProtobufReader, bytes_max: number): boolean {
  scratch.length = 0
  const { kind, start, end, number } = found
  const fits = render(reader, kind, start, end, number, bytes_max, 1, false)
  if (scratch.length > bytes_max)
    scratch.length = cutAt(scratch.bytes, 0, scratch.length, bytes_max)
  return fits
}

/** The end of a text that is cut to a number of bytes: never inside of a UTF-8 character. */
export function cutAt(bytes: Uint8Array, start: number, end: number, bytes_max: number): number {
  if (end - start <= bytes_max) return end
  let stop = start + bytes_max
  // A character has at most three continuation bytes: more of them are not UTF-8 and are just cut.
  for (let i = 0; i < 3 && stop > start && (bytes[stop]! & 0xc0) === 0x80; i++) stop--
  return stop
}

/** Columns of few distinct values (LowCardinality) hold short words. */
export const word_bytes_max = 256

export function cutWord(bytes: Uint8Array, start: number, end: number): number {
  return cutAt(bytes, start, end, word_bytes_max)
}

function render(
  reader: ProtobufReader,
  kind: number,
  start: number,
  end: number,
  number: number,
  bytes_max: number,
  depth: number,
  quoted: boolean,
): boolean {
  if (scratch.length > bytes_max) return true
  switch (kind) {
    case kinds.nothing:
      if (quoted) ascii('null')
      return true
    case kinds.string:
      renderString(reader.bytes, start, end, bytes_max)
      return true
    case kinds.bool:
      ascii(number === 1 ? 'true' : 'false')
      return true
    case kinds.int:
      ascii(String(number))
      return true
    case kinds.bigInt:
      ascii(decimal(reader, start))
      return true
    case kinds.double:
      ascii(quoted && !Number.isFinite(number) ? `"${number}"` : String(number))
      return true
    case kinds.bytes: {
      const room_bytes = Math.max(0, bytes_max - scratch.length) + 3
      const stop = Math.min(end, start + Math.ceil(room_bytes / 4) * 3)
      const text = Buffer.from(reader.bytes.buffer, reader.bytes.byteOffset + start, stop - start)
      ascii(quoted ? `"${text.toString('base64')}"` : text.toString('base64'))
      return true
    }
    default:
      if (depth > limits.any_value_depth_max) return false
      return renderMembers(reader, kind, start, end, bytes_max, depth)
  }
}

/** The members of a list (ArrayValue) or a map (KeyValueList), both repeated field 1. */
function renderMembers(
  reader: ProtobufReader,
  kind: number,
  start: number,
  end: number,
  bytes_max: number,
  depth: number,
): boolean {
  const isMap = kind === kinds.map
  let fits = true
  let members = 0
  scratch.u8(isMap ? 0x7b : 0x5b)
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag !== 10) {
      at = reader.skip(tag, at, end)
      continue
    }
    const member = reader.enter(at, end)
    at = reader.stop
    if (members++ > 0) scratch.u8(0x2c)
    if (isMap) renderKey(reader, member, at, bytes_max)
    else readAnyValue(reader, member, at)
    const { kind, start, end: valueEnd, number } = found
    if (!render(reader, kind, start, valueEnd, number, bytes_max, depth + 1, true)) fits = false
    // Past the limit nothing is kept; what follows is not even looked at.
    if (!fits || scratch.length > bytes_max) return fits
  }
  scratch.u8(isMap ? 0x7d : 0x5d)
  return fits
}

/** Writes a KeyValue's key and leaves its value in found. */
function renderKey(reader: ProtobufReader, at: number, end: number, bytes_max: number): void {
  let keyStart = at
  let keyEnd = at
  let valueStart = at
  let valueEnd = at
  while (at < end) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 10) {
      keyStart = reader.enter(at, end)
      at = keyEnd = reader.stop
    } else if (tag === 18) {
      valueStart = reader.enter(at, end)
      at = valueEnd = reader.stop
    } else at = reader.skip(tag, at, end)
  }
  renderString(reader.bytes, keyStart, keyEnd, bytes_max)
  scratch.u8(0x3a)
  readAnyValue(reader, valueStart, valueEnd)
}

const escapes: Record<number, string> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
}

function renderString(bytes: Uint8Array, start: number, end: number, bytes_max: number): void {
  const stop = Math.min(end, start + Math.max(0, bytes_max - scratch.length) + 4)
  scratch.u8(0x22)
  for (let at = start; at < stop && scratch.length <= bytes_max; at++) {
    const byte = bytes[at]!
    if (byte >= 0x20 && byte !== 0x22 && byte !== 0x5c) scratch.u8(byte)
    else ascii(escapes[byte] ?? `\\u${byte.toString(16).padStart(4, '0')}`)
  }
  scratch.u8(0x22)
}

function ascii(text: string): void {
  scratch.ensure(text.length)
  for (let i = 0; i < text.length; i++) scratch.bytes[scratch.length++] = text.charCodeAt(i)
}

/** The exact decimal text of the int64 varint at a place. */
export function decimal(reader: ProtobufReader, at: number): string {
  const lo = reader.varint(at)
  return String(BigInt.asIntN(64, (BigInt(reader.hi) << 32n) | BigInt(lo)))
}
