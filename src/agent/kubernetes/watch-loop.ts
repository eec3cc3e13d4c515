/**
 * List, watch, resume, list again: what keeps a picture of one resource true for as long as the
 * agent runs. One list at a time for the whole agent, so that a server that comes back is not met
 * by all of them.
 */
import type { KubernetesObject, ListAsk, Tell } from './api.ts'
import { ApiError } from './api-error.ts'
import { backoff_ms, pause, refusedBackoff, watchBackoff } from './backoff.ts'
import type { Connection } from './connection.ts'
import { listPages } from './list-pages.ts'
import { type Watched, type WatchLimits, watchOnce } from './watch-once.ts'

/** What pino offers, as far as the API client needs it. */
export type ApiLog = Record<
  'debug' | 'warn',
  (details: Record<string, unknown>, message: string) => void
>

export type LoopContext = {
  connection: Connection
  /** Lets one list pass after the other. */
  listTurn: <Result>(list: () => Promise<Result>) => Promise<Result>
  limits: WatchLimits
  /** The shortest pauses, in place of the usual ones. */
  pause_ms_max?: number
  now_ms: () => number
  random: () => number
  log: ApiLog
}

/** A watch that lasted this long was a good one. */
const settled_ms = 1_000

export function startWatch(ask: ListAsk, tell: Tell, context: LoopContext): { close(): void } {
  const controller = new AbortController()
  const loop = new WatchLoop(ask, tell, context, controller.signal)
  void loop.run()
  return { close: () => controller.abort() }
}

class WatchLoop {
  readonly #ask: ListAsk
  readonly #tell: Tell
  readonly #context: LoopContext
  readonly #signal: AbortSignal
  readonly #state: Watched = { version: '', isAlive: false, skipped: 0 }
  #failures = 0
  #lists = 0
  #isTold = false

  constructor(ask: ListAsk, tell: Tell, context: LoopContext, signal: AbortSignal) {
    this.#ask = ask
    this.#context = context
    this.#signal = signal
    // Whoever closed a watch hears no more of it.
    this.#tell = (event) => (signal.aborted ? undefined : tell(event))
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        await this.#once()
      } catch (error) {
        if (!this.#signal.aborted) await this.#failed(error)
      }
    }
  }

  async #once(): Promise<void> {
    const { listTurn, connection, limits, random, now_ms } = this.#context
    const state = this.#state
    if (state.version === '') state.version = await listTurn(() => this.#list())
    if (this.#signal.aborted) return
    const started_ms = now_ms()
    state.isAlive = false
    try {
      const accepted = () => this.#recovered()
      const context = { connection, signal: this.#signal, limits, random, accepted }
      await watchOnce(this.#ask, state, context, this.#tell)
    } finally {
      if (state.isAlive || now_ms() - started_ms >= settled_ms) this.#failures = 0
    }
    // A server that ends every watch at once is asked more and more slowly.
    if (!state.isAlive && now_ms() - started_ms < settled_ms) await this.#wait(watchBackoff)
    else this.#failures = 0
  }

  async #list(): Promise<string> {
    const { connection, now_ms } = this.#context
    if (this.#signal.aborted) return ''
    const ask = this.#ask
    const started_ms = now_ms()
    let items: KubernetesObject[] = []
    const context = { connection, signal: this.#signal, isFirst: this.#lists++ === 0 }
    const version = await listPages(ask, context, async (page, is_first) => {
      if (ask.paged) return this.#tell({ type: 'page', items: page, is_first })
      items = is_first ? page : items.concat(page)
    })
    await this.#tell({ type: 'listed', items, started_ms })
    return version
  }

  async #failed(error: unknown): Promise<void> {
    const { log } = this.#context
    const status = error instanceof ApiError ? error.status : 0
    const message = error instanceof Error ? error.message : String(error)
    const path = this.#ask.path
    if (status === 410) {
      log.debug({ path }, 'the watch is too old: the list is asked for again')
      this.#state.version = ''
    } else if (status === 0 && this.#failures === 0) {
      log.debug({ path, message }, 'a watch broke and is taken up again')
    } else {
      log.warn({ path, status, message }, 'a watch failed')
      this.#isTold = true
      // The listener's own failure must not end the loop that would tell it again.
      await Promise.resolve(this.#tell({ type: 'failed', status, message })).catch(() => {})
    }
    await this.#wait(
      status === 401 || status === 403 || status === 404 ? refusedBackoff : watchBackoff,
    )
  }

  async #recovered(): Promise<void> {
    if (!this.#isTold) return
    this.#isTold = false
    await this.#tell({ type: 'recovered' })
  }

  #wait(backoff: typeof watchBackoff): Promise<void> {
    const { random, pause_ms_max = Number.POSITIVE_INFINITY } = this.#context
    this.#failures++
    const wait_ms = Math.min(backoff_ms(this.#failures, random, backoff), pause_ms_max)
    return pause(wait_ms, this.#signal)
  }
}
