/**
 * APM agents' events: spans a CPU-second of server and engine together, from the first byte on the
 * wire until every row is inserted. Requests are as agents make them: gzip, a transaction with four
 * spans each, some with labels and a database.
 */
import { Agent, request as httpRequest } from 'node:http'
import { gzipSync } from 'node:zlib'
import { sizesOf, withStore } from './disk.ts'
import { type Random, random } from './generate.ts'
import { sendAll } from './load.ts'
import { loadAverage } from './processes.ts'
import { Busy, type Sender } from './senders.ts'
import type { Figure, Suite, SuiteOptions } from './suite.ts'
import { Target } from './target.ts'

const traces_per_request = 200
const spans_per_trace = 5
const spans_default = 200_000
const per_second_min = 20_000
const at_once = 4
const spread_ms = 10 * 60_000

export const apmSuite: Suite = {
  name: 'ingest-apm',
  about: 'APM agents: spans a CPU-second of server and engine',
  run: measure,
}

function hex(r: Random, digits: number): string {
  let text = ''
  while (text.length < digits) text += Math.floor(r() * 16).toString(16)
  return text
}

const metadata = {
  service: {
    name: 'shop',
    environment: 'production',
    agent: { name: 'python', version: '6.23.0' },
    language: { name: 'python', version: '3.11' },
  },
  process: { pid: 7 },
  system: { hostname: 'shop-1', kubernetes: { namespace: 'shop', pod: { name: 'shop-1' } } },
}

function traceLines(r: Random, now_ms: number): string[] {
  const trace_id = hex(r, 32)
  const id = hex(r, 16)
  const timestamp = Math.floor((now_ms - r() * spread_ms) * 1000)
  const route = `/api/v1/items/${Math.floor(r() * 50)}`
  const transaction = {
    ...{ id, trace_id, timestamp, name: `GET ${route}`, type: 'request', duration: r() * 90 },
    ...{ result: 'HTTP 2xx', outcome: 'success', sampled: true, sample_rate: 1 },
    span_count: { started: 4, dropped: 0 },
    context: {
      request: {
        method: 'GET',
        url: { full: `http://shop:8080${route}`, hostname: 'shop', port: '8080', pathname: route },
        headers: { 'user-agent': 'bench/1.0', accept: '*/*' },
      },
      response: { status_code: 200 },
      tags: { tenant: `t${Math.floor(r() * 20)}` },
    },
  }
  const span = {
    ...{
      trace_id,
      transaction_id: id,
      parent_id: id,
      timestamp,
      type: 'db',
      subtype: 'postgresql',
    },
    ...{ action: 'query', name: 'SELECT FROM items', outcome: 'success', sync: true },
    context: {
      db: { type: 'sql', instance: 'shop', statement: 'SELECT * FROM items WHERE id = $1' },
      destination: { address: 'postgres', port: 5432, service: { resource: 'postgresql/shop' } },
      service: { target: { type: 'postgresql', name: 'shop' } },
    },
  }
  const spans = Array.from({ length: spans_per_trace - 1 }, () =>
    JSON.stringify({ span: { ...span, id: hex(r, 16), duration: r() * 20 } }),
  )
  return [JSON.stringify({ transaction }), ...spans]
}

async function measure(options: SuiteOptions): Promise<Figure[]> {
  options.say('spans of APM agents')
  const r = random(1)
  const now_ms = Date.now()
  const per_request = traces_per_request * spans_per_trace
  const requests = Math.ceil((options.rows ?? spans_default) / per_request)
  let plain_bytes = 0
  const bodies = Array.from({ length: requests }, () => {
    const lines = [JSON.stringify({ metadata })]
    for (let i = 0; i < traces_per_request; i++) lines.push(...traceLines(r, now_ms))
    const plain = Buffer.from(`${lines.join('\n')}\n`)
    plain_bytes += plain.length
    return gzipSync(plain)
  })
  const spans = requests * per_request
  const ran = await ingest(bodies, options.dir)
  const sizes = await withStore(options.dir, (store) => sizesOf(store, 'spans'))
  const stored = sizes.tables.spans?.rows ?? 0
  if (stored !== spans) throw new Error(`${spans} were acknowledged, ${stored} are stored`)
  return [
    {
      name: 'spans a CPU-second, APM agents',
      value: Math.round(spans / (ran.server_s + ran.engine_s)),
      unit: '/CPU-s',
      target: { at_least: per_second_min },
      details: { ...ran, spans, json_bytes: plain_bytes / spans },
    },
  ]
}

async function ingest(bodies: readonly Uint8Array[], dir: string) {
  const target = await Target.start(dir)
  try {
    const sender = eventSender(target.address('ui'))
    const before = target.cost()
    const load_average = loadAverage()
    const acknowledged_wall_s = await sendAll(bodies, sender, at_once)
    const settle_s = await target.settle()
    const after = target.cost()
    sender.close()
    return {
      server_s: after.server_s - before.server_s,
      engine_s: after.engine_s - before.engine_s,
      acknowledged_wall_s,
      settle_s,
      memory: target.memory(),
      load_average,
    }
  } finally {
    await target.stop()
  }
}

function eventSender(address: string): Sender {
  const agent = new Agent({ keepAlive: true })
  const [host, port] = address.split(':')
  const path = '/apm/intake/v2/events'
  const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' }
  const send = (body: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      const sized = { ...headers, 'content-length': body.length }
      const ask = { agent, host, port, method: 'POST', path, headers: sized }
      const request = httpRequest(ask, (response) => {
        let said = ''
        response.on('data', (data) => {
          said += data
        })
        response.on('error', reject)
        response.on('end', () => {
          if (response.statusCode === 202) resolve()
          else if (response.statusCode === 429) reject(new Busy())
          else reject(new Error(`answered ${response.statusCode}: ${said}`))
        })
      })
      request.on('error', reject)
      request.end(body)
    })
  return { send, close: () => agent.destroy() }
}
