/**
 * Conditions on documents, as the query DSL, query strings and ES|QL all come to: what parsers make
 * and condition-sql.ts compiles for each table. Scores are not computed.
 */
import { ElasticRefusal } from './refusal.ts'

export type Scalar = string | number | boolean

/** Text between wildcards: `*` stands for any text, `?` for one character. */
export type WildPart = { text: string } | { any: true } | { one: true }
export type Wild = readonly WildPart[]

export type Bounds = { gt?: Scalar; gte?: Scalar; lt?: Scalar; lte?: Scalar }

export type Condition =
  | { tag: 'all' }
  | { tag: 'none' }
  | { tag: 'and'; parts: readonly Condition[] }
  /** At least so many of them hold. */
  | { tag: 'some'; parts: readonly Condition[]; least: number }
  | { tag: 'not'; part: Condition }
  | { tag: 'terms'; field: string; values: readonly Scalar[]; isFolded: boolean }
  | { tag: 'range'; field: string; bounds: Bounds; format?: string; time_zone?: string }
  | { tag: 'exists'; field: string }
  | { tag: 'wild'; field: string; pattern: Wild; isFolded: boolean }
  /** RE2's language, for the whole value. */
  | { tag: 'regex'; field: string; pattern: string; isFolded: boolean }
  /** Words of a text: any of them, all, or so many. */
  | { tag: 'words'; field: string; text: string; least: number | 'all' }
  | { tag: 'phrase'; field: string; text: string; isPrefix: boolean }
  /** What a query string says of a field: a whole value, or a phrase of a text. */
  | { tag: 'value'; field: string; text: string }

export const all: Condition = { tag: 'all' }
export const none: Condition = { tag: 'none' }

export function and(parts: readonly Condition[]): Condition {
  const needed = parts.filter(({ tag }) => tag !== 'all')
  if (needed.length === 0) return all
  return needed.length === 1 ? needed[0]! : { tag: 'and', parts: needed }
}

export function some(parts: readonly Condition[], least = 1): Condition {
  if (least <= 0) return all
  if (parts.length < least) return none
  return parts.length === 1 ? parts[0]! : { tag: 'some', parts, least }
}

export const not = (part: Condition): Condition => ({ tag: 'not', part })

const clauses_max = 1024
const depth_max = 30

/** Counts what one request asks for, so that compiling it costs a bounded amount. */
export class Clauses {
  #count = 0
  #depth = 0

  /** Called around every clause, in the order in which they are read. */
  within<T>(read: () => T): T {
    if (++this.#count > clauses_max) {
      const reason = `maxClauseCount is set to ${clauses_max}`
      throw new ElasticRefusal('too_many_nested_clauses', reason)
    }
    if (this.#depth >= depth_max) {
      const reason =
        `The nested depth of the query exceeds the maximum nested depth for queries ` +
        `set in [indices.query.bool.max_nested_depth] = ${depth_max}`
      throw new ElasticRefusal('illegal_argument_exception', reason)
    }
    this.#depth++
    try {
      return read()
    } finally {
      this.#depth--
    }
  }
}

/** `a*b?` with backslashes escaping. */
export function wildOf(text: string): Wild {
  const parts: WildPart[] = []
  let literal = ''
  const flush = () => {
    if (literal !== '') parts.push({ text: literal })
    literal = ''
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '\\' && at + 1 < text.length) literal += text[++at]!
    else if (character === '*' || character === '?') {
      flush()
      const part: WildPart = character === '*' ? { any: true } : { one: true }
      const last = parts.at(-1)
      if (!('any' in part && last !== undefined && 'any' in last)) parts.push(part)
    } else literal += character
  }
  flush()
  if (parts.length > wild_parts_max) {
    throw new ElasticRefusal('illegal_argument_exception', 'the pattern has too many wildcards')
  }
  return parts
}

const wild_parts_max = 64

/** The text of a pattern without wildcards; undefined when it has some. */
export function plainText(pattern: Wild): string | undefined {
  if (pattern.length === 0) return ''
  const [first] = pattern
  return pattern.length === 1 && 'text' in first! ? first.text : undefined
}

export const isAnything = (pattern: Wild): boolean => pattern.length === 1 && 'any' in pattern[0]!
