/**
 * Random OTLP messages, rich in the corners: duplicate keys, zero times, odd ids, every value
 * kind.
 */
import * as fc from 'fast-check'
import type { Plain } from './otlp-proto.ts'

export const now_ms = Date.UTC(2026, 10, 21, 12)
export const day_ms = 86_400_000

const key = fc.constantFrom(
  ...['a', 'b', 'user.id', 'event.name', 'http.status_code', 'http.response.status_code'],
  ...['db.system', 'db.system.name', 'db.name', 'messaging.system', 'messaging.destination.name'],
  ...['server.address', 'net.peer.name', 'peer.service', 'rpc.system', 'url.full', 'http.method'],
  ...['k8s.pod.name', 'k8s.namespace.name', 'k8s.deployment.name', 'k8s.job.name', 'service.name'],
  ...['k8s.cluster.name', 'quantile', '__proto__', 'ключ', ''],
)
const text = fc.oneof(
  fc.constantFrom('', 'kafka', 'https://u@shop.example:8080/cart?id=1', '200', 'x'.repeat(300)),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
)
const int64 = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -600n, max: 600n }),
    fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), 404n, 2n ** 31n, 2n ** 32n),
  )
  .map(String)
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)
/** JSON.stringify writes -0 as 0: the two encodings would not say the same. */
const double = fc.double().map((value) => (Object.is(value, -0) ? 0 : value))
const bytes = fc.uint8Array({ maxLength: 20 }).map((taken) => Buffer.from(taken))

function valueAt(depth: number): fc.Arbitrary<Plain> {
  const flat = [
    fc.record({ stringValue: text }),
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: int64 }),
    fc.record({ doubleValue: double }),
    fc.record({ bytesValue: bytes }),
    fc.constant({}),
  ]
  if (depth === 0) return fc.oneof(...flat)
  const inner = valueAt(depth - 1)
  const values = fc.array(inner, { maxLength: 3 })
  const pairs = fc.array(fc.record({ key: text, value: inner }), { maxLength: 3 })
  return fc.oneof(
    ...flat,
    fc.record({ arrayValue: fc.record({ values }) }),
    fc.record({ kvlistValue: fc.record({ values: pairs }) }),
    fc.integer({ min: 28, max: 36 }).map(nest),
  )
}

/** A list in a list in a list …, around the limit of 32. */
function nest(depth: number): Plain {
  let value: Plain = { intValue: '1' }
  for (let i = 0; i < depth; i++) value = { arrayValue: { values: [value] } }
  return value
}

const value = valueAt(2)
const calm = valueAt(0)
const attributes = fc.array(fc.record({ key, value: fc.oneof(calm, calm, calm, value) }), {
  maxLength: 24,
})
const calmAttributes = fc.array(fc.record({ key, value: calm }), { maxLength: 6 })

const ns = fc.bigInt({ min: 0n, max: 999_999n })
const time = fc.oneof(
  fc.constant('0'),
  uint64,
  ...[-400 * day_ms, -day_ms, -day_ms, 0, 0, 0, 1000, 3 * day_ms].map((away_ms) =>
    ns.map((extra) => String(BigInt(now_ms + away_ms) * 1_000_000n + extra)),
  ),
)
const id = (length: number): fc.Arbitrary<Buffer> =>
  fc
    .oneof(
      { weight: 30, arbitrary: fc.uint8Array({ minLength: length, maxLength: length }) },
      { weight: 1, arbitrary: fc.constant(new Uint8Array(length)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }) },
    )
    .map((taken) => Buffer.from(taken))

const part = { requiredKeys: [] as never[] }

const logRecord = fc.record(
  {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: fc.integer({ min: -3, max: 30 }),
    severityText: fc.oneof(fc.constantFrom('INFO', 'warn', 'E', 'Error2', 'odd'), text),
    body: value,
    attributes,
    flags: fc.nat(0xffff),
    traceId: id(16),
    spanId: id(8),
    eventName: text,
    droppedAttributesCount: fc.nat(9),
  },
  part,
)

