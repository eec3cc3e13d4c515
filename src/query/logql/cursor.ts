/** Walks over the tokens of a query and words what was unexpected as Loki's parser does. */
import type { QueryError } from '../series.ts'
import { parseError, type Token, tokensOf } from './tokens.ts'

const depth_max = 100

export class Cursor {
  readonly query: string
  readonly #tokens: readonly Token[]
  #index = 0
  #depth = 0

  constructor(query: string) {
    this.query = query
    this.#tokens = tokensOf(query)
  }

  get token(): Token {
    return this.#tokens[this.#index]!
  }

  /** Where the last token that was taken ended. */
  get end(): number {
    return this.#index === 0 ? 0 : this.#tokens[this.#index - 1]!.to
  }

  ahead(count: number): Token {
    return this.#tokens[Math.min(this.#index + count, this.#tokens.length - 1)]!
  }

  is(...kinds: readonly string[]): boolean {
    return kinds.includes(this.token.kind)
  }

  take(): Token {
    const { token } = this
    if (token.kind !== '$end') this.#index++
    return token
  }

  /** Takes the token when it is of the kind. */
  takes(kind: string): boolean {
    if (this.token.kind !== kind) return false
    this.take()
    return true
  }

  expect(...kinds: readonly string[]): Token {
    if (!this.is(...kinds)) throw this.unexpected(kinds)
    return this.take()
  }

  unexpected(expected: readonly string[] = []): QueryError {
    const { kind, from, to } = this.token
    // Like yacc, which names what would fit only when that is short.
    const fits =
      expected.length === 0 || expected.length > 4 ? '' : `, expecting ${alternatives(expected)}`
    return parseError(this.query, from, to, `syntax error: unexpected ${kind}${fits}`)
  }

  failure(token: { from: number; to: number }, message: string): QueryError {
    return parseError(this.query, token.from, token.to, message)
  }

  /** Runs the reader one level deeper. Throws where a query nests further than any sane one. */
  deeper<Result>(read: () => Result): Result {
    if (++this.#depth > depth_max) {
      throw this.failure(this.token, `the query nests deeper than ${depth_max} levels`)
    }
    const result = read()
    this.#depth--
    return result
  }
}

function alternatives(kinds: readonly string[]): string {
  return kinds.join(' or ')
}
