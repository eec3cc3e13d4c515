/** How many events an address may send that shows no token. Remembers a bounded number of them. */

const events_per_second = 300
const burst_events = 900
const addresses_max = 1000

export class RateLimit {
  readonly #known = new Map<string, { left: number; at_ms: number }>()

  /** Takes so many events from the address's allowance; false when it has not enough left. */
  allows(address: string, events: number, now_ms: number): boolean {
    const before = this.#known.get(address) ?? { left: burst_events, at_ms: now_ms }
    const passed_ms = Math.max(0, now_ms - before.at_ms)
    const left = Math.min(burst_events, before.left + (passed_ms * events_per_second) / 1000)
    const isAllowed = left >= events
    // Put last again: the one that was silent longest is forgotten first.
    this.#known.delete(address)
    this.#known.set(address, { left: isAllowed ? left - events : left, at_ms: now_ms })
    if (this.#known.size > addresses_max) this.#known.delete(this.#known.keys().next().value!)
    return isAllowed
  }
}
