/** Answers about one trace: its spans for the waterfall, one span in full, and its log records. */
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import {
  type SpanDetail,
  spanById,
  type Trace,
  type TraceLogs,
  traceById,
  traceLogs,
} from './contract.ts'
import { type Extent, extentOf, spansOf } from './queries-index.ts'

const spans_max = 20_000
const logs_max = 1000
/** Log records of a trace are looked for this far around it. */
const logs_margin_ms = 60_000
/** A trace is never older than what a server keeps. */
const everything = { from_ms: 0, to_ms: 4_102_444_800_000 }

type SpanRow = {
  span: string
  parent: string
  service: string
  name: string
  kind: string
  status: 'unset' | 'ok' | 'error'
  start_ns: string
  duration_ns: string
  peer_service: string
  peer_kind: string
  http_status_code: number
  pod: string
  events: number
}

async function readTrace(ask: { trace_id: string }, context: AskContext): Promise<Trace | null> {
  const trace = sql.hexId(ask.trace_id, 16)
  const extent = await extentOf(trace, context)
  if (extent === undefined) return null
  const [rows, total, logs] = await Promise.all([
    context.store.rows<SpanRow>(
      sql`SELECT lower(hex(span_id)) AS span,
        if(parent_span_id = toFixedString('', 8), '', lower(hex(parent_span_id))) AS parent,
        service, name, kind, status, toUnixTimestamp64Nano(time) AS start_ns, duration_ns,
        peer_service, peer_kind, http_status_code, pod,
        length(${sql.identifier('events.name')}) AS events
      FROM spans WHERE trace_id = ${trace} AND ${within('spans', extent, context.scope)}
      ORDER BY time LIMIT ${spans_max}`,
      { signal: context.signal, rows_max: spans_max },
    ),
    spansOf(trace, extent, context),
    countLogs(trace, extent, context),
  ])
  return rows.length === 0 ? null : prepareTrace(ask.trace_id, rows, total, logs)
}

function prepareTrace(trace_id: string, rows: SpanRow[], total: number, logs: number): Trace {
  const start = BigInt(rows[0]?.start_ns ?? 0)
  const offset_ns = rows.map((row) => Number(BigInt(row.start_ns) - start))
  const duration_ns_each = rows.map((row) => Number(row.duration_ns))
  return {
    trace_id,
    start_ms: Number(start / 1_000_000n),
    duration_ns: offset_ns.reduce(
      (latest, offset, at) => Math.max(latest, offset + (duration_ns_each[at] ?? 0)),
      0,
    ),
    span_id: rows.map((row) => row.span),
    parent_span_id: rows.map((row) => row.parent),
    service: rows.map((row) => row.service),
    name: rows.map((row) => row.name),
    kind: rows.map((row) => row.kind),
    status: rows.map((row) => row.status),
    offset_ns,
    duration_ns_each,
    peer_service: rows.map((row) => row.peer_service),
    peer_kind: rows.map((row) => row.peer_kind),
    http_status_code: rows.map((row) => row.http_status_code),
    pod: rows.map((row) => row.pod),
    events: rows.map((row) => Number(row.events)),
    total: Math.max(total, rows.length),
    logs,
  }
}

async function countLogs(trace: Sql, extent: Extent, context: AskContext): Promise<number> {
  const rows = await context.store.rows<{ logs: string }>(
    sql`SELECT count() AS logs FROM logs
    WHERE trace_id = ${trace} AND ${within('logs', around(extent), context.scope)}`,
    { signal: context.signal },
  )
  return Number(rows[0]?.logs ?? 0)
}

function around(extent: Extent) {
  return { from_ms: extent.from_ms - logs_margin_ms, to_ms: extent.to_ms + logs_margin_ms }
}

type DetailRow = Omit<
  SpanDetail,
  'attributes' | 'resource' | 'events' | 'links' | 'duration_ns'
> & {
  duration_ns: string
  attributes: Record<string, string>
  numbers: Record<string, number>
  event_time_ns: string[]
  event_name: string[]
  event_attributes: Record<string, string>[]
  link_trace_id: string[]
  link_span_id: string[]
  link_attributes: Record<string, string>[]
}

