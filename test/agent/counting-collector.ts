/**
 * A collector as small as one can be: reads whole lines of one growing file from where it was, and
 * gives each as a log record whose body is the line.
 */
import { open } from 'node:fs/promises'
import type { Collector, CollectorContext, Running } from '../../src/agent/collector.ts'
import { ProtobufWriter } from '../bench/protobuf-writer.ts'

const read_bytes = 4096
const look_ms = 5

export const countingCollector: Collector<'host'> = {
  type: 'host',
  start: async (context) => new Counting(context),
}

class Counting implements Running {
  readonly #context: CollectorContext<'host'>
  readonly #path: string
  #isStopping = false
  readonly #reading: Promise<void>

  constructor(context: CollectorContext<'host'>) {
    this.#context = context
    this.#path = context.settings.log_files[0]!
    this.#reading = this.#read()
  }

  health() {
    return { state: 'healthy' as const, message: '' }
  }

  coverage() {
    return []
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#reading
  }

  async #read(): Promise<void> {
    const { sink, now_ms } = this.#context
    const key = `counting/${this.#path}`
    const file = await open(this.#path, 'r')
    let at = Number(sink.position(key) ?? 0)
    while (!this.#isStopping) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(read_bytes), 0, read_bytes, at)
      const end = buffer.lastIndexOf('\n', bytesRead - 1) + 1
      if (bytesRead === 0 || end === 0) {
        await new Promise((resolve) => setTimeout(resolve, look_ms))
        continue
      }
      const lines = buffer.toString('latin1', 0, end - 1).split('\n')
      const body = encodeLines(lines, now_ms())
      const positions = { [key]: String(at + end) }
      const chunk = { signal: 'logs', body, records: lines.length, oldest_ms: now_ms() } as const
      if (await sink.put({ ...chunk, positions })) at += end
    }
    await file.close()
  }
}

export function encodeLines(lines: readonly string[], time_ms: number): Uint8Array {
  const writer = new ProtobufWriter()
  writer.message(1, () => {
    writer.message(1, () => writer.attribute(1, 'service.name', 'counting'))
    writer.message(2, () => {
      for (const line of lines) {
        writer.message(2, () => {
          writer.fixed64(1, BigInt(time_ms) * 1_000_000n)
          writer.message(5, () => writer.string(1, line))
        })
      }
    })
  })
  return writer.bytes.slice(0, writer.length)
}
