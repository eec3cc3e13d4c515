/** The tokens of one source with a place in them: looking ahead, expecting, types, and refusing. */
import { isTypeName } from './class-names.ts'
import { PainlessError } from './problem.ts'
import { type Token, tokensOf } from './tokens.ts'
import type { Expression } from './tree.ts'

/** Parentheses, lists, lambdas and blocks inside each other. */
const nesting_max = 150
/** Of the whole tree, where a long `a + b + c …` is deep too. */
const depth_max = 400
export const source_bytes_max = 65_536

export class TokenReader {
  readonly source: string
  readonly tokens: Token[]
  at = 0
  private nesting = 0
  /** For each `(` the index of its `)`. */
  private readonly closing = new Map<number, number>()

  constructor(source: string) {
    this.source = source
    if (source.length > source_bytes_max || Buffer.byteLength(source) > source_bytes_max) {
      throw new PainlessError(source, 0, `a script has at most ${source_bytes_max} bytes`)
    }
    this.tokens = tokensOf(source)
    const open: number[] = []
    this.tokens.forEach((token, at) => {
      if (token.kind !== 'sign') return
      if (token.text === '(') open.push(at)
      else if (token.text === ')') {
        const start = open.pop()
        if (start !== undefined) this.closing.set(start, at)
      }
    })
  }

  token(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] as Token
  }

  isSign(text: string, ahead = 0): boolean {
    const token = this.token(ahead)
    return token.kind === 'sign' && token.text === text
  }

  isWord(text: string, ahead = 0): boolean {
    const token = this.token(ahead)
    return token.kind === 'name' && token.text === text
  }

  /** Takes the sign where it comes next. */
  took(text: string): boolean {
    if (!this.isSign(text)) return false
    this.at += 1
    return true
  }

  tookWord(text: string): boolean {
    if (!this.isWord(text)) return false
    this.at += 1
    return true
  }

  expect(text: string): Token {
    const token = this.token()
    if (!this.isSign(text) && !this.isWord(text))
      this.refuse(`expected [${text}], got ${this.got()}`)
    this.at += 1
    return token
  }

  expectName(what: string): Token {
    const token = this.token()
    if (token.kind !== 'name') this.refuse(`expected ${what}, got ${this.got()}`)
    this.at += 1
    return token
  }

  got(ahead = 0): string {
    const token = this.token(ahead)
    if (token.kind === 'end') return 'the end of the script'
    const written = this.source.slice(token.offset, token.offset + 40).split(/\s/)[0] ?? ''
    return token.kind === 'string' ? 'a string' : `[${token.text.slice(0, 40) || written}]`
  }

  refuse(message: string, offset = this.token().offset): never {
    throw new PainlessError(this.source, offset, message)
  }

  /** Runs what is inside; the bound keeps the stack. */
  inside<Result>(read: () => Result): Result {
    this.nesting += 1
    if (this.nesting > nesting_max) this.refuse(`nested deeper than ${nesting_max}`)
    const result = read()
    this.nesting -= 1
    return result
  }

  /** The depth of a node over these parts. */
  depth(...parts: (Expression | undefined)[]): number {
    return this.depthOf(parts)
  }

  depthOf(parts: readonly (Expression | undefined)[]): number {
    let depth = 0
    for (const part of parts) if (part !== undefined && part.depth > depth) depth = part.depth
    if (depth >= depth_max) this.refuse(`an expression deeper than ${depth_max}: split it`)
    return depth + 1
  }

  /** The index of the `)` that closes the `(` at the place. */
  closes(ahead = 0): number | undefined {
    return this.closing.get(this.at + ahead)
  }

  /** A type at the place: its name and the index after it. Generic arguments mean nothing here. */
  typeAt(start = this.at): { name: string; end: number } | undefined {
    const first = this.tokens[start]
    if (first?.kind !== 'name') return undefined
    let at = start + 1
    let name = first.text
    const dotted = () => this.tokens[at]?.text === '.' && this.tokens[at + 1]?.kind === 'name'
    if (name === 'java') {
      while (dotted() && /^[a-z]/.test(name)) {
        name = this.tokens[at + 1]?.text ?? ''
        at += 2
      }
    }
    if (name === 'Map' && dotted() && this.tokens[at + 1]?.text === 'Entry') {
      name = 'Map.Entry'
      at += 2
    }
    if (name === 'Entry') name = 'Map.Entry'
    if (!isTypeName(name)) return undefined
    at = this.afterGenerics(at)
    while (this.tokens[at]?.text === '[' && this.tokens[at + 1]?.text === ']') {
      if (this.tokens[at]?.kind !== 'sign') break
      name += '[]'
      at += 2
    }
    return { name, end: at }
  }

  private afterGenerics(start: number): number {
    let depth = 0
    for (let at = start; at < this.tokens.length; at++) {
      const token = this.tokens[at] as Token
      const { kind, text } = token
      if (kind === 'sign' && text === '<') depth += 1
      else if (kind === 'sign' && /^>{1,3}$/.test(text) && depth > 0) depth -= text.length
      else if (kind !== 'name' && !(kind === 'sign' && /^[,.?[\]]$/.test(text))) return start
      if (depth === 0) return at > start || text === '<' ? at + 1 : start
      if (depth < 0 || at - start > 60) return start
    }
    return start
  }
}