async function readSpan(
  ask: { trace_id: string; span_id: string },
  context: AskContext,
): Promise<SpanDetail | null> {
  const trace = sql.hexId(ask.trace_id, 16)
  const extent = await extentOf(trace, context)
  if (extent === undefined) return null
  const column = sql.identifier
  const rows = await context.store.rows<DetailRow>(
    sql`SELECT lower(hex(span_id)) AS span_id,
      if(parent_span_id = toFixedString('', 8), '', lower(hex(parent_span_id))) AS parent_span_id,
      toUnixTimestamp64Nano(time) AS time_ns, duration_ns, service, name, kind, status,
      status_message, trace_state, scope, toString(resource_id) AS resource_id, attributes, numbers,
      arrayMap(t -> toUnixTimestamp64Nano(t), ${column('events.time')}) AS event_time_ns,
      ${column('events.name')} AS event_name, ${column('events.attributes')} AS event_attributes,
      arrayMap(i -> lower(hex(i)), ${column('links.trace_id')}) AS link_trace_id,
      arrayMap(i -> lower(hex(i)), ${column('links.span_id')}) AS link_span_id,
      ${column('links.attributes')} AS link_attributes
    FROM spans
    WHERE trace_id = ${trace} AND spans.span_id = ${sql.hexId(ask.span_id, 8)}
      AND ${within('spans', extent, context.scope)} LIMIT 1`,
    { signal: context.signal },
  )
  const row = rows[0]
  if (row === undefined) return null
  return prepareSpan(ask.trace_id, row, await resourceOf(row.resource_id, context))
}

function prepareSpan(
  trace_id: string,
  row: DetailRow,
  resource: Record<string, string>,
): SpanDetail {
  const { numbers, event_time_ns, event_name, event_attributes, ...rest } = row
  const { link_trace_id, link_span_id, link_attributes, ...plain } = rest
  return {
    ...plain,
    trace_id,
    duration_ns: Number(row.duration_ns),
    attributes: { ...row.attributes, ...numbers },
    resource,
    events: event_time_ns.map((time_ns, at) => ({
      time_ns: String(time_ns),
      name: event_name[at] ?? '',
      attributes: event_attributes[at] ?? {},
    })),
    links: link_trace_id.map((linked, at) => ({
      trace_id: linked,
      span_id: link_span_id[at] ?? '',
      attributes: link_attributes[at] ?? {},
    })),
  }
}

async function resourceOf(
  resource_id: string,
  context: AskContext,
): Promise<Record<string, string>> {
  const rows = await context.store.rows<{ attributes: Record<string, string> }>(
    sql`SELECT attributes FROM resources
    WHERE resource_id = ${BigInt(resource_id)} AND ${within('resources', everything, context.scope)}
    ORDER BY time DESC LIMIT 1`,
    { signal: context.signal },
  )
  return rows[0]?.attributes ?? {}
}

type LogRow = {
  time_ns: string
  severity: string
  service: string
  pod: string
  span: string
  body: string
}

async function readLogs(
  ask: { trace_id: string; span_id?: string | undefined },
  context: AskContext,
): Promise<TraceLogs> {
  const trace = sql.hexId(ask.trace_id, 16)
  const extent = (await extentOf(trace, context)) ?? everything
  const ofSpan = ask.span_id === undefined ? sql`true` : sql`span_id = ${sql.hexId(ask.span_id, 8)}`
  const rows = await context.store.rows<LogRow>(
    sql`SELECT toUnixTimestamp64Nano(time) AS time_ns, severity, service, pod,
      lower(hex(span_id)) AS span, body
    FROM logs
    WHERE trace_id = ${trace} AND ${ofSpan} AND ${within('logs', around(extent), context.scope)}
    ORDER BY time LIMIT ${logs_max + 1}`,
    { signal: context.signal },
  )
  const shown = rows.slice(0, logs_max)
  return {
    time_ns: shown.map((row) => row.time_ns),
    severity: shown.map((row) => row.severity),
    service: shown.map((row) => row.service),
    pod: shown.map((row) => row.pod),
    span_id: shown.map((row) => row.span),
    body: shown.map((row) => row.body),
    capped: rows.length > logs_max,
  }
}

export const traceAnswerers: Answerer[] = [
  answers(traceById, readTrace),
  answers(spanById, readSpan),
  answers(traceLogs, readLogs),
]
