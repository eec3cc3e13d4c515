/**
 * Runs ES|QL over what is stored: reads the query, finds its fields and their types, asks one
 * question and gives the answer back in columns.
 */
import { parse as parseKql } from '../../model/search/parse.ts'
import type { SearchTree } from '../../model/search/tree.ts'
import { sql } from '../../store/sql.ts'
import type { QueryContext } from '../context.ts'
import { and, type Condition, not, some, wildOf } from '../elastic/condition.ts'
import { all_time } from '../elastic/condition-sql.ts'
import { columnNames, type FieldType, hasShape } from '../elastic/field-names.ts'
import { allFields, fieldTypes } from '../elastic/field-types.ts'
import { matching } from '../elastic/hits.ts'
import { Projection } from '../elastic/projection.ts'
import { parseQueryString } from '../elastic/query-string.ts'
import { bounded } from '../elastic/sql-parts.ts'
import { type Target, targetsOf } from '../elastic/targets.ts'
import { type TimeRange, timeRangeOf } from '../elastic/time-range.ts'
import { type Column, type Compiled, compileEsql } from './compile.ts'
import { EsqlError } from './esql-error.ts'
import { type Parameters, typed } from './expressions.ts'
import { neededFields, timeCondition } from './needed-fields.ts'
import { parseEsql } from './parse.ts'
import type { EsqlQuery, Expression } from './tree.ts'
import type { EsqlType } from './value-types.ts'

export type EsqlAnswer = {
  columns: { name: string; type: string }[]
  /** One list a row. */
  values: unknown[][]
  /** More rows may exist than were told, because no LIMIT was asked. */
  isCapped: boolean
}

export type EsqlOptions = { parameters?: Parameters; filter?: Condition }

const columns_max = 300
const noParameters: Parameters = new Map()
const metadataTypes: Readonly<Record<string, FieldType>> = { _index: 'keyword', _id: 'keyword' }

/** Throws EsqlError with line and column; a range outside of which nothing is read may be given. */
export async function runEsql(
  text: string,
  range: TimeRange | undefined,
  context: QueryContext,
  { parameters = noParameters, filter = { tag: 'all' } }: EsqlOptions = {},
): Promise<EsqlAnswer> {
  const query = parseEsql(text)
  const moment = (value: Expression) => momentOf(value, text, parameters, context.now_ms)
  const condition = and([filter, ...(range === undefined ? [] : [withinRange(range)])])
  const times = and([condition, timeCondition(query, moment)])
  const read = timeRangeOf(times, context.now_ms)
  const [source] = query.commands
  const targets = await sourceTargets(query, condition, read, context)
  const types = await sourceTypes(query, targets, read, text, context)
  const projection = new Projection(types)
  const compiled = compileEsql(query, {
    ...{ text, now_ms: context.now_ms, parameters, rows_max: context.limits.rows_max },
    source: [...types].map(([name, type]) => sourceColumn(name, type, projection)),
    condition: (one) => projection.condition(readable(one)),
  })
  const isOfRows = source?.tag === 'row'
  const rows = isOfRows
    ? sql`(SELECT 1 AS one)`
    : projection.rows({ targets, condition, range: read }, context)
  const found = await context.store.rows<Record<string, unknown>>(bounded(compiled.over(rows)), {
    signal: context.signal,
    timeout_ms: context.limits.timeout_ms,
    rows_max: compiled.limit,
  })
  return answerOf(compiled, found)
}

/** Reads a query only as far as that needs no documents: for editors. Throws EsqlError. */
export function checkEsql(text: string): EsqlQuery {
  return parseEsql(text)
}

function withinRange({ from_ms, to_ms }: TimeRange): Condition {
  return { tag: 'range', field: '@timestamp', bounds: { gte: from_ms, lt: to_ms } }
}

function momentOf(
  value: Expression,
  text: string,
  parameters: Parameters,
  now_ms: number,
): number | undefined {
  const nothing = { column: () => undefined, known: () => [], matches: () => undefined }
  try {
    const { constant, type } = typed(value, { ...{ text, now_ms, parameters }, ...nothing })
    if (type === 'date' && typeof constant === 'number') return constant
    const ms = typeof constant === 'string' ? Date.parse(constant) : Number.NaN
    return Number.isNaN(ms) ? undefined : ms
  } catch (error) {
    // What it means is told with its place when the query is compiled.
    if (error instanceof EsqlError) return undefined
    throw error
  }
}

/** The tables that have documents in the range; all where none has, so that names are known. */
async function sourceTargets(
  query: EsqlQuery,
  condition: Condition,
  range: TimeRange,
  context: QueryContext,
): Promise<Target[]> {
  const [source] = query.commands
  if (source?.tag !== 'from') return []
  const targets = await targetsOf(source.indices, context)
  const found = await matching(condition, targets, range, context)
  return found.length === 0 ? targets : found
}

