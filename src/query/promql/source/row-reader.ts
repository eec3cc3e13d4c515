/**
 * Reads the engine's RowBinary answers: values one behind the other, in the order of the columns.
 * Who asked knows the columns.
 */

const decoder = new TextDecoder()

export class RowReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0
  /** Short texts are repeated in many rows: equal bytes become one string. */
  readonly #words = new Map<number, { from: number; length: number; text: string }>()

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length
  }

  varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#at++]!
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  u8(): number {
    return this.#bytes[this.#at++]!
  }

  i32(): number {
    this.#at += 4
    return this.#view.getInt32(this.#at - 4, true)
  }

  u32(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }

  u64(): bigint {
    this.#at += 8
    return this.#view.getBigUint64(this.#at - 8, true)
  }

  /** A whole number of 64 bits that a double holds: counts and milliseconds. */
  int53(): number {
    this.#at += 8
    const low = this.#view.getUint32(this.#at - 8, true)
    return this.#view.getInt32(this.#at - 4, true) * 0x1_0000_0000 + low
  }

  f64(): number {
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, true)
  }

  /** Copied as bytes: a NaN's payload tells whether it is a stale marker. */
  f64Array(): Float64Array {
    const length = this.varint()
    const values = new Float64Array(length)
    const bytes = length * 8
    new Uint8Array(values.buffer).set(this.#bytes.subarray(this.#at, this.#at + bytes))
    this.#at += bytes
    return values
  }

  int53Array(): Float64Array {
    const values = new Float64Array(this.varint())
    for (let i = 0; i < values.length; i++) values[i] = this.int53()
    return values
  }

  u32Array(base: number): Float64Array {
    const values = new Float64Array(this.varint())
    for (let i = 0; i < values.length; i++) values[i] = base + this.u32()
    return values
  }

  /** Array(Nullable(Float64)) as a grid of `count` steps; stale markers count as nothing. */
  nullableGrid(count: number): { values: Float64Array; has: Uint8Array } {
    const values = new Float64Array(count)
    const has = new Uint8Array(count)
    const length = this.varint()
    for (let i = 0; i < length; i++) {
      if (this.u8() === 1) continue
      const low = this.u32()
      const high = this.u32()
      if (low === 2 && high === 0x7ff0_0000) continue
      values[i] = this.#view.getFloat64(this.#at - 8, true)
      has[i] = 1
    }
    return { values, has }
  }

  string(): string {
    const length = this.varint()
    const from = this.#at
    const to = from + length
    this.#at = to
    if (length > 32) return decoder.decode(this.#bytes.subarray(from, to))
    let hash = length
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + this.#bytes[i]!) | 0
    const known = this.#words.get(hash)
    if (known?.length === length && this.#isSame(known.from, from, length)) return known.text
    const text = decoder.decode(this.#bytes.subarray(from, to))
    this.#words.set(hash, { from, length, text })
    return text
  }

  /** A map of texts, as pairs in the order in which they come. */
  pairs(): [string, string][] {
    const pairs: [string, string][] = []
    for (let left = this.varint(); left > 0; left--) pairs.push([this.string(), this.string()])
    return pairs
  }

  #isSame(one: number, other: number, length: number): boolean {
    const bytes = this.#bytes
    for (let i = 0; i < length; i++) if (bytes[one + i] !== bytes[other + i]) return false
    return true
  }
}
