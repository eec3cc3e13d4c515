/** Lines of an agent with a known number of good and refused ones, for the ingest tests. */
import type { Signal } from '../../src/ingest/receiver.ts'
import type { Sample } from './otlp-samples.ts'

export function kubernetesSample(signal: Signal, { good, old, now_ms }: Sample): Uint8Array {
  const times_ms = [
    ...Array.from({ length: good }, (_, at) => now_ms - 1000 + at),
    ...Array.from({ length: old }, (_, at) => 1_000_000_000_000 + at),
  ]
  const lines = times_ms.map((time_ms) => JSON.stringify({ time_ms, ...bodies[signal] }))
  return Buffer.from(lines.map((line) => `${line}\n`).join(''))
}

const bodies: Partial<Record<Signal, object>> = {
  objects: { change: 'added', kind: 'Pod', name: 'cart-1', namespace: 'shop' },
  events: { event_uid: 'e', kind: 'Pod', name: 'cart-1', type: 'Warning', reason: 'BackOff' },
  coverage: { source: 'container_logs', signal: 'logs', state: 'arriving' },
}
