/** How APM agents' streams of events look, good and bad, and what they make of the answer. */
import { request } from 'node:http'
import zlib from 'node:zlib'
import type { ServiceLetter, ServiceSample, ServiceVerdict, ServiceWay } from './service-way.ts'

type Reply = { status: number; headers: Record<string, unknown>; text: string }

export const apmMetadata = {
  metadata: {
    service: { name: 'shop', agent: { name: 'nodejs', version: '4.18.0' } },
    process: { pid: 7 },
  },
}

const trace_id = '0123456789abcdef0123456789abcdef'

export function apmLines(...events: readonly unknown[]): Buffer {
  return Buffer.from([apmMetadata, ...events].map((one) => `${JSON.stringify(one)}\n`).join(''))
}

export function apmTransaction(at_ms: number, number = 0, more: object = {}): object {
  const id = (number + 1).toString(16).padStart(16, '0')
  return {
    transaction: {
      id,
      trace_id,
      name: `GET /${number}`,
      type: 'request',
      duration: 1.5,
      timestamp: at_ms * 1000,
      span_count: { started: 0 },
      ...more,
    },
  }
}

const old_ms = 30 * 24 * 3600 * 1000

function sample({ good, old, now_ms }: ServiceSample): Uint8Array {
  const events = Array.from({ length: good + old }, (_, i) =>
    apmTransaction(i < good ? now_ms : now_ms - old_ms, i),
  )
  return apmLines(...events)
}

/** Posts as agents do, chunked; a sender that does not finish gets no answer of its own. */
export function postEvents(
  url: string,
  { body, encoding, token, isUnfinished }: ServiceLetter,
  more: Record<string, string> = {},
): Promise<Reply> {
  const headers: Record<string, string> = { 'content-type': 'application/x-ndjson', ...more }
  if (encoding !== undefined) headers['content-encoding'] = encoding
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  return new Promise((resolve, reject) => {
    const posting = request(url, { method: 'POST', headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      const done = () => {
        const { statusCode: status = 0, headers } = response
        resolve({ status, headers, text: Buffer.concat(chunks).toString() })
      }
      response.on('end', done).on('error', done)
    })
    posting.on('error', reject)
    posting.write(body)
    if (!isUnfinished) posting.end()
    else posting.flushHeaders()
  })
}

function verdictOf({ status, headers, text }: Reply): ServiceVerdict {
  const said = JSON.parse(text === '' ? '{}' : text) as { accepted?: number }
  if (status === 202) return { said: 'stored', status }
  if (status === 401) return { said: 'unauthenticated', status }
  if (status === 429 || status === 503) {
    return { said: 'later', status, retry_after_s: Number(headers['retry-after']) }
  }
  return { said: (said.accepted ?? 0) > 0 ? 'partly' : 'refused', status }
}

const hostile: ServiceWay['hostile'] = {
  'events without metadata': () => Buffer.from('{"transaction":{}}\n{"span":{}}\n'),
  'metadata without a service': () => Buffer.from('{"metadata":{}}\n'),
  'a name that is none': () =>
    Buffer.from('{"metadata":{"service":{"name":"a/b","agent":{"name":"x","version":"1"}}}}\n'),
  'no JSON': () => Buffer.from('\x00\x01\x02 nothing\n'.repeat(100)),
  'an endless first line': () => Buffer.from(`{"metadata":${'['.repeat(200 * 1024)}`),
  'depth without end': () =>
    Buffer.concat([apmLines(), Buffer.from(`{"transaction":${'{"a":'.repeat(10_000)}\n`)]),
  'a body larger than allowed': () => Buffer.alloc(300 * 1024, '\n'),
  'truncated gzip': () => zlib.gzipSync(Buffer.from(`${'x'.repeat(500)}\n`)).subarray(0, 20),
  'two lines of metadata alone': () => apmLines(apmMetadata),
  'a transaction without its ids': () => apmLines({ transaction: { name: 'GET /' } }),
  'values of other types': () =>
    apmLines(
      apmTransaction(Date.now(), 1, { duration: 'long' }),
      apmTransaction(Date.now(), 1, { span_count: 7 }),
      apmTransaction(Date.now(), 1, { context: [] }),
      apmTransaction(Date.now(), 1, { timestamp: 1e300 }),
      { span: null },
      { error: { id: 'x', exception: 7 } },
    ),
}

const words = ['transaction', 'span', 'error', 'metricset', 'log', 'metadata', 'x', 'e', 'other']
const values = [null, 0, -1, 1e308, '', 'x', true, [], {}, [[]], { a: { b: [1] } }, '\ud800', 'ü']
const fields = [
  ...['id', 'trace_id', 'parent_id', 'type', 'duration', 'timestamp', 'span_count', 'context'],
  ...['samples', 'tags', 'exception', 'log', 'links', 'stacktrace', 'composite', 'otel', 'name'],
  ...['marks', 'experience', '__proto__', 'constructor', '@timestamp', 'message', 'start'],
]

function fuzz(next: () => number): Uint8Array {
  const pick = <One>(from: readonly One[]) => from[Math.floor(next() * from.length)]!
  const lines: string[] = [JSON.stringify(apmMetadata)]
  for (let i = Math.floor(next() * 8); i >= 0; i--) {
    const event: [string, unknown][] =
      next() < 0.5 ? Object.entries(Object.values(apmTransaction(Date.now(), i))[0] as object) : []
    for (let j = Math.floor(next() * 5); j >= 0; j--) event.push([pick(fields), pick(values)])
    lines.push(JSON.stringify({ [pick(words)]: Object.fromEntries(event) }))
  }
  const whole = Buffer.from(`${lines.join('\n')}\n`)
  const kind = next()
  if (kind < 0.4) return whole
  if (kind < 0.6) return whole.subarray(0, Math.floor(next() * whole.length))
  for (let i = 0; i < 3; i++) whole[Math.floor(next() * whole.length)] = Math.floor(next() * 256)
  return kind < 0.9 ? whole : zlib.gzipSync(whole).subarray(0, Math.floor(next() * whole.length))
}

export const apmWays: readonly ServiceWay[] = [
  {
    name: 'apm intake v2',
    receiver: 'apm',
    listener: 'apm',
    signal: 'traces',
    table: 'spans',
    kind: 'http',
    hasToken: true,
    encodings: ['gzip'],
    sample,
    async send(rig, letter) {
      const url = `http://${rig.address('apm')}/intake/v2/events`
      try {
        return verdictOf(await postEvents(url, letter))
      } catch {
        return { said: 'closed', status: 0 }
      }
    },
    hostile,
    fuzz,
  },
]
