/** One turn of everything that the controller manager and the scheduler do. */
import type { Pod } from '../api/objects.ts'
import { runAutoscalers } from './autoscaler.ts'
import { type Control, podsOf, removeObject } from './control.ts'
import { runDeployments } from './deployments.ts'
import { runCronJobs, runJobs } from './jobs.ts'
import { runDaemonSets, runReplicaSets, runStatefulSets } from './replicas.ts'
import { runScheduler } from './scheduler.ts'
import { runServices } from './services.ts'

export class Controllers {
  readonly #control: Control
  /** Nothing is looked at again while nothing changes. */
  #seen_revision = -1
  #autoscaled_ms = 0
  #swept_ms = 0

  constructor(control: Control) {
    this.#control = control
  }

  step(): void {
    const { store, now_ms, pace, recorder } = this.#control
    runCronJobs(this.#control)
    if (now_ms() - this.#autoscaled_ms >= pace.autoscale_ms) {
      this.#autoscaled_ms = now_ms()
      runAutoscalers(this.#control)
    }
    if (now_ms() - this.#swept_ms >= 30_000) {
      this.#swept_ms = now_ms()
      recorder.sweep()
    }
    this.#collectGarbage()
    runJobs(this.#control, podsOf(store))
    if (store.revision === this.#seen_revision) return
    this.#seen_revision = store.revision
    const pods = podsOf(store)
    runDeployments(this.#control, pods)
    runReplicaSets(this.#control, pods)
    runStatefulSets(this.#control, pods)
    runDaemonSets(this.#control, pods)
    runScheduler(this.#control)
    runServices(this.#control)
  }

  /** What belongs to something that is gone goes too. */
  #collectGarbage(): void {
    const { store, now_ms, pace } = this.#control
    for (const kind of ['ReplicaSet', 'Job', 'EndpointSlice', 'Pod'] as const) {
      for (const object of store.list<Pod>(kind)) {
        const owner = object.metadata.ownerReferences?.[0]
        if (owner === undefined || owner.kind === 'Node') continue
        const { namespace, name } = object.metadata
        const found = store.get(owner.kind, owner.name, namespace)
        if (found?.metadata.uid === owner.uid) continue
        if (kind !== 'Pod') store.remove(kind, name, namespace)
        else if (object.metadata.deletionTimestamp === undefined) {
          removePod({ store, now_ms, pace }, object)
        }
      }
    }
  }
}

function removePod(control: Parameters<typeof removeObject>[0], { metadata }: Pod): void {
  removeObject(control, 'Pod', metadata.namespace, metadata.name)
}
