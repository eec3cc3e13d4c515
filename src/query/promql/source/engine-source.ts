/**
 * Series from the store as PromQL and its relatives read them. Selectors are turned into stored
 * series by selection.ts; what the engine can compute itself is left to it by grid.ts.
 */
import type { QueryContext } from '../../context.ts'
import type {
  AggregateCall,
  GridSeries,
  Labels,
  Matcher,
  RangeCall,
  RawSeries,
  SeriesSource,
  Window,
} from '../../series.ts'
import { isSpanSeries, virtualSeries } from '../../traceql/span-series.ts'
import { compareLabels } from '../labels.ts'
import { newest } from '../lookback.ts'
import type { Times } from './catalog.ts'
import { aggregated, gridSeries, isAggregated, isComputed, isWhole } from './grid.ts'
import { readHistograms } from './histograms.ts'
import { labelsKey, merged } from './merge.ts'
import { readDeltas, readSamples } from './samples.ts'
import {
  findFewSeries,
  findSeries,
  hasDeltas,
  named,
  type Selection,
  type StoredSeries,
  select,
} from './selection.ts'

/** The store's times end in 2262, and nothing is older than 1970. */
const time_ms_max = 9_200_000_000_000

export type Tuning = {
  /** So few are brought faster than they are grouped in the engine. */
  few_series_max: number
  /** What the engine reads at once: 120 MB of its memory. */
  chunk_samples_max: number
}
const usual: Tuning = { few_series_max: 1_000, chunk_samples_max: 2_000_000 }

export class EngineSource implements SeriesSource {
  readonly #context: QueryContext
  /** A query's selectors often repeat each other: what was found for one holds for all. */
  readonly #selections = new Map<string, Promise<Selection | undefined>>()
  readonly #series = new Map<Selection, Promise<StoredSeries[]>>()

  readonly #tuning: Tuning

  constructor(context: QueryContext, tuning: Tuning = usual) {
    this.#tuning = tuning
    this.#context = context
  }

  async raw(matchers: readonly Matcher[], from_ms: number, to_ms: number): Promise<RawSeries[]> {
    const times = wholeTimes(from_ms, to_ms)
    if (times === undefined) return []
    const selection = await this.#select(times, matchers)
    const stored =
      selection === undefined ? [] : await this.#read(selection, await this.#seriesOf(selection))
    if (!isSpanSeries(matchers)) return stored
    const ofSpans = await virtualSeries(matchers, from_ms, to_ms, this.#context)
    return [...stored, ...ofSpans].sort(byLabels)
  }

  async instant(matchers: readonly Matcher[], window: Window): Promise<GridSeries[]> {
    if (isSpanSeries(matchers)) {
      const { from_ms, to_ms } = reachOf(window)
      const series = await this.raw(matchers, from_ms, to_ms)
      return series.flatMap((one) => newest(one, window, 'sample') ?? [])
    }
    const found = await this.#grids({ function: '', matchers, window })
    if (Array.isArray(found)) return found
    const series = await this.#read(found.selection, found.series)
    return series.flatMap((one) => newest(one, window, 'sample') ?? [])
  }

  async over(call: RangeCall): Promise<GridSeries[] | undefined> {
    if (!isComputed(call.function) || isSpanSeries(call.matchers)) return undefined
    const found = await this.#grids(call)
    return Array.isArray(found) ? found : undefined
  }

  async aggregate(call: AggregateCall): Promise<GridSeries[] | undefined> {
    if (!isComputed(call.function) || !isAggregated(call) || !isWhole(call.window)) return undefined
    if (isSpanSeries(call.matchers)) return undefined
    const selection = await this.#selected(call)
    if (selection === undefined) return []
    const { chosen } = selection
    const isOneName = chosen.every(({ name }) => name === chosen[0]!.name)
    if (!isOneName || !isOfNumbers(selection)) return undefined
    const few = await findFewSeries(this.#context, selection, this.#tuning.few_series_max)
    if (few !== undefined) {
      this.#series.set(selection, Promise.resolve(few))
      return undefined
    }
    if (await hasDeltas(this.#context, selection)) return undefined
    return aggregated(this.#context, selection, { ...call, ...this.#tuning })
  }

  #selected({ matchers, window }: RangeCall): Promise<Selection | undefined> {
    const { from_ms, to_ms } = reachOf(window)
    const times = wholeTimes(from_ms, to_ms)
    if (times === undefined) return Promise.resolve(undefined)
    return this.#select(times, matchers)
  }

  #select(times: Times, matchers: readonly Matcher[]): Promise<Selection | undefined> {
    const key = JSON.stringify([times, matchers])
    const known = this.#selections.get(key) ?? select(this.#context, times, matchers)
    this.#selections.set(key, known)
    return known
  }

  #seriesOf(selection: Selection): Promise<StoredSeries[]> {
    const known = this.#series.get(selection) ?? findSeries(this.#context, selection)
    this.#series.set(selection, known)
    return known
  }

  /** What the engine computed; where it cannot, the series that were found, or none. */
  async #grids(call: RangeCall): Promise<GridSeries[] | Found> {
    const selection = await this.#selected(call)
    if (selection === undefined) return []
    const series = await this.#seriesOf(selection)
    const isPlain =
      isWhole(call.window) &&
      isOfNumbers(selection) &&
      series.every(({ temporality }) => temporality !== 'delta') &&
      areApart(series)
    if (!isPlain) return { selection, series }
    return (
      await gridSeries(this.#context, selection, series, {
        ...call,
        ...this.#tuning,
      })
    ).sort(byLabels)
  }

