/**
 * Drains sealed segments into the store, in order and exactly once: a block's token is its
 * segment and table, so a repeated insert after a crash changes nothing. A store that is away is
 * waited for; bytes that the store refuses for good are kept aside and counted. Live and left-
 * over segments take one path.
 */
import {
  type Block,
  type Blocks,
  blocksOf,
  type Lost,
  lostWhole,
  replacing,
} from './segment-blocks.ts'
import {
  type HistogramCounts,
  type Loss,
  type LossReason,
  makeHistogram,
  makeLosses,
  observe,
} from './segment-counts.ts'
import { type SegmentFiles, segmentFiles } from './segment-files.ts'
import type { SealedSegment, Segments } from './segment-log.ts'
import { Quarantine } from './segment-quarantine.ts'
import type { Store, StoreLog } from './store.ts'

export type WriterConfig = {
  /** The segments' directory; quarantine is a directory in it. */
  dir: string
  /** A block that the store refuses for good is tried this often before it is kept aside. */
  attempts_max?: number
  backoff_ms_min?: number
  backoff_ms_max?: number
  quarantine_bytes_max?: number
}

export type WriterContext = {
  segments: Segments
  store: Pick<Store, 'insert'>
  log: StoreLog
  now_ms: () => number
  files?: SegmentFiles
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

export type WriterStats = {
  segments: number
  blocks: number
  rows: number
  bytes: number
  /** Inserts that failed and were tried again. */
  retries: number
  /** Unfinished writes at the end of left-over segments: never acknowledged, so not a loss. */
  torn_tails: number
  torn_bytes: number
  torn_rows: number
  lost: Record<LossReason, Loss>
  insert: HistogramCounts
  /** From a segment's first append until all its rows can be queried. */
  visible: HistogramCounts
}

export interface Writer {
  stats(): WriterStats
  /** Seals and inserts what is there; false when the deadline came first. */
  flush(deadline_ms: number): Promise<boolean>
  /** The same without taking more; what is left is inserted after the next start. */
  close(deadline_ms: number): Promise<boolean>
}

const defaults = {
  attempts_max: 3,
  backoff_ms_min: 100,
  backoff_ms_max: 5000,
  quarantine_bytes_max: 1024 * 1024 * 1024,
} as const

export function startWriter(config: WriterConfig, context: WriterContext): Writer {
  const writer = new SegmentWriter(
    { ...defaults, ...config },
    { files: segmentFiles, wait, ...context },
  )
  void writer.run()
  return writer
}

class SegmentWriter implements Writer {
  readonly #config: Required<WriterConfig>
  readonly #context: Required<WriterContext>
  readonly #quarantine: Quarantine
  readonly #stop = new AbortController()
  readonly #counts = {
    segments: 0,
    blocks: 0,
    rows: 0,
    bytes: 0,
    retries: 0,
    torn_tails: 0,
    torn_bytes: 0,
    torn_rows: 0,
  }
  readonly #lost = makeLosses()
  readonly #insert = makeHistogram()
  readonly #visible = makeHistogram()
  #wake: () => void = () => undefined
  #drained: (() => void)[] = []

  constructor(config: Required<WriterConfig>, context: Required<WriterContext>) {
    this.#config = config
    this.#context = context
    this.#quarantine = new Quarantine(config, context)
    context.segments.onSealed(() => this.#wake())
  }

  stats(): WriterStats {
    return {
      ...this.#counts,
      lost: this.#lost,
      insert: this.#insert,
      visible: this.#visible,
    }
  }

  async flush(deadline_ms: number): Promise<boolean> {
    await this.#context.segments.seal()
    return this.#untilDrained(deadline_ms)
  }

  async close(deadline_ms: number): Promise<boolean> {
    await this.#context.segments.close()
    const isDrained = await this.#untilDrained(deadline_ms)
    this.#stop.abort()
    this.#wake()
    return isDrained
  }

  async run(): Promise<void> {
    const { segments, log } = this.#context
    let failures = 0
    while (!this.#stop.signal.aborted) {
      const segment = segments.waiting()[0]
      if (segment === undefined) {
        for (const resolve of this.#drained.splice(0)) resolve()
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        continue
      }
      try {
        await this.#drain(segment)
        failures = 0
      } catch (error) {
        if (this.#stop.signal.aborted) return
        log.error({ error: (error as Error).message, segment: segment.id }, 'segment not drained')
        await this.#backOff(failures++)
      }
    }
  }

  async #drain(segment: SealedSegment): Promise<void> {
    const { files, segments, now_ms } = this.#context
    const read = await this.#read(segment)
    const lost = [...read.lost]
    for (const block of read.blocks) {
      if (!(await this.#insertBlock(segment, block))) lost.push(refused(block))
    }
    if (lost.length > 0) await this.#quarantine.take(segment, lost)
    else await files.remove(segment.path)
    segments.forget(segment)
    await this.#syncRemoval()
    this.#count(segment, read, lost)
    if (!segment.replayed) observe(this.#visible, now_ms() - segment.created_ms)
  }

  /** Before the next segment is begun: after a power cut only one may be half inserted. */
  async #syncRemoval(): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        return await this.#context.files.syncDir(this.#config.dir)
      } catch (error) {
        const details = { error: (error as Error).message }
        this.#context.log.error(details, 'the segments directory cannot be synced')
        await this.#backOff(failures)
      }
    }
  }

  async #read(segment: SealedSegment): Promise<Blocks> {
    for (let attempt = 1; ; attempt++) {
      try {
        return blocksOf(await this.#context.files.read(segment.path), segment)
      } catch (error) {
        const details = { error: (error as Error).message, segment: segment.id, attempt }
        this.#context.log.error(details, 'segment cannot be read')
        if (attempt >= this.#config.attempts_max) {
          const lost = [lostWhole(segment, 'segment_unreadable', segment.bytes)]
          return { blocks: [], lost, torn: undefined }
        }
        await this.#backOff(attempt - 1)
      }
    }
  }

  /** False when the store will never take these bytes. */
  async #insertBlock(segment: SealedSegment, block: Block): Promise<boolean> {
    const { store, log, now_ms } = this.#context
    const token = `${segment.id}-${block.table}`
    const canRepeat = !replacing.includes(block.table)
    let refusals = 0
    for (let attempt = 0; ; attempt++) {
      const began_ms = now_ms()
      try {
        // A failed insert may have gone in, and an engine that died may have forgotten its token.
        const isUnsure = canRepeat && (segment.isUnsure || attempt > 0)
        await store.insert(block.table, block.bytes, { token, isUnsure })
        observe(this.#insert, now_ms() - began_ms)
        return true
      } catch (error) {
        this.#counts.retries++
        if (!isRetryable(error)) refusals++
        const { rows, table } = block
        const details = { error: (error as Error).message, token, table, rows, attempt }
        if (refusals >= this.#config.attempts_max) {
          log.error(
            details,
            'the store refuses these rows: they are kept aside and counted as lost',
          )
          return false
        }
        // The store may be away for hours: the first failure and then every tenth is said.
        if (attempt % 10 === 0) log.warn(details, 'insert failed, trying again')
        await this.#backOff(attempt)
      }
    }
  }

  #count(segment: SealedSegment, { blocks, torn }: Blocks, lost: readonly Lost[]): void {
    const counts = this.#counts
    counts.segments++
    for (const { rows, bytes } of blocks) {
      counts.blocks++
      counts.rows += rows
      for (const part of bytes) counts.bytes += part.byteLength
    }
    for (const { reason, loss } of lost) {
      const sum = this.#lost[reason]
      sum.segments += loss.segments
      sum.records += loss.records
      sum.rows += loss.rows
      sum.bytes += loss.bytes
      if (reason === 'insert_refused') counts.rows -= loss.rows
    }
    if (torn === undefined) return
    const { bytes, rows } = torn
    this.#context.log.warn({ segment: segment.id, bytes, rows }, 'an unfinished write was cut off')
    counts.torn_tails++
    counts.torn_bytes += torn.bytes
    counts.torn_rows += torn.rows
  }

  async #backOff(failures: number): Promise<void> {
    const { backoff_ms_min, backoff_ms_max } = this.#config
    const ms = Math.min(backoff_ms_max, backoff_ms_min * 2 ** Math.min(failures, 20))
    await this.#context.wait(ms, this.#stop.signal)
    if (this.#stop.signal.aborted) throw new Error('the writer is closing')
  }

  async #untilDrained(deadline_ms: number): Promise<boolean> {
    const { segments } = this.#context
    if (segments.waiting().length === 0) return true
    const timer = new AbortController()
    const drained = new Promise<void>((resolve) => this.#drained.push(resolve))
    this.#wake()
    await Promise.race([drained, this.#context.wait(deadline_ms, timer.signal)])
    timer.abort()
    return segments.waiting().length === 0
  }
}

function refused(block: Block): Lost {
  const { records, rows } = block
  const bytes = block.bytes.reduce((sum, part) => sum + part.byteLength, 0)
  return { reason: 'insert_refused', loss: { segments: 1, records, rows, bytes } }
}

/**
 * Only an error of the store that says so is final: waiting costs time, giving up costs rows. A
 * fault that was made of one carries it as its cause.
 */
function isRetryable(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ('retryable' in one) return one.retryable !== false
  }
  return true
}

/** Ends early, and quietly, when the signal is aborted. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
