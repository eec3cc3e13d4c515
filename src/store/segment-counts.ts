/** Counters and histograms of the write path, kept as plain numbers for whoever publishes them. */

export type HistogramCounts = { bounds_ms: readonly number[]; counts: number[]; sum_ms: number }

export const latencyBounds_ms = [
  1, 2, 5, 10, 25, 50, 100, 250, 500, 750, 1000, 1500, 2000, 5000, 10_000,
]

export function makeHistogram(bounds_ms: readonly number[] = latencyBounds_ms): HistogramCounts {
  return { bounds_ms, counts: new Array(bounds_ms.length + 1).fill(0), sum_ms: 0 }
}

export function observe(histogram: HistogramCounts, value_ms: number): void {
  const place = histogram.bounds_ms.findIndex((bound) => value_ms <= bound)
  const bucket = place < 0 ? histogram.bounds_ms.length : place
  histogram.counts[bucket] = histogram.counts[bucket]! + 1
  histogram.sum_ms += value_ms
}

/** The upper bound of the bucket that holds the quantile; Infinity past the last bound. */
export function quantile(histogram: HistogramCounts, q: number): number {
  const total = histogram.counts.reduce((sum, count) => sum + count, 0)
  let seen = 0
  for (const [i, count] of histogram.counts.entries()) {
    seen += count
    if (total > 0 && seen >= q * total) return histogram.bounds_ms[i] ?? Number.POSITIVE_INFINITY
  }
  return 0
}

/** Why acknowledged rows did not reach the tables. The list is closed: a loss is never silent. */
export const lossReasons = [
  'segment_damaged',
  'segment_unreadable',
  'version_unknown',
  'table_unknown',
  'columns_changed',
  'insert_refused',
] as const
export type LossReason = (typeof lossReasons)[number]
export type Loss = { segments: number; records: number; rows: number; bytes: number }

export function makeLosses(): Record<LossReason, Loss> {
  const none = () => ({ segments: 0, records: 0, rows: 0, bytes: 0 })
  return Object.fromEntries(lossReasons.map((reason) => [reason, none()])) as Record<
    LossReason,
    Loss
  >
}
