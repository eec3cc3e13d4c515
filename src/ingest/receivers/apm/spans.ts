/**
 * Spans: what a transaction did, above all the calls that left the service. Databases, queues and
 * hosts get the names of semantic conventions, from which the service map finds the other side.
 */
import { spanKinds } from '../../../wire/otlp/encode-traces.ts'
import { AttributeBag } from './attribute-bag.ts'
import { portOf, readMessage, readResponse, statusOf } from './context.ts'
import {
  durationAt,
  flagAt,
  hasField,
  hasPart,
  Invalid,
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
  type EventStream,
  kindOfName,
  readLinks,
  type SpanEvent,
  statusOfOutcome,
} from './span-event.ts'
import { framesJson } from './stacktrace.ts'

type SpanType = { type: string; subtype: string; action: string }

/** Throws Invalid. */
export function readSpan(event: JsonObject, stream: EventStream): SpanEvent {
  const field = (name: string) => `span.${name}`
  const trace_id = required(idAt(event, 'trace_id', 32, field('trace_id')), field('trace_id'))
  const span_id = required(idAt(event, 'id', 16, field('id')), field('id'))
  const parent_id = required(idAt(event, 'parent_id', 16, field('parent_id')), field('parent_id'))
  const name = required(text(event, 'name', field('name')), field('name'))
  const type = typeOf(event)
  const duration_ns = durationAt(event, field('duration'))
  const timestamp_us = timeOf(event, stream)
  const bag = new AttributeBag()
  describe(bag, event, type)
  const context = objectAt(event, 'context', field('context'))
  const isExit = readSpanContext(bag, context, type)
  if (type.subtype === 'grpc') readRpc(bag, name)
  const otel = objectAt(event, 'otel', field('otel'))
  bag.own(objectAt(otel, 'attributes', field('otel.attributes')))
  return {
    trace_id,
    span_id,
    parent_id,
    name,
    kind: kindOfName(looseText(otel, 'span_kind')) ?? kindOf(type, isExit),
    timestamp_us,
    duration_ns,
    status: statusOfOutcome(outcomeOf(event, bag)),
    resource: resourceFor(stream.metadata, serviceOverride(context)),
    bag,
    links: readLinks(event, field('links')),
  }
}

/** Old agents write type, subtype and action in one: `db.mysql.query`. */
function typeOf(event: JsonObject): SpanType {
  const type = required(text(event, 'type', 'span.type'), 'span.type')
  const subtype = text(event, 'subtype', 'span.subtype')
  const action = text(event, 'action', 'span.action')
  if (subtype !== undefined || action !== undefined) {
    return { type, subtype: subtype ?? '', action: action ?? '' }
  }
  const [first = '', second = '', ...rest] = type.split('.')
  return { type: first || type, subtype: second, action: rest.join('.') }
}

/** Microseconds, or milliseconds since the transaction began, as browsers send. */
function timeOf(event: JsonObject, stream: EventStream): number {
  const timestamp = timestampAt(event, 'span.timestamp')
  if (timestamp !== undefined) return timestamp
  const start_ms = numberAt(event, 'start', 'span.start')
  if (start_ms === undefined)
    throw new Invalid("validation error: 'span.timestamp' or 'span.start' required")
  if (!(Math.abs(start_ms) < 1e12)) {
    throw new Invalid(`validation error: 'span.start' expected milliseconds, got ${start_ms}`)
  }
  const began_us = stream.began_us.get(looseText(event, 'transaction_id')?.toLowerCase() ?? '')
  return Math.max(0, (began_us ?? stream.received_us) + Math.round(start_ms * 1000))
}

function describe(bag: AttributeBag, event: JsonObject, { type, subtype, action }: SpanType): void {
  bag.set('span.type', type)
  bag.set('span.subtype', subtype)
  bag.set('span.action', action)
  bag.set('transaction.id', text(event, 'transaction_id', 'span.transaction_id'))
  bag.set('span.sync', flagAt(event, 'sync', 'span.sync'))
  bag.json('child.id', event.child_ids)
  const rate = numberAt(event, 'sample_rate', 'span.sample_rate')
  if (rate !== undefined && rate > 0 && rate < 1) bag.set('span.representative_count', 1 / rate)
  if (hasPart(event, 'composite'))
    readComposite(bag, objectAt(event, 'composite', 'span.composite'))
  bag.set('span.stacktrace', framesJson(event.stacktrace))
}

/** Several equal calls in a row, told as one. */
function readComposite(bag: AttributeBag, composite: JsonObject): void {
  const path = 'span.composite'
  const strategy = text(composite, 'compression_strategy', `${path}.compression_strategy`)
  const count = required(numberAt(composite, 'count', `${path}.count`), `${path}.count`)
  const sum_ms = required(numberAt(composite, 'sum', `${path}.sum`), `${path}.sum`)
  bag.set(`${path}.compression_strategy`, required(strategy, `${path}.compression_strategy`))
  bag.set(`${path}.count`, count)
  bag.set(`${path}.sum.us`, Math.round(sum_ms * 1000))
}

