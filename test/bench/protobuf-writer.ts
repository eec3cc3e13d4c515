/**
 * A small protobuf writer for generated load: growable bytes, nested messages with a length patched
 * in.
 */

export class ProtobufWriter {
  bytes = new Uint8Array(1 << 16)
  length = 0
  private readonly encoder = new TextEncoder()

  private ensure(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }

  private varint(value: number): void {
    this.ensure(10)
    let rest = value
    while (rest >= 128) {
      this.bytes[this.length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.bytes[this.length++] = rest
  }

  number(field: number, value: number): void {
    this.varint(field * 8)
    this.varint(value)
  }

  fixed64(field: number, value: bigint): void {
    this.varint(field * 8 + 1)
    this.ensure(8)
    new DataView(this.bytes.buffer).setBigUint64(this.length, value, true)
    this.length += 8
  }

  double(field: number, value: number): void {
    this.varint(field * 8 + 1)
    this.ensure(8)
    new DataView(this.bytes.buffer).setFloat64(this.length, value, true)
    this.length += 8
  }

  string(field: number, text: string): void {
    this.raw(field, this.encoder.encode(text))
  }

  raw(field: number, bytes: Uint8Array): void {
    this.varint(field * 8 + 2)
    this.varint(bytes.length)
    this.ensure(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /**
   * Writes a nested message; its length takes four bytes so that nothing has to move afterwards.
   */
  message(field: number, write: () => void): void {
    this.varint(field * 8 + 2)
    this.ensure(4)
    const at = this.length
    this.length += 4
    write()
    let size = this.length - at - 4
    for (let i = 0; i < 4; i++) {
      this.bytes[at + i] = (size & 127) | (i < 3 ? 128 : 0)
      size >>>= 7
    }
  }

  attribute(field: number, key: string, value: string | number | boolean): void {
    this.message(field, () => {
      this.string(1, key)
      this.message(2, () => {
        if (typeof value === 'string') this.string(1, value)
        else if (typeof value === 'boolean') this.number(2, value ? 1 : 0)
        else if (Number.isInteger(value)) this.number(3, value)
        else this.double(4, value)
      })
    })
  }

  /** A copy of what was written; the writer starts anew. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length)
    this.length = 0
    return taken
  }
}
