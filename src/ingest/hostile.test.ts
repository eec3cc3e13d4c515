/**
 * Attacks on a server in its own process: the right code each, nothing stored, bounded memory,
 * still alive.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import zlib from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HostileReport } from '../../test/ingest/hostile-server.ts'
import { otlpSample } from '../../test/ingest/otlp-samples.ts'
import { connectGrpc, grpcFrame, sendGrpc, sendHttp } from '../../test/ingest/senders.ts'
import { bytesField, varintField } from '../wire/grpc/status.ts'

const mebibyte = 1024 * 1024
let server: ChildProcess
let start: HostileReport

beforeAll(async () => {
  const url = new URL('../../test/ingest/hostile-server.ts', import.meta.url)
  server = fork(url, { execArgv: ['--expose-gc'] })
  start = (await once(server, 'message'))[0] as HostileReport
})
afterAll(() => {
  server.kill()
})

async function report(): Promise<HostileReport> {
  const told = once(server, 'message')
  server.send('report')
  return (await told)[0] as HostileReport
}

type Encoding = 'gzip' | 'zstd' | undefined
const compress = { gzip: zlib.gzipSync, zstd: zlib.zstdCompressSync }
const methods = {
  logs: 'logs.v1.LogsService',
  traces: 'trace.v1.TraceService',
  metrics: 'metrics.v1.MetricsService',
}
type Signal = keyof typeof methods

async function overHttp(signal: Signal, sent: Uint8Array, encoding: Encoding, type: string) {
  const headers = { 'content-type': type, ...(encoding ? { 'content-encoding': encoding } : {}) }
  return (await sendHttp(start.http, { path: `/v1/${signal}`, headers, chunks: [sent] })).status
}

async function overGrpc(signal: Signal, sent: Uint8Array, encoding: Encoding) {
  const session = connectGrpc(start.grpc)
  const path = `/opentelemetry.proto.collector.${methods[signal]}/Export`
  const headers: Record<string, string> = encoding ? { 'grpc-encoding': encoding } : {}
  const frame = grpcFrame(sent, encoding ? 1 : 0)
  try {
    return (await sendGrpc(session, { path, headers, chunks: [frame] })).grpcStatus
  } finally {
    session.destroy()
  }
}

const nested = (levels: number): Uint8Array => {
  let value = bytesField(1, Buffer.from('deep'))
  for (let level = 0; level < levels; level++) value = bytesField(5, bytesField(1, value))
  return value
}
const record = (fields: Uint8Array[]) =>
  bytesField(1, bytesField(2, bytesField(2, Buffer.concat(fields))))
const attribute = (at: number) =>
  bytesField(
    6,
    Buffer.concat([bytesField(1, Buffer.from(`k${at}`)), bytesField(2, varintField(3, at))]),
  )
const good = () =>
  otlpSample('application/x-protobuf', 'logs', { good: 1, old: 0, now_ms: Date.now() })

type Attack = {
  body: () => Uint8Array
  encoding?: Encoding
  http: number
  grpc: number
  rows?: number
}
const attacks: Record<string, Attack> = {
  'a length that lies': { body: () => Buffer.from('0aff010a', 'hex'), http: 400, grpc: 3 },
  'a length of 2^63': {
    body: () => Buffer.from('0affffffffffffffff7f', 'hex'),
    http: 400,
    grpc: 3,
  },
  'a varint without end': { body: () => Buffer.alloc(mebibyte, 0xff), http: 400, grpc: 3 },
  'groups in groups': { body: () => Buffer.alloc(mebibyte, 0x0b), http: 400, grpc: 3 },
  'values nested 2 000 deep': {
    body: () => record([bytesField(5, nested(2_000))]),
    http: 200,
    grpc: 0,
  },
  'a gzip bomb of 256 MiB': {
    body: () => Buffer.alloc(256 * mebibyte),
    encoding: 'gzip',
    http: 413,
    grpc: 8,
  },
  'a zstd bomb of 256 MiB': {
    body: () => Buffer.alloc(256 * mebibyte),
    encoding: 'zstd',
    http: 413,
    grpc: 8,
  },
  'more than 64 MiB': { body: () => Buffer.alloc(65 * mebibyte), http: 413, grpc: 8 },
  'a million attributes': {
    body: () => record(Array.from({ length: 1_000_000 }, (_, at) => attribute(at))),
    http: 200,
    grpc: 0,
    rows: 1,
  },
  '60 MiB that are all telemetry': {
    body: () => {
      const text = Buffer.alloc(mebibyte, 'all is well ')
      const one = bytesField(2, bytesField(5, bytesField(1, text)))
      return bytesField(1, bytesField(2, Buffer.concat(Array.from({ length: 60 }, () => one))))
    },
    http: 200,
    grpc: 0,
    rows: 60,
  },
  'a key of 8 MiB': {
    body: () => record([bytesField(6, bytesField(1, Buffer.alloc(8 * mebibyte, 0x6b)))]),
    http: 200,
    grpc: 0,
    rows: 1,
  },
}

test.each(Object.entries(attacks))('%s', { timeout: 60_000 }, async (_name, attack) => {
  const { encoding, http, grpc, rows = 0 } = attack
  const body = encoding ? compress[encoding](attack.body()) : attack.body()
  const before = await report()
  expect(await overHttp('logs', body, encoding, 'application/x-protobuf')).toBe(http)
  expect(await overGrpc('logs', body, encoding)).toBe(grpc)
  const after = await report()
  expect(after.stored - before.stored).toBe(2 * rows)
  expect(after.in_flight_bytes).toBe(0)
  expect(await overGrpc('logs', good(), undefined)).toBe(0)
})

const texts: Record<string, [string, number]> = {
  'nested 1 M deep': ['['.repeat(1_000_000), 400],
  'objects nested 500 k deep': ['{"resourceLogs":'.repeat(500_000), 400],
  'an endless string': [`{"resourceLogs":"${'x'.repeat(4 * mebibyte)}`, 400],
  'a number past all limits': ['{"resourceLogs":1e999999}', 400],
  'a byte order mark of UTF-16': ['\u00ff\u00fe{\u0000}\u0000', 400],
  'words that JavaScript listens to': ['{"__proto__":{"a":1},"constructor":{},"toString":1}', 200],
}
test.each(Object.entries(texts))('JSON: %s', async (_name, [text, code]) => {
  const body = Buffer.from(text, 'latin1')
  const before = await report()
  for (const signal of ['logs', 'traces', 'metrics'] as const) {
    const status = await overHttp(signal, body, undefined, 'application/json')
    // The text names logs; to the other signals that is an unknown field, which is stepped over.
    expect(signal === 'logs' ? [code] : [200, 400]).toContain(status)
  }
  expect((await report()).stored).toBe(before.stored)
})

test('forty bombs at once', async () => {
  const bomb = zlib.zstdCompressSync(Buffer.alloc(256 * mebibyte))
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'zstd' }
  const send = () => sendHttp(start.http, { path: '/v1/logs', headers, chunks: [bomb] })
  const answers = await Promise.all(Array.from({ length: 40 }, send))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([413]))
})

test('headers without end, and lengths that contradict each other', async () => {
  const say = (text: string) =>
    new Promise<string>((resolve) => {
      const [host, port] = start.http.split(':') as [string, string]
      const socket = net.connect(Number(port), host, () => socket.write(text))
      let told = ''
      socket.on('data', (chunk) => {
        told += chunk
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(told.split('\r\n', 1)[0]!))
    })
  const post = 'POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n'
  expect(await say(`${post}a: ${'b'.repeat(100_000)}`)).toContain(' 431 ')
  expect(await say(`${post}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`)).toContain(
    ' 400 ',
  )
  expect(await say(`${post}content-length: 1\r\ncontent-length: 2\r\n\r\n`)).toContain(' 400 ')
  expect(await say(`${post}content-length: -1\r\n\r\n`)).toContain(' 400 ')
  expect(await say(`${post}transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n`)).toContain(
    ' 400 ',
  )
})

test('after all of it: bounded memory, no error of our own, still serving', async () => {
  expect(await overHttp('logs', good(), undefined, 'application/x-protobuf')).toBe(200)
  const end = await report()
  const grown_mib = (end.resident_bytes - start.resident_bytes) / mebibyte
  const peak_mib = (end.resident_bytes_max - start.resident_bytes) / mebibyte
  expect(end).toMatchObject({ in_flight_bytes: 0, logged: [] })
  // Measured: 60 to 90 more at the end, 310 at the peak, which is the 60 MiB that are all
  // telemetry.
  expect(grown_mib).toBeLessThan(250)
  expect(peak_mib).toBeLessThan(500)
})