const status = fc.record({ message: text, code: fc.nat(4) }, part)
const event = fc.record({ timeUnixNano: time, name: text, attributes: calmAttributes }, part)
const link = fc.record({ traceId: id(16), spanId: id(8), attributes: calmAttributes }, part)
const span = fc.record(
  {
    ...{ traceId: id(16), spanId: id(8), parentSpanId: id(8), traceState: text, name: text },
    ...{ kind: fc.nat(7), startTimeUnixNano: time, endTimeUnixNano: time, attributes, status },
    events: fc.array(event, { maxLength: 3 }),
    links: fc.array(link, { maxLength: 3 }),
    flags: fc.nat(0x3ff),
  },
  { requiredKeys: ['traceId', 'spanId', 'startTimeUnixNano', 'kind'] },
)

const number = fc.oneof(
  fc.record({ asDouble: double }),
  fc.record({ asInt: int64 }),
  fc.constant({}),
)
const exemplar = fc
  .tuple(
    number,
    fc.record({
      ...{ timeUnixNano: time, traceId: id(16), spanId: id(8) },
      filteredAttributes: calmAttributes,
    }),
  )
  .map(([a, b]) => ({ ...a, ...b }))
const pointParts = {
  attributes: calmAttributes,
  startTimeUnixNano: time,
  timeUnixNano: time,
  flags: fc.nat(2),
}
const exemplars = fc.array(exemplar, { maxLength: 2 })
const timed = { requiredKeys: ['timeUnixNano' as const] }
const numberPoint = fc
  .tuple(number, fc.record({ ...pointParts, exemplars }, timed))
  .map(([a, b]) => ({ ...a, ...b }))
const moments = { count: uint64, sum: double, min: double, max: double }
const histogramPoint = fc.record(
  {
    ...pointParts,
    ...moments,
    exemplars,
    bucketCounts: fc.array(uint64, { maxLength: 4 }),
    explicitBounds: fc
      .array(double, { maxLength: 3 })
      .map((bounds) => (bounds.length % 2 ? bounds : bounds.sort((a, b) => a - b))),
  },
  part,
)
const buckets = fc.record(
  { offset: fc.integer(), bucketCounts: fc.array(uint64, { maxLength: 4 }) },
  part,
)
const exponentialPoint = fc.record(
  {
    ...pointParts,
    ...moments,
    exemplars,
    ...{ scale: fc.integer(), zeroCount: uint64, zeroThreshold: double },
    ...{ positive: buckets, negative: buckets },
  },
  part,
)
const summaryPoint = fc.record(
  {
    ...pointParts,
    ...{ count: uint64, sum: double },
    quantileValues: fc.uniqueArray(fc.record({ quantile: double, value: double }), {
      maxLength: 3,
      selector: (given) => String(given.quantile),
    }),
  },
  part,
)

function points(point: fc.Arbitrary<Plain>, more = {}): fc.Arbitrary<Plain> {
  return fc.record({ dataPoints: fc.array(point, { maxLength: 4 }), ...more })
}

const temporality = { aggregationTemporality: fc.nat(3) }
const metric = fc
  .tuple(
    fc.record(
      {
        name: fc.constantFrom('', 'requests', 'm', 'm2', 'm3', 'latency'),
        description: text,
        unit: text,
      },
      { requiredKeys: ['name'] },
    ),
    fc.oneof(
      fc.record({ gauge: points(numberPoint) }),
      fc.record({ sum: points(numberPoint, { ...temporality, isMonotonic: fc.boolean() }) }),
      fc.record({ histogram: points(histogramPoint, temporality) }),
      fc.record({ exponentialHistogram: points(exponentialPoint, temporality) }),
      fc.record({ summary: points(summaryPoint) }),
      fc.constant({}),
    ),
  )
  .map(([a, b]) => ({ ...a, ...b }))

function request(
  names: readonly [string, string, string],
  record: fc.Arbitrary<Plain>,
): fc.Arbitrary<Plain> {
  const [resources, scopes, records] = names
  const scope = fc.record({ name: text, version: text }, part)
  const scoped = fc.record({ scope, [records]: fc.array(record, { maxLength: 4 }) }, part)
  const resource = fc.record({ attributes }, part)
  const one = fc.record({ resource, [scopes]: fc.array(scoped, { maxLength: 2 }) }, part)
  return fc.record({ [resources]: fc.array(one, { maxLength: 2 }) })
}

export const logsData = request(['resourceLogs', 'scopeLogs', 'logRecords'], logRecord)
export const tracesData = request(['resourceSpans', 'scopeSpans', 'spans'], span)
export const metricsData = request(['resourceMetrics', 'scopeMetrics', 'metrics'], metric)
