/** The place in a list of tokens: what is next, taking it, and saying what was not expected. */
import { QueryError } from '../series.ts'
import { lex, placeOf, type Token } from './lex.ts'
import { aggregates } from './tree.ts'

/** Deeper or longer queries are refused: they would become SQL that the engine refuses. */
const depth_max = 64
const operators_max = 300

export class Reader {
  readonly #text: string
  readonly #tokens: Token[]
  position = 0
  #depth = 0
  #operators = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = lex(text)
  }

  get token(): Token {
    return this.#tokens[this.position]!
  }

  /** Where the token that was taken last ends. */
  get end(): number {
    return this.#tokens[this.position - 1]?.to ?? 0
  }

  next(): Token {
    const { token } = this
    if (token.kind !== 'end') this.position++
    return token
  }

  is(operator: string): boolean {
    const { token } = this
    return token.kind === 'operator' && token.text === operator
  }

  isWord(word: string): boolean {
    const { token } = this
    return token.kind === 'word' && token.text === word
  }

  isOneOf(words: readonly string[]): boolean {
    const { token } = this
    return token.kind === 'word' && words.includes(token.text)
  }

  take(operator: string): boolean {
    const isNext = this.is(operator)
    if (isNext) this.position++
    return isNext
  }

  expect(operator: string): void {
    if (!this.take(operator)) throw this.unexpected(this.token.from, operator)
  }

  /** Whether the first token that is no parenthesis begins a scalar expression. */
  isScalarAhead(): boolean {
    let at = this.position
    for (; this.#tokens[at]!.text === '(' && this.#tokens[at]!.kind === 'operator'; at++);
    const { kind, text } = this.#tokens[at]!
    if (kind === 'word') return (aggregates as readonly string[]).includes(text)
    return kind === 'int' || kind === 'float' || kind === 'duration' || text === '-'
  }

  deeper(): void {
    if (++this.#depth > depth_max) {
      throw this.#error(`a query may nest ${depth_max} levels`, this.token.from, this.token.to)
    }
  }

  shallower(): void {
    this.#depth--
  }

  /** Called for each operator. */
  count(): void {
    if (++this.#operators > operators_max) {
      const message = `a query may have ${operators_max} operators`
      throw this.#error(message, this.token.from, this.token.to)
    }
  }

  unexpected(from: number = this.token.from, expected?: string): QueryError {
    const { token } = this
    const got = token.kind === 'end' ? 'end of the query' : this.#text.slice(token.from, token.to)
    const wanted = expected === undefined ? '' : `, expecting ${expected}`
    const place = placeOf(this.#text, token.from)
    const message = `parse error at ${place}: syntax error: unexpected ${got.slice(0, 60)}${wanted}`
    return this.#error(message, from, Math.max(from, token.to))
  }

  #error(message: string, from: number, to: number): QueryError {
    return new QueryError('bad_data', message, { from, to })
  }
}
