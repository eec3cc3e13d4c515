/**
 * Labels of records as SQL: what the row reader of rows.ts gives for one row, the engine computes
 * for all of them.
 */
import { type Sql, sql } from '../../../store/sql.ts'
import { columnOf, isRecordLabel, labelOfOther, type RecordLabel } from './label-model.ts'
import { type KnownNames, recordKeys, resourceKeys } from './names.ts'

/** Values of resource attributes, looked up before: too many for that are left to JavaScript. */
export type ResourceValues = ReadonlyMap<string, readonly (readonly [id: string, value: string])[]>

export type LabelSources = {
  names: KnownNames
  resources: ResourceValues
  /** Records are taken to have no attributes of the labels' names. */
  isWithoutAttributes?: boolean
}

/** The label's text; empty when the record does not have it. */
export function labelValue(name: string, sources: LabelSources): Sql {
  const column = columnOf.get(name)
  if (column !== undefined) return sql.identifier(column)
  if (isRecordLabel(name)) {
    // Attributes of that name are rare: their map is read only where there are some.
    const isAlso = name === 'trace_id' || name === 'span_id' || sources.names.record.has(name)
    const own = recordLabel(name)
    return isAlso && name !== 'detected_level'
      ? firstOf([own, ...attributeValues(name, sources)])
      : own
  }
  const values = [...attributeValues(name, sources), ...standIns(name)]
  return firstOf(values)
}

/** The first that is not empty. */
function firstOf(values: readonly Sql[]): Sql {
  const last = values.at(-1) ?? sql`''`
  return values
    .slice(0, -1)
    .reduceRight((rest, value) => sql`if(${value} != '', ${value}, ${rest})`, last)
}

function attributeValues(name: string, sources: LabelSources): Sql[] {
  const { names, resources } = sources
  const keys = sources.isWithoutAttributes ? [] : recordKeys(name, names)
  const texts = keys.map((key) => sql`attributes[${key}]`)
  const numbers = keys.map(
    (key) => sql`if(mapContains(numbers, ${key}), toString(numbers[${key}]), '')`,
  )
  const known = resources.get(name) ?? []
  if (known.length === 0) return [...texts, ...numbers]
  const ids = sql.join(known.map(([id]) => sql`${BigInt(id)}`))
  const values = sql.join(known.map(([, value]) => sql`${value}`))
  return [...texts, ...numbers, sql`transform(resource_id, [${ids}], [${values}], '')`]
}

function standIns(name: string): Sql[] {
  const other = labelOfOther.get(name)
  if (other !== undefined) return [sql`toString(${sql.identifier(columnOf.get(other)!)})`]
  if (name !== 'job') return []
  return [
    sql`multiIf(service = '', '', namespace = '', toString(service),
      concat(namespace, '/', service))`,
  ]
}

function recordLabel(name: RecordLabel): Sql {
  switch (name) {
    case 'detected_level':
      return sql`['unknown', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'][
        least(7, intDiv(severity_number + 3, 4) + 1)]`
    case 'level':
      return sql`if(severity_text != '', toString(severity_text), if(severity_number = 0, '',
        ${recordLabel('detected_level')}))`
    case 'trace_id':
      return sql`if(trace_id = toFixedString('', 16), '', lower(hex(trace_id)))`
    case 'span_id':
      return sql`if(span_id = toFixedString('', 8), '', lower(hex(span_id)))`
    case 'scope_name':
      return sql`toString(scope)`
    case 'event_name':
      return sql`toString(event_name)`
  }
}

/** Whether the label is a column: comparing it then costs nothing. */
export function isCheap(name: string): boolean {
  return columnOf.has(name) || name === 'detected_level' || name === 'level'
}

/** Labels for which a value may come from a resource. */
export function mayBeOfResource(name: string, names: KnownNames): boolean {
  return !columnOf.has(name) && !isRecordLabel(name) && resourceKeys(name, names).length > 0
}
