/** One container on its node: pulled, started, watched, killed and started again with back-off. */
import { hash, hexDigits, seeded, text } from '../../random.ts'
import type { ContainerSpec, ContainerState, ContainerStatus, Pod } from '../api/objects.ts'
import { timestamp } from '../api/objects.ts'
import type { Control } from '../control/control.ts'
import type { ContainerLog } from '../logs/container-log.ts'
import type { PodLogs } from '../logs/pod-logs.ts'
import type { Program, ProgramMaker } from '../programs/program.ts'
import { amountOf } from './amounts.ts'

export type LifeOptions = {
  control: Control
  node: string
  logs: PodLogs
  program: ProgramMaker
  /** While the past of the cluster is made up, programs say nothing. */
  isQuiet: () => boolean
}
/** What a container is given of its pod's sandbox. */
export type Sandbox = LifeOptions & { ip: string; node_ip: string }

const unknownImage = /^registry\.invalid\/|:[\w.-]*-missing$/
/** What was well for so long begins with a short wait again. */
const forgiven_ms = 600_000

export class ContainerLife {
  readonly spec: ContainerSpec
  readonly #options: Sandbox
  #pod: Pod
  #state: ContainerState = { waiting: { reason: 'ContainerCreating' } }
  #lastState: ContainerState = {}
  #due_ms: number
  /** It has ended and will be started again. */
  #isAgain = false
  #crashes = 0
  #pulls = 0
  #program: Program | undefined
  #ended: { code: number; reason: string } | undefined
  #unready_ms = 0
  log: ContainerLog | undefined
  restarts = 0
  started_ms = 0
  isReady = false
  // Sums that only rise, as a cgroup counts them.
  cpu_s = 0
  network_bytes = 0
  oom_kills = 0
  probes = { ready: 0, unready: 0 }

  constructor(options: Sandbox, pod: Pod, spec: ContainerSpec) {
    const { now_ms, pace, random } = options.control
    this.#options = options
    this.#pod = pod
    this.spec = spec
    this.#due_ms = now_ms() + pace.start_ms * (0.3 + 0.7 * random())
  }

  get isRunning(): boolean {
    return this.#state.running !== undefined
  }

  /** How it ended, when it is not started again. */
  get terminated(): ContainerState['terminated'] {
    return this.#isAgain ? undefined : this.#state.terminated
  }

  get hasStarted(): boolean {
    return this.started_ms > 0
  }

  get id(): string {
    const { uid } = this.#pod.metadata
    const isFirst = this.#pod.spec.containers[0]?.name === this.spec.name
    const key = isFirst ? `${uid}#${this.restarts}` : `${uid}/${this.spec.name}#${this.restarts}`
    return text(seeded(hash(key)), hexDigits, 64)
  }

  get limit_bytes(): number {
    return amountOf(this.spec.resources?.limits?.memory)
  }

  memory_bytes(now_ms: number): number {
    const bytes = this.#program?.memory_bytes(now_ms) ?? 0
    return this.limit_bytes > 0 ? Math.min(bytes, this.limit_bytes) : bytes
  }

  cpu_cores(now_ms: number): number {
    const cores = this.#program?.cpu_cores(now_ms) ?? 0
    const limit = amountOf(this.spec.resources?.limits?.cpu)
    return limit > 0 ? Math.min(cores, limit) : cores
  }

