/**
 * Time range, the top bar's place and the caller's scope as one condition for any table. Every
 * question puts it at every table it reads; search text is where.ts's work.
 */
import type { DataClass, RangeAsk, Scope } from '../model/question.ts'
import { type TableName, tables } from '../model/tables.ts'
import { type Sql, sql } from './sql.ts'

const minute_ms = 60_000
const day_ms = 86_400_000

/**
 * A row of these tables stands for a whole interval, so the range is widened to whole intervals:
 * series and resources are written once a day, whenever in the day they are first seen.
 */
const interval_ms: { [Table in TableName]?: number } = {
  resources: day_ms,
  metric_series: day_ms,
  metric_samples_5m: 5 * minute_ms,
  span_metrics_1m: minute_ms,
  service_metrics_1m: minute_ms,
  service_edges_1m: minute_ms,
  field_values: 15 * minute_ms,
}

/**
 * Which kind of telemetry a table's rows are. Resources and coverage are of no kind: they name
 * what is there and tell nothing of it.
 */
const classOf: { [Table in TableName]?: DataClass } = {
  logs: 'logs',
  spans: 'traces',
  trace_index: 'traces',
  span_metrics_1m: 'traces',
  service_metrics_1m: 'traces',
  service_edges_1m: 'traces',
  metric_series: 'metrics',
  metric_samples: 'metrics',
  metric_samples_5m: 'metrics',
  metric_histograms: 'metrics',
  metric_exemplars: 'metrics',
  kubernetes_objects: 'kubernetes',
  kubernetes_current: 'kubernetes',
  kubernetes_events: 'kubernetes',
  audit_events: 'security',
  security_events: 'security',
  network_flows: 'security',
}

/** Holds for rows in [from_ms, to_ms) that the asker may see. */
export function within(table: TableName, range: RangeAsk, scope: Scope): Sql {
  return sql.all([
    ...during(table, range),
    ...placesOf(table, range, scope),
    ...classesOf(table, scope.classes),
  ])
}

function classesOf(table: TableName, classes: Scope['classes']): Sql[] {
  if (classes === 'all') return []
  const needed = classOf[table]
  const maySee = needed === undefined ? classes.length > 0 : classes.includes(needed)
  if (!maySee) return [sql`false`]
  if (table !== 'field_values') return []
  const signals = Object.entries(classOfSignal).filter(([, of]) => classes.includes(of))
  return [sql`signal IN ${signals.map(([signal]) => signal)}`]
}

/** Values of fields are kept by the signal in which they occur. */
const classOfSignal: Record<string, DataClass> = { logs: 'logs', spans: 'traces' }

function during(table: TableName, range: RangeAsk): Sql[] {
  const interval = interval_ms[table] ?? 1
  const from = Math.floor(range.from_ms / interval) * interval
  const to = Math.ceil(range.to_ms / interval) * interval
  return [sql`time >= ${moment(table, from)}`, sql`time < ${moment(table, to)}`]
}

/** A moment in the type of the table's time column, so that partitions and the key are pruned. */
function moment(table: TableName, ms: number): Sql {
  const type: string = tables[table].columns.time
  const whole_ms = Math.trunc(ms)
  if (type.includes('DateTime64(9)')) {
    return sql`fromUnixTimestamp64Nano(${BigInt(whole_ms) * 1_000_000n})`
  }
  if (type.includes('DateTime64(3)')) return sql`fromUnixTimestamp64Milli(${BigInt(whole_ms)})`
  return sql`toDateTime(${Math.floor(whole_ms / 1_000)})`
}

/** The place alone, for tables of Kubernetes that hold what is there now. */
export function placed(place: Place, scope: Scope): Sql {
  return sql.all([...conditionsOf(place, scope), ...classesOf('kubernetes_current', scope.classes)])
}

export type Place = Pick<RangeAsk, 'cluster' | 'namespace'>

function placesOf(table: TableName, range: RangeAsk, scope: Scope): Sql[] {
  const columns: Record<string, string> = tables[table].columns
  const conditions = conditionsOf(range, scope)
  if (conditions.length === 0 || 'cluster' in columns) return conditions
  if ('series_id' in columns) return [throughTable('series_id', 'metric_series', range, scope)]
  return [throughTable('trace_id', 'spans', range, scope)]
}

/** For tables whose rows name a series or a trace, and not where it comes from. */
function throughTable(
  column: string,
  table: 'metric_series' | 'spans',
  range: RangeAsk,
  scope: Scope,
): Sql {
  const name = sql.identifier(column)
  return sql`${name} IN (SELECT ${name} FROM ${sql.identifier(table)}
    WHERE ${within(table, range, scope)})`
}

function conditionsOf(range: Place, scope: Scope): Sql[] {
  const conditions: Sql[] = []
  if (range.cluster !== undefined) conditions.push(sql`cluster = ${range.cluster}`)
  if (range.namespace !== undefined) conditions.push(sql`namespace = ${range.namespace}`)
  for (const [column, places] of [
    [sql`cluster`, scope.clusters],
    [sql`namespace`, scope.namespaces],
  ] as const) {
    if (places === 'all') continue
    conditions.push(places.length === 0 ? sql`false` : sql`${column} IN ${places}`)
  }
  return conditions
}
