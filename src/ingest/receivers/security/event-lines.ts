/**
 * Lines of logs that are events: what agents and collectors read from audit files and from the
 * output of sensors lands in the same tables as what is posted. Each line is looked at first; one
 * that is no event stays a line.
 */
import type { EventLineKind } from '../../../model/event-lines.ts'
import type { DecodeOutcome, RejectReason } from '../../../model/outcome.ts'
import type { Batch } from '../../../wire/batch.ts'
import type { Decode, RecordContext, RecordEvent, TakeRecord } from '../../receiver.ts'
import { nestedOf } from '../../records/event-marks.ts'
import type { FlatRecord } from '../../records/flat-record.ts'
import { type RecordVerdict, recordDropped, recordStored } from '../../records/log-rows.ts'
import { calicoEvent } from '../calico/calico-event.ts'
import { readAccessLine } from '../envoy/access-line.ts'
import { envoyEvent } from '../envoy/envoy-event.ts'
import { falcoEvent } from '../falco/falco-event.ts'
import { hubbleEvent } from '../hubble/hubble-event.ts'
import { AuditStages } from '../kubernetes-audit/stages.ts'
import { tetragonEvent } from '../tetragon/tetragon-event.ts'
import { EventRows } from './event-rows.ts'
import { eventOfLine } from './json-items.ts'
import { NoEvent } from './no-event.ts'
import { type EventPlace, nowhere, type ReadEvent } from './read-event.ts'
import { isTooDeep, member, type Sent } from './sent.ts'

const rows = new EventRows()
const stages = new AuditStages(rows)
const decoder = new TextDecoder()
const depth_max = 64
const line_bytes_max = 8 * 1024 * 1024

const readers: Readonly<
  Record<Exclude<EventLineKind, 'audit'>, (sent: Sent, place: EventPlace) => ReadEvent | NoEvent>
> = {
  falco: falcoEvent,
  tetragon: tetragonEvent,
  hubble: hubbleEvent,
  calico: calicoEvent,
  envoy: envoyEvent,
}

/** A decoder of logs whose event lines are taken out and stored as what they are. */
export function withEventLines(decode: Decode): Decode {
  return (body: Uint8Array, given: RecordContext, batch: Batch): DecodeOutcome => {
    // Another one around it looks already.
    if (given.takeLine !== undefined) return decode(body, given, batch)
    let isOpen = false
    const context: RecordContext = { ...given, takeLine: undefined, takeRecord: undefined }
    const open = () => {
      if (isOpen) return
      rows.open(context, batch)
      stages.open(context, batch)
      isOpen = true
    }
    const takeLine: RecordContext['takeLine'] = (kind, columns, bytes, start, end) => {
      const event = eventAt(kind, bytes, start, end)
      if (event === undefined) return false
      open()
      const place = placeOf(columns)
      const text = bytes.subarray(start, end)
      // The API server's node is not that of the objects it serves.
      if (kind === 'audit') return stages.take(event, text, { ...place, node: '' })
      const found = readers[kind](event, place)
      if (found instanceof NoEvent) return false
      rows.store(found, text, place)
      return true
    }
    const takeRecord: TakeRecord = (event) => {
      const kind = kindOf(event)
      if (kind === '') return undefined
      open()
      const place = placeOf(event.resource.columns)
      const text = event.line.length > 0 ? event.line : sentOf(event.record)
      for (const sent of readings(kind, event)) {
        if (kind === 'audit') {
          if (!isAudit(sent)) continue
          rows.verdict = recordStored
          if (stages.take(sent, text, { ...place, node: '' })) return reasonOf(rows.verdict)
          continue
        }
        const found = readers[kind](sent, place)
        if (!(found instanceof NoEvent)) return reasonOf(rows.store(found, text, place))
      }
      return undefined
    }
    const outcome = decode(body, { ...context, takeLine, takeRecord }, batch)
    if (!isOpen) return outcome
    stages.close()
    return sum(outcome, rows.outcome('events in log lines'))
  }
}

/** What the resource says, else what the fields do. */
function kindOf({ mark, resource: { lines } }: RecordEvent): EventLineKind | '' {
  return lines === 'any' ? (mark?.kind ?? '') : lines
}

/** The event from its own line; else from the fields that a shipper made of it. */
function* readings(kind: EventLineKind, event: RecordEvent): Generator<Sent> {
  const { record, mark, line, seconds } = event
  const written = eventAt(kind, line, 0, line.length)
  if (written !== undefined) yield written
  if (mark?.kind !== kind) return
  const nested = nestedOf(record, mark.prefix)
  // Parsers of shippers take the time out: it is the record's.
  nested.time ??= new Date(seconds * 1000).toISOString()
  if (!isTooDeep(nested, depth_max)) yield nested
}

/** Events of Kubernetes and others have a kind and a stage too. */
function isAudit(sent: Sent): boolean {
  const version = member(sent, 'apiVersion')
  if (version === undefined) return true
  return typeof version === 'string' && version.startsWith('audit.k8s.io/')
}

function sentOf({ source, sourceStart, sourceEnd }: FlatRecord): Uint8Array {
  return source.subarray(sourceStart, sourceEnd)
}

function reasonOf(verdict: RecordVerdict): RejectReason | '' {
  return verdict === recordDropped ? recordStored : verdict
}

/** Most other lines are known by their first letter. */
function eventAt(kind: EventLineKind, bytes: Uint8Array, start: number, end: number) {
  if (end - start > line_bytes_max) return undefined
  if (bytes[start] === 0x7b) return eventOfLine(bytes.subarray(start, end))
  if (kind !== 'envoy' || bytes[start] !== 0x5b) return undefined
  return readAccessLine(decoder.decode(bytes.subarray(start, end)).trimEnd())
}

const places = new WeakMap<Uint8Array, EventPlace>()
const members = ['cluster', 'namespace', 'workload', 'pod', 'container', 'node', 'service'] as const

/** The first columns of a row are the place, each with its length before it. */
function placeOf(columns: Uint8Array): EventPlace {
  const known = places.get(columns)
  if (known !== undefined) return known
  const place: EventPlace = { ...nowhere, workload_kind: 'Deployment' }
  let at = 0
  for (const member of members) {
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = columns[at++]!
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    place[member] = decoder.decode(columns.subarray(at, at + length))
    at += length
  }
  if (place.service === 'unknown_service') place.service = ''
  places.set(columns, place)
  return place
}

function sum(one: DecodeOutcome, other: DecodeOutcome): DecodeOutcome {
  const reasons: Partial<Record<RejectReason, number>> = { ...one.reasons }
  for (const [reason, count] of Object.entries(other.reasons)) {
    reasons[reason as RejectReason] = (reasons[reason as RejectReason] ?? 0) + count
  }
  return {
    accepted: one.accepted + other.accepted,
    rejected: one.rejected + other.rejected,
    reasons,
    message: [one.message, other.message].filter(Boolean).join(' '),
  }
}
