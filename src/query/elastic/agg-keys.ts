/**
 * In which buckets of an aggregation a row is, as SQL: one key, or a list of them for those where
 * it can be in several. What is told of a bucket is agg-answer.ts's work.
 */
import { type Sql, sql } from '../../store/sql.ts'
import { type Agg, fieldAt } from './agg-request.ts'
import type { Condition } from './condition.ts'
import { neededMoment } from './dates.ts'
import { automaticInterval, bucketStart, type Interval, intervalOf } from './intervals.ts'
import {
  countAt,
  type Json,
  listOf,
  member,
  numberAt,
  objectAt,
  optionalText,
  textAt,
} from './json-parts.ts'
import { luceneRegex } from './lucene-regex.ts'
import type { Projection } from './projection.ts'
import { illegal, misparsed } from './refusal.ts'
import { itemsOf } from './sql-parts.ts'
import { isNumeric } from './value-sql.ts'

/** A bucket's key: a value for each part; one part for all but composite and multi_terms. */
export type Keys = {
  parts: readonly { sql: Sql; kind: 'text' | 'number' }[]
  /** The only part is a list of which each item is a bucket. */
  isList: boolean
  /** Rows without a key are in no bucket; composite may keep them. */
  keepsMissing: boolean
  interval?: Interval
  /** The name of an interval that was chosen here. */
  chosen?: string
  ranges?: readonly BucketRange[]
}

export type BucketRange = { from?: number; to?: number; key?: string }

export type KeyContext = {
  projection: Projection
  now_ms: number
  /** How far apart the first and the last document are, for intervals that are chosen. */
  span_ms: number
}

export function keysOf(agg: Agg, context: KeyContext): Keys {
  const { body, type } = agg
  switch (type) {
    case 'terms':
    case 'rare_terms':
      return plain([termsKey(body, type, context)], listsIn(agg, context))
    case 'multi_terms': {
      const parts = listOf(member(body, 'terms')).map((one) =>
        termsKey(objectAt(one, type), type, context),
      )
      if (parts.length < 2 || parts.length > 10)
        throw misparsed('[multi_terms] needs 2 to 10 terms')
      return plain(parts, false)
    }
    case 'date_histogram':
      return dated(body, intervalOf(body), context)
    case 'auto_date_histogram': {
      const most = countAt(member(body, 'buckets') ?? 10, 'buckets', 1, 10_000)
      const zone = optionalText(body, 'time_zone')
      const { name, interval } = automaticInterval(context.span_ms, most, zone)
      return { ...dated(body, interval, context), chosen: name }
    }
    case 'histogram':
      return plain([histogramKey(body, context)], false)
    case 'range':
    case 'date_range':
      return rangeKeys(agg, context)
    case 'filters':
    case 'filter':
      return filterKeys(agg, context)
    case 'missing': {
      const column = context.projection.field(fieldAt(body, type))
      return plain([{ sql: sql`if(isNull(${column}), 1, NULL)`, kind: 'number' }], false)
    }
    case 'composite':
      return compositeKeys(agg, context)
    default:
      return plain([{ sql: sql`1`, kind: 'number' }], false)
  }
}

type Part = Keys['parts'][number]

function plain(parts: readonly Part[], isList: boolean): Keys {
  return { parts, isList, keepsMissing: false }
}

function termsKey(body: Agg['body'], type: string, { projection }: KeyContext): Part {
  const field = fieldAt(body, type)
  const found = projection.typeOf(field)
  const column = projection.field(field)
  const isNumber =
    found !== undefined && (isNumeric(found) || found === 'date' || found === 'boolean')
  const missing = member(body, 'missing')
  if (missing === undefined) return { sql: column, kind: isNumber ? 'number' : 'text' }
  const value = isNumber && typeof missing !== 'string' ? Number(missing) : textAt(missing, type)
  if (!isNumber) return { sql: sql`coalesce(${column}, ${String(value)})`, kind: 'text' }
  const number = Number(value)
  if (!Number.isFinite(number)) return { sql: column, kind: 'number' }
  return { sql: sql`coalesce(${column}, ${number})`, kind: 'number' }
}

/** Texts may be lists, of which each item is a term. */
function listsIn({ body, type }: Agg, context: KeyContext): boolean {
  return termsKey(body, type, context).kind === 'text'
}

/** The key as the query groups by it: lists are taken apart. */
export function groupedBy({ parts, isList }: Keys): readonly Sql[] {
  if (!isList) return parts.map((part) => part.sql)
  const [only] = parts
  return only!.kind === 'text'
    ? [sql`arrayJoin(if(isNull(${only!.sql}), [], ${itemsOf(sql`assumeNotNull(${only!.sql})`)}))`]
    : [sql`arrayJoin(${only!.sql})`]
}

