/**
 * Stored series that have equal labels are one series to PromQL: numbers and histograms of one
 * name, or what came through two agents. Their samples are put in one order.
 */

import type { Labels, RawSeries } from '../../series.ts'
import type { NativeHistogram } from '../histogram.ts'

export function labelsKey(labels: Labels): string {
  let key = ''
  for (const [name, value] of labels) key += `${name}\u0000${value}\u0001`
  return key
}

export function merged(series: RawSeries[]): RawSeries[] {
  const byLabels = new Map<string, RawSeries[]>()
  for (const one of series) {
    const key = labelsKey(one.labels)
    const same = byLabels.get(key)
    if (same === undefined) byLabels.set(key, [one])
    else same.push(one)
  }
  if (byLabels.size === series.length) return series
  return [...byLabels.values()].map((same) => (same.length === 1 ? same[0]! : mergedOne(same)))
}

/** Of two samples of one moment the one of the later series in the list stays. */
function mergedOne(parts: readonly RawSeries[]): RawSeries {
  const places = parts.flatMap((part, index) =>
    Array.from(part.times_ms, (time_ms, at) => ({ time_ms, index, at })),
  )
  places.sort((a, b) => a.time_ms - b.time_ms || a.index - b.index)
  const kept = places.filter((place, i) => place.time_ms !== places[i + 1]?.time_ms)
  const values = new Float64Array(kept.length)
  const hasHistograms = parts.some((part) => part.histograms !== undefined)
  const histograms: (NativeHistogram | undefined)[] = []
  for (const [i, { index, at }] of kept.entries()) {
    const part = parts[index]!
    // With set() the bits of a stale marker stay as they are.
    values.set(part.values.subarray(at, at + 1), i)
    if (hasHistograms) histograms.push(part.histograms?.[at])
  }
  return {
    labels: parts[0]!.labels,
    times_ms: Float64Array.from(kept, ({ time_ms }) => time_ms),
    values,
    ...(hasHistograms ? { histograms } : {}),
  }
}
