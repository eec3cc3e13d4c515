/**
 * Searches traces with TraceQL: in the engine where one spanset is asked for, else by evaluating
 * candidate traces in memory, newest first, until there are enough. Knows no HTTP.
 */
import type { RangeAsk } from '../../model/question.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { QueryContext } from '../context.ts'
import { readTraceql } from './check.ts'
import { candidatePlan, type EnginePlan, enginePlan } from './compile.ts'
import { type Compiling, traceSums } from './compile-names.ts'
import { runStages, type SpanGroup } from './evaluate.ts'
import { fromSpans } from './from-spans.ts'
import { queryOptions, readSpans } from './read-spans.ts'
import { extentOf, readTraces } from './read-traces.ts'
import { type Span, type Trace, traceOf } from './span.ts'
import type { Query } from './tree.ts'
import { Turns } from './turn.ts'

export type SearchAsk = {
  query: string
  range: RangeAsk
  traces_max: number
  /** Of each spanset; the number of all that match is told. */
  spans_max: number
}

export type FoundSpans = Omit<SpanGroup, 'spans'> & { spans: readonly Span[]; matched: number }

export type FoundTrace = {
  trace_id: string
  root_service: string
  root_name: string
  time_ns: bigint
  duration_ns: number
  /** For each service its spans and how many failed. */
  services: ReadonlyMap<string, { spans: number; errors: number }>
  spansets: readonly FoundSpans[]
  /** All spans of the trace where they were read, else those of the spansets. */
  trace: Trace
}

export type SearchAnswer = {
  query: Query
  traces: FoundTrace[]
  /** Traces that were read in memory; past a limit further ones were not looked at. */
  inspected: number
  capped: boolean
}

/** Traces that are read for one query, and how many at a time. */
const candidates_max = 2_000
const traces_per_read = 50

export async function searchTraces(ask: SearchAsk, context: QueryContext): Promise<SearchAnswer> {
  const query = readTraceql(ask.query)
  const compiling: Compiling = { range: ask.range, context, joinsResources: false }
  const plan = enginePlan(query.stages, compiling)
  const found =
    plan === undefined
      ? await searchInMemory(query, ask, context)
      : await searchInEngine(plan, compiling, ask)
  return { query, ...found }
}

type Found = Omit<SearchAnswer, 'query'>

async function searchInEngine(
  plan: EnginePlan,
  compiling: Compiling,
  ask: SearchAsk,
): Promise<Found> {
  const { context, range } = compiling
  const { traces_max, spans_max } = ask
  const ids = await newestTraces(plan, compiling, traces_max)
  const chosen = sql.join(ids.map((id) => sql.hexId(id, 16)))
  const extent = ids.length === 0 ? undefined : await extentOf(chosen, context)
  if (extent === undefined) return { traces: [], inspected: 0, capped: false }
  const near = {
    ...range,
    from_ms: Math.max(range.from_ms, extent.from_ms),
    to_ms: Math.min(range.to_ms, extent.to_ms),
  }
  const where = sql`spans.trace_id IN (${chosen}) AND (${plan.where})`
  const matching = fromSpans({ ...compiling, range: near }, where)
  const [counts, spans, sums] = await Promise.all([
    context.store.rows<{ trace: string; matched: string }>(
      sql`SELECT lower(hex(spans.trace_id)) AS trace, toString(count()) AS matched ${matching}
        GROUP BY trace`,
      queryOptions(context),
    ),
    matchedSpans(matching, near, context, { each_max: spans_max, all_max: ids.length * spans_max }),
    sumsOf(chosen, extent, context),
  ])
  const matched = new Map(counts.map((row) => [row.trace, Number(row.matched)]))
  const traces = ids.map((trace_id): FoundTrace => {
    const own = spans.get(trace_id) ?? []
    const seen = traceOf(trace_id, own)
    const { services, ...sum } = sums.get(trace_id) ?? { ...seen, services: new Map() }
    const { root_service, root_name, time_ns, duration_ns } = sum
    const whole = { root_service, root_name, time_ns, duration_ns }
    const spansets = [{ spans: own, by: [], matched: matched.get(trace_id) ?? own.length }]
    return { trace_id, ...whole, services, spansets, trace: { ...seen, ...whole } }
  })
  return { traces, inspected: traces.length, capped: false }
}

/** The newest part of the range is read first: what is found there makes the rest needless. */
const first_slice_ms = 60_000
const first_slice_share = 64
const slice_growth = 4

async function newestTraces(
  plan: EnginePlan,
  compiling: Compiling,
  traces_max: number,
): Promise<string[]> {
  const { range, context } = compiling
  const ids = new Set<string>()
  const whole_ms = range.to_ms - range.from_ms
  // An aggregate is over all spans of a trace, which may lie in several parts.
  const isWhole = plan.having !== undefined
  let width_ms = isWhole ? whole_ms : Math.max(first_slice_ms, whole_ms / first_slice_share)
  for (let to_ms = range.to_ms; to_ms > range.from_ms && ids.size < traces_max; ) {
    const from_ms = Math.max(range.from_ms, Math.floor(to_ms - width_ms))
    const slice = { ...compiling, range: { ...range, from_ms, to_ms } }
    const rows_max = traces_max + (isWhole ? 0 : ids.size)
    const rows = await context.store.rows<{ trace: string }>(
      sql`SELECT lower(hex(spans.trace_id)) AS trace ${fromSpans(slice, plan.where)}
        GROUP BY trace HAVING ${plan.having ?? sql`true`}
        ORDER BY max(spans.time) DESC, trace LIMIT ${rows_max}`,
      { ...queryOptions(context), rows_max },
    )
    for (const { trace } of rows) if (ids.size < traces_max) ids.add(trace)
    to_ms = from_ms
    width_ms *= slice_growth
  }
  return [...ids]
}

