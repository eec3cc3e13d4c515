/** Jaeger's spans in each encoding: what is stored, and that the encodings agree. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { capture_ms, decodeAlone } from '../../../../test/ingest/decode-alone.ts'
import { batchOf, type PlainSpan, type TagValue } from '../../../../test/wire/jaeger-thrift.ts'
import { encodeSpans } from '../../../../test/wire/span-protos.ts'
import { encodeThrift } from '../../../../test/wire/thrift-writer.ts'
import { decodeJaegerProtobuf, decodeJaegerThrift } from './decode.ts'

const now_us = BigInt(capture_ms) * 1000n
const trace: [bigint, bigint] = [0x5b8aa5a2d2c872e8n, 0x321cf37308d69df2n]
const other: [bigint, bigint] = [0n, 7n]
const base: PlainSpan = { trace, id: 2n, name: 'GET /cart', start_us: now_us, duration_us: 5n }
type Process = { service: string; tags?: Record<string, TagValue> }
const cart: Process = { service: 'cart' }

const thrift = (spans: PlainSpan[], process = cart, protocol: 'binary' | 'compact' = 'binary') =>
  decodeAlone(decodeJaegerThrift, encodeThrift(protocol, batchOf(process, spans)))

/** The same batch for gRPC. */
function protobuf(spans: PlainSpan[], process: Process = cart) {
  const idBytes = (id: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64BE(BigInt.asUintN(64, id))
    return bytes
  }
  const traceBytes = ([high, low]: [bigint, bigint]) => Buffer.concat([idBytes(high), idBytes(low)])
  const time = (us: bigint) => ({
    seconds: String(us / 1_000_000n),
    nanos: Number(us % 1_000_000n) * 1000,
  })
  const tag = ([key, value]: [string, TagValue]) => {
    if (typeof value === 'string') return { key, vType: 0, vStr: value }
    if (typeof value === 'boolean') return { key, vType: 1, vBool: value }
    if (typeof value === 'bigint') return { key, vType: 2, vInt64: String(value) }
    if (typeof value === 'number') return { key, vType: 3, vFloat64: value }
    return { key, vType: 4, vBinary: value }
  }
  const tags = (all: Record<string, TagValue> = {}) => Object.entries(all).map(tag)
  const plain = spans.map((span) => ({
    traceId: traceBytes(span.trace),
    spanId: idBytes(span.id),
    operationName: span.name,
    references: [
      ...(span.parent ? [{ traceId: traceBytes(span.trace), spanId: idBytes(span.parent) }] : []),
      ...(span.references ?? []).map((one) => ({
        traceId: traceBytes(one.trace),
        spanId: idBytes(one.id),
        refType: one.follows ? 1 : 0,
      })),
    ],
    startTime: time(span.start_us),
    duration: time(span.duration_us),
    tags: tags(span.tags),
    logs: (span.logs ?? []).map((log) => ({
      timestamp: time(log.time_us),
      fields: tags(log.fields),
    })),
  }))
  const batch = {
    spans: plain,
    process: { serviceName: process.service, tags: tags(process.tags) },
  }
  return decodeAlone(decodeJaegerProtobuf, encodeSpans('jaeger', { batch }))
}

