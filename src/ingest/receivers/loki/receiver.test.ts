/** What Loki's shippers and health checks are answered, over real sockets. */
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { otlpSample } from '../../../../test/ingest/otlp-samples.ts'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'
import { sendHttp } from '../../../../test/ingest/senders.ts'
import { pushSample } from '../../../../test/ingest/ways-loki.ts'
import { Fault } from '../../../model/faults.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig({})
})
afterEach(() => rig.close())

const push = '/loki/api/v1/push'
type Options = { method?: string; headers?: Record<string, string> }

async function ask(path: string, body: Uint8Array | string = '', options: Options = {}) {
  const { method = 'POST', headers = {} } = options
  const chunks = body.length === 0 ? [] : [Buffer.from(body)]
  const answer = await sendHttp(rig.address('loki'), { path, headers, chunks, method })
  return { ...answer, text: answer.body.toString() }
}
const sample = (good: number, old = 0) =>
  pushSample('JSON', { good, old, now_ms: rig.clock.now_ms() })
const json = { 'content-type': 'application/json; charset=utf-8' }

test('what is stored is answered with nothing', async () => {
  for (const path of [push, '/api/prom/push']) {
    const answer = await ask(path, sample(2), { headers: json })
    expect([answer.status, answer.text]).toEqual([204, ''])
  }
  const headers = { ...json, 'content-encoding': 'gzip', 'x-scope-orgid': 'a|b' }
  expect((await ask(push, gzipSync(sample(1)), { headers })).status).toBe(204)
  expect(rig.segments.rows('logs')).toHaveLength(5)
})

test('JSON without a type, and protobuf with any, are told apart', async () => {
  expect((await ask(push, sample(1))).status).toBe(204)
  const protobuf = pushSample('protobuf', { good: 1, old: 0, now_ms: rig.clock.now_ms() })
  expect((await ask(push, protobuf, { headers: { 'content-type': 'text/plain' } })).status).toBe(
    204,
  )
  const headers = { 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf' }
  expect((await ask(push, protobuf, { headers })).status).toBe(204)
})

test('a part that is too old is told and counted, the rest is stored', async () => {
  const answer = await ask(push, sample(3, 2), { headers: json })
  expect(answer.status).toBe(400)
  expect(answer.headers['content-type']).toMatch(/^text\/plain/)
  expect(answer.text).toMatch(/has timestamp too old: .*, total ignored: 2 out of 5/)
  expect(rig.segments.rows('logs')).toHaveLength(3)
})

test.each<[string, number, RegExp]>([
  ['hello', 400, /^The Loki JSON payload could not be read: expected an object, at byte 0/],
  [
    '{"streams":[{"stream":{"a":"b"},"values":[[17,"x"]]}]}',
    400,
    /^expected the timestamp to be a string .* total ignored: 1 out of 1 \(1 value_invalid\)\n$/,
  ],
  ['{"streams":[{"stream":{},"values":[["17","x"]]}]}', 400, /at least one label pair is required/],
  ['{"streams":[]}', 204, /^$/],
  ['{}', 204, /^$/],
])('%s', async (body, status, says) => {
  const answer = await ask(push, body, { headers: json })
  expect(answer.status).toBe(status)
  expect(answer.text).toMatch(says)
})

test('a full buffer is 429 and a failed disk 503, both with when to come again', async () => {
  const faults: [Fault | Error, number][] = [
    [new Fault('ingest_busy', { buffered_bytes: 9, retry_after_s: 7 }), 429],
    [new Error('no space left'), 503],
  ]
  for (const [fails, status] of faults) {
    rig.segments.failsWith = fails
    const answer = await ask(push, sample(1), { headers: json })
    expect(answer.status).toBe(status)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    rig.clock.advance(1000)
  }
})

test('what health checks and shippers ask first', async () => {
  rig.tokens.set('right', { token_id: 't1', cluster: 'prod' })
  const get = { method: 'GET', headers: { authorization: 'Bearer right' } }
  expect(await ask('/ready', '', { method: 'GET' })).toMatchObject({ status: 200, text: 'ready\n' })
  const labels = await ask('/loki/api/v1/labels', '', get)
  expect(JSON.parse(labels.text)).toEqual({ status: 'success', data: [] })
  const build = await ask('/loki/api/v1/status/buildinfo', '', get)
  expect(JSON.parse(build.text)).toHaveProperty('version')
  expect((await ask('/loki/api/v1/labels', '', { method: 'GET' })).status).toBe(401)
  expect((await ask(push, '', get)).status).toBe(405)
  expect((await ask('/ready', '{}', {})).status).toBe(405)
  expect((await ask('/loki/api/v1/nothing', '', get)).status).toBe(404)
})

test('the token may be the password of a user, as Promtail has it', async () => {
  rig.tokens.set('cn_right', { token_id: 't1', cluster: 'prod' })
  const basic = (password: string) =>
    `Basic ${Buffer.from(`tenant:${password}`).toString('base64')}`
  const send = (password: string) =>
    ask(push, sample(1), { headers: { ...json, authorization: basic(password) } })
  expect((await send('cn_wrong')).status).toBe(401)
  expect((await send('cn_right')).status).toBe(204)
  expect(rig.segments.rows('logs')).toMatchObject([{ cluster: 'prod' }])
})

test("OTLP logs on Loki's path", async () => {
  const now = { good: 2, old: 1, now_ms: rig.clock.now_ms() }
  for (const type of ['application/json', 'application/x-protobuf']) {
    const body = otlpSample(type, 'logs', now)
    const answer = await ask('/otlp/v1/logs', body, { headers: { 'content-type': type } })
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type])
  }
  expect(rig.segments.rows('logs')).toHaveLength(4)
  const unknown = await ask('/otlp/v1/logs', 'x', { headers: { 'content-type': 'text/csv' } })
  expect(unknown.status).toBe(415)
})
