/**
 * Series as the metric languages compute on them: labels, values on a grid of steps, and where
 * samples come from. PromQL, LogQL's and TraceQL's metric queries share it. Computes nothing.
 */
import type { NativeHistogram } from './promql/histogram.ts'

/** Sorted by name in code units, no empty values; __name__ is one of them. */
export type Labels = readonly (readonly [name: string, value: string])[]

/** Steps at start_ms, start_ms + step_ms, …; an instant query has one. */
export type Steps = { start_ms: number; step_ms: number; count: number }

/** A sample at step i exists when `has[i]` is 1: a float, or a histogram when there is one. */
export type GridSeries = {
  labels: Labels
  values: Float64Array
  has: Uint8Array
  /** Undefined when the series has no histogram at all. */
  histograms?: (NativeHistogram | undefined)[]
  /** The name goes when the result is final, as Prometheus 3 does with delayed name removal. */
  dropName?: boolean
}

/** Samples as they were stored, stale markers (NaN 0x7ff0000000000002) included, oldest first. */
export type RawSeries = {
  labels: Labels
  times_ms: Float64Array
  values: Float64Array
  histograms?: (NativeHistogram | undefined)[]
  /** When the counter began, where the sender told it; 0 where not. */
  starts_ms?: Float64Array
}

export type MatchOperator = '=' | '!=' | '=~' | '!~'
/** Regular expressions are RE2's, anchored at both ends. */
export type Matcher = { name: string; operator: MatchOperator; value: string }

export type Grouping = { isWithout: boolean; labels: readonly string[] }

/**
 * What a function over a range reads at step t: samples in (t - offset - range, t - offset]. For
 * an instant selector range_ms is the lookback and the newest sample that is not stale counts.
 */
export type Window = { steps: Steps; range_ms: number; offset_ms: number }

/** Where samples come from: the engine, or memory in tests. */
export type SeriesSource = {
  /** All samples in (from_ms, to_ms] of the series that match. Throws QueryError over a limit. */
  raw(matchers: readonly Matcher[], from_ms: number, to_ms: number): Promise<RawSeries[]>
  /** Newest sample of each window, stale ones hidden. */
  instant(matchers: readonly Matcher[], window: Window): Promise<GridSeries[]>
  /**
   * A range function computed where the samples are; undefined when the source cannot, and the
   * evaluator then computes it from raw(). `parameter` is the quantile of quantile_over_time.
   */
  over?(call: RangeCall): Promise<GridSeries[] | undefined>
  /** An aggregation of the above, computed where the samples are; undefined as over(). */
  aggregate?(call: AggregateCall): Promise<GridSeries[] | undefined>
}

export type RangeCall = {
  /** PromQL's name: rate, increase, avg_over_time …; '' is the instant selector. */
  function: string
  matchers: readonly Matcher[]
  window: Window
  parameter?: number
}

export type AggregateCall = RangeCall & {
  /** sum, avg, min, max, count, group. */
  operator: string
  grouping: Grouping
}

/** What was wrong with a query, in the words of the language that was spoken. */
export class QueryError extends Error {
  readonly kind: 'bad_data' | 'execution' | 'timeout' | 'canceled' | 'internal'
  /** Offsets in the query's text, where it is about a place in it. */
  readonly from: number | undefined
  readonly to: number | undefined

  constructor(kind: QueryError['kind'], message: string, at?: { from: number; to: number }) {
    super(message)
    this.name = 'QueryError'
    this.kind = kind
    this.from = at?.from
    this.to = at?.to
  }
}