test('a span with all that it may have', () => {
  const span: PlainSpan = {
    ...base,
    parent: 1n,
    tags: {
      'span.kind': 'client',
      'http.status_code': 503n,
      error: true,
      ratio: 0.5,
      raw: Uint8Array.of(1, 2, 3),
      'peer.hostname': 'stock.shop',
      'peer.port': 8080n,
    },
    logs: [
      { time_us: now_us + 1n, fields: { event: 'retry', attempt: 2n } },
      {
        time_us: now_us + 2n,
        fields: { event: 'error', 'error.kind': 'Timeout', message: 'late', stack: 'at x' },
      },
      { time_us: now_us + 3n, fields: { message: 'only text' } },
    ],
    references: [
      { follows: false, trace, id: 1n },
      { follows: true, trace: other, id: 9n },
    ],
  }
  const process: Process = { service: 'cart', tags: { hostname: 'web-1', ip: '10.0.0.1', n: 3n } }
  const seen = thrift([span], process)
  expect(seen.spans).toMatchObject([
    {
      service: 'cart',
      trace_id: '5b8aa5a2d2c872e8321cf37308d69df2',
      span_id: '0000000000000002',
      parent_span_id: '0000000000000001',
      name: 'GET /cart',
      kind: 'client',
      status: 'error',
      time: now_us * 1000n,
      duration_ns: 5000n,
      http_status_code: 503,
      peer_service: 'stock.shop',
      attributes: { raw: 'AQID', error: 'true', 'server.address': 'stock.shop' },
      numbers: { ratio: 0.5, 'server.port': 8080 },
      'events.name': ['retry', 'exception', 'only text'],
      'links.trace_id': ['00000000000000000000000000000007'],
      'links.span_id': ['0000000000000009'],
    },
  ])
  expect(seen.spans[0]?.['events.attributes']).toMatchObject([
    { attempt: '2' },
    { 'exception.type': 'Timeout', 'exception.message': 'late', 'exception.stacktrace': 'at x' },
    {},
  ])
  expect(seen.resources[0]?.attributes).toEqual({
    'service.name': 'cart',
    'host.name': 'web-1',
    ip: '10.0.0.1',
    n: '3',
  })
  expect(protobuf([span], process).spans[0]?.numbers).toEqual(seen.spans[0]?.numbers)
})

describe('parents and links', () => {
  const child = { follows: false, trace, id: 3n }
  const follows = { follows: true, trace, id: 4n }
  const away = { follows: false, trace: other, id: 5n }
  test.each<[string, Partial<PlainSpan>, string, string[]]>([
    ['none', {}, '0', []],
    ['the field', { parent: 1n }, '1', []],
    ['the field, whose reference is no link', { parent: 3n, references: [child] }, '3', []],
    ['the child of', { references: [follows, child] }, '3', ['4']],
    ['what it follows', { references: [follows] }, '4', []],
    ['never another trace', { references: [away] }, '0', ['5']],
  ])('%s', (_name, members, parent, links) => {
    const { spans } = thrift([{ ...base, ...members }])
    const full = (id: string) => id.padStart(16, '0')
    expect(spans[0]).toMatchObject({
      parent_span_id: full(parent),
      'links.span_id': links.map(full),
    })
  })
})

test.each<[string, Record<string, TagValue>, object]>([
  ['no tags', {}, { kind: 'internal', status: 'unset' }],
  ['a kind in capitals', { 'span.kind': 'SERVER' }, { kind: 'server' }],
  ['a kind that is none', { 'span.kind': 'constructor' }, { kind: 'internal' }],
  ['an error as text', { error: 'true' }, { status: 'error', status_message: '' }],
  ['an error with words', { error: 'no stock' }, { status: 'error', status_message: 'no stock' }],
  ['an error that is none', { error: false }, { status: 'unset' }],
  ['an OK', { 'otel.status_code': 'OK' }, { status: 'ok' }],
  ['a database', { 'span.kind': 'client', 'db.type': 'redis' }, { peer_system: 'redis' }],
  ['a tag of JavaScript', { ['__proto__']: 'x' }, { kind: 'internal' }],
])('%s', (_name, tags, expected) => {
  expect(thrift([{ ...base, tags }]).spans).toMatchObject([expected])
})

test('a trace id of 64 bits is the lower half', () => {
  const span: PlainSpan = { ...base, trace: [0n, -1n] }
  const expected = `${'0'.repeat(16)}${'f'.repeat(16)}`
  expect(thrift([span]).spans[0]?.trace_id).toBe(expected)
  expect(protobuf([span]).spans[0]?.trace_id).toBe(expected)
})

