/**
 * Writes OTLP logs export requests from line bytes, without an object per record. Knows how a
 * record is laid out, not what a line means.
 */
import { viewOf } from '../copy-bytes.ts'
import { putVarint, RowBuffer } from '../row-buffer.ts'
import { halve, halves } from './time.ts'

/** Lengths of open messages are written when they close, padded to this size: 256 MiB at most. */
const length_bytes = 4
const two32 = 0x1_0000_0000

const tags = { resourceLogs: 0x0a, resource: 0x0a, scopeLogs: 0x12, scope: 0x0a, record: 0x12 }
const recordTags = {
  time: 0x09,
  severityNumber: 0x10,
  severityText: 0x1a,
  body: 0x2a,
  attribute: 0x32,
  traceId: 0x4a,
  spanId: 0x52,
  observed: 0x59,
}
const anyTags = { string: 0x0a, bool: 0x10, int: 0x18, double: 0x21 }

export type AttributeValue = string | number | bigint | boolean

/** The bytes of a Resource, or of any message whose field 1 is attributes. */
export function encodeResource(attributes: Readonly<Record<string, AttributeValue>>): Uint8Array {
  return encodeKeyValues(0x0a, attributes)
}

/** Attributes of a log record, ready to be copied into many records. */
export function encodeAttributes(attributes: Readonly<Record<string, AttributeValue>>): Uint8Array {
  return encodeKeyValues(recordTags.attribute, attributes)
}

function encodeKeyValues(tag: number, attributes: Readonly<Record<string, AttributeValue>>) {
  const out = new RowBuffer(512)
  for (const [key, value] of Object.entries(attributes)) putKeyValue(out, tag, key, value)
  return out.written().slice()
}

/** The bytes of an InstrumentationScope. */
export function encodeScope(name: string, version: string): Uint8Array {
  const out = new RowBuffer(64)
  for (const [tag, text] of [
    [0x0a, name],
    [0x12, version],
  ] as const) {
    out.u8(tag)
    out.text(text)
  }
  return out.written().slice()
}

export class LogsEncoder {
  #out: RowBuffer
  #spare: RowBuffer | undefined
  #resource: Uint8Array | undefined
  #resourceAt = 0
  #scopeAt = 0
  #recordAt = 0
  #observedLo = 0
  #observedHi = 0
  records = 0

  constructor(capacity_bytes = 64 * 1024) {
    this.#out = new RowBuffer(capacity_bytes)
  }

  get length(): number {
    return this.#out.length
  }

  /** When the records that follow were read. */
  observed(time_ms: number): void {
    const lo = Math.imul(time_ms % two32, 1_000_000) >>> 0
    this.#observedLo = lo | 0
    this.#observedHi = Math.round((time_ms * 1_000_000 - lo) / two32)
  }

