/**
 * The questions of the Logs page: histogram, records, fields, patterns, one record in full and the
 * lines around it. Live tail sends the same records as the list.
 */
import { z } from 'zod'
import { question, type RangeAsk, rangeAsk, searchAsk } from '../../model/question.ts'

export const severities = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', ''] as const
export type Severity = (typeof severities)[number]

export type LogsAsk = RangeAsk & { search: string }
const logsAsk = { ...rangeAsk, ...searchAsk }

/** Whole numbers below a power of two, one for each, joined by a dash. */
function digits(...bits: number[]) {
  const isWithin = (text: string) => {
    const parts = text.split('-')
    const fits = (part: string, at: number) =>
      /^\d{1,20}$/.test(part) && BigInt(part) < 2n ** BigInt(bits[at]!)
    return parts.length === bits.length && parts.every(fits)
  }
  return z.string().refine(isWithin, { error: `expected whole numbers of ${bits.join(', ')} bits` })
}
const hash = digits(64)
/** A time in ns that the store can hold, and a hash. */
const recordId = digits(63, 64)

export type LogHistogram = {
  bucket_ms: number
  time_ms: number[]
  /** Records per bucket, by severity; only severities that occur. */
  counts: Partial<Record<Severity, number[]>>
  total: number
}
export const logHistogram = question<LogHistogram>()('logs.histogram', z.strictObject(logsAsk))

/**
 * A record's id is its time in ns and a hash of the rest: stable, and enough to find it again.
 * attributes holds strings and numbers together, as they were sent.
 */
export type LogRecords = {
  id: string[]
  time_ns: string[]
  severity: Severity[]
  service: string[]
  namespace: string[]
  pod: string[]
  container: string[]
  node: string[]
  event_name: string[]
  body: string[]
  trace_id: string[]
  span_id: string[]
  resource_id: string[]
  attributes: Record<string, string | number>[]
}
export type LogRecordsPage = LogRecords & {
  /** Ask again with it for the next records; absent at the end. */
  next?: string | undefined
}
/** What one look of live tail sends; arrived counts also what was too much to send. */
export type LogTail = LogRecords & { arrived: number }
export const records_max = 1000
export const logRecords = question<LogRecordsPage>()(
  'logs.records',
  z.strictObject({
    ...logsAsk,
    order: z.enum(['newest', 'oldest']).default('newest'),
    rows_max: z.number().int().min(1).max(records_max).default(200),
    /** `next` of the page before. */
    after: recordId.optional(),
  }),
)

/** Top values of the fields of matching records, counted in an even sample of them. */
export type LogFields = {
  field: string[]
  values: string[][]
  counts: number[][]
  /** In how many of the sampled records the field occurs. */
  present: number[]
  sampled: number
  total: number
}
export const logFields = question<LogFields>()('logs.fields', z.strictObject(logsAsk))

/** Groups of records that differ only in their values, by the template computed at ingest. */
export type LogPatterns = {
  template_id: string[]
  /** The newest record of the group; the page draws its template. */
  example: string[]
  count: number[]
  severity: Severity[]
  services: string[][]
  first_ms: number[]
  last_ms: number[]
  /** Records per bucket of the range. */
  series: number[][]
  bucket_ms: number
  time_ms: number[]
  total_patterns: number
  total_records: number
}
export const logPatterns = question<LogPatterns>()('logs.patterns', z.strictObject(logsAsk))

export type LogDetail = {
  id: string
  time_ns: string
  observed_time_ns: string
  ingested_ms: number
  severity: Severity
  severity_number: number
  severity_text: string
  event_name: string
  body: string
  service: string
  cluster: string
  namespace: string
  workload: string
  pod: string
  container: string
  node: string
  scope: string
  trace_id: string
  span_id: string
  template_id: string
  resource_id: string
  attributes: Record<string, string | number>
  resource: Record<string, string>
}
export const logRecord = question<LogDetail | null>()(
  'logs.record',
  z.strictObject({ id: recordId }),
)

/** Lines of the same pod and container (or resource) just before and after a record. */
export const logSurrounding = question<LogRecords>()(
  'logs.surrounding',
  z.strictObject({
    id: recordId,
    resource_id: hash,
    before: z.number().int().min(0).max(200).default(20),
    after: z.number().int().min(0).max(200).default(20),
  }),
)

export const completionSignals = ['logs', 'spans', 'metric_series'] as const
/** What completion offers: field names, or the values of one field, the most frequent first. */
export type Completion = { text: string[]; rows: number[] }
export const logCompletion = question<Completion>()(
  'logs.completion',
  z.strictObject({
    ...rangeAsk,
    signal: z.enum(completionSignals).default('logs'),
    field: z.string().max(1024).optional(),
    prefix: z.string().max(256).default(''),
  }),
)
