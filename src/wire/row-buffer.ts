/**
 * A growing buffer of RowBinary rows, the bytes that the engine reads. Knows how values are
 * written, not which columns a table has.
 */
import { copyBytes, overshoot_bytes, viewOf } from './copy-bytes.ts'

const encoder = new TextEncoder()

export class RowBuffer {
  bytes: Uint8Array
  /** The same memory as bytes. Both are replaced when the buffer grows. */
  view: DataView
  length = 0
  rows = 0
  #markLength = 0
  #markRows = 0

  constructor(capacity_bytes = 4096) {
    this.bytes = new Uint8Array(Math.max(capacity_bytes, 64))
    this.view = viewOf(this.bytes)
  }

  /** Makes room for more bytes. Writers that call it once a row may then use the put functions. */
  ensure(more_bytes: number): void {
    const needed = this.length + more_bytes + overshoot_bytes
    if (needed > this.bytes.length) this.#grow(needed)
  }

  #grow(needed_bytes: number): void {
    const grown = new Uint8Array(Math.max(needed_bytes, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
    this.view = viewOf(grown)
  }

  u8(value: number): void {
    this.ensure(1)
    this.bytes[this.length++] = value
  }

  varint(value: number): void {
    this.ensure(5)
    this.length = putVarint(this.bytes, this.length, value)
  }

  /** A String column: length, then the bytes [start, end) of source. */
  string(source: DataView, start: number, end: number): void {
    this.ensure(5 + end - start)
    const at = putVarint(this.bytes, this.length, end - start)
    this.length = copyBytes(source, start, end, this.view, at)
  }

  text(value: string): void {
    const bytes = encoder.encode(value)
    this.varint(bytes.length)
    this.raw(bytes)
  }

  copy(source: DataView, start: number, end: number): void {
    this.ensure(end - start)
    this.length = copyBytes(source, start, end, this.view, this.length)
  }

  raw(bytes: Uint8Array): void {
    this.ensure(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  zeros(count: number): void {
    this.ensure(count)
    this.bytes.fill(0, this.length, this.length + count)
    this.length += count
  }

  int32(value: number): void {
    this.ensure(4)
    this.view.setInt32(this.length, value, true)
    this.length += 4
  }

  int64(lo: number, hi: number): void {
    this.ensure(8)
    this.view.setInt32(this.length, lo, true)
    this.view.setInt32(this.length + 4, hi, true)
    this.length += 8
  }

  /** A whole number of at most 53 bits as Int64, such as a DateTime64(3). */
  int53(value: number): void {
    this.int64(value % 0x1_0000_0000, Math.floor(value / 0x1_0000_0000))
  }

  float64(value: number): void {
    this.ensure(8)
    this.view.setFloat64(this.length, value, true)
    this.length += 8
  }

  /** Remembers this place: a record that turns out to be bad is taken back with rollback(). */
  mark(): void {
    this.#markLength = this.length
    this.#markRows = this.rows
  }

  rollback(): void {
    this.length = this.#markLength
    this.rows = this.#markRows
  }

  /** The written bytes as a view: valid until the next write or clear. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }

  /** Empties the buffer. Memory is kept for the next batch unless an unusual one made it large. */
  clear(): void {
    this.length = 0
    this.rows = 0
    this.mark()
    if (this.bytes.length <= kept_bytes_max) return
    this.bytes = new Uint8Array(64)
    this.view = viewOf(this.bytes)
  }
}

const kept_bytes_max = 16 * 1024 * 1024

/** Writes at a place that was ensured and returns the place after it. */
export function putVarint(out: Uint8Array, at: number, value: number): number {
  while (value >= 0x80) {
    out[at++] = (value & 0x7f) | 0x80
    value >>>= 7
  }
  out[at++] = value
  return at
}
