/** Zipkin's spans in each encoding: what is stored, and that the encodings agree. */
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { capture_ms, corpus, decodeAlone } from '../../../../test/ingest/decode-alone.ts'
import { encodeSpans } from '../../../../test/wire/span-protos.ts'
import { decodeZipkinJson, decodeZipkinJsonV1, decodeZipkinProtobuf } from './decode.ts'

const none = '0000000000000000'

describe('a shared span', () => {
  const body = readFileSync(corpus('zipkin/shared.json'))
  const { outcome, spans } = decodeAlone(decodeZipkinJson, body)
  const [client, server, query, render] = spans

  test('becomes two, the server under the client', () => {
    expect(outcome).toMatchObject({ accepted: 4, rejected: 0 })
    expect(client).toMatchObject({
      service: 'frontend',
      kind: 'client',
      span_id: '352bff9a74ca9ad2',
      parent_span_id: none,
    })
    expect(server).toMatchObject({
      service: 'backend',
      kind: 'server',
      parent_span_id: '352bff9a74ca9ad2',
      attributes: { 'zipkin.shared_span_id': '352bff9a74ca9ad2', 'client.address': '192.168.99.1' },
    })
    expect(server?.span_id).not.toBe(client?.span_id)
    expect(new Set(spans.map((span) => span.trace_id)).size).toBe(1)
  })

  test('has below it what its own service did, on each side', () => {
    expect(query).toMatchObject({ name: 'select', parent_span_id: server?.span_id })
    expect(render).toMatchObject({ name: 'render', parent_span_id: client?.span_id })
  })

  test('gets the same id whenever it is sent', () => {
    expect(decodeAlone(decodeZipkinJson, body).spans[1]?.span_id).toBe(server?.span_id)
  })

  test('keeps what its client noted', () => {
    expect(client).toMatchObject({
      trace_id: '00000000000000005af7183fb1d4cf5f',
      name: 'get /api',
      time: 1795234983256874000n,
      duration_ns: 9_000_000n,
      status: 'error',
      status_message: 'no stock',
      http_status_code: 500,
      peer_service: 'backend',
      attributes: {
        'http.path': '/api',
        'peer.service': 'backend',
        'server.address': '172.19.0.2',
        'network.local.address': '192.168.99.1',
        'zipkin.debug': 'true',
      },
      numbers: { 'server.port': 9000 },
      'events.name': ['ws'],
      'events.time': [1795234983257000000n],
    })
  })
})

test('version 1: one span of two sides becomes two', () => {
  const body = readFileSync(corpus('zipkin/version-1.json'))
  const { spans } = decodeAlone(decodeZipkinJsonV1, body)
  expect(spans).toMatchObject([
    {
      service: 'frontend',
      kind: 'client',
      span_id: '352bff9a74ca9ad2',
      parent_span_id: '0000000000000001',
      duration_ns: 9_000_000n,
      peer_service: 'backend',
      attributes: { 'http.path': '/api' },
      'events.name': [],
    },
    {
      service: 'backend',
      kind: 'server',
      parent_span_id: '352bff9a74ca9ad2',
      time: 1795234983258000000n,
      duration_ns: 5_000_000n,
      'events.name': ['cache miss'],
    },
  ])
  expect(spans[1]?.attributes).not.toHaveProperty('http.path')
})

