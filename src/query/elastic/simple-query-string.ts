/**
 * simple_query_string: `+ | - " * ( )`, which never fails: what cannot be read is a word. Fields
 * are the caller's.
 */
import { and, Clauses, type Condition, not, some, wildOf } from './condition.ts'
import type { StringOptions } from './query-string.ts'

const chars_max = 32_768
const depth_max = 20

export function parseSimpleQueryString(
  text: string,
  options: StringOptions,
  clauses = new Clauses(),
): Condition {
  return new Reader(text.slice(0, chars_max), options, clauses).group(0)
}

class Reader {
  readonly #text: string
  readonly #options: StringOptions
  readonly #clauses: Clauses
  #at = 0

  constructor(text: string, options: StringOptions, clauses: Clauses) {
    this.#text = text
    this.#options = options
    this.#clauses = clauses
  }

  /** Alternatives between bars, each of parts that stand beside each other. */
  group(depth: number): Condition {
    let result: Condition | undefined
    let isAnd = this.#options.isAnd
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]!
      if (character === ')') {
        this.#at++
        if (depth > 0) break
        continue
      }
      if (/\s/.test(character)) this.#at++
      else if (character === '|') {
        this.#at++
        isAnd = false
      } else if (character === '+') {
        this.#at++
        isAnd = true
      } else {
        const part = this.#clauses.within(() => this.#part(depth))
        if (part === undefined) continue
        result = result === undefined ? part : isAnd ? and([result, part]) : some([result, part])
        isAnd = this.#options.isAnd
      }
    }
    return result ?? { tag: 'none' }
  }

  #part(depth: number): Condition | undefined {
    let isNot = false
    while (this.#text[this.#at] === '-') {
      isNot = true
      this.#at++
    }
    const found = this.#one(depth)
    return found === undefined || !isNot ? found : not(found)
  }

  #one(depth: number): Condition | undefined {
    const { fields } = this.#options
    const first = this.#text[this.#at]
    if (first === undefined) return undefined
    if (first === '(' && depth < depth_max) {
      this.#at++
      return this.group(depth + 1)
    }
    if (first === '"') {
      const end = this.#text.indexOf('"', this.#at + 1)
      if (end > 0) {
        const text = this.#text.slice(this.#at + 1, end)
        this.#at = end + 1
        this.#skip(/^~\d+/)
        return some(fields.map((field) => ({ tag: 'phrase', field, text, isPrefix: false })))
      }
    }
    const word = /^(?:\\.|[^\s()|+"\\])+/s.exec(this.#text.slice(this.#at, this.#at + 1024))?.[0]
    if (word === undefined) {
      this.#at++
      return undefined
    }
    this.#at += word.length
    const bare = word.replace(/~\d*$/, '')
    if (bare.length > 1 && bare.endsWith('*') && !bare.endsWith('\\*')) {
      const pattern = [
        ...wildOf(bare.slice(0, -1).replace(/[*?]/g, '\\$&')),
        { any: true } as const,
      ]
      return some(fields.map((field) => ({ tag: 'wild', field, pattern, isFolded: true })))
    }
    const text = bare.replace(/\\(.)/gs, '$1')
    return some(fields.map((field) => ({ tag: 'value', field, text })))
  }

  #skip(pattern: RegExp): void {
    const found = pattern.exec(this.#text.slice(this.#at, this.#at + 16))
    if (found !== null) this.#at += found[0].length
  }
}
