/**
 * The words of LogQL, with Loki's names for them in messages. What is a function and what a label
 * depends on the parenthesis behind it, as in Loki.
 */
import { QueryError } from '../series.ts'
import { rangeOperations, vectorOperations } from './ast.ts'
import { unquote } from './go-strings.ts'
import { parseBytes, parseDuration, parsePrometheusDuration } from './quantities.ts'

export type Token = {
  /** As it is called in messages: `IDENTIFIER`, `STRING`, `{`, `sum`. */
  kind: string
  /** Of an identifier its name, of a string its content. */
  text: string
  /** Of a number, a duration (ns), a range (ms) or a size (bytes). */
  value: number
  from: number
  to: number
}

export const query_characters_max = 131_072
const tokens_max = 50_000

const functions = new Set<string>([
  ...rangeOperations,
  ...vectorOperations,
  'vector',
  'label_replace',
  'bytes',
  'duration',
  'duration_seconds',
  'ip',
])
const keywords = new Set([
  ...['unwrap', 'by', 'without', 'bool', 'offset', 'on', 'ignoring', 'group_left', 'group_right'],
  ...['or', 'and', 'unless', 'json', 'regexp', 'logfmt', 'unpack', 'pattern', 'label_format'],
  ...['line_format', 'decolorize', 'drop', 'keep'],
])
const flags = new Set(['--strict', '--keep-empty'])
const signs = /\|=|\|~|\|>|!=|!~|!>|=~|==|>=|<=|[{}()=,|<>+\-*/%^.]/y
const name = /[\p{L}_][\p{L}\p{Nd}_]*/uy
const number = /(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y
const durationTail = /[\p{Nd}nuµμmshdwy.]+/uy
const bytesTail = /[\p{Nd}BikKMGTP.]+/uy
const space = /(?:[ \t\r\n]|#[^\n]*)*/y
const call = /\s*(?:\(|(?:by|without)\s*\()/iy

/** An error as Loki words it, at a place in the query. */
export function parseError(query: string, from: number, to: number, message: string): QueryError {
  const before = query.slice(0, from)
  const line = before.split('\n').length
  const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1
  const text = `parse error at line ${line}, col ${column}: ${message}`
  return new QueryError('bad_data', text, { from, to })
}

/** All tokens of the text; the last one is `$end`. Throws QueryError. */
export function tokensOf(query: string): Token[] {
  if (query.length > query_characters_max) {
    const text = `the query is ${query.length} characters long, at most ${query_characters_max}`
    throw new QueryError('bad_data', `parse error : ${text} are taken`)
  }
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    space.lastIndex = at
    at += space.exec(query)![0].length
    const token = tokenAt(query, at)
    tokens.push(token)
    if (token.kind === '$end') return tokens
    if (tokens.length > tokens_max) throw parseError(query, at, at, 'the query is too long')
    at = token.to
  }
}

function tokenAt(query: string, from: number): Token {
  const token = (kind: string, to: number, text = '', value = 0) => ({
    kind,
    text,
    value,
    from,
    to,
  })
  if (from >= query.length) return token('$end', from)
  const first = query[from]!
  if (first === '"' || first === '`' || first === "'") return stringAt(query, from)
  if (first === '[') return rangeAt(query, from)
  if (first === '-') {
    const flag = /--[a-z-]+/y
    flag.lastIndex = from
    const found = flag.exec(query)?.[0]
    if (found !== undefined && flags.has(found))
      return token('PARSER_FLAG', from + found.length, found)
    const duration = tailed(query, from, from + 1, durationTail, parseDuration)
    if (duration !== undefined) return token('DURATION', duration.to, '', duration.value)
  }
  number.lastIndex = from
  const digits = number.exec(query)?.[0]
  if (digits !== undefined) return numberAt(query, from, digits)
  name.lastIndex = from
  const word = name.exec(query)?.[0]
  if (word !== undefined) return token(kindOfWord(query, word, from), from + word.length, word)
  signs.lastIndex = from
  const sign = signs.exec(query)?.[0]
  if (sign !== undefined) return token(sign, from + sign.length)
  const to = from + (query.codePointAt(from)! > 0xffff ? 2 : 1)
  const shown = query.slice(from, to).toWellFormed()
  throw parseError(query, from, to, `syntax error: unexpected character ${JSON.stringify(shown)}`)
}

function kindOfWord(query: string, word: string, from: number): string {
  const lower = word.toLowerCase()
  if (functions.has(lower)) {
    call.lastIndex = from + word.length
    return call.test(query) ? lower : 'IDENTIFIER'
  }
  return keywords.has(lower) ? lower : 'IDENTIFIER'
}

function numberAt(query: string, from: number, digits: string): Token {
  const end = from + digits.length
  const duration = tailed(query, from, end, durationTail, parseDuration)
  if (duration !== undefined) {
    return { kind: 'DURATION', text: '', value: duration.value, from, to: duration.to }
  }
  const bytes = tailed(query, from, end, bytesTail, parseBytes)
  if (bytes !== undefined) {
    return { kind: 'BYTES', text: '', value: bytes.value, from, to: bytes.to }
  }
  return { kind: 'NUMBER', text: digits, value: Number(digits), from, to: end }
}

/** A quantity: what was read and the letters and digits behind it. */
function tailed(
  query: string,
  from: number,
  end: number,
  tail: RegExp,
  read: (text: string) => number | undefined,
): { value: number; to: number } | undefined {
  tail.lastIndex = end
  const letters = tail.exec(query)?.[0]
  if (letters === undefined) return undefined
  const to = end + letters.length
  const value = read(query.slice(from, to))
  return value === undefined ? undefined : { value, to }
}

const strings = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'/suy

function stringAt(query: string, from: number): Token {
  strings.lastIndex = from
  const quoted = strings.exec(query)?.[0]
  if (quoted === undefined) throw parseError(query, from, query.length, 'literal not terminated')
  const to = from + quoted.length
  const text = unquote(quoted)
  if (text === undefined) throw parseError(query, from, to, 'invalid syntax')
  if (text !== text.toWellFormed()) throw parseError(query, from, to, 'invalid UTF-8 rune')
  return { kind: 'STRING', text, value: 0, from, to }
}

function rangeAt(query: string, from: number): Token {
  const end = query.indexOf(']', from)
  if (end < 0) throw parseError(query, from, query.length, "missing closing ']' in duration")
  const text = query.slice(from + 1, end)
  const value = parsePrometheusDuration(text.trim())
  const to = end + 1
  if (text.trim() === '') throw parseError(query, from, to, 'empty duration string')
  if (value === undefined) {
    throw parseError(query, from, to, `not a valid duration string: ${JSON.stringify(text)}`)
  }
  if (value === 0) throw parseError(query, from, to, 'duration must be greater than 0')
  return { kind: 'RANGE', text, value, from, to }
}
