/** The bytes of all bodies being received or stored, under one ceiling shared by every listener. */
import { Fault } from '../model/faults.ts'

export type BudgetLimits = { in_flight_bytes_max: number; in_flight_requests_max: number }

export class Budget {
  bytes = 0
  requests = 0
  readonly #limits: BudgetLimits

  constructor(limits: BudgetLimits) {
    this.#limits = limits
  }

  /** One request's share. Throws ingest_busy when there is no room. */
  lease(): Lease {
    if (this.requests >= this.#limits.in_flight_requests_max) throw this.#busy()
    this.requests++
    return new Lease(this)
  }

  take(bytes: number): void {
    if (this.bytes + bytes > this.#limits.in_flight_bytes_max) throw this.#busy()
    this.bytes += bytes
  }

  #busy(): Fault {
    return new Fault('ingest_busy', { buffered_bytes: this.bytes, retry_after_s: 2 })
  }
}

/**
 * Counts what was received, not what was announced: a sender cannot reserve memory with a header.
 */
export class Lease {
  readonly #budget: Budget
  #bytes = 0
  #released = false

  constructor(budget: Budget) {
    this.#budget = budget
  }

  add(bytes: number): void {
    if (this.#released) return
    this.#budget.take(bytes)
    this.#bytes += bytes
  }

  release(): void {
    if (this.#released) return
    this.#released = true
    this.#budget.bytes -= this.#bytes
    this.#budget.requests--
  }
}
