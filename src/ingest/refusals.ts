/**
 * What was refused, as rows of table logs, so that it can be searched and alerted on. Refusals of
 * one kind in one second are one row, with how many and the first of them: whatever is sent, what
 * is told of it stays small.
 */
import type { DecodeOutcome, RejectReason } from '../model/outcome.ts'
import type { Batch } from '../wire/batch.ts'
import { copyOf, viewOf } from '../wire/copy-bytes.ts'
import { cutAt } from '../wire/otlp/any-value.ts'
import type { Principal, RecordContext, Signal } from './receiver.ts'
import type { FlatRecord } from './records/flat-record.ts'
import { LogRows, type RowRefusal } from './records/log-rows.ts'
import { ownPath } from './records/paths.ts'
import { noPipelines } from './records/record-pipelines.ts'

const sample_bytes_max = 2048

export const refusedEvent = 'crowsnest.ingest.refused'
export const droppedEvent = 'crowsnest.ingest.dropped'
export const failedRequestEvent = 'crowsnest.ingest.request_refused'

const paths = {
  event: ownPath('event_name'),
  service: ownPath('service.name'),
  receiver: ownPath('crowsnest.receiver'),
  signal: ownPath('crowsnest.signal'),
  reason: ownPath('crowsnest.reason'),
  count: ownPath('crowsnest.refused'),
  detail: ownPath('crowsnest.detail'),
  sample: ownPath('crowsnest.sample'),
  token: ownPath('crowsnest.token_id'),
  dataset: ownPath('data_stream.dataset'),
  severity: ownPath('log.level'),
}

/** Collects what a decoder refuses: the first of each reason, and what pipelines dropped. */
export class FirstRefusals {
  readonly first = new Map<RejectReason, RowRefusal>()
  dropped = 0
  firstDropped: RowRefusal | undefined

  drop = (dropped: Omit<RowRefusal, 'reason'>): void => {
    this.dropped++
    if (this.firstDropped !== undefined) return
    const sample = sampleOf(dropped.sample)
    this.firstDropped = { ...dropped, reason: 'pipeline_failed', sample }
  }

  add = (refusal: RowRefusal): void => {
    if (!this.first.has(refusal.reason)) {
      // The body is used again for the next request.
      const sample = sampleOf(refusal.sample)
      this.first.set(refusal.reason, { ...refusal, sample })
    }
  }
}

function sampleOf(sent: Uint8Array | undefined): Uint8Array | undefined {
  return sent && copyOf(sent, 0, sample_bytes_max)
}

export type Refused = { source: string; signal: Signal; principal: Principal }
type Told = Refused & {
  event: string
  reason: string
  detail: string
  count: number
  sample?: Uint8Array | undefined
  dataset?: string | undefined
}

/** Kinds of refusals that one second can tell; more are counted by the receivers all the same. */
const kinds_max = 200

/** Gathers refusals until they are written. */
export class RefusalLog {
  #told = new Map<string, Told>()
  readonly #rows = new LogRows()

  get isEmpty(): boolean {
    return this.#told.size === 0
  }

  /** Records of a request that was stored without them. */
  records(refused: Refused, outcome: DecodeOutcome, refusals: FirstRefusals): void {
    this.#drops(refused, refusals)
    if (outcome.rejected === 0) return
    for (const [reason, count] of Object.entries(outcome.reasons)) {
      const first = refusals.first.get(reason as RejectReason)
      const detail = first?.detail || outcome.message
      const { sample, dataset } = first ?? {}
      this.#note({ ...refused, event: refusedEvent, reason, detail, count, sample, dataset })
    }
  }

  #drops(refused: Refused, { dropped: count, firstDropped }: FirstRefusals): void {
    if (firstDropped === undefined) return
    const { detail = '', sample, dataset } = firstDropped
    const said = { event: droppedEvent, reason: 'pipeline_dropped', detail, count }
    this.#note({ ...refused, ...said, sample, dataset })
  }

  /** A request of which nothing could be stored. */
  request(
    refused: Refused,
    fault: { code: string; message: string },
    body: Uint8Array,
    count = 1,
  ): void {
    const { code: reason, message: detail } = fault
    const sample = sampleOf(body)
    this.#note({ ...refused, event: failedRequestEvent, reason, detail, count, sample })
  }

  #note(told: Told): void {
    const { source, signal, principal, event, reason } = told
    const key = [source, signal, principal.token_id, event, reason].join(' ')
    const before = this.#told.get(key)
    if (before !== undefined) before.count += told.count
    else if (this.#told.size < kinds_max) this.#told.set(key, told)
  }

  /** Writes a row for each and forgets them. */
  write(context: RecordContext, batch: Batch): void {
    const told = [...this.#told.values()]
    this.#told = new Map()
    // They pass no pipelines: one that fails would be told without end.
    const parts = { ...context.parts, pipelines: noPipelines }
    this.#rows.open({ ...context, parts, refused: () => {}, dropped: () => {} }, batch)
    for (const one of told) {
      describe(this.#rows.record, one)
      this.#rows.store()
    }
    this.#rows.outcome('refusals')
  }
}

function describe(record: FlatRecord, told: Told): void {
  const { source, reason, detail, count, sample, dataset } = told
  record.clear()
  record.string(paths.event, told.event)
  record.string(paths.severity, told.event === droppedEvent ? 'info' : 'warn')
  record.string(paths.service, 'crowsnest')
  record.string(paths.receiver, source)
  record.string(paths.signal, told.signal)
  record.string(paths.reason, reason)
  record.number(paths.count, count)
  if (detail !== '') record.string(paths.detail, detail)
  if (told.principal.token_id) record.string(paths.token, told.principal.token_id)
  if (dataset) record.string(paths.dataset, dataset)
  const noun = told.event === failedRequestEvent ? 'request' : 'record'
  const many = count === 1 ? `1 ${noun} was` : `${count} ${noun}s were`
  const done = told.event === droppedEvent ? 'dropped' : 'refused'
  record.bodyText(`${many} ${done} from ${source} (${told.signal}): ${reason}. ${detail}`.trim())
  if (sample === undefined || sample.length === 0) return
  record.text(paths.sample, viewOf(sample), 0, cutAt(sample, 0, sample.length, sample_bytes_max))
}
