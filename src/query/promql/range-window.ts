/**
 * The samples that a range function reads at one step, as positions in columns that all steps of a
 * series share. Moves along the series; computes nothing.
 */
import type { Labels, RawSeries } from '../series.ts'
import type { NativeHistogram } from './histogram.ts'
import { labelOf, nameLabel } from './labels.ts'
import type { Notes } from './notes.ts'
import { anyStale, isStale, wordsOf } from './stale.ts'

/** A series without its stale samples, floats and histograms apart. */
export type Columns = {
  labels: Labels
  times: Float64Array
  values: Float64Array
  starts: Float64Array | undefined
  histogramTimes: Float64Array
  histograms: readonly NativeHistogram[]
  histogramStarts: Float64Array | undefined
}

const noTimes = new Float64Array(0)
const noHistograms: readonly NativeHistogram[] = []

export function columnsOf(raw: RawSeries): Columns {
  const { labels, times_ms, values, histograms, starts_ms: starts } = raw
  const words = wordsOf(values)
  if (histograms === undefined && !anyStale(words)) {
    const none = { histogramTimes: noTimes, histograms: noHistograms, histogramStarts: undefined }
    return { labels, times: times_ms, values, starts, ...none }
  }
  const floats: number[] = []
  const others: number[] = []
  for (let at = 0; at < values.length; at++) {
    if (isStale(words, at)) continue
    if (histograms?.[at] === undefined) floats.push(at)
    else others.push(at)
  }
  const isWhole = floats.length === values.length
  const pick = (from: Float64Array, at: readonly number[]) => Float64Array.from(at, (i) => from[i]!)
  return {
    labels,
    times: isWhole ? times_ms : pick(times_ms, floats),
    values: isWhole ? values : pick(values, floats),
    starts: starts === undefined || isWhole ? starts : pick(starts, floats),
    histogramTimes: others.length === 0 ? noTimes : pick(times_ms, others),
    histograms:
      others.length === 0 ? noHistograms : others.map((at) => histograms?.[at] as NativeHistogram),
    histogramStarts: starts === undefined || others.length === 0 ? undefined : pick(starts, others),
  }
}

export class RangeWindow {
  columns: Columns
  /** Floats are at [from, to), histograms at [histogramFrom, histogramTo). */
  from = 0
  to = 0
  histogramFrom = 0
  histogramTo = 0
  /** Time of evaluation, and the window (start_ms, end_ms]. */
  time_ms = 0
  start_ms = 0
  end_ms = 0
  readonly range_ms: number
  readonly notes: Notes
  /** Offset in the query of the function's first argument. */
  readonly place: number

  constructor(columns: Columns, range_ms: number, notes: Notes, place: number) {
    this.columns = columns
    this.range_ms = range_ms
    this.notes = notes
    this.place = place
  }

  restart(columns: Columns): void {
    this.columns = columns
    this.from = 0
    this.to = 0
    this.histogramFrom = 0
    this.histogramTo = 0
  }

  get floats(): number {
    return this.to - this.from
  }

  get histograms(): number {
    return this.histogramTo - this.histogramFrom
  }

  get metric(): string {
    return labelOf(this.columns.labels, nameLabel)
  }

  histogram(at: number): NativeHistogram {
    return this.columns.histograms[this.histogramFrom + at]!
  }

  /** Windows move forward only; the same one may come again. */
  move(time_ms: number, end_ms: number): void {
    this.time_ms = time_ms
    this.end_ms = end_ms
    this.start_ms = end_ms - this.range_ms
    const { times, histogramTimes } = this.columns
    let { from, to } = this
    while (to < times.length && times[to]! <= end_ms) to += 1
    while (from < to && times[from]! <= this.start_ms) from += 1
    this.from = from
    this.to = to
    if (histogramTimes.length === 0) return
    from = this.histogramFrom
    to = this.histogramTo
    while (to < histogramTimes.length && histogramTimes[to]! <= end_ms) to += 1
    while (from < to && histogramTimes[from]! <= this.start_ms) from += 1
    this.histogramFrom = from
    this.histogramTo = to
  }
}
