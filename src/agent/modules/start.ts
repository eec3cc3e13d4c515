/**
 * Asks the hosts of one target again and again and gives what they say to the sink. Finding targets
 * is the work of policies and hints; what a program is asked is its module's.
 */
import type { CollectorContext, Running } from '../collector.ts'
import { encodeMeasures, type MeasuredResource } from './encode-measures.ts'
import { type Module, ModuleError, shownHost } from './module.ts'
import { moduleOf, modules } from './modules.ts'

export type ModuleTarget = {
  module: string
  hosts: readonly string[]
  period_s: number
  timeout_s: number
  /** Empty: all that the module has. */
  metricsets: readonly string[]
  username: string
  password: string
  /** Who is asked: of a pod its k8s.* and service.*, of a machine its host.*. */
  resource: Readonly<Record<string, string>>
}

export type ModuleContext = Pick<CollectorContext, 'agent' | 'sink' | 'log' | 'now_ms' | 'every'>

type HostState = {
  host: string
  failure: ModuleError | undefined
  hasAnswered: boolean
  records: number
  dropped: number
}

/** Throws when there is no such module or no host: the hint or policy says something impossible. */
export function startModuleTarget(target: ModuleTarget, context: ModuleContext): Running {
  const module = moduleOf(target.module)
  if (module === undefined) {
    const known = modules.map(({ name }) => name).join(', ')
    throw new Error(`There is no module "${target.module}". Known for metrics: ${known}.`)
  }
  if (target.hosts.length === 0) throw new Error(`Module ${module.name}: no host is named.`)
  return new RunningTarget(module, target, context)
}

class RunningTarget implements Running {
  readonly #module: Module
  readonly #target: ModuleTarget
  readonly #context: ModuleContext
  readonly #hosts: HostState[]
  readonly #stopTimer: () => void
  #round: Promise<void> | undefined
  #isStopped = false

  constructor(module: Module, target: ModuleTarget, context: ModuleContext) {
    this.#module = module
    this.#target = target
    this.#context = context
    this.#hosts = target.hosts.map((host) => ({
      host,
      failure: undefined,
      hasAnswered: false,
      records: 0,
      dropped: 0,
    }))
    this.#stopTimer = context.every(target.period_s * 1000, () => this.#start())
    this.#start()
  }

  /** A round that is still under way when the next is due is left to end: no round is doubled. */
  #start(): void {
    if (this.#isStopped || this.#round !== undefined) return
    this.#round = Promise.all(this.#hosts.map((state) => this.#readHost(state))).then(() => {
      this.#round = undefined
    })
  }

  async #readHost(state: HostState): Promise<void> {
    const { now_ms, log, agent, sink } = this.#context
    const asked_ms = now_ms()
    try {
      const answered = await this.#module.read({
        host: state.host,
        username: this.#target.username,
        password: this.#target.password,
        timeout_ms: this.#target.timeout_s * 1000,
        metricsets: this.#target.metricsets,
        now_ms: asked_ms,
      })
      const resources = answered.map((resource) => this.#placed(resource))
      const records = resources.reduce((sum, { measures }) => sum + measures.count, 0)
      const scope = { name: `crowsnest/${this.#module.name}`, version: agent.version }
      const body = encodeMeasures(resources, scope, asked_ms)
      const chunk = { signal: 'metrics', body, records, oldest_ms: asked_ms } as const
      const isKept = await sink.put(chunk, { wait: false })
      state.failure = undefined
      state.hasAnswered = true
      if (isKept) state.records += records
      else state.dropped += records
    } catch (error) {
      const failure =
        error instanceof ModuleError
          ? error
          : new ModuleError('unreadable', `${shownHost(state.host)}: ${(error as Error).message}`)
      // Said once, not every minute: health and coverage go on saying it.
      if (state.failure?.message !== failure.message) {
        log.warn({ module: this.#module.name, reason: failure.reason }, failure.message)
      }
      state.failure = failure
    }
  }

  /** What the target knows about where it runs wins over what the program says about itself. */
  #placed({ attributes, measures }: MeasuredResource): MeasuredResource {
    const { name } = this.#module
    const named = { 'service.name': name, ...attributes, 'service.type': name }
    return { attributes: { ...named, ...this.#target.resource }, measures }
  }

  health(): ReturnType<Running['health']> {
    const failures = this.#hosts.flatMap(({ failure }) => failure ?? [])
    if (failures.length === 0) return { state: 'healthy', message: '' }
    const state = failures.length === this.#hosts.length ? 'failed' : 'degraded'
    return {
      state,
      message: failures
        .map(({ message }) => message)
        .join(' ')
        .slice(0, 2048),
    }
  }

  coverage(): ReturnType<Running['coverage']> {
    const { resource } = this.#target
    const time_ms = this.#context.now_ms()
    return this.#hosts.flatMap((state) => {
      const { failure, hasAnswered, records, dropped } = state
      if (failure === undefined && !hasAnswered) return []
      state.records = state.dropped = 0
      const isDropped = dropped > 0
      return {
        time_ms,
        source: this.#module.name,
        signal: 'metrics' as const,
        namespace: resource['k8s.namespace.name'] ?? '',
        workload: workloadOf(resource),
        pod: resource['k8s.pod.name'] ?? '',
        state: failure !== undefined ? 'blind' : isDropped ? 'dropped' : 'arriving',
        reason: failure?.reason ?? (isDropped ? 'spool_full' : ''),
        detail: failure?.message ?? '',
        lag_s: 0,
        records,
        dropped,
      }
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#stopTimer()
    await this.#round
  }
}

const workloadKinds = ['deployment', 'statefulset', 'daemonset', 'cronjob', 'job', 'replicaset']

function workloadOf(resource: Readonly<Record<string, string>>): string {
  const kind = workloadKinds.find((word) => resource[`k8s.${word}.name`] !== undefined)
  return kind === undefined ? '' : resource[`k8s.${kind}.name`]!
}
