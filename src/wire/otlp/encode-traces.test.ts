/** The encoder against protobufjs, and against our own decoder. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRows } from '../../../test/ingest/read-rows.ts'
import { decode, type Plain } from '../../../test/wire/otlp-proto.ts'
import { Batch } from '../batch.ts'
import { KnownIdentities } from '../known-identities.ts'
import { type AttributeValue, encodeResource, encodeScope } from './encode-logs.ts'
import { spanKinds, TracesEncoder } from './encode-traces.ts'
import { decodeOtlpTraces } from './traces.ts'

const scope = encodeScope('zipkin', '')
const now_ms = Date.UTC(2026, 10, 21, 12)
const now_ns = BigInt(now_ms) * 1_000_000n

function plainValue(value: Plain): unknown {
  if (value.intValue !== undefined) return BigInt(value.intValue)
  return value.stringValue ?? value.doubleValue ?? value.boolValue
}
const plainAttributes = (list: Plain[] = []) =>
  list.map((one) => [one.key ?? '', plainValue(one.value)])
const asDecoded = (attributes: Readonly<Record<string, AttributeValue>>) =>
  Object.entries(attributes).map(([key, value]) => [
    key,
    typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value,
  ])

const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }).filter((number) => !Object.is(number, -0)),
  fc.boolean(),
)
const attributes = fc.dictionary(fc.string({ unit: 'grapheme' }), value, {
  maxKeys: 5,
  noNullPrototype: true,
})
const id = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes })
const time_ns = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const span = fc.record({
  head: fc.record({
    trace_id: id(16),
    span_id: id(8),
    parent_span_id: fc.option(id(8), { nil: undefined }),
    trace_state: text,
    name: text,
    kind: fc.integer({ min: 0, max: 5 }),
    start_ns: time_ns,
    end_ns: time_ns,
    status: fc.constantFrom(0 as const, 1 as const, 2 as const),
    status_message: text,
  }),
  attributes,
  events: fc.array(fc.record({ time_ns, name: text, attributes }), { maxLength: 3 }),
  links: fc.array(fc.record({ trace_id: id(16), span_id: id(8) }), { maxLength: 3 }),
})

test('protobufjs reads what was written, for any spans of several resources', () => {
  const groups = fc.array(
    fc.record({ resource: attributes, spans: fc.array(span, { maxLength: 4 }) }),
    { maxLength: 4 },
  )
  const encoder = new TracesEncoder(64)
  fc.assert(
    fc.property(groups, (all) => {
      for (const group of all) {
        encoder.resource(encodeResource(group.resource), scope)
        for (const one of group.spans) {
          encoder.begin(one.head)
          for (const [key, own] of Object.entries(one.attributes)) encoder.attribute(key, own)
          for (const event of one.events) encoder.event(event.time_ns, event.name, event.attributes)
          for (const link of one.links) encoder.link(link.trace_id, link.span_id)
          encoder.end()
        }
      }
      const read = decode('TracesData', encoder.take())
      expect([encoder.records, encoder.length]).toEqual([0, 0])
      const resources: Plain[] = read.resourceSpans ?? []
      expect(resources.length).toBe(all.length)
      for (const [i, group] of all.entries()) {
        expect(plainAttributes(resources[i].resource.attributes)).toEqual(asDecoded(group.resource))
        const spans: Plain[] = resources[i].scopeSpans[0].spans ?? []
        expect(spans.map(readBack)).toEqual(group.spans.map(asWritten))
      }
    }),
    { numRuns: 100 },
  )
})

const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex')

function readBack(read: Plain): unknown {
  return [
    [hex(read.traceId), hex(read.spanId), hex(read.parentSpanId)],
    [read.traceState ?? '', read.name ?? '', read.kind ?? 0],
    [read.startTimeUnixNano ?? '0', read.endTimeUnixNano ?? '0'],
    [read.status?.code ?? 0, read.status?.message ?? ''],
    plainAttributes(read.attributes),
    (read.events ?? []).map((event: Plain) => [
      event.timeUnixNano ?? '0',
      event.name ?? '',
      plainAttributes(event.attributes),
    ]),
    (read.links ?? []).map((link: Plain) => [hex(link.traceId), hex(link.spanId)]),
  ]
}

type Written = typeof span extends fc.Arbitrary<infer One> ? One : never

function asWritten({ head, attributes, events, links }: Written): unknown {
  return [
    [hex(head.trace_id), hex(head.span_id), hex(head.parent_span_id)],
    [head.trace_state, head.name, head.kind],
    [String(head.start_ns), String(head.end_ns)],
    [head.status, head.status_message],
    asDecoded(attributes),
    events.map((event) => [String(event.time_ns), event.name, asDecoded(event.attributes)]),
    links.map((link) => [hex(link.trace_id), hex(link.span_id)]),
  ]
}

describe('what our decoder stores of it', () => {
  const context = {
    arrived_ms: now_ms,
    time_ms_min: 0,
    time_ms_max: now_ms + 1_000,
    known: new KnownIdentities(),
  }
  const head = {
    trace_id: new Uint8Array(16).fill(1),
    span_id: new Uint8Array(8).fill(2),
    name: 'GET /cart',
    kind: spanKinds.server,
    start_ns: now_ns,
    end_ns: now_ns + 5_000_000n,
  }

  test('is the span, of its service', () => {
    const encoder = new TracesEncoder()
    encoder.resource(encodeResource({ 'service.name': 'cart' }), scope)
    encoder.begin({ ...head, status: 2, status_message: 'no stock' })
    encoder.attribute('http.response.status_code', 503)
    encoder.event(now_ns + 1n, 'cs', { n: 1 })
    encoder.end()
    const batch = new Batch()
    const outcome = decodeOtlpTraces(encoder.take(), context, batch)
    expect(outcome).toMatchObject({ accepted: 1, rejected: 0 })
    expect(readRows('spans', batch.get('spans').written())).toMatchObject([
      {
        service: 'cart',
        name: 'GET /cart',
        kind: 'server',
        status: 'error',
        status_message: 'no stock',
        duration_ns: 5_000_000n,
        parent_span_id: '0000000000000000',
        http_status_code: 503,
      },
    ])
  })

  test('is nothing of a span that was given up', () => {
    const encoder = new TracesEncoder()
    encoder.resource(encodeResource({ a: 'b' }), scope)
    encoder.begin(head)
    encoder.discard()
    encoder.resource(encodeResource({ a: 'c' }), scope)
    encoder.begin({ ...head, name: 'second' })
    encoder.end()
    expect(encoder.records).toBe(1)
    const read = decode('TracesData', encoder.take())
    expect(read.resourceSpans).toHaveLength(1)
    expect(read.resourceSpans[0].scopeSpans[0].spans).toMatchObject([{ name: 'second' }])
  })
})
