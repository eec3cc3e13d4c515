/**
 * From the spool to the server: a few requests at a time, the most important first, and patience
 * when the server is away. A chunk leaves the spool only when the server has answered for it.
 */
import type { Logger } from 'pino'
import { type ChunkSignal, chunkSignals } from '../collector.ts'
import type { Delivery, Spool } from '../spool/spool.ts'
import { Backoff, retryAfter_ms } from './backoff.ts'
import type { Post, PostAnswer } from './post.ts'
import { rejectedBy } from './rejected.ts'

export type SenderOptions = {
  spool: Pick<Spool, 'take' | 'done' | 'giveBack' | 'refuse'>
  post: Post
  /** What is shown to the server; undefined where ingest is open. */
  key: () => string | undefined
  in_flight_max: number
  log: Logger
  now_ms: () => number
  random: () => number
  timeout_ms?: number
  first_ms?: number
  most_ms?: number
  /** How often a server that refuses our key is asked again. */
  probe_ms?: number
}

export type Way = { state: 'open' | 'away' | 'revoked'; message: string }

const protobuf = 'application/x-protobuf'
const lines = 'application/x-ndjson'
const routes: Readonly<Record<ChunkSignal, { path: string; type: string }>> = {
  objects: { path: '/v1/kubernetes/objects', type: lines },
  events: { path: '/v1/kubernetes/events', type: lines },
  logs: { path: '/v1/logs', type: protobuf },
  traces: { path: '/v1/traces', type: protobuf },
  metrics: { path: '/v1/metrics', type: protobuf },
  coverage: { path: '/v1/kubernetes/coverage', type: lines },
}
/** The server will never take it: sending it again would hold up all others. */
const hopeless = new Set([400, 413, 415, 422])
/** Of so many chunks one goes by the reverse order, so that a long backlog starves nobody. */
const turn = 8
const drain_look_ms = 20

export class Sender {
  readonly #options: Required<SenderOptions>
  readonly #server: Backoff
  /** A route that an older server does not have stops its own signal only. */
  readonly #bySignal: Record<ChunkSignal, Backoff>
  readonly #inFlight = new Set<Promise<void>>()
  readonly #counts = { chunks: 0, records: 0, bytes: 0, rejected: 0, requests: 0, failures: 0 }
  #way: Way = { state: 'open', message: '' }
  #answered_ms: number | undefined
  #wake = Promise.withResolvers<void>()
  #isStopping = false
  #turns = 0
  #running: Promise<void> | undefined

