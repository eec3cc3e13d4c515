/** Queries in ES|QL: tables, of the time range of the page. */
import { allFields } from '../../query/elastic/field-types.ts'
import { ElasticRefusal } from '../../query/elastic/refusal.ts'
import { targetsOf } from '../../query/elastic/targets.ts'
import { EsqlError } from '../../query/esql/esql-error.ts'
import { printEsql } from '../../query/esql/print.ts'
import { checkEsql, runEsql } from '../../query/esql/run.ts'
import type { AskContext } from '../../store/answer.ts'
import type {
  ColumnType,
  QueryCheck,
  QueryWords,
  RunAsk,
  TableRun,
  Untimed,
  WordsAsk,
} from './contract.ts'
import { checkWith, placedError, queryContextOf, wordsWith } from './queries-steps.ts'

export async function runEsqlQuery(ask: RunAsk, context: AskContext): Promise<Untimed<TableRun>> {
  const own = queryContextOf(ask, context)
  const range = { from_ms: ask.from_ms, to_ms: ask.to_ms }
  const { columns, values, isCapped } = await runEsql(ask.query, range, own)
  const rows = values.slice(0, ask.rows_max)
  const lists = columns.map((_, at) => rows.map((row) => row[at]))
  const types = columns.map(({ type }, at) => columnType(type, lists[at]!))
  return {
    kind: 'table',
    warnings: [],
    infos: [],
    capped: isCapped || values.length > ask.rows_max,
    columns: columns.map(({ name }, at) => ({ name, type: types[at]! })),
    values: lists.map((list, at) => (types[at] === 'time_ms' ? list.map(millis) : list)),
  }
}

function columnType(type: string, values: readonly unknown[]): ColumnType {
  if (values.some(Array.isArray)) return 'json'
  if (type === 'long' || type === 'integer' || type === 'double') return 'number'
  if (type === 'date') return 'time_ms'
  return type === 'boolean' ? 'boolean' : 'string'
}

function millis(value: unknown): number | null {
  const time_ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time_ms) ? null : time_ms
}

/** Its errors are Elasticsearch's; of a text that cannot be read they tell the place. */
export function esqlPlace(error: unknown) {
  if (error instanceof EsqlError) return { message: error.message, ...error.span }
  return error instanceof ElasticRefusal ? { message: error.message } : placedError(error)
}

export function checkEsqlQuery(query: string): QueryCheck {
  if (query.trim() === '') return { problems: [] }
  return checkWith(query, (text) => printEsql(checkEsql(text)), esqlPlace)
}

/** Fields of the documents that the index expression in `selector` names. */
export async function esqlWords(ask: WordsAsk, context: AskContext): Promise<QueryWords> {
  const own = queryContextOf(ask, context)
  if (ask.of !== 'labels') return wordsWith(ask.prefix, [])
  const options = { ignoreUnavailable: true, allowNoIndices: true }
  const targets = await targetsOf(ask.selector, own, options)
  const types = await allFields(targets, { from_ms: ask.from_ms, to_ms: ask.to_ms }, own)
  return wordsWith(ask.prefix, [...types.keys()], (name) => types.get(name) ?? '')
}
