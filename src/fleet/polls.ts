/**
 * Check-ins that are held open until there is something to say. Bounded in number, and let in at a
 * rate: after a restart of the server a whole fleet would knock at one moment.
 */
import { Fault } from '../model/faults.ts'
import type { CheckinAnswer } from '../model/fleet.ts'
import { Allowance } from './allowance.ts'

export type PollLimits = {
  held_max: number
  /** Check-ins let in at once, and how many more each second. */
  burst_max: number
  per_s_max: number
}
export const pollLimits: PollLimits = { held_max: 5_000, burst_max: 300, per_s_max: 100 }

/** One that asks in a tight circle is slowed alone: the others do not notice. */
const each = { burst_max: 20, per_s_max: 2, keys_max: 20_000 }
const spread_s_min = 2
const spread_s_max = 60

type Poll = { until_ms: number; end: (answer: CheckinAnswer) => void }
type Context = { now_ms: () => number; random: () => number; limits: PollLimits }

export class Polls {
  readonly #held = new Map<string, Poll>()
  readonly #context: Context
  #room: number
  #filled_ms: number
  readonly #each: Allowance
  /** How many in which second of the last minute. */
  readonly #turnedAway = new Map<number, number>()
  #isClosing = false
  #closed = 0

  constructor(context: Context) {
    this.#context = context
    this.#each = new Allowance(each, context.now_ms)
    this.#room = context.limits.burst_max
    this.#filled_ms = context.now_ms()
  }

  get size(): number {
    return this.#held.size
  }

  isHeld(agent_id: string): boolean {
    return this.#held.has(agent_id)
  }

  /** Throws fleet_busy when this agent alone asks too often. */
  pace(agent_id: string): void {
    const retry_after_s = this.#each.take(agent_id)
    if (retry_after_s > 0) throw new Fault('fleet_busy', { retry_after_s })
  }

  /** Throws fleet_busy with a moment to come back at, another one for each agent. */
  admit(): void {
    const { now_ms, limits } = this.#context
    const now = now_ms()
    const filled = this.#room + ((now - this.#filled_ms) / 1_000) * limits.per_s_max
    this.#room = Math.min(limits.burst_max, filled)
    this.#filled_ms = now
    if (!this.#isClosing && this.#room >= 1 && this.#held.size < limits.held_max) {
      this.#room -= 1
      return
    }
    // As long as it takes to let in all who were turned away lately.
    const second = Math.floor(now / 1_000)
    this.#turnedAway.set(second, (this.#turnedAway.get(second) ?? 0) + 1)
    for (const old of this.#turnedAway.keys()) {
      if (old <= second - spread_s_max) this.#turnedAway.delete(old)
    }
    throw new Fault('fleet_busy', { retry_after_s: this.comeBack_s() })
  }

  /** Spread so that those who are sent away do not come back together. */
  comeBack_s(): number {
    const { random, limits } = this.#context
    const turnedAway = [...this.#turnedAway.values()].reduce((sum, many) => sum + many, 0)
    const waiting = Math.max(turnedAway, this.#closed)
    const spread_s = Math.min(spread_s_max, Math.max(spread_s_min, waiting / limits.per_s_max))
    return 1 + Math.floor(random() * spread_s)
  }

  /** Resolves when the agent is told something, or the time is over. One poll an agent. */
  hold(agent_id: string, wait_ms: number, signal: AbortSignal): Promise<CheckinAnswer> {
    this.tell(agent_id, {})
    if (wait_ms <= 0) return Promise.resolve({})
    const { promise, resolve } = Promise.withResolvers<CheckinAnswer>()
    const poll: Poll = {
      until_ms: this.#context.now_ms() + wait_ms,
      end: (answer) => {
        if (this.#held.get(agent_id) === poll) this.#held.delete(agent_id)
        signal.removeEventListener('abort', gone)
        resolve(answer)
      },
    }
    const gone = () => poll.end({})
    signal.addEventListener('abort', gone)
    this.#held.set(agent_id, poll)
    if (signal.aborted || this.#isClosing) poll.end({})
    return promise
  }

  /** False when the agent holds no poll: it hears it at its next check-in. */
  tell(agent_id: string, answer: CheckinAnswer): boolean {
    const poll = this.#held.get(agent_id)
    poll?.end(answer)
    return poll !== undefined
  }

  held(): string[] {
    return [...this.#held.keys()]
  }

  /** Ends those whose time is over. */
  sweep(): void {
    const now = this.#context.now_ms()
    for (const poll of [...this.#held.values()]) if (poll.until_ms <= now) poll.end({})
  }

  /** The server stops: all are answered, and nobody new is held. */
  close(): void {
    this.#isClosing = true
    this.#closed = Math.max(this.#closed, this.#held.size)
    for (const poll of [...this.#held.values()]) poll.end({})
  }
}
