/**
 * Prints how many container log lines are read into durable chunks per CPU-second, and what a node
 * at rest costs. Run it with: node src/agent/collectors/container-logs/read.bench.ts
 */
import { closeSync, fdatasyncSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { criLine, DurableSink, LogRig, until } from '../../../../test/agent/log-rig.ts'
import type { Chunk } from '../../collector.ts'

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    pods: { type: 'string', default: '100' },
    rest_s: { type: 'string', default: '20' },
  },
})
const lines = Number(values.lines)
const pods = Number(values.pods)

/** As the spool does: every chunk is appended and flushed. */
class DiskSink extends DurableSink {
  readonly #fd: number
  count = 0
  bytes = 0

  constructor(path: string) {
    super()
    this.#fd = openSync(path, 'w')
  }

  override async put(chunk: Chunk): Promise<boolean> {
    writeSync(this.#fd, chunk.body)
    fdatasyncSync(this.#fd)
    this.count += chunk.records
    this.bytes += chunk.body.length
    for (const [key, value] of Object.entries(chunk.positions ?? {})) this.kept.set(key, value)
    return true
  }

  close(): void {
    closeSync(this.#fd)
  }
}

const bodies: Record<string, (i: number) => string> = {
  plain: (i) =>
    '2026-11-21 12:00:00.123 INFO [main] c.e.Orders - ' +
    `GET /api/orders/${i} 200 in 12ms from 10.1.2.3`,
  json: (i) =>
    '{"level":"info","ts":"2026-11-21T12:00:00.123Z",' +
    `"msg":"GET /cart/${i} took 7ms","user":"u${i}"` +
    `,"trace_id":"5b8aa5a2d2c872e8321cf37308d69df2","span_id":"051581bf3cb55c13","status":200}`,
}

async function measure(name: string, bodyOf: (i: number) => string): Promise<void> {
  const rig = new LogRig()
  const sink = new DiskSink(join(rig.root, 'spool'))
  rig.sink = sink
  for (let pod = 0; pod < pods; pod++) {
    const text = Array.from({ length: lines / pods }, (_, i) => criLine(bodyOf(i))).join('')
    const dir = rig.container('shop', `cart-7d9c5b6f4-${pod}`, `uid-${pod}`, 'app')
    writeFileSync(join(dir, '0.log'), text)
  }
  const before = process.cpuUsage()
  const started_ms = performance.now()
  await rig.start()
  await until('all lines are read', () => sink.count >= lines, 120_000)
  const cpu = process.cpuUsage(before)
  const cpu_s = (cpu.user + cpu.system) / 1e6
  const wall_s = (performance.now() - started_ms) / 1000
  const rss_mib = process.memoryUsage().rss / 1024 / 1024
  console.log(
    `${name}: ${Math.round(lines / cpu_s).toLocaleString('en')} lines per CPU-second, ` +
      `${wall_s.toFixed(1)} s, ${(sink.bytes / lines).toFixed(0)} bytes a record, ` +
      `${rss_mib.toFixed(0)} MiB resident`,
  )
  if (name === 'plain') await rest()
  await rig.end()
  sink.close()
}

/** The same pods with nothing to say. */
async function rest(): Promise<void> {
  const rest_ms = Number(values.rest_s) * 1000
  await new Promise((resolve) => setTimeout(resolve, 5000))
  const before = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, rest_ms))
  const cpu = process.cpuUsage(before)
  const percent = (cpu.user + cpu.system) / 10 / rest_ms
  console.log(`at rest: ${percent.toFixed(2)} % of a CPU for ${pods} pods`)
}

for (const [name, bodyOf] of Object.entries(bodies)) await measure(name, bodyOf)
