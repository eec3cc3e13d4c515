/**
 * The one road from a body to durable rows: decode, append, and only then remember the identities
 * and answer. Leaves sockets, tokens and decompression to the listeners, inserting to the store.
 */
import { Fault } from '../model/faults.ts'
import type { DecodeOutcome } from '../model/outcome.ts'
import { writtenTables } from '../model/tables.ts'
import type { Segments } from '../store/segments.ts'
import { Batch } from '../wire/batch.ts'
import type { KnownIdentities } from '../wire/known-identities.ts'
import type { Counters } from './counters.ts'
import { KnownChunks, writeChunkId } from './known-chunks.ts'
import type { Decode, Principal, Signal } from './receiver.ts'

/** Where a body came from and how it is read. */
export type Delivery = {
  source: string
  signal: Signal
  decode: Decode
  /** Agents number their chunks: one that is delivered again is answered and not stored again. */
  chunk_id?: string | undefined
}

export interface Intake {
  /** Throws the fault that would come anyway, before a body is read for nothing. */
  admit(): void
  /** Resolves when the records are on disk. On a fault nothing of the body was stored. */
  take(delivery: Delivery, body: Uint8Array, principal: Principal): Promise<DecodeOutcome>
}

export type IntakeContext = {
  segments: Pick<Segments, 'append'>
  known: KnownIdentities
  chunks?: KnownChunks
  now_ms: () => number
  counters: Counters
  limits: IntakeLimits
}

/** Records older than their retention are refused: they would be deleted at once. */
export type IntakeLimits = {
  past_ms_max: Readonly<Record<Signal, number>>
  future_ms_max: number
}

/** While the disk cannot follow, decoding would take CPU from the store that has to catch up. */
const pause_ms = 200
const spare_batches_max = 8
const spare_bytes_max = 4 * 1024 * 1024

export function createIntake(context: IntakeContext): Intake {
  const { segments, known, now_ms, counters, limits, chunks = new KnownChunks() } = context
  const batches = new SpareBatches()
  let paused: { fault: Fault; until_ms: number } | undefined

  function admit(): void {
    if (paused === undefined) return
    if (now_ms() < paused.until_ms) throw paused.fault
    paused = undefined
  }

  async function append(batch: Batch): Promise<void> {
    const tables = batch.tables()
    if (tables.length === 0) return
    try {
      await segments.append(tables)
    } catch (error) {
      const fault = asFault(error)
      if (fault.status === 429 || fault.status === 503) {
        paused = { fault, until_ms: now_ms() + pause_ms }
      }
      throw fault
    }
    known.commit(batch)
  }

  async function take(delivery: Delivery, body: Uint8Array, principal: Principal) {
    admit()
    const { chunk_id } = delivery
    if (chunk_id === undefined) return store(delivery, body, principal)
    const stored = await chunks.once(chunk_id, () => store(delivery, body, principal))
    return stored ?? storedBefore
  }

  async function store(delivery: Delivery, body: Uint8Array, principal: Principal) {
    const { source, signal, decode, chunk_id } = delivery
    const arrived_ms = now_ms()
    const decodeContext = {
      arrived_ms,
      time_ms_min: arrived_ms - limits.past_ms_max[signal],
      time_ms_max: arrived_ms + limits.future_ms_max,
      cluster: principal.cluster,
      agent_id: principal.agent_id,
      known,
    }
    const batch = batches.get()
    const outcome = decode(body, decodeContext, batch)
    if (chunk_id !== undefined) writeChunkId(batch, chunk_id, arrived_ms)
    await append(batch)
    counters.stored(source, signal, body.length, outcome)
    // A batch that failed is left to the garbage collector: it may be huge or still be read.
    batches.giveBack(batch)
    return outcome
  }

  return { admit, take }
}

/** What became of its records was told the first time. */
const storedBefore: DecodeOutcome = { accepted: 0, rejected: 0, reasons: {}, message: '' }

/** Appending fails for reasons of the disk: the sender is told to come again. */
function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  const detail = error instanceof Error ? error.message : String(error)
  return new Fault('ingest_unavailable', { detail, retry_after_s: 5 }, error)
}

/** A batch grows to the size of its requests; using it again saves that growing. */
class SpareBatches {
  readonly #spare: Batch[] = []

  get(): Batch {
    return this.#spare.pop() ?? new Batch()
  }

  giveBack(batch: Batch): void {
    if (this.#spare.length >= spare_batches_max || capacityOf(batch) > spare_bytes_max) return
    batch.clear()
    this.#spare.push(batch)
  }
}

function capacityOf(batch: Batch): number {
  return writtenTables.reduce((sum, table) => sum + batch.get(table).bytes.length, 0)
}
