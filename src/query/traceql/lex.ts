/**
 * TraceQL's words: text to tokens with their places. Attribute names may hold almost anything, so
 * they are read here as a whole. What tokens mean together is parse.ts's work.
 */
import { QueryError } from '../series.ts'
import { readDuration } from './duration.ts'
import { type AttributeScope, attributeScopes, intrinsicOf } from './tree.ts'

export type Token = { from: number; to: number } & (
  | { kind: 'word' | 'operator' | 'string'; text: string }
  | { kind: 'int' | 'float' | 'duration'; value: number; text: string }
  | { kind: 'attribute'; scope: AttributeScope | 'none'; ofParent: boolean; text: string }
  | { kind: 'intrinsic'; ofParent: boolean; text: string }
  | { kind: 'end'; text: '' }
)

const query_length_max = 128 * 1024

/** Longest first. */
const operators = [
  ...['!>>', '!<<', '&>>', '&<<'],
  ...['&&', '||', '!=', '=~', '!~', '>=', '<=', '>>', '<<', '!>', '!<', '&~', '&>', '&<'],
  ...['{', '}', '(', ')', ',', '=', '>', '<', '+', '-', '*', '/', '%', '^', '!', '|', '~'],
]

export function lex(text: string): Token[] {
  if (text.length > query_length_max) {
    throw new QueryError('bad_data', `a query may have ${query_length_max} characters`)
  }
  const tokens: Token[] = []
  for (let at = blank(text, 0); at < text.length; ) {
    const token = next(text, at)
    tokens.push(token)
    at = blank(text, token.to)
  }
  tokens.push({ kind: 'end', text: '', from: text.length, to: text.length })
  return tokens
}

/** Where the next token begins: behind white space and comments. */
function blank(text: string, start: number): number {
  for (let at = start; ; ) {
    if (/\s/.test(text[at] ?? '')) at++
    else if (text.startsWith('//', at)) {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2)
      if (end < 0) throw unclosed(text, at)
      at = end + 2
    } else return at
  }
}

