/**
 * The collector of containers' logs: finds them on the node, reads them all in turn, and gives
 * chunks with positions to the sink.
 */
import type { CoverageRow } from '../../../model/kubernetes.ts'
import type { Collector, CollectorContext, Running } from '../../collector.ts'
import { LogParts } from '../../files/log-parts.ts'
import { KnownPositions } from '../../files/position.ts'
import { ContainerLog, type ContainerLogContext } from './container-log.ts'
import { coverageOf } from './coverage.ts'
import { type ContainerDir, LogTree } from './log-tree.ts'
import { settingsRules } from './rules.ts'

const prefix = 'container_logs/'
const turn_ms = 50
/** By then all there is has been seen. */
const prune_after_ms = 60_000
/** The first list of pods is waited for so long. */
const pods_ready_ms = 5000

class ContainerLogs implements Running {
  readonly #context: CollectorContext<'container_logs'>
  readonly #shared: ContainerLogContext
  readonly #tree: LogTree
  readonly #logs = new Map<string, ContainerLog>()
  readonly #known: KnownPositions
  readonly #ends: (() => void)[] = []
  #gone: ContainerLog[] = []
  #turn: Promise<void> | undefined
  #isStopped = false
  #isFirst = true
  #isPruned = false
  readonly #started_ms: number
  #failure = ''

  constructor(context: CollectorContext<'container_logs'>) {
    const { settings, agent, cluster, host_root, sink, now_ms, log } = context
    this.#context = context
    this.#started_ms = now_ms()
    this.#known = new KnownPositions(sink.positions(prefix), prefix)
    this.#shared = {
      ...{ settings, cluster, agent, host_root, known: this.#known },
      plain: settingsRules(settings),
      parts: new LogParts({ prefix, version: agent.version, sink, now_ms }),
      warn: (message) => log.warn(message),
    }
    this.#tree = new LogTree(host_root)
  }

  start(): void {
    const { cluster, every } = this.#context
    if (cluster !== undefined) this.#ends.push(cluster.pods.onChange((pod) => this.#changed(pod)))
    this.#ends.push(every(turn_ms, () => this.#next()))
  }

  health(): ReturnType<Running['health']> {
    const message = this.#failure || this.#tree.problem
    return { state: message === '' ? 'healthy' : 'degraded', message }
  }

  coverage(): CoverageRow[] {
    const now_ms = this.#context.now_ms()
    const rows = [...this.#logs.values(), ...this.#gone].flatMap((log) => coverageOf(log, now_ms))
    this.#gone = []
    const { problem } = this.#tree
    if (problem !== '') {
      rows.push({
        ...{ time_ms: now_ms, source: 'container_logs', signal: 'logs', namespace: '' },
        ...{ workload: '', pod: '', state: 'blind', reason: 'unreadable', detail: problem },
        ...{ lag_s: 0, records: 0, dropped: 0 },
      })
    }
    return rows
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const end of this.#ends) end()
    await this.#turn
    // What waits for more is not given: the next run reads it again, whole.
    await this.#shared.parts.chunks.cut()
    for (const log of this.#logs.values()) log.close(false)
    this.#shared.parts.files.closeAll()
    this.#tree.close()
  }

  #changed(pod: { uid: string; log_uid: string; namespace: string; name: string }): void {
    for (const log of this.#logs.values()) {
      const { where } = log
      const isIts = where.uid === pod.uid || where.uid === pod.log_uid
      if (isIts || (where.uid === '' && where.pod === pod.name)) log.podChanged()
    }
  }

  #next(): void {
    if (this.#turn !== undefined || this.#isStopped) return
    this.#turn = this.#run()
      .then(() => {
        this.#failure = ''
      })
      .catch((error: Error) => {
        this.#failure = `reading stopped: ${error.message}`
        this.#context.log.error({ error }, 'container logs')
      })
      .finally(() => {
        this.#turn = undefined
      })
  }

  async #run(): Promise<void> {
    const { cluster, now_ms } = this.#context
    if (this.#isFirst) await cluster?.pods.ready(pods_ready_ms)
    await this.#shared.parts.chunks.resend()
    this.#discover(now_ms())
    let hasMore = true
    while (hasMore && !this.#isStopped) {
      hasMore = false
      for (const [key, log] of this.#logs) {
        if (log.next_ms > now_ms()) continue
        if (await log.poll()) hasMore = true
        if (log.isOver) this.#end(key, log)
        if (this.#isStopped) return
      }
      if (this.#shared.parts.chunks.isDue) await this.#shared.parts.chunks.cut()
      // Others run too, and new containers are looked for, however much there is to read.
      if (hasMore) await new Promise(setImmediate)
      this.#discover(now_ms())
    }
    if (!this.#isPruned && now_ms() - this.#started_ms >= prune_after_ms) this.#prune()
    this.#isFirst = false
  }

  #discover(at_ms: number): void {
    const found = this.#tree.scan(at_ms)
    for (const [key, where] of found) {
      if (this.#logs.get(key) !== undefined || !this.#isWanted(where)) continue
      this.#logs.set(key, new ContainerLog(where, this.#shared))
    }
    for (const [key, log] of this.#logs) if (!found.has(key)) log.isGone = true
  }

  #isWanted({ namespace }: ContainerDir): boolean {
    const { namespaces_only, namespaces_except } = this.#context.settings
    if (namespaces_except.includes(namespace)) return false
    return namespaces_only.length === 0 || namespaces_only.includes(namespace)
  }

  #end(key: string, log: ContainerLog): void {
    log.close(true)
    this.#gone.push(log)
    this.#logs.delete(key)
  }

  /** Files that went while nobody watched are forgotten, but not another integration's. */
  #prune(): void {
    const { namespaces_only, namespaces_except } = this.#context.settings
    const logs = [...this.#logs.values()]
    const isSure = logs.every((log) => log.isPolled && log.refusal === undefined)
    if (this.#tree.problem !== '' || !isSure) return
    this.#isPruned = true
    if (namespaces_only.length > 0 || namespaces_except.length > 0) return
    for (const key of this.#known.keys()) this.#shared.parts.chunks.forgetKey(prefix + key)
  }
}

export const containerLogs: Collector<'container_logs'> = {
  type: 'container_logs',
  async start(context) {
    const running = new ContainerLogs(context)
    running.start()
    return running
  },
}
