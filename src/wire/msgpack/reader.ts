/**
 * Reads MessagePack values one after another from bytes that are known to hold them whole (see
 * value-end.ts). Texts stay where they lie: only their place is told.
 */
import { viewOf } from '../copy-bytes.ts'
import { endOfValue } from './value-end.ts'

export class MsgpackReader {
  bytes: Uint8Array = nothing
  view: DataView = viewOf(nothing)
  at = 0
  /** Where the last text or bytes lie. */
  start = 0
  end = 0
  /** The type of the last extension. */
  type = 0

  open(bytes: Uint8Array, at = 0): void {
    this.bytes = bytes
    this.view = viewOf(bytes)
    this.at = at
  }

  close(): void {
    this.open(nothing)
  }

  /** Past the header of an array; its length, or -1 when it is none. */
  array(): number {
    const first = this.bytes[this.at]!
    if (first >= 0x90 && first < 0xa0) return this.#past(1, first & 15)
    if (first === 0xdc) return this.#past(3, this.view.getUint16(this.at + 1))
    if (first === 0xdd) return this.#past(5, this.view.getUint32(this.at + 1))
    return -1
  }

  /** Past the header of a map; how many members it has, or -1 when it is none. */
  map(): number {
    const first = this.bytes[this.at]!
    if (first >= 0x80 && first < 0x90) return this.#past(1, first & 15)
    if (first === 0xde) return this.#past(3, this.view.getUint16(this.at + 1))
    if (first === 0xdf) return this.#past(5, this.view.getUint32(this.at + 1))
    return -1
  }

  #past(bytes: number, value: number): number {
    this.at += bytes
    return value
  }

  /** Past a text or bytes, which then lie at [start, end); false when it is neither. */
  text(): boolean {
    const first = this.bytes[this.at]!
    if (first >= 0xa0 && first < 0xc0) return this.#lies(1, first & 0x1f)
    if (first === 0xd9 || first === 0xc4) return this.#lies(2, this.bytes[this.at + 1]!)
    if (first === 0xda || first === 0xc5) return this.#lies(3, this.view.getUint16(this.at + 1))
    if (first === 0xdb || first === 0xc6) return this.#lies(5, this.view.getUint32(this.at + 1))
    return false
  }

  #lies(header: number, length: number): boolean {
    this.start = this.at + header
    this.at = this.end = this.start + length
    return true
  }

  /** Past an extension, whose bytes then lie at [start, end); false when it is none. */
  extension(): boolean {
    const first = this.bytes[this.at]!
    if (first >= 0xd4 && first <= 0xd8) return this.#extends(1, 1 << (first - 0xd4))
    if (first === 0xc7) return this.#extends(2, this.bytes[this.at + 1]!)
    if (first === 0xc8) return this.#extends(3, this.view.getUint16(this.at + 1))
    if (first === 0xc9) return this.#extends(5, this.view.getUint32(this.at + 1))
    return false
  }

  #extends(header: number, length: number): boolean {
    this.type = this.view.getInt8(this.at + header)
    return this.#lies(header + 1, length)
  }

  /** Past a number; undefined when it is none. What a double cannot hold is a bigint. */
  number(): number | bigint | undefined {
    const { view, at } = this
    const first = this.bytes[at]!
    if (first < 0x80) return this.#past(1, first)
    if (first >= 0xe0) return this.#past(1, first - 256)
    switch (first) {
      case 0xca:
        return this.#past(5, view.getFloat32(at + 1))
      case 0xcb:
        return this.#past(9, view.getFloat64(at + 1))
      case 0xcc:
        return this.#past(2, view.getUint8(at + 1))
      case 0xcd:
        return this.#past(3, view.getUint16(at + 1))
      case 0xce:
        return this.#past(5, view.getUint32(at + 1))
      case 0xd0:
        return this.#past(2, view.getInt8(at + 1))
      case 0xd1:
        return this.#past(3, view.getInt16(at + 1))
      case 0xd2:
        return this.#past(5, view.getInt32(at + 1))
      case 0xcf:
      case 0xd3:
        return this.#long(first === 0xd3)
      default:
        return undefined
    }
  }

  #long(isSigned: boolean): number | bigint {
    const at = this.at + 1
    this.at += 9
    const high = isSigned ? this.view.getInt32(at) : this.view.getUint32(at)
    const value = high * 0x1_0000_0000 + this.view.getUint32(at + 4)
    if (Number.isSafeInteger(value)) return value
    return isSigned ? this.view.getBigInt64(at) : this.view.getBigUint64(at)
  }

  /** Past a boolean; undefined when it is none. */
  boolean(): boolean | undefined {
    const first = this.bytes[this.at]!
    if (first !== 0xc2 && first !== 0xc3) return undefined
    this.at++
    return first === 0xc3
  }

  /** Past any value. */
  skip(): void {
    this.at = endOfValue(this.bytes, this.at, this.bytes.length)
  }
}

const nothing = new Uint8Array(0)
