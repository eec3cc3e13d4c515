/**
 * The documents of a search: in order, from a place on, as many as asked. Each table answers its
 * own; they are merged by their sort keys here.
 */
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { QueryContext } from '../context.ts'
import { and, type Condition } from './condition.ts'
import { all_time, conditionSql } from './condition-sql.ts'
import { neededMoment } from './dates.ts'
import {
  type Attributes,
  type Document,
  type DocumentRow,
  documentColumns,
  documentOf,
} from './documents.ts'
import type { FieldType } from './field-names.ts'
import { orderOf } from './field-places.ts'
import type { Json } from './json-parts.ts'
import { illegal } from './refusal.ts'
import type { SearchRequest, SortKey } from './search-request.ts'
import { bounded } from './sql-parts.ts'
import type { Target } from './targets.ts'
import type { TimeRange } from './time-range.ts'
import { isNumeric, resourceMap, valueSql } from './value-sql.ts'

export type SortValue = string | number | null
export type Found = Document & { sort: readonly SortValue[]; collapsed: string | undefined }

type Row = DocumentRow & { own_resource?: string; collapsed?: string | null }
type Key = SortKey & { type: FieldType }

/** Newest first where nothing else is asked. */
const newest: SortKey = { field: '@timestamp', isDescending: true, missing: '_last' }

export function keysOf(request: SearchRequest, types: ReadonlyMap<string, FieldType>): Key[] {
  const asked = request.isSorted ? request.sort : [...request.sort, newest]
  return asked.map((key) => ({
    ...key,
    type: key.field === '_score' ? 'long' : (types.get(key.field) ?? 'keyword'),
  }))
}

export async function findHits(
  request: SearchRequest,
  targets: readonly Target[],
  range: TimeRange,
  types: ReadonlyMap<string, FieldType>,
  context: QueryContext,
): Promise<Found[]> {
  const wanted = request.from + request.size
  if (request.size === 0) return []
  const keys = keysOf(request, types)
  const condition = and([request.query, request.postFilter])
  const found: (Found & { order: number })[] = []
  for (const target of targets) {
    found.push(...(await ofTable(request, condition, keys, target, range, wanted, context)))
  }
  if (targets.length > 1) found.sort((a, b) => compared(a, b, keys))
  const seen = new Set<string>()
  const kept = found.filter(({ collapsed }) => {
    if (request.collapse === undefined) return true
    if (seen.has(collapsed ?? '')) return false
    seen.add(collapsed ?? '')
    return true
  })
  return kept.slice(request.from, wanted)
}

function compared(
  a: { sort: readonly SortValue[]; order: number },
  b: typeof a,
  keys: readonly Key[],
) {
  for (const [at, key] of keys.entries()) {
    const [left, right] = [a.sort[at]!, b.sort[at]!]
    if (left === right) continue
    const isFirst = key.missing === '_first'
    if (left === null) return isFirst ? -1 : 1
    if (right === null) return isFirst ? 1 : -1
    return (left < right ? -1 : 1) * (key.isDescending ? -1 : 1)
  }
  return a.order - b.order
}

async function ofTable(
  request: SearchRequest,
  condition: Condition,
  keys: readonly Key[],
  { table, rows }: Target,
  range: TimeRange,
  wanted: number,
  context: QueryContext,
): Promise<(Found & { order: number })[]> {
  const { store, scope, now_ms, signal, limits } = context
  let needsResource = false
  const values = keys.map((key) => {
    if (key.field === '_score') return sql`CAST(1, 'Nullable(Float64)')`
    const { value, needsResource: needs } = valueSql(table, key.field, key.type)
    needsResource ||= needs
    return orElse(value, key)
  })
  const where = [
    within(table, range, scope),
    rows,
    conditionSql(condition, { table, scope, clock: { now_ms } }),
  ]
  const collapse = request.collapse
  const grouped = collapse === undefined ? undefined : valueSql(table, collapse, 'keyword')
  needsResource ||= grouped?.needsResource ?? false
  const after = request.searchAfter
  const selected = [
    documentColumns(table),
    ...values.map((value, at) => sql`${value} AS ${sql.identifier(`k${at}`)}`),
    sql`${orderOf(table)} AS row_order`,
    ...(grouped === undefined ? [] : [sql`${grouped.value} AS collapsed`]),
  ]
  const order = keys.map((key, at) => orderBy(sql.identifier(`k${at}`), key))
  const computed = table === 'logs' ? sql`, severity` : sql``
  const from = needsResource
    ? sql`(SELECT *${computed} FROM ${sql.identifier(table)} WHERE ${sql.all(where)}) AS one
      LEFT ANY JOIN (SELECT resource_id, argMax(attributes, time) AS ${sql.identifier(resourceMap)}
        FROM ${sql.identifier('resources')} WHERE ${within('resources', all_time, scope)}
        GROUP BY resource_id) AS other USING (resource_id)`
    : sql`${sql.identifier(table)}`
  const conditions = needsResource ? [] : where
  if (after !== undefined) conditions.push(isAfter(after, keys, values, context))
  const by = grouped === undefined ? sql`` : sql`LIMIT 1 BY collapsed`
  const found = await store.rows<Row>(
    bounded(sql`SELECT ${sql.join(selected)} FROM ${from} WHERE ${sql.all(conditions)}
      ORDER BY ${sql.join([...order, sql`row_order`])} ${by} LIMIT ${wanted}`),
    { signal, timeout_ms: limits.timeout_ms, rows_max: wanted },
  )
  const resources = await resourcesOf(found, context)
  return found.map((row) => ({
    ...documentOf(table, row, resources.get(row.own_resource ?? '') ?? {}),
    sort: keys.map((key, at) => sortValue(row[`k${at}`], key)),
    order: Number(row.row_order),
    collapsed: row.collapsed ?? undefined,
  }))
}

