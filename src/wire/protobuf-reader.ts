/**
 * Reads protobuf fields where they lie. Message readers keep their own position in a local
 * variable; this object holds the bytes and the answers that do not fit into one return value.
 */
import { Fault } from '../model/faults.ts'
import { viewOf } from './copy-bytes.ts'

export class ProtobufReader {
  bytes: Uint8Array = new Uint8Array(0)
  view: DataView = viewOf(this.bytes)
  /** The place after the varint that varint() read. */
  after = 0
  /** The upper 32 bits of that varint, unsigned. */
  hi = 0
  /** The end of the payload that enter() found. */
  stop = 0
  format = 'protobuf'
  /** Where byte 0 lies in what the sender sent, for messages. */
  origin = 0

  open(bytes: Uint8Array, format: string): void {
    this.bytes = bytes
    this.view = viewOf(bytes)
    this.format = format
    this.origin = 0
  }

  /** Lets go of the body, so that a decoder at rest holds no request's memory. */
  close(): void {
    this.open(nothing, 'protobuf')
  }

  /** The lower 32 bits, unsigned, of the varint at a place; sets after and hi. */
  varint(at: number): number {
    const bytes = this.bytes
    const first = bytes[at]!
    if (first < 0x80) {
      this.after = at + 1
      this.hi = 0
      return first
    }
    return this.#longVarint(at)
  }

  #longVarint(at: number): number {
    const bytes = this.bytes
    let lo = 0
    let hi = 0
    for (let i = 0; i < 10; i++) {
      const byte = bytes[at + i]
      if (byte === undefined) this.fail(at, 'a varint is cut off')
      const bits = byte & 0x7f
      if (i < 4) lo |= bits << (7 * i)
      else if (i === 4) {
        lo |= bits << 28
        hi = bits >>> 4
      } else hi |= bits << (7 * i - 32)
      if (byte < 0x80) {
        this.after = at + i + 1
        this.hi = hi >>> 0
        return lo >>> 0
      }
    }
    return this.fail(at, 'a varint is longer than 10 bytes')
  }

  /** Reads the length at a place: returns where the payload starts and sets stop to its end. */
  enter(at: number, end: number): number {
    let length = this.bytes[at++]!
    if (length >= 0x80) {
      length = this.#longVarint(at - 1)
      at = this.after
      if (this.hi !== 0) this.fail(at, 'a length is larger than the payload')
    }
    const stop = at + length
    // Written so that the NaN of a read past the end fails too.
    if (!(stop <= end)) this.fail(at, 'a length is larger than the payload')
    this.stop = stop
    return at
  }

  /** Steps over the payload of a field that nobody knows. */
  skip(tag: number, at: number, end: number): number {
    if (tag < 8) this.fail(at, 'a field has number 0')
    switch (tag & 7) {
      case 0:
        this.varint(at)
        return this.within(this.after, end)
      case 1:
        return this.within(at + 8, end)
      case 2:
        this.enter(at, end)
        return this.stop
      case 5:
        return this.within(at + 4, end)
      default:
        return this.fail(at, `wire type ${tag & 7} is not used by this format`)
    }
  }

  /** Confirms that a field of fixed size or a varint ends inside its message. */
  within(at: number, end: number): number {
    if (!(at <= end)) this.fail(end, 'a field is cut off')
    return at
  }

  fail(at: number, what: string): never {
    const detail = `${what}, at byte ${at + this.origin}`
    throw new Fault('payload_malformed', { format: this.format, detail })
  }
}

const nothing = new Uint8Array(0)
