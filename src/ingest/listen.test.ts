/**
 * The listeners as a whole: addresses, draining, memory shared by all requests, browsers,
 * revoking.
 */
import http from 'node:http'
import net from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { otlpSample } from '../../test/ingest/otlp-samples.ts'
import { openRig, type Rig, until } from '../../test/ingest/rig.ts'
import { connectGrpc, grpcFrame, type Sent, sendGrpc, sendHttp } from '../../test/ingest/senders.ts'
import type { ListenConfig } from './listen.ts'

let rig: Rig
const open = async (config: Partial<ListenConfig> = {}) => {
  rig = await openRig(config)
}
afterEach(() => rig.close())

const protobuf = { 'content-type': 'application/x-protobuf' }
const logs = (good = 1) =>
  otlpSample('application/x-protobuf', 'logs', { good, old: 0, now_ms: Date.now() })
const post = (more: Partial<Sent> = {}) =>
  sendHttp(rig.address('otlp_http'), {
    path: '/v1/logs',
    headers: { ...protobuf, ...more.headers },
    chunks: more.chunks ?? [logs()],
    ...('agent' in more ? { agent: more.agent } : {}),
    ...('method' in more ? { method: more.method } : {}),
    ...('path' in more ? { path: more.path } : {}),
    ...('isUnfinished' in more ? { isUnfinished: more.isUnfinished } : {}),
  } as Sent)
const exportLogs = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'

describe('addresses', () => {
  test('answers what was bound, as lines to print; off opens nothing', async () => {
    await open({
      listeners: [
        { name: 'otlp_http', address: '127.0.0.1:0' },
        { name: 'otlp_grpc', address: 'off' },
      ],
    })
    expect(rig.listeners.lines).toEqual([
      expect.stringMatching(/^listening otlp_http 127\.0\.0\.1:\d+$/),
    ])
  })

  test('an address in use closes what was opened before it', async () => {
    await open()
    const taken = rig.address('otlp_http')
    const both = openRig({
      listeners: [
        { name: 'otlp_grpc', address: '127.0.0.1:0' },
        { name: 'otlp_http', address: taken },
      ],
    })
    await expect(both).rejects.toMatchObject({ code: 'listen_failed' })
  })

  test('an address that is none is named', async () => {
    await open()
    const listeners = [{ name: 'otlp_http', address: 'here' }] as const
    await expect(openRig({ listeners })).rejects.toThrow(
      /listen\.otlp_http.*host:port or off.*here/,
    )
  })
})

test('another path is 404, as a fault', async () => {
  await open()
  const answer = await post({ path: '/v1/profiles' })
  expect(answer.status).toBe(404)
  expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 'not_found' })
})

test('a query and parameters of the content type do not matter', async () => {
  await open()
  const headers = { 'content-type': 'application/x-protobuf; charset=utf-8' }
  expect((await post({ path: '/v1/logs?x=1', headers })).status).toBe(200)
})

test('one connection serves many requests, also after a fault', async () => {
  await open()
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  for (const body of [logs(), Buffer.from('garbage'), logs()]) await post({ agent, chunks: [body] })
  expect(rig.listeners.stats().listeners[0]).toMatchObject({
    connections: 1,
    requests: 3,
    refused: { payload_malformed: 1 },
  })
  agent.destroy()
})

test('the body is asked for only when it is wanted', async () => {
  await open({ limits: { body_bytes_max: 1000 } })
  const asking = async (bytes: number) => {
    const headers = { expect: '100-continue', 'content-length': String(bytes) }
    const [host, port] = rig.address('otlp_http').split(':') as [string, string]
    const path = '/v1/logs'
    const request = http.request({
      host,
      port,
      path,
      method: 'POST',
      headers: { ...headers, ...protobuf },
    })
    request.on('error', () => {})
    return new Promise<string>((resolve) => {
      request.on('continue', () => resolve('continue'))
      request.on('response', (response) => resolve(String(response.statusCode)))
      request.flushHeaders()
    }).finally(() => request.destroy())
  }
  expect(await asking(100)).toBe('continue')
  expect(await asking(2000)).toBe('413')
})