  step(pod: Pod, now_ms: number, passed_ms: number): void {
    this.#pod = pod
    if (this.#program !== undefined) this.#watch(this.#program, now_ms, passed_ms)
    else if (this.#isAwaited && now_ms >= this.#due_ms) this.#create(now_ms)
  }

  get #isAwaited(): boolean {
    return this.#state.waiting !== undefined || this.#isAgain
  }

  /** Ends it as the kubelet does when its pod goes. */
  end(reason: string, code = 0): void {
    if (this.#program === undefined) return
    this.#program.stop?.(reason)
    this.#stopped(this.#options.control.now_ms(), { code, reason })
  }

  close(): Promise<void> | undefined {
    const log = this.log
    this.log = undefined
    return log?.close()
  }

  status(): ContainerStatus {
    const { image } = this.spec
    const [, digest = '0'] = /:([^:]+)$/.exec(image) ?? []
    const hex = text(seeded(hash(image + digest)), hexDigits, 64)
    const repository = image.replace(/:[^:/]+$/, '')
    return {
      name: this.spec.name,
      state: this.#state,
      lastState: this.#lastState,
      ready: this.isReady,
      restartCount: this.restarts,
      image,
      imageID: this.hasStarted ? `${repository}@sha256:${hex}` : '',
      ...(this.hasStarted ? { containerID: `containerd://${this.id}` } : {}),
      started: this.isRunning,
    }
  }

  #create(now_ms: number): void {
    const { pace } = this.#options.control
    const { name, image } = this.spec
    if (unknownImage.test(image)) {
      const wait_ms = Math.min(pace.backoff_ms * 2 ** this.#pulls, pace.backoff_ms_max)
      const cannot = `failed to pull and unpack image "${image}": not found`
      const isFirst = this.#state.waiting?.reason !== 'ErrImagePull'
      if (isFirst) {
        this.#say('Normal', 'Pulling', `Pulling image "${image}"`)
        this.#say('Warning', 'Failed', `Failed to pull image "${image}": ${cannot}`)
        this.#say('Warning', 'Failed', 'Error: ErrImagePull')
        this.#state = { waiting: { reason: 'ErrImagePull', message: cannot } }
        this.#due_ms = now_ms + Math.min(wait_ms, pace.backoff_ms) / 2
        return
      }
      this.#pulls++
      this.#say('Normal', 'BackOff', `Back-off pulling image "${image}"`)
      this.#say('Warning', 'Failed', 'Error: ImagePullBackOff')
      const message = `Back-off pulling image "${image}": ErrImagePull: ${cannot}`
      this.#state = { waiting: { reason: 'ImagePullBackOff', message } }
      this.#due_ms = now_ms + wait_ms
      return
    }
    const says = this.restarts === 0 ? 'Successfully pulled image' : 'Container image'
    const rest = this.restarts === 0 ? 'in 512ms' : 'already present on machine'
    if (this.restarts === 0) this.#say('Normal', 'Pulling', `Pulling image "${image}"`)
    this.#say('Normal', 'Pulled', `${says} "${image}" ${rest}`)
    this.#say('Normal', 'Created', `Created container: ${name}`)
    this.#start(now_ms)
    this.#say('Normal', 'Started', `Started container ${name}`)
  }

  #start(now_ms: number): void {
    const { logs, control, program } = this.#options
    const { name, image, args = [], command = [] } = this.spec
    this.close()?.catch(() => {})
    const log = logs.open(this.#pod, name, { restart: this.restarts, id: this.id })
    this.log = log
    this.started_ms = now_ms
    this.#ended = undefined
    this.#isAgain = false
    this.#state = { running: { startedAt: timestamp(now_ms) } }
    this.#program = program({
      pod: this.#pod,
      ip: this.#options.ip,
      node_ip: this.#options.node_ip,
      container: name,
      image,
      args: [...command, ...args],
      restart: this.restarts,
      started_ms: now_ms,
      random: control.random,
      log: (line, stream) => log.write(line, stream),
      exit: (code, reason = code === 0 ? 'Completed' : 'Error') => {
        this.#ended = { code, reason }
      },
      trouble: control.trouble,
    })
  }

