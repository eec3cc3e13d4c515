/** One pod on its node: its address, its containers, and the status that the API shows of them. */
import type { Condition, Pod, PodStatus } from '../api/objects.ts'
import { timestamp } from '../api/objects.ts'
import { isOver } from '../control/control.ts'
import { ContainerLife, type LifeOptions } from './container-life.ts'

export type PodPlace = LifeOptions & { node_ip: string; ipFor: (pod: Pod) => string }

const manager = 'kubelet'

export class PodLife {
  readonly containers: ContainerLife[]
  readonly #options: PodPlace
  readonly #ip: string
  #leaving_ms: number | undefined
  pod: Pod
  isGone = false

  constructor(options: PodPlace, pod: Pod) {
    this.#options = options
    this.pod = pod
    this.#ip = pod.spec.hostNetwork === true ? options.node_ip : options.ipFor(pod)
    const sandbox = { ...options, ip: this.#ip }
    this.containers = pod.spec.containers.map((spec) => new ContainerLife(sandbox, pod, spec))
  }

  get started_ms(): number {
    return Date.parse(this.pod.status.startTime ?? this.pod.metadata.creationTimestamp)
  }

  step(pod: Pod, now_ms: number, passed_ms: number): void {
    this.pod = pod
    if (pod.metadata.deletionTimestamp !== undefined) this.#leave(now_ms)
    if (this.isGone || isOver(pod)) return
    if (this.#leaving_ms === undefined) {
      for (const container of this.containers) container.step(pod, now_ms, passed_ms)
    }
    this.#tell(now_ms)
  }

  /** The node needs its memory back. */
  evict(message: string): void {
    const { control, node } = this.#options
    for (const container of this.containers) container.end('Evicted', 137)
    const status = { ...this.pod.status, phase: 'Failed', reason: 'Evicted', message }
    const conditions = this.#conditions(control.now_ms(), false).concat({
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'TerminationByKubelet',
      message,
      lastTransitionTime: timestamp(control.now_ms()),
    })
    const containerStatuses = this.containers.map((container) => container.status())
    const told = { ...status, conditions, containerStatuses }
    this.pod = control.store.apply<Pod>({ ...this.pod, status: told }, manager)
    const said = { type: 'Warning', reason: 'Evicted', message, source: 'kubelet', node } as const
    control.recorder.say({ about: this.pod, ...said })
  }

  async close(): Promise<void> {
    for (const container of this.containers) container.end('closed')
    await Promise.all(this.containers.map((container) => container.close()))
  }

  /** The object is gone already: what still runs is ended. */
  async drop(): Promise<void> {
    this.isGone = true
    this.#options.logs.leave(this.pod)
    await this.close()
  }

  #leave(now_ms: number): void {
    const { control, node, logs } = this.#options
    if (this.#leaving_ms === undefined) {
      this.#leaving_ms = now_ms
      for (const container of this.containers.filter(({ isRunning }) => isRunning)) {
        const message = `Stopping container ${container.spec.name}`
        const field_path = `spec.containers{${container.spec.name}}`
        const said = { reason: 'Killing', message, source: 'kubelet', node, field_path }
        control.recorder.say({ about: this.pod, ...said })
        container.end('Completed')
      }
      return
    }
    if (now_ms - this.#leaving_ms < control.pace.grace_ms / 2) return
    this.isGone = true
    const { name, namespace } = this.pod.metadata
    control.store.remove('Pod', name, namespace)
    for (const container of this.containers) container.close()?.catch(() => {})
    logs.leave(this.pod)
  }

  #tell(now_ms: number): void {
    const { control, node_ip } = this.#options
    const isStarted = this.containers.some(({ hasStarted }) => hasStarted)
    const address = this.#ip
    const status: PodStatus = {
      ...this.pod.status,
      phase: this.#phase(),
      conditions: this.#conditions(
        now_ms,
        this.containers.every(({ isReady }) => isReady),
      ),
      hostIP: node_ip,
      hostIPs: [{ ip: node_ip }],
      ...(!isStarted ? {} : { podIP: address, podIPs: [{ ip: address }] }),
      startTime: this.pod.status.startTime ?? timestamp(now_ms),
      containerStatuses: this.containers.map((container) => container.status()),
    }
    this.pod = control.store.apply<Pod>({ ...this.pod, status }, manager)
  }

  #phase(): string {
    const { restartPolicy = 'Always' } = this.pod.spec
    const ends = this.containers.flatMap(({ terminated }) => terminated ?? [])
    if (restartPolicy !== 'Always' && ends.length === this.containers.length) {
      return ends.every(({ exitCode }) => exitCode === 0) ? 'Succeeded' : 'Failed'
    }
    return this.containers.every(({ hasStarted }) => hasStarted) ? 'Running' : 'Pending'
  }

  #conditions(now_ms: number, isReady: boolean): Condition[] {
    const now = timestamp(now_ms)
    const isStarted = this.containers.some(({ hasStarted }) => hasStarted)
    const unready = this.containers.filter((container) => !container.isReady)
    const names = unready.map(({ spec }) => spec.name).join(' ')
    const why = isReady
      ? {}
      : { reason: 'ContainersNotReady', message: `containers with unready status: [${names}]` }
    const word = (is: boolean) => (is ? 'True' : 'False')
    const next: [string, boolean, object][] = [
      ['PodReadyToStartContainers', isStarted, {}],
      ['Initialized', true, {}],
      ['Ready', isReady, why],
      ['ContainersReady', isReady, why],
      ['PodScheduled', true, {}],
    ]
    return next.map(([type, is, more]) => {
      const before = this.pod.status.conditions?.find((condition) => condition.type === type)
      const same = before?.status === word(is)
      return {
        type,
        status: word(is),
        ...more,
        lastTransitionTime: same ? before.lastTransitionTime! : now,
      }
    })
  }
}
