/** What a piece of work asks of others: HTTP, gRPC, databases, the queue, and the world outside. */
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { around, between } from '../random.ts'
import type { Call, WireReply } from './call.ts'
import { database, httpClient, httpStatus, messaging, rpc } from './conventions.ts'
import { Refusal, statusOf, typeOf, WireFailure } from './failures.ts'
import { inject } from './traceparent.ts'

export type HttpAsk = {
  service: string
  namespace?: string
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  body?: Record<string, unknown>
  timeout_ms?: number
  /** Tries altogether; more than one only for what may be repeated. */
  attempts?: number
}

const port = 8080
const timeout_ms_default = 10_000

/** Asks another service. Throws Refusal for an answer from 400 on, WireFailure where none came. */
export async function request(call: Call, ask: HttpAsk): Promise<Record<string, unknown>> {
  const attempts = ask.attempts ?? 1
  for (let resend = 0; ; resend++) {
    try {
      return await attempt(call, ask, resend)
    } catch (error) {
      if (resend + 1 >= attempts || statusOf(error) < 500) throw error
      const wait_ms = Math.round(around(call.random, 40 * 2 ** resend, 0.2))
      const reason = `${ask.service} failed (${typeOf(error)}), attempt ${resend + 1}/${attempts}`
      call.log('warn', `${reason}, retrying in ${wait_ms}ms`, { 'peer.service': ask.service })
      await call.world.clock.sleep(wait_ms)
    }
  }
}

function attempt(call: Call, ask: HttpAsk, resend_count: number) {
  const { service, path, method = 'GET', body = {}, timeout_ms = timeout_ms_default } = ask
  const generation = call.pod.service.conventions
  const host = `${service}.${ask.namespace ?? 'shop'}.svc.cluster.local`
  const facts = { method, scheme: 'http', host, port, path, resend_count } as const
  const name = generation === 'old' ? `HTTP ${method}` : method
  const attributes = httpClient(generation, facts)
  return call.spanning(name, { kind: SpanKind.CLIENT, attributes }, async (inner) => {
    const headers: Record<string, string> = { host }
    inject(inner.context, headers)
    const start_ms = call.now_ms()
    let reply: WireReply | undefined
    try {
      const wire = { service, method, path, headers, body, timeout_ms }
      reply = await call.world.deliver({ protocol: 'http', ...wire })
    } finally {
      const status = reply?.status ?? 0
      recordClient(inner, { method, host, status, duration_ms: call.now_ms() - start_ms })
    }
    inner.span?.setAttributes(httpStatus(generation, reply.status))
    if (reply.status < 400) return reply.body
    throw refusalOf(service, reply)
  })
}

function refusalOf(service: string, reply: WireReply): Refusal {
  const { message = 'no reason given' } = reply.body
  if (reply.status < 500) {
    return new Refusal(reply.status, String(reply.body.error ?? reply.status), String(message))
  }
  return new Refusal(502, String(reply.status), `${service} answered ${reply.status}: ${message}`)
}

type Exchange = { method: string; host: string; status: number; duration_ms: number }

function recordClient(call: Call, { method, host, status, duration_ms }: Exchange): void {
  if (call.pod.service.conventions === 'old') {
    const attributes = { 'http.method': method, 'http.status_code': status, 'net.peer.name': host }
    call.record('http.client.duration', duration_ms, attributes)
    return
  }
  const attributes = { 'http.request.method': method, 'server.address': host }
  const answered = status === 0 ? { 'error.type': 'timeout' } : httpStatus('new', status)
  call.record('http.client.request.duration', duration_ms / 1000, { ...attributes, ...answered })
}

export type RpcAsk = { service: string; rpc: string; method: string; body: Record<string, unknown> }

export function callRpc(call: Call, ask: RpcAsk): Promise<Record<string, unknown>> {
  const host = `${ask.service}.shop.svc.cluster.local`
  const attributes = rpc({ service: ask.rpc, method: ask.method, host, port: 9090 })
  const options = { kind: SpanKind.CLIENT, attributes }
  return call.spanning(`${ask.rpc}/${ask.method}`, options, async (inner) => {
    const headers: Record<string, string> = {}
    inject(inner.context, headers)
    const { service, body } = ask
    const path = `/${ask.rpc}/${ask.method}`
    const wire = { service, method: ask.method, path, headers, body, timeout_ms: 2000 }
    const reply = await call.world.deliver({ protocol: 'grpc', ...wire })
    inner.span?.setAttribute('rpc.grpc.status_code', reply.status)
    if (reply.status === 0) return reply.body
    throw new Refusal(502, 'INTERNAL', String(reply.body.message ?? `gRPC ${reply.status}`))
  })
}

