/** Gathers rows as lines of JSON and gives the sink chunks; a full spool slows the giver. */

import type { Chunk, Sink } from '../collector.ts'

const chunk_bytes = 512 * 1024

export class LineWriter<Row extends { time_ms: number }> {
  readonly #sink: Sink
  readonly #signal: Chunk['signal']
  #lines: string[] = []
  #bytes = 0
  #oldest_ms = Number.POSITIVE_INFINITY
  #positions: Record<string, string> = {}
  #last: Promise<void> = Promise.resolve()
  /** Rows that the sink has taken. */
  written = 0

  constructor(sink: Sink, signal: Chunk['signal']) {
    this.#sink = sink
    this.#signal = signal
  }

  /** Wait for what it answers before giving more. */
  add(row: Row, positions?: Readonly<Record<string, string>>): Promise<void> | undefined {
    const line = JSON.stringify(row)
    this.#lines.push(line)
    this.#bytes += line.length + 1
    this.#oldest_ms = Math.min(this.#oldest_ms, row.time_ms)
    Object.assign(this.#positions, positions)
    return this.#bytes >= chunk_bytes ? this.flush() : undefined
  }

  /** Chunks leave in the order in which their rows were given. */
  flush(): Promise<void> {
    if (this.#lines.length > 0) {
      const chunk = {
        signal: this.#signal,
        body: Buffer.from(`${this.#lines.join('\n')}\n`),
        records: this.#lines.length,
        oldest_ms: this.#oldest_ms,
        positions: this.#positions,
      }
      this.#lines = []
      this.#bytes = 0
      this.#oldest_ms = Number.POSITIVE_INFINITY
      this.#positions = {}
      this.#last = this.#last.then(async () => {
        await this.#sink.put(chunk)
        this.written += chunk.records
      })
    }
    return this.#last
  }
}
