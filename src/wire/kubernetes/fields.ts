/**
 * The fields of one line, read by hand and bounded. What does not fit its field refuses the line
 * with a reason from the closed list; texts for people are cut instead.
 */
import { limits } from '../../model/limits.ts'
import type { RejectReason } from '../../model/outcome.ts'

/** Thrown for a line that is not stored. */
export class Refusal extends Error {
  readonly reason: RejectReason

  constructor(reason: RejectReason) {
    super(reason)
    this.reason = reason
  }
}

/** Names, kinds, uids: Kubernetes allows 253 characters and less. */
const word_chars_max = 1024
const text_chars_max = limits.attribute_value_bytes_max
/** The last millisecond that fits the store's nanoseconds. */
const time_ms_max = 9_223_000_000_000

export class Fields {
  readonly #sent: Readonly<Record<string, unknown>>

  constructor(sent: Readonly<Record<string, unknown>>) {
    this.#sent = sent
  }

  /** As it was sent; undefined when it was not. */
  raw(name: string): unknown {
    return Object.hasOwn(this.#sent, name) ? this.#sent[name] : undefined
  }

  word(name: string): string {
    const value = this.#string(name)
    if (value.length > word_chars_max) throw new Refusal('record_too_large')
    return value
  }

  /** A word that a row cannot be without. */
  needed(name: string): string {
    const value = this.word(name)
    if (value === '') throw new Refusal('name_missing')
    return value
  }

  /** What people read: a longer one keeps its beginning. */
  text(name: string): string {
    const value = this.#string(name)
    return value.length > text_chars_max ? value.slice(0, text_chars_max) : value
  }

  /** Whole milliseconds; 0 when there is none. */
  time(name: string): number {
    const value = this.number(name)
    if (value < 0 || value > time_ms_max) throw new Refusal('value_invalid')
    return Math.floor(value)
  }

  number(name: string): number {
    const value = this.raw(name) ?? 0
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new Refusal('value_invalid')
    return value
  }

  /** A whole number from 0 to `max`. */
  count(name: string, max: number): number {
    const value = this.number(name)
    if (!Number.isInteger(value) || value < 0 || value > max) throw new Refusal('value_invalid')
    return value
  }

  /** Its place in the list, which is its number in the column's Enum8. */
  choice(name: string, words: readonly string[], absent?: string): number {
    const at = words.indexOf((this.raw(name) ?? absent) as string)
    if (at < 0) throw new Refusal('value_invalid')
    return at
  }

  texts(name: string): [key: string, value: string][] {
    return this.#entries(name, (value) => {
      if (typeof value !== 'string') throw new Refusal('value_invalid')
      return value.slice(0, text_chars_max)
    })
  }

  numbers(name: string): [key: string, value: number][] {
    return this.#entries(name, (value) => {
      if (typeof value !== 'number' || !Number.isFinite(value)) throw new Refusal('value_invalid')
      return value
    })
  }

  #string(name: string): string {
    const value = this.raw(name) ?? ''
    if (typeof value !== 'string') throw new Refusal('value_invalid')
    return value
  }

  #entries<Value>(name: string, read: (value: unknown) => Value): [string, Value][] {
    const value = this.raw(name) ?? {}
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Refusal('value_invalid')
    }
    const entries = Object.entries(value)
    if (entries.length > limits.attributes_max) throw new Refusal('record_too_large')
    for (const [key] of entries) if (key.length > word_chars_max) throw new Refusal('value_invalid')
    return entries.map(([key, one]) => [key, read(one)])
  }
}
