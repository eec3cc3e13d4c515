/**
 * Time as a service's code sees it. Live it is the wall clock and timers; for the past it is a
 * cursor that sleeping moves, so that the same code tells yesterday in microseconds.
 */

export type HrTime = [number, number]

export interface Clock {
  now_ms(): number
  sleep(duration_ms: number): Promise<void>
  /** Runs parts side by side and ends when the slowest has. */
  together<Part>(parts: readonly (() => Promise<Part>)[]): Promise<Part[]>
}

export function hrTime(time_ms: number): HrTime {
  const seconds = Math.floor(time_ms / 1000)
  const nanoseconds = Math.round((time_ms - seconds * 1000) * 1e6)
  return nanoseconds >= 1e9 ? [seconds + 1, 0] : [seconds, nanoseconds]
}

const drift_ms_max = 20

/** The wall clock with fractions of a millisecond, which Date.now lacks. */
export function wallClock(): () => number {
  let origin_ms = performance.timeOrigin
  return () => {
    const precise_ms = origin_ms + performance.now()
    const drift_ms = Date.now() - precise_ms
    if (Math.abs(drift_ms) <= drift_ms_max) return precise_ms
    origin_ms += drift_ms
    return precise_ms + drift_ms
  }
}

export class LiveClock implements Clock {
  readonly now_ms: () => number
  constructor(now_ms: () => number) {
    this.now_ms = now_ms
  }

  sleep(duration_ms: number): Promise<void> {
    return new Promise((wake) => setTimeout(wake, duration_ms))
  }

  together<Part>(parts: readonly (() => Promise<Part>)[]): Promise<Part[]> {
    return Promise.all(parts.map((part) => part()))
  }
}

export class PastClock implements Clock {
  #cursor_ms: number
  constructor(start_ms: number) {
    this.#cursor_ms = start_ms
  }

  now_ms(): number {
    return this.#cursor_ms
  }

  async sleep(duration_ms: number): Promise<void> {
    this.#cursor_ms += Math.max(0, duration_ms)
  }

  async together<Part>(parts: readonly (() => Promise<Part>)[]): Promise<Part[]> {
    const start_ms = this.#cursor_ms
    let end_ms = start_ms
    const done: Part[] = []
    for (const part of parts) {
      this.#cursor_ms = start_ms
      done.push(await part())
      end_ms = Math.max(end_ms, this.#cursor_ms)
    }
    this.#cursor_ms = end_ms
    return done
  }

  /** Waits for work at most so long; undefined when it took longer. */
  async within<Done>(limit_ms: number, work: () => Promise<Done>): Promise<Done | undefined> {
    const start_ms = this.#cursor_ms
    const done = await work()
    if (this.#cursor_ms - start_ms <= limit_ms) return done
    this.#cursor_ms = start_ms + limit_ms
    return undefined
  }
}
