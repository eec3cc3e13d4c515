/** Conditions on columns, each compared as what it is: word, text, number, id, time, choice. */
import { type Sql, sql } from '../../store/sql.ts'
import type { Scalar } from './condition.ts'
import type { SqlContext } from './condition-sql.ts'
import { momentOf } from './dates.ts'
import type { Place } from './field-places.ts'
import {
  type LeafCondition,
  numberOf,
  testsOf,
  textColumnMatches,
  timeBounds,
  withinTimes,
} from './leaf-tests.ts'
import { anyOf } from './sql-parts.ts'

type Column = Extract<Place, { tag: 'column' | 'made' }>

export function columnExists(place: Extract<Place, { tag: 'column' }>): Sql {
  const { field, column } = place
  const value = sql.identifier(column)
  if (field.many) return sql`notEmpty(${value})`
  if (field.absent === undefined) return sql`true`
  if (field.bytes !== undefined) return sql`${value} != toFixedString('', ${field.bytes})`
  return sql`${value} != ${field.absent}`
}

export function columnCondition(leaf: LeafCondition, place: Column, context: SqlContext): Sql {
  if (place.tag === 'made') {
    const tests = sql`ifNull(${madeMatches(leaf, place, context)}, false)`
    return tests
  }
  const { field, column } = place
  if (field.many) return anyItem(leaf, place, context)
  // In a list of words a text is one word; `x.keyword` is the whole of it.
  if (field.kind === 'text' && !leaf.field.endsWith('.keyword')) {
    return textColumnMatches(column, leaf)
  }
  const matches = typed(leaf, place, sql.identifier(column), context)
  return field.absent === undefined ? matches : sql`(${matches} AND ${columnExists(place)})`
}

function anyItem(
  leaf: LeafCondition,
  place: Extract<Place, { tag: 'column' }>,
  context: SqlContext,
): Sql {
  const item = typed(leaf, place, sql`item`, context)
  return sql`arrayExists(item -> ${item}, ${sql.identifier(place.column)})`
}

function madeMatches(
  leaf: LeafCondition,
  place: Extract<Place, { tag: 'made' }>,
  context: SqlContext,
): Sql {
  const value = place.value
  const tests = testsOf(leaf, context.clock.now_ms)
  if (place.kind === 'keyword') return wholeText(leaf, value, context)
  return tests.number?.(value) ?? sql`false`
}

function typed(
  leaf: LeafCondition,
  { field }: Extract<Place, { tag: 'column' }>,
  value: Sql,
  context: SqlContext,
): Sql {
  switch (field.kind) {
    case 'keyword':
    case 'text':
      return wholeText(leaf, value, context)
    case 'time':
      return time(leaf, value, context)
    case 'id':
      return id(leaf, value, field.bytes!)
    case 'enum':
      return choice(leaf, value, field.values!)
    case 'boolean':
      return truth(leaf, value)
    case 'hash':
      return whole(leaf, value)
    case 'severity':
    case 'number':
    case 'duration':
      return testsOf(leaf, context.clock.now_ms).number?.(value) ?? sql`false`
  }
}

/** The value of a keyword is one whole: no words are looked for in it. */
function wholeText(leaf: LeafCondition, value: Sql, { clock }: SqlContext): Sql {
  if (leaf.tag === 'value' || leaf.tag === 'words' || leaf.tag === 'phrase') {
    const { text } = leaf
    const isPrefix = leaf.tag === 'phrase' && leaf.isPrefix
    return isPrefix ? sql`startsWith(${value}, ${text})` : sql`${value} = ${text}`
  }
  return testsOf(leaf, clock.now_ms).text(value)
}

/** The values that a condition asks for as they are; undefined when it asks for something else. */
function askedOf(leaf: LeafCondition): readonly Scalar[] | undefined {
  if (leaf.tag === 'terms') return leaf.values
  if (leaf.tag === 'value' || leaf.tag === 'words' || leaf.tag === 'phrase') return [leaf.text]
  return undefined
}

function time(leaf: LeafCondition, value: Sql, { clock }: SqlContext): Sql {
  const at = sql`toUnixTimestamp64Milli(toDateTime64(${value}, 3))`
  if (leaf.tag === 'range') return withinTimes(at, timeBounds(leaf, clock.now_ms))
  const asked = askedOf(leaf)
  if (asked === undefined) return sql`false`
  const moments = asked.map((one) =>
    momentOf(typeof one === 'boolean' ? String(one) : one, { now_ms: clock.now_ms }),
  )
  return anyOf(moments.flatMap((one) => (one === undefined ? [] : [withinTimes(at, one)])))
}

function id(leaf: LeafCondition, value: Sql, bytes: 8 | 16): Sql {
  const asked = askedOf(leaf)
  if (asked === undefined) return testsOf(leaf, 0).text(sql`lower(hex(${value}))`)
  const ids = asked
    .map((one) => String(one).replaceAll('-', ''))
    .filter((one) => one.length === bytes * 2 && /^[0-9a-f]+$/i.test(one))
  return anyOf(ids.map((one) => sql`${value} = ${sql.hexId(one, bytes)}`))
}

type Choices = Readonly<Record<string, readonly string[]>>

function choice(leaf: LeafCondition, value: Sql, values: Choices): Sql {
  const asked = askedOf(leaf)
  if (asked === undefined) {
    const told = Object.entries(values).map(([word, stored]) =>
      stored.length === 0 ? undefined : sql`${value} IN ${stored}, ${word}`,
    )
    const cases = told.filter((one) => one !== undefined)
    return testsOf(leaf, 0).text(sql`multiIf(${sql.join(cases)}, '')`)
  }
  const stored = asked.flatMap((one) => {
    const word = String(one).toLowerCase()
    return Object.hasOwn(values, word) ? values[word]! : []
  })
  return stored.length === 0 ? sql`false` : sql`${value} IN ${stored}`
}

function truth(leaf: LeafCondition, value: Sql): Sql {
  const asked = (askedOf(leaf) ?? []).map(String)
  const wanted = [true, false].filter((one) => asked.includes(String(one)))
  return anyOf(wanted.map((one) => sql`${value} = ${one}`))
}

function whole(leaf: LeafCondition, value: Sql): Sql {
  const asked = (askedOf(leaf) ?? []).map(numberOf).filter((one) => one !== undefined)
  const exact = (askedOf(leaf) ?? []).map(String).filter((one) => /^\d{1,19}$/.test(one))
  if (asked.length === 0 || exact.length === 0) return sql`false`
  return anyOf(exact.map((one) => sql`${value} = ${BigInt(one)}`))
}
