/** What the ingest room counts, as plain numbers: the server renders them as metrics. */
import type { FaultCode } from '../model/faults.ts'
import type { DecodeOutcome, RejectReason } from '../model/outcome.ts'
import type { Signal } from './receiver.ts'

export type RecordCounts = {
  source: string
  signal: Signal
  requests: number
  /** After decompression, of the requests whose records were stored. */
  bytes: number
  accepted: number
  rejected: Partial<Record<RejectReason, number>>
  /** When records of it last came in; 0 is never. */
  last_ms: number
}

export type ListenerCounts = {
  listener: string
  connections: number
  /** Closed at once because connections_max was reached. */
  connections_refused: number
  requests: number
  /** The sender went away before it was answered. */
  abandoned: number
  refused: Partial<Record<FaultCode, number>>
}

export type IngestStats = {
  records: RecordCounts[]
  listeners: ListenerCounts[]
  in_flight_bytes: number
  in_flight_requests: number
}

export class Counters {
  readonly #records = new Map<string, RecordCounts>()
  readonly #listeners = new Map<string, ListenerCounts>()

  stored(source: string, signal: Signal, bytes: number, outcome: DecodeOutcome, now_ms = 0): void {
    const counts = this.#recordsOf(source, signal)
    counts.requests++
    counts.bytes += bytes
    counts.accepted += outcome.accepted
    if (outcome.accepted > 0) counts.last_ms = now_ms
    for (const [reason, count] of Object.entries(outcome.reasons)) {
      const key = reason as RejectReason
      counts.rejected[key] = (counts.rejected[key] ?? 0) + count
    }
  }

  /** The listener's own counts, to be written to by it. */
  listener(name: string): ListenerCounts {
    let counts = this.#listeners.get(name)
    if (counts === undefined) {
      counts = {
        listener: name,
        connections: 0,
        connections_refused: 0,
        requests: 0,
        abandoned: 0,
        refused: {},
      }
      this.#listeners.set(name, counts)
    }
    return counts
  }

  records(): RecordCounts[] {
    return Array.from(this.#records.values(), (counts) => structuredClone(counts))
  }

  listeners(): ListenerCounts[] {
    return Array.from(this.#listeners.values(), (counts) => structuredClone(counts))
  }

  #recordsOf(source: string, signal: Signal): RecordCounts {
    const key = `${source} ${signal}`
    let counts = this.#records.get(key)
    if (counts === undefined) {
      counts = { source, signal, requests: 0, bytes: 0, accepted: 0, rejected: {}, last_ms: 0 }
      this.#records.set(key, counts)
    }
    return counts
  }
}

export function countRefused(counts: ListenerCounts, code: FaultCode): void {
  counts.refused[code] = (counts.refused[code] ?? 0) + 1
}
