/** The services' own code, told about the past: traces hold together and say what they should. */
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { beforeAll, expect, test } from 'vitest'
import { seeded } from '../random.ts'
import { services } from '../services/services.ts'
import { keptShare, Past } from './past.ts'

const opened_ms = Date.UTC(2026, 1, 3, 12, 0, 0)
const span_ms = 26 * 60_000
const spans: ReadableSpan[] = []
const logs: ReadableLogRecord[] = []
const nobody = 'http://127.0.0.1:9'

beforeAll(async () => {
  const nothing = async () => {}
  const past = new Past({
    services,
    random: seeded(11),
    traffic: { requests_per_second: 10, opened_ms },
    http_url: nobody,
    exporters: {
      spans: {
        export: (batch, done) => {
          spans.push(...batch)
          done({ code: 0 })
        },
        shutdown: nothing,
        forceFlush: nothing,
      },
      logs: {
        export: (batch, done) => {
          logs.push(...batch)
          done({ code: 0 })
        },
        shutdown: nothing,
        forceFlush: nothing,
      },
    },
    now_ms: () => opened_ms,
    span_ms,
    budget_ms: 60_000,
    surroundings: { busy: () => 0.2, slowDatabase: () => false, lag: () => 0 },
  })
  await past.tell()
})

const serviceOf = (span: ReadableSpan) => String(span.resource.attributes['service.name'])
const start = ({ startTime: [seconds, rest] }: ReadableSpan) => seconds * 1000 + rest / 1e6
const end = ({ endTime: [seconds, rest] }: ReadableSpan) => seconds * 1000 + rest / 1e6

test('every service took part, within the past', () => {
  expect(new Set(spans.map(serviceOf))).toEqual(new Set(services.map(({ name }) => name)))
  const slack_ms = 10_000
  for (const span of spans) {
    expect(start(span)).toBeGreaterThanOrEqual(opened_ms - span_ms)
    expect(end(span)).toBeLessThan(opened_ms + slack_ms)
    expect(end(span)).toBeGreaterThanOrEqual(start(span))
  }
})

test('every span hangs on one of its trace; storefront and linked consumers are roots', () => {
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]))
  for (const span of spans) {
    const parentId = span.parentSpanContext?.spanId
    if (parentId === undefined) {
      if (serviceOf(span) === 'email') {
        const linked = byId.get(span.links[0]?.context.spanId ?? '')
        expect(linked?.kind).toBe(SpanKind.PRODUCER)
      } else expect(serviceOf(span)).toBe('storefront')
      continue
    }
    const parent = byId.get(parentId)
    expect(parent?.spanContext().traceId, span.name).toBe(span.spanContext().traceId)
    if (span.kind === SpanKind.SERVER) expect(parent?.kind).toBe(SpanKind.CLIENT)
    if (span.kind === SpanKind.CONSUMER) expect(parent?.kind).toBe(SpanKind.PRODUCER)
    if (span.kind !== SpanKind.CONSUMER) expect(start(span)).toBeGreaterThanOrEqual(start(parent!))
  }
})

test('an order runs through all it needs in one trace', () => {
  const placed = logs.find(({ eventName }) => eventName === 'order.placed')
  const traceId = placed?.spanContext?.traceId
  const inTrace = spans.filter((span) => span.spanContext().traceId === traceId)
  const needed = ['storefront', 'frontend-api', 'checkout', 'cart', 'payment', 'shipping']
  const names = new Set(inTrace.map(serviceOf))
  for (const name of [...needed, 'inventory', 'fraud-check']) expect(names).toContain(name)
})

test('both generations of semantic conventions are on the wire', () => {
  const names = new Set(spans.flatMap(({ attributes }) => Object.keys(attributes)))
  const both = [
    ['http.status_code', 'http.response.status_code'],
    ['net.peer.name', 'server.address'],
    ['db.system', 'db.system.name'],
    ['messaging.operation', 'messaging.operation.name'],
    ['http.method', 'rpc.service'],
  ].flat()
  for (const name of both) expect(names).toContain(name)
})

test('logs: most belong to a span, some to none; several severities and shapes', () => {
  const within = logs.filter(({ spanContext }) => spanContext !== undefined)
  expect(within.length / logs.length).toBeGreaterThan(0.5)
  expect(within.length).toBeLessThan(logs.length)
  const severities = new Set(logs.map(({ severityNumber }) => severityNumber))
  expect(severities.size).toBeGreaterThanOrEqual(4)
  expect(logs.some(({ body }) => typeof body === 'object')).toBe(true)
  expect(logs.some(({ body }) => String(body).startsWith('{"level"'))).toBe(true)
  expect(logs.some(({ body }) => /\n {4}at /.test(String(body)))).toBe(true)
  const here = new URL('../..', import.meta.url).pathname
  expect(logs.some(({ body }) => JSON.stringify(body).includes(here))).toBe(false)
})

test('the payment hiccup is there to be found, with its exception', () => {
  const failed = spans.filter(
    (span) =>
      serviceOf(span) === 'payment' && span.name === 'charge card' && span.events.length > 0,
  )
  const inside = failed.filter((span) => {
    const before_ms = opened_ms - start(span)
    return before_ms <= 23 * 60_000 && before_ms > 17 * 60_000
  })
  expect(inside.length).toBeGreaterThanOrEqual(3)
  expect(failed.length - inside.length).toBeLessThan(inside.length)
  const [span] = inside
  expect(span?.status.code).toBe(SpanStatusCode.ERROR)
  expect(span?.events[0]?.name).toBe('exception')
  expect(span?.events[0]?.attributes?.['exception.type']).toBe('GatewayError')
  expect(String(span?.events[0]?.attributes?.['exception.stacktrace'])).toContain('/app/services/')
})

test('fewer requests are told as the time runs out', () => {
  const f = (progress: Parameters<typeof keptShare>[0], expected: number) =>
    expect(keptShare(progress)).toBeCloseTo(expected)
  f({ requests: 10, spent_ms: 9000, requests_left: 9e9, left_ms: 1 }, 1)
  f({ requests: 100, spent_ms: 100, requests_left: 1000, left_ms: 1000 }, 1)
  f({ requests: 100, spent_ms: 100, requests_left: 1000, left_ms: 5000 }, 1)
  f({ requests: 100, spent_ms: 200, requests_left: 1000, left_ms: 1000 }, 0.5)
  f({ requests: 100, spent_ms: 100, requests_left: 1000, left_ms: -5 }, 0.05)
})