  constructor(options: SenderOptions) {
    const defaults = { timeout_ms: 60_000, first_ms: 2_000, most_ms: 30_000, probe_ms: 60_000 }
    this.#options = { ...defaults, ...options }
    this.#server = new Backoff(this.#options)
    const entries = chunkSignals.map((signal) => [signal, new Backoff(this.#options)])
    this.#bySignal = Object.fromEntries(entries)
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** There is something new to send, or a new key to send it with. */
  nudge(): void {
    this.#wake.resolve()
  }

  /** A key that may be taken where the last one was not. */
  keyChanged(): void {
    this.#server.succeeded()
    this.nudge()
  }

  way(): Way {
    return this.#way
  }

  stats() {
    return { ...this.#counts, in_flight: this.#inFlight.size, answered_ms: this.#answered_ms }
  }

  /** Sends what is left while the server takes it, at most until the deadline; then stops. */
  async drain(left: () => number, deadline_ms: number): Promise<void> {
    const { now_ms } = this.#options
    const end_ms = now_ms() + deadline_ms
    const isWorth = () => this.#running !== undefined && this.#server.failures === 0 && left() > 0
    while (!this.#isStopping && isWorth() && now_ms() < end_ms) {
      this.nudge()
      await sleepOr(drain_look_ms, Promise.race(this.#inFlight))
    }
    await this.stop(Math.max(0, end_ms - now_ms()))
  }

  /** Nothing new is begun; what is under way may end until the deadline. */
  async stop(deadline_ms: number): Promise<void> {
    this.#isStopping = true
    this.nudge()
    const all = Promise.all([this.#running, ...this.#inFlight])
    await sleepOr(deadline_ms, all)
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const wait_ms = await this.#step()
      if (wait_ms === 0) continue
      await sleepOr(wait_ms, this.#wake.promise)
      this.#wake = Promise.withResolvers()
    }
  }

  /** Sends one chunk if it may; answers how long to wait before the next try. */
  async #step(): Promise<number> {
    // After a failure one request at a time asks whether the server is back.
    const { in_flight_max, most_ms } = this.#options
    const most = this.#server.failures > 0 ? 1 : in_flight_max
    if (this.#inFlight.size >= most) return most_ms
    const left_ms = this.#server.left_ms()
    if (left_ms > 0) return left_ms
    const open = chunkSignals.filter((signal) => this.#bySignal[signal].left_ms() === 0)
    const isReverse = ++this.#turns % turn === 0
    try {
      const delivery = await this.#options.spool.take(isReverse ? open.reverse() : open)
      if (delivery === undefined) {
        const paused = chunkSignals.map((signal) => this.#bySignal[signal].left_ms())
        return Math.min(most_ms, ...paused.filter((ms) => ms > 0))
      }
      const sending = this.#send(delivery).finally(() => {
        this.#inFlight.delete(sending)
        this.nudge()
      })
      this.#inFlight.add(sending)
      return 0
    } catch (error) {
      this.#options.log.warn({ error: (error as Error).message }, 'the spool cannot be read')
      return 1_000
    }
  }

  async #send(delivery: Delivery): Promise<void> {
    const { post, timeout_ms } = this.#options
    const { path } = routes[delivery.signal]
    this.#counts.requests++
    try {
      const answer = await post(path, this.#headers(delivery), delivery.body, { timeout_ms })
      await this.#answered(delivery, answer)
    } catch (error) {
      this.#failed(delivery, { state: 'away', message: (error as Error).message })
    }
  }

  #headers({ signal, frame }: Delivery): Record<string, string> {
    const key = this.#options.key()
    return {
      'content-type': routes[signal].type,
      'crowsnest-chunk': frame.id,
      ...(frame.encoding === 'identity' ? {} : { 'content-encoding': frame.encoding }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    }
  }

  async #answered(delivery: Delivery, answer: PostAnswer): Promise<void> {
    const { status } = answer
    const { spool, probe_ms } = this.#options
    if (status >= 200 && status < 300) return this.#stored(delivery, answer)
    const says = `${status} ${summary(answer.body)}`.trim()
    if (hopeless.has(status)) {
      this.#open(delivery.signal)
      return spool.refuse(delivery, String(status))
    }
    if (status === 401 || status === 403) {
      const message = `The server refuses this agent's key (${says}). Its records are kept.`
      return this.#failed(delivery, { state: 'revoked', message }, { most_ms: probe_ms })
    }
    if (status === 404 || status === 405) {
      // The way is open, it only does not lead to this route.
      this.#server.succeeded()
      this.#bySignal[delivery.signal].failed({ most_ms: probe_ms })
      this.#way = { state: 'away', message: `${routes[delivery.signal].path}: ${says}` }
      return spool.giveBack(delivery)
    }
    const retry_after_ms = retryAfter_ms(answer.headers['retry-after'], this.#options.now_ms())
    this.#failed(delivery, { state: 'away', message: says }, { retry_after_ms })
  }

  #stored(delivery: Delivery, { headers, body }: PostAnswer): void {
    const { spool, log } = this.#options
    const { frame, signal } = delivery
    this.#open(signal)
    this.#counts.chunks++
    this.#counts.records += frame.records
    this.#counts.bytes += frame.body_bytes
    const { records, message } = rejectedBy(String(headers['content-type'] ?? ''), body)
    this.#counts.rejected += records
    if (records > 0) log.warn({ signal, records, message }, 'the server did not store all records')
    spool.done(delivery)
  }

  #open(signal: ChunkSignal): void {
    this.#server.succeeded()
    this.#bySignal[signal].succeeded()
    this.#answered_ms = this.#options.now_ms()
    const isQuiet = chunkSignals.every((other) => this.#bySignal[other].failures === 0)
    if (isQuiet) this.#way = { state: 'open', message: '' }
  }

  #failed(
    delivery: Delivery,
    way: Way,
    options: { retry_after_ms?: number | undefined; most_ms?: number } = {},
  ): void {
    const { log, spool } = this.#options
    if (this.#way.state !== way.state) log.warn({ message: way.message }, `the way is ${way.state}`)
    this.#way = way
    this.#counts.failures++
    const { retry_after_ms, most_ms } = options
    // Requests that were under way together fail together: that is one failure.
    if (this.#server.left_ms() === 0 || retry_after_ms !== undefined) {
      this.#server.failed({
        ...(retry_after_ms === undefined ? {} : { retry_after_ms }),
        ...(most_ms === undefined ? {} : { most_ms }),
      })
    }
    spool.giveBack(delivery)
  }
}

function summary(body: Buffer): string {
  return body
    .subarray(0, 200)
    .toString()
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
}

async function sleepOr(ms: number, event: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([promise, event])
  clearTimeout(timer)
}