async function matchedSpans(
  matching: Sql,
  range: RangeAsk,
  context: QueryContext,
  { each_max, all_max }: { each_max: number; all_max: number },
): Promise<Map<string, Span[]>> {
  const spans = await readSpans(
    {
      where: sql`(trace_id, span_id, time) IN (SELECT spans.trace_id, spans.span_id, spans.time
        ${matching} ORDER BY spans.time, spans.span_id LIMIT ${each_max} BY spans.trace_id)`,
      range,
      rest: sql`ORDER BY time, span_id`,
      rows_max: all_max,
    },
    context,
  )
  return byTrace(spans)
}

function byTrace(spans: readonly Span[]): Map<string, Span[]> {
  const groups = new Map<string, Span[]>()
  for (const span of spans) {
    const known = groups.get(span.trace_id)
    if (known === undefined) groups.set(span.trace_id, [span])
    else known.push(span)
  }
  return groups
}

type Sum = Pick<FoundTrace, 'root_service' | 'root_name' | 'time_ns' | 'duration_ns' | 'services'>

/** What whole traces amount to, of what the caller may see. */
async function sumsOf(
  chosen: Sql,
  extent: RangeAsk,
  context: QueryContext,
): Promise<Map<string, Sum>> {
  const sums = traceSums(context)
  const options = queryOptions(context)
  const [rows, services] = await Promise.all([
    context.store.rows<{
      trace: string
      start: string
      duration: string
      service: string
      name: string
    }>(
      sql`SELECT lower(hex(trace_id)) AS trace, toString(toUnixTimestamp64Nano(min(time))) AS start,
        toString(${sums.duration_ns}) AS duration, ${sums.rootServiceName} AS service,
        ${sums.rootName} AS name
      FROM ${sql.identifier(sums.table)}
      WHERE trace_id IN (${chosen}) AND ${within(sums.table, extent, context.scope)}
      GROUP BY trace_id`,
      options,
    ),
    context.store.rows<{ trace: string; name: string; spans: string; errors: string }>(
      sql`SELECT lower(hex(trace_id)) AS trace, service AS name, count() AS spans,
        countIf(status = 'error') AS errors
      FROM spans WHERE trace_id IN (${chosen}) AND ${within('spans', extent, context.scope)}
      GROUP BY trace_id, service ORDER BY service`,
      options,
    ),
  ])
  const found = new Map<
    string,
    Sum & { services: Map<string, { spans: number; errors: number }> }
  >()
  for (const row of rows) {
    found.set(row.trace, {
      root_service: row.service,
      root_name: row.name,
      time_ns: BigInt(row.start),
      duration_ns: Number(row.duration),
      services: new Map(),
    })
  }
  for (const { trace, name, spans, errors } of services) {
    found.get(trace)?.services.set(name, { spans: Number(spans), errors: Number(errors) })
  }
  return found
}

async function searchInMemory(query: Query, ask: SearchAsk, context: QueryContext): Promise<Found> {
  const { traces_max, spans_max } = ask
  const { ids, capped } = await candidates(query, ask.range, context)
  const traces: FoundTrace[] = []
  let inspected = 0
  let isCut = false
  const turns = new Turns(context)
  for (let at = 0; at < ids.length && traces.length < traces_max; at += traces_per_read) {
    const read = await readTraces(ids.slice(at, at + traces_per_read), context)
    isCut ||= read.capped
    for (const trace of read.traces) {
      inspected++
      await turns.next(trace.spans.length)
      const groups = runStages(query.stages, [{ spans: trace.spans, by: [] }], trace)
      if (groups.length > 0 && traces.length < traces_max) {
        traces.push(foundOf(trace, groups, spans_max))
      }
    }
  }
  return { traces, inspected, capped: isCut || (capped && traces.length < traces_max) }
}

function foundOf(trace: Trace, groups: readonly SpanGroup[], spans_max: number): FoundTrace {
  const services = new Map<string, { spans: number; errors: number }>()
  for (const span of trace.spans) {
    const sum = services.get(span.service) ?? { spans: 0, errors: 0 }
    sum.spans++
    if (span.status === 'error') sum.errors++
    services.set(span.service, sum)
  }
  const { trace_id, root_service, root_name, time_ns, duration_ns } = trace
  const spansets = groups.map(({ spans, by }) => ({
    spans: spans.slice(0, spans_max),
    by,
    matched: spans.length,
  }))
  return { trace_id, root_service, root_name, time_ns, duration_ns, services, spansets, trace }
}

/** Traces that may match, newest first. */
export async function candidates(
  query: Query,
  range: RangeAsk,
  context: QueryContext,
): Promise<{ ids: string[]; capped: boolean }> {
  const compiling: Compiling = { range, context, joinsResources: false }
  const plan = candidatePlan(query.stages, compiling)
  const rows = await context.store.rows<{ trace: string }>(
    sql`SELECT lower(hex(trace_id)) AS trace ${fromSpans(compiling, plan.where)}
      GROUP BY trace_id HAVING ${plan.having}
      ORDER BY max(time) DESC, trace LIMIT ${candidates_max + 1}`,
    { ...queryOptions(context), rows_max: candidates_max + 1 },
  )
  const ids = rows.map((row) => row.trace)
  return { ids: ids.slice(0, candidates_max), capped: ids.length > candidates_max }
}
