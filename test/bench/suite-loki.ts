/**
 * Loki's push API: entries a CPU-second of server and engine together, from the first byte on the
 * wire until every row is inserted. Requests are as Promtail makes them: few streams, many lines.
 */
import { Agent, request as httpRequest } from 'node:http'
import { encodePush } from '../wire/loki-proto.ts'
import { snappyEncode } from '../wire/snappy.ts'
import { sizesOf, withStore } from './disk.ts'
import { logLine, type Random, random } from './generate.ts'
import { sendAll } from './load.ts'
import { loadAverage } from './processes.ts'
import { Busy, type Sender } from './senders.ts'
import type { Figure, Suite, SuiteOptions } from './suite.ts'
import { Target } from './target.ts'

const streams_per_request = 8
const entries_per_stream = 200
const per_request = streams_per_request * entries_per_stream
const entries_default = 320_000
const per_second_min = 60_000
const at_once = 4
const spread_ms = 10 * 60_000
const path = '/loki/api/v1/push'

type Stream = { labels: Record<string, string>; entries: { ns: bigint; line: string }[] }
type Form = { name: string; type: string; encode: (streams: Stream[]) => Uint8Array }

const forms: readonly Form[] = [
  { name: 'protobuf', type: 'application/x-protobuf', encode: asProtobuf },
  { name: 'JSON', type: 'application/json', encode: asJson },
]

export const lokiSuite: Suite = {
  name: 'ingest-loki',
  about: 'Loki push requests of Promtail: entries a CPU-second of server and engine',
  async run(options) {
    const figures: Figure[] = []
    const requests = Math.ceil((options.rows ?? entries_default) / per_request)
    for (const form of forms) {
      const r = random(1)
      const now_ms = Date.now()
      const bodies = Array.from({ length: requests }, () => form.encode(streamsOf(r, now_ms)))
      figures.push(await measure(form, bodies, options))
    }
    return figures
  },
}

function streamsOf(r: Random, now_ms: number): Stream[] {
  return Array.from({ length: streams_per_request }, () => {
    const pod = Math.floor(r() * 120)
    const name = `cart-7f9c4d6b5-x${String(pod).padStart(4, '2')}`
    const labels = {
      app: `cart-${pod % 8}`,
      container: 'main',
      filename: `/var/log/pods/shop_${name}_0b9e2c1a-7b1f-4a52-9d5e-1f2a3b4c${pod}/main/0.log`,
      job: `shop/cart-${pod % 8}`,
      namespace: 'shop',
      node_name: `worker-${pod % 12}`,
      pod: name,
      stream: 'stdout',
    }
    const entries = Array.from({ length: entries_per_stream }, () => {
      const ns = BigInt(Math.floor(now_ms - r() * spread_ms)) * 1_000_000n
      return { ns: ns + BigInt(Math.floor(r() * 1e6)), line: logLine(r) }
    })
    return { labels, entries }
  })
}

function asJson(streams: Stream[]): Uint8Array {
  const plain = streams.map(({ labels, entries }) => ({
    stream: labels,
    values: entries.map(({ ns, line }) => [String(ns), line]),
  }))
  return Buffer.from(JSON.stringify({ streams: plain }))
}

function asProtobuf(streams: Stream[]): Uint8Array {
  const plain = streams.map(({ labels, entries }) => ({
    labels: `{${Object.entries(labels).map(([key, value]) => `${key}="${value}"`)}}`,
    entries: entries.map(({ ns, line }) => ({
      timestamp: { seconds: Number(ns / 1_000_000_000n), nanos: Number(ns % 1_000_000_000n) },
      line,
    })),
  }))
  return snappyEncode(encodePush({ streams: plain }))
}

async function measure(
  form: Form,
  bodies: readonly Uint8Array[],
  options: SuiteOptions,
): Promise<Figure> {
  options.say(`entries of Promtail, ${form.name}`)
  const dir = `${options.dir}/${form.name}`
  const entries = bodies.length * per_request
  const ran = await ingest(form, bodies, dir)
  const sizes = await withStore(dir, (store) => sizesOf(store, 'logs'))
  const { rows = 0, bytes = 0 } = sizes.tables.logs ?? {}
  if (rows < entries) throw new Error(`${entries} were acknowledged, ${rows} are stored`)
  const wire_bytes = bodies.reduce((sum, body) => sum + body.length, 0) / entries
  return {
    name: `entries a CPU-second, ${form.name}`,
    value: Math.round(entries / ran.total_s),
    unit: '/CPU-s',
    target: { at_least: per_second_min },
    details: { ...ran, entries, wire_bytes, disk_bytes: bytes / rows },
  }
}

async function ingest(form: Form, bodies: readonly Uint8Array[], dir: string) {
  const target = await Target.start(dir)
  try {
    const sender = pushSender(target.address('ui'), form)
    const before = target.cost()
    const load_average = loadAverage()
    const acknowledged_wall_s = await sendAll(bodies, sender, at_once)
    const settle_s = await target.settle()
    const after = target.cost()
    sender.close()
    const server_s = after.server_s - before.server_s
    const engine_s = after.engine_s - before.engine_s
    const total_s = server_s + engine_s
    return { server_s, engine_s, total_s, acknowledged_wall_s, settle_s, load_average }
  } finally {
    await target.stop()
  }
}

function pushSender(address: string, { type }: Form): Sender {
  const agent = new Agent({ keepAlive: true })
  const [host, port] = address.split(':')
  const headers = { 'content-type': type }
  const send = (body: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      const options = { agent, host, port, method: 'POST', path, headers }
      const request = httpRequest(options, (response) => {
        response.resume()
        response.on('error', reject)
        response.on('end', () => {
          const { statusCode } = response
          if (statusCode === 429) reject(new Busy())
          else if (statusCode === 204) resolve()
          else reject(new Error(`answered ${statusCode}`))
        })
      })
      request.on('error', reject)
      request.end(body)
    })
  return { send, close: () => agent.destroy() }
}
