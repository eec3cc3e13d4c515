/**
 * The tree of aggregations as levels: one question to the store each, for the buckets of a level
 * and what is measured in them. Parents' buckets come first and bound their children's.
 */
import { type Sql, sql } from '../../store/sql.ts'
import type { QueryContext } from '../context.ts'
import {
  compositeSources,
  groupedBy,
  type KeyContext,
  type Keys,
  keysOf,
  termFilter,
} from './agg-keys.ts'
import { type Metric, type MetricContext, metricOf } from './agg-metrics.ts'
import type { Agg } from './agg-request.ts'
import type { FieldType } from './field-names.ts'
import { countAt, isObject, type Json, listOf, member, objectAt, textAt } from './json-parts.ts'
import type { Rows } from './projection.ts'
import { ElasticRefusal, illegal, misparsed, shown } from './refusal.ts'
import { bounded } from './sql-parts.ts'

export const buckets_max = 65_535

export type LevelMetric = { agg: Agg; metric: Metric; from: number }

export type Level = {
  agg: Agg | undefined
  keys: Keys
  /** Of terms, what their field is. */
  keyType: FieldType | undefined
  metrics: readonly LevelMetric[]
  /** Documents of a bucket, asked for one by one. */
  topHits: readonly Agg[]
  pipelines: readonly Agg[]
  children: readonly Level[]
  /** Which keys of this level were told, when not all of them were. */
  chosen: unknown[][] | undefined
}

export type BucketRow = {
  key: readonly unknown[]
  doc_count: number
  /** Documents of all buckets beside it, told or not. */
  total: number
  values: readonly unknown[]
}

/** Buckets by the keys of their parents. */
export type LevelRows = Map<string, BucketRow[]>

const noKeys: Keys = { parts: [], isList: false, keepsMissing: false }

export function levelsOf(
  agg: Agg | undefined,
  aggs: readonly Agg[],
  context: KeyContext & MetricContext,
): Level {
  const keys = agg === undefined ? noKeys : keysOf(agg, context)
  const field = agg === undefined ? undefined : member(agg.body, 'field')
  const metrics: LevelMetric[] = []
  let from = 0
  for (const one of aggs) {
    if (one.family !== 'metric' || one.type === 'top_hits') continue
    const metric = metricOf(one, context)
    metrics.push({ agg: one, metric, from })
    from += metric.columns.length
  }
  return {
    agg,
    keys,
    keyType: typeof field === 'string' ? context.projection.typeOf(field) : undefined,
    metrics,
    topHits: aggs.filter(({ type }) => type === 'top_hits'),
    pipelines: aggs.filter(({ family }) => family === 'pipeline'),
    children: aggs
      .filter(({ family }) => family === 'bucket')
      .map((one) => levelsOf(one, one.aggs, context)),
    chosen: undefined,
  }
}

export function pathOf(key: readonly unknown[]): string {
  return JSON.stringify(key)
}

/** Asks for the buckets of the last of the levels; the others are its parents. */
export async function runLevel(
  chain: readonly Level[],
  rows: Rows,
  source: (rows: Rows, context: QueryContext) => Sql,
  context: QueryContext,
): Promise<LevelRows> {
  const own = chain.at(-1)!
  const parents = chain.slice(0, -1)
  const from = source(rows, context)
  const { store, signal, limits } = context
  const found = await store.rows<Record<string, unknown>>(bounded(levelSql(own, parents, from)), {
    signal,
    timeout_ms: limits.timeout_ms,
    rows_max: buckets_max + 1,
  })
  if (found.length > buckets_max) throw tooManyBuckets()
  const parentColumns = parents.flatMap((level, at) => columnNames(level, at))
  const ownColumns = columnNames(own, parents.length)
  const byParent: LevelRows = new Map()
  for (const row of found) {
    const path = pathOf(parentColumns.map((name) => keyValue(row[name])))
    const list = byParent.get(path) ?? []
    const width = own.metrics.reduce((sum, { metric }) => sum + metric.columns.length, 0)
    list.push({
      key: ownColumns.map((name) => keyValue(row[name])),
      doc_count: Number(row.n),
      total: Number(row.total ?? row.n),
      values: Array.from({ length: width }, (_one, at) => row[`m${at}`]),
    })
    byParent.set(path, list)
  }
  if (isCut(own.agg)) own.chosen = [...byParent.values()].flat().map(({ key }) => [...key])
  return byParent
}

