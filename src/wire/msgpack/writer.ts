/** Writes MessagePack: answers of protocols that speak it, and JSON messages in its place. */
import { RowBuffer } from '../row-buffer.ts'

const encoder = new TextEncoder()

export class MsgpackWriter {
  readonly #out = new RowBuffer(256)

  /** What was written, in memory of its own; the writer is empty again. */
  take(): Uint8Array {
    const bytes = this.#out.written().slice()
    this.#out.length = 0
    return bytes
  }

  nil(): this {
    return this.#byte(0xc0)
  }

  boolean(value: boolean): this {
    return this.#byte(value ? 0xc3 : 0xc2)
  }

  array(length: number): this {
    return length < 16 ? this.#byte(0x90 | length) : this.#head(0xdc, 0xdd, length)
  }

  map(members: number): this {
    return members < 16 ? this.#byte(0x80 | members) : this.#head(0xde, 0xdf, members)
  }

  text(value: string | Uint8Array): this {
    const bytes = typeof value === 'string' ? encoder.encode(value) : value
    if (bytes.length < 32) this.#byte(0xa0 | bytes.length)
    else if (bytes.length < 256) this.#byte(0xd9).#byte(bytes.length)
    else this.#head(0xda, 0xdb, bytes.length)
    return this.raw(bytes)
  }

  binary(bytes: Uint8Array): this {
    if (bytes.length < 256) this.#byte(0xc4).#byte(bytes.length)
    else this.#head(0xc5, 0xc6, bytes.length)
    return this.raw(bytes)
  }

  number(value: number): this {
    if (Number.isInteger(value) && value >= 0 && value < 0x1_0000_0000) {
      return value < 128 ? this.#byte(value) : this.#byte(0xce).#bigEndian(value, 4)
    }
    const out = this.#out
    this.#byte(0xcb)
    out.ensure(8)
    out.view.setFloat64(out.length, value)
    out.length += 8
    return this
  }

  /** Bytes that are MessagePack already. */
  raw(bytes: Uint8Array): this {
    this.#out.raw(bytes)
    return this
  }

  #head(short: number, long: number, length: number): this {
    const isShort = length < 65_536
    return this.#byte(isShort ? short : long).#bigEndian(length, isShort ? 2 : 4)
  }

  #bigEndian(value: number, width: number): this {
    for (let shift = (width - 1) * 8; shift >= 0; shift -= 8) this.#byte((value >>> shift) & 255)
    return this
  }

  #byte(value: number): this {
    this.#out.u8(value)
    return this
  }
}

const depth_max = 256

/** A value as JSON.parse makes it. What is nested deeper than anyone reads becomes nil. */
export function writeJsonValue(writer: MsgpackWriter, value: unknown, depth = 0): void {
  if (value === null || value === undefined || depth > depth_max) writer.nil()
  else if (typeof value === 'boolean') writer.boolean(value)
  else if (typeof value === 'number') writer.number(value)
  else if (typeof value === 'string') writer.text(value)
  else if (Array.isArray(value)) {
    writer.array(value.length)
    for (const item of value) writeJsonValue(writer, item, depth + 1)
  } else {
    const members = Object.entries(value as object)
    writer.map(members.length)
    for (const [key, item] of members) {
      writer.text(key)
      writeJsonValue(writer, item, depth + 1)
    }
  }
}
