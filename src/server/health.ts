/** Whether telemetry can be taken in, and whether all the rest works. */
import type { State } from '../state/state.ts'
import type { Segments } from '../store/segments.ts'
import type { Store } from '../store/store.ts'
import type { Health } from './http-context.ts'

type Rooms = {
  segments: Pick<Segments, 'stats'>
  store: Pick<Store, 'health'>
  state: Pick<State, 'healthy'>
}

export function healthOf({ segments, store, state }: Rooms): () => Promise<Health> {
  return async () => {
    const [storeHealth, isStateHealthy] = await Promise.all([store.health(), state.healthy()])
    const { disk_full, segments_waiting, bytes_buffered, disk_used_ratio } = segments.stats()
    const serves = disk_full === 0
    return {
      serves,
      healthy: serves && storeHealth.ready && isStateHealthy,
      parts: {
        ingest: { ready: serves, segments_waiting, bytes_buffered, disk_used_ratio },
        store: storeHealth,
        state: { ready: isStateHealthy },
      },
    }
  }
}
