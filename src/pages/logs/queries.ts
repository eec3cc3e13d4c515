/** Answers of the Logs page: histogram, records and patterns. Fields and one record stand apart. */
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { bucketFor, bucketStarts } from '../../store/bucket.ts'
import { type Sql, sql } from '../../store/sql.ts'
import {
  type LogHistogram,
  type LogPatterns,
  type LogRecordsPage,
  type LogsAsk,
  logHistogram,
  logPatterns,
  logRecords,
  type Severity,
  severities,
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
/** The last time that a DateTime64(9) holds. */
const farthest = at(9_223_372_036_854_775_807n)

/**
 * The engine counts numbers three times as fast as the names that the column severity gives them.
 */
function severityOf(level: number): Severity {
  return severities[Math.max(0, severities.length - 1 - Math.ceil(level / 4))]!
}

async function histogram(ask: LogsAsk, context: AskContext): Promise<LogHistogram> {
  const { seconds } = bucketFor(ask.from_ms, ask.to_ms, histogram_points_max)
  const rows = await context.store.rows<{ bucket: number; level: number; records: string }>(
    sql`SELECT toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds}))) AS bucket,
      severity_number AS level, count() AS records
    FROM logs WHERE ${matching(ask, context)} GROUP BY bucket, level`,
    { signal: context.signal },
  )
  const time_ms = bucketStarts(ask.from_ms, ask.to_ms, seconds)
  const column = new Map(time_ms.map((time, position) => [time, position]))
  const counts: Partial<Record<Severity, number[]>> = {}
  let total = 0
  for (const row of rows) {
    const severity = severityOf(row.level)
    const line = counts[severity] ?? time_ms.map(() => 0)
    counts[severity] = line
    line[column.get(row.bucket * 1000) ?? 0]! += Number(row.records)
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
  let cursorTime: Sql | undefined
  if (ask.after !== undefined) {
    const { time_ns, hash } = partsOf(ask.after)
    const time_ms = Number(time_ns / 1_000_000n)
    if (newest) range.to_ms = Math.min(ask.to_ms, time_ms + 1)
    else range.from_ms = Math.max(ask.from_ms, time_ms)
    cursorTime = at(time_ns)
    const cursor = sql`(${cursorTime}, ${hash})`
    beyond = newest
      ? sql`(time, ${recordHash}) < ${cursor}`
      : sql`(time, ${recordHash}) > ${cursor}`
  }
  const matches = matching(range, context)
  const rows = await context.store.rows<RecordRow>(
    sql`SELECT ${recordColumns} FROM logs
    WHERE ${matches} AND ${reach(ask, matches, cursorTime)} AND ${beyond}
    ORDER BY time ${order}, ${recordHash} ${order} LIMIT ${ask.rows_max + 1}`,
    { signal: context.signal },
  )
  const page = toRecords(rows.slice(0, ask.rows_max))
  return rows.length > ask.rows_max ? { ...page, next: page.id.at(-1) } : page
}

/**
 * How far a page can reach, found from the times of matching records alone. Without it the engine
 * would read bodies and attributes of every matching record to hash and sort them: on ten million
 * records 2 s in place of 0.2 s. Records of the cursor's own time come on top, so it is no less
 * than the page needs.
 */
function reach(ask: RecordsAsk, matches: Sql, cursorTime: Sql | undefined): Sql {
  const newest = ask.order === 'newest'
  const strictly = newest
    ? sql`time < ${cursorTime ?? farthest}`
    : sql`time > ${cursorTime ?? at(0n)}`
  const times = sql`SELECT time FROM logs WHERE ${matches} AND ${strictly}
    ORDER BY time ${newest ? sql`DESC` : sql`ASC`} LIMIT ${ask.rows_max + 1}`
  return newest
    ? sql`time >= (SELECT min(time) FROM (${times}))`
    : sql`time <= (SELECT if(count() = 0, ${farthest}, max(time)) FROM (${times}))`
}

type PatternRow = {
  template: string
  example: string
  count: string
  /** Of most of its records: one failure among thousands does not make the pattern an error. */
  usual: Severity
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
      topK(1)(severity)[1] AS usual,
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
    severity: rows.map((row) => row.usual),
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
