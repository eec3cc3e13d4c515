/**
 * Search text to tree: a superset of KQL. Precedence from tight to loose: not, and (also implied by
 * a space), or. It throws nothing but search_syntax, with a position and what to write instead.
 */
import { Fault } from '../faults.ts'
import { searchLimits } from './limits.ts'
import { type Token, tokenize } from './tokens.ts'
import { all, isAny, joined, type Pieces, plain, type SearchTree, type Span } from './tree.ts'

export function parse(text: string): SearchTree {
  if (text.length > searchLimits.text_chars_max) {
    throw syntax(searchLimits.text_chars_max, {
      expected: `at most ${searchLimits.text_chars_max} characters`,
      got: `${text.length} characters`,
      suggestion: 'Shorten the search, for example with wildcards.',
    })
  }
  return new Parser(text).parse()
}

class Parser {
  readonly #text: string
  readonly #tokens: Token[]
  #next = 0
  #depth = 0
  #terms = 0
  /** The fields of the braces we are in: `a:{ b:1 }` means `a.b:1`. */
  readonly #prefixes: string[] = []

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokenize(text)
  }

  parse(): SearchTree {
    if (this.#peek().kind === 'end') return all
    const tree = this.#or()
    if (this.#peek().kind !== 'end') throw this.#unexpected('the end of the search')
    return tree
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!
  }

  #take(): Token {
    const token = this.#peek()
    this.#next++
    return token
  }

  #isKeyword(word: 'and' | 'or' | 'not'): boolean {
    const token = this.#peek()
    return token.kind === 'word' && token.keyword === word
  }

  #or(): SearchTree {
    return this.#list('or', () => this.#and())
  }

  #and(): SearchTree {
    const parts = [this.#unary()]
    for (;;) {
      if (this.#isKeyword('and')) this.#next++
      else if (!this.#startsTerm()) break
      parts.push(this.#unary())
    }
    return joinedSpan('and', parts)
  }

  #list(keyword: 'and' | 'or', part: () => SearchTree): SearchTree {
    const parts = [part()]
    while (this.#isKeyword(keyword)) {
      this.#next++
      parts.push(part())
    }
    return joinedSpan(keyword, parts)
  }

  /** Whether the next token can begin a term, so that "and" is implied before it. */
  #startsTerm(): boolean {
    const token = this.#peek()
    if (token.kind === 'word') return token.keyword === undefined || token.keyword === 'not'
    return token.kind === 'quoted' || token.kind === '(' || token.kind === 'minus'
  }

  #unary(): SearchTree {
    const token = this.#peek()
    if (token.kind === 'minus' || this.#isKeyword('not')) {
      this.#next++
      const part = this.#deeper(token, () => this.#unary())
      return { tag: 'not', part, from: token.from, to: toOf(part, token.to) }
    }
    if (token.kind === '(') return this.#group(token, () => this.#or(), ')')
    return this.#term()
  }

  #group(open: Token, inside: () => SearchTree, close: ')' | '}'): SearchTree {
    this.#next++
    const tree = this.#deeper(open, inside)
    const end = this.#peek()
    if (end.kind !== close) {
      throw this.#unexpected(
        `"${close}"`,
        `The "${this.#text[open.from]}" at ${open.from} is open.`,
      )
    }
    this.#next++
    return tree.tag === 'all' ? tree : { ...tree, from: open.from, to: end.to }
  }

  #deeper(token: Token, inside: () => SearchTree): SearchTree {
    this.#depth++
    if (this.#depth > searchLimits.depth_max) {
      throw syntax(token.from, {
        expected: `at most ${searchLimits.depth_max} levels`,
        got: 'a deeper one',
        suggestion: 'Remove parentheses that change nothing.',
      })
    }
    const tree = inside()
    this.#depth--
    return tree
  }

  #term(): SearchTree {
    const token = this.#take()
    if (!isLiteral(token)) {
      this.#next--
      throw this.#unexpected('a field, a word or "("')
    }
    this.#countTerm(token)
    this.#mustBeBounded(token)
    this.#mustClose(token)
    const operator = this.#peek()
    if (operator.kind === 'operator') return this.#comparison(this.#fieldOf(token), token.from)
    const { pieces, from, to } = token
    const parent = this.#prefixes.at(-1)
    if (parent !== undefined) return compare(parent, pieces, from, token)
    if (isAny(pieces) || plain(pieces) === '') return all
    return { tag: 'text', value: pieces, from, to }
  }

  #fieldOf(token: Token & { pieces: Pieces }): string {
    const name = token.pieces.join('*')
    if (name === '') {
      throw syntax(token.from, {
        expected: 'a field',
        got: 'an empty name',
        suggestion: 'Write the name of a field before the colon, for example service:cart.',
      })
    }
    const parent = this.#prefixes.at(-1)
    return parent === undefined ? name : `${parent}.${name}`
  }

  #comparison(field: string, from: number): SearchTree {
    const operator = this.#take()
    const next = this.#peek()
    if (operator.kind !== 'operator') throw new Error('a comparison starts with its operator')
    if (operator.operator !== ':') return this.#range(field, from, operator)
    // Lucene's spelling: `field:>=5`.
    if (next.kind === 'operator' && next.operator !== ':') {
      this.#next++
      return this.#range(field, from, next)
    }
    if (next.kind === '(') {
      return { ...this.#group(next, () => this.#values(field), ')'), from } as SearchTree
    }
    if (next.kind === '{') {
      this.#prefixes.push(field)
      const tree = this.#group(next, () => this.#or(), '}')
      this.#prefixes.pop()
      return tree
    }
    return this.#value(field, from)
  }

  #range(field: string, from: number, sign: Token): SearchTree {
    const token = this.#literal('a value', `Write a value, for example ${field} >= 10.`)
    if (sign.kind !== 'operator') throw new Error('a range starts with its operator')
    if (token.pieces.length > 1) {
      throw syntax(token.from, {
        expected: 'a value without wildcards',
        got: quote(this.#text.slice(token.from, token.to)),
        suggestion: `Use ${field}:${this.#text.slice(token.from, token.to)} to match a pattern.`,
      })
    }
    const { operator } = sign
    const { pieces: value, from: value_from, to } = token
    return { tag: 'compare', field, operator, value, value_from, from, to }
  }

  #value(field: string, from: number): SearchTree {
    const token = this.#literal('a value', `Write a value, or ${field}:* for any value.`)
    const range = luceneRange.exec(this.#text.slice(token.from))
    if (range !== null) {
      throw syntax(token.from, {
        expected: 'a value',
        got: quote(range[0]),
        suggestion: `Write ${field} >= ${range[1]} and ${field} <= ${range[2]}.`,
      })
    }
    return compare(field, token.pieces, from, token)
  }

  /** `field:(a or b)`: and, or, not between values; a space means or, as any of the words would. */
  #values(field: string): SearchTree {
    const parts = [this.#valuesAnd(field)]
    for (;;) {
      if (this.#isKeyword('or')) this.#next++
      else if (!this.#startsTerm() || this.#isKeyword('not')) break
      parts.push(this.#valuesAnd(field))
    }
    return joinedSpan('or', parts)
  }

  #valuesAnd(field: string): SearchTree {
    return this.#list('and', () => this.#valueUnary(field))
  }

  #valueUnary(field: string): SearchTree {
    const token = this.#peek()
    if (this.#isKeyword('not')) {
      this.#next++
      const part = this.#deeper(token, () => this.#valueUnary(field))
      return { tag: 'not', part, from: token.from, to: toOf(part, token.to) }
    }
    if (token.kind === '(') return this.#group(token, () => this.#values(field), ')')
    this.#countTerm(token)
    if (token.kind === 'operator' && token.operator !== ':') {
      this.#next++
      return this.#range(field, token.from, token)
    }
    return this.#value(field, token.from)
  }

  #literal(expected: string, suggestion: string): Token & { pieces: Pieces } {
    const token = this.#peek()
    if (!isLiteral(token)) throw this.#unexpected(expected, suggestion)
    this.#next++
    this.#mustBeBounded(token)
    this.#mustClose(token)
    return token
  }

  #countTerm(token: Token): void {
    this.#terms++
    if (this.#terms <= searchLimits.terms_max) return
    throw syntax(token.from, {
      expected: `at most ${searchLimits.terms_max} conditions`,
      got: 'one more',
      suggestion: 'Use a wildcard instead of listing many values.',
    })
  }

  #mustBeBounded(token: Token & { pieces: Pieces }): void {
    if (token.pieces.length <= searchLimits.wildcards_max + 1) return
    throw syntax(token.from, {
      expected: `at most ${searchLimits.wildcards_max} wildcards in a word`,
      got: `${token.pieces.length - 1}`,
      suggestion: 'Put the text in quotes if its stars are no wildcards.',
    })
  }

  #mustClose(token: Token): void {
    if (token.kind !== 'quoted' || token.closed) return
    throw syntax(token.to, {
      expected: 'a closing quote (")',
      got: 'the end of the search',
      suggestion: `Close the quote that opens at ${token.from}, or write \\" for the character.`,
    })
  }

  #unexpected(expected: string, suggestion?: string): Fault {
    const token = this.#peek()
    const raw = this.#text.slice(token.from, token.to)
    const got = token.kind === 'end' ? 'the end of the search' : quote(raw)
    return syntax(token.from, { expected, got, suggestion: suggestion ?? advice(token, raw) })
  }
}

