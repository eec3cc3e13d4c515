/** Writes protobuf messages with lengths in their shortest form. Knows no message by name. */

const encoder = new TextEncoder()

export class Protobuf {
  #bytes = new Uint8Array(256)
  #length = 0

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }

  #raw(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #number(value: bigint): void {
    this.#room(10)
    let rest = BigInt.asUintN(64, value)
    while (rest >= 0x80n) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.#bytes[this.#length++] = Number(rest)
  }

  #tag(field: number, wireType: number): void {
    this.#number(BigInt((field << 3) | wireType))
  }

  varint(field: number, value: bigint | number): void {
    this.#tag(field, 0)
    this.#number(BigInt(value))
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, 1)
    this.#room(8)
    const view = new DataView(this.#bytes.buffer)
    view.setBigUint64(this.#length, BigInt.asUintN(64, value), true)
    this.#length += 8
  }

  double(field: number, value: number): void {
    this.#tag(field, 1)
    this.#room(8)
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true)
    this.#length += 8
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, 2)
    this.#number(BigInt(value.length))
    this.#raw(value)
  }

  text(field: number, value: string): void {
    this.bytes(field, encoder.encode(value))
  }

  /** A field that is absent when it has its default. */
  textIfAny(field: number, value: string): void {
    if (value !== '') this.text(field, value)
  }

  message(field: number, write: (inner: Protobuf) => void): void {
    const inner = new Protobuf()
    write(inner)
    this.bytes(field, inner.written())
  }

  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}
