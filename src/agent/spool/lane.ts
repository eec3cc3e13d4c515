/**
 * The chunks of one signal, in order: writes them in groups, each durable with one fdatasync, and
 * hands them out until they are acknowledged. Leaves limits and positions to spool.ts.
 */
import type { Logger } from 'pino'
import type { ChunkSignal, Positions } from '../collector.ts'
import type { Acknowledged } from './checkpoint.ts'
import type { Disk } from './disk.ts'
import { encodeFrame, type Frame, type FrameHead, frame_head_bytes } from './frame.ts'
import { Segment } from './segment.ts'

export type LaneContext = {
  dir: string
  segment_bytes: number
  disk: Disk
  seed: () => number
  log: Logger
  /** Resolves when a failed write may be tried again, at once when the spool closes. */
  pause: () => Promise<void>
  isClosing: () => boolean
}

export type Entry = { head: FrameHead; positions: Positions | undefined; body: Uint8Array }
type Queued = Entry & { wait: boolean; resolve: (isKept: boolean) => void }

const group_bytes_max = 8 * 1024 * 1024

export class Lane {
  readonly signal: ChunkSignal
  segments: Segment[] = []
  /** Acknowledged chunks whose segment is still there. */
  readonly acknowledged = new Set<number>()
  readonly inFlight = new Map<number, Frame>()
  disk_errors = 0
  /** Why nothing can be written now, or ''. */
  problem = ''
  /** Chunks that were lost with the heads that told of them. */
  damaged = 0
  readonly #context: LaneContext
  #live: Segment | undefined
  #queue: Queued[] = []
  /** Being written: neither queued nor in a segment. */
  #writing: readonly Queued[] = []
  #again: { segment: Segment; frame: Frame }[] = []
  #working: Promise<void> | undefined

  constructor(signal: ChunkSignal, context: LaneContext) {
    this.signal = signal
    this.#context = context
  }

  bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  chunks(): number {
    return this.segments.reduce((sum, { left }) => sum + left, 0)
  }

