/** Rows that MySQL and MariaDB answer, to measures. Pure; asking is mysql.ts's work. */
import type { MeasureAttributes, Measures } from '../measures.ts'
import { type MysqlMetric, plainVariables, splitVariables } from './metrics.ts'

/** Values by column name in small letters; what is NULL is not in it. */
export type Row = ReadonlyMap<string, string>
type Into = Measures<MysqlMetric>

/** Some builds count below zero (misc pages of compressed pools): near 2^64 is no number. */
const value_max = 2 ** 63

/** What is not a number (ON, empty, absent) is not known. */
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text)) return undefined
  const value = Number(text)
  return value < value_max ? value : undefined
}

/** `Variable_name` and `Value`, as SHOW STATUS and SHOW VARIABLES answer. */
export function variablesOf(rows: readonly Row[]): ReadonlyMap<string, string> {
  return new Map(
    rows.map((row) => [(row.get('variable_name') ?? '').toLowerCase(), row.get('value') ?? '']),
  )
}

export function addStatus(into: Into, status: ReadonlyMap<string, string>): void {
  const value = (variable: string) => numberOf(status.get(variable))
  for (const [metric, variable] of plainVariables) into.add(metric, value(variable))
  for (const [metric, attribute, variables] of splitVariables) {
    for (const [word, variable] of Object.entries(variables)) {
      into.add(metric, value(variable), { [attribute]: word })
    }
  }
  const parts = [
    ['mysql.buffer_pool.data_pages', 'pages'],
    ['mysql.buffer_pool.usage', 'bytes'],
  ] as const
  for (const [metric, unit] of parts) {
    const dirty = value(`innodb_buffer_pool_${unit}_dirty`)
    const data = value(`innodb_buffer_pool_${unit}_data`)
    into.add(metric, dirty, { status: 'dirty' })
    if (data === undefined || dirty === undefined) continue
    // The two are read one after the other: under load dirty may overtake.
    into.add(metric, Math.max(0, data - dirty), { status: 'clean' })
  }
}

export function addVariables(into: Into, variables: ReadonlyMap<string, string>): void {
  into.add('mysql.connection.max', numberOf(variables.get('max_connections')))
  into.add('mysql.buffer_pool.limit', numberOf(variables.get('innodb_buffer_pool_size')))
}

/** One row for each source; a replica that is stopped does not know how far it is behind. */
export function addReplica(into: Into, rows: readonly Row[]): void {
  for (const row of rows) {
    const channel = row.get('channel_name') || row.get('connection_name') || ''
    const attributes: MeasureAttributes = channel === '' ? {} : { channel }
    const behind = row.get('seconds_behind_source') ?? row.get('seconds_behind_master')
    into.add('mysql.replica.time_behind_source', numberOf(behind), attributes)
    into.add('mysql.replica.sql_delay', numberOf(row.get('sql_delay')), attributes)
  }
}

const tableOf = (row: Row) => ({
  schema: row.get('schema') ?? '',
  table: row.get('table') ?? '',
})

export function addTables(into: Into, rows: readonly Row[]): void {
  for (const row of rows) {
    const attributes = tableOf(row)
    into.add('mysql.table.rows', numberOf(row.get('row_count')), attributes)
    into.add('mysql.table.average_row_length', numberOf(row.get('row_length')), attributes)
    into.add('mysql.table.size', numberOf(row.get('data')), { ...attributes, kind: 'data' })
    into.add('mysql.table.size', numberOf(row.get('indexes')), { ...attributes, kind: 'index' })
  }
}

export function addPerformance(into: Into, rows: readonly Row[]): void {
  for (const row of rows) {
    for (const operation of ['delete', 'fetch', 'insert', 'update']) {
      const attributes = { ...tableOf(row), operation }
      into.add('mysql.table.io.wait.count', numberOf(row.get(`count_${operation}`)), attributes)
      into.add('mysql.table.io.wait.time', numberOf(row.get(`time_${operation}`)), attributes)
    }
  }
}
