/** Jaeger's batches over HTTP and gRPC, for the suite of protocols with answers of their own. */
import { batchOf } from '../wire/jaeger-thrift.ts'
import { encodeSpans } from '../wire/span-protos.ts'
import { encodeThrift, type ThriftProtocol } from '../wire/thrift-writer.ts'
import { day_ms, httpWay, mutated } from './http-way.ts'
import { connectGrpc, grpcFrame, sendGrpc } from './senders.ts'
import type { ServiceLetter, ServiceSample, ServiceVerdict, ServiceWay } from './service-way.ts'

const trace: [bigint, bigint] = [0x5b8aa5a2d2c872e8n, 0x321cf37308d69df2n]

function timesOf({ good, old, now_ms }: ServiceSample): number[] {
  return Array.from({ length: good + old }, (_, i) =>
    i < good ? now_ms - 1000 + i : now_ms - 400 * day_ms,
  )
}

export function thriftSample(protocol: ThriftProtocol, sample: ServiceSample): Uint8Array {
  const spans = timesOf(sample).map((time_ms, i) => ({
    trace,
    id: BigInt(i + 1),
    name: 'GET /cart',
    start_us: BigInt(time_ms) * 1000n,
    duration_us: 5_000n,
    tags: { 'span.kind': 'server', 'http.status_code': 200n },
  }))
  return encodeThrift(protocol, batchOf({ service: 'cart' }, spans))
}

export function jaegerProtobufSample(sample: ServiceSample): Uint8Array {
  const spans = timesOf(sample).map((time_ms, i) => ({
    traceId: Buffer.from('5b8aa5a2d2c872e8321cf37308d69df2', 'hex'),
    spanId: Buffer.from((i + 1).toString(16).padStart(16, '0'), 'hex'),
    operationName: 'GET /cart',
    startTime: { seconds: Math.floor(time_ms / 1000), nanos: (time_ms % 1000) * 1e6 },
    duration: { nanos: 5_000_000 },
  }))
  return encodeSpans('jaeger', { batch: { spans, process: { serviceName: 'cart' } } })
}

function thriftWay(protocol: ThriftProtocol): ServiceWay {
  return httpWay({
    name: `jaeger thrift ${protocol}`,
    receiver: 'jaeger',
    listener: 'otlp_http',
    signal: 'traces',
    table: 'spans',
    encodings: ['gzip', 'zstd'],
    path: '/api/traces?format=jaeger.thrift',
    headers: { 'content-type': 'application/x-thrift' },
    stored_status: 202,
    partly_status: 202,
    rejectedOf: (body) => Number(/^(\d+) of \d+ spans/.exec(body)?.[1] ?? 0),
    sample: (sample) => thriftSample(protocol, sample),
    hostile: {
      'what is no thrift': () => Buffer.from('hello'),
      'a list of a billion spans': () => Uint8Array.of(15, 0, 2, 12, 0x3b, 0x9a, 0xca, 0),
      'a list of less than none': () => Uint8Array.of(15, 0, 2, 12, 0xff, 0xff, 0xff, 0xff, 0),
      'a text of gigabytes': () => Uint8Array.of(12, 0, 1, 11, 0, 1, 0x7f, 0xff, 0xff, 0xff),
      'structs in structs without end': () => Buffer.from('0c0001'.repeat(20_000), 'hex'),
      'a list of texts for spans': () => Uint8Array.of(15, 0, 2, 11, 0, 0, 0, 1, 0, 0, 0, 0, 0),
      'more after the end': () => Buffer.concat([encodeThrift('binary', []), Buffer.from('x')]),
    },
  })
}

const stored = 0
const verdicts: Record<number, ServiceVerdict['said']> = {
  [stored]: 'stored',
  14: 'later',
  16: 'unauthenticated',
}

const grpcWay: ServiceWay = {
  name: 'jaeger gRPC',
  receiver: 'jaeger',
  listener: 'otlp_grpc',
  signal: 'traces',
  table: 'spans',
  kind: 'http',
  hasToken: true,
  encodings: [],
  sample: jaegerProtobufSample,
  async send(rig, letter: ServiceLetter) {
    const { body, isUnfinished = false } = letter
    const session = connectGrpc(rig.address('otlp_grpc'))
    // How long gRPC waits is told by the clock of the rig, which stands still by itself.
    const turning = isUnfinished ? setInterval(() => rig.clock.advance(100), 50) : undefined
    try {
      const answer = await sendGrpc(session, {
        path: '/jaeger.api_v2.CollectorService/PostSpans',
        headers: letter.token === undefined ? {} : { authorization: `Bearer ${letter.token}` },
        // One that stalls has announced more.
        chunks: [grpcFrame(body, 0, body.length + (isUnfinished ? 3 : 0))],
        isUnfinished,
      })
      return { status: answer.status, said: verdicts[answer.grpcStatus ?? stored] ?? 'refused' }
    } finally {
      clearInterval(turning)
      session.destroy()
    }
  },
  hostile: {
    'a cut batch': () => Uint8Array.of(10, 200, 1, 10),
    'field number 0': () => Uint8Array.of(2, 0),
    'a cut span': () => Uint8Array.of(10, 3, 10, 200, 1),
    'a wire type that is none': () => Uint8Array.of(10, 1, 15),
  },
  fuzz: (next) => mutated(jaegerProtobufSample, next),
}

export const jaegerWays: readonly ServiceWay[] = [
  thriftWay('binary'),
  thriftWay('compact'),
  grpcWay,
]