test('the memory of all requests together has a ceiling, said in each protocol', async () => {
  await open({ limits: { in_flight_bytes_max: 100_000 } })
  const chunks = [Buffer.alloc(80_000, 1)]
  const first = post({ chunks, isUnfinished: true }).catch(() => 'closed')
  await until('the first arrives', () => rig.listeners.stats().in_flight_bytes === 80_000)
  const second = await post({ chunks })
  expect(second.status).toBe(429)
  expect(second.headers['retry-after']).toBe('2')
  const session = connectGrpc(rig.address('otlp_grpc'))
  const third = await sendGrpc(session, { path: exportLogs, chunks: [grpcFrame(chunks[0]!)] })
  expect(third.grpcStatus).toBe(14)
  expect((await post()).status).toBe(200)
  session.destroy()
  await rig.close()
  expect(await first).toBe('closed')
  await until('all is given back', () => rig.listeners.stats().in_flight_requests === 0)
  expect(rig.listeners.stats().in_flight_bytes).toBe(0)
})

describe('browsers', () => {
  const origin = 'https://shop.example'
  const preflight = { 'access-control-request-method': 'POST', origin }
  const cors = { 'access-control-allow-origin': origin, vary: 'origin' }

  test('a page that is allowed may ask and send', async () => {
    await open({ cors_origins: [origin] })
    const asked = { ...preflight, 'access-control-request-headers': 'content-type,x-api-key' }
    const answer = await post({ method: 'OPTIONS', headers: asked, chunks: [] })
    expect(answer.status).toBe(204)
    expect(answer.headers).toMatchObject({
      ...cors,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type,x-api-key',
    })
    expect((await post({ headers: { origin } })).headers).toMatchObject(cors)
    expect((await post({ headers: { origin }, chunks: [Buffer.from('x')] })).headers).toMatchObject(
      cors,
    )
  })

  test('a page that is not allowed is not', async () => {
    await open({ cors_origins: ['https://other.example'] })
    const answer = await post({ method: 'OPTIONS', headers: preflight, chunks: [] })
    expect(answer.status).toBe(405)
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('draining', () => {
  test('finishes what is in flight, refuses what is new', async () => {
    await open()
    let release = () => {}
    rig.segments.held = new Promise((resolve) => {
      release = resolve
    })
    const agent = new http.Agent({ keepAlive: true })
    const session = connectGrpc(rig.address('otlp_grpc'))
    const byHttp = post({ agent })
    const byGrpc = sendGrpc(session, { path: exportLogs, chunks: [grpcFrame(logs())] })
    await until('both are in flight', () => rig.listeners.stats().in_flight_requests === 2)
    let isClosed = false
    const closing = rig.listeners.close(5_000).then(() => {
      isClosed = true
    })
    await expect(post()).rejects.toThrow(/ECONNREFUSED/)
    expect(isClosed).toBe(false)
    release()
    const answer = await byHttp
    expect(answer.status).toBe(200)
    expect(answer.headers.connection).toBe('close')
    expect((await byGrpc).grpcStatus).toBe(0)
    await closing
    expect(rig.segments.count()).toBe(2)
    agent.destroy()
  })

  test('at the deadline it closes what is left', async () => {
    await open()
    const stalled = post({ isUnfinished: true }).catch(() => 'closed')
    await until('it is in flight', () => rig.listeners.stats().in_flight_bytes > 0)
    await rig.listeners.close(1)
    expect(await stalled).toBe('closed')
  })
})

test('a revoked token closes idle connections and sessions that used it', async () => {
  await open()
  rig.tokens.set('old', { token_id: 't1', cluster: 'a' })
  rig.tokens.set('other', { token_id: 't2', cluster: 'a' })
  const agent = new http.Agent({ keepAlive: true })
  const headers = { authorization: 'Bearer old' }
  expect((await post({ agent, headers })).status).toBe(200)
  const session = connectGrpc(rig.address('otlp_grpc'))
  await sendGrpc(session, { path: exportLogs, headers, chunks: [grpcFrame(logs())] })
  rig.tokens.delete('old')
  expect(rig.listeners.dropToken('t1')).toBe(2)
  await until('both are closed', () =>
    rig.listeners.stats().listeners.every(({ connections }) => connections === 0),
  )
  expect((await post({ agent, headers })).status).toBe(401)
  agent.destroy()
})

test('more connections than allowed are closed at once', async () => {
  await open({ limits: { connections_max: 2 } })
  const [host, port] = rig.address('otlp_http').split(':') as [string, string]
  const sockets = [1, 2, 3].map(() => net.connect(Number(port), host).on('error', () => {}))
  const counts = () => rig.listeners.stats().listeners[0]!
  await until('one is refused', () => counts().connections_refused === 1)
  expect(counts().connections).toBe(2)
  for (const socket of sockets) socket.destroy()
})
