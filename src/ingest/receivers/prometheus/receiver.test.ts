/** Remote write over real sockets: which headers it asks for, and its answers word by word. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeHeaders, writeSample } from '../../../../test/ingest/prometheus-ways.ts'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'
import { encodeWrite } from '../../../../test/wire/remote-write-proto.ts'
import { snappyEncode } from '../../../../test/wire/snappy.ts'
import { Fault } from '../../../model/faults.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig()
})
afterEach(() => rig.close())

type Headers = Record<string, string>

async function post(body: Uint8Array, headers: Headers, method = 'POST', path = '/api/v1/write') {
  const url = `http://${rig.address('otlp_http')}${path}`
  const sent = method === 'GET' ? {} : { body: Buffer.from(body) }
  const answer = await fetch(url, { method, headers, ...sent })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

const sample = (version: 1 | 2, good: number, old = 0) =>
  writeSample(version, { good, old, now_ms: rig.clock.now_ms() })
const written = (headers: globalThis.Headers) =>
  ['samples', 'histograms', 'exemplars'].map((kind) =>
    headers.get(`x-prometheus-remote-write-${kind}-written`),
  )

describe('what the headers must say', () => {
  const f = (version: 1 | 2, headers: Headers, expected: number) =>
    test(`${JSON.stringify(headers)} ${expected}`, async () => {
      const sent = { 'content-encoding': 'snappy', ...headers }
      const { status } = await post(sample(version, 1), sent)
      expect(status).toBe(expected)
      expect(rig.segments.rows('metric_samples').length).toBe(expected === 204 ? 1 : 0)
    })
  const type = 'application/x-protobuf'
  f(1, { 'content-type': type }, 204)
  f(1, { 'content-type': `${type};proto=prometheus.WriteRequest` }, 204)
  f(1, { 'content-type': `Application/X-Protobuf; Proto="prometheus.WriteRequest"` }, 204)
  f(1, {}, 204)
  f(2, { 'content-type': `${type};proto=io.prometheus.write.v2.Request` }, 204)
  f(2, { 'content-type': `${type}; charset=utf-8; proto=io.prometheus.write.v2.Request` }, 204)
  // The type decides; the version is not looked at.
  const wrong = { 'x-prometheus-remote-write-version': '0.1.0' }
  f(2, { 'content-type': `${type};proto=io.prometheus.write.v2.Request`, ...wrong }, 204)
  f(2, { 'content-type': type }, 400)
  f(2, { 'content-type': `${type};proto=io.prometheus.write.v3.Request` }, 415)
  f(1, { 'content-type': 'application/json' }, 415)
  f(1, { 'content-type': 'application/json', ...wrong }, 400)
  f(1, { 'content-type': type, 'content-encoding': 'gzip' }, 400)
  const second = `${type};proto=io.prometheus.write.v2.Request`
  f(2, { 'content-type': second, 'content-encoding': 'gzip' }, 415)
  f(2, { 'content-type': second, 'content-encoding': 'identity' }, 415)
})

test('1.0 answers 204 without a body, and does not speak of 2.0', async () => {
  const { status, text, headers } = await post(sample(1, 3), writeHeaders(1))
  expect({ status, text }).toEqual({ status: 204, text: '' })
  expect(written(headers)).toEqual([null, null, null])
})

test('2.0 says what it stored', async () => {
  const timestamp = rig.clock.now_ms()
  const { headers } = await post(
    snappyEncode(
      encodeWrite('Request', {
        symbols: ['', '__name__', 'a', 'trace_id', '0af7651916cd43dd8448eb211c80319c'],
        timeseries: [
          { labelsRefs: [1, 2], samples: [{ timestamp }, { timestamp: timestamp - 1 }] },
          { labelsRefs: [1, 2], histograms: [{ timestamp }] },
          { labelsRefs: [1, 2], exemplars: [{ labelsRefs: [3, 4], value: 1, timestamp }] },
        ],
      }),
    ),
    writeHeaders(2),
  )
  expect(written(headers)).toEqual(['2', '1', '1'])
  expect(rig.segments.rows('metric_exemplars')).toMatchObject([
    { trace_id: '0af7651916cd43dd8448eb211c80319c', attributes: {} },
  ])
})

test.each([1, 2] as const)(
  '%i.0: a part that is refused is told with its series',
  async (version) => {
    const { status, text, headers } = await post(sample(version, 5, 2), writeHeaders(version))
    expect(status).toBe(400)
    expect(text).toMatch(
      /^2 of 7 samples.* were not stored: 2 time_too_old\. The first is up\{id="/,
    )
    expect(rig.segments.rows('metric_samples').length).toBe(5)
    expect(headers.get('retry-after')).toBeNull()
    if (version === 2) expect(written(headers)).toEqual(['5', '0', '0'])
    expect(rig.counters.records()).toMatchObject([
      { source: 'prometheus', signal: 'metrics', accepted: 5, rejected: { time_too_old: 2 } },
    ])
  },
)

test('faults of 2.0 say that nothing was stored', async () => {
  const { status, headers } = await post(Buffer.from('none'), writeHeaders(2))
  expect(status).toBe(400)
  expect(written(headers)).toEqual(['0', '0', '0'])
  rig.tokens.set('t', { token_id: '1', cluster: 'c' })
  const other = await post(sample(2, 1), writeHeaders(2))
  expect(other.status).toBe(401)
  expect(written(other.headers)).toEqual(['0', '0', '0'])
})

test('back-pressure is 503, which senders retry: 429 they drop unless told otherwise', async () => {
  rig.segments.failsWith = new Fault('ingest_busy', { buffered_bytes: 9, retry_after_s: 7 })
  const { status, headers } = await post(sample(1, 1), writeHeaders(1))
  expect(status).toBe(503)
  expect(headers.get('retry-after')).toBe('7')
})

test('another method is refused', async () => {
  const { status, headers } = await post(new Uint8Array(0), {}, 'GET')
  expect(status).toBe(405)
  expect(headers.get('allow')).toBe('POST')
})

test('OTLP is taken on the path that Prometheus has for it', async () => {
  const time = `${rig.clock.now_ms()}000000`
  const gauge = { dataPoints: [{ timeUnixNano: time, asDouble: 1 }] }
  const request = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'a', gauge }] }] }] }
  const path = '/api/v1/otlp/v1/metrics'
  const type = { 'content-type': 'application/json' }
  const { status, text } = await post(Buffer.from(JSON.stringify(request)), type, 'POST', path)
  expect({ status, text }).toEqual({ status: 200, text: '{}' })
  expect(rig.segments.rows('metric_samples').length).toBe(1)
  const refused = await post(Buffer.from('x'), { 'content-type': 'text/csv' }, 'POST', path)
  expect(refused.status).toBe(415)
})
