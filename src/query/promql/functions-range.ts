/** Functions over a range of samples, one entry each; the rates are in functions-rate.ts. */
import { QueryError } from '../series.ts'
import { rateFunctions } from './functions-rate.ts'
import type { NativeHistogram } from './histogram.ts'
import { areEqual, isReset } from './histograms/arithmetic.ts'
import { HistogramTotal } from './histograms/sum.ts'
import type { RangeWindow } from './range-window.ts'
import { Mean, quantileOf, regression, sumOf, varianceOf } from './statistics.ts'

/** A float, unless a histogram is set. */
export type RangeOut = { value: number; histogram: NativeHistogram | undefined }

/** Called with windows that hold a sample at least. False where there is no result. */
export type RangeFunction = (window: RangeWindow, args: readonly number[], out: RangeOut) => boolean

/** A function of floats alone: histograms beside them are told of, and skipped. */
function ofFloats(
  compute: (window: RangeWindow, args: readonly number[]) => number,
  floats_min = 1,
): RangeFunction {
  return (window, args, out) => {
    const { floats, histograms } = window
    if (floats === 0) return false
    if (histograms > 0) window.notes.ignoredInRange(window.metric, window.place)
    if (floats < floats_min) return false
    out.value = compute(window, args)
    return true
  }
}

function total(isMean: boolean): RangeFunction {
  return (window, _args, out) => {
    const { columns, floats, histograms, notes, place, from, to } = window
    if (floats > 0 && histograms > 0) {
      notes.mixedFloatsHistograms(window.metric, place)
      return false
    }
    if (floats > 0) {
      if (!isMean) {
        out.value = sumOf(columns.values, from, to)
        return true
      }
      const mean = new Mean()
      for (let at = from; at < to; at++) mean.add(columns.values[at]!)
      out.value = mean.result()
      return true
    }
    const collected = new HistogramTotal(isMean)
    for (let at = 0; at < histograms; at++) collected.add(window.histogram(at))
    if (collected.isMixed) {
      notes.mixedExponentialCustom(window.metric, place)
      return false
    }
    if (collected.hasCollision) notes.resetCollision('aggregation', place)
    if (collected.wasReconciled) notes.boundsReconciled('aggregation', place)
    out.histogram = collected.result()
    return out.histogram !== undefined
  }
}

/** The greatest or least float; `isLater` where equal ones' last time is wanted. */
function extreme(isMaximum: boolean, wantsTime: boolean): RangeFunction {
  return ofFloats((window) => {
    const { values, times } = window.columns
    let best = window.from
    for (let at = window.from + 1; at < window.to; at++) {
      const value = values[at]!
      const known = values[best]!
      const isBetter = isMaximum ? value > known : value < known
      if (isBetter || Number.isNaN(known) || (wantsTime && value === known)) best = at
    }
    return wantsTime ? times[best]! / 1000 : values[best]!
  })
}

function copyOf(window: RangeWindow, at: number): Float64Array {
  return window.columns.values.slice(window.from + at, window.to)
}

/** All samples in order of time, floats and histograms mixed. */
function* inOrder(window: RangeWindow): Generator<number | NativeHistogram> {
  const { times, values, histogramTimes, histograms } = window.columns
  let { from, histogramFrom } = window
  while (from < window.to || histogramFrom < window.histogramTo) {
    const time = from < window.to ? times[from]! : Number.POSITIVE_INFINITY
    const other =
      histogramFrom < window.histogramTo ? histogramTimes[histogramFrom]! : Number.POSITIVE_INFINITY
    if (time < other) yield values[from++]!
    else yield histograms[histogramFrom++] as NativeHistogram
  }
}

function counted(differs: (before: number, now: number) => boolean, hasFallen: Differs) {
  const count: RangeFunction = (window, _args, out) => {
    let sum = 0
    if (window.histograms === 0) {
      const { values } = window.columns
      for (let at = window.from + 1; at < window.to; at++) {
        if (differs(values[at - 1]!, values[at]!)) sum += 1
      }
      out.value = sum
      return true
    }
    let before: number | NativeHistogram | undefined
    for (const now of inOrder(window)) {
      if (before !== undefined) {
        if (typeof before === 'number' && typeof now === 'number') {
          if (differs(before, now)) sum += 1
        } else if (typeof before === 'number' || typeof now === 'number') sum += 1
        else if (hasFallen(before, now)) sum += 1
      }
      before = now
    }
    out.value = sum
    return true
  }
  return count
}
type Differs = (before: NativeHistogram, now: NativeHistogram) => boolean

