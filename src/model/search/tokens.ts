/**
 * Cuts search text into tokens with positions, in one pass. It never fails: an unclosed quote is a
 * token that says so. What may follow what is decided by parse.ts.
 */
import type { Comparison, Pieces } from './tree.ts'

export type Token = { from: number; to: number } & (
  | { kind: 'word'; pieces: Pieces; keyword?: 'and' | 'or' | 'not' }
  | { kind: 'quoted'; pieces: Pieces; closed: boolean }
  | { kind: 'operator'; operator: Comparison }
  | { kind: 'minus' | '(' | ')' | '{' | '}' | 'end' }
)

export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  // Inside `field:( … )` words are values, where a colon is an ordinary character.
  const groups: boolean[] = []
  let at = 0
  for (;;) {
    while (at < text.length && isSpace(text[at]!)) at++
    if (at >= text.length) break
    const before = tokens.at(-1)
    const afterOperator = before?.kind === 'operator'
    const isValue = afterOperator || groups.at(-1) === true
    const token = tokenAt(text, at, isValue)
    if (token.kind === '(') groups.push(afterOperator)
    else if (token.kind === '{') groups.push(false)
    else if (token.kind === ')' || token.kind === '}') groups.pop()
    tokens.push(token)
    at = token.to
  }
  tokens.push({ kind: 'end', from: text.length, to: text.length })
  return tokens
}

function tokenAt(text: string, from: number, isValue: boolean): Token {
  const character = text[from]!
  switch (character) {
    case '(':
    case ')':
    case '{':
    case '}':
      return { kind: character, from, to: from + 1 }
    case ':':
      if (!isValue) return { kind: 'operator', operator: ':', from, to: from + 1 }
      break
    case '<':
    case '>': {
      const orEqual = text[from + 1] === '='
      const operator: Comparison = orEqual ? `${character}=` : character
      return { kind: 'operator', operator, from, to: from + operator.length }
    }
    case '"':
      return quotedAt(text, from)
    case '-':
      if (!isValue && startsTerm(text, from + 1)) return { kind: 'minus', from, to: from + 1 }
      break
  }
  return wordAt(text, from, isValue)
}

/** A minus negates only when it touches what it negates: `a - b` is three words. */
function startsTerm(text: string, at: number): boolean {
  const next = text[at]
  return next !== undefined && !isSpace(next) && !'){}:<>'.includes(next)
}

function wordAt(text: string, from: number, isValue: boolean): Token {
  const pieces: string[] = []
  let piece = ''
  let at = from
  let hasColons = isValue
  while (at < text.length) {
    const character = text[at]!
    if (isSpace(character) || '()<>"{}'.includes(character)) break
    // `http://shop:80` is an address that somebody pasted, not a field named http.
    if (character === ':' && !hasColons) {
      if (!text.startsWith('://', at)) break
      hasColons = true
    }
    if (character === '*') {
      pieces.push(piece)
      piece = ''
      at++
    } else if (character === '\\') {
      // `\and` is the word and.
      const escaped = at === from && isEscapedKeyword(text, at) ? dropped(at) : escapeAt(text, at)
      piece += escaped.character
      at = escaped.to
    } else {
      piece += character
      at++
    }
  }
  pieces.push(piece)
  const keyword = keywordOf(text.slice(from, at))
  return { kind: 'word', pieces, from, to: at, ...(keyword === undefined ? {} : { keyword }) }
}

function keywordOf(raw: string): 'and' | 'or' | 'not' | undefined {
  if (raw.length > 3) return undefined
  const lower = raw.toLowerCase()
  return lower === 'and' || lower === 'or' || lower === 'not' ? lower : undefined
}

function quotedAt(text: string, from: number): Token {
  let value = ''
  let at = from + 1
  while (at < text.length) {
    const character = text[at]!
    if (character === '"') {
      return { kind: 'quoted', pieces: [value], closed: true, from, to: at + 1 }
    }
    if (character === '\\') {
      const escaped = escapeAt(text, at)
      value += escaped.character
      at = escaped.to
    } else {
      value += character
      at++
    }
  }
  return { kind: 'quoted', pieces: [value], closed: false, from, to: at }
}

const controls: Record<string, string> = { n: '\n', r: '\r', t: '\t' }

/** A backslash before a character that needs none stays a backslash: people paste Windows paths. */
function escapeAt(text: string, at: number): { character: string; to: number } {
  const next = text[at + 1]
  if (next === undefined) return { character: '\\', to: at + 1 }
  const control = controls[next]
  if (control !== undefined) return { character: control, to: at + 2 }
  if ('\\():<>"*{}-'.includes(next) || isSpace(next)) return { character: next, to: at + 2 }
  if (next === 'u' && /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) {
    return {
      character: String.fromCharCode(Number.parseInt(text.slice(at + 2, at + 6), 16)),
      to: at + 6,
    }
  }
  return { character: '\\', to: at + 1 }
}

function isEscapedKeyword(text: string, at: number): boolean {
  return /^(?:and|or|not)(?![^\s()<>"{}:])/i.test(text.slice(at + 1, at + 5))
}

function dropped(at: number): { character: string; to: number } {
  return { character: '', to: at + 1 }
}

export function isSpace(character: string): boolean {
  return /\s/.test(character)
}
