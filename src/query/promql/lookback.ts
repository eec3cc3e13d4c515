/** The newest sample of each window of stored samples: what an instant selector reads. */
import type { GridSeries, RawSeries, Window } from '../series.ts'
import type { NativeHistogram } from './histogram.ts'
import { timeAt } from './run.ts'
import { isStale, wordsOf } from './stale.ts'

/**
 * Samples in (t - offset - range, t - offset]; a stale one hides the series. `what` picks the
 * sample, or, in seconds, the time it was taken at or its counter began. Undefined where nothing
 * is found at any step.
 */
export function newest(
  raw: RawSeries,
  window: Window,
  what: 'sample' | 'time' | 'start',
): GridSeries | undefined {
  const { steps, range_ms, offset_ms } = window
  const { times_ms: times, histograms } = raw
  const words = wordsOf(raw.values)
  const values = new Float64Array(steps.count)
  const has = new Uint8Array(steps.count)
  let found: (NativeHistogram | undefined)[] | undefined
  let isEmpty = true
  let next = 0
  for (let at = 0; at < steps.count; at++) {
    const end_ms = timeAt(steps, at) - offset_ms
    while (next < times.length && times[next]! <= end_ms) next += 1
    const newestAt = next - 1
    if (newestAt < 0 || times[newestAt]! <= end_ms - range_ms || isStale(words, newestAt)) continue
    has[at] = 1
    isEmpty = false
    if (what !== 'sample') {
      const time_ms = what === 'time' ? times[newestAt]! : (raw.starts_ms?.[newestAt] ?? 0)
      values[at] = time_ms / 1000
      continue
    }
    const histogram = histograms?.[newestAt]
    if (histogram === undefined) values[at] = raw.values[newestAt]!
    else {
      found ??= new Array(steps.count).fill(undefined)
      found[at] = histogram
    }
  }
  if (isEmpty) return undefined
  return { labels: raw.labels, values, has, ...(found === undefined ? {} : { histograms: found }) }
}
