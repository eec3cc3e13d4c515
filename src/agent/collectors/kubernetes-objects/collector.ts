/**
 * The history of a cluster's objects: every change of every kind with its diff, who made it and how
 * the object does. Secrets are never asked for.
 */
import type { CoverageRow, ObjectRow } from '../../../model/kubernetes.ts'
import type { Collector } from '../../collector.ts'
import { LineWriter } from '../line-writer.ts'
import { KindWatch } from './kind-watch.ts'
import { watchedKinds } from './kinds.ts'
import { KnownObjects } from './known-objects.ts'

const flush_ms = 1_000
const refresh_check_ms = 60_000

export const kubernetesObjects: Collector<'kubernetes_objects'> = {
  type: 'kubernetes_objects',
  async start({ settings, sink, cluster, every, now_ms, log }) {
    if (cluster === undefined) throw new Error('kubernetes_objects needs a cluster')
    const writer = new LineWriter<ObjectRow>(sink, 'objects')
    const context = {
      cluster,
      known: new KnownObjects(),
      namespacesExcept: new Set(settings.namespaces_except),
      write: (row: ObjectRow) => writer.add(row),
      now_ms,
    }
    // Pods are told with their workload, which the index knows once it has its own list.
    await cluster.pods.ready(5_000)
    const watches = watchedKinds.map((kind) => new KindWatch(kind, context))
    for (const watch of watches) watch.start()
    let refreshed_ms = now_ms()
    const failed = (error: unknown) => log.error({ err: error }, 'rows were not taken by the spool')
    const stops = [
      every(flush_ms, () => void writer.flush().catch(failed)),
      every(refresh_check_ms, () => {
        if (now_ms() - refreshed_ms < settings.refresh_hours * 3_600_000) return
        refreshed_ms = now_ms()
        for (const watch of watches) watch.start()
      }),
    ]
    let writtenBefore = 0
    return {
      health: () => healthOf(watches),
      coverage() {
        const records = writer.written - writtenBefore
        writtenBefore = writer.written
        return coverageOf(watches, records, now_ms())
      },
      async stop() {
        for (const stop of stops) stop()
        for (const watch of watches) watch.stop()
        await writer.flush()
      },
    }
  },
}

/** An API that a cluster does not have is nothing to repair. */
function blindOf(watches: readonly KindWatch[]): KindWatch[] {
  return watches.filter(({ problem }) => problem.message !== '' && problem.status !== 404)
}

function healthOf(watches: readonly KindWatch[]) {
  const blind = blindOf(watches)
  if (blind.length === 0) return { state: 'healthy' as const, message: '' }
  const messages = blind.map(({ kind, problem }) => `${kind.kind}: ${problem.message}`)
  const state = blind.length === watches.length ? ('failed' as const) : ('degraded' as const)
  return { state, message: messages.join('\n').slice(0, 2000) }
}

function coverageOf(
  watches: readonly KindWatch[],
  records: number,
  time_ms: number,
): CoverageRow[] {
  const shared = {
    time_ms,
    source: 'kubernetes_objects',
    signal: 'objects' as const,
    namespace: '',
    workload: '',
    pod: '',
    lag_s: 0,
    dropped: 0,
  }
  const blind = blindOf(watches).map(({ kind, problem }) => ({
    ...shared,
    state: 'blind' as const,
    reason: problem.status === 403 || problem.status === 401 ? 'permission' : 'no_endpoint',
    detail: `${kind.kind}: ${problem.message}`,
    records: 0,
  }))
  return [{ ...shared, state: 'arriving', reason: '', detail: '', records }, ...blind]
}
