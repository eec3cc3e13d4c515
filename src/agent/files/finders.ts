/**
 * Answers "does this line hold that word" for many lines of one block: each word is searched for
 * once through the block, not once a line.
 */

export class Finders {
  readonly #needles: readonly Buffer[]
  readonly #next: Float64Array
  #block: Buffer = Buffer.alloc(0)

  constructor(needles: readonly string[]) {
    this.#needles = needles.map((needle) => Buffer.from(needle))
    this.#next = new Float64Array(needles.length)
  }

  /** Lines that are asked about from here on lie in these bytes, and come in order. */
  reset(bytes: Uint8Array, end: number): void {
    this.#block = Buffer.from(bytes.buffer, bytes.byteOffset, end)
    this.#next.fill(-1)
  }

  /** Whether [from, to) holds needle number `which`. */
  has(which: number, from: number, to: number): boolean {
    let next = this.#next[which]!
    const needle = this.#needles[which]!
    if (next < from) {
      next = this.#block.indexOf(needle, from)
      if (next < 0) next = Number.POSITIVE_INFINITY
      this.#next[which] = next
    }
    return next + needle.length <= to
  }

  hasAny(from: number, to: number): boolean {
    for (let which = 0; which < this.#needles.length; which++) {
      if (this.has(which, from, to)) return true
    }
    return false
  }
}
