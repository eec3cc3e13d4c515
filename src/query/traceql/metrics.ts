/**
 * TraceQL's metrics: series over time of the spans that a pipeline finds. The engine computes those
 * of one spanset, all others are computed from candidate traces in memory. Knows no HTTP.
 */
import type { RangeAsk } from '../../model/question.ts'
import type { QueryContext } from '../context.ts'
import { QueryError } from '../series.ts'
import { readTraceql } from './check.ts'
import { enginePlan } from './compile.ts'
import { type Compiling, NotInEngine } from './compile-names.ts'
import { runStages } from './evaluate.ts'
import { comparedInEngine } from './metrics-compare.ts'
import { metricsInEngine } from './metrics-engine.ts'
import { metricsInMemory } from './metrics-memory.ts'
import type { Plain } from './otlp.ts'
import { readTraces } from './read-traces.ts'
import { candidates } from './search.ts'
import type { Span, Trace } from './span.ts'
import type { Metrics, Query, SecondStage } from './tree.ts'
import { Turns } from './turn.ts'
import { compare } from './value.ts'

export type MetricsAsk = {
  query: string
  range: RangeAsk
  /** Absent: one value for the whole range. */
  step_ms?: number
  /** Spans that are told beside the series. */
  exemplars_max: number
}

/** Intervals begin at start_ms + i * step_ms and hold their start. */
export type Grid = { start_ms: number; step_ms: number; count: number }

export type Exemplar = { trace_id: string; time_ms: number; value: number }
export type MetricSeries = {
  /** undefined is a span that has no such attribute. */
  labels: { name: string; value: Plain | undefined }[]
  /** Not a number where there is none. */
  values: Float64Array
  exemplars: Exemplar[]
}
export type MetricsAnswer = { grid: Grid; series: MetricSeries[]; capped: boolean }

const candidate_traces_per_read = 50

export async function traceMetrics(ask: MetricsAsk, context: QueryContext): Promise<MetricsAnswer> {
  const query = readTraceql(ask.query)
  const { metrics } = query
  if (metrics === undefined) {
    throw new QueryError('bad_data', 'not a metrics query: expected rate(), count_over_time(), …')
  }
  const grid = gridOf(ask, context)
  const range = { ...ask.range, from_ms: grid.start_ms, to_ms: endOf(grid) }
  const hint = query.hints.find(({ name }) => name === 'exemplars')
  const exemplars_max = hint === undefined ? ask.exemplars_max : hintedCount(hint.value.value)
  const asked = { query, metrics, grid, range, exemplars_max }
  const found = (await inEngine(asked, context)) ?? (await inMemory(asked, context))
  const series = secondStages(query.second, found.series, grid)
  if (series.length > context.limits.series_max) {
    throw new QueryError('execution', `the query has more than ${context.limits.series_max} series`)
  }
  return { grid, series, capped: found.capped }
}

function hintedCount(value: unknown): number {
  return typeof value === 'number' ? Math.min(1_000, Math.max(0, value)) : value === true ? 100 : 0
}

function gridOf({ range, step_ms }: MetricsAsk, { limits }: QueryContext): Grid {
  const { from_ms, to_ms } = range
  if (step_ms === undefined) return { start_ms: from_ms, step_ms: to_ms - from_ms, count: 1 }
  const start_ms = Math.floor(from_ms / step_ms) * step_ms
  const count = Math.ceil((to_ms - start_ms) / step_ms)
  if (count > limits.points_max) {
    throw new QueryError('bad_data', `the range has more than ${limits.points_max} steps`)
  }
  return { start_ms, step_ms, count }
}

export function endOf({ start_ms, step_ms, count }: Grid): number {
  return start_ms + step_ms * count
}

export type AskedMetrics = {
  query: Query
  metrics: Metrics
  grid: Grid
  range: RangeAsk
  exemplars_max: number
}
type Found = { series: MetricSeries[]; capped: boolean }

async function inEngine(asked: AskedMetrics, context: QueryContext): Promise<Found | undefined> {
  const compiling: Compiling = { range: asked.range, context, joinsResources: false }
  const { query, metrics } = asked
  if (query.stages.some(({ tag }) => tag !== 'spanset' && tag !== 'select')) return undefined
  const plan = enginePlan(query.stages, compiling)
  if (plan === undefined) return undefined
  try {
    return metrics.function === 'compare'
      ? await comparedInEngine(asked, plan.where, compiling)
      : await metricsInEngine(asked, plan.where, compiling)
  } catch (error) {
    if (error instanceof NotInEngine) return undefined
    throw error
  }
}

async function inMemory(asked: AskedMetrics, context: QueryContext): Promise<Found> {
  const { query, metrics, grid, range, exemplars_max } = asked
  if (metrics.function === 'compare') {
    throw new QueryError('bad_data', 'compare() is supported for a single spanset only')
  }
  const { ids, capped } = await candidates(query, range, context)
  const spans: { span: Span; trace: Trace }[] = []
  let isCut = capped
  const turns = new Turns(context)
  for (let at = 0; at < ids.length; at += candidate_traces_per_read) {
    const read = await readTraces(ids.slice(at, at + candidate_traces_per_read), context)
    isCut ||= read.capped
    for (const trace of read.traces) {
      await turns.next(trace.spans.length)
      const groups = runStages(query.stages, [{ spans: trace.spans, by: [] }], trace)
      for (const span of new Set(groups.flatMap((group) => group.spans)))
        spans.push({ span, trace })
    }
  }
  return { series: metricsInMemory(metrics, spans, grid, exemplars_max), capped: isCut }
}

function secondStages(
  stages: readonly SecondStage[],
  all: readonly MetricSeries[],
  grid: Grid,
): MetricSeries[] {
  let series = [...all]
  for (const stage of stages) {
    if (stage.tag === 'compare') {
      for (const { values } of series) {
        const wanted = scaled(stage.value)
        values.forEach((value, at) => {
          if (!compare(stage.operator, value, wanted)) values[at] = Number.NaN
        })
      }
    } else keepFirst(stage, series, grid)
    series = series.filter(({ values }) => values.some((value) => !Number.isNaN(value)))
  }
  return series
}

/** Durations of series are in seconds. */
function scaled({ type, value }: { type: string; value: unknown }): number {
  return type === 'duration' ? Number(value) / 1e9 : Number(value)
}

/** Of each interval, so many series with the largest or smallest values; by labels among equals. */
function keepFirst(
  { tag, count }: { tag: 'topk' | 'bottomk'; count: number },
  series: MetricSeries[],
  grid: Grid,
): void {
  const sign = tag === 'topk' ? -1 : 1
  const names = new Map(series.map((one) => [one, JSON.stringify(one.labels)]))
  for (let at = 0; at < grid.count; at++) {
    const there = series.filter(({ values }) => !Number.isNaN(values[at]!))
    there.sort(
      (a, b) => sign * (a.values[at]! - b.values[at]!) || (names.get(a)! < names.get(b)! ? -1 : 1),
    )
    for (const { values } of there.slice(count)) values[at] = Number.NaN
  }
}
