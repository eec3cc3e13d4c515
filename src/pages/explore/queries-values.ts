/**
 * A field's value as SQL, for the fields that the search language knows: as text to group by and to
 * count, as a number to measure. Where attributes lie is the query room's knowledge.
 */
import { Fault } from '../../model/faults.ts'
import { type Field, resolveField, type SearchTable } from '../../model/fields.ts'
import type { RangeAsk, Scope } from '../../model/question.ts'
import { isSecurityTable, securityMaps } from '../../model/security-fields.ts'
import { tables } from '../../model/tables.ts'
import type { FieldType } from '../../query/elastic/field-names.ts'
import { resourceMap, type Value, valueAt } from '../../query/elastic/value-sql.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'

/** Empty where a row has none. A field of many values is one row a value. */
export function textValue(table: SearchTable, name: string): Value {
  const match = resolveField(table, name)
  if (match.tag === 'column') return { value: columnText(match.field), needsResource: false }
  const { value, needsResource } = attributeValue(table, match, 'keyword')
  return { value: sql`ifNull(${value}, '')`, needsResource }
}

/** NULL where a row has none. */
export function numberValue(table: SearchTable, name: string, position: string): Value {
  const match = resolveField(table, name)
  if (match.tag === 'attribute') return attributeValue(table, match, 'double')
  const { field } = match
  const column = sql.identifier(field.column)
  const isNumber = ['number', 'duration', 'severity', 'boolean'].includes(field.kind)
  if (!isNumber || field.many) {
    const detail = `${position}: expected a field of numbers, got ${name}, a field of ${field.kind}`
    throw new Fault('ask_invalid', { detail })
  }
  const value = field.absent === 0 ? sql`nullIf(${column}, 0)` : column
  return { value: sql`CAST(${value}, 'Nullable(Float64)')`, needsResource: false }
}

function columnText(field: Field): Sql {
  const column = sql.identifier(field.column)
  if (field.many) return manyTexts(field, column)
  switch (field.kind) {
    case 'severity':
      return severityWord(column)
    case 'time':
      return sql`toString(toUnixTimestamp64Milli(toDateTime64(${column}, 3)))`
    case 'id':
      return idText(field, column)
    case 'number':
    case 'duration':
    case 'hash':
      return field.absent === 0
        ? sql`if(${column} = 0, '', toString(${column}))`
        : sql`toString(${column})`
    case 'enum':
      return choiceText(field, column)
    default:
      return sql`toString(${column})`
  }
}

/** As the column severity of logs has it; events of sensors have the number alone. */
function severityWord(column: Sql): Sql {
  return sql`multiIf(${column} = 0, '', ${column} < 5, 'trace', ${column} < 9, 'debug',
    ${column} < 13, 'info', ${column} < 17, 'warn', ${column} < 21, 'error', 'fatal')`
}

function idText(field: Field, value: Sql): Sql {
  return sql`if(${value} = toFixedString('', ${field.bytes!}), '', lower(hex(${value})))`
}

function manyTexts(field: Field, column: Sql): Sql {
  const item = field.bytes === undefined ? sql`toString(item)` : sql`lower(hex(item))`
  return sql`arrayJoin(if(empty(${column}), [''], arrayMap(item -> ${item}, ${column})))`
}

/** The words that are typed for a choice: `event.outcome` has other ones than its column. */
function choiceText(field: Field, column: Sql): Sql {
  const cases = Object.entries(field.values ?? {})
    .filter(([, stored]) => stored.length > 0)
    .map(([word, stored]) => sql`${column} IN ${stored}, ${word === field.absent ? '' : word}`)
  return sql`multiIf(${sql.join(cases)}, '')`
}

type Attribute = Extract<ReturnType<typeof resolveField>, { tag: 'attribute' }>

function attributeValue(table: SearchTable, match: Attribute, type: FieldType): Value {
  const { names, inResource } = match
  const columns: Readonly<Record<string, string>> = tables[table].columns
  const numbers = match.inRecord && 'numbers' in columns ? 'numbers' : undefined
  const maps = match.inRecord ? mapsOf(table) : []
  const hasResource = inResource && 'resource_id' in columns
  const found = (maps.length === 0 ? [undefined] : maps).map((texts, at) => {
    const isLast = at === Math.max(0, maps.length - 1)
    const place = { names, texts, numbers, inResource: hasResource && isLast }
    return valueAt({ tag: 'attribute', ...place }, type)
  })
  const value = sql`coalesce(${sql.join(found.map((one) => one.value))})`
  return { value, needsResource: found.some((one) => one.needsResource) }
}

function mapsOf(table: SearchTable): readonly string[] {
  if (isSecurityTable(table)) return securityMaps[table].texts
  return 'attributes' in tables[table].columns ? ['attributes'] : []
}

/** Rows with the attributes of their resources beside them, where a value needs those. */
export function rowsFrom(
  table: SearchTable,
  condition: Sql,
  resources: { isNeeded: boolean; range: RangeAsk; scope: Scope },
): Sql {
  const name = sql.identifier(table)
  if (!resources.isNeeded) return sql`${name} WHERE ${condition}`
  const { range, scope } = resources
  return sql`(SELECT * FROM ${name} WHERE ${condition}) AS own
    LEFT ANY JOIN (SELECT resource_id, argMax(attributes, time) AS ${sql.identifier(resourceMap)}
      FROM resources WHERE ${within('resources', range, scope)} GROUP BY resource_id) AS other
    USING (resource_id)`
}
