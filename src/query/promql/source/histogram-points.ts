/**
 * Stored histograms as Prometheus knows them: native ones with exponential buckets or bounds of
 * their own; deltas added up. Reading rows and classic series are left to histograms.ts.
 */
import {
  customBoundsSchema,
  type NativeHistogram,
  type ResetHint,
  type Span,
} from '../histogram.ts'

/** A row of metric_histograms. */
export type HistogramPoint = {
  time_ms: number
  start_ms: number
  isStale: boolean
  count: number
  sum: number
  bounds: Float64Array
  bucket_counts: Float64Array
  scale: number
  zero_count: number
  zero_threshold: number
  positive: Side
  negative: Side
  reset_hint: ResetHint
}
export type Side = { offset: number; counts: Float64Array }

/** The finest that Prometheus computes on; finer ones are merged two by two. */
const schema_max = 8
const schema_min = -4

/** With the counts as they were sent, where they are no whole numbers: column exact_counts. */
export function withExact(point: HistogramPoint, exact: Float64Array): HistogramPoint {
  const { bucket_counts, positive, negative } = point
  let at = 2
  const next = ({ length }: Float64Array) => {
    at += length
    return exact.subarray(at - length, at)
  }
  return {
    ...point,
    count: exact[0]!,
    zero_count: exact[1]!,
    bucket_counts: next(bucket_counts),
    positive: { ...positive, counts: next(positive.counts) },
    negative: { ...negative, counts: next(negative.counts) },
  }
}

/** Undefined when it is coarser than Prometheus knows. */
export function nativeOf(
  point: HistogramPoint,
  reset_hint: ResetHint,
): NativeHistogram | undefined {
  // Without bounds there is one bucket for all.
  const isCustom = point.bucket_counts.length > 0
  const side = isCustom ? spansOf(point.bucket_counts, 0) : undefined
  const coarser = Math.max(0, point.scale - schema_max)
  if (!isCustom && point.scale < schema_min) return undefined
  const positive = side ?? spansOfSide(point.positive, coarser)
  const negative = isCustom ? spansOf(new Float64Array(0), 0) : spansOfSide(point.negative, coarser)
  return {
    schema: isCustom ? customBoundsSchema : point.scale - coarser,
    zero_threshold: point.zero_threshold,
    zero_count: point.zero_count,
    count: point.count,
    sum: point.sum,
    positive_spans: positive.spans,
    positive_buckets: positive.buckets,
    negative_spans: negative.spans,
    negative_buckets: negative.buckets,
    custom_values: [...point.bounds],
    reset_hint,
  }
}

function spansOfSide({ offset, counts }: Side, coarser: number) {
  // A bucket is known by its upper bound here, and by its lower one in OpenTelemetry.
  if (coarser === 0) return spansOf(counts, offset + 1)
  const factor = 2 ** coarser
  const first = Math.floor(offset / factor)
  const last = Math.floor((offset + counts.length - 1) / factor)
  const merged = new Float64Array(counts.length === 0 ? 0 : last - first + 1)
  for (const [i, count] of counts.entries()) {
    merged[Math.floor((offset + i) / factor) - first]! += count
  }
  return spansOf(merged, first + 1)
}

/** Runs of used buckets; the index of the first is `index`. */
function spansOf(counts: Float64Array, index: number): { spans: Span[]; buckets: number[] } {
  const spans: { offset: number; length: number }[] = []
  const buckets: number[] = []
  let next = 0
  for (const [i, count] of counts.entries()) {
    if (count === 0) continue
    const at = index + i
    const last = spans.at(-1)
    if (last !== undefined && at === next) last.length++
    else spans.push({ offset: last === undefined ? at : at - next, length: 1 })
    buckets.push(count)
    next = at + 1
  }
  return { spans, buckets }
}

/** Points of a delta added up from the beginning of their UTC day, as samples.ts does numbers. */
export function addedUpHistograms(
  points: readonly HistogramPoint[],
  from_ms: number,
): HistogramPoint[] {
  const found: HistogramPoint[] = []
  let running: HistogramPoint | undefined
  let last_ms = 0
  for (const point of points) {
    const { time_ms, start_ms } = point
    if (Math.floor(last_ms / day_ms) < Math.floor(time_ms / day_ms)) running = undefined
    if (start_ms > last_ms && start_ms < time_ms && start_ms >= from_ms && !point.isStale) {
      found.push({ ...(running ?? emptyAs(point)), time_ms: start_ms, start_ms })
    }
    if (!point.isStale) running = running === undefined ? point : sumOf(running, point)
    if (time_ms >= from_ms) {
      const shown = point.isStale || running === undefined ? point : running
      found.push({ ...shown, time_ms, start_ms, isStale: point.isStale })
    }
    last_ms = time_ms
  }
  return found
}

const day_ms = 86_400_000

function emptyAs(point: HistogramPoint): HistogramPoint {
  const zeros = (values: Float64Array) => new Float64Array(values.length)
  const sideOf = ({ offset, counts }: Side) => ({ offset, counts: zeros(counts) })
  const sides = { positive: sideOf(point.positive), negative: sideOf(point.negative) }
  const bucket_counts = zeros(point.bucket_counts)
  return { ...point, ...sides, bucket_counts, count: 0, sum: 0, zero_count: 0 }
}

/** Points that cannot be added, because their buckets are others, begin anew. */
function sumOf(one: HistogramPoint, other: HistogramPoint): HistogramPoint {
  if (!isSame(one.bounds, other.bounds)) return other
  const scale = Math.min(one.scale, other.scale)
  const added = (a: Side, b: Side) =>
    sumOfSides(coarsened(a, one.scale - scale), coarsened(b, other.scale - scale))
  return {
    ...other,
    scale,
    count: one.count + other.count,
    sum: one.sum + other.sum,
    zero_count: one.zero_count + other.zero_count,
    bucket_counts: other.bucket_counts.map((count, i) => count + (one.bucket_counts[i] ?? 0)),
    positive: added(one.positive, other.positive),
    negative: added(one.negative, other.negative),
  }
}

function coarsened({ offset, counts }: Side, by: number): Side {
  if (by === 0 || counts.length === 0) return { offset: offset >> by, counts }
  const first = offset >> by
  const merged = new Float64Array(((offset + counts.length - 1) >> by) - first + 1)
  for (const [i, count] of counts.entries()) merged[((offset + i) >> by) - first]! += count
  return { offset: first, counts: merged }
}

function sumOfSides(one: Side, other: Side): Side {
  if (one.counts.length === 0) return other
  if (other.counts.length === 0) return one
  const offset = Math.min(one.offset, other.offset)
  const end = Math.max(one.offset + one.counts.length, other.offset + other.counts.length)
  const counts = new Float64Array(end - offset)
  for (const side of [one, other]) {
    for (const [i, count] of side.counts.entries()) counts[side.offset - offset + i]! += count
  }
  return { offset, counts }
}

export function isSame(one: Float64Array, other: Float64Array): boolean {
  return one.length === other.length && one.every((value, i) => value === other[i])
}
