/**
 * Producers that send log records over OTLP/HTTP at a rate and write down what each was told. A
 * refusal (429, 503) is sent again as it is; a lost connection leaves its records in doubt and
 * they are not.
 */
import http from 'node:http'
import { ProtobufWriter } from '../bench/protobuf-writer.ts'
import { Ledger } from './ledger.ts'

export type LoadOptions = {
  ledger: Ledger
  producers: number
  records_per_s: number
  batch_records: number
  /** Undefined while the server is away. */
  port: () => number | undefined
}

export class Load {
  readonly #options: LoadOptions
  readonly #agent = new http.Agent({ keepAlive: true })
  readonly #ack_ms: number[] = []
  readonly #latest: { producer: number; first: number; at_us: number }[] = []
  #isRunning = true
  #done: Promise<unknown>
  refused = 0
  /** When the last acknowledgement came. */
  acked_ms = 0
  acks = 0

  constructor(options: LoadOptions) {
    this.#options = options
    this.#done = Promise.all(
      Array.from({ length: options.producers }, (_, producer) => this.#produce(producer)),
    )
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    await this.#done
    this.#agent.destroy()
  }

  /** Takes acknowledgements back that came after the moment at which nothing could be promised. */
  doubtSince(at_us: number): void {
    const { ledger, batch_records } = this.#options
    for (const one of this.#latest) {
      if (one.at_us >= at_us) ledger.mark(one.producer, one.first, batch_records, 'in doubt')
    }
  }

  /** Acknowledgement latency of everything so far. */
  ackPercentile_ms(percent: number): number {
    const sorted = this.#ack_ms.toSorted((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0
  }

  async #produce(producer: number): Promise<void> {
    const { ledger, producers, records_per_s, batch_records, port } = this.#options
    const pause_ms = (1000 * batch_records * producers) / records_per_s
    const writer = new ProtobufWriter()
    let due_ms = performance.now() + (pause_ms * producer) / producers
    while (this.#isRunning) {
      await sleep(due_ms - performance.now())
      due_ms = Math.max(due_ms + pause_ms, performance.now() - 200)
      if (port() === undefined) continue
      const first = ledger.next(producer, batch_records)
      const body = encode(writer, producer, first, batch_records)
      const fate = await this.#deliver(body)
      ledger.mark(producer, first, batch_records, fate)
      if (fate !== 'acked') continue
      this.#latest.push({ producer, first, at_us: Number(process.hrtime.bigint() / 1000n) })
      if (this.#latest.length > 1000) this.#latest.splice(0, 500)
    }
  }

  async #deliver(body: Uint8Array): Promise<'sent' | 'acked' | 'in doubt'> {
    // A disk that failed under the server may hold what the server had to refuse. As long as the
    // server lives it sees to it that this does not count; when it dies too, nobody can tell.
    let unanswered: 'sent' | 'in doubt' = 'sent'
    while (true) {
      const port = this.#options.port()
      if (port === undefined) return unanswered
      const began_ms = performance.now()
      const status = await this.#post(port, body)
      if (status === 200) {
        this.#ack_ms.push(performance.now() - began_ms)
        this.acked_ms = performance.now()
        this.acks++
        return 'acked'
      }
      if (status === 'not connected') return unanswered
      if (status !== 429 && status !== 503) return 'in doubt'
      if (status === 503) unanswered = 'in doubt'
      this.refused++
      if (!this.#isRunning) return unanswered
      await sleep(100)
    }
  }

  #post(port: number, body: Uint8Array): Promise<number | 'not connected' | 'cut off'> {
    return new Promise((resolve) => {
      const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length }
      const options = { port, host: '127.0.0.1', path: '/v1/logs', method: 'POST', headers }
      const request = http.request({ ...options, agent: this.#agent, timeout: 20_000 })
      request.on('response', (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
        response.on('error', () => resolve('cut off'))
      })
      request.on('timeout', () => request.destroy(new Error('timeout')))
      request.on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code === 'ECONNREFUSED' ? 'not connected' : 'cut off')
      })
      request.end(body)
    })
  }
}

function encode(writer: ProtobufWriter, producer: number, first: number, count: number) {
  const now_ns = BigInt(Date.now()) * 1_000_000n
  writer.message(1, () => {
    writer.message(1, () => {
      writer.attribute(1, 'service.name', `producer-${producer}`)
      writer.attribute(1, 'k8s.namespace.name', 'faults')
      writer.attribute(1, 'k8s.pod.name', `producer-${producer}-0`)
    })
    writer.message(2, () => {
      for (let i = 0; i < count; i++) {
        writer.message(2, () => {
          writer.fixed64(1, now_ns + BigInt(i))
          writer.number(2, 9)
          writer.message(5, () => writer.string(1, Ledger.body(producer, first + i)))
          writer.attribute(6, 'order.items', (first + i) % 17)
        })
      }
    })
  })
  return writer.take()
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
}