/** Integers of 64 bits arrive as text; texts are told apart by the column's kind. */
function keyValue(value: unknown): unknown {
  return value ?? null
}

export function tooManyBuckets(): ElasticRefusal {
  const reason =
    `Trying to create too many buckets. Must be less than or equal to: ` +
    `[${buckets_max}] but this number of buckets was exceeded. This limit can be set by changing ` +
    `the [search.max_buckets] cluster level setting.`
  return new ElasticRefusal('too_many_buckets_exception', reason, 400, { max_buckets: buckets_max })
}

function isCut(agg: Agg | undefined): boolean {
  const type = agg?.type
  return type === 'terms' || type === 'multi_terms' || type === 'composite' || type === 'rare_terms'
}

function columnNames({ keys }: Level, at: number): string[] {
  return keys.parts.map((_part, part) => `b${at}_${part}`)
}

const chosen_keys_max = 2_000

function levelSql(own: Level, parents: readonly Level[], from: Sql): Sql {
  const all = [...parents, own]
  const selected: Sql[] = [sql`*`]
  const conditions: Sql[] = []
  for (const [at, level] of all.entries()) {
    const names = columnNames(level, at).map(sql.identifier)
    // Keys travel as text or floats, so that no integer of 64 bits is rounded on its way.
    groupedBy(level.keys).forEach((key, part) => {
      const isText = level.keys.parts[part]!.kind === 'text'
      selected.push(sql`${isText ? key : sql`toFloat64(${key})`} AS ${names[part]!}`)
      if (!level.keys.keepsMissing) conditions.push(sql`isNotNull(${names[part]!})`)
    })
    const { chosen } = level
    if (level !== own && chosen !== undefined && chosen.length <= chosen_keys_max) {
      names.forEach((name, part) => {
        const values = chosen.map((key) => key[part]).filter((one) => one !== null)
        if (!level.keys.keepsMissing) conditions.push(sql`${name} IN ${values as string[]}`)
      })
    }
  }
  const ownNames = columnNames(own, parents.length).map(sql.identifier)
  const parentNames = parents.flatMap((level, at) => columnNames(level, at)).map(sql.identifier)
  const { agg } = own
  if (agg?.type === 'terms') {
    const test = termFilter(agg, ownNames[0]!, own.keys.parts[0]!.kind)
    if (test !== undefined) conditions.push(test)
  }
  if (agg?.type === 'composite') conditions.push(afterKey(agg, ownNames))
  const names = [...parentNames, ...ownNames]
  const metrics = own.metrics
    .flatMap(({ metric }) => metric.columns)
    .map((column, at) => sql`${column} AS ${sql.identifier(`m${at}`)}`)
  const told = sql.join([...names, sql`count() AS n`, ...metrics])
  const by = names.length === 0 ? sql`` : sql`GROUP BY ${sql.join(names)}`
  const grouped = sql`SELECT ${told} FROM (SELECT ${sql.join(selected)} FROM ${from})
    WHERE ${sql.all(conditions)} ${by}`
  return agg === undefined ? grouped : ordered(grouped, own, ownNames, parentNames)
}

function ordered(grouped: Sql, own: Level, ownNames: Sql[], parentNames: Sql[]): Sql {
  const agg = own.agg!
  const isTerms = agg.type === 'terms' || agg.type === 'multi_terms' || agg.type === 'rare_terms'
  const partition = parentNames.length === 0 ? sql`` : sql`PARTITION BY ${sql.join(parentNames)}`
  const total = isTerms ? sql`, sum(n) OVER (${partition}) AS total` : sql``
  const size = sizeOf(agg)
  const order = [...orderOf(own, ownNames)]
  const least = countAt(member(agg.body, 'min_doc_count') ?? 1, 'min_doc_count', 0, 2 ** 31)
  const having =
    agg.type === 'rare_terms'
      ? sql`n <= ${countAt(member(agg.body, 'max_doc_count') ?? 1, 'max_doc_count', 1, 100)}`
      : isTerms
        ? sql`n >= ${least}`
        : sql`true`
  const limit =
    size === undefined
      ? sql``
      : parentNames.length === 0
        ? sql`LIMIT ${size}`
        : sql`LIMIT ${size} BY ${sql.join(parentNames)}`
  const cap = size !== undefined && parentNames.length === 0 ? sql`` : sql`LIMIT ${buckets_max + 1}`
  return sql`SELECT * FROM (SELECT *${total} FROM (${grouped}))
    WHERE ${having} ORDER BY ${sql.join([...parentNames, ...order])} ${limit} ${cap}`
}

