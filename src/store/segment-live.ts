/**
 * The one segment that takes appends: writes groups of batches and makes them durable. After an
 * error it is abandoned and never synced again: the kernel may have thrown the dirty pages away
 * and would then call the second sync a success. Leaves grouping, rolling and retrying to
 * segments.ts.
 */
import { crc32 } from 'node:zlib'
import { tables, type WrittenTable } from '../model/tables.ts'
import type { SegmentFile, SegmentFiles } from './segment-files.ts'
import {
  type Cut,
  encodeCut,
  encodeEnd,
  encodeRecord,
  type SegmentEntry,
  segmentHeader,
} from './segment-format.ts'

/** One table's rows as RowBinary. The bytes must stay as they are until the append has settled. */
export type TableRows = { table: WrittenTable; rows: number; bytes: Uint8Array }

export class LiveSegment {
  readonly id: string
  readonly path: string
  readonly created_ms: number
  /** What is durable, and with it acknowledged. */
  records = 0
  rows = 0
  bytes = 0
  readonly #files: SegmentFiles
  readonly #dir: string
  readonly #file: SegmentFile

  private constructor(place: SegmentPlace, file: SegmentFile) {
    this.id = place.id
    this.path = segmentPath(place.dir, place.id)
    this.created_ms = place.created_ms
    this.#files = place.files
    this.#dir = place.dir
    this.#file = file
  }

  static async create(place: SegmentPlace): Promise<LiveSegment> {
    return new LiveSegment(place, await place.files.create(segmentPath(place.dir, place.id)))
  }

  /** One write, one fdatasync; the first also makes the file's name durable. */
  async write(batches: readonly (readonly TableRows[])[], cuts: readonly Cut[]): Promise<void> {
    const isFirst = this.records === 0
    const place = { id: this.id, sequence: this.records, rowsBefore: this.rows }
    const buffers: Uint8Array[] = isFirst ? [segmentHeader(this.id)] : []
    for (const cut of cuts) {
      buffers.push(...encodeCut(place, cut))
      place.sequence++
    }
    for (const batch of batches) {
      buffers.push(...encodeRecord(place, batch.map(entryOf)))
      place.sequence++
      for (const { rows } of batch) place.rowsBefore += rows
    }
    await this.#file.append(buffers)
    const synced = [this.#file.datasync()]
    if (isFirst) synced.push(this.#files.syncDir(this.#dir))
    // Both must have ended before the caller may close the file, whatever the first one says.
    for (const outcome of await Promise.allSettled(synced)) {
      if (outcome.status === 'rejected') throw outcome.reason
    }
    this.records = place.sequence
    this.rows = place.rowsBefore
    for (const buffer of buffers) this.bytes += buffer.byteLength
  }

  /** The end mark is not synced: without it the file is read as one whose writer died. */
  async seal(): Promise<void> {
    const place = { id: this.id, sequence: this.records, rowsBefore: this.rows }
    try {
      const mark = encodeEnd(place)
      await this.#file.append([mark])
      this.bytes += mark.byteLength
    } catch {
      // The disk is full or broken; every acknowledged record is in the file already.
    }
    await this.#file.close().catch(() => undefined)
  }

  /**
   * Gives the file up at its last durable record and tells whether that needs a cut mark elsewhere:
   * without one, a replay could find the records that are about to be written again.
   */
  async abandon(): Promise<Cut | undefined> {
    let isGone = false
    if (this.records > 0) await this.#file.truncate(this.bytes).catch(() => undefined)
    await this.#file.close().catch(() => undefined)
    if (this.records === 0) {
      isGone = await this.#files.remove(this.path).then(
        () => true,
        () => false,
      )
    }
    return isGone ? undefined : { id: this.id, records: this.records }
  }
}

export type SegmentPlace = { files: SegmentFiles; dir: string; id: string; created_ms: number }

export function segmentPath(dir: string, id: string): string {
  return `${dir}/${id}.segment`
}

/** Changes when a table's columns change: bytes of another shape must not be inserted. */
export function columnsFingerprint(table: WrittenTable): number {
  const known = fingerprints.get(table)
  if (known !== undefined) return known
  const fingerprint = crc32(JSON.stringify(Object.entries(tables[table].columns)))
  fingerprints.set(table, fingerprint)
  return fingerprint
}
const fingerprints = new Map<WrittenTable, number>()

function entryOf({ table, rows, bytes }: TableRows): SegmentEntry {
  return { table, rows, columns: columnsFingerprint(table), bytes }
}
