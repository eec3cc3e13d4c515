/** Series in memory as a source of samples: for tests of the query languages, with no push-down. */
import { newest } from '../../src/query/promql/lookback.ts'
import { selects } from '../../src/query/promql/regexp.ts'
import type {
  GridSeries,
  Matcher,
  RawSeries,
  SeriesSource,
  Window,
} from '../../src/query/series.ts'

export class MemorySource implements SeriesSource {
  series: RawSeries[]

  constructor(series: RawSeries[] = []) {
    this.series = series
  }

  async raw(matchers: readonly Matcher[], from_ms: number, to_ms: number): Promise<RawSeries[]> {
    const is = selects(matchers)
    return this.series
      .filter(({ labels }) => is(labels))
      .map((series) => within(series, from_ms, to_ms))
      .filter(({ times_ms }) => times_ms.length > 0)
  }

  async instant(matchers: readonly Matcher[], window: Window): Promise<GridSeries[]> {
    const is = selects(matchers)
    return this.series
      .filter(({ labels }) => is(labels))
      .map((series) => newest(series, window, 'sample'))
      .filter((series) => series !== undefined)
  }
}

function within(series: RawSeries, from_ms: number, to_ms: number): RawSeries {
  const { times_ms, values, histograms, starts_ms } = series
  let from = 0
  while (from < times_ms.length && times_ms[from]! <= from_ms) from += 1
  let to = from
  while (to < times_ms.length && times_ms[to]! <= to_ms) to += 1
  return {
    labels: series.labels,
    times_ms: times_ms.subarray(from, to),
    values: values.subarray(from, to),
    ...(histograms === undefined ? {} : { histograms: histograms.slice(from, to) }),
    ...(starts_ms === undefined ? {} : { starts_ms: starts_ms.subarray(from, to) }),
  }
}
