/** Thrift's binary protocol: every value at its full size, big-endian. */
import { ThriftReader, thriftTypes } from './reader.ts'

const sizes: Readonly<Record<number, number>> = {
  [thriftTypes.bool]: 1,
  [thriftTypes.byte]: 1,
  [thriftTypes.double]: 8,
  [thriftTypes.i16]: 2,
  [thriftTypes.i32]: 4,
  [thriftTypes.i64]: 8,
}

export class ThriftBinaryReader extends ThriftReader {
  field(): boolean {
    this.type = this.bytes[this.take(1)]!
    if (this.type === thriftTypes.stop) return false
    this.id = this.view.getInt16(this.take(2))
    return true
  }

  bool(): boolean {
    return this.bytes[this.take(1)] !== 0
  }

  i32(): number {
    return this.view.getInt32(this.take(4))
  }

  i64(): bigint {
    return this.view.getBigInt64(this.take(8))
  }

  double(): number {
    return this.view.getFloat64(this.take(8))
  }

  length(): number {
    return this.i32()
  }

  list(): void {
    this.elementType = this.bytes[this.take(1)]!
    this.count = this.counted(this.i32())
  }

  map(): void {
    this.keyType = this.bytes[this.take(1)]!
    this.elementType = this.bytes[this.take(1)]!
    this.count = this.counted(this.i32())
  }

  protected skipPlain(type: number): void {
    const size = sizes[type]
    if (size === undefined) this.fail(`there is no type ${type}`)
    this.take(size)
  }
}
