/**
 * Stores events twice, as the two ways to ask for them: a row of logs with a sentence, for search,
 * and a row of their own table. Both or neither; one event counts once.
 */
import type { DecodeOutcome, RejectReason } from '../../../model/outcome.ts'
import type { Batch } from '../../../wire/batch.ts'
import { putSecurityRow, type SecurityRow } from '../../../wire/security/typed-rows.ts'
import type { RecordContext } from '../../receiver.ts'
import type { FlatRecord } from '../../records/flat-record.ts'
import { LogRows, type RecordVerdict, recordStored } from '../../records/log-rows.ts'
import { ownPath, type Path, pathOf } from '../../records/paths.ts'
import { resourceOf } from '../../records/record-resources.ts'
import type { EventPlace, ReadEvent } from './read-event.ts'
import { cut } from './sent.ts'

const sentence_chars_max = 16 * 1024
const second_ns = 1_000_000_000n

const placePaths: readonly (readonly [member: keyof EventPlace, path: Path])[] = [
  ['cluster', ownPath('k8s.cluster.name')],
  ['namespace', ownPath('k8s.namespace.name')],
  ['pod', ownPath('k8s.pod.name')],
  ['pod_uid', ownPath('k8s.pod.uid')],
  ['container', ownPath('k8s.container.name')],
  ['container_id', ownPath('container.id')],
  ['image', ownPath('container.image.name')],
  ['node', ownPath('k8s.node.name')],
  ['service', ownPath('service.name')],
]
const workloadPaths = new Map(
  ['deployment', 'statefulset', 'daemonset', 'cronjob', 'job', 'replicaset'].map((kind) => [
    kind,
    ownPath(`k8s.${kind}.name`),
  ]),
)
const paths = {
  event: ownPath('event_name'),
  severity: ownPath('log.level'),
  dataset: ownPath('data_stream.dataset'),
}

export class EventRows {
  readonly #rows = new LogRows()
  /** What became of the last event that was stored. */
  verdict: RecordVerdict = recordStored
  #context!: RecordContext
  #batch!: Batch

  open(given: RecordContext, batch: Batch): void {
    // The row of an event is not looked at for events.
    const context = { ...given, takeRecord: undefined }
    this.#context = context
    this.#batch = batch
    this.#rows.open(context, batch)
  }

  get counts(): { accepted: number; rejected: number } {
    return this.#rows.tally
  }

  outcome(noun: string): DecodeOutcome {
    return this.#rows.outcome(noun)
  }

  refuse(reason: RejectReason, detail: string, sample: Uint8Array): void {
    this.#rows.refuse(reason, detail, sample)
  }

  /** Counts an event of which nothing more is kept. */
  pass(): void {
    this.#rows.tally.accepted++
  }

  /** `text` is what was sent. `place` tells what the event itself does not. */
  store(event: ReadEvent, text: Uint8Array, place?: EventPlace): RecordVerdict {
    const rows = this.#rows
    const { record } = rows
    const { arrived_ms, cluster } = this.#context
    const time_ns = event.time_ns ?? BigInt(Math.floor(arrived_ms)) * 1_000_000n
    const sentence = cut(event.sentence, sentence_chars_max)
    record.clear()
    record.sent(text, 0, text.length)
    record.time(Number(time_ns / second_ns), Number(time_ns % second_ns))
    record.bodyText(sentence)
    describe(record, event, place)
    const verdict = rows.store()
    this.verdict = verdict
    if (verdict !== recordStored) return verdict
    const out = this.#batch.get(event.table)
    out.raw(resourceOf(record, cluster ?? '').prefix.resource.columns)
    out.int53(Math.floor(arrived_ms))
    const row: SecurityRow<typeof event.table> = { ...event.row, time: time_ns, sentence }
    putSecurityRow(out, event.table, row)
    out.rows++
    this.#context.onEvent?.(event)
    return verdict
  }
}

function describe(record: FlatRecord, event: ReadEvent, given: EventPlace | undefined): void {
  record.string(paths.event, event.event_name)
  record.string(paths.severity, event.severity)
  record.string(paths.dataset, event.dataset)
  const place = placeOf(event.place, given)
  for (const [member, path] of placePaths) {
    if (place[member] !== '') record.string(path, place[member])
  }
  const workload = workloadPaths.get(place.workload_kind.toLowerCase())
  if (place.workload !== '' && workload !== undefined) record.string(workload, place.workload)
  for (const [name, value] of event.fields) {
    const path = pathOf(name)
    if (typeof value === 'number') record.number(path, value)
    else record.string(path, value)
  }
}

/** An event that names a pod is not about the pod that told it; both are on one node. */
function placeOf(own: EventPlace, given: EventPlace | undefined): EventPlace {
  if (given === undefined) return own
  const { cluster, node } = given
  const rest = own.pod !== '' || own.namespace !== '' || own.workload !== '' ? own : given
  return {
    ...rest,
    cluster: own.cluster || cluster,
    node: own.node || node,
    service: own.service || rest.service,
  }
}
