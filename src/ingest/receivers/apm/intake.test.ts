/** Streams of events as the agents of several languages send them, good, bad and hostile. */
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import zlib from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Row } from '../../../../test/ingest/read-rows.ts'
import { openRig, type Rig, until } from '../../../../test/ingest/rig.ts'
import { apmLines, apmTransaction, apmWays, postEvents } from '../../../../test/ingest/ways-apm.ts'
import { Fault } from '../../../model/faults.ts'

const corpus = new URL('../../../../test/corpus/apm/', import.meta.url)
let rig: Rig
beforeEach(async () => {
  rig = await openRig({ cors_origins: ['https://shop.example.com'] })
})
afterEach(async () => {
  await rig.close()
  expect(rig.logged).toEqual([])
})

const events = '/intake/v2/events'
const url = (path: string) => `http://${rig.address('apm')}${path}`
const now_ms = () => rig.clock.now_ms()

function sent(file: string): Buffer {
  const text = readFileSync(new URL(`${file}.ndjson`, corpus), 'utf8')
  return Buffer.from(text.replaceAll('$T', String(now_ms() * 1000)))
}

async function post(path: string, body: Uint8Array, headers: Record<string, string> = {}) {
  const { status, text, headers: got } = await postEvents(url(path), { body }, headers)
  return { status, headers: got, said: text === '' ? undefined : JSON.parse(text) }
}

function find(rows: Row[], part: Row): Row {
  const found = rows.find((row) => Object.entries(part).every(([key, value]) => row[key] === value))
  if (found === undefined) throw new Error(`no row has ${JSON.stringify(part)}`)
  return found
}

