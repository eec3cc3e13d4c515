/** Work that comes round again: each job alone, never twice at a time, and ended on stop. */
import type { Logger } from 'pino'

export type Job = { name: string; every_ms: number; run: () => Promise<unknown> }

/** A job that hangs must not keep the server from stopping: the next start does its work again. */
const stop_ms = 1_000

/** Runs each now and then again its interval after it ended. The answer stops them. */
export function startJobs(jobs: readonly Job[], log: Logger): () => Promise<void> {
  const stopping = Promise.withResolvers<void>()
  let isStopping = false
  const loops = jobs.map(async ({ name, every_ms, run }) => {
    while (!isStopping) {
      try {
        await run()
      } catch (error) {
        log.warn({ err: error, job: name }, 'a job failed; it runs again')
      }
      await within(every_ms, stopping.promise)
    }
  })
  return async () => {
    isStopping = true
    stopping.resolve()
    await within(stop_ms, Promise.all(loops))
  }
}

/** Until the event, or until the time is over. */
async function within(ms: number, event: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([promise, event])
  clearTimeout(timer)
}
