/**
 * Ranges with `anchored` or `smoothed`: computed from the values at the very ends of the window,
 * taken from the sample before it or on the line between the samples around it.
 */
import { type GridSeries, QueryError } from '../series.ts'
import type { Call, RangeSelector } from './ast.ts'
import type { RangeFunction } from './functions-range.ts'
import { overSeries } from './range-call.ts'
import { type Columns, RangeWindow } from './range-window.ts'
import type { Scope } from './run.ts'
import { readRange, release, spread } from './selectors.ts'

type Extension = 'anchored' | 'smoothed'

const anchoredOnes = new Set(['rate', 'increase', 'delta', 'resets', 'changes'])
const smoothedOnes = new Set(['rate', 'increase', 'delta'])

export async function extendedFunctions(
  node: Call,
  range: RangeSelector,
  extension: Extension,
  args: readonly Float64Array[],
  scope: Scope,
): Promise<GridSeries[]> {
  const known = extension === 'anchored' ? anchoredOnes : smoothedOnes
  if (!known.has(node.name)) {
    const names = [...known].sort().join(', ')
    const says = `${extension} modifier can only be used with: ${names} - not with ${node.name}`
    throw new QueryError('bad_data', says)
  }
  const { lookback_ms } = scope.run
  const margin = {
    before_ms: lookback_ms,
    after_ms: extension === 'smoothed' ? lookback_ms : 0,
  }
  const read = await readRange(range, scope, margin)
  if (read.raw.some(({ histograms }) => histograms?.some((one) => one !== undefined))) {
    const says = 'smoothed and anchored modifiers do not work with native histograms'
    throw new QueryError('execution', says)
  }
  const compute = extended(node.name, extension, lookback_ms)
  const count = read.isFixed ? 1 : scope.steps.count
  const place = range.from
  // The window is widened so that the samples around it are in reach.
  const wide = { ...read, range_ms: read.range_ms + margin.before_ms + margin.after_ms }
  const shifted = { ...wide, endAt: (step: number) => read.endAt(step) + margin.after_ms }
  const bounded: RangeFunction = (window, given, out) => {
    const end_ms = window.end_ms - margin.after_ms
    const inner = innerWindow(window, read.range_ms)
    inner.start_ms = end_ms - read.range_ms
    inner.end_ms = end_ms
    return compute(inner, given, out)
  }
  const series = await overSeries(shifted, bounded, args, count, { scope, place, isNamed: false })
  release(read.raw, scope)
  return spread(series, scope.steps.count)
}

function innerWindow(wide: RangeWindow, range_ms: number): RangeWindow {
  const inner = new RangeWindow(wide.columns, range_ms, wide.notes, wide.place)
  inner.from = wide.from
  inner.to = wide.to
  inner.time_ms = wide.time_ms
  return inner
}

/** The last position at or before a time, or the first of all. */
function before({ times }: Columns, from: number, to: number, time_ms: number): number {
  let at = from
  while (at + 1 < to && times[at + 1]! <= time_ms) at += 1
  return at
}

function line(columns: Columns, at: number, time_ms: number, isCounter: boolean): number {
  const { times, values } = columns
  const y2 = values[at + 1]!
  const y1 = isCounter && y2 < values[at]! ? 0 : values[at]!
  return y1 + ((y2 - y1) * (time_ms - times[at]!)) / (times[at + 1]! - times[at]!)
}

function extended(name: string, extension: Extension, lookback_ms: number): RangeFunction {
  if (name === 'resets' || name === 'changes') return counted(name)
  const isCounter = name !== 'delta'
  return (window, _args, out) => {
    const { columns, from, to, start_ms, end_ms } = window
    const { times, values } = columns
    if (to === from) return false
    const isSmooth = extension === 'smoothed'
    const first = before(columns, from, to, start_ms)
    let last = to - 1
    if (isSmooth) {
      last = first
      while (last < to - 1 && times[last]! < end_ms) last += 1
    }
    if (times[last]! <= start_ms) return false
    if (isSmooth && times[first]! > end_ms + lookback_ms) return false
    const left =
      isSmooth && times[first]! < start_ms
        ? line(columns, first, start_ms, isCounter)
        : values[first]!
    const right =
      isSmooth && last > from && times[last]! > end_ms
        ? line(columns, last - 1, end_ms, isCounter)
        : values[last]!
    let result = right - left
    if (isCounter) {
      const begin = times[first]! <= start_ms ? first + 1 : first
      const end = times[last]! >= end_ms ? last - 1 : last
      let previous = left
      for (let at = begin; at <= end; at++) {
        if (values[at]! < previous) result += previous
        previous = values[at]!
      }
      if (right < previous) result += previous
    }
    out.value = name === 'rate' ? result / (window.range_ms / 1000) : result
    return true
  }
}

function counted(name: 'resets' | 'changes'): RangeFunction {
  return (window, _args, out) => {
    const { columns, from, to, start_ms } = window
    const { times, values } = columns
    if (to === from || times[to - 1]! <= start_ms) return false
    let count = 0
    for (let at = before(columns, from, to, start_ms) + 1; at < to; at++) {
      const now = values[at]!
      const then = values[at - 1]!
      if (
        name === 'resets' ? now < then : now !== then && !(Number.isNaN(now) && Number.isNaN(then))
      ) {
        count += 1
      }
    }
    out.value = count
    return true
  }
}
