/**
 * OTLP's messages as OTLP/JSON names their fields: number and kind of each. Only what the decoders
 * read is listed; other keys are ignored, as the specification asks.
 */

export type FieldKind =
  | 'text'
  | 'id'
  | 'bytes'
  | 'bool'
  | 'varint'
  | 'sint'
  | 'fixed32'
  | 'fixed64'
  | 'double'
  | 'packed_fixed64'
  | 'packed_varint'
  | 'packed_double'

/** A message in a field; a list means the field is repeated. */
export type Field = {
  number: number
  kind: FieldKind | Message | (() => Message)
  isList?: boolean
}
export type Message = { readonly [key: string]: Field }

const text = (number: number): Field => ({ number, kind: 'text' })
const id = (number: number): Field => ({ number, kind: 'id' })
const varint = (number: number): Field => ({ number, kind: 'varint' })
const fixed64 = (number: number): Field => ({ number, kind: 'fixed64' })
const double = (number: number): Field => ({ number, kind: 'double' })
const one = (number: number, kind: Message | (() => Message)): Field => ({ number, kind })
const list = (number: number, kind: Message | (() => Message)): Field => ({
  number,
  kind,
  isList: true,
})

const anyValue: Message = {
  stringValue: text(1),
  boolValue: { number: 2, kind: 'bool' },
  intValue: varint(3),
  doubleValue: double(4),
  arrayValue: one(5, () => arrayValue),
  kvlistValue: one(6, () => keyValueList),
  bytesValue: { number: 7, kind: 'bytes' },
}
const arrayValue: Message = { values: list(1, anyValue) }
const keyValue: Message = { key: text(1), value: one(2, anyValue) }
const keyValueList: Message = { values: list(1, keyValue) }
const resource: Message = { attributes: list(1, keyValue) }
const scope: Message = { name: text(1) }

/** The three levels that every signal has. */
function request(
  names: { request: string; scope: string; record: string },
  record: Message,
): Message {
  const scoped = { scope: one(1, scope), [names.record]: list(2, record) }
  return {
    [names.request]: list(1, { resource: one(1, resource), [names.scope]: list(2, scoped) }),
  }
}

export const logsRequest = request(
  { request: 'resourceLogs', scope: 'scopeLogs', record: 'logRecords' },
  {
    timeUnixNano: fixed64(1),
    severityNumber: varint(2),
    severityText: text(3),
    body: one(5, anyValue),
    attributes: list(6, keyValue),
    flags: { number: 8, kind: 'fixed32' },
    traceId: id(9),
    spanId: id(10),
    observedTimeUnixNano: fixed64(11),
    eventName: text(12),
  },
)

export const tracesRequest = request(
  { request: 'resourceSpans', scope: 'scopeSpans', record: 'spans' },
  {
    traceId: id(1),
    spanId: id(2),
    traceState: text(3),
    parentSpanId: id(4),
    name: text(5),
    kind: varint(6),
    startTimeUnixNano: fixed64(7),
    endTimeUnixNano: fixed64(8),
    attributes: list(9, keyValue),
    events: list(11, { timeUnixNano: fixed64(1), name: text(2), attributes: list(3, keyValue) }),
    links: list(13, { traceId: id(1), spanId: id(2), attributes: list(4, keyValue) }),
    status: one(15, { message: text(2), code: varint(3) }),
  },
)

const exemplar: Message = {
  timeUnixNano: fixed64(2),
  asDouble: double(3),
  spanId: id(4),
  traceId: id(5),
  asInt: fixed64(6),
  filteredAttributes: list(7, keyValue),
}
const buckets: Message = {
  offset: { number: 1, kind: 'sint' },
  bucketCounts: { number: 2, kind: 'packed_varint' },
}
const times: Message = { startTimeUnixNano: fixed64(2), timeUnixNano: fixed64(3) }
const numberPoint: Message = {
  ...times,
  asDouble: double(4),
  exemplars: list(5, exemplar),
  asInt: fixed64(6),
  attributes: list(7, keyValue),
  flags: varint(8),
}
const histogramPoint: Message = {
  ...times,
  count: fixed64(4),
  sum: double(5),
  bucketCounts: { number: 6, kind: 'packed_fixed64' },
  explicitBounds: { number: 7, kind: 'packed_double' },
  exemplars: list(8, exemplar),
  attributes: list(9, keyValue),
  flags: varint(10),
  min: double(11),
  max: double(12),
}
const exponentialPoint: Message = {
  attributes: list(1, keyValue),
  ...times,
  count: fixed64(4),
  sum: double(5),
  scale: { number: 6, kind: 'sint' },
  zeroCount: fixed64(7),
  positive: one(8, buckets),
  negative: one(9, buckets),
  flags: varint(10),
  exemplars: list(11, exemplar),
  min: double(12),
  max: double(13),
  zeroThreshold: double(14),
}
const summaryPoint: Message = {
  ...times,
  count: fixed64(4),
  sum: double(5),
  quantileValues: list(6, { quantile: double(1), value: double(2) }),
  attributes: list(7, keyValue),
  flags: varint(8),
}

export const metricsRequest = request(
  { request: 'resourceMetrics', scope: 'scopeMetrics', record: 'metrics' },
  {
    name: text(1),
    description: text(2),
    unit: text(3),
    gauge: one(5, { dataPoints: list(1, numberPoint) }),
    sum: one(7, {
      dataPoints: list(1, numberPoint),
      aggregationTemporality: varint(2),
      isMonotonic: { number: 3, kind: 'bool' },
    }),
    histogram: one(9, {
      dataPoints: list(1, histogramPoint),
      aggregationTemporality: varint(2),
    }),
    exponentialHistogram: one(10, {
      dataPoints: list(1, exponentialPoint),
      aggregationTemporality: varint(2),
    }),
    summary: one(11, { dataPoints: list(1, summaryPoint) }),
  },
)