describe('what agents send', () => {
  test('python: a request, its calls, an error and Prometheus metrics', async () => {
    expect(await post(`${events}?verbose`, sent('python'))).toMatchObject({
      status: 202,
      said: { accepted: 8 },
    })
    const spans = rig.segments.rows('spans')
    expect(find(spans, { name: 'POST /' })).toMatchObject({
      service: 'voting',
      namespace: 'vote',
      pod: 'voting-6c9d-abcde',
      scope: 'flask',
      kind: 'server',
      status: 'ok',
      duration_ns: 32_592_000n,
      http_status_code: 200,
      attributes: {
        'labels.vote': 'Cats',
        'labels.first_time': 'true',
        'url.query': 'x=1',
        'user_agent.original': 'Mozilla/5.0',
        'transaction.custom': '{"cart":{"items":[1,2]}}',
      },
      numbers: { 'numeric_labels.attempt': 2, 'transaction.representative_count': 2 },
    })
    expect(
      JSON.stringify(spans, (_, value) => (typeof value === 'bigint' ? 0 : value)),
    ).not.toMatch('secret')
    expect(find(spans, { name: 'RPUSH' })).toMatchObject({
      kind: 'client',
      parent_span_id: '1111111111111111',
      peer_service: 'redis',
      peer_kind: 'database',
      peer_system: 'redis',
      attributes: { 'db.query.text': 'RPUSH votes' },
    })
    expect(find(spans, { name: 'GET results:8080' })).toMatchObject({
      status: 'error',
      peer_service: 'results',
      peer_kind: 'external',
      peer_system: 'http',
      numbers: { 'server.port': 8080 },
    })
    expect(find(spans, { name: 'RPUSH' })).toMatchObject({
      'events.name': ['exception'],
      'events.attributes': [
        { 'exception.type': 'ConnectionError', 'error.id': 'abcdef0123456789abcdef0123456789' },
      ],
    })
    const [error] = rig.segments.rows('logs')
    expect(error).toMatchObject({
      body: 'ConnectionError: connection refused',
      event_name: 'exception',
      severity_number: 17,
      trace_id: '0123456789abcdef0123456789abcdef',
      span_id: '2222222222222222',
      pod: 'voting-6c9d-abcde',
      attributes: {
        'error.culprit': 'app.vote',
        'exception.type': 'ConnectionError',
        'exception.stacktrace': expect.stringContaining('Caused by: OSError: 111'),
        'labels.vote': 'Dogs',
      },
    })
    const votes = find(rig.segments.rows('metric_series'), {
      metric: 'prometheus.metrics.cloud_votes',
    })
    expect(votes).toMatchObject({ attributes: { 'labels.vote': 'Cats', 'metricset.name': 'app' } })
    expect(
      find(rig.segments.rows('metric_samples'), { metric: 'prometheus.metrics.cloud_votes' }),
    ).toMatchObject({ value: 3 })
    expect(rig.segments.rows('metric_histograms')).toMatchObject([
      { bounds: [0.05, 0.3, 0.75], bucket_counts: [4n, 2n, 1n, 0n], count: 7n },
    ])
  })

  test('java: a message, its links, a database, a queue and a log', async () => {
    expect(await post(events, sent('java'))).toMatchObject({ status: 202, said: undefined })
    const spans = rig.segments.rows('spans')
    expect(find(spans, { kind: 'consumer' })).toMatchObject({
      parent_span_id: 'bbbbbbbbbbbbbbbb',
      peer_service: 'orders',
      'links.span_id': ['0000000000000002'],
      scope: 'Kafka',
    })
    expect(find(spans, { kind: 'producer' })).toMatchObject({
      peer_service: 'invoices',
      peer_system: 'kafka',
      status: 'error',
    })
    expect(find(spans, { peer_kind: 'database' })).toMatchObject({
      peer_service: 'postgres.shop',
      peer_system: 'postgresql',
      attributes: { 'db.namespace': 'shop' },
    })
    expect(find(spans, { kind: 'internal' })).toMatchObject({
      attributes: { 'code.function': 'price' },
      numbers: { weight: 2 },
    })
    const logs = rig.segments.rows('logs')
    expect(find(logs, { body: 'no stock' })).toMatchObject({ severity_text: 'WARN' })
    expect(find(logs, { body: 'order placed' })).toMatchObject({
      time: BigInt(now_ms()) * 1_000_000n,
      severity_text: 'INFO',
      scope: 'com.shop.Orders',
      trace_id: 'fedcba9876543210fedcba9876543210',
      span_id: 'aaaaaaaaaaaaaaaa',
      attributes: { 'labels.shop': 'north' },
    })
    expect(find(rig.segments.rows('resources'), { service: 'orders' })).toMatchObject({
      attributes: { 'host.name': 'orders-named', 'service.instance.id': 'orders-1' },
    })
  })

  test('go: an unsampled transaction, a remote procedure and a nested log', async () => {
    expect((await post(events, sent('go'))).status).toBe(202)
    const spans = rig.segments.rows('spans')
    expect(find(spans, { kind: 'server' })).toMatchObject({
      status: 'error',
      attributes: { 'transaction.sampled': 'false' },
    })
    expect(find(spans, { kind: 'client' })).toMatchObject({
      peer_service: 'prices',
      peer_system: 'grpc',
      attributes: { 'rpc.service': 'shop.Prices', 'rpc.method': 'Get' },
    })
    expect(rig.segments.rows('logs')).toMatchObject([
      { service: 'gateway-sidecar', severity_text: 'warn', scope: 'gin', body: 'listening' },
    ])
  })

  test.each([
    ['gzip', 'gzip', zlib.gzipSync],
    ['deflate, as the agent for Go', 'deflate', zlib.deflateSync],
    ['gzip without a header', undefined, zlib.gzipSync],
    ['deflate without a header', undefined, zlib.deflateSync],
  ] as const)('%s', async (_name, encoding, compress) => {
    const headers = encoding === undefined ? {} : { 'content-encoding': encoding }
    expect((await post(events, compress(sent('go')), headers)).status).toBe(202)
    expect(rig.segments.rows('spans')).toHaveLength(2)
  })

  test.each([
    ['rum-v2', '/intake/v2/rum/events', '7777777777777777', '8888888888888888'],
    ['rum-v3', '/intake/v3/rum/events', 'ec2e280be8345240', 'bbbbbbbbbbbbbbbb'],
  ])('%s: a page, its calls and when they were', async (file, path, page_id, call_id) => {
    expect((await post(path, sent(file))).status).toBe(202)
    const spans = rig.segments.rows('spans')
    const page = find(spans, { span_id: page_id })
    const call = find(spans, { span_id: call_id })
    expect(page).toMatchObject({ service: 'shop-web', kind: 'internal', name: '/cart' })
    const numbers = page.numbers as Record<string, number>
    expect(Object.keys(numbers)).toContain('transaction.marks.agent.timeToFirstByte')
    expect(call).toMatchObject({ kind: 'client', parent_span_id: page_id })
    const began = BigInt(now_ms()) * 1_000_000n - (page.duration_ns as bigint)
    expect(page.time).toBe(began)
    const start_ns = file === 'rum-v2' ? 100_500_000n : 15_000_000n
    expect(call.time).toBe(began + start_ns)
  })

  test('rum-v3: parents by their place in the list, and errors', async () => {
    await post('/intake/v3/rum/events', sent('rum-v3'))
    const render = find(rig.segments.rows('spans'), { name: 'render' })
    expect(render.parent_span_id).toBe('bbbbbbbbbbbbbbbb')
    expect(rig.segments.rows('logs')).toMatchObject([
      { body: 'Uncaught Error: timeout test error', span_id: 'ec2e280be8345240' },
    ])
    const samples = rig.segments.rows('metric_samples')
    expect(find(samples, { metric: 'span.self_time.sum.us' }).value).toBe(10_000)
  })
})

