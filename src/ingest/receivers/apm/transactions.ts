/**
 * Transactions: the work that a service was asked to do, as spans that have no caller inside of the
 * service. Writing the span is left to span-writer.ts.
 */
import { spanKinds } from '../../../wire/otlp/encode-traces.ts'
import { AttributeBag } from './attribute-bag.ts'
import { readContext } from './context.ts'
import {
  durationAt,
  flagAt,
  hasField,
  idAt,
  isObject,
  type JsonObject,
  looseText,
  numberAt,
  objectAt,
  required,
  text,
  timestampAt,
} from './fields.ts'
import { resourceFor } from './metadata.ts'
import {
  beginningOf,
  type EventStream,
  kindOfName,
  readLinks,
  type SpanEvent,
  statusOfOutcome,
} from './span-event.ts'

const marks_max = 128

/** Throws Invalid. */
export function readTransaction(event: JsonObject, stream: EventStream): SpanEvent {
  const field = (name: string) => `transaction.${name}`
  const trace_id = required(idAt(event, 'trace_id', 32, field('trace_id')), field('trace_id'))
  const span_id = required(idAt(event, 'id', 16, field('id')), field('id'))
  const parent_id = idAt(event, 'parent_id', 16, field('parent_id'))
  const type = required(text(event, 'type', field('type')), field('type'))
  const duration_ns = durationAt(event, field('duration'))
  const name = text(event, 'name', field('name')) ?? ''
  const bag = new AttributeBag()
  bag.set('transaction.type', type)
  bag.set('transaction.result', text(event, 'result', field('result')))
  readSpanCount(bag, event)
  readSampling(bag, event)
  const context = readContext(bag, event, 'transaction', stream.metadata)
  if (stream.isRum) {
    bag.fill('user_agent.original', stream.user_agent)
    bag.fill('client.address', stream.remote_address)
  }
  if (type === 'messaging') bag.set('messaging.operation.type', 'process')
  readExperience(bag, event)
  bag.json('transaction.dropped_spans_stats', event.dropped_spans_stats)
  readFunction(bag, event)
  const otel = objectAt(event, 'otel', field('otel'))
  bag.own(objectAt(otel, 'attributes', field('otel.attributes')))
  return {
    trace_id,
    span_id,
    parent_id,
    name: name === '' ? type : name,
    kind: kindOfName(looseText(otel, 'span_kind')) ?? kindOf(type, parent_id, stream),
    timestamp_us:
      timestampAt(event, field('timestamp')) ?? beginningOf(stream, span_id, duration_ns),
    duration_ns,
    status: statusOfOutcome(outcomeOf(event, bag)),
    resource: resourceFor(stream.metadata, context),
    bag,
    links: readLinks(event, field('links')),
  }
}

/**
 * Work that another service asked for is a server's or a consumer's; what a service or a page does
 * by itself is internal, and counts as an entry because it has no parent.
 */
function kindOf(type: string, parent_id: Uint8Array | undefined, stream: EventStream): number {
  if (stream.isRum) return spanKinds.internal
  if (type === 'messaging') return spanKinds.consumer
  if (type === 'request' || parent_id !== undefined) return spanKinds.server
  return spanKinds.internal
}

function outcomeOf(event: JsonObject, bag: AttributeBag): string {
  const outcome = text(event, 'outcome', 'transaction.outcome')
  if (outcome !== undefined) return outcome
  const status = bag.values.get('http.response.status_code')
  if (typeof status !== 'number') return 'unknown'
  return status >= 500 ? 'failure' : 'success'
}

function readSpanCount(bag: AttributeBag, event: JsonObject): void {
  const path = 'transaction.span_count'
  if (!hasField(event, 'span_count')) required(undefined, path)
  const counts = objectAt(event, 'span_count', path)
  const started = required(numberAt(counts, 'started', `${path}.started`), `${path}.started`)
  bag.set('transaction.span_count.started', started)
  const dropped = numberAt(counts, 'dropped', `${path}.dropped`)
  if (dropped !== undefined && dropped > 0) bag.set('transaction.span_count.dropped', dropped)
}

/** One that stands for several says so; one without its spans too. */
function readSampling(bag: AttributeBag, event: JsonObject): void {
  const isSampled = flagAt(event, 'sampled', 'transaction.sampled') ?? true
  const rate = numberAt(event, 'sample_rate', 'transaction.sample_rate')
  if (!isSampled || rate === 0) bag.set('transaction.sampled', false)
  if (rate !== undefined && rate > 0 && rate < 1) {
    bag.set('transaction.representative_count', 1 / rate)
  }
}

function readExperience(bag: AttributeBag, event: JsonObject): void {
  const session = objectAt(event, 'session', 'transaction.session')
  bag.set('session.id', looseText(session, 'id'))
  bag.set('session.sequence', session.sequence)
  const experience = objectAt(event, 'experience', 'transaction.experience')
  for (const key of ['cls', 'fid', 'tbt', 'inp']) {
    bag.set(`transaction.experience.${key}`, experience[key])
  }
  const tasks = isObject(experience.longtask) ? experience.longtask : {}
  for (const key of ['count', 'sum', 'max']) {
    bag.set(`transaction.experience.longtask.${key}`, tasks[key])
  }
  let count = 0
  for (const [group, marks] of Object.entries(objectAt(event, 'marks', 'transaction.marks'))) {
    if (!isObject(marks)) continue
    for (const [mark, at] of Object.entries(marks)) {
      if (typeof at !== 'number' || ++count > marks_max) continue
      bag.set(`transaction.marks.${group}.${mark}`, at)
    }
  }
}

function readFunction(bag: AttributeBag, event: JsonObject): void {
  const faas = objectAt(event, 'faas', 'transaction.faas')
  bag.set('faas.name', looseText(faas, 'name'))
  bag.set('faas.version', looseText(faas, 'version'))
  bag.set('faas.invocation_id', looseText(faas, 'execution'))
  bag.set('faas.coldstart', faas.coldstart)
  bag.set('cloud.resource_id', looseText(faas, 'id'))
  const trigger = isObject(faas.trigger) ? faas.trigger : {}
  bag.set('faas.trigger', looseText(trigger, 'type'))
}
