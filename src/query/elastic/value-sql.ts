/**
 * A field's value as SQL of one type, NULL where a document has none: what is sorted, grouped,
 * measured and shown. Dates are milliseconds, lists JSON text.
 */
import { type Sql, sql } from '../../store/sql.ts'
import type { FieldType } from './field-names.ts'
import { type DocumentTable, type Place, placeOf } from './field-places.ts'

/** Where a query joined resources to rows, their attributes are under this name. */
export const resourceMap = 'resource_attributes'

export type Value = { value: Sql; needsResource: boolean }

export function isNumeric(type: FieldType): boolean {
  return type === 'long' || type === 'double'
}

export function valueSql(table: DocumentTable, name: string, type: FieldType): Value {
  return valueAt(placeOf(table, name), type)
}

export function valueAt(place: Place, type: FieldType): Value {
  switch (place.tag) {
    case 'nowhere':
      return { value: nothing(type), needsResource: false }
    case 'made':
      return { value: madeValue(place, type), needsResource: false }
    case 'column':
      return { value: columnValue(place, type), needsResource: false }
    case 'attribute':
      return { value: attributeValue(place, type), needsResource: place.inResource }
  }
}

export function nothing(type: FieldType): Sql {
  if (isNumeric(type)) return sql`CAST(NULL, 'Nullable(Float64)')`
  if (type === 'date') return sql`CAST(NULL, 'Nullable(Int64)')`
  return type === 'boolean'
    ? sql`CAST(NULL, 'Nullable(UInt8)')`
    : sql`CAST(NULL, 'Nullable(String)')`
}

const asText = (value: Sql) => sql`CAST(${value}, 'Nullable(String)')`
const asNumber = (value: Sql) => sql`CAST(${value}, 'Nullable(Float64)')`
const asTime = (value: Sql) => sql`CAST(${value}, 'Nullable(Int64)')`
const asTruth = (value: Sql) => sql`CAST(${value}, 'Nullable(UInt8)')`

function madeValue({ kind, value }: Extract<Place, { tag: 'made' }>, type: FieldType): Sql {
  if (isNumeric(type)) return kind === 'number' ? asNumber(value) : nothing(type)
  if (type === 'date') return kind === 'time' ? asTime(value) : nothing(type)
  return type === 'boolean' ? nothing(type) : asText(sql`toString(${value})`)
}

function columnValue({ field, column }: Extract<Place, { tag: 'column' }>, type: FieldType): Sql {
  const value = sql.identifier(column)
  const isTime = field.kind === 'time'
  const isNumber = field.kind === 'number' || field.kind === 'duration' || field.kind === 'severity'
  if (isNumeric(type)) return isNumber ? asNumber(there(field.absent, value)) : nothing(type)
  if (type === 'date') {
    return isTime ? asTime(sql`toUnixTimestamp64Milli(toDateTime64(${value}, 3))`) : nothing(type)
  }
  if (type === 'boolean') return field.kind === 'boolean' ? asTruth(value) : nothing(type)
  if (field.many) return asText(sql`if(empty(${value}), NULL, toJSONString(${value}))`)
  if (field.bytes !== undefined) {
    const missing = sql`${value} = toFixedString('', ${field.bytes})`
    return asText(sql`if(${missing}, NULL, lower(hex(${value})))`)
  }
  if (field.kind === 'enum') return asText(chosen(field.values!, field.absent, value))
  if (isTime) return asText(sql`toString(toUnixTimestamp64Milli(toDateTime64(${value}, 3)))`)
  const text = sql`toString(${value})`
  if (field.absent === undefined) return asText(text)
  return asText(sql`if(${value} = ${field.absent}, NULL, ${text})`)
}

function there(absent: string | number | undefined, value: Sql): Sql {
  return absent === undefined ? value : sql`nullIf(${value}, ${absent})`
}

type Choices = Readonly<Record<string, readonly string[]>>

function chosen(values: Choices, absent: string | number | undefined, value: Sql): Sql {
  const isSame = Object.entries(values).every(([word, stored]) => stored[0] === word)
  if (isSame) return there(absent, sql`toString(${value})`)
  const cases = Object.entries(values)
    .filter(([, stored]) => stored.length > 0)
    .map(([word, stored]) => sql`${value} IN ${stored}, ${word}`)
  return sql`multiIf(${sql.join(cases)}, NULL)`
}

function attributeValue(place: Extract<Place, { tag: 'attribute' }>, type: FieldType): Sql {
  const text = textsOf(place)
  if (isNumeric(type)) {
    return chain(
      [
        ...eachKey(place.numbers, place.names, (value) => value),
        ...text.map(([has, value]) => [has, sql`toFloat64OrNull(${value})`] as const),
      ],
      asNumber,
    )
  }
  if (type === 'date') {
    return chain(
      [
        ...eachKey(place.numbers, place.names, (value) => sql`toInt64(${value})`),
        ...text.map(([has, value]) => [has, millisOf(value)] as const),
      ],
      asTime,
    )
  }
  if (type === 'boolean') {
    const truth = (value: Sql) => sql`multiIf(${value} = 'true', 1, ${value} = 'false', 0, NULL)`
    return chain(
      text.map(([has, value]) => [has, truth(value)] as const),
      asTruth,
    )
  }
  return chain(
    [...text, ...eachKey(place.numbers, place.names, (value) => sql`toString(${value})`)],
    asText,
  )
}

export function millisOf(text: Sql): Sql {
  return sql`toUnixTimestamp64Milli(parseDateTime64BestEffortOrNull(${text}, 3))`
}

type Case = readonly [has: Sql, value: Sql]

function textsOf({ texts, names, inResource }: Extract<Place, { tag: 'attribute' }>): Case[] {
  const own = eachKey(texts, names, (value) => value)
  return inResource ? [...own, ...eachKey(resourceMap, names, (value) => value)] : own
}

function eachKey(
  map: string | undefined,
  names: readonly string[],
  make: (value: Sql) => Sql,
): Case[] {
  if (map === undefined) return []
  const column = sql.identifier(map)
  return names.map((name) => [sql`mapContains(${column}, ${name})`, make(sql`${column}[${name}]`)])
}

function chain(cases: readonly Case[], as: (value: Sql) => Sql): Sql {
  if (cases.length === 0) return as(sql`NULL`)
  const each = cases.map(([has, value]) => sql`${has}, ${as(value)}`)
  return sql`multiIf(${sql.join(each)}, ${as(sql`NULL`)})`
}
