/**
 * Collects the pieces of one record up to a limit, and of what is past it keeps length and SHA-256.
 * All buffers together stay in a budget, so that no log can take the memory of the others.
 */
import { createHash, type Hash } from 'node:crypto'
import { limits } from '../model/limits.ts'

const first_bytes = 4 * 1024
/** A buffer that grew past this gives its memory back when it is emptied. */
const kept_bytes = 32 * 1024

/** What all buffers of a collector may hold together. */
export class JoinBudget {
  readonly bytes_max: number
  held_bytes = 0

  constructor(bytes_max = 6 * 1024 * 1024) {
    this.bytes_max = bytes_max
  }
}

const nothing = new Uint8Array()

export class JoinBuffer {
  bytes: Uint8Array = nothing
  length = 0
  /** Of all pieces, those past the limit too. */
  total_bytes = 0
  readonly #budget: JoinBudget
  #hash: Hash | undefined

  constructor(budget: JoinBudget) {
    this.#budget = budget
  }

  get isTruncated(): boolean {
    return this.total_bytes > this.length
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.total_bytes += end - start
    const fits = this.#hash === undefined ? this.#ensure(end - start) : 0
    if (fits > 0) {
      this.bytes.set(bytes.subarray(start, start + fits), this.length)
      this.length += fits
    }
    if (fits === end - start) return
    // From the first byte that does not fit on, the hash is of all there was.
    this.#hash ??= createHash('sha256').update(this.bytes.subarray(0, this.length))
    this.#hash.update(bytes.subarray(start + fits, end))
  }

  /** SHA-256 of all pieces in hexadecimal. Once only, before clear(). */
  sha256(): string {
    return this.#hash === undefined ? '' : this.#hash.digest('hex')
  }

  clear(): void {
    this.length = this.total_bytes = 0
    this.#hash = undefined
    if (this.bytes.length <= kept_bytes) return
    this.#budget.held_bytes -= this.bytes.length
    this.bytes = nothing
  }

  /** Gives all memory back: the source is gone. */
  free(): void {
    this.clear()
    this.#budget.held_bytes -= this.bytes.length
    this.bytes = nothing
  }

  /** Makes room; answers how many of the bytes fit. */
  #ensure(more_bytes: number): number {
    const wanted = Math.min(this.length + more_bytes, limits.log_body_bytes_max)
    if (wanted > this.bytes.length) {
      let size = Math.max(first_bytes, this.bytes.length)
      while (size < wanted) size *= 2
      size = Math.min(size, limits.log_body_bytes_max)
      const more = size - this.bytes.length
      if (this.#budget.held_bytes + more <= this.#budget.bytes_max) {
        const grown = new Uint8Array(size)
        grown.set(this.bytes.subarray(0, this.length))
        this.#budget.held_bytes += more
        this.bytes = grown
      }
    }
    return Math.min(more_bytes, this.bytes.length - this.length)
  }
}
