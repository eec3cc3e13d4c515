/**
 * Slows guessing of passwords: counts failures by name, by address and by both, in a sliding
 * window. One name from one address is stopped soon; a name alone late, so that nobody locks
 * another out.
 */
import { Fault } from '../../model/faults.ts'

const window_ms = 15 * 60_000
const failures_max = { pair: 5, address: 30, name: 100 }
const keys_max = 20_000

export type Throttle = ReturnType<typeof createThrottle>
type Attempt = { name: string; address: string }

export function createThrottle(now_ms: () => number) {
  const failures = new Map<string, number[]>()

  function recent(key: string): number[] {
    const after_ms = now_ms() - window_ms
    const times = (failures.get(key) ?? []).filter((time) => time > after_ms)
    if (times.length === 0) failures.delete(key)
    else failures.set(key, times)
    return times
  }

  return {
    /** Throws sign_in_throttled when there were too many failures. */
    check(attempt: Attempt): void {
      for (const [kind, key] of keysOf(attempt)) {
        const times = recent(key)
        const stopped_by = times.at(-failures_max[kind])
        if (stopped_by === undefined) continue
        const retry_after_s = Math.ceil((stopped_by + window_ms - now_ms()) / 1_000)
        throw new Fault('sign_in_throttled', { retry_after_s })
      }
    },
    /** To be called before the password is checked: guesses sent at one time must not all pass. */
    failed(attempt: Attempt): void {
      for (const [, key] of keysOf(attempt)) {
        const times = [...recent(key), now_ms()]
        failures.delete(key)
        failures.set(key, times)
      }
      // The least recently failing go first: a flood of names cannot fill the memory.
      while (failures.size > keys_max) failures.delete(failures.keys().next().value!)
    },
    /** The right password clears the pair, and takes back its count from the others. */
    succeeded(attempt: Attempt): void {
      for (const [kind, key] of keysOf(attempt)) {
        const times = recent(key).slice(0, -1)
        if (kind === 'pair' || times.length === 0) failures.delete(key)
        else failures.set(key, times)
      }
    },
  }
}

function keysOf({ name, address }: Attempt): ['pair' | 'address' | 'name', string][] {
  const plain = name.toLowerCase()
  return [
    ['pair', `pair ${address} ${plain}`],
    ['address', `address ${address}`],
    ['name', `name ${plain}`],
  ]
}
