/** What live tail sends: records by the time the server took them in, oldest first, bounded. */
import { parse } from '../../model/search/parse.ts'
import type { AskContext } from '../../store/answer.ts'
import { sql } from '../../store/sql.ts'
import { where } from '../../store/where.ts'
import { within } from '../../store/within.ts'
import type { LogTail } from './contract.ts'
import { type RecordRow, recordColumns, recordHash, toRecords } from './queries-record.ts'

/** More than a person can follow in a second; the look says how many there were. */
const look_records_max = 200
/** Records may be this much older than their arrival and still be tailed: late clocks, retries. */
const late_ms = 900_000
/** Rows become visible after their segment is stored; a look reaches this far behind. */
const settle_ms = 2_500

type TailAsk = {
  search: string
  cluster?: string | undefined
  namespace?: string | undefined
  after_ms: number
}
export type TailLook = { records: LogTail; count: number; after_ms: number }

export async function tailLogs(ask: TailAsk, context: AskContext): Promise<TailLook> {
  const { now_ms, scope, store, signal } = context
  const until_ms = now_ms - settle_ms
  const after_ms = Math.min(ask.after_ms, until_ms)
  const range = { ...ask, from_ms: after_ms - late_ms, to_ms: now_ms + late_ms }
  const rows = await store.rows<RecordRow & { arrived: string }>(
    sql`SELECT ${recordColumns}, count() OVER () AS arrived FROM logs
    WHERE ${within('logs', range, scope)} AND ${where(parse(ask.search), 'logs')}
      AND ingested_time > fromUnixTimestamp64Milli(${after_ms})
      AND ingested_time <= fromUnixTimestamp64Milli(${until_ms})
    ORDER BY time DESC, ${recordHash} LIMIT ${look_records_max}`,
    { signal },
  )
  const records = toRecords(rows.reverse())
  const arrived = Number(rows[0]?.arrived ?? 0)
  return { records: { ...records, arrived }, count: arrived, after_ms: until_ms }
}
