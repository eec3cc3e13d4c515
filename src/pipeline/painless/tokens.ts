/**
 * Source text to tokens. Knows when a slash opens a regular expression; the parser does the
 * rest.
 */
import { PainlessError } from './problem.ts'

export type TokenKind = 'name' | 'number' | 'string' | 'regex' | 'sign' | 'end'
export type Token = {
  kind: TokenKind
  /** As written, but for a string: what it says, and a regex: its pattern. */
  text: string
  offset: number
  flags?: string
}

const signs = [
  ['>>>='],
  ['<<=', '>>=', '>>>', '===', '!==', '==~'],
  ['?.', '?:', '==', '!=', '=~', '<=', '>=', '&&', '||', '++', '--', '+=', '-=', '*=', '/=', '%='],
  ['&=', '|=', '^=', '->', '::', '<<', '>>'],
].map((words) => new Set(words))
const single = '(){}[];,.?:=<>!+-*/%&|^~'
const number = /0[xX][0-9a-fA-F]+[lL]?|(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)[lLfFdD]?/y
const name = /[A-Za-z_$][A-Za-z0-9_$]*/y
const digits = /\d+/y
const escapes = new Map(
  Object.entries({ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', "'": "'", '"': '"', '\\': '\\' }),
)

export function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (true) {
    at = afterSpace(source, at)
    const token = tokenAt(source, at, tokens.at(-1))
    tokens.push(token.token)
    if (token.token.kind === 'end') return tokens
    at = token.end
  }
}

function afterSpace(source: string, start: number): number {
  let at = start
  while (at < source.length) {
    const two = source.slice(at, at + 2)
    if (/\s/.test(two.charAt(0))) at += 1
    else if (two === '//') {
      const end = source.indexOf('\n', at)
      at = end < 0 ? source.length : end
    } else if (two === '/*') {
      const end = source.indexOf('*/', at + 2)
      if (end < 0) throw new PainlessError(source, at, 'this comment is not closed with */')
      at = end + 2
    } else return at
  }
  return at
}

function tokenAt(source: string, at: number, last: Token | undefined) {
  const first = source.charAt(at)
  const afterDot = last?.kind === 'sign' && (last.text === '.' || last.text === '?.')
  if (first === '') return { token: { kind: 'end', text: '', offset: at } as Token, end: at }
  if (first === "'" || first === '"') return stringAt(source, at)
  if (/\d/.test(first)) {
    if (afterDot) return plain('name', source, at, matched(digits, source, at))
    const text = matched(number, source, at)
    const next = source.charAt(at + text.length)
    if (/[\w$]/.test(next)) {
      throw new PainlessError(source, at + text.length, `a number cannot go on with [${next}]`)
    }
    return plain('number', source, at, text)
  }
  if (/[A-Za-z_$]/.test(first)) return plain('name', source, at, matched(name, source, at))
  if (first === '/' && !endsOperand(last)) return regexAt(source, at)
  for (const [index, words] of signs.entries()) {
    const text = source.slice(at, at + (index === 0 ? 4 : index === 1 ? 3 : 2))
    if (words.has(text)) return plain('sign', source, at, text)
  }
  if (single.includes(first)) return plain('sign', source, at, first)
  throw new PainlessError(source, at, `unexpected character [${first}]`)
}

function plain(kind: TokenKind, _source: string, offset: number, text: string) {
  return { token: { kind, text, offset } as Token, end: offset + text.length }
}

function matched(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0] ?? ''
}

const beforeRegex = new Set(['return', 'in', 'else', 'do', 'throw', 'instanceof'])

/** After an operand a slash divides. */
function endsOperand(last: Token | undefined): boolean {
  if (last === undefined) return false
  if (last.kind === 'name') return !beforeRegex.has(last.text)
  return last.kind !== 'sign' || last.text === ')' || last.text === ']'
}

function stringAt(source: string, start: number) {
  const quote = source.charAt(start)
  let text = ''
  let at = start + 1
  let from = at
  while (at < source.length) {
    const char = source.charAt(at)
    if (char === quote) {
      text += source.slice(from, at)
      return { token: { kind: 'string', text, offset: start } as Token, end: at + 1 }
    }
    if (char !== '\\') {
      at += 1
      continue
    }
    const escaped = escapes.get(source.charAt(at + 1))
    if (escaped === undefined) {
      const got = source.slice(at, at + 2)
      const says = `[${got}] is no escape of a string; expected \\\\ \\' \\" \\n \\t \\r \\b or \\f`
      throw new PainlessError(source, at, says)
    }
    text += source.slice(from, at) + escaped
    at += 2
    from = at
  }
  throw new PainlessError(source, start, `this string is not closed with ${quote}`)
}

function regexAt(source: string, start: number) {
  let at = start + 1
  while (source.charAt(at) !== '/') {
    const char = source.charAt(at)
    if (char === '' || char === '\n') {
      throw new PainlessError(source, start, 'this regular expression is not closed with /')
    }
    at += char === '\\' ? 2 : 1
  }
  const text = source.slice(start + 1, at)
  if (text === '') throw new PainlessError(source, start, 'this regular expression is empty')
  const flags = /^[A-Za-z]*/.exec(source.slice(at + 1, at + 33))?.[0] ?? ''
  const token: Token = { kind: 'regex', text, offset: start, flags }
  return { token, end: at + 1 + flags.length }
}
