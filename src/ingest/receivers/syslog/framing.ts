/**
 * Takes syslog messages apart that follow one another on a connection (RFC 6587): each with its
 * length before it or with a line end behind it, as each of them begins.
 */
import { Fault } from '../../../model/faults.ts'

const line_feed = 0x0a
const nul = 0x00
const less = 0x3c
const space = 0x20
const length_digits_max = 9

export class SyslogFrames {
  #bytes: Buffer = Buffer.alloc(0)
  /** Where the line end was looked for already. */
  #searched = 0
  #length = 0
  /** Whether the bytes are our own and hold no message that was told. */
  #isOwn = false
  /** Where the last message begins, and where the next one does. */
  #start = 0
  #next = 0
  readonly #message_bytes_max: number

  constructor(message_bytes_max: number) {
    this.#message_bytes_max = message_bytes_max
  }

  get waiting_bytes(): number {
    return this.#length
  }

  /** Adds the whole messages, as views. Throws body_too_large. */
  add(piece: Uint8Array, found: Uint8Array[]): void {
    this.#append(piece)
    const bytes = this.#bytes
    const length = this.#length
    let at = 0
    while (at < length) {
      const end = this.#endOf(at, length)
      if (end < 0) break
      const start = this.#start
      if (end > start) found.push(bytes.subarray(start, end))
      at = this.#next
      this.#searched = at
    }
    this.#keep(at)
    if (this.#length > this.#message_bytes_max) this.#tooLarge()
  }

  /** What is left when the connection ends is a message without its line end. */
  end(): Uint8Array | undefined {
    const rest = this.#bytes.subarray(0, this.#length)
    const isCounted = rest[0] !== undefined && rest[0] >= 0x31 && rest[0] <= 0x39
    return rest.length === 0 || (isCounted && countAt(rest, 0, rest.length) !== undefined)
      ? undefined
      : rest
  }

  /** Where the message that begins here ends; -1 when it has not arrived. */
  #endOf(at: number, length: number): number {
    const count = countAt(this.#bytes, at, length)
    if (count !== undefined) {
      if (count.bytes > this.#message_bytes_max) this.#tooLarge()
      this.#start = count.at
      this.#next = count.at + count.bytes
      return this.#next <= length ? this.#next : -1
    }
    if (isOpenCount(this.#bytes, at, length)) return -1
    let end = Math.max(at, this.#searched)
    // Some senders end messages with a NUL in the place of a line end.
    while (end < length && this.#bytes[end] !== line_feed && this.#bytes[end] !== nul) end++
    this.#searched = end
    if (end === length) return -1
    this.#start = at
    this.#next = end + 1
    return end
  }

  #append(piece: Uint8Array): void {
    if (this.#length === 0) {
      this.#bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
      this.#isOwn = false
      this.#searched = 0
      this.#length = piece.length
      return
    }
    const needed = this.#length + piece.length
    if (!this.#isOwn || needed > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(needed, this.#length * 2))
      this.#bytes.copy(grown, 0, 0, this.#length)
      this.#bytes = grown
      this.#isOwn = true
    }
    this.#bytes.set(piece, this.#length)
    this.#length = needed
  }

  #keep(from: number): void {
    if (from === 0) return
    this.#bytes = this.#bytes.subarray(from, this.#length)
    this.#length -= from
    this.#searched = Math.max(0, this.#searched - from)
    this.#isOwn = false
  }

  #tooLarge(): never {
    throw new Fault('body_too_large', { limit_bytes: this.#message_bytes_max })
  }
}

/** `123 <`: the length and where the message begins. */
function countAt(bytes: Uint8Array, at: number, end: number) {
  let value = 0
  let i = at
  if (bytes[i] === 0x30) return undefined
  for (; i < end && i - at < length_digits_max; i++) {
    const digit = bytes[i]! - 0x30
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  if (i === at || i + 1 >= end || bytes[i] !== space || bytes[i + 1] !== less) return undefined
  return { bytes: value, at: i + 1 }
}

/** Digits that may become a length. */
function isOpenCount(bytes: Uint8Array, at: number, end: number): boolean {
  let i = at
  while (i < end && i - at < length_digits_max && bytes[i]! >= 0x30 && bytes[i]! <= 0x39) i++
  return i > at && (i === end || (bytes[i] === space && i + 1 === end))
}
