/** Cuts ES|QL into tokens, each with its place. Index names and patterns are read by the parser. */
import { EsqlError } from './esql-error.ts'

export type Token = {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'param' | 'sign' | 'end'
  text: string
  from: number
  to: number
}

const chars_max = 100_000
const tokens_max = 10_000

const pieces: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y],
  ['string', /"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"/y],
  ['quoted', /`(?:``|[^`])*`/y],
  ['number', /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['param', /\?\??(?:[A-Za-z_]\w*|\d+)?/y],
  ['word', /[A-Za-z_@][\w@]*/y],
  ['sign', /==|!=|<=|>=|=~|::|[|,.()[\]=<>+\-*/%:]/y],
]

export function tokensOf(text: string): Token[] {
  if (text.length > chars_max) {
    const what = `The ESQL statement is too large [${text.length} characters > ${chars_max}]`
    throw new EsqlError('parsing_exception', '', { from: 0, to: 0 }, what)
  }
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    const found = pieceAt(text, at)
    if (found === undefined) {
      const what = `token recognition error at: '${text.slice(at, at + 10)}'`
      throw new EsqlError('parsing_exception', text, { from: at, to: at + 1 }, what)
    }
    const [kind, piece] = found
    if (kind !== 'space') tokens.push({ kind, text: piece, from: at, to: at + piece.length })
    if (tokens.length > tokens_max) {
      const what = `more than ${tokens_max} words`
      throw new EsqlError('parsing_exception', text, { from: at, to: at + 1 }, what)
    }
    at += piece.length
  }
  tokens.push({ kind: 'end', text: '<EOF>', from: text.length, to: text.length })
  return tokens
}

function pieceAt(text: string, at: number): readonly [Token['kind'] | 'space', string] | undefined {
  for (const [kind, pattern] of pieces) {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found !== null && found[0] !== '') return [kind, found[0]]
  }
  return undefined
}

const escapes: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' },
}

export function stringOf(token: string): string {
  if (token.startsWith('"""')) return token.slice(3, -3)
  return token
    .slice(1, -1)
    .replace(/\\(.)/gs, (whole, one: string) =>
      Object.hasOwn(escapes, one) ? escapes[one]! : whole,
    )
}

export const quotedName = (token: string) => token.slice(1, -1).replaceAll('``', '`')
