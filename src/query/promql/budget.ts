/**
 * What one query may use: samples held at a time, time, and whether it is still wanted. Loops ask
 * it between pieces of work, so that other work and the caller's signal get their turn.
 */
import { QueryError } from '../series.ts'

const slice_ms = 25

export class Budget {
  held = 0
  private slice_from_ms: number
  private readonly until_ms: number
  private readonly samples_max: number
  private readonly signal: AbortSignal | undefined
  private readonly clock: () => number
  peak = 0

  constructor(
    limits: { samples_max: number; timeout_ms: number },
    signal: AbortSignal | undefined,
    clock: () => number,
  ) {
    this.samples_max = limits.samples_max
    this.signal = signal
    this.clock = clock
    this.slice_from_ms = clock()
    this.until_ms = this.slice_from_ms + limits.timeout_ms
  }

  now(): number {
    return this.clock()
  }

  hold(samples: number): void {
    this.held += samples
    this.peak = Math.max(this.peak, this.held)
    if (this.held > this.samples_max) {
      const says = 'query processing would load too many samples into memory in query execution'
      throw new QueryError('execution', says)
    }
  }

  release(samples: number): void {
    this.held -= samples
  }

  /** Cheap unless a slice of time is used up; then others run first. */
  async breathe(): Promise<void> {
    if (this.signal?.aborted) throw stopped(this.signal)
    const now = this.clock()
    if (now > this.until_ms) throw timedOut()
    if (now - this.slice_from_ms < slice_ms) return
    await new Promise<void>((resolve) => setImmediate(resolve))
    this.slice_from_ms = this.clock()
    if (this.signal?.aborted) throw stopped(this.signal)
  }
}

const timedOut = (): QueryError =>
  new QueryError('timeout', 'query timed out in expression evaluation')

function stopped(signal: AbortSignal): QueryError {
  const { reason } = signal
  if (reason instanceof DOMException && reason.name === 'TimeoutError') return timedOut()
  return new QueryError('canceled', 'query was canceled in expression evaluation')
}
