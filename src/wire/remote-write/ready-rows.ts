/**
 * What the samples of a series have in common as row bytes, metric and series_id, one series behind
 * the other: a sample of a series that is known is a copy and three numbers. Everything unusual is
 * left to points.ts, which knows all that may be sent.
 */
import { batch_bytes_max } from '../batch.ts'
import { copyBytes, overshoot_bytes, viewOf } from '../copy-bytes.ts'
import { day_ms } from '../otlp/time.ts'
import { type Series, seriesHi, seriesLo, shapes } from './series.ts'
import type { Writing } from './writing.ts'

/** Where the bytes of a series start, how many they are, its known day, and what described it. */
const stride = 4
const start_bytes = 16 * 1024
const start_places = 256 * stride
const kept_bytes_max = 4 * 1024 * 1024
/** On no day: its samples go the long way, until its row is known to be durable. */
const never = -1

export class ReadyRows {
  #bytes = new Uint8Array(start_bytes)
  #view = viewOf(this.#bytes)
  #length = 0
  #places = new Int32Array(start_places)

  /** Takes over what the series is now, under the number that the decoder has for it. */
  note(index: number, series: Series): void {
    this.#ensure(index, series.nameLength + 8)
    const base = index * stride
    if (this.#places[base + 1] === 0) this.#add(base, series)
    const isUsual = series.lastShape === shapes.numbers
    this.#places[base + 2] = isUsual ? series.knownDay : never
    this.#places[base + 3] = series.describedBy
  }

  /** To be called before anything of the series may change. */
  forget(index: number): void {
    if ((index + 1) * stride <= this.#places.length) this.#places[index * stride + 2] = never
  }

  clear(): void {
    this.#length = 0
    this.#places.fill(0)
    if (this.#bytes.length <= kept_bytes_max) return
    this.#bytes = new Uint8Array(start_bytes)
    this.#view = viewOf(this.#bytes)
    this.#places = new Int32Array(start_places)
  }

  /**
   * Stores the sample in [start, end) when there is nothing to it but a value and a time of a day
   * on which its series is known. False, and nothing is stored, when it must go the long way.
   */
  store(writing: Writing, index: number, start: number, end: number, describedBy: number): boolean {
    const base = index * stride
    const places = this.#places
    if (base >= places.length || places[base + 3] !== describedBy) return false
    const { reader, context, samplesOut: out } = writing
    const { bytes, view } = reader
    // Sample{value=1 double, timestamp=2 int64}; a value of 0 is not sent.
    const hasValue = bytes[start] === 9
    const at = hasValue ? start + 9 : start
    if (at + 1 >= end || bytes[at] !== 16) return false
    const lo = reader.varint(at + 1)
    if (reader.after !== end) return false
    const hi = reader.hi | 0
    const time_ms = hi * 0x1_0000_0000 + lo
    const day = places[base + 2]!
    if (day === never || time_ms < day * day_ms || time_ms >= (day + 1) * day_ms) return false
    if (time_ms < context.time_ms_min || time_ms > context.time_ms_max) return false
    if (out.length > batch_bytes_max || writing.isFull()) return false
    const from = places[base]!
    const length = places[base + 1]!
    out.ensure(length + 24)
    const target = out.view
    const to = copyBytes(this.#view, from, from + length, target, out.length)
    target.setInt32(to, lo, true)
    target.setInt32(to + 4, hi, true)
    target.setInt32(to + 8, 0, true)
    target.setInt32(to + 12, 0, true)
    // As bytes: the stale marker is a NaN, whose bits a JavaScript number does not keep.
    target.setBigInt64(to + 16, hasValue ? view.getBigInt64(start + 1, true) : 0n, true)
    out.length = to + 24
    out.rows++
    writing.tally.accepted++
    writing.samples++
    return true
  }

  #add(base: number, series: Series): void {
    const { nameView, nameLength } = series
    const at = copyBytes(nameView, 0, nameLength, this.#view, this.#length)
    this.#view.setInt32(at, seriesLo(series, shapes.numbers), true)
    this.#view.setInt32(at + 4, seriesHi(series, shapes.numbers), true)
    this.#places[base] = this.#length
    this.#places[base + 1] = nameLength + 8
    this.#length = at + 8
  }

  #ensure(index: number, more_bytes: number): void {
    const needed = this.#length + more_bytes + overshoot_bytes
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
      this.#view = viewOf(grown)
    }
    if ((index + 1) * stride > this.#places.length) {
      const places = new Int32Array(Math.max(this.#places.length * 2, (index + 1) * stride))
      places.set(this.#places)
      this.#places = places
    }
  }
}
