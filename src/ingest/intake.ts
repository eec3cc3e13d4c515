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
import { decodeOtlpMetrics } from '../wire/otlp/metrics.ts'
import type { Counters } from './counters.ts'
import { KnownChunks, writeChunkId } from './known-chunks.ts'
import { objectsInMemory, type ReceiverParts } from './parts.ts'
import type { Decode, Principal, RecordContext, Signal } from './receiver.ts'
import { AlertCounts } from './receivers/falco/alert-counts.ts'
import { withEventLines } from './receivers/security/event-lines.ts'
import type { ReadEvent } from './receivers/security/read-event.ts'
import { noPipelines } from './records/record-pipelines.ts'
import { FirstRefusals, RefusalLog, type Refused } from './refusals.ts'

/** Where a body came from and how it is read. */
export type Delivery = {
  source: string
  signal: Signal
  decode: Decode
  /** Agents number their chunks: one that is delivered again is answered and not stored again. */
  chunk_id?: string | undefined
}

export interface Intake {
  readonly parts: ReceiverParts
  /** Throws the fault that would come anyway, before a body is read for nothing. */
  admit(): void
  /** Resolves when the records are on disk. On a fault nothing of the body was stored. */
  take(delivery: Delivery, body: Uint8Array, principal: Principal): Promise<DecodeOutcome>
  /** Notes a request that never became a body, so that it is told too. */
  refusedRequest(refused: Refused, fault: Fault, count?: number): void
  /** Stores what was refused since the last time, as rows. To be called every second. */
  tellRefused(): Promise<void>
  /** Stores counters of what was taken. To be called every few seconds. */
  tellCounts(): Promise<void>
}

export type IntakeContext = {
  segments: Pick<Segments, 'append'>
  known: KnownIdentities
  chunks?: KnownChunks
  /** Without them nothing is kept and no pipeline runs. */
  parts?: ReceiverParts
  /** Names this server among those that share a store. */
  instance?: string
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
  return new StoringIntake(context)
}

class StoringIntake implements Intake {
  readonly parts: ReceiverParts
  readonly #context: IntakeContext
  readonly #chunks: KnownChunks
  readonly #batches = new SpareBatches()
  readonly #refusals = new RefusalLog()
  readonly #alerts: AlertCounts
  #paused: { fault: Fault; until_ms: number } | undefined

  constructor(context: IntakeContext) {
    this.#context = context
    this.#chunks = context.chunks ?? new KnownChunks()
    this.parts = context.parts ?? ownParts(context.now_ms)
    this.#alerts = new AlertCounts(context.instance ?? this.parts.server.name, context.now_ms())
  }

  admit(): void {
    if (this.#paused === undefined) return
    if (this.#context.now_ms() < this.#paused.until_ms) throw this.#paused.fault
    this.#paused = undefined
  }

  async take(delivery: Delivery, body: Uint8Array, principal: Principal): Promise<DecodeOutcome> {
    this.admit()
    const { chunk_id } = delivery
    if (chunk_id === undefined) return this.#store(delivery, body, principal)
    const store = () => this.#store(delivery, body, principal)
    return (await this.#chunks.once(chunk_id, store)) ?? storedBefore
  }

  refusedRequest(refused: Refused, fault: Fault, count = 1): void {
    this.#refusals.request(refused, fault, nothing, count)
  }

  async tellRefused(): Promise<void> {
    if (this.#refusals.isEmpty) return
    const batch = new Batch()
    this.#refusals.write(this.#contextFor('logs', {}, new FirstRefusals()), batch)
    await this.#append(batch)
  }

  async tellCounts(): Promise<void> {
    if (this.#alerts.isEmpty) return
    const batch = new Batch()
    const context = this.#contextFor('metrics', {}, new FirstRefusals())
    const { arrived_ms } = context
    decodeOtlpMetrics(this.#alerts.request(arrived_ms), context, batch)
    await this.#append(batch)
    this.#alerts.told(arrived_ms)
  }

  async #store(delivery: Delivery, body: Uint8Array, principal: Principal) {
    const { source, signal, chunk_id } = delivery
    const refused = { source, signal, principal }
    const first = new FirstRefusals()
    const alerts: ReadEvent<'security_events'>[] = []
    const onEvent = (event: ReadEvent) => {
      if (isAlert(event)) alerts.push(event)
    }
    const context = { ...this.#contextFor(signal, principal, first), onEvent }
    const batch = this.#batches.get()
    const { length } = body
    const outcome = this.#decode(delivery, withoutBuffer(body), context, batch, refused)
    if (chunk_id !== undefined) writeChunkId(batch, chunk_id, context.arrived_ms)
    await this.#append(batch)
    for (const alert of alerts) this.#alerts.add(alert, principal.cluster)
    this.#refusals.records(refused, outcome, first)
    this.#context.counters.stored(source, signal, length, outcome, context.arrived_ms)
    // A batch that failed is left to the garbage collector: it may be huge or still be read.
    this.#batches.giveBack(batch)
    return outcome
  }

  #decode(
    { decode, signal, source }: Delivery,
    body: Uint8Array,
    context: RecordContext,
    batch: Batch,
    refused: Refused,
  ): DecodeOutcome {
    try {
      const isTyped = signal === 'logs' && source !== ofApplications
      const read = isTyped ? withEventLines(decode) : decode
      return read(body, context, batch)
    } catch (error) {
      if (error instanceof Fault && error.status < 429) {
        this.#refusals.request(refused, error, body)
      }
      throw error
    }
  }

  async #append(batch: Batch): Promise<void> {
    const tables = batch.tables()
    if (tables.length === 0) return
    const { segments, known, now_ms } = this.#context
    try {
      await segments.append(tables)
    } catch (error) {
      const fault = asFault(error)
      if (fault.status === 429 || fault.status === 503) {
        this.#paused = { fault, until_ms: now_ms() + pause_ms }
      }
      throw fault
    }
    known.commit(batch)
  }

  #contextFor(signal: Signal, principal: Principal, first: FirstRefusals): RecordContext {
    const { now_ms, limits, known } = this.#context
    const arrived_ms = now_ms()
    return {
      arrived_ms,
      time_ms_min: arrived_ms - limits.past_ms_max[signal],
      time_ms_max: arrived_ms + limits.future_ms_max,
      cluster: principal.cluster,
      agent_id: principal.agent_id,
      known,
      parts: this.parts,
      refused: first.add,
      dropped: first.drop,
    }
  }
}

/** A Buffer's slice() is a view: what a decoder remembers by it would keep the whole request. */
function withoutBuffer(body: Uint8Array): Uint8Array {
  if (!(body instanceof Buffer)) return body
  return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
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

function isAlert(event: ReadEvent): event is ReadEvent<'security_events'> {
  return event.table === 'security_events' && event.dataset === 'falco.alerts'
}

const nothing = new Uint8Array(0)
/** Its senders are programs and browsers: none of them speaks for the API server or a sensor. */
const ofApplications = 'apm'

function ownParts(now_ms: () => number): ReceiverParts {
  return {
    objects: objectsInMemory(now_ms),
    pipelines: noPipelines,
    server: { name: 'crowsnest', version: '0', cluster_uuid: 'crowsnest' },
    now_ms,
  }
}
