/**
 * Pods by uid, address, name and container, kept a while past their end so that their last lines
 * still carry their names. Told of changes by a watch; asks nobody itself.
 */
import type { WatchEvent } from './api.ts'
import type { ContainerInfo, PodInfo, Pods } from './cluster.ts'
import type { Owner } from './owner-names.ts'
import type { OwnedPod } from './owners.ts'
import { type Pod, podInfo, workloadOf } from './pod-info.ts'

/** Filebeat reads on for 60 s after a pod's end; its lines may be read later than that. */
const kept_ms = 120_000

type Entry = { pod: PodInfo; owned: OwnedPod; gone_ms: number }

export type PodIndexOptions = {
  chain: (pod: OwnedPod) => readonly Owner[]
  namespaceAnnotations: (namespace: string) => Readonly<Record<string, string>> | undefined
  now_ms: () => number
}

export class PodIndex implements Pods {
  readonly #options: PodIndexOptions
  readonly #entries = new Map<string, Entry>()
  readonly #uidByLogUid = new Map<string, string>()
  readonly #uidByIp = new Map<string, string>()
  readonly #uidByName = new Map<string, string>()
  readonly #containers = new Map<string, string>()
  readonly #listeners = new Set<(pod: PodInfo) => void>()
  readonly #waiting = new Set<() => void>()
  #isListed = false

  constructor(options: PodIndexOptions) {
    this.#options = options
  }

  byUid(uid: string): PodInfo | undefined {
    return this.#pod(uid) ?? this.#pod(this.#uidByLogUid.get(uid))
  }

  byIp(ip: string): PodInfo | undefined {
    return this.#pod(this.#uidByIp.get(ip))
  }

  byName(namespace: string, name: string): PodInfo | undefined {
    return this.#pod(this.#uidByName.get(`${namespace}/${name}`))
  }

  byContainerId(id: string): { pod: PodInfo; container: ContainerInfo } | undefined {
    const pod = this.#pod(this.#containers.get(id))
    const container = pod?.containers.find((one) => one.id === id)
    return pod === undefined || container === undefined ? undefined : { pod, container }
  }

  *all(): Iterable<PodInfo> {
    for (const { pod } of this.#entries.values()) yield pod
  }

  onChange(tell: (pod: PodInfo) => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  ready(within_ms: number): Promise<void> {
    if (this.#isListed) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, within_ms)
      this.#waiting.add(done)
    })
  }

  take(event: WatchEvent): void {
    if (event.type === 'listed') this.#listed(event.items as readonly Pod[])
    else if (event.type === 'added' || event.type === 'modified') this.#put(event.object as Pod)
    else if (event.type === 'deleted') this.#put(event.object as Pod, true)
    this.sweep()
  }

  /** The owner with this uid is known better now. */
  ownerChanged(uid: string): void {
    for (const [podUid, entry] of this.#entries) {
      if (entry.owned.owner?.uid !== uid) continue
      const owners = this.#options.chain(entry.owned)
      const [workload_kind, workload] = workloadOf(owners, entry.pod.name)
      if (workload === entry.pod.workload && workload_kind === entry.pod.workload_kind) continue
      this.#store(podUid, { ...entry, pod: { ...entry.pod, owners, workload_kind, workload } })
    }
  }

  /** Forgets pods that ended long enough ago. */
  sweep(): void {
    const oldest_ms = this.#options.now_ms() - kept_ms
    for (const [uid, entry] of this.#entries) {
      if (entry.pod.is_deleted && entry.gone_ms < oldest_ms) this.#forget(uid, entry.pod)
    }
  }

  #pod(uid: string | undefined): PodInfo | undefined {
    return uid === undefined ? undefined : this.#entries.get(uid)?.pod
  }

  #listed(items: readonly Pod[]): void {
    const alive = new Set(items.map(({ metadata }) => metadata.uid))
    for (const item of items) this.#put(item)
    for (const uid of [...this.#entries.keys()]) if (!alive.has(uid)) this.#end(uid)
    this.#isListed = true
    for (const done of this.#waiting) done()
  }

  /** A deleted object is the last word on its pod: the ids of its last containers may be news. */
  #put(object: Pod, is_deleted = false): void {
    const { uid, namespace = '', labels = {}, creationTimestamp } = object.metadata
    const { chain, namespaceAnnotations, now_ms } = this.#options
    const known = this.#entries.get(uid)
    const context = {
      chain,
      namespaceAnnotations: namespaceAnnotations(namespace),
      before: known?.pod,
    }
    const pod = { ...podInfo(object, context), is_deleted }
    const created_ms = Date.parse(creationTimestamp ?? '') || pod.started_ms
    const owned = { labels, created_ms, owner: pod.owners[0] }
    const gone_ms = is_deleted ? known?.gone_ms || now_ms() : 0
    this.#store(uid, { pod, owned, gone_ms })
  }

  #store(uid: string, entry: Entry): void {
    const { pod } = entry
    this.#entries.set(uid, entry)
    if (pod.log_uid !== uid) this.#uidByLogUid.set(pod.log_uid, uid)
    const name = `${pod.namespace}/${pod.name}`
    if (this.#isBetter(pod, this.#pod(this.#uidByName.get(name)))) this.#uidByName.set(name, uid)
    if (pod.ip !== '' && !pod.host_network) {
      if (this.#isBetter(pod, this.byIp(pod.ip))) this.#uidByIp.set(pod.ip, uid)
    }
    for (const { id } of pod.containers) if (id !== '') this.#containers.set(id, uid)
    for (const tell of this.#listeners) tell(pod)
  }

  /** Names and addresses are used again: they belong to the one that lives, else to the newest. */
  #isBetter(pod: PodInfo, other: PodInfo | undefined): boolean {
    if (other === undefined || other.uid === pod.uid) return true
    if (isOver(pod) !== isOver(other)) return isOver(other)
    return pod.started_ms >= other.started_ms
  }

  #end(uid: string): void {
    const entry = this.#entries.get(uid)
    if (entry === undefined || entry.pod.is_deleted) return
    const gone_ms = this.#options.now_ms()
    this.#store(uid, { ...entry, pod: { ...entry.pod, is_deleted: true }, gone_ms })
  }

  #forget(uid: string, pod: PodInfo): void {
    this.#entries.delete(uid)
    const drop = (map: Map<string, string>, key: string) => {
      if (map.get(key) === uid) map.delete(key)
    }
    drop(this.#uidByLogUid, pod.log_uid)
    drop(this.#uidByIp, pod.ip)
    drop(this.#uidByName, `${pod.namespace}/${pod.name}`)
    for (const { id } of pod.containers) drop(this.#containers, id)
  }
}

function isOver(pod: PodInfo): boolean {
  return pod.is_deleted || pod.phase === 'Succeeded' || pod.phase === 'Failed'
}
