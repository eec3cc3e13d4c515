/**
 * When each target is scraped: at a place of its interval that only its name decides, so that a
 * restart does not move it and a hundred targets are not asked in the same second.
 */

export type Timed = { id: string; interval_ms: number; run: () => Promise<void> }

/** So many are under way at once. */
const running_max = 16
export const tick_ms = 250

type Entry = { timed: Timed; due_ms: number; isRunning: boolean }

export class Timetable {
  readonly #entries = new Map<string, Entry>()
  readonly #now_ms: () => number
  #running = 0

  constructor(now_ms: () => number) {
    this.#now_ms = now_ms
  }

  set(timed: Timed): void {
    const known = this.#entries.get(timed.id)
    if (known !== undefined && known.timed.interval_ms === timed.interval_ms) {
      known.timed = timed
      return
    }
    const due_ms = nextDue(timed, this.#now_ms())
    this.#entries.set(timed.id, { timed, due_ms, isRunning: false })
  }

  delete(id: string): void {
    this.#entries.delete(id)
  }

  /** Starts what is due; call it every tick_ms. What still runs is not started twice. */
  tick(): void {
    const now_ms = this.#now_ms()
    for (const entry of this.#entries.values()) {
      if (entry.isRunning || entry.due_ms > now_ms) continue
      if (this.#running >= running_max) return
      entry.due_ms = nextDue(entry.timed, now_ms)
      entry.isRunning = true
      this.#running++
      void entry.timed.run().finally(() => {
        entry.isRunning = false
        this.#running--
      })
    }
  }
}

function nextDue({ id, interval_ms }: Timed, now_ms: number): number {
  const offset_ms = offsetOf(id) % interval_ms
  const rounds = Math.floor((now_ms - offset_ms) / interval_ms)
  return (rounds + 1) * interval_ms + offset_ms
}

/** FNV-1a, 32 bits. */
export function offsetOf(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