export type Query = {
  system: 'postgresql' | 'redis' | 'mongodb' | 'elasticsearch'
  host: string
  namespace: string
  operation: string
  collection?: string
  text: string
  median_ms: number
  rows?: number
  /** A slow answer is logged from here on. */
  slow_ms?: number
}

const portOf = { postgresql: 5432, redis: 6379, mongodb: 27017, elasticsearch: 9200 } as const

/** Connections are reset now and then: the errors that any day has. */
const reset_share = 0.002

/** A database has no process here: its latency is a timer, its span is the client's. */
export async function query(call: Call, ask: Query): Promise<void> {
  const { system, host, namespace, operation, collection = '', text } = ask
  const generation = call.pod.service.conventions
  const place = { system, host, port: portOf[system], namespace }
  const attributes = database(generation, { ...place, collection, operation, text })
  const what = collection === '' ? operation : `${operation} ${collection}`
  const name = generation === 'old' && collection !== '' ? `${operation} ${namespace}` : what
  const { load } = call.pod
  await call.spanning(name, { kind: SpanKind.CLIENT, attributes }, async (inner) => {
    const start_ms = call.now_ms()
    load.queries++
    try {
      await inner.work(ask.median_ms)
      if (call.random() < reset_share) {
        throw new WireFailure('ECONNRESET', `read ECONNRESET ${host}:${portOf[system]}`)
      }
    } finally {
      load.queries--
      const duration_ms = call.now_ms() - start_ms
      const by = { 'db.system.name': system, 'db.operation.name': operation }
      const table = collection === '' ? {} : { 'db.collection.name': collection }
      inner.record('db.client.operation.duration', duration_ms / 1000, { ...by, ...table })
      if (duration_ms > (ask.slow_ms ?? 400)) {
        const took = Math.round(duration_ms)
        inner.log('warn', `slow query: ${took}ms ${text}`, { 'db.duration_ms': took })
      }
    }
    if (ask.rows !== undefined && generation === 'new') {
      inner.span?.setAttribute('db.response.returned_rows', ask.rows)
    }
  })
}

export type Outside = {
  method: 'GET' | 'POST'
  host: string
  path: string
  median_ms: number
  /** The status it answers with; default 200. */
  status?: number
}

/** A service on the internet that is not ours: only our side of it is told. */
export function outside(call: Call, ask: Outside): Promise<number> {
  const { method, host, path, median_ms, status = 200 } = ask
  const generation = call.pod.service.conventions
  const facts = { method, scheme: 'https', host, port: 443, path, resend_count: 0 } as const
  const attributes = httpClient(generation, facts)
  const name = generation === 'old' ? `HTTP ${method}` : method
  return call.spanning(name, { kind: SpanKind.CLIENT, attributes }, async (inner) => {
    const start_ms = call.now_ms()
    await inner.work(median_ms)
    inner.span?.setAttributes(httpStatus(generation, status))
    recordClient(inner, { method, host, status, duration_ms: call.now_ms() - start_ms })
    if (status >= 400) {
      inner.span?.setStatus({ code: SpanStatusCode.ERROR, message: `${host} answered ${status}` })
      inner.span?.setAttribute('error.type', String(status))
    }
    return status
  })
}

const partitions = 6

export async function publish(
  call: Call,
  topic: string,
  key: string,
  body: Record<string, unknown>,
): Promise<void> {
  const generation = call.pod.service.conventions
  const partition = between(call.random, 0, partitions - 1)
  const offset = call.world.offsetOf(topic)
  const body_bytes = JSON.stringify(body).length
  const facts = { topic, operation: 'send', key, partition, offset, body_bytes } as const
  const attributes = messaging(generation, facts)
  const name = generation === 'old' ? `${topic} publish` : `send ${topic}`
  await call.spanning(name, { kind: SpanKind.PRODUCER, attributes }, async (inner) => {
    const headers: Record<string, string> = {}
    inject(inner.context, headers)
    await inner.work(1.8)
    call.world.publish({ topic, key, headers, body, partition, offset })
    const by = { 'messaging.system': 'kafka', 'messaging.destination.name': topic }
    inner.record('messaging.client.sent.messages', 1, by)
  })
}
