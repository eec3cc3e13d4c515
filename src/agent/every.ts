/** Time as the agent uses it; tests pass their own. */

/** Runs again and again without keeping the process alive; answers how to stop it. */
export function every(interval_ms: number, run: () => void): () => void {
  const timer = setInterval(run, interval_ms).unref()
  return () => clearInterval(timer)
}
