/** Remote write 1.0 and 2.0 for the suite of protocols with answers of their own. */
import { encodeWrite } from '../wire/remote-write-proto.ts'
import { snappyEncode } from '../wire/snappy.ts'
import { mutated } from './http-way.ts'
import { sendHttp } from './senders.ts'
import type { ServiceLetter, ServiceSample, ServiceVerdict, ServiceWay } from './service-way.ts'

type Version = 1 | 2
const protos = { 1: 'prometheus.WriteRequest', 2: 'io.prometheus.write.v2.Request' } as const
const day_ms = 86_400_000
let series = 0

/** Every sample is of a series of its own, so that rows of metric_series count them. */
export function writeSample(version: Version, sample: ServiceSample): Uint8Array {
  return snappyEncode(plainWrite(version, sample))
}

function plainWrite(version: Version, { good, old, now_ms }: ServiceSample): Uint8Array {
  const points = Array.from({ length: good + old }, (_, i) => ({
    id: String(++series),
    samples: [{ value: i, timestamp: i < good ? now_ms : now_ms - 15 * day_ms }],
  }))
  if (version === 1) {
    const timeseries = points.map(({ id, samples }) => ({
      labels: [
        { name: '__name__', value: 'up' },
        { name: 'id', value: id },
      ],
      samples,
    }))
    return encodeWrite('WriteRequest', { timeseries })
  }
  const symbols = ['', '__name__', 'up', 'id', ...points.map(({ id }) => id)]
  const timeseries = points.map(({ samples }, i) => ({ labelsRefs: [1, 2, 3, 4 + i], samples }))
  return encodeWrite('Request', { symbols, timeseries })
}

export function writeHeaders(version: Version): Record<string, string> {
  return {
    'content-type': `application/x-protobuf;proto=${protos[version]}`,
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': version === 1 ? '0.1.0' : '2.0.0',
  }
}

const verdicts: Record<number, ServiceVerdict['said']> = {
  204: 'stored',
  401: 'unauthenticated',
  503: 'later',
}

type MakeSample = ServiceWay['sample']
const plain: Record<Version, MakeSample> = {
  1: (sample) => plainWrite(1, sample),
  2: (sample) => plainWrite(2, sample),
}
const whole: Record<Version, MakeSample> = {
  1: (sample) => writeSample(1, sample),
  2: (sample) => writeSample(2, sample),
}

function way(version: Version): ServiceWay {
  return {
    name: `remote write ${version}.0`,
    receiver: 'prometheus',
    listener: 'otlp_http',
    signal: 'metrics',
    table: 'metric_series',
    kind: 'http',
    hasToken: true,
    encodings: [],
    sample: (sample) => writeSample(version, sample),
    async send(rig, letter: ServiceLetter) {
      const headers = writeHeaders(version)
      if (letter.encoding !== undefined) headers['content-encoding'] = letter.encoding
      if (letter.token !== undefined) headers.authorization = `Bearer ${letter.token}`
      const { body, isUnfinished = false } = letter
      const sent = { path: '/api/v1/write', headers, chunks: [body], isUnfinished, method: 'POST' }
      const answer = await sendHttp(rig.address('otlp_http'), sent)
      const { status } = answer
      const told = /^(\d+) of \d+ samples/.exec(answer.body.toString())?.[1]
      const retry_after_s = Number(answer.headers['retry-after'] ?? 0)
      return {
        status,
        said: verdicts[status] ?? (told === undefined ? 'refused' : 'partly'),
        rejected: told === undefined ? undefined : Number(told),
        retry_after_s,
      }
    },
    hostile: {
      'what is not compressed': () =>
        encodeWrite('WriteRequest', { timeseries: [{ labels: [{ name: 'a', value: 'b' }] }] }),
      'the framed format': () => Buffer.from('\xff\x06\x00\x00sNaPpY', 'latin1'),
      'a length of gigabytes': () => Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0, 97),
      'the other version': () =>
        writeSample(version === 1 ? 2 : 1, { good: 1, old: 0, now_ms: 1_800_000_000_000 }),
      'a cut message': () => snappyEncode(Uint8Array.of(10, 200, 1, 10)),
    },
    // snappy notices most changes, so most are made to what it holds.
    fuzz: (next) =>
      next() < 0.8 ? snappyEncode(mutated(plain[version], next)) : mutated(whole[version], next),
  }
}

export const remoteWriteWays: readonly ServiceWay[] = [way(1), way(2)]
