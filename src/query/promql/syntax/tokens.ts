/**
 * Cuts PromQL into tokens the way Prometheus's lexer does, for its messages about characters and
 * brackets. The tree itself comes from the lezer grammar.
 */
import { quote } from '../go-text.ts'

export type TokenKind =
  | 'identifier'
  | 'keyword'
  | 'aggregator'
  | 'number'
  | 'duration'
  | 'string'
  | 'operator'
  | 'mark'
  | 'end'
export type Token = { kind: TokenKind; text: string; from: number; to: number }
/** Tokens up to the end, or up to what no token begins with and what Prometheus says of it. */
export type Tokens = { tokens: Token[]; flaw: { at: number; says: string } | undefined }

const aggregators = new Set(
  `avg bottomk count count_values group limitk limit_ratio max min quantile stddev stdvar sum topk`
    .trim()
    .split(' '),
)
const wordOperators = new Set(['and', 'or', 'unless', 'atan2'])
const keywords = new Set(
  `anchored bool by fill fill_left fill_right group_left group_right ignoring offset on smoothed
  without start end step range`.split(/\s+/),
)
const signs = ['</', '>/', '==', '=~', '!=', '!~', '<=', '>=']
const single = new Set('+-*/%^<>=@'.split(''))
const closes: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
const opened: Readonly<Record<string, string>> = {
  '(': 'unclosed left parenthesis',
  '[': 'unclosed left bracket',
  '{': 'unexpected end of input inside braces',
}
const closed: Readonly<Record<string, string>> = {
  ')': 'unexpected right parenthesis',
  ']': 'unexpected right bracket',
  '}': 'unexpected right brace',
}

const wordPattern = /[a-zA-Z_:][a-zA-Z0-9_:]*/y
const numberPattern = /(?:0[xX][0-9a-fA-F_]*|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?[\d_]+)?)/y
const durationPattern =
  /(?=\d)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?/y

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

class Cutter {
  readonly tokens: Token[] = []
  flaw: Tokens['flaw']
  readonly text: string
  at = 0
  private readonly open: string[] = []

  constructor(text: string) {
    this.text = text
  }

  run(): Tokens {
    while (this.flaw === undefined && this.at < this.text.length) this.step()
    const last = this.open.at(-1)
    if (this.flaw === undefined && last !== undefined) {
      this.flaw = { at: this.text.length, says: opened[last] ?? '' }
    }
    if (this.flaw === undefined) this.push('end', 0)
    return { tokens: this.tokens, flaw: this.flaw }
  }

  private push(kind: TokenKind, length: number): void {
    const to = this.at + length
    this.tokens.push({ kind, text: this.text.slice(this.at, to), from: this.at, to })
    this.at = to
  }

  private step(): void {
    const char = this.text[this.at] ?? ''
    if (/\s/.test(char)) this.at += 1
    else if (char === '#') this.skipComment()
    else if (char === '"' || char === "'" || char === '`') this.string(char)
    else if (/[a-zA-Z_]/.test(char)) this.word()
    else if (/\d/.test(char) || (char === '.' && /\d/.test(this.text[this.at + 1] ?? ''))) {
      this.number()
    } else this.mark(char)
  }

  private skipComment(): void {
    const end = this.text.indexOf('\n', this.at)
    this.at = end === -1 ? this.text.length : end
  }

  private string(mark: string): void {
    for (let at = this.at + 1; at < this.text.length; at++) {
      const char = this.text[at]
      if (char === mark) {
        this.push('string', at + 1 - this.at)
        return
      }
      if (mark !== '`' && char === '\n') break
      if (mark !== '`' && char === '\\') at += 1
    }
    const says = mark === '`' ? 'unterminated raw string' : 'unterminated quoted string'
    this.flaw = { at: this.at, says }
  }

  private word(): void {
    const word = match(wordPattern, this.text, this.at)
    const lower = word.toLowerCase()
    const isInside = this.open.at(-1) === '{'
    if (isInside) this.push('identifier', word.length)
    else if (wordOperators.has(lower)) this.push('operator', word.length)
    else if (aggregators.has(lower)) this.push('aggregator', word.length)
    else if (keywords.has(lower)) this.push('keyword', word.length)
    else if (lower === 'inf' || lower === 'nan') this.push('number', word.length)
    else this.push('identifier', word.length)
  }

  private number(): void {
    const duration = match(durationPattern, this.text, this.at)
    const number = match(numberPattern, this.text, this.at)
    const isDuration = duration.length > number.length
    const length = Math.max(duration.length, number.length)
    const next = this.text[this.at + length] ?? ''
    if (/[a-zA-Z0-9_.]/.test(next)) {
      const bad = match(/[a-zA-Z0-9_.]+/y, this.text, this.at)
      this.flaw = { at: this.at, says: `bad number or duration syntax: ${quote(bad)}` }
    } else this.push(isDuration ? 'duration' : 'number', length)
  }

  private mark(char: string): void {
    if ('([{'.includes(char)) this.opening(char)
    else if (')]}'.includes(char)) this.closing(char)
    else this.sign(char)
  }

  private opening(char: string): void {
    if (this.open.at(-1) === '{') this.inside(char)
    else {
      this.open.push(char)
      this.push('mark', 1)
    }
  }

  private closing(char: string): void {
    if (this.open.at(-1) === closes[char]) {
      this.open.pop()
      this.push('mark', 1)
    } else if (this.open.at(-1) === '{') this.inside(char)
    else this.flaw = { at: this.at, says: `${closed[char]} ${quote(char)}` }
  }

  private sign(char: string): void {
    const sign = signs.find((candidate) => this.text.startsWith(candidate, this.at))
    const isInBrackets = this.open.at(-1) === '['
    const next = this.text[this.at + 1] ?? ''
    if (sign !== undefined) this.push('operator', sign.length)
    else if (char === ',' || (char === ':' && isInBrackets)) this.push('mark', 1)
    else if (char === ':' && /[a-zA-Z0-9_:]/.test(next)) this.word()
    else if (single.has(char)) this.push('operator', 1)
    else if (char === '!') {
      this.flaw = { at: this.at + 1, says: `unexpected character after '!': ${character(next)}` }
    } else if (char === ':')
      this.flaw = { at: this.at, says: `unexpected colon ${character(char)}` }
    else if (this.open.at(-1) === '{') this.inside(char)
    else this.flaw = { at: this.at, says: `unexpected character: ${character(char)}` }
  }

  private inside(char: string): void {
    this.flaw = { at: this.at, says: `unexpected character inside braces: ${character(char)}` }
  }
}

/** Go's %q of a rune: in single quotes. */
function character(char: string): string {
  return char === '' ? "'\\ufffd'" : `'${quote(char).slice(1, -1).replace("'", "\\'")}'`
}

export function tokensOf(text: string): Tokens {
  return new Cutter(text).run()
}

/** What Prometheus calls a token in "unexpected …". */
export function describe(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'end of input'
    case 'operator':
      return `<op:${token.text}>`
    case 'keyword':
      return `<${token.text}>`
    case 'aggregator':
      return `<aggr:${token.text}>`
    case 'mark':
      return quote(token.text)
    case 'identifier':
      return `identifier ${quote(token.text)}`
    default: {
      const isLong = token.text.length > 10
      const shown = isLong ? `${quote(token.text.slice(0, 10))}...` : quote(token.text)
      return `${token.kind} ${shown}`
    }
  }
}
