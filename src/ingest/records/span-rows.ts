/**
 * Spans that came in another shape than OTLP's, written as rows of table spans by way of OTLP. The
 * counterpart of log-rows.ts; reading protocols is left to receivers.
 */
import type { DecodeOutcome, RejectReason } from '../../model/outcome.ts'
import type { Batch } from '../../wire/batch.ts'
import { Tally } from '../../wire/otlp/context.ts'
import { TracesEncoder } from '../../wire/otlp/encode-traces.ts'
import { decodeOtlpTraces } from '../../wire/otlp/traces.ts'
import type { RecordContext } from '../receiver.ts'

/** Spans that one request holds: more than any sender batches, and a second of work at most. */
export const spans_max = 100_000
const encoded_bytes_max = 4 * 1024 * 1024

export class SpanRows {
  readonly encoder = new TracesEncoder()
  readonly #tally = new Tally()
  /** What was cut, in the words of the decoder. */
  #said = ''
  #context!: RecordContext
  #batch!: Batch
  #count = 0

  /** Begins a request. */
  open(context: RecordContext, batch: Batch): void {
    this.#context = context
    this.#batch = batch
    this.#tally.reset()
    this.#said = ''
    this.#count = 0
    this.encoder.discard()
  }

  get arrived_ms(): number {
    return this.#context.arrived_ms
  }

  /** No further span of the request is taken: refuse what is left. */
  get isFull(): boolean {
    return this.#count >= spans_max
  }

  /** To be called after each span. */
  added(): void {
    this.#count++
    if (this.encoder.length > encoded_bytes_max) this.#store()
  }

  refuse(reason: RejectReason, detail: string, sample?: Uint8Array, count = 1): void {
    if (count === 0) return
    this.#count += count
    this.#tally.reject(reason, count)
    this.#context.refused({ reason, detail, sample })
  }

  /** Counts spans that came past the limit. */
  refuseRest(count: number): void {
    this.refuse('record_too_large', `more than ${spans_max} spans in one request`, undefined, count)
  }

  outcome(): DecodeOutcome {
    this.#store()
    const outcome = this.#tally.outcome('spans')
    return { ...outcome, message: [outcome.message, this.#said].filter(Boolean).join(' ') }
  }

  #store(): void {
    if (this.encoder.records === 0) return
    const stored = decodeOtlpTraces(this.encoder.take(), this.#context, this.#batch)
    this.#tally.accepted += stored.accepted
    for (const [reason, count] of Object.entries(stored.reasons)) {
      this.#tally.reject(reason as RejectReason, count)
    }
    if (stored.rejected === 0) this.#said = stored.message
  }
}
