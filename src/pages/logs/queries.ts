/** Answers of the Logs page: histogram, records and patterns. Fields and one record stand apart. */
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { bucketFor, bucketStarts } from '../../store/bucket.ts'
import { sql } from '../../store/sql.ts'
import {
  type LogHistogram,
  type LogPatterns,
  type LogRecordsPage,
  type LogsAsk,
  logHistogram,
  logPatterns,
  logRecords,
  type Severity,
} from './contract.ts'
import { fieldAnswerers } from './queries-fields.ts'
import { matching } from './queries-matching.ts'
import {
  at,
  partsOf,
  type RecordRow,
  recordAnswerers,
  recordColumns,
  recordHash,
  toRecords,
} from './queries-record.ts'

const histogram_points_max = 120
const pattern_points_max = 30
const patterns_max = 200

async function histogram(ask: LogsAsk, context: AskContext): Promise<LogHistogram> {
  const { seconds } = bucketFor(ask.from_ms, ask.to_ms, histogram_points_max)
  const rows = await context.store.rows<{ bucket: number; severity: Severity; records: string }>(
    sql`SELECT toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds}))) AS bucket,
      severity, count() AS records
    FROM logs WHERE ${matching(ask, context)} GROUP BY bucket, severity`,
    { signal: context.signal },
  )
  const time_ms = bucketStarts(ask.from_ms, ask.to_ms, seconds)
  const column = new Map(time_ms.map((time, position) => [time, position]))
  const counts: Partial<Record<Severity, number[]>> = {}
  let total = 0
  for (const row of rows) {
    const line = counts[row.severity] ?? time_ms.map(() => 0)
    counts[row.severity] = line
    line[column.get(row.bucket * 1000) ?? 0] = Number(row.records)
    total += Number(row.records)
  }
  return { bucket_ms: seconds * 1000, time_ms, counts, total }
}

type RecordsAsk = LogsAsk & {
  order: 'newest' | 'oldest'
  rows_max: number
  after?: string | undefined
}

/**
 * A page begins after the last record of the page before, by time and then by hash. Its time also
 * narrows the range, so that no page reads again what pages before it have read.
 */
async function records(ask: RecordsAsk, context: AskContext): Promise<LogRecordsPage> {
  const newest = ask.order === 'newest'
  const order = newest ? sql`DESC` : sql`ASC`
  const range = { ...ask }
  let beyond = sql`true`
  if (ask.after !== undefined) {
    const { time_ns, hash } = partsOf(ask.after)
    const time_ms = Number(time_ns / 1_000_000n)
    if (newest) range.to_ms = Math.min(ask.to_ms, time_ms + 1)
    else range.from_ms = Math.max(ask.from_ms, time_ms)
    const cursor = sql`(${at(time_ns)}, ${hash})`
    beyond = newest
      ? sql`(time, ${recordHash}) < ${cursor}`
      : sql`(time, ${recordHash}) > ${cursor}`
  }
  const rows = await context.store.rows<RecordRow>(
    sql`SELECT ${recordColumns} FROM logs WHERE ${matching(range, context)} AND ${beyond}
    ORDER BY time ${order}, ${recordHash} ${order} LIMIT ${ask.rows_max + 1}`,
    { signal: context.signal },
  )
  const page = toRecords(rows.slice(0, ask.rows_max))
  return rows.length > ask.rows_max ? { ...page, next: page.id.at(-1) } : page
}

type PatternRow = {
  template: string
  example: string
  count: string
  severest: Severity
  services: string[]
  first_ms: string
  last_ms: string
  buckets: Record<string, string>
  patterns: string
  records: string
}

async function patterns(ask: LogsAsk, context: AskContext): Promise<LogPatterns> {
  const { seconds } = bucketFor(ask.from_ms, ask.to_ms, pattern_points_max)
  const rows = await context.store.rows<PatternRow>(
    sql`SELECT toString(template_id) AS template, argMax(body, time) AS example, count() AS count,
      argMax(severity, severity_number) AS severest,
      groupUniqArray(5)(service) AS services, toUnixTimestamp64Milli(min(time)) AS first_ms,
      toUnixTimestamp64Milli(max(time)) AS last_ms,
      sumMap(map(toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds}))), 1))
        AS buckets,
      count() OVER () AS patterns, sum(count()) OVER () AS records
    FROM logs WHERE ${matching(ask, context)}
    GROUP BY template_id ORDER BY count DESC LIMIT ${patterns_max}`,
    { signal: context.signal },
  )
  const time_ms = bucketStarts(ask.from_ms, ask.to_ms, seconds)
  return {
    template_id: rows.map((row) => row.template),
    example: rows.map((row) => row.example),
    count: rows.map((row) => Number(row.count)),
    severity: rows.map((row) => row.severest),
    services: rows.map((row) => row.services.toSorted()),
    first_ms: rows.map((row) => Number(row.first_ms)),
    last_ms: rows.map((row) => Number(row.last_ms)),
    series: rows.map((row) => time_ms.map((time) => Number(row.buckets[String(time / 1000)] ?? 0))),
    bucket_ms: seconds * 1000,
    time_ms,
    total_patterns: Number(rows[0]?.patterns ?? 0),
    total_records: Number(rows[0]?.records ?? 0),
  }
}

export const logsAnswerers: Answerer[] = [
  answers(logHistogram, histogram),
  answers(logRecords, records),
  answers(logPatterns, patterns),
  ...recordAnswerers,
  ...fieldAnswerers,
]
