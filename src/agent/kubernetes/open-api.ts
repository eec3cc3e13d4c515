/** The Kubernetes API over one connection: get, text and watches that share the turn to list. */

import type { KubernetesApi } from './api.ts'
import { Connection, type ConnectionOptions, readAll } from './connection.ts'
import { type ApiLog, startWatch } from './watch-loop.ts'
import { type WatchLimits, watchLimits } from './watch-once.ts'

export type ApiOptions = ConnectionOptions & {
  log: ApiLog
  random?: () => number
  limits?: Partial<WatchLimits>
  pause_ms_max?: number
}

const get_timeout_ms = 30_000
const answer_bytes_max = 64 * 1024 * 1024

export type OpenApi = KubernetesApi & { close(): void }

export function openApi(options: ApiOptions): OpenApi {
  const { log, now_ms, random = Math.random, pause_ms_max } = options
  const connection = new Connection(options)
  const watches = new Set<{ close(): void }>()
  const context = {
    connection,
    listTurn: oneAtATime(),
    limits: { ...watchLimits, ...options.limits },
    now_ms,
    random,
    log,
    ...(pause_ms_max === undefined ? {} : { pause_ms_max }),
  }
  const text: KubernetesApi['text'] = async (path, { accept, timeout_ms } = {}) => {
    const signal = AbortSignal.timeout(timeout_ms ?? get_timeout_ms)
    const asked = accept === undefined ? { signal } : { accept, signal }
    const response = await connection.request(path, asked)
    return (await readAll(response, answer_bytes_max)).toString('utf8')
  }
  return {
    text,
    get: async <Body>(path: string) => JSON.parse(await text(path)) as Body,
    watch(ask, tell) {
      const running = startWatch(ask, tell, context)
      const watch = {
        close() {
          running.close()
          watches.delete(watch)
        },
      }
      watches.add(watch)
      return watch
    },
    close() {
      for (const watch of watches) watch.close()
      connection.close()
    },
  }
}

function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(run: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(run)
    last = turn.catch(() => {})
    return turn
  }
}
