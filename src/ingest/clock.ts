/** Time as the listeners use it, passed in so that tests can turn the hands. */

export type Clock = {
  now_ms: () => number
  /** Runs again and again without keeping the process alive; answers how to stop it. */
  every: (interval_ms: number, run: () => void) => () => void
}

export const systemClock: Clock = {
  now_ms: Date.now,
  every(interval_ms, run) {
    const timer = setInterval(run, interval_ms).unref()
    return () => clearInterval(timer)
  },
}
