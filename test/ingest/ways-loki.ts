/** Loki's push API in both of its forms, for the suite of protocols with answers of their own. */
import { encodePush } from '../wire/loki-proto.ts'
import { snappyEncode } from '../wire/snappy.ts'
import { day_ms, httpWay, text } from './http-way.ts'
import type { ServiceSample, ServiceWay } from './service-way.ts'

type Form = 'JSON' | 'protobuf'

function linesOf({ good, old, now_ms }: ServiceSample): { time_ms: number; line: string }[] {
  return Array.from({ length: good + old }, (_, i) => ({
    time_ms: i < good ? now_ms - 1000 + i : now_ms - 15 * day_ms,
    line: `order ${i} placed`,
  }))
}

export function pushSample(form: Form, sample: ServiceSample): Uint8Array {
  return form === 'JSON' ? plainSample(form, sample) : snappyEncode(plainSample(form, sample))
}

function plainSample(form: Form, sample: ServiceSample): Uint8Array {
  const lines = linesOf(sample)
  if (form === 'JSON') {
    const values = lines.map(({ time_ms, line }) => [`${time_ms}000000`, line])
    const stream = { namespace: 'shop', pod: 'cart-7d9f8b6c5d-abcde', container: 'cart' }
    return Buffer.from(JSON.stringify({ streams: [{ stream, values }] }))
  }
  const entries = lines.map(({ time_ms, line }) => ({
    timestamp: { seconds: Math.floor(time_ms / 1000), nanos: (time_ms % 1000) * 1e6 },
    line,
  }))
  const labels = '{namespace="shop", pod="cart-7d9f8b6c5d-abcde", container="cart"}'
  return encodePush({ streams: [{ labels, entries }] })
}

const hostileJson = {
  'what is no JSON': text('hello'),
  'a list': text('[]'),
  'a string without an end': text('{"streams":[{"stream":{"a":"b'),
  'streams that are cut off': text('{"streams":[{"stream":{"a":"b"},"values":[["1","x"]'),
  'more after the end': text('{"streams":[]} x'),
  'labels that are text': text('{"streams":[{"stream":"{}","values":[]}]}'),
  'a stream without labels': text('{"streams":[{"values":[["1700000000000000000","x"]]}]}'),
  'a bad label name': text('{"streams":[{"stream":{"a-b":"c"},"values":[["1","x"]]}]}'),
  'a timestamp that is a number': text('{"streams":[{"stream":{"a":"b"},"values":[[17,"x"]]}]}'),
  'a line that is a number': text('{"streams":[{"stream":{"a":"b"},"values":[["17",7]]}]}'),
  'nesting without end': text(`{"streams":${'['.repeat(50_000)}`),
  'nested labels': text(`{"streams":[{"stream":${'{"a":'.repeat(50_000)}`),
} as const

const hostileProtobuf = {
  'what is not compressed': () => encodePush({ streams: [{ labels: '{a="b"}' }] }),
  'the framed format': () => Buffer.from('\xff\x06\x00\x00sNaPpY', 'latin1'),
  'a length of gigabytes': () => Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0, 97),
  'a cut message': () => snappyEncode(Uint8Array.of(10, 200, 1, 10)),
  'labels without an end': () => labelled('{a="b'),
  'labels without a value': () => labelled('{a}'),
  'no labels': () => labelled(''),
  'an empty selector': () => labelled('{}'),
  'a label twice': () => labelled('{a="b",a="c"}'),
} as const

function labelled(labels: string): Uint8Array {
  const entries = [{ timestamp: { seconds: Math.floor(Date.now() / 1000) }, line: 'x' }]
  return snappyEncode(encodePush({ streams: [{ labels, entries }] }))
}

function way(form: Form): ServiceWay {
  return httpWay({
    name: `loki ${form}`,
    receiver: 'loki',
    listener: 'loki',
    signal: 'logs',
    table: 'logs',
    encodings: ['gzip'],
    path: '/loki/api/v1/push',
    headers: {
      'content-type': form === 'JSON' ? 'application/json' : 'application/x-protobuf',
      'x-scope-orgid': 'team-a',
    },
    ...(form === 'protobuf' && {
      wrap: { sample: (sample) => plainSample(form, sample), wrap: snappyEncode },
    }),
    stored_status: 204,
    partly_status: 400,
    rejectedOf(body) {
      const [, rejected, sent] = /total ignored: (\d+) out of (\d+)/.exec(body) ?? []
      return rejected === sent ? undefined : Number(rejected)
    },
    sample: (sample) => pushSample(form, sample),
    hostile: form === 'JSON' ? hostileJson : hostileProtobuf,
  })
}

export const lokiWays: readonly ServiceWay[] = [way('JSON'), way('protobuf')]
