/**
 * The ids of chunks that were stored lately: those in the table and those in segments that an ended
 * process left behind. Read once at the start; remembering them is the intake's work.
 */
import { readFile } from 'node:fs/promises'
import { blocksOf } from './segment-blocks.ts'
import type { SealedSegment, Segments } from './segments.ts'
import { sql } from './sql.ts'
import type { Store, StoreLog } from './store.ts'

const lately_ms = 48 * 3600 * 1000
const id_chars = 32
/** varint length, the id, a DateTime64 */
const row_bytes = 1 + id_chars + 8

type Needs = {
  store: Pick<Store, 'rows'>
  segments: Pick<Segments, 'waiting'>
  now_ms: number
  log: StoreLog
}

/** Oldest first, at most `ids_max` from the table. */
export async function storedChunkIds(needs: Needs, ids_max: number): Promise<string[]> {
  const { store, segments, now_ms, log } = needs
  // Segments first: one that is inserted meanwhile is in the table when that is read.
  const waiting: string[] = []
  for (const segment of segments.waiting()) waiting.push(...(await idsIn(segment, log)))
  const rows = await store.rows<{ chunk_id: string }>(
    sql`SELECT chunk_id FROM ingest_chunks
      WHERE time > fromUnixTimestamp64Milli(${now_ms - lately_ms})
      ORDER BY time DESC LIMIT ${ids_max}`,
    { lane: 'health', rows_max: ids_max, timeout_ms: 30_000 },
  )
  return [...rows.map(({ chunk_id }) => chunk_id).reverse(), ...waiting]
}

async function idsIn(segment: SealedSegment, log: StoreLog): Promise<string[]> {
  try {
    const { blocks } = blocksOf(await readFile(segment.path), segment)
    const block = blocks.find(({ table }) => table === 'ingest_chunks')
    return (block?.bytes ?? []).flatMap(idsOf)
  } catch (error) {
    // Inserted a moment ago, and then in the table; or unreadable, which the writer will tell.
    log.info({ segment: segment.id, error: (error as Error).message }, 'chunk ids were not read')
    return []
  }
}

/** The rows are our own: every id has the same length. */
export function idsOf(rowBytes: Uint8Array): string[] {
  const bytes = Buffer.from(rowBytes.buffer, rowBytes.byteOffset, rowBytes.byteLength)
  const ids: string[] = []
  for (let at = 0; at + row_bytes <= bytes.length; at += row_bytes) {
    ids.push(bytes.toString('latin1', at + 1, at + 1 + id_chars))
  }
  return ids
}
