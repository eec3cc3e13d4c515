/**
 * Sum and mean of many native histograms with Kahan's compensation in every bucket, so that large
 * counts do not swallow small ones.
 */
import type { NativeHistogram } from '../histogram.ts'
import { isCustom } from '../histogram-buckets.ts'
import { align, areCompatible, divide, hasInfinity, multiply } from './arithmetic.ts'
import { type Flat, flatOf, histogramOf } from './flat.ts'

/** `sum` and what was lost of it. Both always have one layout. */
type Pair = { sum: Flat; lost: Flat }

function blank(flat: Flat): Flat {
  return {
    ...flat,
    zero_count: 0,
    count: 0,
    sum: 0,
    positive: new Map(),
    negative: new Map(),
  }
}

/** Neumaier's step: the new sum and the new rest. */
export function compensated(add: number, sum: number, rest: number): [number, number] {
  const total = sum + add
  if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) return [total, 0]
  return Math.abs(sum) >= Math.abs(add)
    ? [total, rest + (sum - total + add)]
    : [total, rest + (add - total + sum)]
}

function addTo(pair: Pair, other: NativeHistogram): { pair: Pair; wasReconciled: boolean } {
  const { sum } = pair
  const { lost } = pair
  const added = flatOf(other)
  const custom = isCustom(other)
  const wasReconciled = align(sum, added, custom)
  align(lost, sum, custom)
  ;[sum.zero_count, lost.zero_count] = compensated(
    added.zero_count,
    sum.zero_count,
    lost.zero_count,
  )
  ;[sum.count, lost.count] = compensated(added.count, sum.count, lost.count)
  ;[sum.sum, lost.sum] = compensated(added.sum, sum.sum, lost.sum)
  for (const side of ['positive', 'negative'] as const) {
    for (const [index, count] of added[side]) {
      const before = sum[side].get(index) ?? 0
      const [total, rest] = compensated(count, before, lost[side].get(index) ?? 0)
      sum[side].set(index, total)
      lost[side].set(index, rest)
    }
  }
  return { pair: { sum, lost }, wasReconciled }
}

function closed({ sum, lost }: Pair): NativeHistogram {
  sum.zero_count += lost.zero_count
  sum.count += lost.count
  sum.sum += lost.sum
  for (const side of ['positive', 'negative'] as const) {
    for (const [index, rest] of lost[side]) sum[side].set(index, (sum[side].get(index) ?? 0) + rest)
  }
  return histogramOf(sum)
}

/** Collects histograms; `isMixed` once exponential and custom ones met. */
export class HistogramTotal {
  private pair: Pair | undefined
  private mean: Pair | undefined
  private first: NativeHistogram | undefined
  private readonly isMean: boolean
  private readonly hints = new Set<string>()
  count = 0
  isMixed = false
  wasReconciled = false

  constructor(isMean: boolean) {
    this.isMean = isMean
  }

  /** Some said reset, some said none. */
  get hasCollision(): boolean {
    return this.hints.has('reset') && this.hints.has('not_reset')
  }

  add(histogram: NativeHistogram): void {
    if (this.isMixed) return
    this.count += 1
    this.hints.add(histogram.reset_hint)
    if (this.first === undefined || this.pair === undefined) {
      this.first = histogram
      const sum = flatOf(histogram)
      this.pair = { sum, lost: blank(sum) }
      return
    }
    if (!areCompatible(this.first, histogram)) {
      this.isMixed = true
      return
    }
    if (this.mean === undefined) {
      const tried = addTo(copied(this.pair), histogram)
      this.wasReconciled ||= tried.wasReconciled
      if (!this.isMean || !hasInfinity(histogramOf(tried.pair.sum))) {
        this.pair = tried.pair
        return
      }
      this.mean = scaledPair(this.pair, 1 / (this.count - 1))
    }
    const q = (this.count - 1) / this.count
    const added = addTo(scaledPair(this.mean, q), divide(histogram, this.count))
    this.wasReconciled ||= added.wasReconciled
    this.mean = added.pair
  }

  /** The sum, or the mean. */
  result(): NativeHistogram | undefined {
    if (this.pair === undefined || this.isMixed) return undefined
    const hint = this.hint()
    if (this.mean !== undefined) return { ...closed(copied(this.mean)), reset_hint: hint }
    if (!this.isMean) return { ...closed(copied(this.pair)), reset_hint: hint }
    const sum = flatOf(divide(histogramOf(this.pair.sum), this.count))
    const lost = flatOf(divide(histogramOf(this.pair.lost), this.count))
    return { ...closed({ sum, lost }), reset_hint: hint }
  }

  private hint(): NativeHistogram['reset_hint'] {
    if (this.hints.size === 1) return this.first?.reset_hint ?? 'unknown'
    return this.hints.has('gauge') ? 'gauge' : 'unknown'
  }
}

function copied({ sum, lost }: Pair): Pair {
  const copy = (flat: Flat): Flat => {
    return { ...flat, positive: new Map(flat.positive), negative: new Map(flat.negative) }
  }
  return { sum: copy(sum), lost: copy(lost) }
}

function scaledPair({ sum, lost }: Pair, factor: number): Pair {
  return {
    sum: flatOf(multiply(histogramOf(sum), factor)),
    lost: flatOf(multiply(histogramOf(lost), factor)),
  }
}
