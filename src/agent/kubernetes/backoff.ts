/** How long to wait before trying again: full jitter, so that agents never come back at once. */

export type Backoff = { first_ms: number; max_ms: number }

export const watchBackoff: Backoff = { first_ms: 1000, max_ms: 60_000 }
/** A rule that is missing is added by a person: asking every second helps nobody. */
export const refusedBackoff: Backoff = { first_ms: 10_000, max_ms: 300_000 }

/** After the first failure `failures` is 1. `random` gives [0, 1). */
export function backoff_ms(
  failures: number,
  random: () => number,
  { first_ms, max_ms }: Backoff,
): number {
  const ceiling = Math.min(max_ms, first_ms * 2 ** Math.min(failures - 1, 30))
  return Math.ceil(random() * ceiling)
}

/** Resolves after this long, or at once when the signal says to stop. */
export function pause(wait_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, wait_ms)
    signal.addEventListener('abort', done)
  })
}