  #watch(program: Program, now_ms: number, passed_ms: number): void {
    this.cpu_s += (this.cpu_cores(now_ms) * passed_ms) / 1000
    this.network_bytes += ((program.network?.(now_ms) ?? 0) * passed_ms) / 1000
    if (!this.#options.isQuiet()) program.tick?.(now_ms, passed_ms)
    this.log?.flush()
    const limit_bytes = this.limit_bytes
    if (limit_bytes > 0 && program.memory_bytes(now_ms) >= limit_bytes) {
      this.#ended = { code: 137, reason: 'OOMKilled' }
      this.oom_kills++
      this.#sayKilled(limit_bytes)
    }
    if (this.#ended !== undefined) {
      this.#exited(now_ms, this.#ended)
      return
    }
    this.#probe(program, now_ms)
  }

  #probe(program: Program, now_ms: number): void {
    const isUp = now_ms - this.started_ms >= (program.ready_after_ms ?? 0)
    const isReady = isUp && (program.isReady?.(now_ms) ?? true)
    if (isReady) this.probes.ready++
    if (isUp && !isReady) {
      this.probes.unready++
      if (now_ms - this.#unready_ms >= 10_000) {
        this.#unready_ms = now_ms
        const says = 'Readiness probe failed: HTTP probe failed with statuscode: 503'
        this.#say('Warning', 'Unhealthy', says)
      }
    }
    this.isReady = isReady
  }

  #stopped(now_ms: number, { code, reason }: { code: number; reason: string }): void {
    this.log?.flush()
    this.#program = undefined
    this.isReady = false
    this.#state = {
      terminated: {
        exitCode: code,
        reason,
        startedAt: timestamp(this.started_ms),
        finishedAt: timestamp(now_ms),
        containerID: `containerd://${this.id}`,
      },
    }
  }

  #exited(now_ms: number, ended: { code: number; reason: string }): void {
    this.#program?.stop?.(ended.reason)
    this.#stopped(now_ms, ended)
    const { restartPolicy = 'Always' } = this.#pod.spec
    const restarts =
      restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && ended.code !== 0)
    if (!restarts) return
    this.#isAgain = true
    const { pace } = this.#options.control
    if (now_ms - this.started_ms > forgiven_ms) this.#crashes = 0
    const wait_ms = Math.min(
      pace.backoff_ms * 2 ** Math.max(0, this.#crashes - 1),
      pace.backoff_ms_max,
    )
    this.#lastState = this.#state
    if (this.#crashes === 0) {
      // The first time it starts again at once; until then it is shown as it ended.
      this.#due_ms = now_ms + Math.min(1000, pace.backoff_ms)
    } else {
      const pod = `${this.#pod.metadata.name}_${this.#pod.metadata.namespace}`
      const wait =
        wait_ms >= 60_000
          ? `${Math.floor(wait_ms / 60_000)}m${(wait_ms / 1000) % 60}s`
          : `${wait_ms / 1000}s`
      const about = `restarting failed container=${this.spec.name} pod=${pod}`
      const message = `back-off ${wait} ${about}`
      this.#state = { waiting: { reason: 'CrashLoopBackOff', message } }
      this.#due_ms = now_ms + wait_ms
      this.#say('Warning', 'BackOff', `Back-off ${about}(${this.#pod.metadata.uid})`)
    }
    this.#crashes++
    this.restarts++
  }

  /** Told of the node, by the monitor of its kernel's log. */
  #sayKilled(limit_bytes: number): void {
    const { control, node } = this.#options
    const about = control.store.get('Node', node)
    if (about === undefined) return
    const { name } = this.#pod.metadata
    const kib = Math.round(limit_bytes / 1024)
    const message = `Memory cgroup out of memory: Killed process of ${name}, anon-rss:${kib}kB`
    const said = { type: 'Warning', reason: 'OOMKilling', message, node } as const
    control.recorder.say({ about, ...said, source: 'kernel-monitor' })
  }

  #say(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { control, node } = this.#options
    const field_path = `spec.containers{${this.spec.name}}`
    const said = { type, reason, message, source: 'kubelet', node, field_path }
    control.recorder.say({ about: this.#pod, ...said })
  }
}
