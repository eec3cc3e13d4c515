/**
 * The expressions of bucket_script and bucket_selector: arithmetic, comparisons and functions of
 * Math over named numbers. Read by hand; nothing of a request is ever run.
 */
import { misparsed, shown } from './refusal.ts'

export type Expression = (params: ReadonlyMap<string, number>) => number

const text_max = 2_000
const depth_max = 60

export function parseScript(text: string): Expression {
  if (text.length > text_max) throw misparsed(`a script is longer than ${text_max} characters`)
  return new Reader(text).whole()
}

const token = new RegExp(
  '\\s*(?:(\\d+\\.?\\d*(?:[eE][+-]?\\d+)?|\\.\\d+)|([A-Za-z_][\\w.]*)|' +
    `(&&|\\|\\||[<>=!]=|[-+*/%()<>!?:,;])|\\[['"]([\\w.]+)['"]\\])`,
  'y',
)

type Token = { kind: 'number' | 'name' | 'sign' | 'member' | 'end'; text: string }
type Binary = (a: number, b: number) => number

const levels: readonly Readonly<Record<string, Binary>>[] = [
  { '||': (a, b) => (a !== 0 || b !== 0 ? 1 : 0) },
  { '&&': (a, b) => (a !== 0 && b !== 0 ? 1 : 0) },
  { '==': (a, b) => (a === b ? 1 : 0), '!=': (a, b) => (a !== b ? 1 : 0) },
  {
    '<': (a, b) => (a < b ? 1 : 0),
    '<=': (a, b) => (a <= b ? 1 : 0),
    '>': (a, b) => (a > b ? 1 : 0),
    '>=': (a, b) => (a >= b ? 1 : 0),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b },
]

const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  ...{ abs: Math.abs, ceil: Math.ceil, floor: Math.floor, round: Math.round, sqrt: Math.sqrt },
  ...{ log: Math.log, log10: Math.log10, exp: Math.exp, pow: Math.pow, min: Math.min },
  ...{ max: Math.max, signum: Math.sign },
}

class Reader {
  readonly #text: string
  readonly #tokens: Token[] = []
  #at = 0

  constructor(text: string) {
    this.#text = text
    token.lastIndex = 0
    while (token.lastIndex < text.trimEnd().length) {
      const found = token.exec(text)
      if (found === null) throw this.#refusal()
      const [, number, name, sign, memberName] = found
      if (number !== undefined) this.#tokens.push({ kind: 'number', text: number })
      else if (name !== undefined) this.#tokens.push({ kind: 'name', text: name })
      else if (sign !== undefined) this.#tokens.push({ kind: 'sign', text: sign })
      else this.#tokens.push({ kind: 'member', text: memberName! })
    }
  }

  #refusal() {
    return misparsed(`compile error in script [${shown(this.#text)}]`)
  }

  whole(): Expression {
    if (this.#peek().text === 'return') this.#at++
    const found = this.#choice(0)
    this.#sign(';')
    if (this.#at < this.#tokens.length) throw this.#refusal()
    return found
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' }
  }

  #sign(text: string): boolean {
    const { kind, text: found } = this.#peek()
    if (kind !== 'sign' || found !== text) return false
    this.#at++
    return true
  }

  #choice(depth: number): Expression {
    if (depth > depth_max) throw this.#refusal()
    const test = this.#level(0, depth)
    if (!this.#sign('?')) return test
    const yes = this.#choice(depth + 1)
    if (!this.#sign(':')) throw this.#refusal()
    const no = this.#choice(depth + 1)
    return (params) => (test(params) !== 0 ? yes(params) : no(params))
  }

  #level(level: number, depth: number): Expression {
    const signs = levels[level]
    if (signs === undefined) return this.#unary(depth)
    let left = this.#level(level + 1, depth)
    for (;;) {
      const { kind, text } = this.#peek()
      if (kind !== 'sign' || !Object.hasOwn(signs, text)) return left
      this.#at++
      const apply = signs[text]!
      const [a, b] = [left, this.#level(level + 1, depth)]
      left = (params) => apply(a(params), b(params))
    }
  }

  #unary(depth: number): Expression {
    if (depth > depth_max) throw this.#refusal()
    if (this.#sign('-')) {
      const inner = this.#unary(depth + 1)
      return (params) => -inner(params)
    }
    if (this.#sign('!')) {
      const inner = this.#unary(depth + 1)
      return (params) => (inner(params) === 0 ? 1 : 0)
    }
    if (this.#sign('(')) {
      const inner = this.#choice(depth + 1)
      if (!this.#sign(')')) throw this.#refusal()
      return inner
    }
    const { kind, text } = this.#peek()
    this.#at++
    if (kind === 'number') {
      const value = Number(text)
      return () => value
    }
    if (kind === 'name') return this.#named(text, depth)
    throw this.#refusal()
  }

  #named(text: string, depth: number): Expression {
    if (text === 'true' || text === 'false') return () => (text === 'true' ? 1 : 0)
    if (text.startsWith('Math.')) return this.#call(text.slice(5), depth)
    let name = text.startsWith('params.') ? text.slice(7) : text
    if (text === 'params' && this.#peek().kind === 'member') {
      name = this.#peek().text
      this.#at++
    }
    return (params) => {
      const value = params.get(name)
      if (value === undefined) throw misparsed(`Variable [${shown(name)}] is not defined.`)
      return value
    }
  }

  #call(name: string, depth: number): Expression {
    const apply = Object.hasOwn(functions, name) ? functions[name] : undefined
    if (apply === undefined || !this.#sign('(')) throw this.#refusal()
    const values: Expression[] = []
    while (!this.#sign(')')) {
      if (values.length > 0 && !this.#sign(',')) throw this.#refusal()
      values.push(this.#choice(depth + 1))
      if (values.length > 8) throw this.#refusal()
    }
    return (params) => apply(...values.map((value) => value(params)))
  }
}
