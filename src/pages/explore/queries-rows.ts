/**
 * Rows that a search finds, the newest first: of logs as lines, of other tables as a table. What is
 * computed of rows is queries-measure.ts's work.
 */
import { Fault } from '../../model/faults.ts'
import { type Field, resolveField, searchFields } from '../../model/fields.ts'
import { tables } from '../../model/tables.ts'
import type { Value } from '../../query/elastic/value-sql.ts'
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import {
  type ColumnType,
  type ExploreTable,
  type LogsRun,
  type RunAsk,
  type SearchShape,
  type TableRun,
  tellingColumns,
  type Untimed,
} from './contract.ts'
import { matching, optionsOf } from './queries-matching.ts'
import { numberValue, rowsFrom, textValue } from './queries-values.ts'

type RowsAsk = RunAsk & { shape: SearchShape }

type Told = Value & { name: string; type: ColumnType; read?: (value: unknown) => unknown }

export async function foundRows(
  ask: RowsAsk,
  context: AskContext,
): Promise<Untimed<LogsRun> | Untimed<TableRun>> {
  if (ask.shape.table === 'logs' && ask.shape.columns === undefined) return logLines(ask, context)
  const { table } = ask.shape
  const told = toldColumns(table, ask.shape.columns ?? tellingColumns[table])
  const { columns, isCapped } = await read(ask, told, context)
  return {
    kind: 'table',
    warnings: [],
    infos: [],
    capped: isCapped,
    columns: told.map(({ name, type }) => ({ name, type })),
    values: told.map(({ read: as }, at) => {
      const values = columns[at]!
      return as === undefined ? values : values.map(as)
    }),
  }
}

async function read(
  ask: RowsAsk,
  told: readonly Told[],
  context: AskContext,
): Promise<{ columns: unknown[][]; isCapped: boolean }> {
  const { table } = ask.shape
  const matched = matching(ask.query, table, ask, context)
  const condition = sql`${matched} AND ${reach(ask, matched)}`
  const isNeeded = told.some(({ needsResource }) => needsResource)
  const from = rowsFrom(table, condition, { isNeeded, range: ask, scope: context.scope })
  const values = told.map(({ value }, at) => sql`${value} AS ${sql.identifier(`c${at}`)}`)
  const once = table === 'metric_series' ? sql`LIMIT 1 BY series_id` : sql``
  const answer = await context.store.columns(
    sql`SELECT ${sql.join(values)} FROM ${from} ORDER BY ${orderOf(table)} ${once}
      LIMIT ${ask.rows_max + 1}`,
    optionsOf(context),
  )
  const columns = told.map((_, at) => (answer.columns[`c${at}`] ?? []).slice(0, ask.rows_max))
  return { columns, isCapped: answer.rows > ask.rows_max }
}

function orderOf(table: ExploreTable): Sql {
  if (table === 'metric_series') return sql`metric, series_id, time DESC`
  return sql`time DESC`
}

/**
 * How far back the newest rows reach, from the times of matching rows alone: wide columns of the
 * others are then not read.
 */
function reach(ask: RowsAsk, matched: Sql): Sql {
  const { table } = ask.shape
  if (table === 'metric_series') return sql`true`
  return sql`time >= (SELECT min(time) FROM (SELECT time FROM ${sql.identifier(table)}
    WHERE ${matched} ORDER BY time DESC LIMIT ${ask.rows_max + 1}))`
}

function toldColumns(table: ExploreTable, names: readonly string[]): Told[] {
  const whole = names.flatMap((name) => (name === '*' ? everyColumn(table) : [name]))
  const told = [...new Set(whole)].map((name) => toldColumn(table, name))
  if (told.length > 0) return told
  throw new Fault('ask_invalid', { detail: 'shape.columns: expected a field, got none' })
}

const heavy = new Set(['ingested_time', 'observed_time'])