describe('what is wrong is told, and the rest is stored', () => {
  const at = () => apmTransaction(now_ms(), 1)
  const span = (more: object) => ({
    span: {
      ...{ id: 'a'.repeat(16), parent_id: 'b'.repeat(16), trace_id: 'c'.repeat(32) },
      ...{ name: 's', type: 'app', duration: 1, timestamp: now_ms() * 1000, ...more },
    },
  })
  const metric = (samples: unknown) => ({ metricset: { samples } })
  const told: [string, () => unknown, RegExp][] = [
    ['an unknown type', () => ({ other: {} }), /did not recognize object type: "other"/],
    ['metadata again', () => JSON.parse(apmLines().toString()), /object type: "metadata"/],
    ['no object', () => [1], /expected an object/],
    ['a null event', () => ({ span: null }), /'span' expected an object/],
    ['no trace', () => apmTransaction(0, 1, { trace_id: '' }), /'transaction.trace_id' required/],
    ['no span count', () => apmTransaction(0, 1, { span_count: null }), /'transaction.span_count'/],
    ['no type', () => apmTransaction(0, 1, { type: null }), /'transaction.type' required/],
    [
      'bad digits',
      () => apmTransaction(0, 1, { id: 'z'.repeat(16) }),
      /'transaction.id' expected 16/,
    ],
    ['negative', () => apmTransaction(0, 1, { duration: -1 }), /'transaction.duration' expected/],
    [
      'a long name',
      () => apmTransaction(0, 1, { name: 'x'.repeat(1025) }),
      /'transaction.name' has/,
    ],
    ['no parent', () => span({ parent_id: null }), /'span.parent_id' required/],
    ['no time', () => span({ timestamp: null }), /'span.timestamp' or 'span.start' required/],
    ['no name', () => span({ name: null }), /'span.name' required/],
    ['half a composite', () => span({ composite: { count: 2 } }), /'span.composite.sum' required/],
    ['no exception', () => ({ error: { id: 'x' } }), /'error.exception' or 'error.log' required/],
    ['no message', () => ({ error: { id: 'x', log: {} } }), /'error.log.message' required/],
    [
      'half a place',
      () => ({ error: { id: 'x', trace_id: 'c'.repeat(32), log: { message: 'm' } } }),
      /'error.parent_id' required/,
    ],
    ['no samples', () => ({ metricset: {} }), /'metricset.samples' required/],
    ['a starred name', () => metric({ 'a*b': { value: 1 } }), /expected a name without/],
    ['no value', () => metric({ a: {} }), /'metricset.samples.a.value' required/],
    ['uneven', () => metric({ a: { values: [1], counts: [1, 2] } }), /1 values and 2 counts/],
    ['an old one', () => apmTransaction(now_ms() - 40 * 86_400_000, 3), /time_too_old/],
  ]
  test.each(told)('%s', async (_name, make, message) => {
    const { status, said, headers } = await post(events, apmLines(at(), make(), at()))
    expect(status).toBe(400)
    expect(said).toMatchObject({
      accepted: 2,
      errors: [{ message: expect.stringMatching(message) }],
    })
    expect(headers.connection).toBe('close')
    expect(rig.segments.rows('spans')).toHaveLength(2)
    const counts = rig.counters.records()
    expect(counts.reduce((sum, one) => sum + one.accepted, 0)).toBe(2)
    expect(counts.flatMap((one) => Object.values(one.rejected))).toEqual([1])
  })

  test('an object that says nothing is as good as none', async () => {
    const agent = { name: 'go', version: '2' }
    const metadata = { service: { name: 'pay', agent }, cloud: {}, process: {}, labels: null }
    const [, transaction] = apmLines(apmTransaction(now_ms())).toString().split('\n')
    const full = JSON.parse(transaction!)
    full.transaction.context = { request: {}, response: {}, user: {} }
    const body = Buffer.from(`${JSON.stringify({ metadata })}\n${JSON.stringify(full)}\n`)
    expect(await post(`${events}?verbose`, body)).toMatchObject({ status: 202 })
    expect(rig.segments.rows('spans')).toMatchObject([{ service: 'pay' }])
  })
  test('a line that is too long is dropped while it arrives', async () => {
    const long = Buffer.from(`{"span":{"name":"${'x'.repeat(2 * 1024 * 1024)}"}}\n`)
    const body = Buffer.concat([apmLines(at()), long, apmLines(at())])
    const { status, said } = await post(events, body)
    expect(status).toBe(400)
    expect(said.accepted).toBe(2)
    expect(said.errors[0].message).toBe('event exceeded the permitted size')
    expect(said.errors[0].document.length).toBeLessThanOrEqual(1024)
  })

  test('what a truncated stream brought is stored', async () => {
    const zipped = zlib.gzipSync(apmLines(...Array.from({ length: 5000 }, at)), { level: 0 })
    const { status, said } = await post(events, zipped.subarray(0, 200_000))
    expect(status).toBe(400)
    expect(said.accepted).toBeGreaterThan(500)
    expect(rig.segments.rows('spans')).toHaveLength(said.accepted)
  })

  test('ten thousand labels: what fits is kept', async () => {
    const tags = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`tag${i}`, 'v']))
    const { status } = await post(
      events,
      apmLines(apmTransaction(now_ms(), 1, { context: { tags } })),
    )
    expect(status).toBe(202)
    const [row] = rig.segments.rows('spans')
    const { length } = Object.keys(row?.attributes as object)
    expect(length).toBeGreaterThan(500)
    expect(length).toBeLessThanOrEqual(1024)
  })

  test('errors are bounded, and every line counts', async () => {
    const body = apmLines(...Array.from({ length: 3000 }, () => ({ other: 1 })))
    const { said } = await post(events, body)
    expect(said.errors).toHaveLength(20)
    expect(rig.counters.records()).toMatchObject([{ rejected: { operation_unsupported: 3000 } }])
  })

  test('whatever comes is answered', { timeout: 60_000 }, async () => {
    let seed = 7
    const next = () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return seed / 2 ** 32
    }
    for (let i = 0; i < 400; i++) {
      const { status } = await postEvents(url(events), { body: apmWays[0]!.fuzz(next) })
      expect([202, 400]).toContain(status)
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('a request that stays open', () => {
  test('its events are stored before it ends', async () => {
    const posting = request(url(events), { method: 'POST', agent: false })
    posting.on('error', () => {})
    const gzip = zlib.createGzip()
    gzip.pipe(posting)
    gzip.write(apmLines(apmTransaction(now_ms(), 1)))
    gzip.flush()
    await until('it is visible', () => rig.segments.rows('spans').length === 1, 20_000)
    const replied = new Promise((resolve) => posting.on('response', (r) => resolve(r.statusCode)))
    gzip.end(`${JSON.stringify(apmTransaction(now_ms(), 2))}\n`)
    expect(await replied).toBe(202)
    expect(rig.segments.rows('spans')).toHaveLength(2)
  })

  test('a sender that leaves loses nothing of what it sent', async () => {
    const posting = request(url(events), { method: 'POST', agent: false })
    posting.on('error', () => {})
    posting.write(apmLines(apmTransaction(now_ms(), 1)))
    await until('it is there', () => rig.listeners.stats().in_flight_requests === 1, 20_000)
    posting.destroy()
    await until('it is stored', () => rig.segments.rows('spans').length === 1, 20_000)
  })

  test('a full queue is told in the words of the protocol', async () => {
    rig.segments.failsWith = new Fault('ingest_busy', { buffered_bytes: 9, retry_after_s: 7 })
    const { status, said, headers } = await post(events, apmLines(apmTransaction(now_ms())))
    expect({ status, said }).toEqual({
      status: 429,
      said: { accepted: 0, errors: [{ message: 'queue is full' }] },
    })
    expect(headers['retry-after']).toBe('7')
  })
})
