/**
 * What is known of chunks and documents that were stored lately, of those in the table and of those
 * in segments that an ended process left behind. Read once at the start; remembering is the
 * intake's and its receivers' work.
 */
import { readFile } from 'node:fs/promises'
import { blocksOf } from './segment-blocks.ts'
import type { SealedSegment, Segments } from './segments.ts'
import { sql } from './sql.ts'
import type { Store, StoreLog } from './store.ts'

const lately_ms = 48 * 3600 * 1000
/** Rows of any other length are keys of documents, as their receiver wrote them. */
const id_chars = 32
const time_bytes = 8

type Needs = {
  store: Pick<Store, 'rows'>
  segments: Pick<Segments, 'waiting'>
  now_ms: number
  log: StoreLog
}

/** Of the table at most; of segments everything is known. */
export type StoredIdsLimits = { chunks_max: number; documents_bytes_max: number }

/** Both are oldest first. */
export type StoredIds = {
  chunks: string[]
  /** Rows as they were written. */
  documents: Uint8Array[]
}

export async function storedIds(needs: Needs, limits: StoredIdsLimits): Promise<StoredIds> {
  const { segments, log } = needs
  // Segments first: one that is inserted meanwhile is in the table when that is read.
  const waiting: Uint8Array[] = []
  for (const segment of segments.waiting()) waiting.push(...(await rowsIn(segment, log)))
  const chunks = await chunksInTable(needs, limits.chunks_max)
  const documents = await documentsInTable(needs, limits.documents_bytes_max)
  for (const row of waiting) {
    if (row.length === id_chars) chunks.push(Buffer.from(row).toString('latin1'))
    else documents.push(row)
  }
  return { chunks, documents }
}

async function chunksInTable({ store, now_ms }: Needs, ids_max: number): Promise<string[]> {
  const rows = await store.rows<{ chunk_id: string }>(
    sql`SELECT chunk_id FROM ingest_chunks
      WHERE time > fromUnixTimestamp64Milli(${now_ms - lately_ms})
        AND length(chunk_id) = ${id_chars}
      ORDER BY time DESC LIMIT ${ids_max}`,
    { lane: 'health', rows_max: ids_max, timeout_ms: 30_000 },
  )
  return rows.map(({ chunk_id }) => chunk_id).reverse()
}

/** A single document may be a row, so there may be many; of so many the newest are read. */
const document_rows_max = 500_000

async function documentsInTable(needs: Needs, bytes_max: number): Promise<Uint8Array[]> {
  const { store, now_ms } = needs
  const lately = sql`time > fromUnixTimestamp64Milli(${now_ms - lately_ms})
    AND length(chunk_id) != ${id_chars}`
  // Two days of them may be gigabytes: first, by their lengths alone, since when they are wanted.
  const rows = await store.rows<{ packed: string }>(
    sql`WITH (
        SELECT min(second) FROM (
          SELECT second, sum(bytes) OVER (ORDER BY second DESC) - bytes AS newer
          FROM (
            SELECT toStartOfSecond(time) AS second, sum(length(chunk_id)) AS bytes
            FROM ingest_chunks WHERE ${lately} GROUP BY second
          )
        ) WHERE newer < ${bytes_max}
      ) AS since
      SELECT base64Encode(chunk_id) AS packed FROM ingest_chunks
      WHERE ${lately} AND time >= since
      ORDER BY time DESC LIMIT ${document_rows_max}`,
    { lane: 'health', rows_max: document_rows_max, timeout_ms: 30_000 },
  )
  return rows.map(({ packed }) => Buffer.from(packed, 'base64')).reverse()
}

async function rowsIn(segment: SealedSegment, log: StoreLog): Promise<Uint8Array[]> {
  try {
    const { blocks } = blocksOf(await readFile(segment.path), segment)
    const block = blocks.find(({ table }) => table === 'ingest_chunks')
    return (block?.bytes ?? []).flatMap(idRowsOf)
  } catch (error) {
    // Inserted a moment ago, and then in the table; or unreadable, which the writer will tell.
    log.info({ segment: segment.id, error: (error as Error).message }, 'chunk ids were not read')
    return []
  }
}

/** The first column of each row; copies, for the segment is not to stay in memory. */
export function idRowsOf(rowBytes: Uint8Array): Uint8Array[] {
  const rows: Uint8Array[] = []
  for (let at = 0; at < rowBytes.length; ) {
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = rowBytes[at++]!
      length |= (byte & 0x7f) << shift
      if (byte < 0x80 || at >= rowBytes.length) break
    }
    rows.push(new Uint8Array(rowBytes.subarray(at, at + length)))
    at += length + time_bytes
  }
  return rows
}
