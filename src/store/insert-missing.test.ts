/** On the engine itself: a block that went in under a token that was forgotten goes in once. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixtureRows } from '../../test/store/fixture-rows.ts'
import type { WrittenTable } from '../model/tables.ts'
import { sql } from './sql.ts'
import { openStore, type Store } from './store.ts'

let store: Store
let dir: string
const quiet = { info() {}, warn() {}, error() {} }

beforeAll(async () => {
  dir = mkdtempSync(`${tmpdir()}/unsure-`)
  store = await openStore({ dir }, { log: quiet, now_ms: Date.now })
})
afterAll(async () => {
  await store?.close()
  rmSync(dir, { recursive: true, force: true })
})

const day_ms = 24 * 3600 * 1000
const noon_ms = Math.floor(Date.now() / day_ms) * day_ms - day_ms / 2

const events = { 'events.time': [noon_ms], 'events.name': ['e'], 'events.attributes': [{ a: 'b' }] }

function rowsOf(table: WrittenTable, from: number, to: number): Uint8Array {
  const rows = Array.from({ length: to - from }, (_, i) => ({
    time: noon_ms - (from + i) * (day_ms / 8),
    ...(table === 'logs' ? { body: `line ${from + i}`, attributes: { a: 'b' } } : {}),
    ...(table === 'spans' ? { span_id: `${from + i}`.padStart(16, '0'), ...events } : {}),
    ...(table.startsWith('metric_') ? { metric: 'm', series_id: 7 } : {}),
  }))
  return fixtureRows(table, rows as never)
}

async function count(table: WrittenTable): Promise<number> {
  const [row] = await store.rows<{ rows: string }>(
    sql`SELECT count() AS rows FROM ${sql.identifier(table)}`,
  )
  return Number(row!.rows)
}

const repeating = [
  'logs',
  'spans',
  'metric_samples',
  'metric_histograms',
  'metric_exemplars',
] as const

describe('an insert nobody is sure of', () => {
  test.each(repeating)('%s: what is there is left out, what is missing goes in', async (table) => {
    await store.insert(table, [rowsOf(table, 0, 6)], { token: `${table}-a` })
    await store.insert(table, [rowsOf(table, 0, 6)], { token: `${table}-b`, isUnsure: true })
    expect(await count(table)).toBe(6)
    const parts = [rowsOf(table, 3, 9), rowsOf(table, 9, 12)]
    await store.insert(table, parts, { token: `${table}-c`, isUnsure: true })
    expect(await count(table)).toBe(12)
    // A block may itself hold equal rows: they were sent twice and stay two.
    const twice = [rowsOf(table, 20, 21), rowsOf(table, 20, 21)]
    await store.insert(table, twice, { token: `${table}-d`, isUnsure: true })
    expect(await count(table)).toBe(14)
  })

  test('leaves no table behind', async () => {
    const left = await store.rows(sql`SELECT name FROM system.tables WHERE name LIKE '%unsure'`)
    expect(left).toEqual([])
  })
})
