/** rate, increase, delta and their instant kin, over floats and over native histograms. */
import type { RangeFunction, RangeOut } from './functions-range.ts'
import type { NativeHistogram } from './histogram.ts'
import { isCustom } from './histogram-buckets.ts'
import {
  areCompatible,
  combine,
  compact,
  divide,
  emptyLike,
  isReset,
  multiply,
  withHint,
} from './histograms/arithmetic.ts'
import type { RangeWindow } from './range-window.ts'

/** Whether a series began anew between two samples, by when they say that it began. */
function hasRestarted(
  starts: Float64Array | undefined,
  times: Float64Array,
  before: number,
  at: number,
): boolean {
  if (starts === undefined) return false
  const start = starts[at]!
  const time = times[before]!
  if (start === 0 || start > times[at]! || start < time) return false
  return start > time || starts[before] !== 0
}

function floatIncrease(window: RangeWindow, isCounter: boolean): number {
  const { values, times, starts } = window.columns
  const { from, to } = window
  let increase = values[to - 1]! - values[from]!
  if (!isCounter) return increase
  let previous = values[from]!
  for (let at = from + 1; at < to; at++) {
    const value = values[at]!
    if (value < previous || hasRestarted(starts, times, at - 1, at)) increase += previous
    previous = value
  }
  return increase
}

/** Undefined where the histograms of the window do not go together. */
function histogramIncrease(window: RangeWindow, isCounter: boolean): NativeHistogram | undefined {
  const { notes, place, metric, histogramFrom: from, histogramTo: to } = window
  const { histograms, histogramTimes, histogramStarts } = window.columns
  const list = histograms.slice(from, to)
  const [origin, second] = list as [NativeHistogram, NativeHistogram]
  const last = list.at(-1) as NativeHistogram
  const hasGauge = list.some(({ reset_hint }) => reset_hint === 'gauge')
  if (isCounter && hasGauge) notes.notCounter(metric, place)
  const restarts = (at: number): boolean =>
    hasRestarted(histogramStarts, histogramTimes, from + at - 1, from + at) ||
    isReset(list[at - 1] as NativeHistogram, list[at] as NativeHistogram)
  // A counter that began anew after its first sample owes that sample nothing.
  const first = isCounter && restarts(1) ? emptyLike(second) : origin
  const mixes = (histogram: NativeHistogram) => isCustom(histogram) !== isCustom(first)
  if (mixes(last) || (isCounter && list.slice(1).some(mixes))) {
    notes.mixedExponentialCustom(metric, place)
    return undefined
  }
  let total = combine(last, first, -1)
  if (total?.wasReconciled) notes.boundsReconciled('subtraction', place)
  for (let at = 2; isCounter && total !== undefined && at < list.length; at++) {
    if (!restarts(at)) continue
    total = combine(total.histogram, list[at - 1] as NativeHistogram, 1)
    if (total?.wasReconciled) notes.boundsReconciled('addition', place)
  }
  const isGauge = origin.reset_hint === 'gauge' && last.reset_hint === 'gauge'
  if (!isCounter && !isGauge) notes.notGauge(metric, place)
  if (total === undefined) {
    notes.mixedExponentialCustom(metric, place)
    return undefined
  }
  return withHint(compact(total.histogram), 'gauge')
}

/** How much the increase between the samples grows when it is stretched to the window's ends. */
function stretch(
  window: RangeWindow,
  times: Float64Array,
  from: number,
  to: number,
  counter: { first: number; increase: number } | undefined,
): number {
  const first_ms = times[from]!
  const last_ms = times[to - 1]!
  let toStart = (first_ms - window.start_ms) / 1000
  let toEnd = (window.end_ms - last_ms) / 1000
  const sampled = (last_ms - first_ms) / 1000
  const average = sampled / (to - from - 1)
  const threshold = average * 1.1
  if (toStart >= threshold) toStart = average / 2
  if (counter !== undefined && counter.increase > 0 && counter.first >= 0) {
    // A counter is not followed to below zero.
    const toZero = sampled * (counter.first / counter.increase)
    if (toZero < toStart) toStart = toZero
  }
  if (toEnd >= threshold) toEnd = average / 2
  return (sampled + toStart + toEnd) / sampled
}

