/** Reads spans with all that belongs to them from the store into memory, resources included. */
import type { RangeAsk } from '../../model/question.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { QueryContext } from '../context.ts'
import type { Span, Words } from './span.ts'

type SpanRow = Omit<
  Span,
  'time_ns' | 'duration_ns' | 'attributes' | 'numbers' | 'resource' | 'events' | 'links'
> & {
  time_ns: string
  duration_text: string
  text_map: Record<string, string>
  number_map: Record<string, number | null>
  event_times: string[]
  event_names: string[]
  event_maps: Record<string, string>[]
  link_traces: string[]
  link_spans: string[]
  link_maps: Record<string, string>[]
}

export type SpanReading = {
  /** Without the scope, which is added here. */
  where: Sql
  range: RangeAsk
  /** ORDER BY and what follows it. */
  rest: Sql
  rows_max: number
}

/** In order of time. The engine keeps no order of what is read inside of a query. */
export async function readSpans(reading: SpanReading, context: QueryContext): Promise<Span[]> {
  const { where, range, rest, rows_max } = reading
  const column = sql.identifier
  const rows = await context.store.rows<SpanRow>(
    sql`SELECT lower(hex(spans.trace_id)) AS trace_id, lower(hex(spans.span_id)) AS span_id,
      if(spans.parent_span_id = toFixedString('', 8), '', lower(hex(spans.parent_span_id)))
        AS parent_span_id,
      toString(toUnixTimestamp64Nano(spans.time)) AS time_ns,
      toString(duration_ns) AS duration_text,
      name, toString(spans.kind) AS kind, toString(spans.status) AS status, status_message,
      trace_state, scope, service, cluster, namespace, pod, container, node,
      toString(spans.resource_id) AS resource_id, attributes AS text_map, numbers AS number_map,
      arrayMap(t -> toString(toUnixTimestamp64Nano(t)), ${column('events.time')}) AS event_times,
      ${column('events.name')} AS event_names, ${column('events.attributes')} AS event_maps,
      arrayMap(i -> lower(hex(i)), ${column('links.trace_id')}) AS link_traces,
      arrayMap(i -> lower(hex(i)), ${column('links.span_id')}) AS link_spans,
      ${column('links.attributes')} AS link_maps
    FROM (SELECT * FROM spans WHERE ${within('spans', range, context.scope)} AND (${where})
      ${rest}) AS spans`,
    { ...queryOptions(context), rows_max },
  )
  const resources = await readResources(new Set(rows.map((row) => row.resource_id)), range, context)
  const spans = rows.map((row) => spanOf(row, resources.get(row.resource_id) ?? noWords))
  return spans.sort(inOrder)
}

export function queryOptions({ limits, signal }: QueryContext) {
  return { timeout_ms: limits.timeout_ms, signal }
}

function inOrder(a: Span, b: Span): number {
  if (a.time_ns !== b.time_ns) return a.time_ns < b.time_ns ? -1 : 1
  return a.span_id < b.span_id ? -1 : a.span_id > b.span_id ? 1 : 0
}

const noWords: Words = new Map()

function spanOf(row: SpanRow, resource: Words): Span {
  const numbers = Object.entries(row.number_map)
  return {
    trace_id: row.trace_id,
    span_id: row.span_id,
    parent_span_id: row.parent_span_id,
    time_ns: BigInt(row.time_ns),
    duration_ns: Number(row.duration_text),
    name: row.name,
    kind: row.kind,
    status: row.status,
    status_message: row.status_message,
    trace_state: row.trace_state,
    scope: row.scope,
    service: row.service,
    cluster: row.cluster,
    namespace: row.namespace,
    pod: row.pod,
    container: row.container,
    node: row.node,
    resource_id: row.resource_id,
    attributes: new Map(Object.entries(row.text_map)),
    // The engine's JSON has no NaN.
    numbers: new Map(numbers.map(([name, number]) => [name, number ?? Number.NaN])),
    resource,
    events: row.event_times.map((time_ns, at) => ({
      time_ns: BigInt(time_ns),
      name: row.event_names[at] ?? '',
      attributes: new Map(Object.entries(row.event_maps[at] ?? {})),
    })),
    links: row.link_traces.map((trace_id, at) => ({
      trace_id,
      span_id: row.link_spans[at] ?? '',
      attributes: new Map(Object.entries(row.link_maps[at] ?? {})),
    })),
  }
}

const resources_per_read = 1_000

async function readResources(
  wanted: ReadonlySet<string>,
  range: RangeAsk,
  context: QueryContext,
): Promise<Map<string, Words>> {
  const resources = new Map<string, Words>()
  const ids = [...wanted]
  for (let at = 0; at < ids.length; at += resources_per_read) {
    const some = ids.slice(at, at + resources_per_read).map((id) => BigInt(id))
    const rows = await context.store.rows<{ id: string; words: Record<string, string> }>(
      sql`SELECT toString(resource_id) AS id, any(attributes) AS words FROM resources
        WHERE resource_id IN ${some} AND ${within('resources', range, context.scope)}
        GROUP BY resource_id`,
      { ...queryOptions(context), rows_max: resources_per_read },
    )
    for (const { id, words } of rows) resources.set(id, new Map(Object.entries(words)))
  }
  return resources
}
