/**
 * Prometheus remote write: samples a CPU-second of server and engine together, from the first byte
 * on the wire until every row is inserted. Requests are as Prometheus makes them: 2 000 series with
 * ten labels and one sample each, of 10 000 series that are scraped every 15 s.
 */
import { Agent, request as httpRequest } from 'node:http'
import { encodeWrite } from '../wire/remote-write-proto.ts'
import { snappyEncode } from '../wire/snappy.ts'
import { sizesOf, withStore } from './disk.ts'
import { sendAll } from './load.ts'
import { loadAverage } from './processes.ts'
import { Busy, type Sender } from './senders.ts'
import type { Figure, Suite, SuiteOptions } from './suite.ts'
import { Target } from './target.ts'

const series_count = 10_000
const per_request = 2_000
const interval_ms = 15_000
/** The first million is half as fast: programs are compiled while they run. */
const samples_default = 3_000_000
const per_second_min = 500_000
const at_once = 4

type Version = 1 | 2
type Label = { name: string; value: string }

export const remoteWriteSuite: Suite = {
  name: 'ingest-remote-write',
  about: 'Prometheus remote write 1.0 and 2.0: samples a CPU-second of server and engine',
  async run(options) {
    const figures: Figure[] = []
    for (const version of [1, 2] as const) figures.push(...(await measure(version, options)))
    return figures
  },
}

function labelsOf(i: number): Label[] {
  const pod = Math.floor(i / 100)
  const words = {
    __name__: `http_requests_${i % 20}_total`,
    cluster: 'bench',
    container: 'cart',
    endpoint: 'http-metrics',
    instance: `10.1.${pod >> 6}.${pod & 63}:8080`,
    job: 'cart',
    namespace: 'shop',
    pod: `cart-7d4b9c8f6d-${(pod + 1_000_000).toString().replaceAll('0', 'x').slice(-5)}`,
    route: `/api/v1/items/${i % 100}`,
    service: 'cart',
  }
  return Object.entries(words).map(([name, value]) => ({ name, value }))
}

function bodyOf(version: Version, first: number, timestamp: number): Uint8Array {
  const all = Array.from({ length: per_request }, (_, i) => ({
    labels: labelsOf(first + i),
    samples: [{ value: Math.floor(timestamp / 1000) + i, timestamp }],
  }))
  if (version === 1) return snappyEncode(encodeWrite('WriteRequest', { timeseries: all }))
  const numbers = new Map([['', 0]])
  const reference = (text: string) => {
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    return number
  }
  const timeseries = all.map(({ labels, samples }) => ({
    labelsRefs: labels.flatMap(({ name, value }) => [reference(name), reference(value)]),
    samples,
    metadata: { type: 1, helpRef: reference('Requests that were handled.') },
  }))
  return snappyEncode(encodeWrite('Request', { symbols: [...numbers.keys()], timeseries }))
}

async function measure(version: Version, options: SuiteOptions): Promise<Figure[]> {
  options.say(`samples over remote write ${version}.0`)
  const now_ms = Date.now()
  const scrapes = Math.ceil((options.rows ?? samples_default) / series_count)
  const bodies: Uint8Array[] = []
  for (let scrape = scrapes - 1; scrape >= 0; scrape--) {
    for (let first = 0; first < series_count; first += per_request) {
      bodies.push(bodyOf(version, first, now_ms - scrape * interval_ms))
    }
  }
  const samples = bodies.length * per_request
  const dir = `${options.dir}/${version}`
  const ran = await ingest(version, bodies, dir)
  const sizes = await withStore(dir, (store) => sizesOf(store, 'metric_samples'))
  const stored = sizes.tables.metric_samples?.rows ?? 0
  if (stored !== samples) throw new Error(`${samples} were acknowledged, ${stored} are stored`)
  const wire_bytes = bodies.reduce((sum, body) => sum + body.length, 0) / samples
  return [
    {
      name: `samples a CPU-second, remote write ${version}.0`,
      value: Math.round(samples / (ran.server_s + ran.engine_s)),
      unit: '/CPU-s',
      target: { at_least: per_second_min },
      details: { ...ran, samples, wire_bytes },
    },
  ]
}

async function ingest(version: Version, bodies: readonly Uint8Array[], dir: string) {
  const target = await Target.start(dir)
  try {
    const sender = writeSender(target.address('otlp_http'), version)
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

const protos = { 1: 'prometheus.WriteRequest', 2: 'io.prometheus.write.v2.Request' } as const

function writeSender(address: string, version: Version): Sender {
  const agent = new Agent({ keepAlive: true })
  const [host, port] = address.split(':')
  const headers = {
    'content-type': `application/x-protobuf;proto=${protos[version]}`,
    'content-encoding': 'snappy',
  }
  const send = (body: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      const sized = { ...headers, 'content-length': body.length }
      const ask = { agent, host, port, method: 'POST', path: '/api/v1/write', headers: sized }
      const request = httpRequest(ask, (response) => {
        let said = ''
        response.on('data', (data) => {
          said += data
        })
        response.on('error', reject)
        response.on('end', () => {
          if (response.statusCode === 204) resolve()
          else if (response.statusCode === 503) reject(new Busy())
          else reject(new Error(`answered ${response.statusCode}: ${said}`))
        })
      })
      request.on('error', reject)
      request.end(body)
    })
  return { send, close: () => agent.destroy() }
}