function dated(body: Agg['body'], interval: Interval, { projection, now_ms }: KeyContext): Keys {
  const field = fieldAt(body, 'date_histogram')
  const column = projection.field(field)
  const missing = member(body, 'missing')
  const type = projection.typeOf(field)
  const isDate = type === undefined || type === 'date' || isNumeric(type)
  if (!isDate) {
    throw illegal(
      `Field [${field}] of type [${type}] is not supported for aggregation [date_histogram]`,
    )
  }
  const at =
    type === undefined
      ? sql`CAST(NULL, 'Nullable(Int64)')`
      : missing === undefined
        ? sql`toInt64(${column})`
        : sql`coalesce(toInt64(${column}),
          ${neededMoment(textAt(missing, 'missing'), { now_ms }, field).from_ms})`
  const key = bucketStart(at, interval)
  const bounds = member(body, 'hard_bounds')
  const part: Part = {
    sql: bounds === undefined ? key : inside(key, bounds, now_ms),
    kind: 'number',
  }
  return { ...plain([part], false), interval }
}

function inside(key: Sql, bounds: Json, now_ms: number): Sql {
  const { min, max } = boundsOf(bounds, now_ms)
  return sql`if(${key} >= ${min ?? -9e15} AND ${key} <= ${max ?? 9e15}, ${key}, NULL)`
}

/** `min` and `max`, as moments or numbers. */
export function boundsOf(json: Json, now_ms: number): { min?: number; max?: number } {
  const body = objectAt(json, 'bounds')
  const one = (name: 'min' | 'max') => {
    const value = member(body, name)
    if (value === undefined || value === null) return {}
    const number = typeof value === 'number' ? value : undefined
    const text = number === undefined ? textAt(value, name) : ''
    return { [name]: number ?? neededMoment(text, { now_ms }, name).from_ms }
  }
  return { ...one('min'), ...one('max') }
}

function histogramKey(body: Agg['body'], { projection, now_ms }: KeyContext): Part {
  const interval = numberAt(member(body, 'interval'), 'interval')
  if (!(interval > 0)) throw illegal('[interval] must be >0 for histogram aggregation')
  const offset = numberAt(member(body, 'offset') ?? 0, 'offset')
  const value = numeric(projection, fieldAt(body, 'histogram'))
  const missing = member(body, 'missing')
  const given =
    missing === undefined ? value : sql`coalesce(${value}, ${numberAt(missing, 'missing')})`
  const key = sql`(floor((${given} - ${offset}) / ${interval}) * ${interval} + ${offset})`
  const bounds = member(body, 'hard_bounds')
  return { sql: bounds === undefined ? key : inside(key, bounds, now_ms), kind: 'number' }
}

/** A field as a number; NULL where it is none. */
export function numeric(projection: Projection, field: string): Sql {
  const type = projection.typeOf(field)
  const isNumber = type !== undefined && (isNumeric(type) || type === 'date' || type === 'boolean')
  if (!isNumber) return sql`CAST(NULL, 'Nullable(Float64)')`
  return sql`toFloat64(${projection.field(field)})`
}

export const ranges_max = 1_000

function rangeKeys(agg: Agg, { projection, now_ms }: KeyContext): Keys {
  const isDate = agg.type === 'date_range'
  const format = optionalText(agg.body, 'format')
  const time_zone = optionalText(agg.body, 'time_zone')
  const field = fieldAt(agg.body, agg.type)
  const read = (value: Json, name: string): number =>
    isDate && typeof value !== 'number'
      ? neededMoment(textAt(value, name), { now_ms, format, time_zone }, field).from_ms
      : numberAt(value, name)
  const ranges = listOf(member(agg.body, 'ranges')).map((one): BucketRange => {
    const body = objectAt(one, 'ranges')
    const [from, to] = [member(body, 'from'), member(body, 'to')]
    const key = optionalText(body, 'key')
    return {
      ...(from === undefined || from === null ? {} : { from: read(from, 'from') }),
      ...(to === undefined || to === null ? {} : { to: read(to, 'to') }),
      ...(key === undefined ? {} : { key }),
    }
  })
  if (ranges.length === 0 || ranges.length > ranges_max) {
    throw illegal(`No [ranges] specified for the [${agg.name}] aggregation`)
  }
  const value = numeric(projection, field)
  const conditions = ranges.map(({ from, to }) => {
    const parts = [sql`isNotNull(${value})`]
    if (from !== undefined) parts.push(sql`${value} >= ${from}`)
    if (to !== undefined) parts.push(sql`${value} < ${to}`)
    return sql`ifNull(${sql.all(parts)}, false)`
  })
  return { ...listed(conditions), ranges }
}

