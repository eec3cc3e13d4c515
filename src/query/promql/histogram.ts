/**
 * A native histogram with float counts, as Prometheus computes on them: exponential buckets of a
 * schema from -4 to 8, or custom bounds (schema -53). Arithmetic is in the files beside it.
 */

export const customBoundsSchema = -53

/** `offset` is the gap before the first bucket of the span; the first one's is its index. */
export type Span = { offset: number; length: number }
export type ResetHint = 'unknown' | 'reset' | 'not_reset' | 'gauge'

export type NativeHistogram = {
  schema: number
  zero_threshold: number
  zero_count: number
  count: number
  sum: number
  positive_spans: readonly Span[]
  /** Absolute counts, not deltas. */
  positive_buckets: readonly number[]
  negative_spans: readonly Span[]
  negative_buckets: readonly number[]
  /** Upper bounds, for the custom schema. */
  custom_values: readonly number[]
  reset_hint: ResetHint
}
