/**
 * Senders of numbered records in every protocol that acknowledges, for the ledger of kills. Those
 * whose protocol gives a batch or a record an identity send again what was not answered.
 */
import { encode } from '@msgpack/msgpack'
import { sql } from '../../src/store/sql.ts'
import type { Rig } from '../ingest/rig.ts'
import { apmLines } from '../ingest/ways-apm.ts'
import { sendForward } from '../ingest/ways-fluent-forward.ts'
import { batchOf } from '../wire/jaeger-thrift.ts'
import { encodeWrite } from '../wire/remote-write-proto.ts'
import { snappyEncode } from '../wire/snappy.ts'
import { encodeThrift } from '../wire/thrift-writer.ts'
import { eventSenders } from './event-senders.ts'
import { inLogs, overHttp, type ReceiverSender } from './http-sender.ts'
import { Ledger } from './ledger.ts'

const nanoseconds = () => `${Date.now()}000000`
const json = (value: unknown) => Buffer.from(JSON.stringify(value))

const loki = overHttp('loki', 'loki', (numbers, producer) => ({
  path: '/loki/api/v1/push',
  type: 'application/json',
  body: json({
    streams: [
      {
        stream: { app: 'ledger' },
        values: numbers.map((number) => [nanoseconds(), Ledger.body(producer, number)]),
      },
    ],
  }),
}))

const jsonLines = overHttp('json lines', 'otlp_http', (numbers, producer) => ({
  path: '/ingest/jsonl',
  type: 'application/x-ndjson',
  body: Buffer.from(
    numbers.map((n) => JSON.stringify({ message: Ledger.body(producer, n) })).join('\n'),
  ),
}))

const elastic = overHttp(
  'elastic _bulk with ids',
  'elastic',
  (numbers, producer) => ({
    path: '/_bulk',
    type: 'application/x-ndjson',
    body: Buffer.from(
      numbers
        .map((number) => {
          const action = { index: { _index: 'ledger', _id: `${producer}-${number}` } }
          const document = { message: Ledger.body(producer, number) }
          return `${JSON.stringify(action)}\n${JSON.stringify(document)}\n`
        })
        .join(''),
    ),
  }),
  { hasIdentity: true },
)

const apm = overHttp('apm logs', 'apm', (numbers, producer) => ({
  path: '/intake/v2/events',
  type: 'application/x-ndjson',
  body: apmLines(...numbers.map((number) => ({ log: { message: Ledger.body(producer, number) } }))),
}))

const journald = overHttp('journald', 'otlp_http', (numbers, producer) => ({
  path: '/ingest/journald',
  type: 'application/vnd.fdo.journal',
  body: Buffer.from(
    numbers.map((number) => `MESSAGE=${Ledger.body(producer, number)}\nPRIORITY=6\n\n`).join(''),
  ),
}))

const zipkin = overHttp(
  'zipkin',
  'otlp_http',
  (numbers) => ({
    path: '/api/v2/spans',
    type: 'application/json',
    body: json(
      numbers.map((number) => ({
        traceId: '5b8aa5a2d2c872e8321cf37308d69df2',
        id: (number + 1).toString(16).padStart(16, '0'),
        name: `n${number}`,
        timestamp: Date.now() * 1000,
        duration: 5,
        localEndpoint: { serviceName: 'ledger-zipkin' },
      })),
    ),
  }),
  {
    found: () => sql`SELECT toUInt32OrZero(substring(toString(name), 2)) AS sequence,
      count() AS times FROM spans WHERE service = ${'ledger-zipkin'} GROUP BY sequence`,
  },
)

const jaeger = overHttp(
  'jaeger thrift',
  'otlp_http',
  (numbers) => ({
    path: '/api/traces?format=jaeger.thrift',
    type: 'application/x-thrift',
    body: encodeThrift(
      'binary',
      batchOf(
        { service: 'ledger-jaeger' },
        numbers.map((number) => ({
          trace: [0x5b8aa5a2d2c872e8n, 0x321cf37308d69df2n],
          id: BigInt(number + 1),
          name: `n${number}`,
          start_us: BigInt(Date.now()) * 1000n,
          duration_us: 5n,
        })),
      ),
    ),
  }),
  {
    found: () => sql`SELECT toUInt32OrZero(substring(toString(name), 2)) AS sequence,
      count() AS times FROM spans WHERE service = ${'ledger-jaeger'} GROUP BY sequence`,
  },
)

const remoteWrite = overHttp(
  'remote write',
  'otlp_http',
  (numbers) => ({
    path: '/api/v1/write',
    type: 'application/x-protobuf',
    headers: { 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' },
    body: snappyEncode(
      encodeWrite('WriteRequest', {
        timeseries: [
          {
            labels: [
              { name: '__name__', value: 'ledger_write' },
              { name: 'job', value: 'ledger' },
            ],
            samples: numbers.map((value, at) => ({ value, timestamp: Date.now() - at })),
          },
        ],
      }),
    ),
  }),
  {
    found: () => sql`SELECT toUInt32(value) AS sequence, count() AS times
      FROM metric_samples WHERE metric = ${'ledger_write'} GROUP BY sequence`,
  },
)

const began_s = Math.floor(Date.now() / 1000)

const forward: ReceiverSender = {
  name: 'forward with ack',
  hasIdentity: true,
  found: inLogs,
  async send(addresses, producer, first, count) {
    const numbers = Array.from({ length: count }, (_, at) => first + at)
    const entries = numbers.map((number) => [
      // The same when it is sent again: a chunk is known by its name and what it holds.
      began_s,
      { message: Ledger.body(producer, number) },
    ])
    const chunk = Buffer.from(`ledger-${producer}-${first}`).toString('base64')
    const message = encode(['ledger', entries, { chunk, size: count }])
    const rig = { address: (name: string) => addresses.get(name)! } as Rig
    const { said } = await sendForward(rig, { body: message }, 1)
    return said === 'stored' ? 'acked' : 'in doubt'
  },
}

export const receiverSenders: readonly ReceiverSender[] = [
  ...[elastic, loki, jsonLines, forward, apm, journald, zipkin, jaeger, remoteWrite],
  ...eventSenders,
]