  async #read(selection: Selection, series: readonly StoredSeries[]): Promise<RawSeries[]> {
    const context = this.#context
    const { from_ms, to_ms } = selection.times
    const range = { from_ms, to_ms: to_ms + 1 }
    const ofNumbers = series.filter(({ chosen }) => chosen.some(({ part }) => part === 'value'))
    const ofHistograms = series.filter(({ chosen }) => chosen.some(({ part }) => part !== 'value'))
    const deltas = ofNumbers.filter(({ temporality }) => temporality === 'delta')
    const others = ofNumbers.filter(({ temporality }) => temporality !== 'delta')
    const samples = await readSamples(context, selection, others, range)
    for (const [id, one] of await readDeltas(context, selection, deltas, range))
      samples.set(id, one)
    const found: RawSeries[] = []
    for (const { series_id, labels, chosen } of ofNumbers) {
      const read = samples.get(series_id)
      if (read === undefined) continue
      for (const { part, name } of chosen) {
        if (part === 'value') found.push({ labels: named(labels, name), ...read })
      }
    }
    found.push(...(await readHistograms(context, selection, ofHistograms, range)))
    return merged(found).sort(byLabels)
  }
}

const byLabels = (a: { labels: Labels }, b: { labels: Labels }) => compareLabels(a.labels, b.labels)

type Found = { selection: Selection; series: readonly StoredSeries[] }

function isOfNumbers({ chosen }: Selection): boolean {
  return chosen.every(({ part }) => part === 'value')
}

/** Series with equal labels have to be merged before anything is computed on them. */
function areApart(series: readonly StoredSeries[]): boolean {
  const seen = new Set<string>()
  for (const { labels, chosen } of series) {
    for (const { name } of chosen) {
      const key = labelsKey(named(labels, name))
      if (seen.has(key)) return false
      seen.add(key)
    }
  }
  return true
}

/** Whole milliseconds in [from_ms, to_ms] that lie in (from, to]; undefined when there are none. */
export function wholeTimes(from: number, to: number): Times | undefined {
  const from_ms = Math.max(0, Math.floor(from) + 1)
  const to_ms = Math.min(time_ms_max, Math.floor(to))
  return to_ms < from_ms ? undefined : { from_ms, to_ms }
}

/** (from_ms, to_ms] of all windows together. */
export function reachOf({ steps, range_ms, offset_ms }: Window): Times {
  const last_ms = steps.start_ms + (steps.count - 1) * steps.step_ms
  return { from_ms: steps.start_ms - offset_ms - range_ms, to_ms: last_ms - offset_ms }
}
