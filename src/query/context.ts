/**
 * What every query language is given: the store, what the caller may see, the time and the limits
 * of one query. Leaves the languages' own options to their folders.
 */
import type { AskContext } from '../store/answer.ts'

export type QueryContext = AskContext & {
  limits: QueryLimits
}

export type QueryLimits = {
  timeout_ms: number
  /** Series that one selector may match. */
  series_max: number
  /** Samples that may be held at a time, as Prometheus's query.max-samples. */
  samples_max: number
  /** Steps of a range query, as Prometheus's 11,000. */
  points_max: number
  /** Lines, spans or documents of one answer. */
  rows_max: number
}

export const queryLimits: QueryLimits = {
  timeout_ms: 60_000,
  series_max: 200_000,
  samples_max: 50_000_000,
  points_max: 11_000,
  rows_max: 10_000,
}