/** The first or the last sample of either kind, or its time. */
function edge(isLast: boolean, wantsTime: boolean): RangeFunction {
  return (window, _args, out) => {
    const { columns, floats, histograms } = window
    const at = isLast ? window.to - 1 : window.from
    const other = isLast ? window.histogramTo - 1 : window.histogramFrom
    const none = isLast ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    const time = floats > 0 ? columns.times[at]! : none
    const otherTime = histograms > 0 ? columns.histogramTimes[other]! : none
    const isFloat = isLast ? time > otherTime : time < otherTime
    if (wantsTime) out.value = (isFloat ? time : otherTime) / 1000
    else if (isFloat) out.value = columns.values[at]!
    else out.histogram = columns.histograms[other]
    return true
  }
}

function smoothing(window: RangeWindow, [smooth = 0, trend = 0]: readonly number[]): number {
  const { values } = window.columns
  let before = 0
  let smoothed = values[window.from]!
  let slope = values[window.from + 1]! - smoothed
  for (let at = window.from + 1; at < window.to; at++) {
    const x = smooth * values[at]!
    if (at > window.from + 1) slope = trend * (smoothed - before) + (1 - trend) * slope
    const y = (1 - smooth) * (smoothed + slope)
    before = smoothed
    smoothed = x + y
  }
  return smoothed
}

function factor(value: number, name: string, letters: string): void {
  if (value > 0 && value < 1) return
  const says = `invalid ${name} factor. Expected: 0 < ${letters} < 1, got: ${value.toFixed(6)}`
  throw new QueryError('execution', says)
}

const smoothed = ofFloats(smoothing, 2)

export const rangeFunctions: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  ...rateFunctions,
  ['sum_over_time', total(false)],
  ['avg_over_time', total(true)],
  ['min_over_time', extreme(false, false)],
  ['max_over_time', extreme(true, false)],
  ['ts_of_min_over_time', extreme(false, true)],
  ['ts_of_max_over_time', extreme(true, true)],
  ['first_over_time', edge(false, false)],
  ['last_over_time', edge(true, false)],
  ['ts_of_first_over_time', edge(false, true)],
  ['ts_of_last_over_time', edge(true, true)],
  [
    'count_over_time',
    (window, _args, out) => {
      out.value = window.floats + window.histograms
      return true
    },
  ],
  ...['present_over_time', 'absent_over_time'].map((name): [string, RangeFunction] => [
    name,
    (_window, _args, out) => {
      out.value = 1
      return true
    },
  ]),
  ['stdvar_over_time', ofFloats(({ columns, from, to }) => varianceOf(columns.values, from, to))],
  [
    'stddev_over_time',
    ofFloats(({ columns, from, to }) => Math.sqrt(varianceOf(columns.values, from, to))),
  ],
  [
    'quantile_over_time',
    ofFloats((window, [quantile = Number.NaN]) => {
      if (!(quantile >= 0 && quantile <= 1)) window.notes.invalidQuantile(quantile, window.place)
      return quantileOf(quantile, copyOf(window, 0))
    }),
  ],
  [
    'mad_over_time',
    ofFloats((window) => {
      if (copyOf(window, 0).some(Number.isNaN)) return Number.NaN
      const median = quantileOf(0.5, copyOf(window, 0))
      return quantileOf(
        0.5,
        copyOf(window, 0).map((value) => Math.abs(value - median)),
      )
    }),
  ],
  [
    'deriv',
    ofFloats(({ columns, from, to }) => {
      const { times, values } = columns
      return regression(times, values, from, to, times[from]!).slope
    }, 2),
  ],
  [
    'predict_linear',
    ofFloats((window, [duration_s = 0]) => {
      const { columns, from, to, time_ms } = window
      const { slope, intercept } = regression(columns.times, columns.values, from, to, time_ms)
      return slope * duration_s + intercept
    }, 2),
  ],
  [
    'double_exponential_smoothing',
    (window, args, out) => {
      factor(args[0] ?? 0, 'smoothing', 'sf')
      factor(args[1] ?? 0, 'trend', 'tf')
      return smoothed(window, args, out)
    },
  ],
  ['resets', counted((before, now) => now < before, isReset)],
  [
    'changes',
    counted(
      (before, now) => now !== before && !(Number.isNaN(now) && Number.isNaN(before)),
      (before, now) => !areEqual(now, before),
    ),
  ],
])
