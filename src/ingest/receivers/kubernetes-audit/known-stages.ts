/**
 * Which stages of which requests were stored, kept in table ingest_chunks in the write of their
 * rows: an event that comes again after a restart is known, as it was before.
 */
import { Batch } from '../../../wire/batch.ts'
import { viewOf } from '../../../wire/copy-bytes.ts'
import type { KnownIdentities } from '../../../wire/known-identities.ts'

export type StageIdentity = { lo: number; hi: number }

/** Begins a row; what others keep in the table begins with another byte or has another length. */
const row_mark = 0x41
const identity_bytes = 8
/** More of a request are in further rows. */
const row_identities_max = 2_048
/** Identities have a day; a request's id is never used again. */
export const anyDay = 0

export function writeStages(batch: Batch, stages: readonly StageIdentity[], time_ms: number): void {
  const rows = batch.get('ingest_chunks')
  for (let from = 0; from < stages.length; from += row_identities_max) {
    const some = stages.slice(from, from + row_identities_max)
    rows.varint(1 + some.length * identity_bytes)
    rows.u8(row_mark)
    for (const { lo, hi } of some) rows.int64(lo, hi)
    rows.int53(Math.floor(time_ms))
    rows.rows++
  }
}

/** Remembers what rows of writeStages() say; other rows are left alone. */
export function rememberStages(rows: readonly Uint8Array[], known: KnownIdentities): void {
  const batch = new Batch()
  for (const row of rows) {
    if (row[0] !== row_mark) continue
    const view = viewOf(row)
    for (let at = 1; at + identity_bytes <= row.length; at += identity_bytes) {
      const [lo, hi] = [view.getInt32(at, true), view.getInt32(at + 4, true)]
      batch.newIdentities.add(lo, hi, 'resource', anyDay)
    }
  }
  known.commit(batch)
}
