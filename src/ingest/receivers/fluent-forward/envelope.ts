/**
 * The outside of a forward message: its tag, where its entries lie and what its options say. What
 * the entries hold is left to decode.ts.
 */
import { MsgpackReader } from '../../../wire/msgpack/reader.ts'

export type EnvelopeMode = 'message' | 'forward' | 'packed'

export class Envelope {
  mode: EnvelopeMode = 'message'
  tagStart = 0
  tagEnd = 0
  /** Where the time, the array of entries or the packed entries begin, as values. */
  entriesAt = 0
  /** Where the entries end: behind it are the options, if any. */
  entriesEnd = 0
  chunkStart = 0
  /** Equal to its start when the sender wants no answer. */
  chunkEnd = 0
  compressed = ''
  /** 0 logs, 1 metrics, 2 traces: Fluent Bit's. */
  signal = 0
  /** Why the last message could not be read. */
  problem = ''
  readonly #reader = new MsgpackReader()

  get hasChunk(): boolean {
    return this.chunkEnd > this.chunkStart
  }

  /** Reads the message that begins here and is known to be whole. False: see the problem. */
  read(bytes: Uint8Array, start: number): boolean {
    const reader = this.#reader
    reader.open(bytes, start)
    this.chunkStart = this.chunkEnd = this.signal = 0
    this.compressed = ''
    const length = reader.array()
    if (length < 2) return this.#fail('a message is an array of a tag, entries and options')
    if (!reader.text()) return this.#fail('the tag is a text')
    this.tagStart = reader.start
    this.tagEnd = reader.end
    this.entriesAt = reader.at
    const first = bytes[reader.at]!
    const isArray = (first >= 0x90 && first < 0xa0) || first === 0xdc || first === 0xdd
    const isText = (first >= 0xa0 && first < 0xc0) || (first >= 0xd9 && first <= 0xdb)
    const isPacked = isText || (first >= 0xc4 && first <= 0xc6)
    this.mode = isArray ? 'forward' : isPacked ? 'packed' : 'message'
    const optionsFrom = this.mode === 'message' ? 3 : 2
    if (length < optionsFrom) return this.#fail('after the tag come a time and a record')
    if (length === optionsFrom && this.mode !== 'packed') return true
    for (let i = 1; i < optionsFrom; i++) reader.skip()
    this.entriesEnd = reader.at
    if (length > optionsFrom) this.#readOptions()
    return true
  }

  #fail(expected: string): boolean {
    this.problem = `expected a forward message: ${expected}`
    return false
  }

  /** Options of other shapes are no reason to lose records. */
  #readOptions(): void {
    const reader = this.#reader
    const members = reader.map()
    for (let i = 0; i < members; i++) {
      if (!reader.text()) {
        reader.skip()
        reader.skip()
        continue
      }
      const name = this.#word()
      if (name === 'chunk' && reader.text()) {
        this.chunkStart = reader.start
        this.chunkEnd = reader.end
      } else if (name === 'compressed' && reader.text()) this.compressed = this.#word()
      else if (name === 'fluent_signal') this.#readSignal()
      else reader.skip()
    }
  }

  #word(): string {
    const { bytes, start, end } = this.#reader
    return Buffer.from(bytes.subarray(start, Math.min(end, start + 32))).toString('latin1')
  }

  #readSignal(): void {
    const number = this.#reader.number()
    if (number === undefined) this.#reader.skip()
    else this.signal = Number(number)
  }
}
