/**
 * Collects the points of one collector and hands them to the sink as OTLP requests of a bounded
 * size. Metrics never wait: what the sink refuses is counted, the next scrape tells the new values.
 */
import { MetricsRequest, type Scope } from '../../wire/otlp/encode-metrics.ts'
import type { Sink } from '../collector.ts'

/** A request of this size or more is handed over. */
const request_bytes_max = 1024 * 1024

export class MetricsOutput {
  readonly request: MetricsRequest
  readonly #sink: Sink
  #accepted = 0
  #dropped = 0
  readonly #leaving = new Set<Promise<void>>()

  constructor(sink: Sink, scope: Scope) {
    this.#sink = sink
    this.request = new MetricsRequest(scope)
  }

  /** Hands over what there is when it is much. Call it between points, then ask for groups anew. */
  cut(): void {
    if (this.request.bytes >= request_bytes_max) this.#send()
  }

  /** Hands over what there is, and waits until nothing is under way. */
  async flush(): Promise<void> {
    this.#send()
    await Promise.all(this.#leaving)
  }

  /** Since the call before. */
  counts(): { records: number; dropped: number } {
    const counts = { records: this.#accepted, dropped: this.#dropped }
    this.#accepted = this.#dropped = 0
    return counts
  }

  #send(): void {
    const { records, oldest_ms } = this.request
    if (records === 0) return
    const body = this.request.finish()
    const leaving = this.#sink
      .put({ signal: 'metrics', body, records, oldest_ms }, { wait: false })
      .then(
        (isTaken) => {
          if (isTaken) this.#accepted += records
          else this.#dropped += records
        },
        () => {
          this.#dropped += records
        },
      )
      .finally(() => this.#leaving.delete(leaving))
    this.#leaving.add(leaving)
  }
}
