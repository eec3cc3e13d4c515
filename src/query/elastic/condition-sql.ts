/**
 * Conditions to SQL for one table. They are never NULL, so that "not" is the complement. Time range
 * and scope of the table itself are the caller's; resources that are looked into carry theirs.
 */
import type { Scope } from '../../model/question.ts'
import type { Clock } from '../../model/time.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import { attributeCondition, attributeExists } from './attribute-sql.ts'
import { columnCondition, columnExists } from './column-sql.ts'
import type { Condition } from './condition.ts'
import { attributesLike, everywhere } from './everywhere-sql.ts'
import { fieldsLike } from './field-names.ts'
import { type DocumentTable, type Place, placeOf } from './field-places.ts'
import type { LeafCondition } from './leaf-tests.ts'
import { anyOf } from './sql-parts.ts'

export type SqlContext = {
  table: DocumentTable
  scope: Scope
  clock: Clock
}

export const all_time = { from_ms: 0, to_ms: 9_223_000_000_000 }

export function conditionSql(condition: Condition, context: SqlContext): Sql {
  switch (condition.tag) {
    case 'all':
      return sql`true`
    case 'none':
      return sql`false`
    case 'and':
      return sql.all(condition.parts.map((part) => conditionSql(part, context)))
    case 'some':
      return atLeast(
        condition.parts.map((part) => conditionSql(part, context)),
        condition.least,
      )
    case 'not':
      return sql`NOT (${conditionSql(condition.part, context)})`
    case 'exists':
      return exists(condition.field, context)
    default:
      return leaf(condition, context)
  }
}

function atLeast(conditions: readonly Sql[], least: number): Sql {
  if (least === 1) return anyOf(conditions)
  if (least === conditions.length) return sql.all(conditions)
  const counted = conditions.map((one) => sql`toUInt8(${one})`)
  return sql`arraySum([${sql.join(counted)}]) >= ${least}`
}

function exists(field: string, context: SqlContext): Sql {
  if (field === '*') return sql`true`
  if (field.includes('*')) {
    const columns = fieldsLike(context.table, field).map((name) => exists(name, context))
    return anyOf([...columns, attributesLike(context, field, undefined)])
  }
  const { table } = context
  const place = placeOf(table, field)
  if (place.tag === 'nowhere') return sql`false`
  if (place.tag === 'made') return sql`isNotNull(${place.value})`
  if (place.tag === 'column') return columnExists(place)
  return attributeExists(place, context)
}

function leaf(condition: LeafCondition, context: SqlContext): Sql {
  const { field } = condition
  if (field === '*' || field === '_all') return everywhere(condition, context)
  if (field.includes('*')) {
    const columns = fieldsLike(context.table, field).map((name) =>
      leaf({ ...condition, field: name }, context),
    )
    return anyOf([...columns, attributesLike(context, field, condition)])
  }
  return ofPlace(condition, placeOf(context.table, field), context)
}

export function ofPlace(condition: LeafCondition, place: Place, context: SqlContext): Sql {
  switch (place.tag) {
    case 'nowhere':
      return sql`false`
    case 'made':
    case 'column':
      return columnCondition(condition, place, context)
    case 'attribute':
      return attributeCondition(condition, place, context)
  }
}

/** Rows whose resource has attributes for which it holds; there are few resources, many rows. */
export function ofResource(condition: Sql, { scope }: SqlContext): Sql {
  return sql`resource_id IN (SELECT resource_id FROM ${sql.identifier('resources')}
    WHERE ${within('resources', all_time, scope)} AND (${condition}))`
}
