/**
 * Conditions on no field by name: texts that people read, words in columns, and any attribute. Of
 * resources the columns tell enough.
 */
import { searchFields } from '../../model/fields.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { columnCondition } from './column-sql.ts'
import { wildOf } from './condition.ts'
import { ofResource, type SqlContext } from './condition-sql.ts'
import { type DocumentTable, placeOf } from './field-places.ts'
import { type LeafCondition, testsOf } from './leaf-tests.ts'
import { anyOf, likeOf } from './sql-parts.ts'

const texts: Readonly<Record<DocumentTable, readonly string[]>> = {
  logs: ['body'],
  spans: ['name', 'status_message'],
  kubernetes_events: ['message', 'reason'],
  audit_events: ['sentence'],
  security_events: ['sentence'],
  network_flows: ['sentence'],
}

const words = ['cluster', 'namespace', 'workload', 'pod', 'container', 'node', 'service'] as const

/** Any field: what a query string means that names none. */
export function everywhere(leaf: LeafCondition, context: SqlContext): Sql {
  const { table } = context
  const columns = [...texts[table], ...wordColumns(table)]
  const conditions = columns.map((column) => {
    const place = placeOf(table, column)
    return place.tag === 'column' ? columnCondition(leaf, place, context) : sql`false`
  })
  const map = mapOf(table)
  if (map !== undefined) conditions.push(inAnyValue(sql`mapValues(${map})`, leaf, context))
  const tests = testsOf(leaf, context.clock.now_ms)
  if ((table === 'logs' || table === 'spans') && tests.number !== undefined) {
    if (leaf.tag !== 'wild' && leaf.tag !== 'regex') {
      const number = tests.number(sql`item`)
      conditions.push(sql`arrayExists(item -> ${number}, mapValues(numbers))`)
    }
  }
  if ((table === 'logs' || table === 'spans') && leaf.tag === 'value') {
    conditions.push(ofResource(sql`has(mapValues(attributes), ${leaf.text})`, context))
  }
  return anyOf(conditions)
}

function inAnyValue(values: Sql, leaf: LeafCondition, context: SqlContext): Sql {
  if (leaf.tag === 'value') return sql`has(${values}, ${leaf.text})`
  if (leaf.tag === 'range') return sql`false`
  const tests = testsOf(leaf, context.clock.now_ms)
  return sql`arrayExists(item -> ${tests.text(sql`item`)}, ${values})`
}

function wordColumns(table: DocumentTable): readonly string[] {
  if (table !== 'kubernetes_events') return words
  const named = new Set(searchFields.kubernetes_events.map(({ name }) => name))
  return words.filter((word) => named.has(word))
}

function mapOf(table: DocumentTable): Sql | undefined {
  if (table === 'logs' || table === 'spans') return sql`attributes`
  if (table === 'audit_events') return sql`annotations`
  return table === 'security_events' ? sql`fields` : undefined
}

/** Any attribute whose name fits the pattern; with a condition its value must match too. */
export function attributesLike(
  context: SqlContext,
  pattern: string,
  leaf: LeafCondition | undefined,
): Sql {
  const { table, clock } = context
  const map = mapOf(table)
  if (map === undefined) return sql`false`
  const like = likeOf(wildOf(pattern))
  const tests = leaf === undefined ? undefined : testsOf(leaf, clock.now_ms)
  const inMap = (from: Sql, test: ((value: Sql) => Sql) | undefined) =>
    sql`arrayExists((key, item) -> key LIKE ${like} AND ${test?.(sql`item`) ?? sql`true`},
      mapKeys(${from}), mapValues(${from}))`
  const conditions = [inMap(map, tests?.text)]
  if (table === 'logs' || table === 'spans') {
    if (tests === undefined || tests.number !== undefined) {
      conditions.push(inMap(sql`numbers`, tests?.number))
    }
    conditions.push(ofResource(inMap(sql`attributes`, tests?.text), context))
  }
  return anyOf(conditions)
}
