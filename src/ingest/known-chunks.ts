/**
 * Chunks that agents have sent before: a chunk is stored once, however often and however
 * concurrently it is delivered. Leaves keeping the ids on disk to the chunk's own records.
 */
import { Fault } from '../model/faults.ts'
import type { Batch } from '../wire/batch.ts'
import type { RequestHeaders } from './receiver.ts'

export const chunkHeader = 'crowsnest-chunk'
/** 60 bytes each: 30 MB at most, and hours of a thousand agents' chunks. */
export const chunks_known_max = 500_000

const shape = /^[0-9a-f]{32}$/

/** Undefined when the sender does not number its chunks. Throws payload_malformed. */
export function chunkIdOf(headers: RequestHeaders): string | undefined {
  const value = headers[chunkHeader]
  if (value === undefined) return undefined
  if (typeof value === 'string' && shape.test(value)) return value
  const detail = `the header ${chunkHeader} is not 32 hexadecimal digits`
  throw new Fault('payload_malformed', { format: 'HTTP', detail })
}

/** Into the batch of the chunk's records: both are durable, or neither is. */
export function writeChunkId(batch: Batch, id: string, time_ms: number): void {
  const rows = batch.get('ingest_chunks')
  rows.text(id)
  rows.int53(time_ms)
  rows.rows++
}

export class KnownChunks {
  /** Two generations: forgetting the older one costs nothing. */
  #newer = new Set<string>()
  #older = new Set<string>()
  readonly #underWay = new Map<string, Promise<unknown>>()
  readonly #generation_max: number
  /** Deliveries of chunks that were stored before. */
  repeated = 0

  constructor(ids_max = chunks_known_max) {
    this.#generation_max = Math.max(1, Math.floor(ids_max / 2))
  }

  add(id: string): void {
    if (this.#newer.size >= this.#generation_max) {
      this.#older = this.#newer
      this.#newer = new Set()
    }
    this.#newer.add(packed(id))
  }

  has(id: string): boolean {
    const key = packed(id)
    return this.#newer.has(key) || this.#older.has(key)
  }

  /** Runs the work unless the chunk is known, and then answers undefined. */
  async once<Result>(id: string, work: () => Promise<Result>): Promise<Result | undefined> {
    for (;;) {
      if (this.has(id)) {
        this.repeated++
        return undefined
      }
      const other = this.#underWay.get(id)
      if (other === undefined) break
      // What the other delivery comes to is its own sender's affair.
      await other.catch(() => undefined)
    }
    const working = work()
    this.#underWay.set(id, working)
    try {
      const result = await working
      this.add(id)
      return result
    } finally {
      this.#underWay.delete(id)
    }
  }
}

/** Half the memory of the hexadecimal digits. */
function packed(id: string): string {
  return Buffer.from(id, 'hex').toString('latin1')
}