test.each<[string, object, object]>([
  ['no kind', {}, { kind: 'internal', status: 'unset', parent_span_id: none }],
  ['a producer', { kind: 'PRODUCER' }, { kind: 'producer' }],
  ['short ids', { id: 'a', parentId: 'b' }, { span_id: '000000000000000a' }],
  [
    'a long trace id',
    { traceId: '5b8aa5a2d2c872e8321cf37308d69df2' },
    { trace_id: '5b8aa5a2d2c872e8321cf37308d69df2' },
  ],
  ['an error without words', { tags: { error: 'true' } }, { status: 'error', status_message: '' }],
  ['an error that is none', { tags: { error: 'false' } }, { status: 'unset' }],
  [
    "OpenTelemetry's status",
    { tags: { 'otel.status_code': 'ERROR', 'otel.status_description': 'late' } },
    { status: 'error', status_message: 'late' },
  ],
  ['an OK', { tags: { 'otel.status_code': 'OK' } }, { status: 'ok' }],
  ['no service', { localEndpoint: undefined }, { service: 'unknown_service' }],
  [
    'no time',
    { timestamp: undefined, annotations: [{ timestamp: capture_ms * 1000, value: 'x' }] },
    { time: BigInt(capture_ms) * 1_000_000n },
  ],
  ['no time at all', { timestamp: undefined }, { time: BigInt(capture_ms) * 1_000_000n }],
  ['tags of other types', { tags: { a: 1, b: true } }, { attributes: { a: '1', b: 'true' } }],
  ['a tag of JavaScript', { tags: JSON.parse('{"__proto__":"x"}') }, { kind: 'internal' }],
  ['members of other types', { name: 7, tags: 'x', annotations: {}, duration: {} }, { name: '7' }],
  [
    'a call in',
    { kind: 'SERVER', remoteEndpoint: { serviceName: 'web', ipv6: '2001:db8::1' } },
    { attributes: { 'client.address': '2001:db8::1', 'peer.service': 'web' } },
  ],
])('%s', (_name, members, expected) => {
  const span = {
    traceId: '1',
    id: '2',
    timestamp: capture_ms * 1000,
    localEndpoint: { serviceName: 'cart' },
    ...members,
  }
  const { outcome, spans } = decodeAlone(decodeZipkinJson, JSON.stringify([span]))
  expect(outcome).toMatchObject({ accepted: 1, rejected: 0 })
  expect(spans).toMatchObject([expected])
})

test('spans that cannot be taken are counted, the others are stored', () => {
  const good = { traceId: '1', id: '2', timestamp: capture_ms * 1000 }
  const old = { ...good, timestamp: 1_000_000_000_000_000 }
  const all = [good, { traceId: 'x', id: '1' }, {}, 7, old, { ...good, id: '0' }, good]
  const { outcome, refused } = decodeAlone(decodeZipkinJson, JSON.stringify(all))
  expect(outcome).toMatchObject({
    accepted: 2,
    rejected: 5,
    reasons: { id_invalid: 4, time_too_old: 1 },
  })
  expect(outcome.message).toBe('5 of 7 spans were not stored: 4 id_invalid, 1 time_too_old.')
  expect(refused[0]?.detail).toBe('expected traceId to be hexadecimal digits')
})

test('no more than a bounded number of spans is taken of a request', () => {
  const json = `[${'{},'.repeat(149_999)}{}]`
  const protobuf = Buffer.from('0a00'.repeat(150_000), 'hex')
  for (const seen of [
    decodeAlone(decodeZipkinJson, json),
    decodeAlone(decodeZipkinProtobuf, protobuf),
  ]) {
    expect(seen.outcome).toMatchObject({ accepted: 0, rejected: 150_000 })
    expect(seen.outcome.reasons).toMatchObject({ record_too_large: 50_000 })
  }
})

const hexId = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .filter((id) => id.some((byte) => byte > 0))
    .map((id) => Buffer.from(id).toString('hex'))