/** True when the span left the service. */
function readSpanContext(bag: AttributeBag, context: JsonObject, type: SpanType): boolean {
  const part = (key: string) => objectAt(context, key, `span.context.${key}`)
  bag.labels(context.tags)
  readHttp(bag, part('http'))
  if (type.type === 'db' || hasField(context, 'db')) readDatabase(bag, part('db'), type)
  const isMessaging = type.type === 'messaging' || hasField(context, 'message')
  if (isMessaging) {
    bag.set('messaging.system', type.subtype)
    bag.set('messaging.operation.type', operations.get(type.action) ?? type.action)
    readMessage(bag, part('message'))
  }
  return readDestination(bag, part('destination'), part('service'), type)
}

const operations = new Map([
  ['poll', 'receive'],
  ['publish', 'send'],
])

function readHttp(bag: AttributeBag, http: JsonObject): void {
  bag.set('url.full', looseText(http, 'url'))
  bag.set('http.request.method', looseText(http, 'method')?.toUpperCase())
  const request = isObject(http.request) ? http.request : {}
  bag.set('http.request.id', looseText(request, 'id'))
  bag.json('http.request.body.content', request.body)
  const response = objectAt(http, 'response', 'span.context.http.response')
  readResponse(bag, response)
  bag.fill('http.response.status_code', statusOf(http))
}

function readDatabase(bag: AttributeBag, db: JsonObject, { subtype }: SpanType): void {
  bag.set('db.system.name', subtype || looseText(db, 'type'))
  bag.set('db.namespace', looseText(db, 'instance'))
  bag.set('db.query.text', looseText(db, 'statement'))
  bag.set('db.user', looseText(db, 'user'))
  bag.set('db.link', looseText(db, 'link'))
  bag.set('db.response.affected_rows', db.rows_affected)
}

function readDestination(
  bag: AttributeBag,
  destination: JsonObject,
  service: JsonObject,
  { type }: SpanType,
): boolean {
  const path = 'span.context'
  const target = objectAt(service, 'target', `${path}.service.target`)
  const named = objectAt(destination, 'service', `${path}.destination.service`)
  const resource = text(named, 'resource', `${path}.destination.service.resource`)
  bag.set('service.target.type', text(target, 'type', `${path}.service.target.type`))
  bag.set('service.target.name', text(target, 'name', `${path}.service.target.name`))
  bag.set('span.destination.service.resource', resource)
  bag.set('server.address', text(destination, 'address', `${path}.destination.address`))
  bag.set('server.port', portOf(destination.port))
  if (type === 'external' && resource !== undefined) fillAddress(bag, resource)
  if (type === 'messaging' && !bag.values.has('messaging.destination.name')) {
    const queue = looseText(target, 'name') ?? resource?.split('/').slice(1).join('/')
    bag.set('messaging.destination.name', queue)
  }
  if (type === 'db' && !bag.values.has('db.namespace')) {
    bag.set('db.namespace', looseText(target, 'name'))
  }
  return resource !== undefined || hasField(service, 'target')
}

/** `host:port` of a call whose agent tells no address. */
function fillAddress(bag: AttributeBag, resource: string): void {
  const found = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(\[[0-9a-f:.]+\]|[^/:[\]\s]+)(?::(\d{1,5}))?$/i.exec(
    resource,
  )
  if (found === null) {
    bag.fill('service.peer.name', resource)
    return
  }
  bag.fill('server.address', found[1]!.replace(/^\[|\]$/g, ''))
  bag.fill('server.port', portOf(found[2]))
}

/** A gRPC call is named `/package.Service/Method`. */
function readRpc(bag: AttributeBag, name: string): void {
  bag.set('rpc.system.name', 'grpc')
  const [service = '', method = ''] = name.replace(/^\//, '').split('/')
  if (method === '') return
  bag.set('rpc.service', service)
  bag.set('rpc.method', method)
}

const exits = new Set(['db', 'external', 'storage', 'cache'])

function kindOf({ type, action }: SpanType, isExit: boolean): number {
  if (type === 'messaging' && !['receive', 'poll'].includes(action)) return spanKinds.producer
  return isExit || exits.has(type) || type === 'messaging' ? spanKinds.client : spanKinds.internal
}

function outcomeOf(event: JsonObject, bag: AttributeBag): string {
  const outcome = text(event, 'outcome', 'span.outcome')
  if (outcome !== undefined) return outcome
  const status = bag.values.get('http.response.status_code')
  if (typeof status !== 'number') return 'unknown'
  return status >= 400 ? 'failure' : 'success'
}

/** In a span's context a service is who did it; its `target` is the other side. */
function serviceOverride(context: JsonObject): JsonObject {
  return isObject(context.service) && hasField(context.service, 'name') ? context : {}
}
