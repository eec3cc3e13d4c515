/**
 * A spool that filled while the server was away meets a server again, and live records keep coming:
 * how fast the backlog goes, how late live metrics get, and what became of every line.
 */
import { join } from 'node:path'
import { pino } from 'pino'
import type { Chunk } from '../../src/agent/collector.ts'
import { every } from '../../src/agent/every.ts'
import { createPost } from '../../src/agent/send/post.ts'
import { Sender } from '../../src/agent/send/sender.ts'
import { openSpool, type Spool } from '../../src/agent/spool/spool.ts'
import { encodeLines } from './counting-collector.ts'

export type ResumeOptions = {
  dir: string
  ingest: string
  /** What had piled up. */
  backlog_lines: number
  /** At which more comes meanwhile. */
  live_lines_per_s: number
  say?: (line: string) => void
}

const log = pino({ level: 'silent' })
/** As the collector of containers' logs cuts them at 5,000 lines a second. */
const chunk_lines = 2_500
const look_ms = 200

export async function resumeLedger(options: ResumeOptions) {
  const { dir, ingest, backlog_lines, live_lines_per_s, say = () => {} } = options
  const spool = await openSpool({ dir: join(dir, 'spool'), bytes_max: 8 * 2 ** 30, log, every })
  let made = 0
  const put = async () => {
    await spool.put(chunkOf(made, chunk_lines))
    made += chunk_lines
  }
  while (made < backlog_lines) await put()
  const { bytes: spool_bytes, chunks } = spool.stats()
  say(`${made} lines in ${chunks} chunks wait, ${Math.round(spool_bytes / 2 ** 20)} MiB`)
  const { post, close } = createPost({ url: ingest, ca_file: '', connections_max: 4 })
  const sender = new Sender({
    ...{ spool, post, in_flight_max: 4, log },
    ...{ key: () => undefined, now_ms: Date.now, random: Math.random },
  })
  spool.onChunk(() => sender.nudge())
  const began_ms = Date.now()
  const cpu = process.cpuUsage()
  let memory_bytes = 0
  sender.start()
  while (spool.stats().chunks > chunks / 100 && Date.now() - began_ms < 120_000) {
    const due = backlog_lines + (live_lines_per_s * (Date.now() - began_ms)) / 1000
    while (made + chunk_lines <= due) await put()
    memory_bytes = Math.max(memory_bytes, process.memoryUsage.rss())
    await new Promise((resolve) => setTimeout(resolve, look_ms))
  }
  const took_s = (Date.now() - began_ms) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const sent = sender.stats().records
  await sender.drain(() => spool.stats().chunks, 60_000)
  const { records, requests, failures } = sender.stats()
  const left = spool.stats().chunks
  await end(spool, close)
  const cpu_s = (user + system) / 1e6
  return {
    ...{ made, sent_all: records, left, requests, failures, took_s, spool_bytes },
    ...{ lines_per_s: Math.round(sent / took_s), cpu_s, memory_bytes },
    times_live: sent / took_s / live_lines_per_s,
  }
}

async function end(spool: Spool, close: () => void): Promise<void> {
  close()
  await spool.close()
}

function chunkOf(first: number, count: number): Chunk {
  const now_ms = Date.now()
  const lines = Array.from({ length: count }, (_, at) => lineOf(first + at))
  return { signal: 'logs', body: encodeLines(lines, now_ms), records: count, oldest_ms: now_ms }
}

/** Some 150 bytes, as access logs have them. */
function lineOf(number: number): string {
  const order = (number * 7919) % 1_000_003
  const ip = `10.${order % 200}.${(order >> 3) % 250}.${(order >> 7) % 250}`
  const path = `/api/v1/carts/${order.toString(36)}/items?page=${number % 17}`
  return `${number} ${ip} - - "GET ${path} HTTP/1.1" 200 ${order % 9_000} "-" "shop/2.${order % 9}"`
}
