/**
 * The disk between collectors and sender: bounded, durable before it says so, and in the order of
 * importance. It is the collectors' sink. Leaves the way to the server to send/.
 */
import { randomBytes, randomInt } from 'node:crypto'
import { constants as zlib, zstdCompressSync } from 'node:zlib'
import type { Logger } from 'pino'
import { type Chunk, type ChunkSignal, chunkSignals, type Sink } from '../collector.ts'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { type Disk, disk as realDisk } from './disk.ts'
import { type Frame, type FrameHead, frame_head_bytes, isBodyWhole } from './frame.ts'
import { Lane } from './lane.ts'
import { PositionBook } from './position-book.ts'
import { Quarantine } from './quarantine.ts'
import { recover } from './recover.ts'
import { Reserve } from './reserve.ts'
import { Room } from './room.ts'
import type { Segment } from './segment.ts'

export type SpoolOptions = {
  dir: string
  bytes_max: number
  log: Logger
  every: (interval_ms: number, run: () => void) => () => void
  checkpoint_ms?: number
  retry_ms?: number
  disk?: Disk
}

/** A chunk on its way: it stays in the spool until done(). */
export type Delivery = { signal: ChunkSignal; segment: Segment; frame: Frame; body: Uint8Array }

export const dropReasons = [
  'spool_full',
  'disk_full',
  'chunk_too_large',
  'spool_damaged',
  'refused_by_server',
] as const
export type DropReason = (typeof dropReasons)[number]
export type Drops = { signal: ChunkSignal; reason: DropReason; chunks: number; records: number }

const compress_bytes_min = 512
const disk_share_max = 0.1
const mebibyte = 1024 * 1024
/** A file that is written to is ended and removed only when that frees something. */
const seal_bytes_min = mebibyte / 4
const zstdOptions = { params: { [zlib.ZSTD_c_compressionLevel]: 1 } }

export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const disk = options.disk ?? realDisk
  await disk.makeDir(options.dir)
  const { total_bytes } = await disk.space(options.dir)
  const bytes_max = Math.min(options.bytes_max, Math.floor(total_bytes * disk_share_max))
  const spool = new Spool({ checkpoint_ms: 2_000, retry_ms: 1_000, ...options, disk, bytes_max })
  await spool.start()
  return spool
}

export class Spool implements Sink {
  readonly #options: Required<SpoolOptions>
  readonly #book = new PositionBook()
  readonly #lanes: Record<ChunkSignal, Lane>
  readonly #room: Room
  readonly #quarantine: Quarantine
  readonly #reserve: Reserve
  /** Sent as a whole; removed after the next checkpoint. */
  readonly #sent: Segment[] = []
  readonly #drops = new Map<string, Drops>()
  #nextSequence = 1
  #isDirty = false
  #isClosing = false
  #checkpointing: Promise<void> | undefined
  #stopTimer = () => {}
  readonly #closing = Promise.withResolvers<void>()
  #tell: () => void = () => {}