const luceneRange = /^\[\s*([^\s\]]+)\s+to\s+([^\s\]]+)\s*[\]}]/i

function advice(token: Token, raw: string): string {
  if (token.kind === 'end') return 'Add what is missing, or remove the last word.'
  if (token.kind === 'word' && token.keyword !== undefined) {
    return `"${raw}" joins two conditions. Write it in quotes to search for the word.`
  }
  if (token.kind === ')' || token.kind === '}') return `Remove the "${raw}" or open it before.`
  return `Put text with the characters ( ) { } < > : in quotes, for example "a${raw}b".`
}

function isLiteral(token: Token): token is Token & { kind: 'word' | 'quoted'; pieces: Pieces } {
  return token.kind === 'quoted' || (token.kind === 'word' && token.keyword === undefined)
}

function compare(field: string, value: Pieces, from: number, token: Token): SearchTree {
  const { from: value_from, to } = token
  if (!isAny(value)) return { tag: 'compare', field, operator: ':', value, value_from, from, to }
  return field === '*' ? all : { tag: 'exists', field, from, to }
}

function joinedSpan(tag: 'and' | 'or', parts: readonly SearchTree[]): SearchTree {
  const first = parts[0]!
  const last = parts.at(-1)!
  const from = first.tag === 'all' ? 0 : first.from
  return joined(tag, parts, { from, to: toOf(last, from) } satisfies Span)
}

function toOf(tree: SearchTree, otherwise: number): number {
  return tree.tag === 'all' ? otherwise : tree.to
}

function quote(raw: string): string {
  return raw.length > 40 ? `${raw.slice(0, 40)}…` : raw
}

function syntax(
  position: number,
  details: { expected: string; got: string; suggestion: string },
): Fault {
  return new Fault('search_syntax', { position, ...details })
}
