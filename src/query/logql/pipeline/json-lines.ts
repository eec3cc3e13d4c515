/**
 * JSON in lines, read as Loki's json stage reads it: numbers keep their digits, arrays are left
 * out, members of objects get joined names, and what comes first under a name stays.
 */
import { sanitized } from '../names.ts'

const depth_max = 64
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const text = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y
const space = /[ \t\r\n]*/y

export class JsonLineError extends Error {}

/** A value's place in the line, or what it holds. */
export type JsonValue =
  | { kind: 'text' | 'number' | 'true' | 'false' | 'null'; from: number; to: number }
  | { kind: 'object' | 'array'; from: number; to: number }

type Member = (path: readonly string[], value: JsonValue) => void

/** Calls `member` for every value that is no object, with the names that lead to it. */
export class JsonLine {
  readonly line: string
  #at = 0

  constructor(line: string) {
    this.line = line
  }

  eachMember(member: Member): void {
    this.#space()
    if (this.line[this.#at] !== '{')
      throw new JsonLineError("Value looks like object, but can't find closing '}' symbol")
    this.#object([], member)
    this.#end()
  }

  /** Any value, with its members and items told by their path; numbers are places in arrays. */
  eachValue(each: (path: readonly (string | number)[], value: JsonValue) => void): void {
    this.#space()
    this.#value([], each)
    this.#end()
  }

  textAt({ kind, from, to }: JsonValue): string {
    if (kind === 'text') return unquoteJson(this.line.slice(from, to))
    return kind === 'null' ? '' : this.line.slice(from, to)
  }

  #end(): void {
    this.#space()
    if (this.#at < this.line.length) throw new JsonLineError('Malformed JSON error')
  }

  #space(): void {
    space.lastIndex = this.#at
    space.exec(this.line)
    this.#at = space.lastIndex
  }

  #object(path: readonly string[], member: Member): void {
    if (path.length > depth_max) throw new JsonLineError('Malformed JSON error: too deep')
    this.#at++
    this.#space()
    if (this.line[this.#at] === '}') {
      this.#at++
      return
    }
    for (;;) {
      const name = this.#name()
      if (this.line[this.#at] === '{') this.#object([...path, name], member)
      else {
        const value = this.#skipped(path.length)
        member([...path, name], value)
      }
      if (this.#ends('}')) return
    }
  }

  #name(): string {
    const { from, to } = this.#token(text)
    const name = unquoteJson(this.line.slice(from, to))
    this.#space()
    if (this.line[this.#at] !== ':') throw new JsonLineError('Malformed JSON error')
    this.#at++
    this.#space()
    return name
  }

  /** After a member or an item: true at the closing sign, false behind a comma. */
  #ends(sign: string): boolean {
    this.#space()
    const next = this.line[this.#at++]
    if (next === sign) return true
    if (next !== ',') throw new JsonLineError('Malformed JSON error')
    this.#space()
    return false
  }

  #token(pattern: RegExp): { from: number; to: number } {
    const from = this.#at
    pattern.lastIndex = from
    if (pattern.exec(this.line) === null) throw new JsonLineError('Unknown value type')
    this.#at = pattern.lastIndex
    return { from, to: this.#at }
  }

  #scalar(): JsonValue {
    const first = this.line[this.#at]
    if (first === '"') return { kind: 'text', ...this.#token(text) }
    for (const word of ['true', 'false', 'null'] as const) {
      if (!this.line.startsWith(word, this.#at)) continue
      const from = this.#at
      this.#at += word.length
      return { kind: word, from, to: this.#at }
    }
    return { kind: 'number', ...this.#token(number) }
  }

  #skipped(depth: number): JsonValue {
    const first = this.line[this.#at]
    if (first !== '[' && first !== '{') return this.#scalar()
    return this.#value(Array<string>(depth).fill(''), () => {})
  }

  #value(
    path: readonly (string | number)[],
    each: (path: readonly (string | number)[], value: JsonValue) => void,
  ): JsonValue {
    const from = this.#at
    const first = this.line[from]
    if (path.length > depth_max) throw new JsonLineError('Malformed JSON error: too deep')
    if (first !== '[' && first !== '{') {
      const value = this.#scalar()
      each(path, value)
      return value
    }
    const close = first === '[' ? ']' : '}'
    this.#at++
    this.#space()
    if (this.line[this.#at] === close) this.#at++
    else {
      for (let i = 0; ; i++) {
        const key = first === '[' ? i : this.#name()
        this.#value([...path, key], each)
        if (this.#ends(close)) break
      }
    }
    const value = { kind: first === '[' ? 'array' : 'object', from, to: this.#at } as const
    each(path, value)
    return value
  }
}

function unquoteJson(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1)
  const content = JSON.parse(quoted) as string
  // The replacement character is refused by Prometheus, and so by Loki.
  return content.isWellFormed() ? content : ''
}

/** The label of a member: names joined with underscores, other characters replaced. */
export function labelOfPath(path: readonly string[]): string {
  return path.map((name, i) => sanitized(name, i === 0)).join('_')
}
