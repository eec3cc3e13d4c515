/** Names and values of what can be searched, of spans in a range that the caller may see. */
import type { RangeAsk } from '../../model/question.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { QueryContext } from '../context.ts'
import { QueryError } from '../series.ts'
import { readTraceql } from './check.ts'
import { enginePlan } from './compile.ts'
import type { Compiling } from './compile-names.ts'
import { terms } from './compile-value.ts'
import { fromSpans } from './from-spans.ts'
import { parseTraceql } from './parse.ts'
import { queryOptions } from './read-spans.ts'
import { type Attribute, type Intrinsic, kindNames, statusNames } from './tree.ts'

export const tagScopes = [
  'resource',
  'span',
  'event',
  'link',
  'instrumentation',
  'intrinsic',
] as const
export type TagScope = (typeof tagScopes)[number]

export type TagsAsk = {
  range: RangeAsk
  /** A query whose spans are looked at; what cannot be read is ignored, it is being typed. */
  query: string
  names_max: number
}

/** Names are read from so many spans, the newest not first. */
const spans_read_max = 300_000

const intrinsicNames = [
  'duration',
  'event:name',
  'event:timeSinceStart',
  'instrumentation:name',
  'kind',
  'link:spanID',
  'link:traceID',
  'name',
  'rootName',
  'rootServiceName',
  'span:id',
  'status',
  'statusMessage',
  'trace:id',
  'traceDuration',
]

export async function tagNames(
  scopes: readonly TagScope[],
  ask: TagsAsk,
  context: QueryContext,
): Promise<Map<TagScope, string[]>> {
  const names = new Map<TagScope, string[]>()
  const { names_max } = ask
  const compiling: Compiling = { range: ask.range, context, joinsResources: false }
  const where = conditionOf(ask.query, compiling)
  if (scopes.some((scope) => scope === 'span' || scope === 'event' || scope === 'link')) {
    const keysOf = (column: string) =>
      sql`groupUniqArrayArray(${names_max})(arrayFlatten(arrayMap(item -> mapKeys(item),
        ${sql.identifier(column)})))`
    const [row] = await context.store.rows<{
      texts: string[]
      figures: string[]
      events: string[]
      links: string[]
    }>(
      sql`SELECT groupUniqArrayArray(${names_max})(mapKeys(attributes)) AS texts,
        groupUniqArrayArray(${names_max})(mapKeys(numbers)) AS figures,
        ${keysOf('events.attributes')} AS events, ${keysOf('links.attributes')} AS links
      FROM (SELECT * ${fromSpans(compiling, where)} LIMIT ${spans_read_max})`,
      queryOptions(context),
    )
    names.set('span', [...new Set([...(row?.texts ?? []), ...(row?.figures ?? [])])])
    names.set('event', row?.events ?? [])
    names.set('link', row?.links ?? [])
  }
  if (scopes.includes('resource')) names.set('resource', await resourceNames(ask, where, compiling))
  names.set('intrinsic', intrinsicNames)
  for (const [scope, found] of names) {
    if (!scopes.includes(scope)) names.delete(scope)
    else names.set(scope, found.toSorted().slice(0, names_max))
  }
  return names
}

async function resourceNames(ask: TagsAsk, where: Sql, compiling: Compiling): Promise<string[]> {
  const { context, range } = compiling
  const [row] = await context.store.rows<{ keys: string[] }>(
    sql`SELECT groupUniqArrayArray(${ask.names_max})(mapKeys(attributes)) AS keys FROM resources
      WHERE ${within('resources', range, context.scope)}
        AND resource_id IN (SELECT spans.resource_id ${fromSpans(compiling, where)})`,
    queryOptions(context),
  )
  const keys = row?.keys ?? []
  return keys.length === 0 ? [] : [...new Set([...keys, 'service.name'])]
}

/** A query that is being typed may be broken, and one of whole traces is not looked at. */
function conditionOf(query: string, compiling: Compiling): Sql {
  if (query.trim() === '') return sql`true`
  try {
    return enginePlan(readTraceql(query).stages, compiling)?.where ?? sql`true`
  } catch (error) {
    if (error instanceof QueryError) return sql`true`
    throw error
  }
}

