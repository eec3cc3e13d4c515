/**
 * Index expressions: which tables a request reads, and which of their rows. Lists, patterns,
 * exclusions, date math; a name of nothing that was ever stored is told as missing.
 */
import type { Scope } from '../../model/question.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { QueryContext } from '../context.ts'
import { wildOf } from './condition.ts'
import { all_time } from './condition-sql.ts'
import { formatDate, momentOf } from './dates.ts'
import { hasShape } from './field-names.ts'
import { type DocumentTable, documentTables, fixedDataset, indexOf } from './field-places.ts'
import { ElasticRefusal, missingIndex, shown } from './refusal.ts'
import { anyOf, likeOf } from './sql-parts.ts'

export type Target = { table: DocumentTable; rows: Sql }

export type IndexOptions = { ignoreUnavailable: boolean; allowNoIndices: boolean }
export const strictIndices: IndexOptions = { ignoreUnavailable: false, allowNoIndices: true }

const names_max = 100

/** The parts of an expression, date math done: what is meant, and what is left out. */
function namesOf(expression: string, now_ms: number): { name: string; isOut: boolean }[] {
  const parts = expression.split(',').map((one) => one.trim())
  if (parts.length > names_max) {
    throw new ElasticRefusal('illegal_argument_exception', `more than ${names_max} indices`)
  }
  return parts.filter(Boolean).map((part, at) => {
    const isOut = part.startsWith('-') && at > 0
    const name = ownName(dateMath(isOut ? part.slice(1) : part, now_ms))
    if (/[\\/?"<>| #]/.test(name) || Buffer.byteLength(name) > 255) {
      const reason = `Invalid index name [${shown(name)}]`
      throw new ElasticRefusal('invalid_index_name_exception', reason, 400, { index: shown(name) })
    }
    return { name: name.includes(':') ? name.slice(name.lastIndexOf(':') + 1) : name, isOut }
  })
}

/** A data stream is asked for by the name of one of its files, too. */
function ownName(name: string): string {
  return /^\.ds-(.+)-\d{4}\.\d{2}\.\d{2}-\d{6,}$/.exec(name)?.[1] ?? name
}

/** `<logs-{now/d}>`, `<logs-{now-1d/d{yyyy.MM.dd|+09:00}}>`. */
function dateMath(name: string, now_ms: number): string {
  const inner = /^<(.*)>$/s.exec(name)?.[1]
  if (inner === undefined) return name
  const piece = /\{(now[^{}]{0,40})(?:\{([^{}|]{0,40})(?:\|([^{}]{0,40}))?\})?\}/g
  return inner.replace(piece, (_whole, math: string, format = 'yyyy.MM.dd', zone?: string) => {
    const moment = momentOf(math, { now_ms, time_zone: zone })
    return moment === undefined ? '' : formatDate(moment.from_ms, format, zone)
  })
}

/** Reads which names exist where that is not plain from the name. */
export async function targetsOf(
  expression: string | undefined,
  context: QueryContext,
  options: IndexOptions = strictIndices,
): Promise<Target[]> {
  const asked = expression === undefined || expression === '' ? '*' : expression
  const names = namesOf(asked, context.now_ms)
  const isAll = names.some(({ name, isOut }) => !isOut && (name === '*' || name === '_all'))
  if (!options.ignoreUnavailable) {
    for (const { name, isOut } of names) {
      if (isOut || name.includes('*') || name === '_all') continue
      if (!(await isKnown(name, context))) throw missingIndex(name)
    }
  }
  const targets = documentTables.flatMap((table): Target[] => {
    const wanted = names.filter(({ isOut }) => !isOut).map(({ name }) => conditionOf(table, name))
    const kept = wanted.filter((one) => one !== undefined)
    if (kept.length === 0 && !isAll) return []
    const out = names.filter(({ isOut }) => isOut).map(({ name }) => conditionOf(table, name))
    const outs = out.filter((one) => one !== undefined).map((one) => sql`NOT (${one})`)
    return [{ table, rows: sql.all([...(isAll ? [] : [anyOf(kept)]), ...outs]) }]
  })
  const visible = targets.filter(({ table }) => maySee(table, context.scope))
  if (visible.length === 0 && !options.allowNoIndices) throw missingIndex(asked)
  return visible
}

/** What may not be seen is simply not there. */
function maySee(table: DocumentTable, scope: Scope): boolean {
  return within(table, all_time, scope).text !== 'false'
}

const ownIndex: Partial<Record<DocumentTable, string>> = {
  kubernetes_events: `logs-${fixedDataset.kubernetes_events}-default`,
  audit_events: `logs-${fixedDataset.audit_events}-default`,
  network_flows: `logs-${fixedDataset.network_flows}-default`,
}
const generic = { logs: 'logs-generic-default', spans: 'traces-apm-default' } as const
const stream = /^(?:logs|metrics|traces|synthetics|profiling)-([^-]+)-(.+)$/

/** Which rows of the table the name stands for; undefined when none can be. */
function conditionOf(table: DocumentTable, name: string): Sql | undefined {
  if (name === '_all' || name === '*') return sql`true`
  const isPattern = name.includes('*')
  const fixed = ownIndex[table]
  if (fixed !== undefined) {
    return (isPattern ? hasShape(fixed, name) : fixed === name) ? sql`true` : undefined
  }
  if (table === 'spans' && !mayBeTraces(name)) return undefined
  if (isPattern && (table === 'logs' || table === 'spans') && /^\w+-\*$/.test(name)) {
    return ofType(table, name)
  }
  if (isPattern) return sql`${indexOf(table)} LIKE ${likeOf(wildOf(name))}`
  if (table === 'security_events') {
    return /^logs-.*\.alerts-default$/.test(name) ? sql`${indexOf(table)} = ${name}` : undefined
  }
  return exactly(table as 'logs' | 'spans', name)
}

/** `logs-*`, as nearly everybody asks: the type decides, and no name needs to be put together. */
function ofType(table: 'logs' | 'spans', name: string): Sql {
  const type = name.slice(0, -2)
  const types = type === (table === 'logs' ? 'logs' : 'traces') ? [type, ''] : [type]
  return sql`if(attributes['_index'] != '', attributes['_index'] LIKE ${likeOf(wildOf(name))},
    attributes['data_stream.type'] IN ${types})`
}

/** Spans are in streams of traces alone: no other name needs to look at them. */
function mayBeTraces(name: string): boolean {
  const literal = name.split('*')[0]!
  return literal.startsWith('traces-') || 'traces-'.startsWith(literal) || literal === 'apm-'
}

/** By the index over `key=value`, and then exactly. */
function exactly(table: 'logs' | 'spans', name: string): Sql {
  const sent = sql`has(attribute_items, ${`_index=${name}`})`
  const whole = sql`${indexOf(table)} = ${name}`
  if (name === generic[table]) return whole
  const dataset = stream.exec(name)?.[1]
  if (dataset === undefined) return sent
  const items = ['data_stream.dataset', 'event.dataset'].map((key) => `${key}=${dataset}`)
  const isGeneric = dataset === 'generic' || dataset === 'apm'
  if (isGeneric) return whole
  return sql`(${sent} OR (hasAny(attribute_items, array${items}) AND ${whole}))`
}

async function isKnown(name: string, context: QueryContext): Promise<boolean> {
  if (Object.values(ownIndex).includes(name)) return true
  if (Object.values(generic).some((one) => one === name)) return true
  const { store, scope, signal, limits } = context
  const tables = ['logs', 'spans', 'security_events'] as const
  for (const table of tables) {
    const condition = conditionOf(table, name)
    if (condition === undefined) continue
    const found = await store.rows(
      sql`SELECT 1 AS one FROM ${sql.identifier(table)}
        WHERE ${within(table, all_time, scope)} AND ${condition} LIMIT 1`,
      { signal, timeout_ms: limits.timeout_ms },
    )
    if (found.length > 0) return true
  }
  return false
}

export type IndexCount = { index: string; documents: number; first_ms: number; last_ms: number }

const indices_max = 2_000

/** Every index that documents are in, with how many. */
export async function indexCounts(
  targets: readonly Target[],
  context: QueryContext,
): Promise<IndexCount[]> {
  const { store, scope, signal, limits } = context
  const byName = new Map<string, IndexCount>()
  for (const { table, rows } of targets) {
    const found = await store.rows<{ i: string; n: string; a: string; b: string }>(
      sql`SELECT ${indexOf(table)} AS i, count() AS n,
        min(toUnixTimestamp64Milli(toDateTime64(time, 3))) AS a,
        max(toUnixTimestamp64Milli(toDateTime64(time, 3))) AS b
      FROM ${sql.identifier(table)} WHERE ${within(table, all_time, scope)} AND ${rows}
      GROUP BY i ORDER BY n DESC LIMIT ${indices_max}`,
      { signal, timeout_ms: limits.timeout_ms },
    )
    for (const { i, n, a, b } of found) {
      const known = byName.get(i) ?? { index: i, documents: 0, first_ms: Infinity, last_ms: 0 }
      known.documents += Number(n)
      known.first_ms = Math.min(known.first_ms, Number(a))
      known.last_ms = Math.max(known.last_ms, Number(b))
      byName.set(i, known)
    }
  }
  return [...byName.values()].toSorted((a, b) => (a.index < b.index ? -1 : 1))
}