async function sourceTypes(
  query: EsqlQuery,
  targets: readonly Target[],
  range: TimeRange,
  text: string,
  context: QueryContext,
): Promise<Map<string, FieldType>> {
  const [source] = query.commands
  if (source?.tag !== 'from') return new Map()
  const { names, patterns } = neededFields(query)
  const columns = [...new Set(targets.flatMap(({ table }) => columnNames(table)))]
  const isMeant = (name: string) => patterns.some((pattern) => hasShape(name, pattern))
  const wanted = new Set([...names, ...columns.filter(isMeant)])
  const found = await fieldTypes(wanted, targets, range, context)
  // A name is known when any document ever had it, whatever the range of this query.
  const missing = [...names].filter((name) => !found.has(name))
  for (const [name, type] of await fieldTypes(missing, targets, all_time, context)) {
    found.set(name, type)
  }
  if (patterns.length > 0) {
    for (const [name, type] of await allFields(targets, range, context)) {
      if (!name.startsWith('_') && isMeant(name) && !found.has(name)) found.set(name, type)
    }
  }
  for (const name of source.metadata) {
    if (!Object.hasOwn(metadataTypes, name)) {
      throw new EsqlError('parsing_exception', text, source, `unsupported metadata field [${name}]`)
    }
    found.set(name, metadataTypes[name]!)
  }
  for (const name of Object.keys(metadataTypes))
    if (!source.metadata.includes(name)) found.delete(name)
  const sorted = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const kept = sorted.filter(([name]) => names.has(name) || source.metadata.includes(name))
  const others = sorted.filter(([name]) => !names.has(name) && !source.metadata.includes(name))
  const all = [...kept, ...others.slice(0, Math.max(0, columns_max - kept.length))]
  return new Map(all.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function sourceColumn(name: string, type: FieldType, projection: Projection): Column {
  const value = projection.field(name)
  const isWhole = type === 'long'
  return {
    ...{ name, type, isList: false, isOwn: true },
    value: isWhole ? sql`CAST(${value}, 'Nullable(Int64)')` : value,
  }
}

/** KQL and query strings are marked as such until they are read. */
function readable(condition: Condition): Condition {
  if (condition.tag !== 'value' || !condition.field.startsWith('\0')) return condition
  if (condition.field === '\0qstr') {
    return parseQueryString(condition.text, { fields: ['*'], isAnd: false })
  }
  return ofTree(parseKql(condition.text))
}

function ofTree(tree: SearchTree): Condition {
  switch (tree.tag) {
    case 'all':
      return { tag: 'all' }
    case 'and':
      return and(tree.parts.map(ofTree))
    case 'or':
      return some(tree.parts.map(ofTree))
    case 'not':
      return not(ofTree(tree.part))
    case 'exists':
      return { tag: 'exists', field: tree.field }
    case 'text':
      return ofPieces('*', tree.value)
    case 'compare': {
      if (tree.operator === ':') return ofPieces(tree.field, tree.value)
      const name = ({ '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' } as const)[tree.operator]
      return { tag: 'range', field: tree.field, bounds: { [name]: tree.value.join('*') } }
    }
  }
}

function ofPieces(field: string, pieces: readonly string[]): Condition {
  if (pieces.length === 1) return { tag: 'value', field, text: pieces[0]! }
  const escaped = pieces.map((one) => one.replace(/[\\*?]/g, '\\$&')).join('*')
  return { tag: 'wild', field, pattern: wildOf(escaped), isFolded: false }
}

function answerOf(compiled: Compiled, rows: readonly Record<string, unknown>[]): EsqlAnswer {
  const { columns, limit, isDefault } = compiled
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    values: rows.map((row) =>
      columns.map(({ type, isList, isOwn }, at) => shown(row[`out${at}`], type, isList || isOwn)),
    ),
    isCapped: isDefault && rows.length >= limit,
  }
}

function shown(value: unknown, type: EsqlType, mayBeList: boolean): unknown {
  if (value === null || value === undefined) return null
  if (mayBeList && typeof value === 'string' && value.startsWith('[')) {
    const items = listOf(value)
    if (items !== undefined) return items.map((one) => shown(one, type, false))
  }
  switch (type) {
    case 'long':
    case 'integer':
    case 'double':
      return Number(value)
    case 'boolean':
      return value === true || value === 1 || value === '1' || value === 'true'
    case 'date': {
      const ms = Number(value)
      if (Number.isNaN(ms)) return String(value)
      return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null
    }
    default:
      return String(value)
  }
}

function listOf(text: string): unknown[] | undefined {
  try {
    const items: unknown = JSON.parse(text)
    return Array.isArray(items) ? items : undefined
  } catch {
    return undefined
  }
}