  constructor(options: Required<SpoolOptions>) {
    this.#options = options
    const { dir, bytes_max, disk, log, retry_ms } = options
    const context = {
      dir,
      disk,
      log,
      segment_bytes: clamp(bytes_max / 32, mebibyte / 8, 8 * mebibyte),
      seed: () => randomInt(2 ** 32),
      pause: () => within(retry_ms, this.#closing.promise),
      isClosing: () => this.#isClosing,
    }
    const entries = chunkSignals.map((signal) => [signal, new Lane(signal, context)])
    this.#lanes = Object.fromEntries(entries)
    // What cannot be sent never takes the room of what can.
    const quarantine_bytes_max = Math.min(16 * mebibyte, Math.floor(bytes_max / 16))
    this.#quarantine = new Quarantine(`${dir}/quarantine`, quarantine_bytes_max, disk, log)
    this.#reserve = new Reserve(`${dir}/reserve`, disk)
    const used = () => this.#usedBytes() + this.#quarantine.bytes
    this.#room = new Room(bytes_max, used)
  }

  async start(): Promise<void> {
    const { dir, disk, log, every, checkpoint_ms } = this.#options
    const known = await readCheckpoint(disk, `${dir}/checkpoint`)
    if (known.isDamaged) log.error('the checkpoint is damaged: positions come from chunks alone')
    this.#book.restore(known.positions)
    await this.#quarantine.open()
    const recovery = await recover({
      dir,
      disk,
      log,
      lanes: this.#lanes,
      acknowledged: known.acknowledged,
      prove: (positions, sequence) => this.#book.prove(positions, sequence),
      quarantine: (name, bytes) => this.#quarantine.keep(name, bytes),
    })
    this.#nextSequence = Math.max(known.next_sequence, recovery.next_sequence)
    // How many records were in it is not known any more.
    for (const signal of recovery.damaged) this.#drop(signal, 'spool_damaged', 0)
    this.#isDirty = true
    await this.checkpoint()
    this.#stopTimer = every(checkpoint_ms, () => void this.checkpoint())
  }

  /** Called after each chunk that became durable. */
  onChunk(tell: () => void): void {
    this.#tell = tell
  }

  async put(chunk: Chunk, { wait = true }: { wait?: boolean } = {}): Promise<boolean> {
    const { signal, records, oldest_ms, positions } = chunk
    const { encoding, body } = encode(chunk.body)
    const told_bytes = positions === undefined ? 0 : JSON.stringify(positions).length
    const bytes = frame_head_bytes + told_bytes + body.length
    if (!this.#room.couldHold(signal, bytes)) return this.#drop(signal, 'chunk_too_large', records)
    if (!this.#room.take(signal, bytes)) {
      if (!wait) return this.#drop(signal, 'spool_full', records)
      if (!(await this.#room.wait(signal, bytes))) return false
    }
    const sequence = this.#nextSequence++
    const id = randomBytes(16).toString('hex')
    const plain_bytes = chunk.body.length
    const head: FrameHead = { signal, encoding, sequence, id, records, plain_bytes, oldest_ms }
    const isKept = await this.#lanes[signal].append({ head, positions, body }, wait)
    this.#room.settle(bytes)
    if (!isKept) this.#room.look()
    if (!isKept) return this.#isClosing ? false : this.#drop(signal, 'disk_full', records)
    if (positions !== undefined) this.#book.prove(positions, sequence)
    this.#tell()
    return true
  }

  position(key: string): string | undefined {
    return this.#book.get(key)
  }

  positions(prefix: string): ReadonlyMap<string, string> {
    return this.#book.within(prefix)
  }

  forget(key: string): void {
    this.#book.forget(key, this.#nextSequence)
    this.#isDirty = true
  }

  /** The next chunk of these signals, read and found whole; undefined when there is none. */
  async take(signals: readonly ChunkSignal[]): Promise<Delivery | undefined> {
    for (const signal of signals) {
      const lane = this.#lanes[signal]
      for (let next = await lane.next(); next !== undefined; next = await lane.next()) {
        for (; lane.damaged > 0; lane.damaged--) this.#drop(signal, 'spool_damaged', 0)
        const { segment, frame } = next
        const { body_offset, body_bytes } = frame
        const body = await this.#read(lane, segment, frame, () =>
          this.#options.disk.readAt(segment.path, body_offset, body_bytes),
        )
        if (isBodyWhole(frame, body, segment.seed)) return { signal, segment, frame, body }
        await this.#quarantine.keep(`damaged-${signal}-${frame.id}`, body)
        this.#drop(signal, 'spool_damaged', frame.records)
        this.#done(signal, segment, frame)
      }
    }
    return undefined
  }

  /** A file that cannot be read now, because too many are open, is not damaged. */
  async #read(lane: Lane, segment: Segment, frame: Frame, read: () => Promise<Uint8Array>) {
    try {
      return await read()
    } catch (error) {
      lane.giveBack(segment, frame)
      throw error
    }
  }

  done({ signal, segment, frame }: Delivery): void {
    this.#done(signal, segment, frame)
  }

  giveBack({ signal, segment, frame }: Delivery): void {
    this.#lanes[signal].giveBack(segment, frame)
  }

  /** The server will never take it: it is put aside and counted. */
  async refuse(delivery: Delivery, why: string): Promise<void> {
    const { signal, frame, body } = delivery
    await this.#quarantine.keep(`refused-${signal}-${frame.id}-${why}`, body)
    this.#drop(signal, 'refused_by_server', frame.records)
    this.done(delivery)
  }

  stats() {
    const oldest = chunkSignals.flatMap((signal) => this.#lanes[signal].oldest_ms() ?? [])
    return {
      bytes: this.#usedBytes(),
      bytes_max: this.#room.bytes_max,
      chunks: this.#eachLane((lane) => lane.chunks()),
      oldest_ms: oldest.length === 0 ? undefined : Math.min(...oldest),
      waiting: this.#room.waiting(),
      disk_errors: this.#eachLane((lane) => lane.disk_errors),
      disk_problem: chunkSignals.map((signal) => this.#lanes[signal].problem).find(Boolean) ?? '',
      quarantined_bytes: this.#quarantine.bytes,
      drops: [...this.#drops.values()].map((drops) => ({ ...drops })),
    }
  }

  /** Positions and acknowledgements first, then the files that they make superfluous. */
  async checkpoint(): Promise<void> {
    while (this.#checkpointing !== undefined) await this.#checkpointing
    if (!this.#isDirty) return
    this.#checkpointing = this.#writeCheckpoint().finally(() => {
      this.#checkpointing = undefined
    })
    await this.#checkpointing
  }

  /** What waits is refused; what is durable stays for the next start. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#stopTimer()
    this.#closing.resolve()
    this.#room.close()
    for (const signal of chunkSignals) await this.#lanes[signal].close()
    await this.checkpoint()
  }

  async #writeCheckpoint(): Promise<void> {
    const { dir, disk, log } = this.#options
    const lanes = Object.values(this.#lanes)
    this.#isDirty = false
    for (const lane of lanes) await lane.sealSent(this.#room.waiting() > 0 ? 0 : seal_bytes_min)
    const acknowledged = Object.fromEntries(
      lanes.map((lane) => [lane.signal, lane.told(this.#nextSequence)]),
    )
    this.#sent.push(...lanes.flatMap((lane) => lane.takeSent()))
    const kept = lanes.flatMap((lane) => lane.segments.map((one) => one.first_sequence))
    const below = Object.values(acknowledged).map((one) => one.below)
    const positions = this.#book.told(Math.min(...below, ...kept))
    const told = { next_sequence: this.#nextSequence, positions, acknowledged }
    try {
      await this.#reserve.lend(() => writeCheckpoint(disk, `${dir}/checkpoint`, told))
      for (const { path } of this.#sent.splice(0)) await disk.remove(path).catch(() => undefined)
      await this.#reserve.take()
    } catch (error) {
      this.#isDirty = true
      log.warn({ error: (error as Error).message }, 'the checkpoint could not be written')
    }
    this.#room.look()
  }

  #done(signal: ChunkSignal, segment: Segment, frame: Frame): void {
    this.#lanes[signal].done(segment, frame)
    this.#isDirty = true
    // Who waits for room gets it now and not at the next turn of the clock.
    if (segment.left === 0 && this.#room.waiting() > 0) void this.checkpoint()
  }

  #drop(signal: ChunkSignal, reason: DropReason, records: number): false {
    const key = `${signal} ${reason}`
    const drops = this.#drops.get(key) ?? { signal, reason, chunks: 0, records: 0 }
    drops.chunks++
    drops.records += records
    this.#drops.set(key, drops)
    return false
  }

  #usedBytes(): number {
    const sent = this.#sent.reduce((sum, { bytes }) => sum + bytes, 0)
    return sent + this.#eachLane((lane) => lane.bytes())
  }

  #eachLane(of: (lane: Lane) => number): number {
    return chunkSignals.reduce((sum, signal) => sum + of(this.#lanes[signal]), 0)
  }
}

/** On disk and on the wire: at level 1 for a hundredth of the CPU that reading the lines took. */
function encode(body: Uint8Array): Pick<FrameHead, 'encoding'> & { body: Uint8Array } {
  if (body.length < compress_bytes_min) return { encoding: 'identity', body }
  const packed = zstdCompressSync(body, zstdOptions)
  return packed.length < body.length
    ? { encoding: 'zstd', body: packed }
    : { encoding: 'identity', body }
}

async function within(ms: number, event: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([promise, event])
  clearTimeout(timer)
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, Math.floor(value)))
}
