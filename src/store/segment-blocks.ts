/**
 * From a segment's file to what is inserted and what is lost: one block of row bytes per table
 * in the order of insertion, and every row that cannot be inserted under its reason. Pure.
 */
import { type WrittenTable, writtenTables } from '../model/tables.ts'
import type { Loss, LossReason } from './segment-counts.ts'
import { type Damage, type SegmentEntry, type SegmentRecord, scan } from './segment-format.ts'
import { columnsFingerprint } from './segment-live.ts'
import type { SealedSegment } from './segment-log.ts'

export type Block = { table: WrittenTable; rows: number; records: number; bytes: Uint8Array[] }
/** Their rows replace equal rows, so a second insert of them does no harm. */
export const replacing: readonly WrittenTable[] = ['resources', 'metric_series']
export type Lost = { reason: LossReason; loss: Loss }
export type Blocks = { blocks: Block[]; lost: Lost[]; torn: Damage | undefined }

/**
 * Identities first: a row that is visible can then always be joined with its resource and
 * series.
 */
const insertOrder: readonly WrittenTable[] = [
  ...replacing,
  ...writtenTables.filter((table) => !replacing.includes(table)),
]

export function blocksOf(file: Uint8Array, segment: SealedSegment): Blocks {
  // A live segment's length is known; what an abandoned one holds behind it was written again.
  const bytes = segment.replayed ? file : file.subarray(0, segment.bytes)
  const found = scan(bytes, segment.id)
  const counts = (one: { sequence: number }) => one.sequence < segment.records_max
  const lost: Lost[] = found.damaged.filter(counts).map((damage) => ({
    reason: 'segment_damaged',
    loss: { segments: 1, records: damage.records, rows: damage.rows, bytes: damage.bytes },
  }))
  if (found.versionUnknown) lost.push(lostWhole(segment, 'version_unknown', file.byteLength))
  const records = found.records.filter(counts)
  const byTable = new Map<WrittenTable, Block>()
  for (const record of records) sortEntries(record, byTable, lost)
  if (!segment.replayed) lost.push(...missing(segment, records, lost))
  const torn = found.torn !== undefined && counts(found.torn) ? found.torn : undefined
  const blocks = insertOrder.flatMap((table) => byTable.get(table) ?? [])
  return { blocks, lost, torn: segment.replayed ? torn : undefined }
}

export function lostWhole(segment: SealedSegment, reason: LossReason, bytes: number): Lost {
  return { reason, loss: { segments: 1, records: 0, rows: segment.rows ?? 0, bytes } }
}

function sortEntries(record: SegmentRecord, byTable: Map<WrittenTable, Block>, lost: Lost[]): void {
  const touched = new Set<WrittenTable>()
  for (const entry of record.entries) {
    const table = writtenTables.find((name) => name === entry.table)
    if (table === undefined || entry.columns !== columnsFingerprint(table)) {
      lost.push(lostEntry(entry, table === undefined ? 'table_unknown' : 'columns_changed'))
      continue
    }
    const block = byTable.get(table) ?? { table, rows: 0, records: 0, bytes: [] }
    byTable.set(table, block)
    block.rows += entry.rows
    block.bytes.push(entry.bytes)
    if (!touched.has(table)) block.records++
    touched.add(table)
  }
}

function lostEntry(entry: SegmentEntry, reason: LossReason): Lost {
  const { rows, bytes } = entry
  return { reason, loss: { segments: 1, records: 1, rows, bytes: bytes.byteLength } }
}

/**
 * Of a segment written by this process every row is known, so what the file no longer has is
 * lost.
 */
function missing(segment: SealedSegment, records: SegmentRecord[], lost: Lost[]): Lost[] {
  const kept = records.reduce((sum, record) => sum + record.rows, 0)
  const counted = lost
    .filter((one) => one.reason === 'segment_damaged')
    .reduce((sum, one) => sum + one.loss.rows, 0)
  const rows = (segment.rows ?? 0) - kept - counted
  if (rows <= 0 || lost.some((one) => one.reason === 'version_unknown')) return []
  return [{ reason: 'segment_damaged', loss: { segments: 1, records: 1, rows, bytes: 0 } }]
}
