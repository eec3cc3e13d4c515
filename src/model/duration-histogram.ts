/**
 * The log2 histogram of durations that span summaries hold: key k counts durations of
 * [2^(k/8), 2^((k+1)/8)) ns. Reads percentiles from it and adds histograms up.
 */

/** Keys are bucket numbers as the engine's JSON writes them; counts may come as strings. */
export type DurationHistogram = Readonly<Record<string, number | string>>

/** A percentile read from a bucket's geometric middle is off by at most half a bucket. */
export const percentile_error_ratio = 2 ** (1 / 16) - 1

const bucketsPerDoubling = 8

/** The lower edge of a bucket in ns. */
export function bucketStartNs(bucket: number): number {
  return 2 ** (bucket / bucketsPerDoubling)
}

/** The duration in ns below which `share` (0 to 1) of the calls lie; null for no calls. */
export function durationPercentile(histogram: DurationHistogram, share: number): number | null {
  return durationPercentiles(histogram, [share])[0] ?? null
}

/** Several percentiles in one pass; `shares` must rise. */
export function durationPercentiles(
  histogram: DurationHistogram,
  shares: readonly number[],
): (number | null)[] {
  const buckets = Object.entries(histogram)
    .map(([bucket, count]) => [Number(bucket), Number(count)] as const)
    .sort((a, b) => a[0] - b[0])
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0) return shares.map(() => null)
  const found: number[] = []
  let seen = 0
  let at = 0
  for (const share of shares) {
    const rank = share * total
    while (at < buckets.length - 1 && seen + (buckets[at]?.[1] ?? 0) < rank) {
      seen += buckets[at]?.[1] ?? 0
      at++
    }
    found.push(bucketStartNs((buckets[at]?.[0] ?? 0) + 0.5))
  }
  return found
}

/** Adds `more` to `sum` in place and returns it. */
export function addHistogram(
  sum: Record<string, number>,
  more: DurationHistogram,
): Record<string, number> {
  for (const [bucket, count] of Object.entries(more)) {
    sum[bucket] = (sum[bucket] ?? 0) + Number(count)
  }
  return sum
}