  /** Of the oldest record that is known to wait. */
  oldest_ms(): number | undefined {
    let oldest = Number.POSITIVE_INFINITY
    for (const { oldest_ms } of this.inFlight.values()) oldest = Math.min(oldest, oldest_ms)
    for (const { frame } of this.#again) oldest = Math.min(oldest, frame.oldest_ms)
    const next = this.segments.find(({ cursor, chunks }) => cursor < chunks)
    oldest = Math.min(oldest, next?.frames?.[next.cursor]?.oldest_ms ?? oldest)
    return Number.isFinite(oldest) ? oldest : undefined
  }

  /** Resolves when it is durable; false when it may not wait for a disk that takes nothing. */
  append(entry: Entry, wait: boolean): Promise<boolean> {
    return new Promise((resolve) => {
      this.#queue.push({ ...entry, wait, resolve })
      this.#start()
    })
  }

  #start(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
      // Queued after the last look and before this.
      if (this.#queue.length > 0) this.#start()
    })
  }

  /** The next chunk to send; it stays in flight until done() or giveBack(). */
  async next(): Promise<{ segment: Segment; frame: Frame } | undefined> {
    const again = this.#again.shift()
    if (again !== undefined) return this.#fly(again.segment, again.frame)
    for (const segment of this.segments) {
      if (segment.cursor >= segment.chunks) continue
      const frames = await segment.load(this.#context.disk)
      if (frames.length !== segment.chunks) this.#shrink(segment, frames)
      while (segment.cursor < frames.length) {
        const frame = frames[segment.cursor++]!
        if (segment.cursor === segment.chunks) segment.unload()
        if (!this.acknowledged.has(frame.sequence)) return this.#fly(segment, frame)
      }
    }
    return undefined
  }

  /** Heads that could be read when the file was written cannot be read any more. */
  #shrink(segment: Segment, frames: readonly Frame[]): void {
    this.damaged += segment.chunks - frames.length
    segment.chunks = frames.length
    segment.left = frames.filter(({ sequence }) => !this.acknowledged.has(sequence)).length
  }

  #fly(segment: Segment, frame: Frame) {
    this.inFlight.set(frame.sequence, frame)
    return { segment, frame }
  }

  done(segment: Segment, frame: Frame): void {
    if (!this.inFlight.delete(frame.sequence)) return
    this.acknowledged.add(frame.sequence)
    segment.left--
  }

  giveBack(segment: Segment, frame: Frame): void {
    if (!this.inFlight.delete(frame.sequence)) return
    this.#again.push({ segment, frame })
    this.#again.sort((a, b) => a.frame.sequence - b.frame.sequence)
  }

  /** As the checkpoint keeps it. */
  told(next_sequence: number): Acknowledged {
    const unsent = this.segments.find(({ left }) => left > 0)?.first_sequence
    const unwritten = (this.#writing[0] ?? this.#queue[0])?.head.sequence
    const below = Math.min(unsent ?? next_sequence, unwritten ?? next_sequence)
    return { below, also: [...this.acknowledged].filter((sequence) => sequence >= below) }
  }

  /** Segments of which nothing is left to send, off the list; the files are the caller's. */
  takeSent(): Segment[] {
    const isSent = (segment: Segment) => segment.left === 0 && segment !== this.#live
    const sent = this.segments.filter(isSent)
    if (sent.length === 0) return sent
    this.segments = this.segments.filter((segment) => !isSent(segment))
    for (const sequence of this.acknowledged) {
      const isIn = (one: Segment) => sequence >= one.first_sequence && sequence <= one.last_sequence
      if (sent.some(isIn)) this.acknowledged.delete(sequence)
    }
    return sent
  }

  /** Ends the file that is written to when all of it was sent and it is worth the room. */
  async sealSent(bytes_min: number): Promise<void> {
    const live = this.#live
    if (live === undefined || live.left > 0 || live.bytes < bytes_min) return
    if (this.#working === undefined) await this.#seal(live)
  }

  async close(): Promise<void> {
    while (this.#working !== undefined) await this.#working
    if (this.#live !== undefined) await this.#seal(this.#live)
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#takeGroup()
      this.#writing = group
      await this.#write(group)
      this.#writing = []
    }
  }

  #takeGroup(): Queued[] {
    let bytes = 0
    const end = this.#queue.findIndex(({ body }) => {
      const isOver = bytes > 0 && bytes + body.length > group_bytes_max
      bytes += body.length
      return isOver
    })
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end)
  }

  /** Until it is durable; a disk that is full or broken is tried again. */
  async #write(group: Queued[]): Promise<void> {
    let rest = group
    while (rest.length > 0) {
      try {
        await this.#writeOnce(rest)
        this.problem = ''
        for (const { resolve } of rest) resolve(true)
        return
      } catch (error) {
        await this.#abandon(error as Error)
      }
      // Who may not wait for the disk is told now; at the end of the process everybody.
      const isOver = (one: Queued) => !one.wait || this.#context.isClosing()
      for (const one of rest) if (isOver(one)) one.resolve(false)
      rest = rest.filter((one) => !isOver(one))
      if (rest.length > 0) await this.#context.pause()
    }
  }

  async #writeOnce(group: readonly Queued[]): Promise<void> {
    const { disk, dir } = this.#context
    this.#live ??= await this.#create(group[0]!.head.sequence)
    const live = this.#live
    const isFirst = live.chunks === 0
    const place = { seed: live.seed, durable_bytes: live.bytes }
    const buffers: Uint8Array[] = []
    const frames: Frame[] = []
    let at = live.bytes
    for (const { head, positions, body } of group) {
      const parts = encodeFrame(head, positions, body, place)
      const body_offset = at + frame_head_bytes + parts[1]!.length
      const body_crc = Buffer.from(parts[0]!.buffer, parts[0]!.byteOffset).readUInt32LE(60)
      frames.push({ ...head, body_offset, body_bytes: body.length, body_crc })
      buffers.push(...parts)
      at = body_offset + body.length
    }
    await live.file!.append(buffers, live.bytes)
    await live.file!.datasync()
    if (isFirst) await disk.syncDir(dir)
    live.bytes = at
    for (const frame of frames) live.add(frame)
    if (isFirst) this.segments.push(live)
    if (live.bytes >= this.#context.segment_bytes) await this.#seal(live)
  }

  async #create(sequence: number): Promise<Segment> {
    const { disk, dir, seed } = this.#context
    const segment = Segment.named(dir, this.signal, sequence, seed())
    segment.file = await disk.create(segment.path)
    segment.frames = []
    return segment
  }

  async #seal(live: Segment): Promise<void> {
    const file = live.file
    live.file = undefined
    if (this.#live === live) this.#live = undefined
    // Chunks of older segments go first: the index is read again when their turn is over.
    const isNext = this.segments.find(({ cursor, chunks }) => cursor < chunks) === live
    if (!isNext) live.unload()
    await file?.close().catch(() => undefined)
  }

  /**
   * After an error the file takes no more: the kernel may have thrown dirty pages away and would
   * call the next sync a success. What was synced before stays.
   */
  async #abandon(error: Error): Promise<void> {
    const { disk, log } = this.#context
    this.disk_errors++
    this.problem = error.message
    log.warn({ error: error.message, signal: this.signal }, 'the spool cannot be written to')
    const live = this.#live
    if (live === undefined) return
    await live.file?.truncate(live.bytes).catch(() => undefined)
    await this.#seal(live)
    if (live.chunks === 0) await disk.remove(live.path).catch(() => undefined)
  }
}
