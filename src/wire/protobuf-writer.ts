/** Writes protobuf messages: the other direction of protobuf-reader.ts. */
import { RowBuffer } from './row-buffer.ts'

const encoder = new TextEncoder()
/** Lengths are written before they are known, padded to this size; readers must accept that. */
const length_bytes = 5

export class ProtobufWriter {
  readonly #out: RowBuffer

  constructor(capacity_bytes = 4096) {
    this.#out = new RowBuffer(capacity_bytes)
  }

  #tag(field: number, wireType: number): void {
    this.#out.varint((field << 3) | wireType)
  }

  /** Opens a message; close() it with what this returns. */
  open(field: number): number {
    this.#tag(field, 2)
    return this.openPacked()
  }

  /** Opens a run of bytes whose length is written when it is closed. */
  openPacked(): number {
    this.#out.zeros(length_bytes)
    return this.#out.length
  }

  close(start: number): void {
    const out = this.#out
    let length = out.length - start
    for (let i = 1; i < length_bytes; i++) {
      out.bytes[start - length_bytes + i - 1] = (length & 0x7f) | 0x80
      length >>>= 7
    }
    out.bytes[start - 1] = length
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, 2)
    this.#out.varint(value.length)
    this.#out.raw(value)
  }

  text(field: number, value: string): void {
    this.bytes(field, encoder.encode(value))
  }

  varint(field: number, value: bigint): void {
    this.#tag(field, 0)
    this.packedVarint(value)
  }

  packedVarint(value: bigint): void {
    let rest = BigInt.asUintN(64, value)
    while (rest >= 0x80n) {
      this.#out.u8(Number(rest & 0x7fn) | 0x80)
      rest >>= 7n
    }
    this.#out.u8(Number(rest))
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, 5)
    this.#out.int32(value)
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, 1)
    this.packedFixed64(value)
  }

  packedFixed64(value: bigint): void {
    this.#out.int64(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))
  }

  double(field: number, value: number): void {
    this.#tag(field, 1)
    this.#out.float64(value)
  }

  packedDouble(value: number): void {
    this.#out.float64(value)
  }

  written(): Uint8Array {
    return this.#out.written()
  }
}
