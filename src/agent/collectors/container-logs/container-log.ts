/**
 * The logs of one container: each start of it is a log of its own. Finds its pod, decides how its
 * lines are read, and keeps the figures for coverage.
 */
import { lstatSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { viewOf } from '../../../wire/copy-bytes.ts'
import { encodeAttributes, encodeResource } from '../../../wire/otlp/encode-logs.ts'
import type { ReadRules } from '../../files/assembler.ts'
import { asRefused, type Refusal, resolveInside } from '../../files/confine.ts'
import { LogFamily } from '../../files/log-family.ts'
import { emptyFigures, type LogFigures } from '../../files/log-figures.ts'
import type { LogParts } from '../../files/log-parts.ts'
import type { KnownPositions } from '../../files/position.ts'
import type { Cluster, PodInfo } from '../../kubernetes/cluster.ts'
import { resourceAttributes } from '../../kubernetes/resource.ts'
import type { ContainerDir } from './log-tree.ts'
import { pathAttributes } from './path-attributes.ts'
import { type ContainerLogsSettings, containerRules, hintWords } from './rules.ts'

export type ContainerLogContext = {
  settings: ContainerLogsSettings
  plain: ReadRules
  cluster: Cluster | undefined
  agent: { cluster: string; node: string }
  host_root: string
  parts: LogParts
  known: KnownPositions
  warn: (message: string) => void
}

/** So long a log is not read while its pod is not known yet: the files wait. */
const pod_wait_ms = 5000
const interval_ms_min = 100
const interval_ms_max = 2000

export class ContainerLog {
  readonly where: ContainerDir
  readonly #context: ContainerLogContext
  readonly #families = new Map<number, LogFamily>()
  readonly #resources = new Map<number, Uint8Array>()
  readonly #found_ms: number
  #pod: PodInfo | undefined
  #rules: ReadRules | undefined
  /** What the rules were made of. */
  #words: string | undefined
  #isReady = false
  #dirTime_ms = -1
  #isScannedAgain = false
  #interval_ms = interval_ms_min
  next_ms: number
  isGone = false
  refusal: { refusal: Refusal; path: string } | undefined

  constructor(where: ContainerDir, context: ContainerLogContext) {
    this.where = where
    this.#context = context
    this.#found_ms = context.parts.now_ms()
    this.next_ms = this.#found_ms
  }

  /** Its files were looked at, or are not to be. */
  isPolled = false

  get pod(): PodInfo | undefined {
    return this.#pod
  }

  get isOver(): boolean {
    const isUnwanted = this.#isReady && this.#rules === undefined
    return this.isGone && (isUnwanted || [...this.#families.values()].every(({ isOver }) => isOver))
  }

  get unread_bytes(): number {
    return [...this.#families.values()].reduce((sum, { unread_bytes }) => sum + unread_bytes, 0)
  }

  /** The pod is another than it was: its names, its wishes. */
  podChanged(): void {
    if (this.#isReady) this.#learn(this.#findPod() ?? this.#pod)
  }

  /** Reads what is there; answers whether there is more. */
  async poll(): Promise<boolean> {
    const { parts } = this.#context
    const now_ms = parts.now_ms()
    if (!this.#isReady) {
      const pod = this.#findPod()
      const isLate = now_ms - this.#found_ms >= pod_wait_ms
      if (pod === undefined && this.#context.cluster !== undefined && !isLate && this.#hold()) {
        this.next_ms = now_ms + interval_ms_min
        return false
      }
      this.#isReady = true
      this.#learn(pod)
    }
    this.isPolled = true
    if (this.#rules === undefined) {
      this.next_ms = now_ms + interval_ms_max
      return false
    }
    const before = this.unread_bytes + this.#records()
    this.#scan()
    let hasMore = false
    for (const [start, family] of this.#families) {
      if (await family.poll()) hasMore = true
      if (family.isOver) {
        this.#families.delete(start)
        this.#resources.delete(start)
      }
    }
    const isQuiet = this.unread_bytes + this.#records() === before
    const waits = [...this.#families.values()].some(({ assembler }) => assembler.isWaiting)
    this.#interval_ms =
      isQuiet && !waits ? Math.min(interval_ms_max, this.#interval_ms * 2) : interval_ms_min
    this.next_ms = hasMore ? 0 : parts.now_ms() + this.#interval_ms
    return hasMore
  }

  /** Keeps the files while the pod is not known: short-lived ones may be gone by then. */
  #hold(): boolean {
    this.#rules ??= this.#context.plain
    this.#scan()
    for (const family of this.#families.values()) family.hold()
    return !this.isGone || [...this.#families.values()].some(({ isHeld }) => isHeld)
  }

  close(isFinal: boolean): void {
    for (const family of this.#families.values()) family.close(isFinal)
  }

  /** What became of it since the call before. */
  takeFigures(): LogFigures {
    const sum = emptyFigures()
    for (const family of this.#families.values()) {
      const { figures } = family
      sum.records += figures.records
      sum.left_out += figures.left_out
      sum.rotated_away_bytes += figures.rotated_away_bytes
      sum.truncated_bytes += figures.truncated_bytes
      sum.unreadable_bytes += figures.unreadable_bytes
      sum.gaps += figures.gaps
      sum.last_s = Math.max(sum.last_s, figures.last_s)
      family.figures = { ...emptyFigures(), last_s: figures.last_s }
      if (family.refusal !== undefined) this.refusal = family.refusal
    }
    return sum
  }

  #records(): number {
    let sum = 0
    for (const { figures } of this.#families.values()) sum += figures.records + figures.left_out
    return sum
  }

  #findPod(): PodInfo | undefined {
    const { cluster } = this.#context
    const { uid, namespace, pod, container_id } = this.where
    if (cluster === undefined) return undefined
    if (uid !== '') return cluster.pods.byUid(uid) ?? this.#sameName(namespace, pod, uid)
    return cluster.pods.byContainerId(container_id)?.pod ?? cluster.pods.byName(namespace, pod)
  }

  /** By name only where the uid agrees: another pod may have had the name before. */
  #sameName(namespace: string, name: string, uid: string): PodInfo | undefined {
    const pod = this.#context.cluster?.pods.byName(namespace, name)
    return pod !== undefined && (pod.log_uid === uid || pod.uid === uid) ? pod : undefined
  }

  #learn(pod: PodInfo | undefined): void {
    if (pod !== undefined && pod === this.#pod) return
    this.#pod = pod
    this.#resources.clear()
    const words = hintWords(pod)
    if (words === this.#words) return
    this.#words = words
    const { plain, settings, warn } = this.#context
    const { rules, problems } = containerRules(plain, settings, pod, this.where.container)
    const { namespace, pod: name, container } = this.where
    for (const problem of problems) warn(`${namespace}/${name}/${container} ${problem}`)
    this.#rules = rules
    if (rules === undefined) this.close(true)
    else for (const family of this.#families.values()) family.change(rules)
  }

  /** Each `<n>.log` is one start of the container. */
  #scan(): void {
    const { dir, base } = this.where
    if (base !== undefined) {
      if (!this.#families.has(0)) this.#add(0, dir, base)
      return
    }
    try {
      const time_ms = statSync(dir).mtimeMs
      if (time_ms === this.#dirTime_ms && this.#isScannedAgain) return
      this.#isScannedAgain = time_ms === this.#dirTime_ms
      this.#dirTime_ms = time_ms
      const starts = new Set<number>()
      for (const name of readdirSync(dir)) {
        const match = /^(\d+)\.log/.exec(name)
        if (match !== null) starts.add(Number(match[1]))
      }
      for (const start of [...starts].sort((a, b) => a - b)) {
        if (!this.#families.has(start)) this.#follow(start, join(dir, `${start}.log`))
      }
      this.isGone = false
    } catch (error) {
      const { refusal, path } = asRefused(error, dir)
      if (refusal === 'gone') this.isGone = true
      else this.refusal = { refusal, path }
    }
  }

  /** On Docker the file is a link into the runtime's directory, where its rotated ones are too. */
  #follow(start: number, path: string): void {
    const { dir, shown } = this.where
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) {
      this.#add(start, dir, basename(path))
      return
    }
    try {
      const target = resolveInside(this.#context.host_root, `${shown}/${basename(path)}`)
      if (!this.where.roots.slice(1).some((root) => target.startsWith(`${root}/`))) {
        this.refusal = { refusal: 'not_allowed', path }
      } else this.#add(start, dirname(target), basename(target))
    } catch (error) {
      this.refusal = { refusal: asRefused(error, path).refusal, path }
    }
  }

  #add(start: number, dir: string, base: string): void {
    const { parts, known } = this.#context
    const path =
      this.where.base === undefined ? `${this.where.shown}/${start}.log` : join(dir, base)
    const attributesOf = (stream: string) =>
      viewOf(encodeAttributes({ 'log.file.path': path, 'log.iostream': stream }))
    const family = new LogFamily(
      {
        ...{ dir, base, roots: this.where.roots, kind: 'container', known },
        attributes: [attributesOf('stdout'), attributesOf('stderr')],
        rules: this.#rules!,
        resource: () => this.#resource(start),
      },
      parts,
    )
    this.#families.set(start, family)
  }

  #resource(start: number): Uint8Array {
    const known = this.#resources.get(start)
    if (known !== undefined) return known
    const resource = encodeResource(this.#attributes(start))
    this.#resources.set(start, resource)
    return resource
  }

  #attributes(start: number): Readonly<Record<string, string>> {
    const { agent, cluster } = this.#context
    const pod = this.#pod
    const { container: name, container_id } = this.where
    if (pod === undefined) return pathAttributes(this.where, start, agent)
    const starts = pod.containers.filter((one) => one.name === name)
    const container =
      container_id === ''
        ? starts.find((one) => one.restart_count === start)
        : starts.find((one) => one.id === container_id)
    const cluster_uid = cluster?.cluster_uid
    if (container !== undefined)
      return resourceAttributes(pod, container, { ...agent, cluster_uid })
    // This start is not told of yet, or no more: its name and number are sure, its id is not.
    const image = starts.at(-1)?.image ?? ''
    const unnamed = { name, id: container_id, restart_count: start, image, ports: [] }
    return resourceAttributes(pod, unnamed, { ...agent, cluster_uid })
  }
}
