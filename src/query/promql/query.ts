/**
 * The way in: a query's text and times to its result, with warnings, infos and what each node
 * took. How many points a range may have is its caller's to say.
 */
import type { QueryContext } from '../context.ts'
import { type Labels, QueryError, type SeriesSource, type Steps } from '../series.ts'
import { bare, type Expression } from './ast.ts'
import { Budget } from './budget.ts'
import { evaluate, repeatedIn } from './evaluate.ts'
import { quote } from './go-text.ts'
import { finished, sortedByLabels } from './grid.ts'
import type { NativeHistogram } from './histogram.ts'
import { compareLabels } from './labels.ts'
import { Notes } from './notes.ts'
import { parse } from './parse.ts'
import type { NodeStats, Run, Scope, Value } from './run.ts'
import { timeAt } from './run.ts'
import { readRange, release } from './selectors.ts'
import { isStale, wordsOf } from './stale.ts'
import { typeOf } from './syntax/check-types.ts'

export type MatrixSeries = {
  labels: Labels
  times_ms: Float64Array
  values: Float64Array
  /** By position, where the sample is one. */
  histograms?: (NativeHistogram | undefined)[]
}
export type VectorSample = { labels: Labels; value: number; histogram?: NativeHistogram }
export type QueryValue =
  | { type: 'matrix'; series: MatrixSeries[] }
  | { type: 'vector'; time_ms: number; samples: VectorSample[] }
  | { type: 'scalar'; time_ms: number; value: number }
  | { type: 'string'; time_ms: number; value: string }
export type QueryResult = QueryValue & {
  warnings: string[]
  infos: string[]
  stats: NodeStats[]
  peak_samples: number
}

export type QueryOptions = {
  /** Five minutes where none is said. */
  lookback_ms?: number
  /** Step of subqueries that name none: one minute. */
  subquery_step_ms?: number
  /** Monotonic, in milliseconds. */
  clock?: () => number
}
export type RangeQuery = QueryOptions & {
  query: string
  start_ms: number
  end_ms: number
  step_ms: number
}
export type InstantQuery = QueryOptions & { query: string; time_ms: number }
export type QueryLimiting = Pick<QueryContext, 'limits' | 'signal'>

const lookback_ms_default = 300_000
const subquery_step_ms_default = 60_000

function runOf(
  expression: Expression,
  query: Steps,
  options: QueryOptions,
  source: SeriesSource,
  context: QueryLimiting,
): Run {
  const clock = options.clock ?? (() => performance.now())
  return {
    source,
    query,
    lookback_ms: options.lookback_ms ?? lookback_ms_default,
    subquery_step_ms: options.subquery_step_ms ?? subquery_step_ms_default,
    budget: new Budget(context.limits, context.signal, clock),
    notes: new Notes(),
    stats: [],
    memo: new Map(),
    repeated: repeatedIn(expression),
    evaluate,
  }
}

function told(value: QueryValue, query: string, run: Run): QueryResult {
  const { warnings, infos } = run.notes.told(query)
  return { ...value, warnings, infos, stats: run.stats, peak_samples: run.budget.peak }
}

export async function queryRange(
  ask: RangeQuery,
  source: SeriesSource,
  context: QueryLimiting,
): Promise<QueryResult> {
  const expression = parse(ask.query)
  const type = typeOf(expression)
  if (type === 'matrix' || type === 'string') {
    const shown = type === 'matrix' ? 'range vector' : type
    const says = `invalid expression type ${quote(shown)} for range query`
    throw new QueryError('bad_data', `${says}, must be Scalar or instant Vector`)
  }
  const count = Math.floor((ask.end_ms - ask.start_ms) / ask.step_ms) + 1
  const steps: Steps = { start_ms: ask.start_ms, step_ms: ask.step_ms, count: Math.max(0, count) }
  const run = runOf(expression, steps, ask, source, context)
  if (count <= 0) return told({ type: 'matrix', series: [] }, ask.query, run)
  const value = await evaluate(expression, { run, steps })
  return told({ type: 'matrix', series: matrixOf(value, steps) }, ask.query, run)
}

function matrixOf(value: Value, steps: Steps): MatrixSeries[] {
  if (value.kind === 'scalar') {
    const times_ms = value.values.map((_, at) => timeAt(steps, at))
    return [{ labels: [], times_ms, values: value.values }]
  }
  if (value.kind === 'string') return []
  return sortedByLabels(finished(value.series)).flatMap(({ labels, values, has, histograms }) => {
    const at: number[] = []
    for (let i = 0; i < has.length; i++) if (has[i] === 1) at.push(i)
    if (at.length === 0) return []
    const found = histograms === undefined ? undefined : at.map((i) => histograms[i])
    return {
      labels,
      times_ms: Float64Array.from(at, (i) => timeAt(steps, i)),
      values: Float64Array.from(at, (i) => values[i]!),
      ...(found?.some((one) => one !== undefined) ? { histograms: found } : {}),
    }
  })
}

export async function queryInstant(
  ask: InstantQuery,
  source: SeriesSource,
  context: QueryLimiting,
): Promise<QueryResult> {
  const expression = parse(ask.query)
  const { time_ms } = ask
  const steps: Steps = { start_ms: time_ms, step_ms: 1, count: 1 }
  const run = runOf(expression, steps, ask, source, context)
  const scope: Scope = { run, steps }
  if (typeOf(expression) === 'matrix') {
    return told({ type: 'matrix', series: await rangeOf(expression, scope) }, ask.query, run)
  }
  const value = await evaluate(expression, scope)
  return told(instantValue(value, time_ms), ask.query, run)
}

function instantValue(value: Value, time_ms: number): QueryValue {
  if (value.kind === 'string') return { type: 'string', time_ms, value: value.value }
  if (value.kind === 'scalar') {
    return { type: 'scalar', time_ms, value: value.values[0] ?? Number.NaN }
  }
  const samples = finished(value.series).flatMap(({ labels, values, has, histograms }) => {
    const histogram = histograms?.[0]
    if (has[0] !== 1) return []
    return { labels, value: values[0] ?? 0, ...(histogram === undefined ? {} : { histogram }) }
  })
  return { type: 'vector', time_ms, samples }
}

/** The samples of a range themselves. */
async function rangeOf(expression: Expression, scope: Scope): Promise<MatrixSeries[]> {
  const node = bare(expression)
  if (node.kind !== 'range' && node.kind !== 'subquery') return []
  const read = await readRange(node, scope)
  const end_ms = read.endAt(0)
  const series = read.raw.flatMap((raw): MatrixSeries[] => {
    const words = wordsOf(raw.values)
    const at: number[] = []
    raw.times_ms.forEach((time, i) => {
      if (time > end_ms - read.range_ms && time <= end_ms && !isStale(words, i)) at.push(i)
    })
    if (at.length === 0) return []
    const { labels, histograms } = raw
    return [
      {
        labels,
        times_ms: Float64Array.from(at, (i) => raw.times_ms[i]!),
        values: Float64Array.from(at, (i) => raw.values[i]!),
        ...(histograms === undefined ? {} : { histograms: at.map((i) => histograms[i]) }),
      },
    ]
  })
  release(read.raw, scope)
  return series.sort((a, b) => compareLabels(a.labels, b.labels))
}