  /** The records that follow are of this resource. The same bytes again cost nothing. */
  resource(resource: Uint8Array, scope: Uint8Array): void {
    if (this.#resource === resource) return
    this.#closeResource()
    const out = this.#out
    this.#resource = resource
    this.#resourceAt = this.#open(tags.resourceLogs)
    out.u8(tags.resource)
    out.varint(resource.length)
    out.raw(resource)
    this.#scopeAt = this.#open(tags.scopeLogs)
    out.u8(tags.scope)
    out.varint(scope.length)
    out.raw(scope)
  }

  /** Opens a record; its parts follow in any order, then end(). */
  begin(seconds: number, nanoseconds: number): void {
    this.#recordAt = this.#open(tags.record)
    const out = this.#out
    out.ensure(18)
    halve(seconds, nanoseconds)
    out.bytes[out.length++] = recordTags.time
    out.view.setInt32(out.length, halves.lo, true)
    out.view.setInt32(out.length + 4, halves.hi, true)
    out.length += 8
    out.bytes[out.length++] = recordTags.observed
    out.view.setInt32(out.length, this.#observedLo, true)
    out.view.setInt32(out.length + 4, this.#observedHi, true)
    out.length += 8
  }

  severity(number: number): void {
    if (number === 0) return
    this.#out.u8(recordTags.severityNumber)
    this.#out.u8(number)
  }

  severityText(text: string): void {
    putText(this.#out, recordTags.severityText, text)
  }

  /** A text body, the bytes [start, end) of source; they must be valid UTF-8. */
  body(source: DataView, start: number, end: number): void {
    const out = this.#out
    const length = end - start
    out.ensure(12 + length)
    out.bytes[out.length++] = recordTags.body
    out.length = putVarint(out.bytes, out.length, 1 + varintLength(length) + length)
    out.bytes[out.length++] = anyTags.string
    out.string(source, start, end)
  }

  bodyText(text: string): void {
    const bytes = Buffer.from(text)
    this.body(viewOf(bytes), 0, bytes.length)
  }

  /** What encodeAttributes made. */
  attributes(encoded: DataView): void {
    this.#out.copy(encoded, 0, encoded.byteLength)
  }

  attribute(key: string, value: AttributeValue): void {
    putKeyValue(this.#out, recordTags.attribute, key, value)
  }

  /** Sixteen bytes in hexadecimal digits, of either case. */
  traceId(hex: string): void {
    this.#id(recordTags.traceId, hex)
  }

  /** Eight bytes in hexadecimal digits, of either case. */
  spanId(hex: string): void {
    this.#id(recordTags.spanId, hex)
  }

  #id(tag: number, hex: string): void {
    const out = this.#out
    out.u8(tag)
    out.u8(hex.length >> 1)
    for (let at = 0; at < hex.length; at += 2) out.u8(Number.parseInt(hex.slice(at, at + 2), 16))
  }

  end(): void {
    this.#close(this.#recordAt)
    this.records++
  }

  /**
   * The finished request; the encoder is empty afterwards. Its memory is written to again after the
   * next call: as a copy it would be so much garbage twice a second.
   */
  lend(): Uint8Array {
    this.#closeResource()
    const full = this.#out
    this.#out = this.#spare ?? new RowBuffer(full.bytes.length)
    this.#out.clear()
    this.#spare = full
    this.records = 0
    return full.written()
  }

  #closeResource(): void {
    if (this.#resource === undefined) return
    this.#close(this.#scopeAt)
    this.#close(this.#resourceAt)
    this.#resource = undefined
  }

  #open(tag: number): number {
    const out = this.#out
    out.u8(tag)
    out.zeros(length_bytes)
    return out.length
  }

  #close(start: number): void {
    const { bytes, length: end } = this.#out
    let length = end - start
    for (let at = start - length_bytes; at < start - 1; at++) {
      bytes[at] = (length & 0x7f) | 0x80
      length >>>= 7
    }
    bytes[start - 1] = length
  }
}

function varintLength(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) bytes++
  return bytes
}

export function putText(out: RowBuffer, tag: number, text: string): void {
  const length = Buffer.byteLength(text)
  out.ensure(6 + length)
  out.bytes[out.length++] = tag
  out.length = putVarint(out.bytes, out.length, length)
  putUtf8(out, text, length)
}

/** Room for it was ensured. Most keys and words are short and plain. */
function putUtf8(out: RowBuffer, text: string, length: number): void {
  if (length === text.length && length < 32) {
    for (let i = 0; i < length; i++) out.bytes[out.length + i] = text.charCodeAt(i)
  } else {
    const { buffer, byteOffset } = out.bytes
    Buffer.from(buffer, byteOffset, out.bytes.length).write(text, out.length, length, 'utf8')
  }
  out.length += length
}

/** One KeyValue field, whatever message it is in. */
export function putKeyValue(out: RowBuffer, tag: number, key: string, value: AttributeValue): void {
  const key_bytes = Buffer.byteLength(key)
  const value_bytes = anyValueLength(value)
  const any_bytes = varintLength(value_bytes)
  const keyPart = 1 + varintLength(key_bytes) + key_bytes
  out.ensure(24 + key_bytes + value_bytes)
  out.bytes[out.length++] = tag
  out.length = putVarint(out.bytes, out.length, keyPart + 1 + any_bytes + value_bytes)
  out.bytes[out.length++] = 0x0a
  out.length = putVarint(out.bytes, out.length, key_bytes)
  putUtf8(out, key, key_bytes)
  out.bytes[out.length++] = 0x12
  out.length = putVarint(out.bytes, out.length, value_bytes)
  putAnyValue(out, value)
}

function anyValueLength(value: AttributeValue): number {
  if (typeof value === 'boolean') return 2
  if (typeof value === 'string') {
    const length = Buffer.byteLength(value)
    return 1 + varintLength(length) + length
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return 9
  return 1 + (value < 0 ? 10 : typeof value === 'bigint' ? bigLength(value) : varintLength(value))
}

function bigLength(value: bigint): number {
  let bytes = 1
  for (let rest = BigInt.asUintN(64, value) >> 7n; rest > 0n; rest >>= 7n) bytes++
  return bytes
}

function putAnyValue(out: RowBuffer, value: AttributeValue): void {
  if (typeof value === 'string') putText(out, anyTags.string, value)
  else if (typeof value === 'boolean') {
    out.u8(anyTags.bool)
    out.u8(value ? 1 : 0)
  } else if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    out.u8(anyTags.double)
    out.float64(value)
  } else {
    out.u8(anyTags.int)
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest >= 0x80n; rest >>= 7n) out.u8(Number(rest & 0x7fn) | 0x80)
    out.u8(Number(rest))
  }
}