/** The places of the conditions that hold. */
function listed(conditions: readonly Sql[]): Keys {
  const each = conditions.map((one, at) => sql`if(${one}, ${at}, -1)`)
  const list = sql`arrayFilter(at -> at >= 0, [${sql.join(each)}])`
  return { parts: [{ sql: list, kind: 'number' }], isList: true, keepsMissing: false }
}

function filterKeys(agg: Agg, { projection }: KeyContext): Keys {
  const conditions = agg.filters.map(({ condition }) => sql`${projection.condition(condition)} = 1`)
  const other = otherKey(agg)
  if (other === undefined) return listed(conditions)
  const any = conditions.length === 0 ? sql`false` : sql`(${sql.join(conditions, sql` OR `)})`
  return listed([...conditions, sql`NOT ${any}`])
}

/** The name of the bucket for what is in no other; undefined when none is asked. */
export function otherKey({ body, type }: Agg): string | undefined {
  if (type !== 'filters') return undefined
  const key = optionalText(body, 'other_bucket_key')
  return key ?? (member(body, 'other_bucket') === true ? '_other_' : undefined)
}

export type CompositeSource = {
  name: string
  type: string
  body: Agg['body']
  isDescending: boolean
  keepsMissing: boolean
}

export function compositeSources(agg: Agg): CompositeSource[] {
  const sources = listOf(member(agg.body, 'sources')).flatMap((one) =>
    Object.entries(objectAt(one, 'sources')).map(([name, source]): CompositeSource => {
      const [type, body] = Object.entries(objectAt(source, name))[0] ?? ['', {}]
      const options = objectAt(body, name)
      if (type !== 'terms' && type !== 'date_histogram' && type !== 'histogram') {
        throw misparsed(`invalid composite source type [${type}]`)
      }
      return {
        ...{ name, type, body: options },
        isDescending: optionalText(options, 'order') === 'desc',
        keepsMissing: member(options, 'missing_bucket') === true,
      }
    }),
  )
  if (sources.length === 0 || sources.length > 10) {
    throw illegal('Composite [sources] cannot be null or empty, nor more than 10')
  }
  return sources
}

function compositeKeys(agg: Agg, context: KeyContext): Keys {
  const sources = compositeSources(agg)
  const parts = sources.map(({ type, body }): Part => {
    if (type === 'terms') return termsKey(body, type, context)
    if (type === 'histogram') return histogramKey(body, context)
    return dated(body, intervalOf(body), context).parts[0]!
  })
  return { parts, isList: false, keepsMissing: sources.some(({ keepsMissing }) => keepsMissing) }
}

/** Terms that are left out, or alone let in; undefined when all are. */
export function termFilter(agg: Agg, key: Sql, kind: 'text' | 'number'): Sql | undefined {
  const parts: Sql[] = []
  for (const name of ['include', 'exclude'] as const) {
    const asked = member(agg.body, name)
    if (asked === undefined || asked === null) continue
    const test = termTest(asked, key, kind)
    parts.push(name === 'include' ? test : sql`NOT (${test})`)
  }
  return parts.length === 0 ? undefined : sql.all(parts)
}

function termTest(asked: Json, key: Sql, kind: 'text' | 'number'): Sql {
  if (Array.isArray(asked)) {
    const values = asked.slice(0, 10_000).map((one) => textAt(one, 'include'))
    if (kind === 'text') return sql`${key} IN ${values}`
    return sql`${key} IN ${values.map(Number).filter(Number.isFinite)}`
  }
  const pattern = `^(?:${luceneRegex(textAt(asked, 'include'))})$`
  return sql`match(${kind === 'text' ? key : sql`toString(${key})`}, ${pattern})`
}

/** A condition for the documents of one bucket, by which they can be asked for again. */
export function bucketCondition(agg: Agg, keys: Keys, key: readonly unknown[]): Condition {
  const { body, type } = agg
  const [first] = key
  const at = Number(first)
  if (type === 'filters' || type === 'filter') return agg.filters[at]?.condition ?? { tag: 'all' }
  if (type === 'terms' || type === 'rare_terms') {
    const field = fieldAt(body, type)
    return { tag: 'terms', field, values: [first as string | number], isFolded: false }
  }
  if (type === 'missing') {
    return { tag: 'not', part: { tag: 'exists', field: fieldAt(body, type) } }
  }
  if (keys.interval !== undefined || type === 'histogram') {
    const step = keys.interval?.step_ms ?? Number(member(body, 'interval'))
    return { tag: 'range', field: fieldAt(body, type), bounds: { gte: at, lt: at + step } }
  }
  if (keys.ranges !== undefined) {
    const { from, to } = keys.ranges[at]!
    const bounds = {
      ...(from === undefined ? {} : { gte: from }),
      ...(to === undefined ? {} : { lt: to }),
    }
    return { tag: 'range', field: fieldAt(body, type), bounds }
  }
  return { tag: 'all' }
}