function everyColumn(table: ExploreTable): string[] {
  const columns = Object.keys(tables[table].columns)
  const fields = searchFields[table].filter(({ column }) => !heavy.has(column))
  const own = new Set(['time', ...fields.map(({ name }) => name)])
  own.delete('event.outcome')
  return [...own, ...mapNames.filter((name) => columns.includes(name))]
}

const mapNames = ['attributes', 'numbers', 'annotations', 'user_extra', 'fields']

function toldColumn(table: ExploreTable, name: string): Told {
  const columns: Readonly<Record<string, string>> = tables[table].columns
  const column = sql.identifier(name)
  if (mapNames.includes(name) && name in columns) {
    return { name, type: 'json', value: column, needsResource: false }
  }
  const match = resolveField(table, name)
  if (match.tag === 'attribute') return { name, type: 'string', ...textValue(table, name) }
  const { field } = match
  const own = sql.identifier(field.column)
  if (field.many && field.bytes === undefined) {
    return { name, type: 'json', value: own, needsResource: false }
  }
  switch (field.kind) {
    case 'time': {
      const value = sql`toUnixTimestamp64Milli(toDateTime64(${own}, 3))`
      return { name, type: 'time_ms', value, needsResource: false, read: Number }
    }
    case 'number':
    case 'duration':
      return { name, type: 'number', ...numberValue(table, name, 'shape.columns') }
    case 'boolean':
      return { name, type: 'boolean', value: own, needsResource: false, read: Boolean }
    default:
      return otherColumn(table, field, name)
  }
}

/** Whole objects are long, and hundreds of rows have them: an answer holds so much of each. */
const object_characters_max = 8_000
const objectColumns = ['request_object', 'response_object']

function otherColumn(table: ExploreTable, field: Field, name: string): Told {
  const own = sql.identifier(field.column)
  if (field.many) {
    const value = sql`arrayMap(item -> lower(hex(item)), ${own})`
    return { name, type: 'json', value, needsResource: false }
  }
  if (!objectColumns.includes(field.column)) {
    return { name, type: 'string', ...textValue(table, name) }
  }
  const value = sql`if(lengthUTF8(${own}) <= ${object_characters_max}, ${own},
    concat(substringUTF8(${own}, 1, ${object_characters_max}), '…'))`
  return { name, type: 'string', value, needsResource: false }
}

const lineLabels = [
  ...['cluster', 'namespace', 'workload', 'pod', 'container', 'node', 'service', 'scope'],
  ...['event_name', 'severity_text', 'trace_id', 'span_id'],
]

async function logLines(ask: RowsAsk, context: AskContext): Promise<Untimed<LogsRun>> {
  const told = ['severity', 'body', ...lineLabels, 'attributes', 'numbers']
  const time: Told = {
    name: 'time_ns',
    type: 'string',
    value: sql`toString(toUnixTimestamp64Nano(time))`,
    needsResource: false,
  }
  const each = [time, ...told.map((name) => toldColumn('logs', name))]
  const { columns, isCapped } = await read(ask, each, context)
  const [time_ns, severity, body, ...rest] = columns as [string[], string[], string[]]
  const labels = (time_ns ?? []).map((_, row) => labelsOf(rest as unknown[][], row))
  return {
    kind: 'logs',
    warnings: [],
    infos: [],
    capped: isCapped,
    time_ns,
    severity,
    body,
    labels,
  }
}

function labelsOf(columns: readonly unknown[][], row: number): Record<string, string> {
  const named = lineLabels.map((name, at) => [name, String(columns[at]![row])] as const)
  const [attributes, numbers] = [columns.at(-2)![row], columns.at(-1)![row]]
  const entries = [...Object.entries(attributes ?? {}), ...Object.entries(numbers ?? {})]
  const all = [...named, ...entries.map(([name, value]) => [name, String(value)] as const)]
  return Object.fromEntries(all.filter(([, value]) => value !== ''))
}
