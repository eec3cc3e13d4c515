/**
 * Whole messages out of the pieces of a connection. What has arrived of a message is looked at
 * once, however many pieces it takes, and a piece that holds whole messages is not copied.
 */
import { Fault } from '../../model/faults.ts'

/** Finds where a message ends; see value-end.ts and json-end.ts. */
export interface MessageEnd {
  at: number
  /** Bytes that have to follow at least before the message can end. */
  readonly left: number
  begin(at: number): void
  run(bytes: Uint8Array, end: number): boolean
}

export class Messages {
  /** Holds the last message at [start, end). Never written again once a message was told. */
  bytes: Uint8Array = nothing
  start = 0
  end = 0
  /** Where the bytes that were not told yet begin and end. */
  #from = 0
  #length = 0
  /** Whether the bytes are our own and hold no message that was told. */
  #isOwn = false
  readonly #bytes_max: number
  readonly #finder: MessageEnd

  constructor(finder: MessageEnd, bytes_max: number) {
    this.#finder = finder
    this.#bytes_max = bytes_max
    finder.begin(0)
  }

  /** Bytes of a message that has not ended. */
  get waiting_bytes(): number {
    return this.#length - this.#from
  }

  /** Whether a message has begun and not ended. */
  get isWithin(): boolean {
    const { at, left } = this.#finder
    return this.waiting_bytes > 0 && (left > 0 || at > this.#length)
  }

  /** What was not told yet; for whoever reads on in another way. */
  rest(): Uint8Array {
    return this.bytes.subarray(this.#from, this.#length)
  }

  /** Only when next() has answered false. */
  add(piece: Uint8Array): void {
    const kept = this.waiting_bytes
    if (kept === 0) {
      this.bytes = piece
      this.#isOwn = false
      this.#length = piece.length
      this.#moveTo(0)
      return
    }
    const needed = kept + piece.length
    if (!this.#isOwn || this.#from > 0 || needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, kept * 2))
      grown.set(this.rest())
      this.bytes = grown
      this.#isOwn = true
      this.#moveTo(0)
    }
    this.bytes.set(piece, kept)
    this.#length = needed
  }

  #moveTo(from: number): void {
    this.#finder.at += from - this.#from
    this.#from = from
  }

  /** True when there is another whole message. Throws body_too_large and payload_malformed. */
  next(): boolean {
    const finder = this.#finder
    if (this.#from === this.#length) return false
    const isWhole = finder.run(this.bytes, this.#length)
    if (finder.at - this.#from + finder.left > this.#bytes_max) {
      throw new Fault('body_too_large', { limit_bytes: this.#bytes_max })
    }
    if (!isWhole) return false
    this.start = this.#from
    this.end = this.#from = finder.at
    this.#isOwn = false
    finder.begin(this.end)
    return true
  }
}

const nothing = new Uint8Array(0)