function sizeOf(agg: Agg): number | undefined {
  if (agg.type === 'rare_terms') return 10_000
  if (!isCut(agg)) return undefined
  const size = countAt(member(agg.body, 'size') ?? 10, 'size', 0, 2 ** 31)
  if (size < 1) throw illegal(`[size] must be greater than 0. Found [0] in [${agg.name}]`)
  return Math.min(size, buckets_max + 1)
}

type OrderKey = { path: string; isDescending: boolean }

export function orderKeys(order: Json): OrderKey[] {
  return listOf(order).flatMap((one) =>
    Object.entries(objectAt(one, 'order')).map(([path, way]) => {
      const text = textAt(way, 'order').toLowerCase()
      if (text !== 'asc' && text !== 'desc') {
        throw misparsed(`Unknown order direction [${shown(way)}]`)
      }
      return { path, isDescending: text === 'desc' }
    }),
  )
}

function orderOf(own: Level, names: readonly Sql[]): Sql[] {
  const agg = own.agg!
  const way = (isDescending: boolean) => (isDescending ? sql`DESC` : sql`ASC`)
  if (agg.type === 'composite') {
    return compositeSources(agg).map(
      ({ isDescending }, at) =>
        sql`${names[at]!} ${way(isDescending)}
          ${isDescending ? sql`NULLS LAST` : sql`NULLS FIRST`}`,
    )
  }
  if (agg.type === 'rare_terms') return [sql`n ASC`, ...names]
  if (!isCut(agg)) return [...names]
  const asked = orderKeys(member(agg.body, 'order'))
  const keys = asked.length === 0 ? [{ path: '_count', isDescending: true }] : asked
  const parts = keys.flatMap(({ path, isDescending }): Sql[] => {
    if (path === '_count') return [sql`n ${way(isDescending)}`]
    if (path === '_key' || path === '_term')
      return names.map((name) => sql`${name} ${way(isDescending)}`)
    return [sql`${metricColumn(own, path)} ${way(isDescending)} NULLS LAST`]
  })
  return [...parts, ...names]
}

function metricColumn(own: Level, path: string): Sql {
  const dot = own.metrics.some(({ agg }) => agg.name === path) ? -1 : path.search(/[.[]/)
  const name = dot < 0 ? path : path.slice(0, dot)
  const part = dot < 0 ? '' : path.slice(dot + 1).replace(/\]$/, '')
  const found = own.metrics.find(({ agg }) => agg.name === name)
  if (found === undefined) {
    const reason =
      `Invalid aggregator order path [${shown(path)}]. The provided aggregation ` +
      `[${shown(name)}] either does not exist, or is a pipeline aggregation and cannot be used ` +
      `to sort the buckets.`
    throw new ElasticRefusal('aggregation_execution_exception', reason)
  }
  return found.metric.order(part, (at) => sql.identifier(`m${found.from + at}`))
}

function afterKey(agg: Agg, names: readonly Sql[]): Sql {
  const after = member(agg.body, 'after')
  if (after === undefined || after === null) return sql`true`
  const body = objectAt(after, 'after')
  const sources = compositeSources(agg)
  const values = sources.map(({ name }) => {
    const value = member(body, name)
    if (value === undefined) throw illegal(`Missing value for [after.${name}]`)
    return value === null || isObject(value) ? null : (value as string | number)
  })
  const same = (at: number) =>
    values[at] === null
      ? sql`isNull(${names[at]!})`
      : sql`ifNull(${names[at]!} = ${values[at]!}, false)`
  const later = (at: number) => {
    const { isDescending } = sources[at]!
    const value = values[at]
    if (value === null) return isDescending ? sql`false` : sql`isNotNull(${names[at]!})`
    const sign = isDescending ? sql`<` : sql`>`
    const found = sql`ifNull(${names[at]!} ${sign} ${value!}, false)`
    return isDescending ? sql`(${found} OR isNull(${names[at]!}))` : found
  }
  const each = sources.map((_one, at) => {
    const equal = sources.slice(0, at).map((_other, i) => same(i))
    return sql`(${sql.all([...equal, later(at)])})`
  })
  return sql`(${sql.join(each, sql` OR `)})`
}
