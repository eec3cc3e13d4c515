/**
 * How much of the spool each signal may fill: the less important it is the earlier it is refused,
 * so that a flood of metrics leaves room for the cluster's events. Knows bytes only.
 */
import { type ChunkSignal, chunkSignals } from '../collector.ts'

const shares: Readonly<Record<ChunkSignal, number>> = {
  objects: 1,
  events: 1,
  logs: 0.95,
  traces: 0.85,
  metrics: 0.8,
  coverage: 0.7,
}

type Waiting = { signal: ChunkSignal; bytes: number; resolve: (hasRoom: boolean) => void }

export class Room {
  readonly bytes_max: number
  readonly #used: () => number
  /** Let in and not yet counted by `used`. */
  #reserved = 0
  #waiting: Waiting[] = []
  #isClosed = false

  constructor(bytes_max: number, used: () => number) {
    this.bytes_max = bytes_max
    this.#used = used
  }

  couldHold(signal: ChunkSignal, bytes: number): boolean {
    return bytes <= this.bytes_max * shares[signal]
  }

  take(signal: ChunkSignal, bytes: number): boolean {
    if (this.#isClosed) return false
    const used = this.#used() + this.#reserved
    if (used + bytes > this.bytes_max * shares[signal]) return false
    this.#reserved += bytes
    return true
  }

  /** Resolves to false when the spool closes first. */
  wait(signal: ChunkSignal, bytes: number): Promise<boolean> {
    if (this.#isClosed) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#waiting.push({ signal, bytes, resolve })
    })
  }

  /** It is written, or was given up. */
  settle(bytes: number): void {
    this.#reserved -= bytes
  }

  waiting(): number {
    return this.#waiting.length
  }

  /** Lets in who fits now, the most important first. */
  look(): void {
    if (this.#waiting.length === 0) return
    for (const signal of chunkSignals) {
      for (const one of this.#waiting.filter((other) => other.signal === signal)) {
        if (!this.take(signal, one.bytes)) break
        this.#waiting.splice(this.#waiting.indexOf(one), 1)
        one.resolve(true)
      }
    }
  }

  close(): void {
    this.#isClosed = true
    for (const { resolve } of this.#waiting.splice(0)) resolve(false)
  }
}