const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const endpoint = fc.record({
  serviceName: text,
  ipv4: fc.ipV4(),
  port: fc.integer({ min: 0, max: 65_535 }),
})
const time = fc.integer({ min: 1, max: 1_000_000_000 }).map((us) => capture_ms * 1000 - us)
const span = fc.record({
  traceId: hexId(16),
  id: hexId(8),
  parentId: fc.option(hexId(8), { nil: undefined }),
  kind: fc.constantFrom(undefined, 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
  name: text,
  timestamp: time,
  duration: fc.nat(),
  localEndpoint: endpoint,
  remoteEndpoint: fc.option(endpoint, { nil: undefined }),
  annotations: fc.array(fc.record({ timestamp: time, value: text }), { maxLength: 3 }),
  tags: fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: true }),
  debug: fc.boolean(),
  shared: fc.boolean(),
})
const kinds = [undefined, 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER']
const bytes = (hex: string | undefined) => hex && Buffer.from(hex, 'hex')

test('JSON and protobuf of any spans give the same rows', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 5 }), (spans) => {
      const ends = (one: (typeof spans)[number]['remoteEndpoint']) =>
        one && { ...one, ipv4: Buffer.from(one.ipv4.split('.').map(Number)) }
      const plain = spans.map((one) => ({
        ...one,
        traceId: bytes(one.traceId),
        id: bytes(one.id),
        parentId: bytes(one.parentId),
        kind: kinds.indexOf(one.kind),
        localEndpoint: ends(one.localEndpoint),
        remoteEndpoint: ends(one.remoteEndpoint),
      }))
      const json = decodeAlone(decodeZipkinJson, JSON.stringify(spans))
      const protobuf = decodeAlone(decodeZipkinProtobuf, encodeSpans('zipkin', { spans: plain }))
      expect(json.outcome).toMatchObject({ accepted: spans.length, rejected: 0 })
      expect(protobuf.spans).toEqual(json.spans)
      expect(json.spans.map((row) => row.time)).toEqual(
        spans.map(({ timestamp }) => BigInt(timestamp) * 1000n),
      )
      for (const [i, row] of json.spans.entries())
        expect(row.attributes).toMatchObject(spans[i]!.tags)
    }),
    { numRuns: 100 },
  )
})

test("what OpenTelemetry's exporter puts into tags says where the span is from", () => {
  const json = Buffer.from(
    JSON.stringify([
      {
        traceId: '463ac35c9f6413ad48485a3953bb6124',
        id: '1',
        timestamp: capture_ms * 1000,
        localEndpoint: { serviceName: 'pay' },
        tags: {
          'service.name': 'pay',
          'k8s.pod.name': 'pay-1',
          'k8s.namespace.name': 'shop',
          a: 'b',
        },
        annotations: [
          { timestamp: capture_ms * 1000, value: '"exception":{"exception.type":"Late","n":[1]}' },
          { timestamp: capture_ms * 1000, value: '"half":{"a"' },
        ],
      },
    ]),
  )
  const seen = decodeAlone(decodeZipkinJson, json)
  expect(seen.spans).toMatchObject([
    {
      ...{ service: 'pay', namespace: 'shop', pod: 'pay-1', attributes: { a: 'b' } },
      'events.name': ['exception', '"half":{"a"'],
      'events.attributes': [{ 'exception.type': 'Late', n: '[1]' }, {}],
    },
  ])
})

describe('databases and queues of Brave are of their kind', () => {
  const f = (kind: string, remote: string, tags: object, expected: object) =>
    test(`${kind} ${remote} ${Object.keys(tags)}`, () => {
      const span = { traceId: '1', id: '2', kind, timestamp: capture_ms * 1000, tags }
      const sent = [{ ...span, remoteEndpoint: { serviceName: remote } }]
      const seen = decodeAlone(decodeZipkinJson, Buffer.from(JSON.stringify(sent)))
      expect(seen.spans).toMatchObject([expected])
    })
  f(
    'CLIENT',
    'mysql-shop',
    { 'sql.query': 'select 1' },
    { peer_kind: 'database', peer_system: 'mysql' },
  )
  f('CLIENT', 'shop', { 'sql.query': 'x' }, { peer_kind: 'database', peer_system: 'other_sql' })
  f(
    'PRODUCER',
    'kafka',
    { 'kafka.topic': 'orders' },
    { peer_kind: 'messaging', peer_system: 'kafka' },
  )
  f('CLIENT', 'shop', { 'http.path': '/' }, { peer_kind: 'external' })
})
