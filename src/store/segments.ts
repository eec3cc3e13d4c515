/**
 * The write-ahead log. An append resolves when its rows are on the disk: everything that is
 * queued goes out with one write and one fdatasync, and the next group gathers meanwhile. Sealed
 * segments wait here, in order, for the writer to insert them. Leaves inserting and quarantine
 * to writer.ts.
 */
import { randomBytes } from 'node:crypto'
import { Fault } from '../model/faults.ts'
import { makeHistogram, observe } from './segment-counts.ts'
import { segmentFiles } from './segment-files.ts'
import type { Cut } from './segment-format.ts'
import { findLeftovers } from './segment-leftovers.ts'
import { LiveSegment, type TableRows } from './segment-live.ts'
import {
  type SealedSegment,
  type Segments,
  type SegmentsConfig,
  type SegmentsContext,
  type SegmentsStats,
  segmentsDefaults,
} from './segment-log.ts'
import { SpaceWatch } from './segment-space.ts'

export type { TableRows } from './segment-live.ts'
export type {
  SealedSegment,
  Segments,
  SegmentsConfig,
  SegmentsContext,
  SegmentsStats,
} from './segment-log.ts'

const GROUP_BYTES_MAX = 32 * 1024 * 1024

export async function openSegments(
  config: SegmentsConfig,
  context: SegmentsContext,
): Promise<Segments> {
  const files = context.files ?? segmentFiles
  await files.makeDir(config.dir)
  const log = new SegmentLog(
    { ...segmentsDefaults, ...config },
    { random: randomBytes, ...context, files },
  )
  await log.start()
  return log
}

type Queued = {
  batch: readonly TableRows[]
  bytes: number
  since_ms: number
  resolve: () => void
  reject: (error: Error) => void
}

