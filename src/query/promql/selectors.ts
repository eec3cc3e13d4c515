/** Selectors read from the source: instant ones, ranges, and subqueries as if they were stored. */
import {
  type GridSeries,
  type Matcher,
  QueryError,
  type RawSeries,
  type Steps,
  type Window,
} from '../series.ts'
import type { At, RangeSelector, Selector, Shift, Subquery } from './ast.ts'
import type { NativeHistogram } from './histogram.ts'
import { withHint } from './histograms/arithmetic.ts'
import { newest } from './lookback.ts'
import { lastTime, type Run, type Scope, timeAt, vectorOf } from './run.ts'
import { durationMs } from './syntax/parse-numbers.ts'

export const queryTimes = (run: Run) => {
  const { query } = run
  return {
    step_s: query.count === 1 ? 0 : query.step_ms / 1000,
    range_s: (lastTime(query) - query.start_ms) / 1000,
  }
}

export function atTime(at: At, run: Run): number {
  if (at.kind === 'time') return at.ms
  return at.kind === 'start' ? run.query.start_ms : lastTime(run.query)
}

/** Durations that use step() or range() are known only now. */
export function offsetMs(node: Shift, run: Run): number {
  if (node.offset === undefined || !Number.isNaN(node.offset_ms)) return node.offset_ms
  return durationMs(node.offset, queryTimes(run))
}

export function rangeMs(node: RangeSelector | Subquery, run: Run): number {
  if (!Number.isNaN(node.range_ms)) return node.range_ms
  return positive(durationMs(node.range, queryTimes(run)))
}

function positive(duration_ms: number): number {
  if (duration_ms > 0) return duration_ms
  throw new QueryError('bad_data', 'duration must be greater than 0')
}

/** The steps that a selector reads for: its own time where it has @. */
export function readSteps(node: Shift, scope: Scope): Steps {
  if (node.at === undefined) return scope.steps
  return { start_ms: atTime(node.at, scope.run), step_ms: scope.steps.step_ms, count: 1 }
}

export function instantWindow(node: Selector, scope: Scope): Window {
  const { run } = scope
  return {
    steps: readSteps(node, scope),
    range_ms: run.lookback_ms,
    offset_ms: offsetMs(node, run),
  }
}

export async function readInstant(node: Selector, scope: Scope): Promise<GridSeries[]> {
  const series = await scope.run.source.instant(node.matchers, instantWindow(node, scope))
  return spread(series, scope.steps.count)
}

/** One step's values for all steps, where they do not depend on the step. */
export function spread(series: GridSeries[], count: number): GridSeries[] {
  if (count === 1 || series.every(({ has }) => has.length === count)) return series
  return series.map((one) => {
    if (one.has.length === count) return one
    const histogram = one.histograms?.[0]
    return {
      ...one,
      values: new Float64Array(count).fill(one.values[0] ?? 0),
      has: new Uint8Array(count).fill(one.has[0] ?? 0),
      ...(histogram === undefined ? {} : { histograms: new Array(count).fill(histogram) }),
    }
  })
}

/** The time that each sample was taken at: what timestamp() of a selector is. */
export async function readTimes(
  node: Selector,
  scope: Scope,
  what: 'time' | 'start' = 'time',
): Promise<GridSeries[]> {
  const window = instantWindow(node, scope)
  const { steps, range_ms, offset_ms } = window
  const from_ms = steps.start_ms - offset_ms - range_ms
  const raw = await readRaw(node.matchers, from_ms, lastTime(steps) - offset_ms, scope)
  const times = raw.map((one) => newest(one, window, what)).filter((one) => one !== undefined)
  release(raw, scope)
  return spread(times, scope.steps.count)
}

const sizeOf = (raw: readonly RawSeries[]): number =>
  raw.reduce((sum, { times_ms }) => sum + times_ms.length, 0)

export async function readRaw(
  matchers: readonly Matcher[],
  from_ms: number,
  to_ms: number,
  scope: Scope,
): Promise<RawSeries[]> {
  const raw = await scope.run.source.raw(matchers, from_ms, to_ms)
  scope.run.budget.hold(sizeOf(raw))
  return raw
}

export function release(raw: readonly RawSeries[], scope: Scope): void {
  scope.run.budget.release(sizeOf(raw))
}

/** A range's samples, and the end of the window of each step. */
export type Range = {
  raw: ReadSeries[]
  range_ms: number
  endAt: (step: number) => number
  /** All steps read one window. */
  isFixed: boolean
}

export async function readRange(
  node: RangeSelector | Subquery,
  scope: Scope,
  /** How much more is read before and after the windows. */
  margin: { before_ms: number; after_ms: number } = { before_ms: 0, after_ms: 0 },
): Promise<Range> {
  const { run, steps } = scope
  const shift = node.kind === 'range' ? node.selector : node
  const range_ms = rangeMs(node, run)
  const offset_ms = offsetMs(shift, run)
  const reads = readSteps(shift, scope)
  const isFixed = shift.at !== undefined
  const endAt = (step: number) => (isFixed ? reads.start_ms : timeAt(steps, step)) - offset_ms
  const from_ms = reads.start_ms - offset_ms - range_ms - margin.before_ms
  const to_ms = lastTime(reads) - offset_ms + margin.after_ms
  const raw =
    node.kind === 'range'
      ? await readRaw(node.selector.matchers, from_ms, to_ms, scope)
      : await readSubquery(node, from_ms, to_ms, scope)
  return { raw, range_ms, endAt, isFixed }
}

/** The inner expression at multiples of the step within (from_ms, to_ms]. */
async function readSubquery(
  node: Subquery,
  from_ms: number,
  to_ms: number,
  scope: Scope,
): Promise<ReadSeries[]> {
  const { run } = scope
  const own_ms = Number.isNaN(node.step_ms)
    ? positive(durationMs(node.step ?? { kind: 'step' }, queryTimes(run)))
    : node.step_ms
  const step_ms = own_ms > 0 ? own_ms : run.subquery_step_ms
  let start_ms = step_ms * Math.trunc(from_ms / step_ms)
  if (start_ms <= from_ms) start_ms += step_ms
  const count = Math.floor((to_ms - start_ms) / step_ms) + 1
  if (count <= 0) return []
  run.budget.hold(count)
  const steps = { start_ms, step_ms, count }
  const series = await vectorOf(node.expression, { run, steps })
  run.budget.release(count)
  const raw = series.map((one) => stored(one, steps))
  run.budget.hold(sizeOf(raw))
  return raw
}

/** Stored samples, or a subquery's, whose name may already be about to go. */
export type ReadSeries = RawSeries & { dropName?: boolean }

function stored(series: GridSeries, steps: Steps): ReadSeries {
  const at: number[] = []
  for (let i = 0; i < steps.count; i++) if (series.has[i] === 1) at.push(i)
  const raw: ReadSeries = {
    labels: series.labels,
    ...(series.dropName === true ? { dropName: true } : {}),
    times_ms: Float64Array.from(at, (i) => timeAt(steps, i)),
    values: Float64Array.from(at, (i) => series.values[i]!),
  }
  if (series.histograms === undefined) return raw
  // Which samples a subquery leaves out is not known to the hints of those that it keeps.
  const histograms = at.map((i): NativeHistogram | undefined => {
    const histogram = series.histograms?.[i]
    if (histogram === undefined || histogram.reset_hint === 'gauge') return histogram
    return withHint(histogram, 'unknown')
  })
  return { ...raw, histograms }
}
