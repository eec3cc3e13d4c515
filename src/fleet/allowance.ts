/**
 * How often each of many may do something: a bucket for each, which refills steadily. Whose bucket
 * is full again is forgotten, so the memory is bounded by what goes on.
 */
export type AllowanceLimits = {
  burst_max: number
  per_s_max: number
  /** Known at one time; the least lately seen is forgotten first. */
  keys_max: number
}

type Bucket = { room: number; filled_ms: number }

export class Allowance {
  readonly #buckets = new Map<string, Bucket>()
  readonly #limits: AllowanceLimits
  readonly #now_ms: () => number

  constructor(limits: AllowanceLimits, now_ms: () => number) {
    this.#limits = limits
    this.#now_ms = now_ms
  }

  /** Takes one and answers 0, or takes none and answers how long to wait, in whole seconds. */
  take(key: string): number {
    const { per_s_max, keys_max } = this.#limits
    const now = this.#now_ms()
    const room = this.#roomOf(key, now)
    this.#buckets.delete(key)
    this.#buckets.set(key, { room: room >= 1 ? room - 1 : room, filled_ms: now })
    if (this.#buckets.size > keys_max) this.#buckets.delete(this.#buckets.keys().next().value!)
    return room >= 1 ? 0 : Math.ceil((1 - room) / per_s_max)
  }

  /** It was right after all: it costs nothing. */
  giveBack(key: string): void {
    const now = this.#now_ms()
    const room = this.#roomOf(key, now) + 1
    if (room >= this.#limits.burst_max) this.#buckets.delete(key)
    else this.#buckets.set(key, { room, filled_ms: now })
  }

  #roomOf(key: string, now: number): number {
    const { burst_max, per_s_max } = this.#limits
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) return burst_max
    return Math.min(burst_max, bucket.room + ((now - bucket.filled_ms) / 1_000) * per_s_max)
  }
}
