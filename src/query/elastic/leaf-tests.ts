/**
 * What a condition on one field asks of a single value: as text and, where it makes sense, as a
 * number. Where values lie is the compilers' business.
 */
import { type Sql, sql } from '../../store/sql.ts'
import { textMatches, wordsOf } from '../../store/where-text.ts'
import type { Bounds, Condition, Scalar } from './condition.ts'
import { momentOf, neededMoment } from './dates.ts'
import { anyOf, decimal, likeOf } from './sql-parts.ts'

export type LeafCondition =
  Extract<Condition, { field: string }> extends infer Leaf
    ? Exclude<Leaf, { tag: 'exists' }>
    : never

export type Test = (value: Sql) => Sql
export type Tests = {
  text: Test
  /** Absent when no number can be meant. */
  number?: Test
  /** Whole values: they can be looked up in an index. */
  values?: readonly string[]
}

const signs = { gt: sql`>`, gte: sql`>=`, lt: sql`<`, lte: sql`<=` } as const
const names = ['gt', 'gte', 'lt', 'lte'] as const

export function numberOf(value: Scalar): number | undefined {
  if (typeof value === 'boolean') return undefined
  const text = String(value).trim()
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

/** For values whose kind is not known: text, kept as text or as a number. */
export function testsOf(leaf: LeafCondition, now_ms: number): Tests {
  switch (leaf.tag) {
    case 'terms': {
      const numbers = leaf.values.map(numberOf).filter((one) => one !== undefined)
      const values = leaf.values.map(String)
      const number: Pick<Tests, 'number'> =
        numbers.length === 0 ? {} : { number: (value) => sql`${value} IN ${numbers}` }
      if (!leaf.isFolded) return { text: (value) => equals(value, values), values, ...number }
      const lowered = values.map((one) => one.toLowerCase())
      return { text: (value) => sql`lowerUTF8(${value}) IN ${lowered}`, ...number }
    }
    case 'value': {
      const number = numberOf(leaf.text)
      return {
        text: (value) => anyOf([sql`${value} = ${leaf.text}`, ...phraseIn(value, leaf.text)]),
        ...(number === undefined ? {} : { number: (value) => sql`${value} = ${number}` }),
      }
    }
    case 'words': {
      const number = numberOf(leaf.text)
      return {
        text: (value) => anyOf([sql`${value} = ${leaf.text}`, ...wordsIn(value, leaf)]),
        ...(number === undefined ? {} : { number: (value) => sql`${value} = ${number}` }),
      }
    }
    case 'phrase': {
      const number = numberOf(leaf.text)
      const found = (value: Sql) =>
        leaf.isPrefix ? prefixIn(value, leaf.text) : phraseIn(value, leaf.text)
      return {
        text: (value) => anyOf([sql`${value} = ${leaf.text}`, ...found(value)]),
        ...(number === undefined ? {} : { number: (value) => sql`${value} = ${number}` }),
      }
    }
    case 'wild':
      return {
        text: (value) => wildMatches(value, leaf),
        number: (value) => wildMatches(sql`toString(${value})`, leaf),
      }
    case 'regex':
      return {
        text: (value) => regexMatches(value, leaf),
        number: (value) => regexMatches(sql`toString(${value})`, leaf),
      }
    case 'range':
      return rangeTests(leaf, now_ms)
  }
}

function equals(value: Sql, values: readonly string[]): Sql {
  return values.length === 1 ? sql`${value} = ${values[0]!}` : sql`${value} IN ${values}`
}

export function wildMatches(value: Sql, leaf: Extract<LeafCondition, { tag: 'wild' }>): Sql {
  const pattern = likeOf(leaf.pattern)
  return leaf.isFolded ? sql`${value} ILIKE ${pattern}` : sql`${value} LIKE ${pattern}`
}

export function regexMatches(value: Sql, leaf: Extract<LeafCondition, { tag: 'regex' }>): Sql {
  return sql`match(${value}, ${`${leaf.isFolded ? '(?i)' : ''}^(?:${leaf.pattern})$`})`
}

const splitOf = (value: Sql) => sql`splitByNonAlpha(lowerUTF8(${value}))`

function wordsIn(value: Sql, leaf: Extract<LeafCondition, { tag: 'words' }>): Sql[] {
  const words = [...new Set(wordsOf(leaf.text.toLowerCase()))]
  if (words.length === 0) return []
  const has = leaf.least === 'all' ? sql`hasAll` : sql`hasAny`
  return [sql`${has}(${splitOf(value)}, array${words})`]
}

function phraseIn(value: Sql, text: string): Sql[] {
  const words = wordsOf(text.toLowerCase())
  if (words.length === 0) return []
  if (words.length === 1) return [sql`has(${splitOf(value)}, ${words[0]!})`]
  return [sql`hasSubstr(${splitOf(value)}, array${words})`]
}

/** The last word may go on. */
function prefixIn(value: Sql, text: string): Sql[] {
  const words = wordsOf(text.toLowerCase())
  if (words.length === 0) return []
  const joined = sql`concat(' ', arrayStringConcat(arrayFilter(word -> word != '',
    ${splitOf(value)}), ' '))`
  return [sql`position(${joined}, ${` ${words.join(' ')}`}) > 0`]
}

/** A text that is analysed, in a column that people read: words of it, whatever their case. */
export function textColumnMatches(column: string, leaf: LeafCondition): Sql {
  const value = sql.identifier(column)
  switch (leaf.tag) {
    case 'terms':
      return anyOf(leaf.values.map((one) => textMatches(column, [String(one)])))
    case 'value':
      return textMatches(column, [leaf.text])
    case 'phrase': {
      if (!leaf.isPrefix) return wordsPhrase(column, leaf.text)
      const [condition] = prefixIn(value, leaf.text)
      return condition ?? sql`false`
    }
    case 'words': {
      const words = [...new Set(wordsOf(leaf.text))].slice(0, 64)
      const each = words.map((word) => textMatches(column, [word]))
      if (each.length === 0) return sql`false`
      return leaf.least === 'all' ? sql.all(each) : anyOf(each)
    }
    case 'wild': {
      const isWhole = leaf.pattern.some((part) => 'text' in part && /[\s]/.test(part.text))
      const pattern = likeOf(leaf.pattern).toLowerCase()
      if (isWhole) return sql`lowerUTF8(${value}) LIKE ${`%${pattern}%`}`
      const word = sql`arrayExists(word -> word LIKE ${pattern}, ${splitOf(value)})`
      // Words are cut at signs: a pattern with some of them is looked for anywhere.
      const hasSigns = /[^\p{L}\p{N}%]/u.test(pattern.replaceAll('\\', ''))
      return hasSigns
        ? anyOf([word, sql`lowerUTF8(${value}) LIKE ${`%${pattern}%`}`])
        : sql`(${word})`
    }
    case 'regex':
      return sql`arrayExists(word -> ${regexMatches(sql`word`, leaf)}, ${splitOf(value)})`
    case 'range':
      return rangeTests(leaf, 0).text(value)
  }
}

function wordsPhrase(column: string, text: string): Sql {
  const words = wordsOf(text)
  if (words.length === 0) return sql`false`
  if (words.length === 1) return textMatches(column, [words[0]!])
  // Each word by the index, then their order: signs between them do not count.
  const each = words.slice(0, 16).map((word) => textMatches(column, [word]))
  const lowered = words.map((word) => word.toLowerCase())
  const inOrder = sql`hasSubstr(arrayFilter(word -> word != '',
    ${splitOf(sql.identifier(column))}), array${lowered})`
  return sql.all([...each, inOrder])
}

/** Bounds that are numbers are compared as numbers, dates as moments, the rest by their bytes. */
function rangeTests(leaf: Extract<LeafCondition, { tag: 'range' }>, now_ms: number): Tests {
  const entries = names.flatMap((name) => {
    const value = leaf.bounds[name]
    return value === undefined ? [] : ([[name, value]] as const)
  })
  const numbers = entries.map(([, value]) => numberOf(value))
  if (numbers.every((one) => one !== undefined)) {
    const number: Test = (value) =>
      sql.all(entries.map(([name], at) => sql`${value} ${signs[name]} ${numbers[at]!}`))
    const text: Test = (value) =>
      sql`(match(${value}, ${decimal}) AND ${number(sql`toFloat64OrZero(${value})`)})`
    return { text, number }
  }
  if (entries.some(([, value]) => isDate(value, leaf, now_ms))) {
    const bounds = timeBounds(leaf, now_ms)
    return {
      text: (value) => {
        const at = sql`toUnixTimestamp64Milli(parseDateTime64BestEffortOrZero(${value}, 3))`
        return sql`(match(${value}, '^[0-9]{4}-[0-9]{2}') AND ${withinTimes(at, bounds)})`
      },
      number: (value) => withinTimes(value, bounds),
    }
  }
  return {
    text: (value) =>
      sql.all(entries.map(([name, one]) => sql`${value} ${signs[name]} ${String(one)}`)),
  }
}

function isDate(
  value: Scalar,
  { format, time_zone }: { format?: string; time_zone?: string },
  now_ms: number,
) {
  if (typeof value !== 'string' || !/^now|^\d{4}-|\|\|/.test(value)) return false
  return momentOf(value, { now_ms, format, time_zone }) !== undefined
}

export type TimeBounds = { from_ms?: number; to_ms?: number }

/** In [from_ms, to_ms): dates cover a span, of which gt and lte take the end. */
export function timeBounds(
  leaf: { field: string; bounds: Bounds; format?: string; time_zone?: string },
  now_ms: number,
): TimeBounds {
  const { bounds, field, format, time_zone } = leaf
  const read = (value: Scalar | undefined) =>
    value === undefined
      ? undefined
      : neededMoment(
          typeof value === 'boolean' ? String(value) : value,
          { now_ms, format, time_zone },
          field,
        )
  const from = latest(read(bounds.gte)?.from_ms, read(bounds.gt)?.to_ms)
  const to = earliest(read(bounds.lt)?.from_ms, read(bounds.lte)?.to_ms)
  return {
    ...(from === undefined ? {} : { from_ms: from }),
    ...(to === undefined ? {} : { to_ms: to }),
  }
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
}
function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}

export function withinTimes(at: Sql, { from_ms, to_ms }: TimeBounds): Sql {
  const parts: Sql[] = []
  if (from_ms !== undefined) parts.push(sql`${at} >= ${from_ms}`)
  if (to_ms !== undefined) parts.push(sql`${at} < ${to_ms}`)
  return sql`(${sql.all(parts)})`
}