class SegmentLog implements Segments {
  readonly #config: Required<SegmentsConfig>
  readonly #context: Required<SegmentsContext>
  readonly #space: SpaceWatch
  readonly #counts = {
    batches: 0,
    rows: 0,
    bytes: 0,
    groups: 0,
    disk_errors: 0,
    groups_rewritten: 0,
    batches_failed: 0,
    batches_refused_busy: 0,
    batches_refused_unavailable: 0,
    segments_created: 0,
    segments_replayed: 0,
  }
  readonly #ack = makeHistogram()
  #queue: Queued[] = []
  #queuedBytes = 0
  #sealed: SealedSegment[] = []
  #live: LiveSegment | undefined
  /** Marks that no durable group carries yet. */
  #cuts: Cut[] = []
  #working: Promise<void> | undefined
  #sealAsked = false
  /** What was queued when the seal was asked for belongs into the segment. */
  #sealAfter: Queued | undefined
  #pausedUntil_ms = 0
  #isClosed = false
  #lastId_ms = 0
  #timer: NodeJS.Timeout | undefined
  #listener: () => void = () => undefined

  constructor(config: Required<SegmentsConfig>, context: Required<SegmentsContext>) {
    this.#config = config
    this.#context = context
    this.#space = new SpaceWatch(config, context)
  }

  async start(): Promise<void> {
    const { files, log } = this.#context
    this.#sealed = await findLeftovers(files, this.#config.dir)
    this.#lastId_ms = this.#sealed.at(-1)?.created_ms ?? 0
    this.#counts.segments_replayed = this.#sealed.length
    if (this.#sealed.length > 0) {
      log.info({ segments: this.#sealed.length, bytes: this.#sealedBytes() }, 'replaying segments')
    }
    if (this.#config.tick_ms === 0) return
    this.#timer = setInterval(() => void this.tick(), this.#config.tick_ms)
    this.#timer.unref()
  }

  append(batch: readonly TableRows[]): Promise<void> {
    const filled = batch.filter((entry) => entry.rows > 0)
    const bytes = filled.reduce((sum, entry) => sum + entry.bytes.byteLength, 0)
    if (filled.length === 0) return Promise.resolve()
    const refusal = this.#refusal(bytes)
    if (refusal !== undefined) return Promise.reject(refusal)
    this.#queuedBytes += bytes
    return new Promise((resolve, reject) => {
      const since_ms = this.#context.now_ms()
      this.#queue.push({ batch: filled, bytes, since_ms, resolve, reject })
      this.#work()
    })
  }

  buffered_bytes(): number {
    return this.#sealedBytes() + (this.#live?.bytes ?? 0) + this.#queuedBytes
  }

  stats(): SegmentsStats {
    return {
      ...this.#counts,
      segments_waiting: this.#sealed.length,
      bytes_queued: this.#queuedBytes,
      bytes_buffered: this.buffered_bytes(),
      disk_full: this.#space.isFull ? 1 : 0,
      disk_used_ratio: this.#space.usedRatio,
      ack: this.#ack,
    }
  }

  async seal(): Promise<void> {
    this.#sealAsked = true
    this.#sealAfter = this.#queue.at(-1)
    this.#work()
    while (this.#sealAsked) await this.#working
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    while (this.#working !== undefined) await this.#working
    await this.seal()
  }

  async tick(): Promise<void> {
    if (this.#working === undefined && this.#isRollDue()) this.#work()
    await this.#space.look()
  }

  waiting(): readonly SealedSegment[] {
    return this.#sealed
  }

  onSealed(listener: () => void): void {
    this.#listener = listener
  }

  forget(segment: SealedSegment): void {
    this.#sealed = this.#sealed.filter((one) => one !== segment)
  }

  #sealedBytes(): number {
    return this.#sealed.reduce((sum, segment) => sum + segment.bytes, 0)
  }

  /**
   * A batch larger than the whole buffer is taken when the buffer is empty: it must get through.
   */
  #refusal(bytes: number): Fault | undefined {
    const { buffered_bytes_max, queued_bytes_max } = this.#config
    const buffered = this.buffered_bytes()
    const unavailable = this.#isClosed
      ? 'the server is shutting down'
      : this.#context.now_ms() < this.#pausedUntil_ms
        ? 'the disk refused the last write'
        : this.#space.isFull
          ? this.#space.says()
          : undefined
    if (unavailable !== undefined) {
      this.#counts.batches_refused_unavailable++
      return new Fault('ingest_unavailable', { detail: unavailable, retry_after_s: 5 })
    }
    const isOver = buffered > 0 && buffered + bytes > buffered_bytes_max
    const isQueueOver = this.#queuedBytes > 0 && this.#queuedBytes + bytes > queued_bytes_max
    if (!isOver && !isQueueOver) return undefined
    this.#counts.batches_refused_busy++
    return new Fault('ingest_busy', { buffered_bytes: buffered, retry_after_s: 1 })
  }

  #work(): void {
    this.#working ??= this.#commitQueued().finally(() => {
      this.#working = undefined
      if (this.#queue.length > 0 || this.#sealAsked) this.#work()
    })
  }

  async #commitQueued(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#takeGroup()
      const failure = await this.#makeDurable(group)
      this.#settle(group, failure)
      if (this.#sealAfter !== undefined && group.includes(this.#sealAfter)) {
        this.#sealAfter = undefined
      }
      const isSealDue = this.#sealAsked && this.#sealAfter === undefined
      if (isSealDue || this.#isRollDue()) await this.#roll()
    }
    if (this.#sealAsked || this.#isRollDue()) await this.#roll()
  }

  #takeGroup(): Queued[] {
    let bytes = 0
    const end = this.#queue.findIndex((one) => {
      const isOver = bytes > 0 && bytes + one.bytes > GROUP_BYTES_MAX
      bytes += one.bytes
      return isOver
    })
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end)
  }

  /** A second file is tried once: most disk errors belong to a place, not to the disk. */
  async #makeDurable(group: readonly Queued[]): Promise<Error | undefined> {
    let failure: Error | undefined
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        this.#live ??= await this.#createLive()
        await this.#live.write(
          group.map((one) => one.batch),
          this.#cuts,
        )
        this.#cuts = []
        if (attempt > 0) this.#counts.groups_rewritten++
        return undefined
      } catch (error) {
        failure = error as Error
        await this.#abandonLive(failure)
      }
    }
    return failure
  }

  #settle(group: readonly Queued[], failure: Error | undefined): void {
    const now = this.#context.now_ms()
    const counts = this.#counts
    counts.groups++
    for (const { bytes } of group) this.#queuedBytes -= bytes
    if (failure !== undefined) {
      counts.batches_failed += group.length
      this.#pausedUntil_ms = now + this.#config.pause_ms
      this.#space.lookSoon()
      const details = { detail: failure.message, retry_after_s: 5 }
      for (const one of group) one.reject(new Fault('ingest_unavailable', details, failure))
      return
    }
    for (const { batch, bytes, since_ms, resolve } of group) {
      counts.batches++
      counts.bytes += bytes
      for (const { rows } of batch) counts.rows += rows
      observe(this.#ack, now - since_ms)
      resolve()
    }
  }

  async #createLive(): Promise<LiveSegment> {
    const { files, now_ms, random } = this.#context
    const created_ms = now_ms()
    // Ids sort by age and never repeat, even when the clock jumps back or a file is restored.
    this.#lastId_ms = Math.max(Math.floor(created_ms), this.#lastId_ms + 1)
    const id = this.#lastId_ms.toString(16).padStart(12, '0') + random(10).toString('hex')
    const live = await LiveSegment.create({ files, dir: this.#config.dir, id, created_ms })
    this.#counts.segments_created++
    return live
  }

  async #abandonLive(error: Error): Promise<void> {
    this.#counts.disk_errors++
    const live = this.#live
    this.#live = undefined
    this.#context.log.error(
      { error: error.message, segment: live?.id, records_kept: live?.records ?? 0 },
      'segment abandoned after a disk error',
    )
    if (live === undefined) return
    const cut = await live.abandon()
    if (cut !== undefined) this.#cuts.push(cut)
    if (live.records > 0) this.#addSealed(live)
  }

  #isRollDue(): boolean {
    const live = this.#live
    if (live === undefined || live.records === 0) return false
    const { age_ms, bytes_max, rows_max } = this.#config
    if (live.bytes >= bytes_max || live.rows >= rows_max) return true
    // It would only wait: while others do, it grows, and fewer and larger inserts catch up sooner.
    const isTurn = this.#sealed.length === 0
    return isTurn && this.#context.now_ms() - live.created_ms >= age_ms
  }

  async #roll(): Promise<void> {
    const live = this.#live
    this.#live = undefined
    if (live !== undefined) {
      await live.seal()
      this.#addSealed(live)
    }
    if (this.#sealAfter === undefined) this.#sealAsked = false
  }

  #addSealed(live: LiveSegment): void {
    const { id, path, bytes, rows, created_ms, records: records_max } = live
    const state = { replayed: false, isUnsure: false }
    this.#sealed.push({ id, path, bytes, rows, records_max, created_ms, ...state })
    this.#listener()
  }
}
