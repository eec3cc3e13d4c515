/**
 * Conditions on attributes: under any of their names, in the row's texts and numbers or on the
 * resource that it came from. Lists are kept as JSON text; one of their items may match.
 */
import { type Sql, sql } from '../../store/sql.ts'
import { ofResource, type SqlContext } from './condition-sql.ts'
import type { Place } from './field-places.ts'
import { type LeafCondition, type Tests, testsOf } from './leaf-tests.ts'
import { anyOf } from './sql-parts.ts'

type Attribute = Extract<Place, { tag: 'attribute' }>

export function attributeExists(place: Attribute, context: SqlContext): Sql {
  const { names, texts, numbers, inResource } = place
  const has = (map: Sql) => anyOf(names.map((name) => sql`mapContains(${map}, ${name})`))
  const maps = [texts, numbers].filter((one) => one !== undefined)
  const conditions = maps.map((map) => has(sql.identifier(map)))
  if (inResource) conditions.push(ofResource(has(sql`attributes`), context))
  return anyOf(conditions)
}

export function attributeCondition(
  leaf: LeafCondition,
  place: Attribute,
  context: SqlContext,
): Sql {
  const tests = testsOf(leaf, context.clock.now_ms)
  const { names, texts, numbers, inResource } = place
  const conditions: Sql[] = []
  if (texts !== undefined) {
    for (const name of names) conditions.push(inTexts(texts, name, tests))
  }
  const { number } = tests
  if (numbers !== undefined && number !== undefined) {
    for (const name of names) {
      const map = sql.identifier(numbers)
      conditions.push(sql`mapContains(${map}, ${name}) AND ${number(sql`${map}[${name}]`)}`)
    }
  }
  if (inResource) {
    const each = names.map((name) => atKey(sql`attributes`, name, tests))
    conditions.push(ofResource(anyOf(each), context))
  }
  return anyOf(conditions)
}

const item_values_max = 64

/** Whole values are looked up in the index over `key=value`, where the table has one. */
function inTexts(map: string, name: string, tests: Tests): Sql {
  const column = sql.identifier(map)
  const { values } = tests
  const isIndexed =
    map === 'attributes' &&
    values !== undefined &&
    values.length <= item_values_max &&
    !name.includes('=') &&
    values.every((value) => !value.includes('='))
  if (!isIndexed) return atKey(column, name, tests)
  const items = values.map((value) => `${name}=${value}`)
  const whole =
    items.length === 1
      ? sql`has(attribute_items, ${items[0]!})`
      : sql`hasAny(attribute_items, array${items})`
  return anyOf([whole, inList(sql`${column}[${name}]`, tests)])
}

/** A missing key reads as '', which must not match anything. */
function atKey(map: Sql, name: string, tests: Tests): Sql {
  const value = sql`${map}[${name}]`
  return sql`mapContains(${map}, ${name}) AND ${anyOf([tests.text(value), inList(value, tests)])}`
}

function inList(value: Sql, tests: Tests): Sql {
  return sql`startsWith(${value}, '[') AND arrayExists(item -> ${tests.text(sql`item`)},
    JSONExtract(${value}, 'Array(String)'))`
}
