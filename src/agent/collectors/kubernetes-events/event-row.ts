/** An event of either API as a row: core/v1 as kubectl has it, events.k8s.io/v1 with series. */

import type { EventRow } from '../../../model/kubernetes.ts'
import type { KubernetesObject } from '../../kubernetes/api.ts'
import type { Pods } from '../../kubernetes/cluster.ts'

type Reference = { kind?: string; namespace?: string; name?: string; uid?: string }
type Source = { component?: string; host?: string }

/** Fields of both versions; old ones live on in the new one under the name deprecated…. */
type Event = KubernetesObject & {
  type?: string
  reason?: string
  note?: string
  message?: string
  regarding?: Reference
  involvedObject?: Reference
  count?: number
  deprecatedCount?: number
  series?: { count?: number; lastObservedTime?: string } | null
  eventTime?: string | null
  firstTimestamp?: string | null
  lastTimestamp?: string | null
  deprecatedFirstTimestamp?: string | null
  deprecatedLastTimestamp?: string | null
  reportingController?: string
  reportingComponent?: string
  source?: Source
  deprecatedSource?: Source
}

const workloads = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
])

export function eventRow(object: KubernetesObject, pods: Pods): EventRow {
  const event = object as Event
  const { metadata } = event
  const about = event.regarding ?? event.involvedObject ?? {}
  const source = event.deprecatedSource ?? event.source ?? {}
  const namespace = about.namespace ?? metadata.namespace ?? ''
  const { kind = '', name = '', uid = '' } = about
  const created = metadata.creationTimestamp
  const last = [
    event.series?.lastObservedTime,
    event.deprecatedLastTimestamp,
    event.lastTimestamp,
    event.eventTime,
    created,
  ]
  const first = [event.deprecatedFirstTimestamp, event.firstTimestamp, event.eventTime, created]
  const time_ms = firstTime(last)
  const { workload_kind, workload, node } = whereOf(about, namespace, pods)
  return {
    time_ms,
    first_time_ms: Math.min(firstTime(first) || time_ms, time_ms),
    event_uid: metadata.uid,
    namespace,
    kind,
    name,
    uid,
    workload_kind,
    workload,
    node: node === '' ? (source.host ?? '') : node,
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    message: event.note ?? event.message ?? '',
    count: event.series?.count ?? event.deprecatedCount ?? event.count ?? 1,
    source: event.reportingController || event.reportingComponent || source.component || '',
  }
}

function firstTime(times: readonly (string | null | undefined)[]): number {
  for (const time of times) {
    const time_ms = Date.parse(time ?? '')
    if (!Number.isNaN(time_ms)) return time_ms
  }
  return 0
}

/** A pod may be gone by now: it is kept a while by its name too. */
function whereOf({ kind = '', name = '', uid = '' }: Reference, namespace: string, pods: Pods) {
  if (kind === 'Node') return { workload_kind: '', workload: '', node: name }
  if (kind === 'Pod') {
    const pod = pods.byUid(uid) ?? pods.byName(namespace, name)
    if (pod !== undefined) return pod
  }
  const isWorkload = workloads.has(kind)
  return { workload_kind: isWorkload ? kind : '', workload: isWorkload ? name : '', node: '' }
}
