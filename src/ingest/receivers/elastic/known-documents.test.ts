/** Keys of documents as rows, and what is known of them when the rows are read again. */
import { expect, test } from 'vitest'
import { idRowsOf } from '../../../store/chunk-ids.ts'
import { Batch } from '../../../wire/batch.ts'
import { documentKey, KnownDocuments, writeDocuments } from './known-documents.ts'

const keyOf = (n: number, cluster = '') => documentKey(cluster, 'shop', String(n))
const rowsFor = (count: number) => {
  const batch = new Batch()
  const documents = Array.from({ length: count }, (_, n) => [keyOf(n), n + 1] as const)
  writeDocuments(batch, documents, 1_800_000_000_000)
  const rows = batch.get('ingest_chunks')
  return { count: rows.rows, ids: idRowsOf(rows.written()) }
}

test.each([0, 1, 2_048, 2_049, 5_000])('%s documents are known again', (count) => {
  const rows = rowsFor(count)
  expect(rows.ids).toHaveLength(rows.count)
  const known = new KnownDocuments()
  for (const row of rows.ids) known.read(row)
  for (let n = 0; n < count; n++) expect(known.get(keyOf(n))).toBe(n + 1)
  expect(known.get(keyOf(count))).toBe(0)
  expect(known.get(keyOf(0, 'other'))).toBe(0)
})

test('no row is as long as the id of a chunk, and such an id says nothing of documents', () => {
  for (let count = 1; count < 20; count++) {
    expect(rowsFor(count).ids.map(({ length }) => length)).not.toContain(32)
  }
  const known = new KnownDocuments()
  known.read(Buffer.from('0'.repeat(32)))
  known.read(new Uint8Array(0))
  expect(known.get({ lo: 0x30303030, hi: 0x30303030 })).toBe(0)
})

test('of more than are kept the newest are known', () => {
  const known = new KnownDocuments(1_000)
  for (const row of rowsFor(5_000).ids) known.read(row)
  for (let n = 4_500; n < 5_000; n++) expect(known.get(keyOf(n))).toBe(n + 1)
  expect(known.get(keyOf(3_000))).toBe(0)
})
