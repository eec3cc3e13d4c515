/**
 * The labels of one series as places in the body: sorted, checked by Prometheus's rules, and
 * written as the column attributes. Where they come from is the decoders' affair.
 */
import { isUtf8 } from 'node:buffer'
import { limits } from '../../model/limits.ts'
import type { RejectReason } from '../../model/outcome.ts'
import type { Hash64 } from '../hash.ts'
import type { ProtobufReader } from '../protobuf-reader.ts'
import type { RowBuffer } from '../row-buffer.ts'

const labels_max = limits.attributes_max
const stride = 4
const metricLabel = '__name__'

export class Labels {
  count = 0
  /** The name of the metric. */
  nameStart = 0
  nameEnd = 0
  /** More were sent than are kept. */
  isTooMany = false
  /** What check() found. */
  reason: RejectReason | '' = ''
  /** nameStart, nameEnd, valueStart, valueEnd of each; without __name__ once it was checked. */
  readonly #at = new Int32Array(labels_max * stride)
  #hasName = false
  #isRepeated = false

  clear(): void {
    this.count = this.nameStart = this.nameEnd = 0
    this.isTooMany = this.#hasName = this.#isRepeated = false
  }

  add(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    if (this.count === labels_max) {
      this.isTooMany = true
      return
    }
    const base = this.count++ * stride
    this.#at[base] = nameStart
    this.#at[base + 1] = nameEnd
    this.#at[base + 2] = valueStart
    this.#at[base + 3] = valueEnd
  }

  /**
   * Sorts them, leaves out empty ones, which mean nothing, and takes __name__ from among them.
   * Leaves in reason why the series cannot be stored, or ''.
   */
  check(reader: ProtobufReader): void {
    this.reason = this.#problem(reader)
  }

  #problem(reader: ProtobufReader): RejectReason | '' {
    this.#sort(reader.bytes)
    this.#takeName(reader)
    if (this.isTooMany || this.#isRepeated) return 'label_invalid'
    if (!this.#hasName || this.nameEnd === this.nameStart) return 'name_missing'
    if (this.nameEnd - this.nameStart > limits.attribute_key_bytes_max) return 'label_invalid'
    const isNamed = isText(reader.bytes, this.nameStart, this.nameEnd)
    return isNamed && this.#areValid(reader.bytes) ? '' : 'label_invalid'
  }

  /** The same for labels that belong to no series, in words. */
  checkNameless(reader: ProtobufReader): string {
    this.#sort(reader.bytes)
    this.#leaveEmpty()
    if (this.isTooMany) return `more than ${labels_max} labels`
    if (this.#isRepeated) return 'a label is there twice'
    return this.#areValid(reader.bytes) ? '' : 'a label is no text'
  }

  #areValid(bytes: Uint8Array): boolean {
    for (let i = 0; i < this.count; i++) if (!this.#isValid(i, bytes)) return false
    return true
  }

  #isValid(index: number, bytes: Uint8Array): boolean {
    const [start, end, from, to] = this.#placeOf(index)
    if (end === start || end - start > limits.attribute_key_bytes_max) return false
    if (to - from > limits.attribute_value_bytes_max) return false
    return isText(bytes, start, end) && isText(bytes, from, to)
  }

  #placeOf(index: number): [number, number, number, number] {
    const at = this.#at
    const base = index * stride
    return [at[base]!, at[base + 1]!, at[base + 2]!, at[base + 3]!]
  }

  /** Nearly always sorted already. Also tells whether a name is there twice. */
  #sort(bytes: Uint8Array): void {
    const at = this.#at
    let isSorted = true
    for (let i = 1; i < this.count && isSorted; i++) {
      const base = i * stride
      const order = compare(bytes, at[base - 4]!, at[base - 3]!, at[base]!, at[base + 1]!)
      if (order >= 0) isSorted = false
    }
    if (isSorted) return
    const places = Array.from({ length: this.count }, (_, i) => this.#placeOf(i))
    places.sort((a, b) => compare(bytes, a[0], a[1], b[0], b[1]))
    for (const [i, place] of places.entries()) {
      at.set(place, i * stride)
      const before = places[i - 1]
      if (before && compare(bytes, before[0], before[1], place[0], place[1]) === 0) {
        this.#isRepeated = true
      }
    }
  }

  #takeName({ bytes }: ProtobufReader): void {
    for (let i = 0; i < this.count; i++) {
      const [start, end, from, to] = this.#placeOf(i)
      if (end - start !== metricLabel.length || textAt(bytes, start, end) !== metricLabel) continue
      this.#hasName = true
      this.nameStart = from
      this.nameEnd = to
      this.remove(i)
      break
    }
    this.#leaveEmpty()
  }

  #leaveEmpty(): void {
    let kept = 0
    for (let i = 0; i < this.count; i++) {
      const base = i * stride
      if (this.#at[base + 2] === this.#at[base + 3]) continue
      this.#at.copyWithin(kept++ * stride, base, base + stride)
    }
    this.count = kept
  }

  /** Adds all labels to an identity. */
  addTo(identity: Hash64, { view }: ProtobufReader): void {
    for (let i = 0; i < this.count; i++) {
      const [start, end, from, to] = this.#placeOf(i)
      identity.bytes(view, start, end).bytes(view, from, to)
    }
  }

  /** Column attributes. */
  writeMap({ view }: ProtobufReader, out: RowBuffer): void {
    out.varint(this.count)
    for (let i = 0; i < this.count; i++) {
      const [start, end, from, to] = this.#placeOf(i)
      out.string(view, start, end)
      out.string(view, from, to)
    }
  }

  nameAt(index: number, { bytes }: ProtobufReader): string {
    return textAt(bytes, this.#at[index * stride]!, this.#at[index * stride + 1]!)
  }

  valueAt(index: number, { bytes }: ProtobufReader): string {
    return textAt(bytes, this.#at[index * stride + 2]!, this.#at[index * stride + 3]!)
  }

  remove(index: number): void {
    const base = index * stride
    this.#at.copyWithin(base, base + stride, this.count-- * stride)
  }

  /** As people write a series, for messages. */
  text(reader: ProtobufReader): string {
    const { bytes } = reader
    const name = textAt(bytes, this.nameStart, this.nameEnd)
    const shown = Array.from({ length: Math.min(this.count, 16) }, (_, i) => {
      return `${this.nameAt(i, reader)}=${JSON.stringify(this.valueAt(i, reader).slice(0, 64))}`
    })
    return `${name}{${shown.join(',')}}`.slice(0, 400)
  }
}

function isText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! >= 0x80) return isUtf8(bytes.subarray(i, end))
  return true
}

export function textAt(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString()
}

function compare(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): number {
  for (; a < aEnd && b < bEnd; a++, b++) if (bytes[a] !== bytes[b]) return bytes[a]! - bytes[b]!
  return aEnd - a - (bEnd - b)
}
