/** Reads the records that a selector and the testable stages choose, page by page. */
import { type Sql, sql } from '../../../store/sql.ts'
import { within } from '../../../store/within.ts'
import type { QueryContext } from '../../context.ts'
import type { LogExpr, StageOf } from '../ast.ts'
import { necessaryCondition, selectorCondition } from './filter-sql.ts'
import { type LabelSources, labelValue } from './label-sql.ts'
import { lineCondition } from './line-sql.ts'
import { knownNames } from './names.ts'
import { namesInLog } from './referenced.ts'
import { resourceValues } from './resources.ts'
import { type LineRow, lineColumns, lineHash } from './rows.ts'

/** [from_ns, to_ns) */
export type TimeSpan = { from_ns: bigint; to_ns: bigint }

const ms_ns = 1_000_000n

export function rangeOf({ from_ns, to_ns }: TimeSpan) {
  return { from_ms: Number(from_ns / ms_ns), to_ms: Number((to_ns + ms_ns - 1n) / ms_ns) }
}

export function at(ns: bigint): Sql {
  return sql`fromUnixTimestamp64Nano(${ns})`
}

/** Time, scope and place, exact to the nanosecond. */
export function duringSpan(span: TimeSpan, context: QueryContext): Sql {
  return sql.all([
    within('logs', rangeOf(span), context.scope),
    sql`time >= ${at(span.from_ns)}`,
    sql`time < ${at(span.to_ns)}`,
  ])
}

/** Undefined when a label's values are too many to be put into SQL. */
export async function sourcesOf(
  labels: readonly string[],
  span: TimeSpan,
  context: QueryContext,
): Promise<LabelSources | undefined> {
  const range = rangeOf(span)
  const names = await knownNames(range, context)
  const resources = await resourceValues(labels, names, range, context)
  return resources && { names, resources }
}

export type Choice = {
  condition: Sql
  /** Every stage that leaves lines out is in the condition: what it gives is what is wanted. */
  isExact: boolean
}

const rewriting = new Set(['line_format', 'decolorize', 'unpack'])
const parsing = new Set(['json', 'logfmt', 'pattern', 'regexp', 'unpack', 'label_format'])

/** The selector and what the stages demand of a record before one of them changes it. */
export function chosenBy(log: LogExpr, sources: LabelSources): Choice {
  const conditions = [selectorCondition(log.matchers, sources)]
  let isExact = true
  let isText = true
  let areLabels = true
  for (const stage of log.stages) {
    if (stage.kind === 'line') {
      const condition = isText ? lineCondition(stage) : undefined
      if (condition === undefined) isExact = false
      else conditions.push(condition)
      if (isApproximate(stage)) isExact = false
    } else if (stage.kind === 'filter') {
      const labelText = (name: string) => labelValue(name, sources)
      const condition = areLabels ? necessaryCondition(stage.filter, labelText) : undefined
      if (condition !== undefined) conditions.push(condition)
      isExact = false
    }
    if (rewriting.has(stage.kind)) isText = false
    if (parsing.has(stage.kind) || stage.kind === 'drop' || stage.kind === 'keep') areLabels = false
  }
  return { condition: sql.all(conditions), isExact }
}

function isApproximate(stage: StageOf<'line'>): boolean {
  return stage.operator.endsWith('>') || stage.any.some(({ isIp }) => isIp)
}

export type Cursor = { time_ns: bigint; hash: bigint }

export type PageAsk = {
  span: TimeSpan
  isNewestFirst: boolean
  rows_max: number
  after?: Cursor | undefined
}

const short_ns = 300_000n * ms_ns
const small_rows = 5_000

/**
 * Which parts of the span are searched before all of it. Most small pages are full long before the
 * end; large ones only if the one before was.
 */
function partsOf({ rows_max, after }: PageAsk, length_ns: bigint): bigint[] {
  if (length_ns <= short_ns) return []
  if (rows_max <= small_rows) return [512n, 64n, 8n]
  return after === undefined ? [] : [64n]
}

/** Rows of one page in the order that is asked for. */
export async function readPage(
  condition: Sql,
  ask: PageAsk,
  context: QueryContext,
): Promise<LineRow[]> {
  const { isNewestFirst, after } = ask
  const span = { ...ask.span }
  if (after !== undefined) {
    if (isNewestFirst) span.to_ns = after.time_ns + 1n
    else span.from_ns = after.time_ns
  }
  const length_ns = span.to_ns - span.from_ns
  for (const part of partsOf(ask, length_ns)) {
    const near = isNewestFirst
      ? { ...span, from_ns: span.to_ns - length_ns / part }
      : { ...span, to_ns: span.from_ns + length_ns / part }
    const rows = await readSpan(condition, near, ask, context)
    if (rows.length >= ask.rows_max) return rows
  }
  return readSpan(condition, span, ask, context)
}

async function readSpan(
  condition: Sql,
  span: TimeSpan,
  { isNewestFirst, rows_max, after }: PageAsk,
  context: QueryContext,
): Promise<LineRow[]> {
  let beyond = sql`true`
  if (after !== undefined) {
    const cursor = sql`(${at(after.time_ns)}, ${after.hash})`
    beyond = isNewestFirst
      ? sql`(time, ${lineHash}) < ${cursor}`
      : sql`(time, ${lineHash}) > ${cursor}`
  }
  const order = isNewestFirst ? sql`DESC` : sql`ASC`
  const matches = sql.all([duringSpan(span, context), condition, beyond])
  // The times of a page first: reading whole records of all that match would be ten times slower.
  const times = sql`SELECT time FROM logs WHERE ${matches} ORDER BY time ${order} LIMIT ${rows_max}`
  const reach = isNewestFirst
    ? sql`time >= (SELECT min(time) FROM (${times}))`
    : sql`time <= (SELECT if(count() = 0, ${at(9_223_372_036_854_775_807n)}, max(time))
        FROM (${times}))`
  return context.store.rows<LineRow>(
    sql`SELECT ${lineColumns} FROM logs WHERE ${matches} AND ${reach}
      ORDER BY time ${order}, ${lineHash} ${order} LIMIT ${rows_max}`,
    {
      timeout_ms: context.limits.timeout_ms,
      rows_max,
      signal: context.signal,
    },
  )
}

export function cursorOf(row: LineRow): Cursor {
  return { time_ns: BigInt(row.time_ns), hash: BigInt(row.hash) }
}

/** Labels that must be looked up before the log query can be compiled. */
export function labelsToFind(log: LogExpr, others: readonly string[] = []): string[] {
  return [...new Set([...namesInLog(log), ...others])]
}
