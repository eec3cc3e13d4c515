/**
 * When to try again: full jitter, so that a thousand agents do not come back at one moment, and
 * never before the server asked for.
 */

export type BackoffOptions = {
  first_ms: number
  most_ms: number
  random: () => number
  now_ms: () => number
}

export class Backoff {
  failures = 0
  #from_ms = 0
  #wait_ms = 0
  readonly #options: BackoffOptions

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  failed(options: { retry_after_ms?: number; most_ms?: number } = {}): void {
    const { first_ms, random, now_ms } = this.#options
    const most_ms = options.most_ms ?? this.#options.most_ms
    const window_ms = Math.min(most_ms, first_ms * 2 ** Math.min(this.failures, 20))
    this.failures++
    // Who was asked to wait waits at least so long, and then not all at once.
    const asked_ms = options.retry_after_ms ?? 0
    this.#from_ms = now_ms()
    this.#wait_ms = asked_ms + random() * window_ms
  }

  succeeded(): void {
    this.failures = 0
    this.#wait_ms = 0
  }

  /** A clock that is set back begins the wait anew, and does not make it an hour. */
  left_ms(): number {
    const now_ms = this.#options.now_ms()
    if (now_ms < this.#from_ms) this.#from_ms = now_ms
    return Math.max(0, this.#from_ms + this.#wait_ms - now_ms)
  }
}

/** Seconds or a date, as in RFC 9110; more than an hour is taken for an hour. */
export function retryAfter_ms(
  header: string | string[] | undefined,
  now_ms: number,
): number | undefined {
  const text = Array.isArray(header) ? header[0] : header
  if (text === undefined || text.trim() === '') return undefined
  const seconds = Number(text)
  const asked_ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now_ms
  return Number.isNaN(asked_ms) ? undefined : Math.min(Math.max(asked_ms, 0), 3_600_000)
}
