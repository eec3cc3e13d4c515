/** What can be typed at the cursor, and which text it would replace. Knows no values. */
import { type Token, tokenize } from './tokens.ts'

export type Completion = {
  kind: 'field' | 'value' | 'operator'
  /** The field whose value or operator is typed. */
  field?: string
  /** What of the word stands before the cursor, without quotes and escapes. */
  prefix: string
  /** The text to replace. */
  from: number
  to: number
}

/**
 * At the start of a word: a field (or a free word). After a field's operator, and inside
 * `field:( … )`: a value. After a whole term: an operator that joins it with the next.
 */
export function completionAt(text: string, cursor: number): Completion {
  const at = Math.min(Math.max(cursor, 0), text.length)
  // What stands right of the cursor must not change what is left of it, only what is replaced.
  const before = tokenize(text.slice(0, at))
  const last = before.at(-2)
  const touched = last !== undefined && last.to === at && isWord(last) ? last : undefined
  const earlier = touched === undefined ? before.slice(0, -1) : before.slice(0, -2)
  const place = placeOf(earlier)
  const from = touched?.from ?? at
  const prefix = touched === undefined ? '' : prefixOf(touched)
  const to = touched === undefined ? at : endOfWord(text, touched)
  if (place.field !== undefined) return { kind: 'value', field: place.field, prefix, from, to }
  if (touched === undefined && place.afterTerm) return { kind: 'operator', prefix, from, to }
  return { kind: 'field', prefix, from, to }
}

type Place = { field?: string; afterTerm: boolean }

/** Reads the tokens before the word and keeps which field the next value would belong to. */
function placeOf(tokens: readonly Token[]): Place {
  const groups: { field?: string; prefix: string }[] = []
  let prefix = ''
  let group: string | undefined
  let pending: string | undefined
  let word: string | undefined
  let afterTerm = false
  for (const token of tokens) {
    if (token.kind === 'operator') {
      pending = word === undefined ? (pending ?? group) : prefix + word
      afterTerm = false
    } else if (token.kind === '(' || token.kind === '{') {
      groups.push({ prefix, ...(group === undefined ? {} : { field: group }) })
      group = token.kind === '(' ? (pending ?? group) : undefined
      if (token.kind === '{' && pending !== undefined) prefix = `${pending}.`
      pending = undefined
      afterTerm = false
    } else if (token.kind === ')' || token.kind === '}') {
      const outer = groups.pop()
      group = outer?.field
      prefix = outer?.prefix ?? ''
      pending = undefined
      afterTerm = true
    } else if (isWord(token)) {
      const isKeyword = token.kind === 'word' && token.keyword !== undefined
      word = pending === undefined && !isKeyword ? token.pieces.join('*') : undefined
      pending = undefined
      afterTerm = !isKeyword
    }
    if (!isWord(token)) word = undefined
  }
  const field = pending ?? group
  return { afterTerm, ...(field === undefined ? {} : { field }) }
}

function isWord(token: Token): token is Token & { kind: 'word' | 'quoted' } {
  return token.kind === 'word' || token.kind === 'quoted'
}

function prefixOf(token: Token & { kind: 'word' | 'quoted' }): string {
  return token.pieces.join('*')
}

/** The word goes on to the right of the cursor: the whole of it is replaced. */
function endOfWord(text: string, touched: Token): number {
  if (touched.kind === 'quoted') {
    if (touched.closed) return touched.to
    const rest = /^(?:[^"\\]|\\.)*"/.exec(text.slice(touched.to))
    return rest === null ? touched.to : touched.to + rest[0].length
  }
  return touched.to + /^[^\s():{}<>"]*/.exec(text.slice(touched.to))![0].length
}
