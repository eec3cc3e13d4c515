/**
 * Ids of stored chunks are found again after a restart: in the table, and in what was left over.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FixtureStore, openFixtureStore, silentLog } from '../../test/store/fixture-store.ts'
import { RowBuffer } from '../wire/row-buffer.ts'
import { storedIds } from './chunk-ids.ts'
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
  const chunks = async (chunks_max: number) =>
    (await storedIds(needs, { chunks_max, documents_bytes_max: 1000 })).chunks
  expect(await chunks(100)).toEqual([2, 3, 4, 5, 6].map(idOf))
  expect(await chunks(1)).toEqual([3, 4, 5, 6].map(idOf))
  await before.close()
  await segments.close()
})

test('what was written of documents, and of the table the newest', async () => {
  const row = (n: number) => `D${String(n).padStart(12, '0').repeat(20)}`
  const old = rows([row(10), now_ms - 50 * hour_ms], [row(11), now_ms - hour_ms])
  await fixture.store.insert('ingest_chunks', [old.bytes], { token: 'c' })
  const newer = rows([row(12), now_ms - 2000], [row(13), now_ms])
  await fixture.store.insert('ingest_chunks', [newer.bytes], { token: 'd' })
  const leftDir = mkdtempSync(join(tmpdir(), 'crowsnest-chunk-ids-left-'))
  const context = { log: silentLog, now_ms: () => now_ms }
  const before = await openSegments({ dir: leftDir, tick_ms: 0 }, context)
  await before.append([rows([row(14), now_ms], [idOf(7), now_ms])])
  const segments = await openSegments({ dir: leftDir, tick_ms: 0 }, context)
  const needs = { store: fixture.store, segments, now_ms, log: silentLog }
  const documents = async (documents_bytes_max: number) => {
    const found = await storedIds(needs, { chunks_max: 100, documents_bytes_max })
    expect(found.chunks.at(-1)).toBe(idOf(7))
    return found.documents.map((bytes) => Buffer.from(bytes).toString())
  }
  expect(await documents(10_000)).toEqual([11, 12, 13, 14].map(row))
  expect(await documents(300)).toEqual([12, 13, 14].map(row))
  expect(await documents(200)).toEqual([13, 14].map(row))
  await before.close()
  await segments.close()
  rmSync(leftDir, { recursive: true, force: true })
})
