/**
 * Runs of bytes to small numbers: the memory in which a decoder finds what it has seen before.
 * Bounded: when it is full all is forgotten. Knows nothing of what the bytes mean.
 */
import { copyBytes, overshoot_bytes, viewOf } from '../copy-bytes.ts'
import { quickHash } from '../hash.ts'

/** Runs that were chosen to collide cannot make a search longer than this. */
const probes_max = 16
const start_slots = 1024
const start_bytes = 64 * 1024
const stride = 5

export class ByteTable {
  size = 0
  bytes = new Uint8Array(start_bytes)
  view = viewOf(this.bytes)
  /** Bytes in use. */
  length = 0
  readonly #runs_max: number
  readonly #bytes_max: number
  /** start, length, hash, salt of each run, and the number of the run that was found after it. */
  #runs = new Int32Array(start_slots * stride)
  #last = 0
  /** The number of a run and one; 0 is a free slot. */
  #slots = new Int32Array(start_slots)

  constructor(bounds: { runs_max: number; bytes_max: number }) {
    this.#runs_max = bounds.runs_max
    this.#bytes_max = bounds.bytes_max
  }

  /** The number of the run [start, end) of source, or -1. Runs of another salt are other runs. */
  find(source: DataView, start: number, end: number, salt: number): number {
    if (this.size === 0) return -1
    // Senders repeat themselves in order, and comparing is half the work of hashing.
    const next = this.#runs[this.#last * stride + 4]!
    const at = next * stride
    const isNext =
      next < this.size &&
      this.#runs[at + 1] === end - start &&
      this.#runs[at + 3] === salt &&
      sameRuns(this.view, this.#runs[at]!, source, start, end - start)
    const index = isNext ? next : this.#search(source, start, end, salt)
    if (index >= 0) {
      this.#runs[this.#last * stride + 4] = index
      this.#last = index
    }
    return index
  }

  /**
   * The run that is expected next, when source has it at start; -1 when it has not. Nothing is
   * remembered of it before took().
   */
  foretold(source: DataView, start: number, end: number, salt: number): number {
    if (this.size === 0) return -1
    const next = this.#runs[this.#last * stride + 4]!
    if (next >= this.size) return -1
    const at = next * stride
    const length = this.#runs[at + 1]!
    if (start + length > end || this.#runs[at + 3] !== salt) return -1
    return sameRuns(this.view, this.#runs[at]!, source, start, length) ? next : -1
  }

  took(index: number): void {
    this.#last = index
  }

  lengthOf(index: number): number {
    return this.#runs[index * stride + 1]!
  }

  #search(source: DataView, start: number, end: number, salt: number): number {
    const hash = quickHash(source, start, end) ^ Math.imul(salt, 0x9e3779b1)
    const mask = this.#slots.length - 1
    for (let i = 0, slot = home(hash, mask); i < probes_max; i++, slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1
      if (index < 0) return -1
      const at = index * stride
      const runs = this.#runs
      if (runs[at + 2] !== hash || runs[at + 1] !== end - start || runs[at + 3] !== salt) continue
      if (sameRuns(this.view, runs[at]!, source, start, end - start)) return index
    }
    return -1
  }

  /** Adds a run that find() did not find. Make room before. */
  add(source: DataView, start: number, end: number, salt: number): number {
    const hash = quickHash(source, start, end) ^ Math.imul(salt, 0x9e3779b1)
    this.#ensure(end - start)
    const index = this.size++
    const at = index * stride
    this.#runs[at] = this.length
    this.#runs[at + 1] = end - start
    this.#runs[at + 2] = hash
    this.#runs[at + 3] = salt
    this.#runs[at + 4] = 0
    this.#runs[this.#last * stride + 4] = index
    this.#last = index
    this.length = copyBytes(source, start, end, this.view, this.length)
    if (this.size * 2 > this.#slots.length) this.#rehash()
    else this.#enter(hash, index)
    return index
  }

  /** True when everything had to be forgotten for it. */
  makeRoom(runs: number, bytes: number): boolean {
    if (this.size === 0) return false
    const fits = this.length + bytes <= this.#bytes_max && this.size + runs <= this.#runs_max
    if (!fits) this.clear()
    return !fits
  }

  clear(): void {
    if (this.size === 0) return
    this.size = this.length = this.#last = 0
    this.#slots.fill(0)
    if (this.bytes.length <= this.#bytes_max * 2) return
    this.bytes = new Uint8Array(start_bytes)
    this.view = viewOf(this.bytes)
  }

  /** When its neighbourhood is taken it takes the best place: the other run is forgotten. */
  #enter(hash: number, index: number): void {
    const mask = this.#slots.length - 1
    let slot = home(hash, mask)
    for (let i = 1; i < probes_max && this.#slots[slot] !== 0; i++) slot = (slot + 1) & mask
    if (this.#slots[slot] !== 0) slot = home(hash, mask)
    this.#slots[slot] = index + 1
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let i = 0; i < this.size; i++) this.#enter(this.#runs[i * stride + 2]!, i)
  }

  #ensure(more_bytes: number): void {
    const needed = this.length + more_bytes + overshoot_bytes
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
      grown.set(this.bytes.subarray(0, this.length))
      this.bytes = grown
      this.view = viewOf(grown)
    }
    if ((this.size + 1) * stride > this.#runs.length) {
      const runs = new Int32Array(this.#runs.length * 2)
      runs.set(this.#runs)
      this.#runs = runs
    }
  }
}

function home(hash: number, mask: number): number {
  return (hash ^ (hash >>> 17)) & mask
}

function sameRuns(a: DataView, aStart: number, b: DataView, bStart: number, length: number) {
  let i = 0
  // Differences are gathered: one branch for 16 bytes takes 0.6 of the time of four.
  for (; i + 16 <= length; i += 16) {
    const at = aStart + i
    const to = bStart + i
    const differing =
      (a.getInt32(at, true) ^ b.getInt32(to, true)) |
      (a.getInt32(at + 4, true) ^ b.getInt32(to + 4, true)) |
      (a.getInt32(at + 8, true) ^ b.getInt32(to + 8, true)) |
      (a.getInt32(at + 12, true) ^ b.getInt32(to + 12, true))
    if (differing !== 0) return false
  }
  for (; i + 4 <= length; i += 4) {
    if (a.getInt32(aStart + i, true) !== b.getInt32(bStart + i, true)) return false
  }
  for (; i < length; i++) if (a.getUint8(aStart + i) !== b.getUint8(bStart + i)) return false
  return true
}
