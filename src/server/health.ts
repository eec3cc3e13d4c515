/** Whether telemetry can be taken in, and whether all the rest works. */
import type { State } from '../state/state.ts'
import type { Segments } from '../store/segments.ts'
import type { Store, StoreHealth } from '../store/store.ts'
import type { HttpContext } from './http-context.ts'

type Rooms = {
  segments: Pick<Segments, 'stats'>
  look: () => Promise<StoreHealth>
  state: Pick<State, 'healthy'>
}

export function healthOf({ segments, look, state }: Rooms): Pick<HttpContext, 'serves' | 'health'> {
  const serves = () => segments.stats().disk_full === 0
  const health = async () => {
    const [store, isStateHealthy] = await Promise.all([look(), state.healthy()])
    const { segments_waiting, bytes_buffered, disk_used_ratio } = segments.stats()
    return {
      healthy: serves() && store.ready && isStateHealthy,
      parts: {
        ingest: { ready: serves(), segments_waiting, bytes_buffered, disk_used_ratio },
        store,
        state: { ready: isStateHealthy },
      },
    }
  }
  return { serves, health }
}

const wait_ms = 2_000
const unknown: StoreHealth = {
  ready: false,
  mode: 'embedded',
  version: '',
  restarts: 0,
  disk_bytes: 0,
  disk_free_bytes: 0,
}

/**
 * Anyone may probe, as often as they like: one query serves all who wait, and one that does not
 * come back is not waited for.
 */
export function storeLook(
  store: Pick<Store, 'health'>,
  wait = wait_ms,
): () => Promise<StoreHealth> {
  let last = unknown
  let looking: Promise<StoreHealth> | undefined
  const look = async () => {
    try {
      last = await store.health()
      return last
    } finally {
      looking = undefined
    }
  }
  return async () => {
    looking ??= look()
    const { promise: late, resolve } = Promise.withResolvers<StoreHealth>()
    const timer = setTimeout(() => resolve({ ...last, ready: false }), wait)
    return Promise.race([looking, late]).finally(() => clearTimeout(timer))
  }
}