function next(text: string, from: number): Token {
  const first = text[from]!
  if (first === '"') return quoted(text, from)
  if (first === '`') return raw(text, from)
  if (/[0-9]/.test(first) || (first === '.' && /[0-9]/.test(text[from + 1] ?? ''))) {
    return number(text, from)
  }
  if (first === '.') return attribute(text, from, from + 1, 'none', false)
  const word = match(/[A-Za-z_][A-Za-z0-9_]*/y, text, from)
  if (word !== undefined) return named(text, from, word)
  const operator = operators.find((candidate) => text.startsWith(candidate, from))
  if (operator === undefined) throw unexpected(text, from)
  return { kind: 'operator', text: operator, from, to: from + operator.length }
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

function unexpected(text: string, at: number): QueryError {
  const character = String.fromCodePoint(text.codePointAt(at)!)
  return new QueryError(
    'bad_data',
    `parse error at ${placeOf(text, at)}: unexpected ${character}`,
    {
      from: at,
      to: at + character.length,
    },
  )
}

export function placeOf(text: string, at: number): string {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  return `line ${line}, col ${at - (before.lastIndexOf('\n') + 1) + 1}`
}

/** A word, or an attribute or intrinsic that begins with its scope. */
function named(text: string, from: number, word: string): Token {
  const end = from + word.length
  if (text[end] === '.') {
    if (word === 'parent') return ofParent(text, from, end + 1)
    const scope = attributeScopes.find((candidate) => candidate === word)
    if (scope !== undefined) return attribute(text, from, end + 1, scope, false)
  }
  if (text[end] === ':') {
    const name = match(/[A-Za-z]+/y, text, end + 1) ?? ''
    const whole = `${word}:${name}`
    const to = end + 1 + name.length
    if (intrinsicOf(whole) !== undefined) {
      return { kind: 'intrinsic', ofParent: false, text: whole, from, to }
    }
    const message = `parse error at ${placeOf(text, from)}: unknown field ${whole}`
    throw new QueryError('bad_data', message, { from, to })
  }
  return { kind: 'word', text: word, from, to: end }
}

function ofParent(text: string, from: number, at: number): Token {
  const scope = attributeScopes.find((candidate) => text.startsWith(`${candidate}.`, at))
  if (scope === 'span' || scope === 'resource') {
    return attribute(text, from, at + scope.length + 1, scope, true)
  }
  const token = attribute(text, from, at, 'none', true)
  const isQuoted = text[at] === '"'
  if (isQuoted || intrinsicOf(token.text) === undefined) return token
  return { kind: 'intrinsic', ofParent: true, text: token.text, from, to: token.to }
}

function attribute(
  text: string,
  from: number,
  start: number,
  scope: AttributeScope | 'none',
  isOfParent: boolean,
): Token {
  let name = ''
  let at = start
  for (;;) {
    if (text[at] === '"') {
      const part = match(/"(?:[^"\\]|\\["\\])*"/y, text, at)
      if (part === undefined) {
        throw new QueryError('bad_data', 'parse error: a quoted attribute name does not end', {
          from: at,
          to: text.length,
        })
      }
      name += part.slice(1, -1).replace(/\\(["\\])/g, '$1')
      at += part.length
      continue
    }
    const part = match(/[^\s{}()=~!<>&|^,"]+/y, text, at)
    if (part === undefined) break
    name += part
    at += part.length
  }
  if (name === '' && at === start) throw unexpectedEnd(text, at)
  return { kind: 'attribute', scope, ofParent: isOfParent, text: name, from, to: at }
}

function unexpectedEnd(text: string, at: number): QueryError {
  if (at < text.length) return unexpected(text, at)
  return new QueryError('bad_data', 'parse error: unexpected end of the query', {
    from: at,
    to: at,
  })
}

function durationPattern(): RegExp {
  return /(?:[0-9.]+(?:ns|us|µs|μs|ms|[smhdwy]))+/y
}

function number(text: string, from: number): Token {
  const duration = match(durationPattern(), text, from)
  if (duration !== undefined && !/[A-Za-z_]/.test(text[from + duration.length] ?? '')) {
    const value = readDuration(duration)
    if (value !== undefined) {
      return { kind: 'duration', value, text: duration, from, to: from + duration.length }
    }
  }
  const written = match(/(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y, text, from)!
  const value = Number(written)
  const to = from + written.length
  if (!Number.isFinite(value)) {
    throw new QueryError('bad_data', `${written.slice(0, 40)} is too large`, { from, to })
  }
  const kind = /[.eE]/.test(written) ? 'float' : 'int'
  return { kind, value, text: written, from, to }
}

function raw(text: string, from: number): Token {
  const end = text.indexOf('`', from + 1)
  if (end < 0) throw unclosed(text, from)
  return { kind: 'string', text: text.slice(from + 1, end), from, to: end + 1 }
}

function unclosed(text: string, from: number): QueryError {
  const message = `parse error at ${placeOf(text, from)}: literal not terminated`
  return new QueryError('bad_data', message, { from, to: text.length })
}

const simple: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

function quoted(text: string, from: number): Token {
  let value = ''
  let at = from + 1
  for (;;) {
    const plain = match(/[^"\\\n]+/y, text, at)
    if (plain !== undefined) {
      value += plain
      at += plain.length
    }
    if (text[at] === '"') break
    if (text[at] !== '\\') throw unclosed(text, from)
    const written = match(
      /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/y,
      text,
      at,
    )
    if (written === undefined) throw unclosed(text, from)
    value += unescaped(written, at)
    at += written.length
  }
  return { kind: 'string', text: value, from, to: at + 1 }
}

function unescaped(written: string, at: number): string {
  const letter = written[1]!
  const code = /[0-7]/.test(letter)
    ? Number.parseInt(written.slice(1), 8)
    : Number.parseInt(written.slice(2), 16)
  if (written.length > 2 && code <= 0x10ffff) return String.fromCodePoint(code)
  const meant = Object.hasOwn(simple, letter) ? simple[letter] : undefined
  if (written.length > 2 || meant === undefined) {
    throw new QueryError('bad_data', 'parse error: invalid char escape', { from: at, to: at + 2 })
  }
  return meant
}
