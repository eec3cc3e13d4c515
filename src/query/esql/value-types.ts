/**
 * The types of ES|QL's values and how a typed value stands in SQL. Dates are milliseconds, lists
 * JSON text.
 */
import { type Sql, sql } from '../../store/sql.ts'

export type EsqlType =
  | 'keyword'
  | 'text'
  | 'long'
  | 'integer'
  | 'double'
  | 'boolean'
  | 'date'
  | 'ip'
  | 'null'
  | 'date_period'
  | 'time_duration'

export type Typed = {
  type: EsqlType
  sql: Sql
  /** The text holds a JSON list of values of the type. */
  isList?: boolean
  /** The value itself, where it is written in the query. */
  constant?: string | number | boolean | null
  unit?: string
}

export const isText = (type: EsqlType) => type === 'keyword' || type === 'text' || type === 'ip'
export const isWhole = (type: EsqlType) => type === 'long' || type === 'integer'
export const isNumber = (type: EsqlType) => isWhole(type) || type === 'double'

export const storedType: Readonly<Record<EsqlType, string>> = {
  keyword: 'Nullable(String)',
  text: 'Nullable(String)',
  ip: 'Nullable(String)',
  long: 'Nullable(Int64)',
  integer: 'Nullable(Int64)',
  double: 'Nullable(Float64)',
  boolean: 'Nullable(UInt8)',
  date: 'Nullable(Int64)',
  null: 'Nullable(String)',
  date_period: 'Nullable(String)',
  time_duration: 'Nullable(String)',
}

export function stored(type: EsqlType, value: Sql): Sql {
  return sql`CAST(${value}, ${storedType[type]})`
}

/** The type that both fit; undefined when there is none. */
export function commonType(a: EsqlType, b: EsqlType): EsqlType | undefined {
  if (a === b || b === 'null') return a
  if (a === 'null') return b
  if (isNumber(a) && isNumber(b)) return a === 'double' || b === 'double' ? 'double' : 'long'
  return isText(a) && isText(b) ? 'keyword' : undefined
}

const amounts: readonly (readonly [names: string, ms: number, months: number])[] = [
  ['ms millisecond milliseconds', 1, 0],
  ['s sec second seconds', 1_000, 0],
  ['m min minute minutes', 60_000, 0],
  ['h hour hours', 3_600_000, 0],
  ['d day days', 86_400_000, 0],
  ['w week weeks', 604_800_000, 0],
  ['mo month months', 0, 1],
  ['q quarter quarters', 0, 3],
  ['y yr year years', 0, 12],
]

export type Amount = { ms: number; months: number }

export function amountOf(value: number, unit: string): Amount {
  const found = amounts.find(([names]) => names.split(' ').includes(unit))
  return { ms: value * (found?.[1] ?? 0), months: value * (found?.[2] ?? 0) }
}

export function amountType(unit: string): 'date_period' | 'time_duration' {
  const isPeriod = /^(d|days?|w|weeks?|mo|months?|q|quarters?|y|yr|years?)$/.test(unit)
  return isPeriod ? 'date_period' : 'time_duration'
}

/** The items of a JSON list, or the one value. */
export function listItems(value: Sql): Sql {
  return sql`multiIf(isNull(${value}), [], startsWith(assumeNotNull(${value}), '['),
    JSONExtract(assumeNotNull(${value}), 'Array(String)'), [assumeNotNull(${value})])`
}
