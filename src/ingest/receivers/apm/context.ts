/**
 * The context of transactions and errors: request, response, user and what people add, under the
 * names of semantic conventions. Contexts of spans are read in spans.ts.
 */
import type { AttributeBag } from './attribute-bag.ts'
import {
  hasField,
  hasPart,
  isObject,
  type JsonObject,
  looseText,
  objectAt,
  required,
  text,
} from './fields.ts'
import type { StreamMetadata } from './metadata.ts'

const headers_max = 64
/** Secrets that agents are told to leave out and sometimes do not. */
const secret = new Set(['cookie', 'set-cookie', 'authorization', 'proxy-authorization'])

export function readContext(
  bag: AttributeBag,
  event: JsonObject,
  kind: 'transaction' | 'error',
  metadata: StreamMetadata,
): JsonObject {
  const path = `${kind}.context`
  const context = objectAt(event, 'context', path)
  bag.set('network.connection.type', metadata.connection)
  readUser(bag, objectAt(context, 'user', `${path}.user`), metadata.user)
  if (hasPart(context, 'request')) {
    readRequest(bag, objectAt(context, 'request', `${path}.request`), `${path}.request`)
  }
  readResponse(bag, objectAt(context, 'response', `${path}.response`))
  const page = objectAt(context, 'page', `${path}.page`)
  bag.fill('url.full', looseText(page, 'url'))
  bag.set('http.request.referrer', looseText(page, 'referer'))
  readMessage(bag, objectAt(context, 'message', `${path}.message`))
  bag.json(`${kind}.custom`, context.custom)
  const cloud = objectAt(context, 'cloud', `${path}.cloud`)
  bag.json('cloud.origin', cloud.origin)
  bag.labels(context.tags)
  return context
}

function readUser(bag: AttributeBag, own: JsonObject, general: JsonObject): void {
  // One or the other: mixing would make a person who does not exist.
  const keys = ['id', 'email', 'username', 'domain']
  const user = keys.some((key) => hasField(own, key)) ? own : general
  bag.set('user.id', looseText(user, 'id'))
  bag.set('user.email', looseText(user, 'email'))
  bag.set('user.name', looseText(user, 'username'))
  bag.set('user.domain', looseText(user, 'domain'))
}

function readRequest(bag: AttributeBag, request: JsonObject, path: string): void {
  const method = required(text(request, 'method', `${path}.method`), `${path}.method`)
  bag.set('http.request.method', method.toUpperCase())
  bag.set('network.protocol.version', looseText(request, 'http_version'))
  const url = objectAt(request, 'url', `${path}.url`)
  bag.set('url.full', looseText(url, 'full') ?? looseText(url, 'raw'))
  bag.set('url.path', looseText(url, 'pathname'))
  bag.set('url.query', looseText(url, 'search')?.replace(/^\?/, ''))
  bag.set('url.fragment', looseText(url, 'hash')?.replace(/^#/, ''))
  bag.set('url.scheme', looseText(url, 'protocol')?.replace(/:$/, ''))
  bag.set('server.address', looseText(url, 'hostname'))
  bag.set('server.port', portOf(url.port))
  const socket = objectAt(request, 'socket', `${path}.socket`)
  bag.set('network.peer.address', looseText(socket, 'remote_address'))
  readHeaders(bag, request.headers, 'http.request.header.')
  bag.fill('client.address', looseText(socket, 'remote_address'))
  bag.json('http.request.body.content', request.body)
}

export function readResponse(bag: AttributeBag, response: JsonObject): void {
  bag.set('http.response.status_code', statusOf(response))
  const size = response.decoded_body_size ?? response.encoded_body_size ?? response.transfer_size
  bag.set('http.response.body.size', typeof size === 'number' ? size : undefined)
  bag.set('http.response.transfer_size', response.transfer_size)
  bag.set('http.response.finished', response.finished)
  readHeaders(bag, response.headers, 'http.response.header.')
}

/** Of old agents as text. */
export function statusOf(holder: JsonObject): number | undefined {
  const status = Number(looseText(holder, 'status_code') ?? Number.NaN)
  return Number.isInteger(status) ? status : undefined
}

export function portOf(value: unknown): number | undefined {
  const port = typeof value === 'string' ? Number(value) : value
  return typeof port === 'number' && Number.isInteger(port) && port > 0 ? port : undefined
}

function readHeaders(bag: AttributeBag, headers: unknown, prefix: string): void {
  if (!isObject(headers)) return
  let count = 0
  for (const [header, sent] of Object.entries(headers)) {
    const name = header.toLowerCase()
    if (secret.has(name) || ++count > headers_max) continue
    const value = Array.isArray(sent) ? sent.join(', ') : sent
    if (name === 'user-agent') bag.set('user_agent.original', value)
    else bag.set(prefix + name, typeof value === 'string' ? value : undefined)
  }
}

/** Of a message that was received. */
export function readMessage(bag: AttributeBag, message: JsonObject): void {
  const queue = isObject(message.queue) ? message.queue : {}
  const age = isObject(message.age) ? message.age : {}
  bag.set('messaging.destination.name', looseText(queue, 'name'))
  bag.set('messaging.message.age_ms', age.ms)
  bag.set('messaging.rabbitmq.destination.routing_key', looseText(message, 'routing_key'))
  bag.set('messaging.message.body.content', looseText(message, 'body'))
  readHeaders(bag, message.headers, 'messaging.message.header.')
}
