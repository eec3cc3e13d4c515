/** Reads tokens one by one: what both the parser of commands and that of expressions stand on. */
import { EsqlError } from './esql-error.ts'
import { quotedName, type Token, tokensOf } from './tokens.ts'
import type { Span } from './tree.ts'

const depth_max = 60

export class Reader {
  readonly text: string
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.text = text
    this.#tokens = tokensOf(text)
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!
  }

  next(): Token {
    const token = this.peek()
    if (this.#at < this.#tokens.length - 1) this.#at++
    return token
  }

  /** Where the last token ended. */
  get end(): number {
    return this.#at === 0 ? 0 : this.#tokens[this.#at - 1]!.to
  }

  get mark(): number {
    return this.#at
  }

  back(mark: number): void {
    this.#at = mark
  }

  within<T>(read: () => T): T {
    if (this.#depth >= depth_max) throw this.refusal('the query is nested too deeply')
    this.#depth++
    try {
      return read()
    } finally {
      this.#depth--
    }
  }

  refusal(what: string, span: Span = this.peek()): EsqlError {
    return new EsqlError('parsing_exception', this.text, span, what)
  }

  unexpected(expected: string): EsqlError {
    const { kind, text } = this.peek()
    const got = kind === 'end' ? "input '<EOF>'" : `input '${text.slice(0, 60)}'`
    return this.refusal(`mismatched ${got} expecting ${expected}`)
  }

  isSign(text: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'sign' && token.text === text
  }

  sign(text: string): boolean {
    if (!this.isSign(text)) return false
    this.next()
    return true
  }

  need(text: string): void {
    if (!this.sign(text)) throw this.unexpected(`'${text}'`)
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'word' && token.text.toLowerCase() === word
  }

  word(word: string): boolean {
    if (!this.isWord(word)) return false
    this.next()
    return true
  }

  needWord(word: string): void {
    if (!this.word(word)) throw this.unexpected(`'${word.toUpperCase()}'`)
  }

  list<T>(read: () => T): T[] {
    const items = [read()]
    while (this.sign(',')) items.push(read())
    return items
  }

  /** A dotted name of a column; with patterns it may have stars. */
  name(hasStars = false): Span & { name: string } {
    const { from } = this.peek()
    let name = ''
    for (;;) {
      const { kind, text } = this.peek()
      if (kind === 'word') name += text
      else if (kind === 'quoted') name += quotedName(text)
      else if (hasStars && kind === 'sign' && text === '*') name += '*'
      else if (kind === 'number' && name !== '' && /^\d+$/.test(text)) name += text
      else if (hasStars && kind === 'sign' && text === '-' && name !== '') name += '-'
      else throw this.unexpected('{QUOTED_IDENTIFIER, UNQUOTED_IDENTIFIER}')
      this.next()
      const following = this.peek()
      const isTouching = following.from === this.end
      if (isTouching && this.isSign('.')) {
        name += '.'
        this.next()
        continue
      }
      const goesOn =
        isTouching &&
        ((hasStars && following.text === '*') ||
          (hasStars && name.endsWith('*') && following.kind === 'word'))
      if (!goesOn) return { name, from, to: this.end }
    }
  }
}
