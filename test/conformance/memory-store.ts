/** Samples of promqltest files in memory, with the hints that Prometheus's store would give. */
import type { NativeHistogram, ResetHint } from '../../src/query/promql/histogram.ts'
import { isReset, withHint } from '../../src/query/promql/histograms/arithmetic.ts'
import { keyOf } from '../../src/query/promql/labels.ts'
import { isStale, wordsOf } from '../../src/query/promql/stale.ts'
import type { RawSeries } from '../../src/query/series.ts'
import { MemorySource } from './memory-source.ts'
import type { TestStore } from './promqltest-run.ts'

export class MemoryStore implements TestStore {
  readonly source = new MemorySource()

  async clear(): Promise<void> {
    this.source.series = []
  }

  async load(series: RawSeries[]): Promise<void> {
    const all = new Map(this.source.series.map((one) => [keyOf(one.labels), one]))
    for (const one of series) {
      const known = all.get(keyOf(one.labels))
      all.set(keyOf(one.labels), hinted(known === undefined ? one : joined(known, one)))
    }
    this.source.series = [...all.values()]
  }
}

/** Later samples replace those of the same time. */
function joined(a: RawSeries, b: RawSeries): RawSeries {
  const at = new Map<number, [RawSeries, number]>()
  for (const one of [a, b]) {
    for (const [i, time] of one.times_ms.entries()) at.set(time, [one, i])
  }
  const times = [...at.keys()].sort((x, y) => x - y)
  const found = times.map((time) => at.get(time) as [RawSeries, number])
  const values = new Float64Array(times.length)
  const words = wordsOf(values)
  found.forEach(([one, i], index) => {
    const from = wordsOf(one.values)
    words[2 * index] = from[2 * i] ?? 0
    words[2 * index + 1] = from[2 * i + 1] ?? 0
  })
  const histograms = found.map(([one, i]) => one.histograms?.[i])
  const hasHistogram = histograms.some((histogram) => histogram !== undefined)
  return {
    labels: a.labels,
    times_ms: Float64Array.from(times),
    values,
    ...(hasHistogram ? { histograms } : {}),
  }
}

/** Within a run of histograms without a reset each but the first is known not to be one. */
function hinted(series: RawSeries): RawSeries {
  const { histograms, values } = series
  if (histograms === undefined) return series
  const words = wordsOf(values)
  let before: NativeHistogram | undefined
  const out = histograms.map((histogram, at) => {
    if (histogram === undefined || isStale(words, at)) {
      before = undefined
      return histogram
    }
    if (histogram.reset_hint === 'gauge') {
      before = undefined
      return histogram
    }
    const made = withHint(histogram, hintOf(before, histogram))
    before = histogram
    return made
  })
  return { ...series, histograms: out }
}

function hintOf(before: NativeHistogram | undefined, now: NativeHistogram): ResetHint {
  if (before === undefined || before.schema !== now.schema) return 'unknown'
  const plain = withHint(now, now.reset_hint === 'reset' ? 'reset' : 'unknown')
  return isReset(before, plain) ? 'unknown' : 'not_reset'
}
