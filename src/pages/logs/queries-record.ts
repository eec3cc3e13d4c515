/** How a log record is read: its columns, its id, and one record or its neighbours by that id. */
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import {
  type LogDetail,
  type LogRecords,
  logRecord,
  logSurrounding,
  type Severity,
} from './contract.ts'

/** Lines around a record are looked for within this time of it. */
const surrounding_ms = 3_600_000
const everything = { from_ms: 0, to_ms: 4_102_444_800_000 }

export const recordHash = sql`cityHash64(resource_id, body, span_id, scope, observed_time)`

export const recordColumns = sql`toUnixTimestamp64Nano(time) AS time_ns,
  toString(${recordHash}) AS hash, severity, service, namespace, pod, container, node, event_name,
  body, if(trace_id = toFixedString('', 16), '', lower(hex(trace_id))) AS trace,
  if(span_id = toFixedString('', 8), '', lower(hex(span_id))) AS span,
  toString(resource_id) AS resource, attributes, numbers`

export type RecordRow = {
  time_ns: string
  hash: string
  severity: Severity
  service: string
  namespace: string
  pod: string
  container: string
  node: string
  event_name: string
  body: string
  trace: string
  span: string
  resource: string
  attributes: Record<string, string>
  numbers: Record<string, number>
}

export function toRecords(rows: readonly RecordRow[]): LogRecords {
  return {
    id: rows.map((row) => `${row.time_ns}-${row.hash}`),
    time_ns: rows.map((row) => row.time_ns),
    severity: rows.map((row) => row.severity),
    service: rows.map((row) => row.service),
    namespace: rows.map((row) => row.namespace),
    pod: rows.map((row) => row.pod),
    container: rows.map((row) => row.container),
    node: rows.map((row) => row.node),
    event_name: rows.map((row) => row.event_name),
    body: rows.map((row) => row.body),
    trace_id: rows.map((row) => row.trace),
    span_id: rows.map((row) => row.span),
    resource_id: rows.map((row) => row.resource),
    attributes: rows.map((row) => ({ ...row.attributes, ...row.numbers })),
  }
}

/** The parts of an id: time in ns and hash. The contract has checked its shape. */
export function partsOf(id: string): { time_ns: bigint; hash: bigint } {
  const [time, hash] = id.split('-')
  return { time_ns: BigInt(time ?? 0), hash: BigInt(hash ?? 0) }
}

export function at(time_ns: bigint): Sql {
  return sql`fromUnixTimestamp64Nano(${time_ns})`
}

type DetailRow = Omit<LogDetail, 'id' | 'resource' | 'attributes' | 'ingested_ms'> & {
  hash: string
  ingested_ms: string
  attributes: Record<string, string>
  numbers: Record<string, number>
}

async function readRecord(ask: { id: string }, context: AskContext): Promise<LogDetail | null> {
  const { time_ns, hash } = partsOf(ask.id)
  const time_ms = Number(time_ns / 1_000_000n)
  const around = { from_ms: time_ms, to_ms: time_ms + 1 }
  const rows = await context.store.rows<DetailRow>(
    sql`SELECT toUnixTimestamp64Nano(time) AS time_ns,
      toUnixTimestamp64Nano(observed_time) AS observed_time_ns,
      toUnixTimestamp64Milli(ingested_time) AS ingested_ms, severity, severity_number,
      severity_text, event_name, body, service, cluster, namespace, workload, pod, container, node,
      scope, if(trace_id = toFixedString('', 16), '', lower(hex(trace_id))) AS trace_id,
      if(span_id = toFixedString('', 8), '', lower(hex(span_id))) AS span_id,
      toString(template_id) AS template_id, toString(resource_id) AS resource_id,
      attributes, numbers
    FROM logs
    WHERE ${within('logs', around, context.scope)} AND time = ${at(time_ns)}
      AND cityHash64(logs.resource_id, body, logs.span_id, scope, observed_time) = ${hash} LIMIT 1`,
    { signal: context.signal },
  )
  const row = rows[0]
  if (row === undefined) return null
  const resources = await context.store.rows<{ attributes: Record<string, string> }>(
    sql`SELECT attributes FROM resources WHERE resource_id = ${BigInt(row.resource_id)}
      AND ${within('resources', everything, context.scope)} ORDER BY time DESC LIMIT 1`,
    { signal: context.signal },
  )
  const { numbers, ...rest } = row
  return {
    ...rest,
    id: ask.id,
    ingested_ms: Number(row.ingested_ms),
    attributes: { ...row.attributes, ...numbers },
    resource: resources[0]?.attributes ?? {},
  }
}

type SurroundingAsk = { id: string; resource_id: string; before: number; after: number }

async function surrounding(ask: SurroundingAsk, context: AskContext): Promise<LogRecords> {
  const { time_ns } = partsOf(ask.id)
  const time_ms = Number(time_ns / 1_000_000n)
  const side = (range: { from_ms: number; to_ms: number }, beyond: Sql, order: Sql, rows: number) =>
    context.store.rows<RecordRow>(
      sql`SELECT ${recordColumns} FROM logs
      WHERE ${within('logs', range, context.scope)} AND resource_id = ${BigInt(ask.resource_id)}
        AND ${beyond} ORDER BY time ${order} LIMIT ${rows}`,
      { signal: context.signal },
    )
  const earlier = { from_ms: time_ms - surrounding_ms, to_ms: time_ms + 1 }
  const later = { from_ms: time_ms, to_ms: time_ms + surrounding_ms }
  const [before, after] = await Promise.all([
    side(earlier, sql`time < ${at(time_ns)}`, sql`DESC`, ask.before),
    side(later, sql`time >= ${at(time_ns)}`, sql`ASC`, ask.after + 1),
  ])
  return toRecords([...before.reverse(), ...after])
}

export const recordAnswerers: Answerer[] = [
  answers(logRecord, readRecord),
  answers(logSurrounding, surrounding),
]
