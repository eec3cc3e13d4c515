/** A node: the pods that run on it, what they use together, its heartbeat and its pressure. */
import type { Condition, Node, Pod } from '../api/objects.ts'
import { timestamp } from '../api/objects.ts'
import { isOver } from '../control/control.ts'
import { amountOf } from './amounts.ts'
import { PodLife, type PodPlace } from './pod-life.ts'

const gibibyte = 1024 ** 3
/** kubelet, containerd and the system outside of pods. */
const system = { memory_bytes: 0.9 * gibibyte, cpu_cores: 0.12 }
const evict_every_ms = 4000

export class NodeLife {
  readonly name: string
  readonly pods = new Map<string, PodLife>()
  readonly started_ms: number
  readonly #options: PodPlace
  readonly #closing = new Set<Promise<void>>()
  #heartbeat_ms = 0
  #evicted_ms = 0
  cpu_s = 0
  network_bytes = 0
  evictions = 0
  /** Used by something that is no pod. */
  hog_bytes = 0

  constructor(options: PodPlace) {
    this.#options = options
    this.name = options.node
    this.started_ms = options.control.now_ms()
  }

  get object(): Node {
    return this.#options.control.store.get<Node>('Node', this.name)!
  }

  get capacity_bytes(): number {
    return amountOf(this.object.status.capacity.memory)
  }

  step(now_ms: number, passed_ms: number): void {
    const { store } = this.#options.control
    const mine = store.list<Pod>('Pod').filter(({ spec }) => spec.nodeName === this.name)
    const seen = new Set<string>()
    for (const pod of mine) {
      const { uid } = pod.metadata
      seen.add(uid)
      let life = this.pods.get(uid)
      if (life === undefined) {
        if (isOver(pod)) continue
        life = new PodLife(this.#options, pod)
        this.pods.set(uid, life)
      }
      life.step(pod, now_ms, passed_ms)
    }
    for (const [uid, life] of this.pods) {
      if (life.isGone) this.pods.delete(uid)
      else if (!seen.has(uid)) {
        this.pods.delete(uid)
        const closing = life.drop().finally(() => this.#closing.delete(closing))
        this.#closing.add(closing)
      }
    }
    this.cpu_s +=
      ((system.cpu_cores + this.#sum((each) => each.cpu_cores(now_ms))) * passed_ms) / 1000
    this.network_bytes = this.#sum((each) => each.network_bytes)
    this.#options.logs.sweep()
    this.#press(now_ms)
    this.#beat(now_ms)
  }

  memory_bytes(now_ms: number): number {
    const pods = this.#sum((each) => each.memory_bytes(now_ms))
    return Math.min(this.capacity_bytes * 0.985, system.memory_bytes + pods + this.hog_bytes)
  }

  cpu_cores(now_ms: number): number {
    return system.cpu_cores + this.#sum((each) => each.cpu_cores(now_ms))
  }

  async close(): Promise<void> {
    await Promise.all([...this.pods.values()].map((life) => life.close()))
    await Promise.all(this.#closing)
  }

  #sum(of: (container: PodLife['containers'][number]) => number): number {
    let sum = 0
    for (const { containers } of this.pods.values()) for (const each of containers) sum += of(each)
    return sum
  }

  /** Out of memory, it evicts one pod after another, those with the worst class first. */
  #press(now_ms: number): void {
    const { control } = this.#options
    const available_bytes = this.capacity_bytes - this.memory_bytes(now_ms)
    const isPressed = available_bytes < this.capacity_bytes * 0.05
    this.#condition('MemoryPressure', isPressed, now_ms)
    if (!isPressed || now_ms - this.#evicted_ms < evict_every_ms) return
    const order = ['BestEffort', 'Burstable']
    const candidates = [...this.pods.values()].filter(({ pod }) => {
      const { status, metadata } = pod
      const isOwned = metadata.ownerReferences?.[0]?.kind === 'ReplicaSet'
      return isOwned && metadata.namespace !== 'kube-system' && status.phase === 'Running'
    })
    candidates.sort(
      (one, other) =>
        order.indexOf(one.pod.status.qosClass ?? '') -
        order.indexOf(other.pod.status.qosClass ?? ''),
    )
    const [victim] = candidates
    if (victim === undefined || this.evictions >= 40) return
    this.#evicted_ms = now_ms
    this.evictions++
    const mib = Math.round(available_bytes / 1024 / 1024)
    const { name } = victim.pod.spec.containers[0]!
    victim.evict(
      'The node was low on resource: memory. Threshold quantity: 5%, ' +
        `available: ${mib}Mi. Container ${name} was using more than its request. `,
    )
    const about = this.object
    const message = 'Attempting to reclaim memory'
    const said = { reason: 'EvictionThresholdMet', message, source: 'kubelet', node: this.name }
    control.recorder.say({ about, type: 'Warning', ...said })
  }

  #condition(type: string, is: boolean, now_ms: number): void {
    const { control } = this.#options
    const node = this.object
    const status = is ? 'True' : 'False'
    const before = node.status.conditions.find((condition) => condition.type === type)
    if (before?.status === status) return
    const now = timestamp(now_ms)
    const [reason, message] = is
      ? ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available']
      : ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available']
    const next: Condition = { type, status, reason, message, lastTransitionTime: now }
    const conditions = node.status.conditions.map((old) =>
      old.type === type ? { ...next, lastHeartbeatTime: now } : old,
    )
    const key = 'node.kubernetes.io/memory-pressure'
    const others = (node.spec.taints ?? []).filter((taint) => taint.key !== key)
    const taints = is ? [...others, { key, effect: 'NoSchedule', timeAdded: now }] : others
    const spec = { ...node.spec, taints }
    if (taints.length === 0) delete (spec as Node['spec']).taints
    control.store.apply({ ...node, spec, status: { ...node.status, conditions } }, 'kubelet')
    const word = is ? 'NodeHasInsufficientMemory' : 'NodeHasSufficientMemory'
    control.recorder.say({
      about: node,
      reason: word,
      message: `Node ${this.name} status is now: ${word}`,
      source: 'kubelet',
      node: this.name,
    })
  }

  #beat(now_ms: number): void {
    const { control } = this.#options
    if (now_ms - this.#heartbeat_ms < control.pace.heartbeat_ms) return
    this.#heartbeat_ms = now_ms
    const renewTime = new Date(now_ms).toISOString().replace('Z', '000Z')
    control.store.apply(
      {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: this.name, namespace: 'kube-node-lease' },
        spec: { holderIdentity: this.name, leaseDurationSeconds: 40, renewTime },
      },
      'kubelet',
    )
    const node = this.object
    const ready = node.status.conditions.find(({ type }) => type === 'Ready')
    // The status itself is told every five minutes; leases are told between.
    if (now_ms - Date.parse(ready?.lastHeartbeatTime ?? '') < 300_000) return
    const now = timestamp(now_ms)
    const conditions = node.status.conditions.map((old) => ({ ...old, lastHeartbeatTime: now }))
    control.store.apply({ ...node, status: { ...node.status, conditions } }, 'kubelet')
  }
}
