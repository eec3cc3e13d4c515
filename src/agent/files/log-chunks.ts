/**
 * Fills chunks with records and gives them to the sink with the positions they reach to. While the
 * sink is full nothing is read: the files themselves are the buffer.
 */
import { LogsEncoder } from '../../wire/otlp/encode-logs.ts'
import type { Chunk, Sink } from '../collector.ts'

/** Larger ones cost memory on every node, smaller ones a sync each. */
export const chunk_bytes = 192 * 1024
export const chunk_age_ms = 500
/** So long the position of a file that went is kept: its compressed copy may show after it. */
const gone_ms = 60_000

/** A file whose position goes with the chunk. */
export type Positioned = {
  readonly positionKey: string
  positionText(): string
  /** Its position is with the next chunk already. */
  isTouched: boolean
}

type Gone = { file: Positioned; at_ms: number }

export class LogChunks {
  readonly encoder = new LogsEncoder(chunk_bytes + 64 * 1024)
  readonly #sink: Sink
  readonly #now_ms: () => number
  #touched: Positioned[] = []
  #gone: Gone[] = []
  /** The sink failed to take it; nothing is read before it has. */
  #unsent: Chunk | undefined
  /** An inode that is used again has the key of the file that is gone. */
  readonly #owners = new Map<string, Positioned>()
  #oldest_ms = Number.POSITIVE_INFINITY
  #opened_ms = 0

  constructor(sink: Sink, now_ms: () => number) {
    this.#sink = sink
    this.#now_ms = now_ms
  }

  /** A record was written to the encoder. */
  wrote(seconds: number): void {
    if (this.encoder.records === 1) this.#opened_ms = this.#now_ms()
    if (seconds * 1000 < this.#oldest_ms) this.#oldest_ms = seconds * 1000
  }

  /** The position of this file moves with the next chunk. */
  touch(file: Positioned): void {
    this.#owners.set(file.positionKey, file)
    if (file.isTouched) return
    file.isTouched = true
    this.#touched.push(file)
  }

  /** The file is gone. Its position is forgotten a while after the last chunk that names it. */
  forget(file: Positioned): void {
    this.#gone.push({ file, at_ms: this.#now_ms() })
  }

  /** As forget, of a file that was gone before this run began. */
  forgetKey(positionKey: string): void {
    const file = { positionKey, positionText: () => '', isTouched: false }
    this.#gone.push({ file, at_ms: Number.NEGATIVE_INFINITY })
  }

  get isFull(): boolean {
    return this.encoder.length >= chunk_bytes
  }

  get isDue(): boolean {
    if (this.#unsent !== undefined) return true
    if (this.encoder.records === 0) return false
    return this.isFull || this.#now_ms() - this.#opened_ms >= chunk_age_ms
  }

  /**
   * Gives what there is to the sink; resolves when it is durable. Positions of files that gave no
   * record wait for the next one: reading them again gives no record again.
   */
  async cut(): Promise<void> {
    await this.resend()
    const { records } = this.encoder
    if (records === 0) return
    const positions: Record<string, string> = {}
    for (const file of this.#touched) {
      positions[file.positionKey] = file.positionText()
      file.isTouched = false
    }
    this.#touched = []
    const before_ms = this.#now_ms() - gone_ms
    const isDue = ({ at_ms, file }: Gone) => at_ms <= before_ms && !(file.positionKey in positions)
    const gone = this.#gone.filter(isDue)
    if (gone.length > 0) this.#gone = this.#gone.filter((one) => !isDue(one))
    const oldest_ms = Math.min(this.#oldest_ms, this.#now_ms())
    this.#oldest_ms = Number.POSITIVE_INFINITY
    // The chunk before it is durable by now.
    const body = this.encoder.lend()
    this.#unsent = { signal: 'logs', body, records, oldest_ms, positions }
    await this.resend()
    for (const { file } of gone) this.#forget(file)
  }

  /** Tries again what failed. Rejects when it fails again. */
  async resend(): Promise<void> {
    if (this.#unsent === undefined) return
    await this.#sink.put(this.#unsent)
    this.#unsent = undefined
  }

  #forget(file: Positioned): void {
    const owner = this.#owners.get(file.positionKey)
    if (owner !== undefined && owner !== file) return
    this.#owners.delete(file.positionKey)
    this.#sink.forget(file.positionKey)
  }
}
