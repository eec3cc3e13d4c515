/** Zipkin's spans in JSON and protobuf, for the suite of protocols with answers of their own. */
import { encodeSpans } from '../wire/span-protos.ts'
import { day_ms, httpWay, text } from './http-way.ts'
import type { ServiceSample, ServiceWay } from './service-way.ts'

type Form = 'JSON' | 'protobuf'
const trace = '5b8aa5a2d2c872e8321cf37308d69df2'

export function zipkinSample(form: Form, { good, old, now_ms }: ServiceSample): Uint8Array {
  const spans = Array.from({ length: good + old }, (_, i) => ({
    id: (i + 1).toString(16).padStart(16, '0'),
    timestamp: (i < good ? now_ms - 1000 + i : now_ms - 400 * day_ms) * 1000,
  }))
  if (form === 'JSON') {
    const localEndpoint = { serviceName: 'cart' }
    const all = spans.map((span) => ({
      ...span,
      traceId: trace,
      name: 'get /cart',
      kind: 'SERVER',
      duration: 5_000,
      localEndpoint,
    }))
    return Buffer.from(JSON.stringify(all))
  }
  return encodeSpans('zipkin', {
    spans: spans.map(({ id, timestamp }) => ({
      traceId: Buffer.from(trace, 'hex'),
      id: Buffer.from(id, 'hex'),
      kind: 2,
      name: 'get /cart',
      timestamp,
      duration: 5_000,
      localEndpoint: { serviceName: 'cart' },
    })),
  })
}

const hostileJson = {
  'what is no JSON': text('hello'),
  'an object': text('{"traceId":"1"}'),
  'an array without an end': text('[{"traceId":"1"}'),
  'spans that are numbers': text('[1,2,3]'),
  'ids that are no digits': text('[{"traceId":"xyz","id":"1"}]'),
  'spans without ids': text('[{},{}]'),
  'too many braces': text('[{"a":1}}]'),
  'nesting without end': text('['.repeat(50_000)),
  'one span, nested deep': text(`[{"tags":${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}}]`),
} as const

const hostileProtobuf = {
  'a cut span': () => Uint8Array.of(10, 200, 1, 10),
  'field number 0': () => Uint8Array.of(2, 0),
  'spans without ids': () => Uint8Array.of(10, 0, 10, 0),
  'a wire type that is none': () => Uint8Array.of(10, 1, 15),
} as const

function way(form: Form): ServiceWay {
  return httpWay({
    name: `zipkin ${form}`,
    receiver: 'zipkin',
    listener: 'otlp_http',
    signal: 'traces',
    table: 'spans',
    encodings: ['gzip', 'zstd'],
    path: '/api/v2/spans',
    headers: {
      'content-type': form === 'JSON' ? 'application/json' : 'application/x-protobuf',
    },
    stored_status: 202,
    partly_status: 202,
    rejectedOf: (body) => Number(/^(\d+) of \d+ spans/.exec(body)?.[1] ?? 0),
    sample: (sample) => zipkinSample(form, sample),
    hostile: form === 'JSON' ? hostileJson : hostileProtobuf,
  })
}

export const zipkinWays: readonly ServiceWay[] = [way('JSON'), way('protobuf')]
