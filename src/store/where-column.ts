/** Conditions on columns, each compared as what it is: word, number, id, time, duration, choice. */

import { Fault } from '../model/faults.ts'
import type { Field, SearchTable } from '../model/fields.ts'
import { parseDurationNs, parseQuantity } from '../model/quantity.ts'
import { type Compare, type Comparison, plain } from '../model/search/tree.ts'
import { tables } from '../model/tables.ts'
import { type Clock, parseMoment } from '../model/time.ts'
import { type Sql, sql } from './sql.ts'
import { like, matchesPieces } from './where-like.ts'
import { severityMatches } from './where-severity.ts'
import { keywordMatches, lowerAscii, textMatches } from './where-text.ts'

export function columnExists(field: Field): Sql {
  const column = sql.identifier(field.column)
  if (field.many) return sql`notEmpty(${column})`
  return isThere(field, column) ?? sql`true`
}

/** Undefined when the column always has a value. */
function isThere(field: Field, expression: Sql): Sql | undefined {
  if (field.absent === undefined) return undefined
  if (field.bytes !== undefined) return sql`${expression} != toFixedString('', ${field.bytes})`
  return sql`${expression} != ${field.absent}`
}

export function columnMatches(table: SearchTable, field: Field, term: Compare, clock: Clock): Sql {
  const column = sql.identifier(field.column)
  if (!field.many) return itemMatches(table, field, term, column, clock)
  return sql`arrayExists(item -> ${itemMatches(table, field, term, sql`item`, clock)}, ${column})`
}

function itemMatches(
  table: SearchTable,
  field: Field,
  term: Compare,
  item: Sql,
  clock: Clock,
): Sql {
  switch (field.kind) {
    case 'keyword':
      return keyword(field, term, item)
    case 'text':
      if (term.operator !== ':') throw misfit(term, 'words to find; text has no order')
      return textMatches(field.column, term.value)
    case 'number':
      return number(field, term, item)
    case 'duration':
      return duration(field, term, item)
    case 'hash':
      return hash(term, item)
    case 'id':
      return id(field, term, item)
    case 'enum':
      return choice(field, term, item)
    case 'boolean':
      return boolean(term, item)
    case 'severity':
      return severityMatches(term, item, sql.identifier(field.sent!))
    case 'time':
      return time(table, field, term, item, clock)
  }
}

/** Operators come from a closed list, so that no text of a user is spliced. */
const signs: Readonly<Record<Comparison, Sql>> = {
  ':': sql`=`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
}

export function signOf(operator: Comparison): Sql {
  return signs[operator]
}

export function misfit(term: Compare, expected: string): Fault {
  const got = term.value.join('*').slice(0, 80)
  return new Fault('search_type', {
    field: term.field,
    expected,
    got: got === '' ? 'nothing' : got,
    position: term.value_from,
  })
}

function keyword(field: Field, term: Compare, item: Sql): Sql {
  if (term.operator === ':') return keywordMatches(item, term.value)
  return present(field, item, sql`${item} ${signOf(term.operator)} ${term.value.join('*')}`)
}

/** A row without a value is not smaller than anything. */
function present(field: Field, item: Sql, condition: Sql): Sql {
  const there = isThere(field, item)
  return there === undefined ? condition : sql`(${there} AND ${condition})`
}

function number(field: Field, term: Compare, item: Sql): Sql {
  const text = plain(term.value)
  if (text === undefined) return present(field, item, like(sql`toString(${item})`, term.value))
  const value = parseQuantity(text)
  if (value === undefined) throw misfit(term, 'a number')
  const condition = sql`${item} ${signOf(term.operator)} ${value}`
  return term.operator === ':' ? condition : present(field, item, condition)
}

function duration(field: Field, term: Compare, item: Sql): Sql {
  const text = plain(term.value)
  const value = text === undefined ? undefined : parseDurationNs(text)
  if (value === undefined) throw misfit(term, 'a duration such as 200ms, 1.5s or 2m')
  return present(field, item, sql`${item} ${signOf(term.operator)} ${value}`)
}

function hash(term: Compare, item: Sql): Sql {
  const text = plain(term.value)
  const isNumber = text !== undefined && /^(?:\d{1,20}|0x[0-9a-f]{1,16})$/i.test(text)
  const value = isNumber ? BigInt(text) : -1n
  if (term.operator !== ':' || value < 0n || value >= 2n ** 64n) {
    throw misfit(term, 'a whole number of 64 bits, compared with a colon')
  }
  return sql`${item} = ${value}`
}

function id(field: Field, term: Compare, item: Sql): Sql {
  const bytes = field.bytes!
  const expected = `${bytes * 2} hex digits, or a pattern such as 4bf9*`
  if (term.operator !== ':') throw misfit(term, expected)
  const text = plain(term.value)
  if (text === undefined) {
    const pattern = like(sql`lower(hex(${item}))`, term.value.map(lowerAscii))
    return present(field, item, pattern)
  }
  const digits = text.replaceAll('-', '')
  if (digits.length !== bytes * 2 || !/^[0-9a-f]+$/i.test(digits)) throw misfit(term, expected)
  return sql`${item} = ${sql.hexId(digits, bytes)}`
}

function choice(field: Field, term: Compare, item: Sql): Sql {
  const values = field.values!
  const words = Object.keys(values)
  const expected = `one of ${words.join(', ')}`
  if (term.operator !== ':') throw misfit(term, expected)
  // OTLP spells SPAN_KIND_SERVER and STATUS_CODE_ERROR.
  const pieces = term.value.map(lowerAscii)
  pieces[0] = pieces[0]!.replace(/^(?:span_kind|status_code)_/, '')
  const chosen = words.filter((word) => matchesPieces(word, pieces))
  if (chosen.length === 0 && term.value.length === 1) throw misfit(term, expected)
  const stored = chosen.flatMap((word) => values[word]!)
  return stored.length === 0 ? sql`false` : sql`${item} IN ${stored}`
}

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false }

function boolean(term: Compare, item: Sql): Sql {
  const text = plain(term.value)?.toLowerCase() ?? ''
  const value = Object.hasOwn(booleans, text) ? booleans[text] : undefined
  if (value === undefined || term.operator !== ':') throw misfit(term, 'true or false')
  return sql`${item} = ${value}`
}

/** DateTime64(9) ends in 2262. */
const time_ms_max = 9_223_372_036_000

function time(table: SearchTable, field: Field, term: Compare, item: Sql, clock: Clock): Sql {
  const text = plain(term.value)
  const moment = text === undefined ? undefined : parseMoment(text, clock)
  if (moment === undefined) throw misfit(term, 'a time such as now-15m or 2026-11-21T10:00:00Z')
  const columns: Readonly<Record<string, string>> = tables[table].columns
  const isFine = columns[field.column] === 'DateTime64(9)'
  const at = (ms: number): Sql => {
    const bounded = BigInt(Math.min(Math.max(ms, 0), time_ms_max))
    return isFine
      ? sql`fromUnixTimestamp64Nano(${bounded * 1_000_000n})`
      : sql`fromUnixTimestamp64Milli(${bounded})`
  }
  switch (term.operator) {
    case ':':
      return sql`(${item} >= ${at(moment.from_ms)} AND ${item} < ${at(moment.to_ms)})`
    case '<':
      return sql`${item} < ${at(moment.from_ms)}`
    case '<=':
      return sql`${item} < ${at(moment.to_ms)}`
    case '>':
      return sql`${item} >= ${at(moment.to_ms)}`
    case '>=':
      return sql`${item} >= ${at(moment.from_ms)}`
  }
}