function extrapolated(isCounter: boolean, isRate: boolean): RangeFunction {
  return (window, _args, out) => {
    const { columns, floats, histograms } = window
    if (histograms > 0 && floats > 0) {
      window.notes.mixedFloatsHistograms(window.metric, window.place)
      return false
    }
    if (histograms > 1) {
      const increase = histogramIncrease(window, isCounter)
      if (increase === undefined) return false
      const { histogramFrom: from, histogramTo: to } = window
      const first = window.histogram(0).count
      const counter = isCounter ? { first, increase: increase.count } : undefined
      let factor = stretch(window, columns.histogramTimes, from, to, counter)
      if (isRate) factor /= window.range_ms / 1000
      out.histogram = multiply(increase, factor)
      return true
    }
    if (floats < 2) return false
    const increase = floatIncrease(window, isCounter)
    const first = columns.values[window.from]!
    const counter = isCounter ? { first, increase } : undefined
    let factor = stretch(window, columns.times, window.from, window.to, counter)
    if (isRate) factor /= window.range_ms / 1000
    out.value = increase * factor
    return true
  }
}

function instantly(isRate: boolean): RangeFunction {
  return (window, _args, out) => {
    const { columns, floats, histograms, notes, place, metric } = window
    if (floats + histograms < 2) return false
    if (histograms === 0) return lastTwoFloats(window, isRate, out)
    const { times, histogramTimes } = columns
    const lastFloat = floats > 0 ? times[window.to - 1]! : Number.NEGATIVE_INFINITY
    const secondHistogram =
      histograms > 1 ? histogramTimes[window.histogramTo - 2]! : Number.NEGATIVE_INFINITY
    const secondFloat = floats > 1 ? times[window.to - 2]! : Number.NEGATIVE_INFINITY
    const lastHistogram = histogramTimes[window.histogramTo - 1]!
    if (secondFloat > lastHistogram) return lastTwoFloats(window, isRate, out)
    if (lastFloat > secondHistogram) {
      notes.mixedFloatsHistograms(metric, place)
      return false
    }
    return lastTwoHistograms(window, isRate, out)
  }
}

function lastTwoFloats(window: RangeWindow, isRate: boolean, out: RangeOut): boolean {
  const { values, times, starts } = window.columns
  const at = window.to - 1
  const interval_ms = times[at]! - times[at - 1]!
  if (interval_ms === 0) return false
  const last = values[at]!
  const before = values[at - 1]!
  const isNew = isRate && (last < before || hasRestarted(starts, times, at - 1, at))
  out.value = isNew ? last : last - before
  if (isRate) out.value /= interval_ms / 1000
  return true
}

function lastTwoHistograms(window: RangeWindow, isRate: boolean, out: RangeOut): boolean {
  const { notes, place, metric, histogramTo } = window
  const { histograms, histogramTimes: times, histogramStarts: starts } = window.columns
  const at = histogramTo - 1
  const last = histograms[at] as NativeHistogram
  const before = histograms[at - 1] as NativeHistogram
  const interval_ms = times[at]! - times[at - 1]!
  if (interval_ms === 0) return false
  const gauges = [last, before].filter(({ reset_hint }) => reset_hint === 'gauge').length
  if (isRate && gauges > 0) notes.notCounter(metric, place)
  if (!isRate && gauges < 2) notes.notGauge(metric, place)
  let result = last
  if (!isRate || (!hasRestarted(starts, times, at - 1, at) && !isReset(before, last))) {
    const difference = areCompatible(last, before) ? combine(last, before, -1) : undefined
    if (difference === undefined) {
      notes.mixedExponentialCustom(metric, place)
      return false
    }
    if (difference.wasReconciled) notes.boundsReconciled('subtraction', place)
    result = difference.histogram
  }
  result = withHint(compact(result), 'gauge')
  out.histogram = isRate ? divide(result, interval_ms / 1000) : result
  return true
}

export const rateFunctions: readonly (readonly [string, RangeFunction])[] = [
  ['rate', extrapolated(true, true)],
  ['increase', extrapolated(true, false)],
  ['delta', extrapolated(false, false)],
  ['irate', instantly(true)],
  ['idelta', instantly(false)],
]
