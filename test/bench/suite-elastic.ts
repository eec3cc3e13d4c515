/**
 * Elasticsearch's bulk API: documents a CPU-second of server and engine together, from the first
 * byte on the wire until every row is inserted. Requests are as Filebeat 8 makes them.
 */
import { Agent, request as httpRequest } from 'node:http'
import { gzipSync } from 'node:zlib'
import { sizesOf, withStore } from './disk.ts'
import { filebeatBulk } from './filebeat-documents.ts'
import { random } from './generate.ts'
import { sendAll } from './load.ts'
import { loadAverage } from './processes.ts'
import { Busy, type Sender } from './senders.ts'
import type { Figure, Suite, SuiteOptions } from './suite.ts'
import { Target } from './target.ts'

const per_request = 1_600
const documents_default = 320_000
const per_second_min = 60_000
const at_once = 4
const spread_ms = 10 * 60_000
/** Filebeat reads nothing else of the answer. */
const wanted = ['index', 'create'].flatMap((one) => [`items.${one}.status`, `items.${one}.error`])
const path = `/_bulk?filter_path=errors,${wanted.join(',')}`

export const elasticSuite: Suite = {
  name: 'ingest-elastic',
  about: 'Elasticsearch bulk requests of Filebeat: documents a CPU-second of server and engine',
  async run(options) {
    const r = random(1)
    const now_ms = Date.now()
    const requests = Math.ceil((options.rows ?? documents_default) / per_request)
    const plain = Array.from({ length: requests }, () =>
      filebeatBulk(r, per_request, now_ms, spread_ms),
    )
    const packed = plain.map((body) => gzipSync(body, { level: 1 }))
    return [await measure('plain', plain, options), await measure('gzip', packed, options)]
  },
}

async function measure(
  encoding: 'plain' | 'gzip',
  bodies: readonly Uint8Array[],
  options: SuiteOptions,
): Promise<Figure> {
  options.say(`documents of Filebeat, ${encoding}`)
  const dir = `${options.dir}/${encoding}`
  const documents = bodies.length * per_request
  const ran = await ingest(encoding, bodies, dir)
  const sizes = await withStore(dir, (store) => sizesOf(store, 'logs'))
  const { rows = 0, bytes = 0 } = sizes.tables.logs ?? {}
  if (rows < documents) throw new Error(`${documents} were acknowledged, ${rows} are stored`)
  const wire_bytes = bodies.reduce((sum, body) => sum + body.length, 0) / documents
  return {
    name: `documents a CPU-second, ${encoding}`,
    value: Math.round(documents / ran.total_s),
    unit: '/CPU-s',
    target: { at_least: per_second_min },
    details: { ...ran, documents, wire_bytes, disk_bytes: bytes / rows },
  }
}

async function ingest(encoding: 'plain' | 'gzip', bodies: readonly Uint8Array[], dir: string) {
  const target = await Target.start(dir)
  try {
    const sender = bulkSender(target.address('elastic'), encoding)
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

function bulkSender(address: string, encoding: 'plain' | 'gzip'): Sender {
  const agent = new Agent({ keepAlive: true })
  const [host, port] = address.split(':')
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (encoding === 'gzip') headers['content-encoding'] = 'gzip'
  const send = (body: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      const options = { agent, host, port, method: 'POST', path, headers }
      const request = httpRequest(options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString()
          if (response.statusCode === 429) reject(new Busy())
          else if (answer.startsWith('{"errors":false,"items":[')) resolve()
          else reject(new Error(`answered ${response.statusCode}: ${answer.slice(0, 300)}`))
        })
      })
      request.on('error', reject)
      request.end(body)
    })
  return { send, close: () => agent.destroy() }
}
