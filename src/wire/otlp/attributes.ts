/**
 * The attributes of one record. They are collected as offsets into the payload (no object each),
 * the last of equal keys wins, and are then written as the maps `attributes` (text) and `numbers`.
 */
import { limits } from '../../model/limits.ts'
import { copyBytes } from '../copy-bytes.ts'
import { type Hash64, quickHash, sameBytes } from '../hash.ts'
import type { ProtobufReader } from '../protobuf-reader.ts'
import { putVarint, type RowBuffer } from '../row-buffer.ts'
import { cutAt, found, kinds, readAnyValue, renderFound, scratch } from './any-value.ts'

const key_bytes_max = limits.attribute_key_bytes_max
const value_bytes_max = limits.attribute_value_bytes_max
const stride = 6

/** From this count on duplicates are looked for in a table instead of one by one. */
const table_from = 16
const table_slots = 4096

export class Attributes {
  count = 0
  numbers = 0
  /** Attributes past the limit, left out of the record. */
  dropped = 0
  /** Some value was nested deeper than the limit when it was written. */
  isTooDeep = false
  #seen = 0
  /** keyStart, keyEnd, kind, valueStart, valueEnd, keyHash of each attribute. */
  readonly at = new Int32Array(limits.attributes_max * stride)
  readonly value = new Float64Array(limits.attributes_max)
  readonly #table = new Int32Array(table_slots)
  #tableFilled = false

  clear(): void {
    this.count = 0
    this.numbers = 0
    this.dropped = 0
    this.isTooDeep = false
    this.#seen = 0
    if (this.#tableFilled) {
      this.#table.fill(0)
      this.#tableFilled = false
    }
  }

  /** Collects the KeyValue that lies at [at, end). Returns its index, or -1 when it was dropped. */
  add(reader: ProtobufReader, at: number, end: number): number {
    const bytes = reader.bytes
    let keyStart = at
    let keyEnd = at
    found.kind = kinds.nothing
    while (at < end) {
      let tag = bytes[at++]!
      if (tag >= 0x80) {
        tag = reader.varint(at - 1)
        at = reader.after
      }
      if (tag === 10) {
        keyStart = reader.enter(at, end)
        at = keyEnd = reader.stop
      } else if (tag === 18) {
        const start = reader.enter(at, end)
        at = reader.stop
        readAnyValue(reader, start, at)
      } else at = reader.skip(tag, at, end)
    }
    if (keyEnd - keyStart > key_bytes_max) keyEnd = cutAt(bytes, keyStart, keyEnd, key_bytes_max)
    const hash = quickHash(reader.view, keyStart, keyEnd)
    const index = this.#place(reader, keyStart, keyEnd, hash)
    if (index >= 0) this.#put(index, keyStart, keyEnd, hash)
    return index
  }

