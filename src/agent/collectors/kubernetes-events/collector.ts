/** The cluster's events as rows, told when they happen and again when they have happened more. */

import type { EventRow } from '../../../model/kubernetes.ts'
import type { Collector, CollectorContext } from '../../collector.ts'
import type { KubernetesObject, WatchEvent } from '../../kubernetes/api.ts'
import { LineWriter } from '../line-writer.ts'
import { eventRow } from './event-row.ts'
import { ToldEvents } from './told-events.ts'

const path = '/apis/events.k8s.io/v1/events'
/** The same events in older words, for a cluster that has no events.k8s.io. */
const old_path = '/api/v1/events'
const flush_ms = 1_000

export const kubernetesEvents: Collector<'kubernetes_events'> = {
  type: 'kubernetes_events',
  async start(context) {
    const { cluster, sink, every, now_ms, log } = context
    if (cluster === undefined) throw new Error('kubernetes_events needs a cluster')
    const writer = new LineWriter<EventRow>(sink, 'events')
    let problem = { status: 0, message: '' }
    const take = taker(context, writer)
    // Events name pods: their workloads are known once the pods are.
    await cluster.pods.ready(5_000)
    let watch = { close() {} }
    const begin = (from: string) => {
      const ask = { path: from, paged: true, keep: withoutManagers }
      watch = cluster.api.watch(ask, async (event) => {
        if (event.type === 'failed' && event.status === 404 && from === path) {
          watch.close()
          begin(old_path)
          return
        }
        problem = event.type === 'failed' ? event : { status: 0, message: '' }
        await take(event)
      })
    }
    begin(path)
    const failed = (error: unknown) => log.error({ err: error }, 'rows were not taken by the spool')
    const stopFlush = every(flush_ms, () => void writer.flush().catch(failed))
    let writtenBefore = 0
    return {
      health: () =>
        problem.message === ''
          ? { state: 'healthy', message: '' }
          : { state: 'failed', message: problem.message },
      coverage() {
        const records = writer.written - writtenBefore
        writtenBefore = writer.written
        const isBlind = problem.message !== ''
        const isRefused = problem.status === 403 || problem.status === 401
        return [
          {
            time_ms: now_ms(),
            source: 'kubernetes_events',
            signal: 'events',
            namespace: '',
            workload: '',
            pod: '',
            state: isBlind ? 'blind' : 'arriving',
            reason: isBlind ? (isRefused ? 'permission' : 'no_endpoint') : '',
            detail: problem.message,
            lag_s: 0,
            records,
            dropped: 0,
          },
        ]
      },
      async stop() {
        stopFlush()
        watch.close()
        await writer.flush()
      },
    }
  },
}

function taker(
  { cluster, settings, sink }: CollectorContext<'kubernetes_events'>,
  writer: LineWriter<EventRow>,
) {
  const told = new ToldEvents(sink)
  const except = new Set(settings.namespaces_except)
  return async (event: WatchEvent): Promise<void> => {
    // That the API forgot an event is no news.
    if (event.type === 'failed' || event.type === 'recovered' || event.type === 'deleted') return
    const objects: readonly KubernetesObject[] =
      event.type === 'page' || event.type === 'listed' ? event.items : [event.object]
    for (const object of objects) {
      const row = eventRow(object, cluster!.pods)
      if (except.has(row.namespace)) continue
      const positions = told.tell(row)
      if (positions !== undefined) await writer.add(row, positions)
    }
  }
}

function withoutManagers(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
