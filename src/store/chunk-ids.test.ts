/**
 * Ids of stored chunks are found again after a restart: in the table, and in what was left over.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FixtureStore, openFixtureStore, silentLog } from '../../test/store/fixture-store.ts'
import { RowBuffer } from '../wire/row-buffer.ts'
import { storedChunkIds } from './chunk-ids.ts'
import { openSegments } from './segments.ts'

let fixture: FixtureStore
let dir: string
const now_ms = Date.now()
const hour_ms = 3600 * 1000
const idOf = (n: number) => n.toString(16).padStart(32, '0')

beforeAll(async () => {
  fixture = await openFixtureStore()
  dir = mkdtempSync(join(tmpdir(), 'crowsnest-chunk-ids-'))
})
afterAll(async () => {
  await fixture.close()
  rmSync(dir, { recursive: true, force: true })
})

function rows(...told: [id: string, time_ms: number][]) {
  const buffer = new RowBuffer()
  for (const [id, time_ms] of told) {
    buffer.text(id)
    buffer.int53(time_ms)
    buffer.rows++
  }
  return { table: 'ingest_chunks' as const, rows: buffer.rows, bytes: buffer.written() }
}

test('from the table the last two days, from segments everything', async () => {
  const inTable = rows([idOf(1), now_ms - 50 * hour_ms], [idOf(2), now_ms - hour_ms])
  await fixture.store.insert('ingest_chunks', [inTable.bytes], { token: 'a' })
  await fixture.store.insert('ingest_chunks', [rows([idOf(3), now_ms]).bytes], { token: 'b' })
  const context = { log: silentLog, now_ms: () => now_ms }
  const before = await openSegments({ dir, tick_ms: 0 }, context)
  await before.append([rows([idOf(4), now_ms])])
  await before.append([rows([idOf(5), now_ms], [idOf(6), now_ms])])
  // Not closed: as a process that was killed leaves it.
  const segments = await openSegments({ dir, tick_ms: 0 }, context)
  const needs = { store: fixture.store, segments, now_ms, log: silentLog }
  const ids = await storedChunkIds(needs, 100)
  expect(ids).toEqual([2, 3, 4, 5, 6].map(idOf))
  expect(await storedChunkIds(needs, 1)).toEqual([3, 4, 5, 6].map(idOf))
  await before.close()
  await segments.close()
})
