/** What every controller of the simulated cluster is given. */
import type { Random } from '../../random.ts'
import type { ObjectStore } from '../api/object-store.ts'
import type { Pod } from '../api/objects.ts'
import type { Recorder } from './recorder.ts'

/** How fast the cluster acts; tests are in a hurry. */
export type Pace = {
  /** Creating a sandbox, pulling and starting, at most. */
  start_ms: number
  /** The first wait after a crash, doubled by each further one up to the most. */
  backoff_ms: number
  backoff_ms_max: number
  grace_ms: number
  heartbeat_ms: number
  autoscale_ms: number
  /** A rollout that makes no progress for so long is called failed. */
  progress_ms: number
  /** A cron schedule of a minute is due this often. */
  minute_ms: number
}

export const usualPace: Pace = {
  start_ms: 2500,
  backoff_ms: 10_000,
  backoff_ms_max: 300_000,
  grace_ms: 3000,
  heartbeat_ms: 10_000,
  autoscale_ms: 15_000,
  progress_ms: 90_000,
  minute_ms: 60_000,
}

export type Control = {
  store: ObjectStore
  now_ms: () => number
  random: Random
  recorder: Recorder
  pace: Pace
  trouble: (scenario: string) => boolean
  /** Share of its request that a pod's processor use is, for the autoscaler. */
  busy: (pod: Pod) => number
  /** Which of its owner's pods it is; places shop pods where their names say. */
  ordinals: Map<string, number>
}

export function podsOf(store: ObjectStore): Map<string, Pod[]> {
  const byOwner = new Map<string, Pod[]>()
  for (const pod of store.list<Pod>('Pod')) {
    const uid = pod.metadata.ownerReferences?.[0]?.uid ?? ''
    const list = byOwner.get(uid)
    if (list === undefined) byOwner.set(uid, [pod])
    else list.push(pod)
  }
  return byOwner
}

export function isReady(pod: Pod): boolean {
  return (
    pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ===
    true
  )
}

export function isOver({ status: { phase } }: Pod): boolean {
  return phase === 'Succeeded' || phase === 'Failed'
}

/** Pods that end in grace, and everything else at once. */
export function removeObject(
  { store, now_ms, pace }: Pick<Control, 'store' | 'now_ms' | 'pace'>,
  kind: string,
  namespace: string | undefined,
  name: string,
): void {
  if (kind !== 'Pod') {
    store.remove(kind, name, namespace)
    return
  }
  const pod = store.get<Pod>('Pod', name, namespace)
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return
  if (pod.spec.nodeName === undefined || isOver(pod)) {
    store.remove('Pod', name, namespace)
    return
  }
  const grace_s = Math.max(1, Math.round(pace.grace_ms / 1000))
  const deletionTimestamp = `${new Date(now_ms() + pace.grace_ms).toISOString().slice(0, 19)}Z`
  const metadata = { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: grace_s }
  store.apply({ ...pod, metadata }, 'kube-controller-manager')
}
