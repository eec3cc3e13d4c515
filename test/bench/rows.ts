/**
 * Fills a store with seeded rows without a server in between: requests are decoded as a receiver
 * would and inserted in blocks. Logs beyond the first million are copies of it at other hours.
 */
import { tables } from '../../src/model/tables.ts'
import { sql } from '../../src/store/sql.ts'
import type { Store } from '../../src/store/store.ts'
import { Batch } from '../../src/wire/batch.ts'
import { KnownIdentities } from '../../src/wire/known-identities.ts'
import { decodeOtlpLogs } from '../../src/wire/otlp/logs.ts'
import { decodeOtlpTraces } from '../../src/wire/otlp/traces.ts'
import { logsRequest, random, spansRequest } from './generate.ts'

const records_per_request = 1_000
const requests_per_block = 50
const original_rows_max = 1_000_000
export const copy_spread_ms = 2 * 3600 * 1000
const copy_timeout_ms = 120_000

type Make = (i: number, batch: Batch) => void

async function insertBlocks(store: Store, requests: number, make: Make): Promise<void> {
  const batch = new Batch()
  for (let i = 0; i < requests; i++) {
    make(i, batch)
    if ((i + 1) % requests_per_block !== 0 && i + 1 < requests) continue
    for (const { table, bytes } of batch.tables()) {
      await store.insert(table, [bytes], { token: `bench-${i}-${table}` })
    }
    batch.clear()
  }
}

function decodeContext(now_ms: number) {
  const known = new KnownIdentities()
  return { arrived_ms: now_ms, time_ms_min: 0, time_ms_max: now_ms + 1_000, known }
}

/**
 * Answers how many rows there are; the oldest lie copy_spread_ms back for every million of them.
 */
export async function fillLogs(store: Store, rows: number, now_ms: number): Promise<number> {
  const r = random(2)
  const context = decodeContext(now_ms)
  const originals = Math.min(rows, original_rows_max)
  await insertBlocks(store, Math.ceil(originals / records_per_request), (_i, batch) => {
    const body = logsRequest(r, records_per_request, now_ms, copy_spread_ms)
    decodeOtlpLogs(body, context, batch)
  })
  const from = sql`time > fromUnixTimestamp64Milli(${now_ms - copy_spread_ms})`
  const names = sql.join(Object.keys(tables.logs.columns).map(sql.identifier))
  const copies = Math.ceil(rows / original_rows_max)
  for (let copy = 1; copy < copies; copy++) {
    const back = sql`toIntervalMillisecond(${copy * copy_spread_ms})`
    // The subquery keeps the condition on the original time.
    await store.command(
      sql`INSERT INTO logs (${names}) SELECT * REPLACE (time - ${back} AS time)
        FROM (SELECT ${names} FROM logs WHERE ${from})
        SETTINGS max_threads = 2, max_block_size = 100000, max_insert_block_size = 100000,
        min_insert_block_size_rows = 100000, insert_deduplicate = 0`,
      { timeout_ms: copy_timeout_ms },
    )
  }
  return countOf(store, 'logs')
}

export async function fillSpans(
  store: Store,
  rows: number,
  now_ms: number,
  spread_ms: number,
): Promise<number> {
  const r = random(3)
  const context = decodeContext(now_ms)
  await insertBlocks(store, Math.ceil(rows / records_per_request), (_i, batch) => {
    decodeOtlpTraces(spansRequest(r, records_per_request, now_ms, spread_ms), context, batch)
  })
  return countOf(store, 'spans')
}

export async function countOf(store: Store, table: 'logs' | 'spans'): Promise<number> {
  const [row] = await store.rows<{ rows: string }>(
    sql`SELECT count() AS rows FROM ${sql.identifier(table)}`,
  )
  return Number(row!.rows)
}
