/** What reaches a pod: an HTTP request, a gRPC call or a queued message, each with its span. */
import { type Link, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { Call, type WireReply, type WireRequest, type World } from './call.ts'
import { httpMetric, httpServer, httpStatus, messaging, rpc } from './conventions.ts'
import { statusOf, told, typeOf } from './failures.ts'
import { hostOf, type Pod } from './pod.ts'
import type { Consumer, Message, Route, Service } from './service-definition.ts'
import { extract } from './traceparent.ts'

export function receive(pod: Pod, world: World, request: WireRequest): Promise<WireReply> {
  return request.protocol === 'grpc'
    ? receiveRpc(pod, world, request)
    : receiveHttp(pod, world, request)
}

async function receiveHttp(pod: Pod, world: World, request: WireRequest): Promise<WireReply> {
  const { service, identity } = pod
  const { method, headers } = request
  const [path = '/', query = ''] = request.path.split('?', 2)
  const found = match(service, method, path)
  const route = found?.route.path
  const outer = new Call(pod, world, extract(headers))
  const attributes = httpServer(service.conventions, {
    method,
    route,
    path,
    query,
    host: hostOf(service),
    port: service.port,
    client_address: headers['x-forwarded-for'] ?? identity.ip,
    user_agent: headers['user-agent'] ?? 'node',
  })
  const name = route === undefined ? method : `${method} ${route}`
  const active = { 'http.request.method': method, 'url.scheme': 'http' }
  const start_ms = world.clock.now_ms()
  outer.record('http.server.active_requests', 1, active)
  try {
    return await spanOf(outer, name, attributes, async (call) => {
      const asked = {
        parameters: found?.parameters ?? {},
        query: new URLSearchParams(query),
        headers,
        body: request.body,
      }
      const reply = await replyOf(call, found?.route, asked)
      finish(call, { method, route: route ?? '', path, reply, start_ms })
      return reply
    })
  } finally {
    outer.record('http.server.active_requests', -1, active)
  }
}

/** A server span ends with the status that was answered, so an error does not leave it. */
async function spanOf(
  outer: Call,
  name: string,
  attributes: ReturnType<typeof httpServer>,
  body: (call: Call) => Promise<WireReply>,
): Promise<WireReply> {
  return outer.spanning(name, { kind: SpanKind.SERVER, attributes }, body)
}

async function replyOf(
  call: Call,
  route: Route | undefined,
  asked: Parameters<Route['answer']>[1],
): Promise<WireReply> {
  try {
    if (route === undefined) {
      return { status: 404, body: { error: 'not_found', message: 'no such route' } }
    }
    const body = (await route.answer(call, asked)) ?? {}
    return { status: 200, body: body as Record<string, unknown> }
  } catch (error) {
    const status = statusOf(error)
    const { message } = told(error)
    if (status >= 500) call.fail(error)
    if (status === 500) call.logError(`unhandled error in ${route?.path}: ${message}`, error)
    else if (status > 500) call.log('error', message, { 'error.type': typeOf(error) })
    return { status, body: { error: typeOf(error), message } }
  }
}

type Finished = { method: string; route: string; path: string; reply: WireReply; start_ms: number }

function finish(call: Call, { method, route, path, reply, start_ms }: Finished): void {
  const generation = call.pod.service.conventions
  const duration_ms = call.now_ms() - start_ms
  const { status } = reply
  call.span?.setAttributes(httpStatus(generation, status))
  const failed = status >= 500 ? { error_type: String(reply.body.error ?? status) } : {}
  const by = httpMetric(generation, { method, route, status, ...failed })
  if (generation === 'old') call.record('http.server.duration', duration_ms, by)
  else call.record('http.server.request.duration', duration_ms / 1000, by)
  const took = Math.round(duration_ms * 10) / 10
  if (call.pod.service.log_style === 'text') {
    call.log(status >= 500 ? 'error' : 'info', `"${method} ${path} HTTP/1.1" ${status} ${took}ms`)
    return
  }
  const severity = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info'
  const fields = { 'http.request.method': method, 'url.path': path, duration_ms: took }
  const code = { 'http.response.status_code': status }
  call.log(severity, `${method} ${route || path} ${status}`, { ...fields, ...code })
}

type Match = { route: Route; parameters: Record<string, string> }

export function match(service: Service, method: string, path: string): Match | undefined {
  const parts = path.split('/')
  for (const route of service.routes) {
    if (route.method !== method) continue
    const template = route.path.split('/')
    if (template.length !== parts.length) continue
    const parameters: Record<string, string> = {}
    const fits = template.every((piece, at) => {
      if (!piece.startsWith('{')) return piece === parts[at]
      parameters[piece.slice(1, -1)] = parts[at] ?? ''
      return true
    })
    if (fits) return { route, parameters }
  }
  return undefined
}

/** gRPC codes: 0 OK, 12 UNIMPLEMENTED, 13 INTERNAL. */
async function receiveRpc(pod: Pod, world: World, request: WireRequest): Promise<WireReply> {
  const { service } = pod
  const outer = new Call(pod, world, extract(request.headers))
  const name = service.rpc?.name ?? ''
  const place = { host: hostOf(service), port: 9090 }
  const attributes = rpc({ service: name, method: request.method, ...place })
  const options = { kind: SpanKind.SERVER, attributes }
  const start_ms = world.clock.now_ms()
  return outer.spanning(`${name}/${request.method}`, options, async (call) => {
    const answer = service.rpc?.methods[request.method]
    const asked = { parameters: {}, query: new URLSearchParams(), headers: {}, body: request.body }
    let reply: WireReply = { status: 12, body: { message: 'unknown method' } }
    try {
      if (answer !== undefined) {
        reply = { status: 0, body: ((await answer(call, asked)) ?? {}) as Record<string, unknown> }
      }
    } catch (error) {
      call.fail(error)
      call.logError(`${request.method} failed`, error)
      reply = { status: 13, body: { message: told(error).message } }
    }
    call.span?.setAttribute('rpc.grpc.status_code', reply.status)
    const by = { 'rpc.system': 'grpc', 'rpc.service': name, 'rpc.method': request.method }
    const status = { 'rpc.grpc.status_code': reply.status }
    call.record('rpc.server.duration', call.now_ms() - start_ms, { ...by, ...status })
    return reply
  })
}

/** Works one message off. A failure is told by its span and a log line, and goes no further. */
export async function consume(
  pod: Pod,
  world: World,
  consumer: Consumer,
  message: Message,
): Promise<void> {
  const { topic, key, partition, offset, headers } = message
  const generation = pod.service.conventions
  const producer = extract(headers)
  const origin = trace.getSpanContext(producer)
  const linked = consumer.relation === 'link'
  const links: Link[] = linked && origin !== undefined ? [{ context: origin }] : []
  const outer = new Call(pod, world, linked ? ROOT_CONTEXT : producer)
  const facts = { topic, operation: 'process', key, partition, offset } as const
  const body_bytes = JSON.stringify(message.body).length
  const attributes = messaging(generation, { ...facts, group: consumer.group, body_bytes })
  const name = generation === 'old' ? `${topic} process` : `process ${topic}`
  const start_ms = world.clock.now_ms()
  await outer.spanning(name, { kind: SpanKind.CONSUMER, attributes, links }, async (call) => {
    try {
      await consumer.process(call, message)
    } catch (error) {
      call.fail(error)
      call.span?.setStatus({ code: SpanStatusCode.ERROR, message: told(error).message })
      call.logError(`could not process ${topic}/${partition}@${offset}`, error)
    }
    const by = {
      'messaging.system': 'kafka',
      'messaging.destination.name': topic,
      'messaging.consumer.group.name': consumer.group,
    }
    call.record('messaging.client.consumed.messages', 1, by)
    call.record('messaging.process.duration', (call.now_ms() - start_ms) / 1000, by)
  })
}