test('spans before their process, and fields that nobody knows', () => {
  const [process, spans] = batchOf(cart, [base])
  const turned = [spans!, [3, { i64: 17n }], [9, { map: [[{ i32: 1 }, { i32: 2 }]] }]] as const
  const body = encodeThrift('binary', [...turned, process!])
  expect(decodeAlone(decodeJaegerThrift, body).spans).toMatchObject([{ service: 'cart' }])
})

test('gRPC: a span may name a process of its own', () => {
  const spanOf = (id: number, process?: object) => ({
    traceId: Buffer.alloc(16, 1),
    spanId: Buffer.alloc(8, id),
    startTime: { seconds: capture_ms / 1000 },
    process,
  })
  const own = { serviceName: 'stock', tags: [{ key: 'n', vType: 2, vInt64: 0 }] }
  const spans = [spanOf(1), spanOf(2, own), spanOf(3, own), spanOf(4)]
  const batch = { spans, process: { serviceName: 'cart' } }
  const seen = decodeAlone(decodeJaegerProtobuf, encodeSpans('jaeger', { batch }))
  expect(seen.spans.map(({ service }) => service)).toEqual(['cart', 'stock', 'stock', 'cart'])
})

test('what cannot be taken is counted, and no more than bounded', () => {
  const { outcome } = thrift([base, { ...base, id: 0n }, { ...base, start_us: 1n }])
  expect(outcome).toMatchObject({
    accepted: 1,
    rejected: 2,
    reasons: { id_invalid: 1, time_too_old: 1 },
  })
  // 150 000 empty structs, and as many empty messages.
  const head = Buffer.from('0f00020c000249f0', 'hex')
  const many = Buffer.concat([head, Buffer.alloc(150_001)])
  const batch = Buffer.from('0a00'.repeat(150_000), 'hex')
  const request = Buffer.concat([Uint8Array.of(10, 0xe0, 0xa7, 0x12), batch])
  for (const seen of [
    decodeAlone(decodeJaegerThrift, many),
    decodeAlone(decodeJaegerProtobuf, request),
  ]) {
    expect(seen.outcome).toMatchObject({ accepted: 0, rejected: 150_000 })
  }
})

const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const tags = fc.dictionary(
  text,
  fc.oneof<fc.Arbitrary<TagValue>[]>(
    text,
    fc.boolean(),
    int64,
    fc.double(),
    fc.uint8Array({ maxLength: 9 }),
  ),
  { maxKeys: 4, noNullPrototype: true },
)
const id = int64.filter((one) => one !== 0n)
const time = fc.bigInt({ min: 0n, max: 10n ** 9n }).map((us) => now_us - us)
const span: fc.Arbitrary<PlainSpan> = fc.record({
  trace: fc.tuple(id, id),
  id,
  parent: fc.oneof(fc.constant(0n), id),
  name: text,
  start_us: time,
  duration_us: fc.bigInt({ min: 0n, max: 10n ** 12n }),
  tags,
  logs: fc.array(fc.record({ time_us: time, fields: tags }), { maxLength: 2 }),
  references: fc.array(fc.record({ follows: fc.boolean(), trace: fc.tuple(id, id), id }), {
    maxLength: 2,
  }),
})

test('thrift in both protocols, and protobuf, of any spans give the same rows', () => {
  const process = fc.record({ service: text, tags })
  fc.assert(
    fc.property(process, fc.array(span, { maxLength: 4 }), (of, spans) => {
      const binary = thrift(spans, of)
      expect(binary.outcome).toMatchObject({ accepted: spans.length, rejected: 0 })
      expect(thrift(spans, of, 'compact').spans).toEqual(binary.spans)
      expect(protobuf(spans, of).spans).toEqual(binary.spans)
      expect(binary.spans.map((row) => row.time)).toEqual(spans.map((one) => one.start_us * 1000n))
    }),
    { numRuns: 100 },
  )
})
