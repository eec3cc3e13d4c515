/**
 * Senders of numbered records in every protocol that acknowledges, for the ledger of kills. Those
 * whose protocol gives a batch or a record an identity send again what was not answered.
 */
import http from 'node:http'
import { encode } from '@msgpack/msgpack'
import { type Sql, sql } from '../../src/store/sql.ts'
import type { Rig } from '../ingest/rig.ts'
import { apmLines } from '../ingest/ways-apm.ts'
import { sendForward } from '../ingest/ways-fluent-forward.ts'
import { encodeWrite } from '../wire/remote-write-proto.ts'
import { snappyEncode } from '../wire/snappy.ts'
import { Ledger } from './ledger.ts'

export type Fate = 'acked' | 'refused' | 'in doubt'
export type Addresses = ReadonlyMap<string, string>

export type ReceiverSender = {
  name: string
  /** The same batch may be sent again until it is answered, and is stored once. */
  hasIdentity: boolean
  /** Its numbers and how often each is stored: sequence and times. */
  found(producer: number): Sql
  send(addresses: Addresses, producer: number, first: number, count: number): Promise<Fate>
}

const inLogs = (producer: number) => sql`
  SELECT toUInt32OrZero(substring(splitByChar(' ', body, 4)[2], 3)) AS sequence,
    count() AS times FROM logs WHERE startsWith(body, ${`p=${producer} `}) GROUP BY sequence`

const agent = new http.Agent({ keepAlive: true })

function post(address: string, path: string, type: string, body: Uint8Array, more: object = {}) {
  return new Promise<{ status: number; body: string } | 'not connected' | 'cut off'>((resolve) => {
    const [host, port] = address.split(':') as [string, string]
    const headers = { 'content-type': type, 'content-length': body.length, ...more }
    const request = http.request({ host, port, path, method: 'POST', headers, agent })
    request.setTimeout(20_000, () => request.destroy())
    request.on('response', (response) => {
      let text = ''
      response.on('data', (piece) => {
        text += piece
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      response.on('error', () => resolve('cut off'))
    })
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? 'not connected' : 'cut off'),
    )
    request.end(body)
  })
}

type Made = { path: string; type: string; body: Uint8Array; headers?: object }

function overHttp(
  name: string,
  listener: string,
  make: (numbers: number[], producer: number) => Made,
  more: Partial<ReceiverSender> = {},
): ReceiverSender {
  return {
    name,
    hasIdentity: false,
    found: inLogs,
    async send(addresses, producer, first, count) {
      const numbers = Array.from({ length: count }, (_, at) => first + at)
      const { path, type, body, headers } = make(numbers, producer)
      const answer = await post(addresses.get(listener)!, path, type, body, headers)
      if (answer === 'not connected') return 'refused'
      if (answer === 'cut off') return 'in doubt'
      if (answer.status === 429 || answer.status === 503) return 'refused'
      // Per-item answers: all or the sender looks closer than this one does.
      const isWhole = answer.status < 300 && !answer.body.includes('"errors":true')
      if (!isWhole) throw new Error(`${name}: ${answer.status} ${answer.body.slice(0, 300)}`)
      return 'acked'
    },
    ...more,
  }
}

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
  ...[elastic, loki, jsonLines, forward, apm, journald, zipkin, remoteWrite],
]
