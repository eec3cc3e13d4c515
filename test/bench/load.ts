/**
 * Sends prepared bodies, as fast as the server takes them or at a steady rate. Bodies are made
 * before the clock starts, so that making them is not measured.
 */
import { pause } from './processes.ts'
import { Busy, type Sender } from './senders.ts'

/** Every body once, so many at a time. Answers seconds of wall time. */
export async function sendAll(
  bodies: readonly Uint8Array[],
  sender: Sender,
  at_once: number,
): Promise<number> {
  const began_ms = performance.now()
  let next = 0
  const one = async () => {
    while (next < bodies.length) await sendPatiently(bodies[next++]!, sender)
  }
  await Promise.all(Array.from({ length: at_once }, one))
  return (performance.now() - began_ms) / 1_000
}

/** As exporters do: what the server is too busy for is sent again. */
async function sendPatiently(body: Uint8Array, sender: Sender): Promise<void> {
  for (;;) {
    try {
      return await sender.send(body)
    } catch (error) {
      if (!(error instanceof Busy)) throw error
      await pause(500)
    }
  }
}

export type Steady = { ack_ms: number[]; late_ms_max: number; wall_s: number }

/**
 * One body every interval, whether or not earlier ones were answered: latency counts from when a
 * body was due, so that a stalled server is not flattered by a sender that waits for it.
 */
export async function sendSteadily(
  bodyAt: (i: number) => Uint8Array,
  count: number,
  interval_ms: number,
  sender: Sender,
): Promise<Steady> {
  const began_ms = performance.now()
  const ack_ms: number[] = []
  let late_ms_max = 0
  const pending: Promise<void>[] = []
  for (let i = 0; i < count; i++) {
    const due_ms = began_ms + i * interval_ms
    const wait_ms = due_ms - performance.now()
    if (wait_ms > 0) await pause(wait_ms)
    const body = bodyAt(i)
    const sent_ms = performance.now()
    // A timer of this process that fires late is the bench's fault, not the server's.
    late_ms_max = Math.max(late_ms_max, sent_ms - due_ms)
    pending.push(
      sender.send(body).then(() => {
        ack_ms.push(performance.now() - sent_ms)
      }),
    )
  }
  await Promise.all(pending)
  return { ack_ms, late_ms_max, wall_s: (performance.now() - began_ms) / 1_000 }
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
