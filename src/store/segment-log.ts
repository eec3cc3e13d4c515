/**
 * The shape of the write-ahead log: its settings with their defaults, what it counts, its
 * interface.
 */
import type { HistogramCounts } from './segment-counts.ts'
import type { SegmentFiles } from './segment-files.ts'
import type { TableRows } from './segment-live.ts'
import type { StoreLog } from './store.ts'

export type SegmentsConfig = {
  dir: string
  /** A segment is sealed when the first of these is reached; age counts while no other waits. */
  age_ms?: number
  bytes_max?: number
  rows_max?: number
  /** Acknowledged and not yet inserted; beyond it appends are refused as busy. */
  buffered_bytes_max?: number
  /** In memory and not yet acknowledged; a disk that hangs must not fill the memory. */
  queued_bytes_max?: number
  /** Appends are refused while more of the disk is used and less than free_bytes_enough is free. */
  disk_used_ratio_max?: number
  free_bytes_enough?: number
  disk_check_ms?: number
  /** After a group failed on two files, appends are refused at once for this long. */
  pause_ms?: number
  /** How often age and disk are looked at; 0 leaves that to calls of tick(). */
  tick_ms?: number
}

export type SegmentsContext = {
  log: StoreLog
  now_ms: () => number
  random?: (bytes: number) => Buffer
  files?: SegmentFiles
}

/** A file that takes no more appends. Only its first `records_max` records count. */
export type SealedSegment = {
  id: string
  path: string
  bytes: number
  /** Unknown until read when the file is left over. */
  rows: number | undefined
  records_max: number
  created_ms: number
  /** Left over from a process that ended before it was inserted. */
  replayed: boolean
  /** The process that left it may have been inserting it: only ever the oldest. */
  isUnsure: boolean
}

export type SegmentsStats = {
  batches: number
  rows: number
  bytes: number
  groups: number
  /** fdatasync or write errors; each abandons its file. */
  disk_errors: number
  groups_rewritten: number
  batches_failed: number
  batches_refused_busy: number
  batches_refused_unavailable: number
  segments_created: number
  segments_replayed: number
  segments_waiting: number
  bytes_queued: number
  bytes_buffered: number
  /** 1 while appends are refused because the disk is nearly full. */
  disk_full: number
  disk_used_ratio: number
  ack: HistogramCounts
}

export interface Segments {
  /** Resolves after fdatasync; rejects with a Fault when nothing of the batch was kept. */
  append(batch: readonly TableRows[]): Promise<void>
  buffered_bytes(): number
  stats(): SegmentsStats
  /** Ends the live segment now, so that the writer can insert it. */
  seal(): Promise<void>
  /** Refuses appends, finishes those that are queued and seals. */
  close(): Promise<void>
  /** Looks at the live segment's age and the disk's space; called by a timer. */
  tick(): Promise<void>
  /** For the writer: what waits, oldest first, and a call when there is more. */
  waiting(): readonly SealedSegment[]
  onSealed(listener: () => void): void
  /** Takes a segment off the list after its file was removed or moved. */
  forget(segment: SealedSegment): void
}

const MIB = 1024 * 1024
export const segmentsDefaults = {
  age_ms: 600,
  bytes_max: 32 * MIB,
  rows_max: 500_000,
  buffered_bytes_max: 2048 * MIB,
  queued_bytes_max: 128 * MIB,
  disk_used_ratio_max: 0.9,
  free_bytes_enough: 10 * 1024 * MIB,
  disk_check_ms: 1000,
  pause_ms: 1000,
  tick_ms: 25,
} as const satisfies Omit<Required<SegmentsConfig>, 'dir'>
