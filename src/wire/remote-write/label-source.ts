/**
 * Labels as 1.0 writes them, pairs of texts, and as 2.0 does, references into a table of symbols.
 * Both end up as places in the body.
 */
import type { ProtobufReader } from '../protobuf-reader.ts'
import type { Labels } from './labels.ts'

export interface LabelSource {
  /** Forgets what was taken. */
  begin(labels: Labels): void
  /** Takes a field of a message when it holds labels: returns the place after it, or -1. */
  take(tag: number, at: number, end: number): number
  /** All fields were seen. Answers what is wrong with them, or ''. */
  finish(): string
}

/** Repeated Label{name=1, value=2} as field 1. */
export class LabelPairs implements LabelSource {
  readonly #reader: ProtobufReader
  #labels!: Labels

  constructor(reader: ProtobufReader) {
    this.#reader = reader
  }

  begin(labels: Labels): void {
    this.#labels = labels
    labels.clear()
  }

  take(tag: number, at: number, end: number): number {
    if (tag !== 10) return -1
    const reader = this.#reader
    let nameStart = 0
    let nameEnd = 0
    let valueStart = 0
    let valueEnd = 0
    at = reader.enter(at, end)
    const { stop } = reader
    while (at < stop) {
      const inner = reader.varint(at)
      at = reader.after
      if (inner === 10 || inner === 18) {
        const start = reader.enter(at, stop)
        at = reader.stop
        if (inner === 10) {
          nameStart = start
          nameEnd = at
        } else {
          valueStart = start
          valueEnd = at
        }
      } else at = reader.skip(inner, at, stop)
    }
    this.#labels.add(nameStart, nameEnd, valueStart, valueEnd)
    return stop
  }

  finish(): string {
    return ''
  }
}

/** So many strings one request may hold. */
export const symbols_max = 1_000_000

/** The table of symbols of a request: places in the body. */
export class Symbols {
  count = 0
  at = new Int32Array(2048)

  add(start: number, end: number): void {
    const base = this.count++ * 2
    if (base + 2 > this.at.length) {
      const grown = new Int32Array(this.at.length * 2)
      grown.set(this.at)
      this.at = grown
    }
    this.at[base] = start
    this.at[base + 1] = end
  }

  clear(): void {
    this.count = 0
    if (this.at.length > 200_000) this.at = new Int32Array(2048)
  }
}

/** Repeated uint32 as field 1, packed or not: pairs of references. */
export class LabelReferences implements LabelSource {
  count = 0
  /** References that may be too large for the table. */
  references = new Float64Array(256)
  readonly #reader: ProtobufReader
  readonly #symbols: Symbols
  #labels!: Labels

  constructor(reader: ProtobufReader, symbols: Symbols) {
    this.#reader = reader
    this.#symbols = symbols
  }

  begin(labels: Labels): void {
    this.#labels = labels
    this.clear()
    labels.clear()
  }

  clear(): void {
    this.count = 0
    if (this.references.length > 100_000) this.references = new Float64Array(256)
  }

  take(tag: number, at: number, end: number): number {
    if (tag !== 10 && tag !== 8) return -1
    const reader = this.#reader
    let stop = end
    if (tag === 10) {
      at = reader.enter(at, end)
      stop = reader.stop
      if (at === stop) return stop
    }
    const { bytes } = reader
    do {
      const first = bytes[at]!
      const second = bytes[at + 1]!
      if (first < 0x80) {
        this.#push(first)
        at++
      } else if (second < 0x80) {
        this.#push((first & 0x7f) | (second << 7))
        at += 2
      } else {
        const reference = reader.varint(at)
        this.#push(reader.hi === 0 ? reference : Number.POSITIVE_INFINITY)
        at = reader.after
      }
      reader.within(at, stop)
    } while (tag === 10 && at < stop)
    return at
  }

  #push(reference: number): void {
    if (this.count === this.references.length) {
      const grown = new Float64Array(this.count * 2)
      grown.set(this.references)
      this.references = grown
    }
    this.references[this.count++] = reference
  }

  /** Whether all references can be followed. */
  problem(): string {
    const { count: symbols } = this.#symbols
    if (this.count % 2 !== 0) return 'a label has a name and no value'
    for (let i = 0; i < this.count; i++) {
      const reference = this.references[i]!
      if (reference >= symbols) return `reference ${reference} into a table of ${symbols} symbols`
    }
    return ''
  }

  finish(): string {
    const problem = this.problem()
    if (problem !== '') return problem
    const { at } = this.#symbols
    for (let i = 0; i < this.count; i += 2) {
      const name = this.references[i]! * 2
      const value = this.references[i + 1]! * 2
      this.#labels.add(at[name]!, at[name + 1]!, at[value]!, at[value + 1]!)
    }
    return ''
  }
}
