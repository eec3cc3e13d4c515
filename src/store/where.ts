/**
 * Search tree to SQL: the only place where what people type becomes a condition. Conditions are
 * never NULL, so that "not" is the complement. Time range and scope are within.ts's work.
 */
import { resolveField, type SearchTable, searchFields, textColumns } from '../model/fields.ts'
import type { Compare, Exists, Pieces, SearchTree, Text } from '../model/search/tree.ts'
import type { Clock } from '../model/time.ts'
import { type Sql, sql } from './sql.ts'
import { attributeHas, attributeMatches, attributePattern } from './where-attribute.ts'
import { columnExists, columnMatches } from './where-column.ts'
import { matchesPieces } from './where-like.ts'
import { textMatches } from './where-text.ts'

/** Throws search_type when a value does not fit its field. `now` in dates is the clock's. */
export function where(
  search: SearchTree,
  table: SearchTable,
  clock: Clock = { now_ms: Date.now() },
): Sql {
  return search.tag === 'all' ? sql`true` : sql`(${condition(search, table, clock)})`
}

function condition(search: SearchTree, table: SearchTable, clock: Clock): Sql {
  switch (search.tag) {
    case 'all':
      return sql`true`
    case 'and':
      return joined(search.parts, sql` AND `, table, clock)
    case 'or':
      return joined(search.parts, sql` OR `, table, clock)
    case 'not':
      return sql`NOT (${condition(search.part, table, clock)})`
    case 'text':
      return freeText(search, table)
    case 'exists':
      return fieldExists(search, table)
    case 'compare':
      return fieldMatches(search, table, clock)
  }
}

function joined(parts: readonly SearchTree[], between: Sql, table: SearchTable, clock: Clock): Sql {
  return sql.join(
    parts.map((part) => sql`(${condition(part, table, clock)})`),
    between,
  )
}

function freeText(term: Text, table: SearchTable): Sql {
  return any(textColumns[table].map((column) => textMatches(column, term.value)))
}

function fieldExists(term: Exists, table: SearchTable): Sql {
  if (term.field.includes('*')) {
    const columns = columnsLike(table, term.field).map((field) => columnExists(field))
    return any([...columns, attributePattern(table, term.field.split('*'), undefined)])
  }
  const match = resolveField(table, term.field)
  if (match.tag === 'column') return columnExists(match.field)
  return attributeHas(table, match)
}

function fieldMatches(term: Compare, table: SearchTable, clock: Clock): Sql {
  if (term.field.includes('*')) return anyFieldMatches(term, table, clock)
  const match = resolveField(table, term.field)
  if (match.tag === 'column') return columnMatches(table, match.field, term, clock)
  return attributeMatches(table, match, term)
}

/** `kubernetes.*:x`, `*:x`: columns of words and attributes whose name fits. */
function anyFieldMatches(term: Compare, table: SearchTable, clock: Clock): Sql {
  const columns = columnsLike(table, term.field)
    .filter((field) => term.operator === ':' || field.kind === 'keyword')
    .map((field) => columnMatches(table, field, term, clock))
  return any([...columns, attributePattern(table, term.field.split('*'), term)])
}

function columnsLike(table: SearchTable, pattern: string) {
  const pieces: Pieces = pattern.split('*')
  return searchFields[table].filter(
    (field) =>
      (field.kind === 'keyword' || field.kind === 'text') &&
      [field.name, ...field.aliases].some((name) => matchesPieces(name, pieces)),
  )
}

function any(conditions: readonly Sql[]): Sql {
  return sql.join(
    conditions.map((condition) => sql`(${condition})`),
    sql` OR `,
  )
}
