/**
 * Cuts a stream of bytes into lines wherever its chunks are split. A line longer than the limit is
 * left out and counted, so that one object cannot take the memory of all.
 */
const newline = 0x0a

export class LineSplitter {
  readonly #line_bytes_max: number
  #pieces: Uint8Array[] = []
  #held_bytes = 0
  #isTooLong = false
  /** Lines that were left out. */
  skipped = 0

  constructor(line_bytes_max: number) {
    this.#line_bytes_max = line_bytes_max
  }

  /** The lines that this chunk completes, without their ends. Empty lines are left out. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(newline, start)
      if (end < 0) break
      const line = this.#finish(chunk.subarray(start, end))
      start = end + 1
      if (line !== undefined && line.length > 0) yield line
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start))
  }

  /** What came after the last end of line. */
  rest(): Uint8Array {
    return this.#finish(new Uint8Array(0)) ?? new Uint8Array(0)
  }

  #hold(piece: Uint8Array): void {
    if (this.#isTooLong) return
    this.#held_bytes += piece.length
    if (this.#held_bytes <= this.#line_bytes_max) {
      this.#pieces.push(piece)
      return
    }
    this.#isTooLong = true
    this.#pieces = []
  }

  #finish(last: Uint8Array): Uint8Array | undefined {
    if (this.#pieces.length === 0 && !this.#isTooLong && last.length <= this.#line_bytes_max) {
      return last
    }
    this.#hold(last)
    const line = this.#isTooLong ? undefined : Buffer.concat(this.#pieces, this.#held_bytes)
    if (this.#isTooLong) this.skipped++
    this.#pieces = []
    this.#held_bytes = 0
    this.#isTooLong = false
    return line
  }
}
