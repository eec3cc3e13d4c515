/** What one evaluation carries along, and the values that expressions come to. */
import type { GridSeries, SeriesSource, Steps } from '../series.ts'
import type { Expression } from './ast.ts'
import type { Budget } from './budget.ts'
import type { NativeHistogram } from './histogram.ts'
import type { Notes } from './notes.ts'

/** Values are never changed once they are made: several expressions may share one. */
export type Value =
  | { kind: 'scalar'; values: Float64Array }
  | { kind: 'vector'; series: GridSeries[] }
  | { kind: 'string'; value: string }

/** What one node of the query took, its parts included, and where it stands in the text. */
export type NodeStats = {
  name: string
  from: number
  to: number
  took_ms: number
  series: number
  samples: number
}

export type Run = {
  source: SeriesSource
  /** The times of the whole query, whatever a subquery's are. */
  query: Steps
  lookback_ms: number
  /** Step of a subquery that names none. */
  subquery_step_ms: number
  budget: Budget
  notes: Notes
  stats: NodeStats[]
  /** Results by expression and times, for expressions that occur more than once. */
  memo: Map<string, Value>
  repeated: ReadonlySet<string>
  evaluate: (node: Expression, scope: Scope) => Promise<Value>
}

/** The steps that an expression is evaluated at. */
export type Scope = { run: Run; steps: Steps }

export const timeAt = (steps: Steps, at: number): number => steps.start_ms + at * steps.step_ms
export const lastTime = (steps: Steps): number => timeAt(steps, steps.count - 1)

export const isInstant = (scope: Scope): boolean => scope.run.query.count === 1

export function emptyGrid(labels: GridSeries['labels'], count: number): GridSeries {
  return { labels, values: new Float64Array(count), has: new Uint8Array(count) }
}

export async function vectorOf(node: Expression, scope: Scope): Promise<GridSeries[]> {
  const value = await scope.run.evaluate(node, scope)
  if (value.kind !== 'vector') throw new TypeError(`expected a vector, got a ${value.kind}`)
  return value.series
}

export async function scalarOf(node: Expression, scope: Scope): Promise<Float64Array> {
  const value = await scope.run.evaluate(node, scope)
  if (value.kind !== 'scalar') throw new TypeError(`expected a scalar, got a ${value.kind}`)
  return value.values
}

export function hasAny(series: GridSeries): boolean {
  return series.has.includes(1)
}

/** A float, unless a histogram is set. */
export type Sample = { value: number; histogram: NativeHistogram | undefined }

export function put(series: GridSeries, at: number, { value, histogram }: Sample): void {
  series.has[at] = 1
  if (histogram === undefined) series.values[at] = value
  else {
    series.histograms ??= new Array(series.has.length).fill(undefined)
    series.histograms[at] = histogram
  }
}
