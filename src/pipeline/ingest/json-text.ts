/**
 * Reads JSON straight into a document: whole numbers keep every digit, a key that is there twice is
 * told, and what follows the value is left to the caller.
 */
import type { DocumentMap, DocumentValue } from '../document.ts'

export class JsonProblem extends Error {}

const depth_max = 200
const numbers = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

class JsonReader {
  private readonly text: string
  private readonly allowDuplicateKeys: boolean
  at = 0

  constructor(text: string, allowDuplicateKeys: boolean) {
    this.text = text
    this.allowDuplicateKeys = allowDuplicateKeys
  }

  problem(what: string): JsonProblem {
    return new JsonProblem(`${what} at offset ${this.at}`)
  }

  /** The code after white space, NaN at the end. */
  next(): number {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code
      this.at++
    }
  }

  value(depth: number): DocumentValue {
    if (depth > depth_max) throw this.problem(`JSON is nested deeper than ${depth_max}`)
    const code = this.next()
    switch (code) {
      case 0x7b:
        return this.object(depth)
      case 0x5b:
        return this.list(depth)
      case 0x22:
        return this.string()
      case 0x74:
        return this.word('true', true)
      case 0x66:
        return this.word('false', false)
      case 0x6e:
        return this.word('null', null)
      default:
        return this.number(code)
    }
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.problem('Unrecognized token')
    this.at += word.length
    return value
  }

  private number(code: number): number | bigint {
    numbers.lastIndex = this.at
    const text = Number.isNaN(code) ? undefined : numbers.exec(this.text)?.[0]
    if (text === undefined) {
      const what = Number.isNaN(code) ? 'Unexpected end-of-input' : 'Unrecognized token'
      throw this.problem(what)
    }
    this.at += text.length
    const value = Number(text)
    if (text.length < 16 || Number.isSafeInteger(value) || !/^-?\d{16,40}$/.test(text)) return value
    const exact = BigInt(text)
    return BigInt.asIntN(64, exact) === exact ? exact : value
  }

  private string(): string {
    const start = ++this.at
    for (;;) {
      const end = this.text.indexOf('"', this.at)
      if (end < 0) throw this.problem('Unexpected end-of-input in a string')
      const slash = this.text.indexOf('\\', this.at)
      if (slash < 0 || slash > end) {
        this.at = end + 1
        return this.unescaped(start, end)
      }
      this.at = slash + 2
    }
  }

  private unescaped(start: number, end: number): string {
    const text = this.text.slice(start, end)
    if (!text.includes('\\')) return text
    try {
      // Jackson too takes control characters as they are here.
      return JSON.parse(`"${text.replace(/\p{Cc}/gu, (c) => JSON.stringify(c).slice(1, -1))}"`)
    } catch {
      throw this.problem('Unrecognized character escape')
    }
  }

  private list(depth: number): DocumentValue[] {
    this.at++
    const items: DocumentValue[] = []
    if (this.next() === 0x5d) {
      this.at++
      return items
    }
    for (;;) {
      items.push(this.value(depth + 1))
      const code = this.next()
      this.at++
      if (code === 0x5d) return items
      if (code !== 0x2c) throw this.problem('Expected a comma or ] in a list')
    }
  }

  private object(depth: number): DocumentMap {
    this.at++
    const map: DocumentMap = new Map()
    if (this.next() === 0x7d) {
      this.at++
      return map
    }
    for (;;) {
      if (this.next() !== 0x22) throw this.problem('Expected a field name in quotes')
      const key = this.string()
      if (!this.allowDuplicateKeys && map.has(key)) throw this.problem(`Duplicate field '${key}'`)
      if (this.next() !== 0x3a) throw this.problem('Expected a colon after a field name')
      this.at++
      map.set(key, this.value(depth + 1))
      const code = this.next()
      this.at++
      if (code === 0x7d) return map
      if (code !== 0x2c) throw this.problem('Expected a comma or } in an object')
    }
  }
}

/** Throws JsonProblem. Without strictness the first value counts and the rest is ignored. */
export function readJson(
  text: string,
  options: { allowDuplicateKeys: boolean; isStrict: boolean },
): DocumentValue {
  const reader = new JsonReader(text, options.allowDuplicateKeys)
  const value = reader.value(0)
  if (options.isStrict && !Number.isNaN(reader.next())) {
    throw reader.problem('unexpected characters after the JSON value')
  }
  return value
}