  #put(index: number, keyStart: number, keyEnd: number, hash: number): void {
    const { at } = this
    const base = index * stride
    const kind = found.kind
    at[base] = keyStart
    at[base + 1] = keyEnd
    at[base + 2] = kind
    at[base + 3] = found.start
    at[base + 4] = found.end
    at[base + 5] = hash
    if (kind === kinds.int || kind === kinds.double) this.numbers++
    this.value[index] = found.number
  }

  /** Where an attribute goes: the place of its duplicate, a new one, or -1 when all are taken. */
  #place(reader: ProtobufReader, keyStart: number, keyEnd: number, hash: number): number {
    const bit = 1 << (hash & 31)
    const index = (this.#seen & bit) === 0 ? -1 : this.#find(reader, keyStart, keyEnd, hash)
    if (index >= 0) {
      const kind = this.at[index * stride + 2]!
      if (kind === kinds.int || kind === kinds.double) this.numbers--
      return index
    }
    if (this.count === limits.attributes_max) {
      this.dropped++
      return -1
    }
    this.#seen |= bit
    if (this.count >= table_from) this.#enter(this.count, hash)
    return this.count++
  }

  #find(reader: ProtobufReader, keyStart: number, keyEnd: number, hash: number): number {
    if (this.count <= table_from) {
      for (let i = 0; i < this.count; i++) if (this.#is(i, reader, keyStart, keyEnd, hash)) return i
      return -1
    }
    for (let slot = hash & (table_slots - 1); ; slot = (slot + 1) & (table_slots - 1)) {
      const there = this.#table[slot]! - 1
      if (there < 0) return -1
      if (this.#is(there, reader, keyStart, keyEnd, hash)) return there
    }
  }

  #enter(index: number, hash: number): void {
    if (!this.#tableFilled) {
      this.#tableFilled = true
      for (let i = 0; i < index; i++) this.#enter(i, this.at[i * stride + 5]!)
    }
    let slot = hash & (table_slots - 1)
    while (this.#table[slot] !== 0) slot = (slot + 1) & (table_slots - 1)
    this.#table[slot] = index + 1
  }

  #is(index: number, reader: ProtobufReader, start: number, end: number, hash: number): boolean {
    const base = index * stride
    const { at } = this
    const keyStart = at[base]!
    if (at[base + 5] !== hash || at[base + 1]! - keyStart !== end - start) return false
    return sameBytes(reader.bytes, keyStart, reader.bytes, start, end - start)
  }

  /** Writes the columns attributes and numbers. */
  writeMaps(reader: ProtobufReader, out: RowBuffer, originalBodyBytes = 0): void {
    const more = originalBodyBytes > 0 ? 1 : 0
    out.varint(this.count - this.numbers + more)
    if (more) truncatedTrue(out)
    for (let i = 0; i < this.count; i++) {
      const kind = this.at[i * stride + 2]!
      if (kind !== kinds.int && kind !== kinds.double) this.#writePair(i, reader, out)
    }
    out.varint(this.numbers + more)
    if (more) originalLength(out, originalBodyBytes)
    if (this.numbers === 0) return
    for (let i = 0; i < this.count; i++) {
      const kind = this.at[i * stride + 2]!
      if (kind !== kinds.int && kind !== kinds.double) continue
      const base = i * stride
      out.string(reader.view, this.at[base]!, this.at[base + 1]!)
      out.float64(this.value[i]!)
    }
  }

  /** Writes all attributes as one map of text, for tables that keep no numbers. */
  writeTextMap(reader: ProtobufReader, out: RowBuffer): void {
    out.varint(this.count)
    for (let i = 0; i < this.count; i++) this.#writePair(i, reader, out)
  }

  /** The same with one more pair, which takes the place of an attribute with its key. */
  writeTextMapWith(
    reader: ProtobufReader,
    out: RowBuffer,
    key: Uint8Array,
    value: Uint8Array,
  ): void {
    const other = this.indexOf(reader, key)
    out.varint(this.count + (other < 0 ? 1 : 0))
    for (let i = 0; i < this.count; i++) if (i !== other) this.#writePair(i, reader, out)
    out.varint(key.length)
    out.raw(key)
    out.varint(value.length)
    out.raw(value)
  }

  indexOf(reader: ProtobufReader, key: Uint8Array): number {
    for (let i = 0; i < this.count; i++) {
      const start = this.keyStart(i)
      if (this.keyEnd(i) - start !== key.length) continue
      if (sameBytes(reader.bytes, start, key, 0, key.length)) return i
    }
    return -1
  }

  #writePair(index: number, reader: ProtobufReader, out: RowBuffer): void {
    const { at } = this
    const base = index * stride
    const keyStart = at[base]!
    const keyEnd = at[base + 1]!
    if (at[base + 2] !== kinds.string) {
      out.string(reader.view, keyStart, keyEnd)
      this.render(index, reader)
      out.string(scratch.view, 0, scratch.length)
      return
    }
    const start = at[base + 3]!
    let end = at[base + 4]!
    if (end - start > value_bytes_max) end = cutAt(reader.bytes, start, end, value_bytes_max)
    out.ensure(keyEnd - keyStart + end - start + 10)
    const { bytes, view } = out
    let to = putVarint(bytes, out.length, keyEnd - keyStart)
    to = copyBytes(reader.view, keyStart, keyEnd, view, to)
    to = putVarint(bytes, to, end - start)
    out.length = copyBytes(reader.view, start, end, view, to)
  }

  /** Leaves the text of a value that is not a string in scratch. */
  render(index: number, reader: ProtobufReader): void {
    const base = index * stride
    found.kind = this.at[base + 2]!
    found.start = this.at[base + 3]!
    found.end = this.at[base + 4]!
    found.number = this.value[index]!
    if (!renderFound(reader, value_bytes_max)) this.isTooDeep = true
  }

  kindOf(index: number): number {
    return this.at[index * stride + 2]!
  }

  keyStart(index: number): number {
    return this.at[index * stride]!
  }

  keyEnd(index: number): number {
    return this.at[index * stride + 1]!
  }

  keyHash(index: number): number {
    return this.at[index * stride + 5]!
  }

  valueStart(index: number): number {
    return this.at[index * stride + 3]!
  }

  valueEnd(index: number): number {
    return this.at[index * stride + 4]!
  }

  /** Sums the hashes of all pairs of key and text into an identity; their order does not matter. */
  addTo(identity: Hash64, pair: Hash64, reader: ProtobufReader): void {
    for (let i = 0; i < this.count; i++) {
      pair.reset(pairSeed).bytes(reader.view, this.keyStart(i), this.keyEnd(i))
      if (this.kindOf(i) === kinds.string) {
        const start = this.valueStart(i)
        const end = cutAt(reader.bytes, start, this.valueEnd(i), value_bytes_max)
        pair.bytes(reader.view, start, end)
      } else {
        this.render(i, reader)
        pair.bytes(scratch.view, 0, scratch.length)
      }
      identity.sum(pair.finish())
    }
    identity.number(this.count)
  }
}

export const pairSeed = 7

function truncatedTrue(out: RowBuffer): void {
  out.text('log.truncated')
  out.text('true')
}

function originalLength(out: RowBuffer, bytes: number): void {
  out.text('log.original_length')
  out.float64(bytes)
}
