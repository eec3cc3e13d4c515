/**
 * The integrations that run now. Changing to other ones leaves those alone that stay the same;
 * whether a change was a good one is judged in policy-runner.ts.
 */
import type { Logger } from 'pino'
import type { Component } from '../model/fleet.ts'
import type { CoverageRow } from '../model/kubernetes.ts'
import type { Integration } from '../model/policy.ts'
import type { Running } from './collector.ts'
import type { AnyCollector } from './collectors.ts'

export type ComponentsNeeds = {
  collectors: readonly AnyCollector[]
  /** Starts one with its context; rejects when it cannot work here. */
  start: (collector: AnyCollector, integration: Integration) => Promise<Running>
  log: Logger
  now_ms: () => number
  start_ms_max?: number
  stop_ms_max?: number
  retry_ms?: number
}

type Entry = {
  integration: Integration
  running: Running | undefined
  /** Why it does not run; it is tried again a while after `failed_ms`. */
  failure: string
  isMissing: boolean
  failed_ms: number
}

export class Components {
  readonly #needs: Required<ComponentsNeeds>
  readonly #entries = new Map<string, Entry>()

  constructor(needs: ComponentsNeeds) {
    this.#needs = { start_ms_max: 20_000, stop_ms_max: 4_000, retry_ms: 30_000, ...needs }
  }

  integrations(): Integration[] {
    return [...this.#entries.values()].map(({ integration }) => integration)
  }

  /** New ones start before old ones stop. Throws when one does not start, unless lenient. */
  async change(wanted: readonly Integration[], options: { isLenient: boolean }): Promise<string[]> {
    const before = new Map(this.#entries)
    const changed = wanted.filter((one) => !isSame(before.get(one.id)?.integration, one))
    for (const integration of changed.filter(({ id }) => !before.has(id))) {
      await this.#begin(integration, options)
    }
    for (const integration of changed.filter(({ id }) => before.has(id))) {
      await this.#end(integration.id)
      await this.#begin(integration, options)
    }
    const kept = new Set(wanted.map(({ id }) => id))
    for (const id of before.keys()) if (!kept.has(id)) await this.#end(id)
    return changed.map(({ id }) => id)
  }

  /** Those that could not start while there was nothing to put back. */
  async retry(): Promise<void> {
    const now_ms = this.#needs.now_ms()
    const { retry_ms } = this.#needs
    for (const { integration, failure, isMissing, failed_ms } of [...this.#entries.values()]) {
      // A clock that was set back is no reason to wait.
      const isEarly = now_ms >= failed_ms && now_ms - failed_ms < retry_ms
      if (failure === '' || isMissing || isEarly) continue
      await this.#begin(integration, { isLenient: true })
    }
  }

  told(): Component[] {
    return [...this.#entries.values()].map(({ integration: { id, type }, running, ...entry }) => {
      if (running === undefined) {
        const state = entry.isMissing ? 'degraded' : 'failed'
        return { id, type, state, message: entry.failure.slice(0, 2048) }
      }
      return { id, type, ...healthOf(running) }
    })
  }

  coverage(): CoverageRow[] {
    return [...this.#entries.values()].flatMap(({ running, integration }) => {
      try {
        return running?.coverage() ?? []
      } catch (error) {
        this.#needs.log.error({ err: error, integration: integration.id }, 'no coverage')
        return []
      }
    })
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((id) => this.#end(id)))
  }

  async #begin(integration: Integration, { isLenient }: { isLenient: boolean }): Promise<void> {
    const { collectors, start, log, now_ms, start_ms_max, stop_ms_max } = this.#needs
    const { id, type } = integration
    const entry: Entry = {
      integration,
      running: undefined,
      failure: '',
      isMissing: false,
      failed_ms: now_ms(),
    }
    const collector = collectors.find((one) => one.type === type)
    if (collector === undefined) {
      entry.isMissing = true
      entry.failure = `This agent has no collector for ${type}: a newer one may have.`
      this.#entries.set(id, entry)
      return
    }
    const starting = start(collector, integration)
    try {
      entry.running = await within(start_ms_max, starting, `${id} did not start`)
      log.info({ integration: id, type }, 'an integration started')
    } catch (error) {
      entry.failure = (error as Error).message || 'it did not start'
      log.warn({ integration: id, type, error: entry.failure }, 'an integration did not start')
      // One that comes too late must not run beside its successor.
      void starting.then((late) => within(stop_ms_max, late.stop(), id)).catch(() => undefined)
      if (!isLenient) throw new Error(`${id}: ${entry.failure}`)
    }
    this.#entries.set(id, entry)
  }

  async #end(id: string): Promise<void> {
    const running = this.#entries.get(id)?.running
    this.#entries.delete(id)
    if (running === undefined) return
    const { log, stop_ms_max } = this.#needs
    try {
      await within(stop_ms_max, running.stop(), `${id} did not stop`)
      log.info({ integration: id }, 'an integration stopped')
    } catch (error) {
      log.error({ integration: id, error: (error as Error).message }, 'it did not stop well')
    }
  }
}

function healthOf(running: Running): Pick<Component, 'state' | 'message'> {
  try {
    const { state, message } = running.health()
    return { state, message: message.slice(0, 2048) }
  } catch (error) {
    return { state: 'failed', message: (error as Error).message.slice(0, 2048) }
  }
}

/** Settings were read by the same schema, so that equal ones have equal texts. */
function isSame(one: Integration | undefined, other: Integration): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other)
}

async function within<Result>(ms: number, work: Promise<Result>, what: string): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`${what} within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