function orElse(value: Sql, { missing, type }: Key): Sql {
  if (missing === '_last' || missing === '_first') return value
  if (!isNumeric(type) && type !== 'date') return sql`coalesce(${value}, ${String(missing)})`
  return sql`coalesce(${value}, ${Number(missing) || 0})`
}

function orderBy(value: Sql, { isDescending, missing }: Key): Sql {
  const nulls = missing === '_first' ? sql`NULLS FIRST` : sql`NULLS LAST`
  return sql`${value} ${isDescending ? sql`DESC` : sql`ASC`} ${nulls}`
}

function sortValue(value: unknown, { type }: Key): SortValue {
  if (value === null || value === undefined) return null
  return isNumeric(type) || type === 'date' || type === 'boolean' ? Number(value) : String(value)
}

/** Rows behind the given values, key by key. */
function isAfter(
  after: readonly Json[],
  keys: readonly Key[],
  values: readonly Sql[],
  context: QueryContext,
): Sql {
  const alternatives = keys.map((key, at) => {
    const equal = keys
      .slice(0, at)
      .map((_one, i) => sameAs(values[i]!, keyValue(after[i], keys[i]!, context)))
    const later = comesAfter(values[at]!, keyValue(after[at], key, context), key)
    return sql`(${sql.all([...equal, later])})`
  })
  return sql`(${sql.join(alternatives, sql` OR `)})`
}

function keyValue(value: Json, { type, field, format }: Key, { now_ms }: QueryContext): SortValue {
  if (value === null || value === undefined) return null
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw illegal('Values of search_after must be of the type of their sort key')
  }
  if (type === 'date') {
    const asked = typeof value === 'boolean' ? String(value) : value
    return neededMoment(asked, { now_ms, format }, field).from_ms
  }
  if (!isNumeric(type) && type !== 'boolean') return String(value)
  const number = Number(value)
  if (Number.isFinite(number)) return number
  throw illegal(`Failed to parse search_after value for field [${field}].`)
}

function sameAs(key: Sql, value: SortValue): Sql {
  return value === null ? sql`isNull(${key})` : sql`ifNull(${key} = ${value}, false)`
}

function comesAfter(key: Sql, value: SortValue, { isDescending, missing }: Key): Sql {
  if (value === null) return missing === '_first' ? sql`isNotNull(${key})` : sql`false`
  const sign = isDescending ? sql`<` : sql`>`
  const later = sql`ifNull(${key} ${sign} ${value}, false)`
  return missing === '_last' ? sql`(${later} OR isNull(${key}))` : later
}

async function resourcesOf(
  rows: readonly Row[],
  { store, scope, signal, limits }: QueryContext,
): Promise<Map<string, Attributes>> {
  const ids = [...new Set(rows.map((row) => row.own_resource))].filter((one) => one !== undefined)
  if (ids.length === 0) return new Map()
  const found = await store.rows<{ resource: string; attributes: Attributes }>(
    sql`SELECT toString(resource_id) AS resource, argMax(attributes, time) AS attributes
    FROM ${sql.identifier('resources')}
    WHERE ${within('resources', all_time, scope)} AND resource_id IN ${ids.map(BigInt)}
    GROUP BY resource`,
    { signal, timeout_ms: limits.timeout_ms },
  )
  return new Map(found.map(({ resource, attributes }) => [resource, attributes]))
}

/** How many documents match, counted no further than asked. */
export async function countHits(
  condition: Condition,
  targets: readonly Target[],
  range: TimeRange,
  most: number,
  context: QueryContext,
): Promise<number> {
  const { store, scope, now_ms, signal, limits } = context
  if (targets.length === 0 || most === 0) return 0
  const each = targets.map(({ table, rows }) => {
    const where = sql.all([
      within(table, range, scope),
      rows,
      conditionSql(condition, { table, scope, clock: { now_ms } }),
    ])
    const name = sql.identifier(table)
    if (!Number.isFinite(most)) return sql`SELECT count() AS n FROM ${name} WHERE ${where}`
    return sql`SELECT count() AS n FROM (SELECT 1 FROM ${name} WHERE ${where} LIMIT ${most + 1})`
  })
  const [told] = await store.rows<{ n: string }>(
    bounded(sql`SELECT sum(n) AS n FROM (${sql.join(each, sql` UNION ALL `)})`),
    { signal, timeout_ms: limits.timeout_ms },
  )
  return Number(told?.n ?? 0)
}

/** The tables in which anything matches: the others need not be asked again. */
export async function matching(
  condition: Condition,
  targets: readonly Target[],
  range: TimeRange,
  context: QueryContext,
): Promise<Target[]> {
  const { store, scope, now_ms, signal, limits } = context
  if (targets.length < 2) return [...targets]
  const each = targets.map(({ table, rows }, at) => {
    const where = sql.all([
      within(table, range, scope),
      rows,
      conditionSql(condition, { table, scope, clock: { now_ms } }),
    ])
    return sql`(SELECT ${at} AS at FROM ${sql.identifier(table)} WHERE ${where} LIMIT 1)`
  })
  const found = await store.rows<{ at: number }>(bounded(sql.join(each, sql` UNION ALL `)), {
    signal,
    timeout_ms: limits.timeout_ms,
  })
  const places = new Set(found.map(({ at }) => Number(at)))
  return targets.filter((_one, at) => places.has(at))
}
