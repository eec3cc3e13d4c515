/** The questions of the Overview: what arrives now, and what needs eyes. */
import { z } from 'zod'
import { question, rangeAsk } from '../../model/question.ts'

const range = z.strictObject(rangeAsk)

export type Signal = 'logs' | 'spans' | 'metrics'

/** What arrived over the range, by the time the server took it in. */
export type Arrivals = {
  bucket_ms: number
  time_ms: number[]
  records: Record<Signal, number[]>
  totals: Record<Signal, number>
  /** What the range's records take on disk, estimated from the bytes a row of their table. */
  bytes: Record<Signal, number>
  /** From a record's own time to its arrival: the median, and the slowest hundredth. */
  delay_ms_p50: number | null
  delay_ms_p99: number | null
  last_ms: Record<Signal, number | null>
}
export const arrivals = question<Arrivals>()('overview.arrivals', range)

/** Who sends: one row a service, with the newest record of any signal. */
export type Sources = {
  service: string[]
  namespace: string[]
  cluster: string[]
  logs: number[]
  spans: number[]
  series: number[]
  pods: number[]
  /** On disk, estimated from the bytes a row of each table. */
  bytes: number[]
  last_ms: number[]
  total: number
}
export const sources = question<Sources>()('overview.sources', range)

/** Error patterns that were first seen in the range, the newest first, then the most frequent. */
export type ErrorPatterns = {
  template_id: string[]
  example: string[]
  service: string[]
  severity: string[]
  count: number[]
  first_ms: number[]
  last_ms: number[]
  is_new: boolean[]
}
export const errorPatterns = question<ErrorPatterns>()('overview.error_patterns', range)

/** Of each kind how many there were, and how many were denied, severe or dropped. */
export type SecurityCounts = Record<
  'audit' | 'security' | 'flows',
  { events: number; stopped: number }
>
export const securityCounts = question<SecurityCounts>()('overview.security_counts', range)

/** Bytes on disk and rows by table, and what was lost or refused, from the server itself. */
export type StoreUse = { table: string[]; rows: number[]; bytes: number[]; oldest_ms: number[] }
export const storeUse = question<StoreUse>()('overview.store_use', range)
