/** Thrift's compact protocol: varints, and field ids as the distance to the one before. */
import { ThriftReader, thriftTypes } from './reader.ts'

const { bool, byte, double, i16, i32, i64, list, map, set, string, struct } = thriftTypes
/** Its own numbers to those of the binary protocol. 1 and 2 are true and false. */
const types = [0, bool, bool, byte, i16, i32, i64, double, string, list, set, map, struct]

export class ThriftCompactReader extends ThriftReader {
  /** The value of a boolean field lies in its header. */
  #isTrue = false
  #isInHeader = false

  field(before: number): boolean {
    const head = this.bytes[this.take(1)]!
    const type = head & 0x0f
    if (type === 0) return false
    this.type = this.#typeOf(type)
    const distance = head >> 4
    this.id = distance === 0 ? Number(this.#zigzag()) : before + distance
    this.#isInHeader = type <= 2
    this.#isTrue = type === 1
    return true
  }

  #typeOf(type: number): number {
    const known = types[type]
    if (known === undefined) this.fail(`there is no type ${type}`)
    return known
  }

  bool(): boolean {
    const isTrue = this.#isInHeader ? this.#isTrue : this.bytes[this.take(1)] === 1
    this.#isInHeader = false
    return isTrue
  }

  i32(): number {
    return Number(BigInt.asIntN(32, this.#zigzag()))
  }

  i64(): bigint {
    return this.#zigzag()
  }

  double(): number {
    return this.view.getFloat64(this.take(8), true)
  }

  length(): number {
    return Number(this.#varint())
  }

  list(): void {
    const head = this.bytes[this.take(1)]!
    const few = head >> 4
    this.elementType = this.#typeOf(head & 0x0f)
    this.count = this.counted(few === 15 ? Number(this.#varint()) : few)
    this.#isInHeader = false
  }

  map(): void {
    this.count = this.counted(Number(this.#varint()))
    this.#isInHeader = false
    if (this.count === 0) return
    const head = this.bytes[this.take(1)]!
    this.keyType = this.#typeOf(head >> 4)
    this.elementType = this.#typeOf(head & 0x0f)
  }

  protected skipPlain(type: number): void {
    if (type === bool) this.bool()
    else if (type === byte) this.take(1)
    else if (type === double) this.take(8)
    else if (type === i16 || type === i32 || type === i64) this.#varint()
    else this.fail(`there is no type ${type}`)
  }

  #varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const part = this.bytes[this.take(1)]!
      value |= BigInt(part & 0x7f) << shift
      if (part < 0x80) return BigInt.asUintN(64, value)
    }
    return this.fail('a varint is longer than 10 bytes')
  }

  #zigzag(): bigint {
    const value = this.#varint()
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
  }
}