export type TagValue = { type: 'string' | 'keyword' | 'int' | 'float' | 'bool'; value: string }

export async function tagValues(
  tag: string,
  ask: TagsAsk,
  context: QueryContext,
): Promise<TagValue[]> {
  const field = fieldOf(tag)
  if (field.ofParent) return []
  if (field.tag === 'intrinsic') {
    if (field.name === 'status') return keywords(statusNames)
    if (field.name === 'kind') return keywords(kindNames)
  }
  const compiling: Compiling = { range: ask.range, context, joinsResources: false }
  const where = conditionOf(ask.query, compiling)
  const source = valuesOf(field, compiling)
  if (source === undefined) return []
  const { list, condition } = source
  const rows = await context.store.rows<{ value: string }>(
    sql`SELECT arrayJoin(${list}) AS value ${fromSpans(compiling, sql.all([where, condition]))}
      GROUP BY value ORDER BY count() DESC, value LIMIT ${ask.names_max}`,
    { ...queryOptions(context), rows_max: ask.names_max },
  )
  return rows.map((row) => typed(row.value))
}

function keywords(words: readonly string[]): TagValue[] {
  return words.map((value) => ({ type: 'keyword', value }))
}

/** The tag as a query would write it: with its scope, or an intrinsic. */
export function fieldOf(tag: string): Attribute | Intrinsic {
  const quoted = `."${tag.replace(/["\\]/g, '\\$&')}"`
  for (const text of [tag, `.${tag}`, quoted]) {
    try {
      const [stage] = parseTraceql(`{ ${text} != nil }`).stages
      const filter = stage?.tag === 'spanset' ? stage.spanset : undefined
      const condition = filter?.tag === 'filter' ? filter.condition : undefined
      const left = condition?.tag === 'binary' ? condition.left : undefined
      if (left?.tag === 'attribute' || left?.tag === 'intrinsic') return left
    } catch (error) {
      if (!(error instanceof QueryError)) throw error
    }
  }
  throw new QueryError('bad_data', `invalid tag: ${tag.slice(0, 100)}`)
}

/** The values of a row as a list of text, each with a letter for its type. */
function valuesOf(
  field: Attribute | Intrinsic,
  compiling: Compiling,
): { list: Sql; condition: Sql } | undefined {
  const texts = (column: string) => sql`arrayMap(item -> concat('s', toString(item)),
    arrayDistinct(${sql.identifier(column)}))`
  if (field.tag === 'attribute') {
    const { scope, name } = field
    if (scope === 'instrumentation') return undefined
    if (scope === 'event' || scope === 'link') {
      const list = sql`arrayMap(item -> concat('s', item[${name}]),
        arrayFilter(item -> mapContains(item, ${name}), ${sql.identifier(`${scope}s.attributes`)}))`
      return { list, condition: sql`true` }
    }
    const found = terms(field, compiling)
    const text = found.text!
    const number = found.number!
    const list = sql`multiIf(${text.present!}, [concat('s', toString(${text.value}))],
      ${number.present!}, [concat('n', toString(${number.value}))], [])`
    return { list, condition: sql`(${text.present!}) OR (${number.present!})` }
  }
  const isRoot = sql`parent_span_id = toFixedString('', 8)`
  const one = (column: string, condition = sql`true`) => ({
    list: sql`[concat('s', toString(${sql.identifier(column)}))]`,
    condition: sql`${sql.identifier(column)} != '' AND ${condition}`,
  })
  switch (field.name) {
    case 'name':
      return one('name')
    case 'statusMessage':
      return one('status_message')
    case 'rootName':
      return one('name', isRoot)
    case 'rootServiceName':
      return one('service', isRoot)
    case 'instrumentation:name':
      return one('scope')
    case 'event:name':
      return { list: texts('events.name'), condition: sql`true` }
    default:
      return undefined
  }
}

function typed(key: string): TagValue {
  const value = key.slice(1)
  if (key.startsWith('n')) return { type: /^-?[0-9]+$/.test(value) ? 'int' : 'float', value }
  return { type: value === 'true' || value === 'false' ? 'bool' : 'string', value }
}
