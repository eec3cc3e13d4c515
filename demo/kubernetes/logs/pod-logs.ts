/** Where containers' logs lie on a node: the folders, the symbolic links, and when they go. */
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Pod } from '../api/objects.ts'
import { ContainerLog, type LogLimits } from './container-log.ts'

/** A static pod's folder carries the hash of its file instead of the uid the API gave it. */
export function logUid({ metadata }: Pod): string {
  return metadata.annotations?.['kubernetes.io/config.hash'] ?? metadata.uid
}

const kept_after_ms = 30_000

export class PodLogs {
  /** What is `/` on a real node. */
  readonly #root: string
  readonly #now_ms: () => number
  readonly #limits: LogLimits
  readonly #leaving: { folder: string; links: string[]; at_ms: number }[] = []
  readonly #links = new Map<string, string[]>()

  constructor(root: string, now_ms: () => number, limits: LogLimits) {
    this.#root = root
    this.#now_ms = now_ms
    this.#limits = limits
    rmSync(join(root, 'var/log'), { recursive: true, force: true })
    mkdirSync(join(root, 'var/log/pods'), { recursive: true })
    mkdirSync(join(root, 'var/log/containers'), { recursive: true })
  }

  folderOf(pod: Pod): string {
    const { namespace, name } = pod.metadata
    return join(this.#root, 'var/log/pods', `${namespace}_${name}_${logUid(pod)}`)
  }

  pathOf(pod: Pod, container: string, restart: number): string {
    return join(this.folderOf(pod), container, `${restart}.log`)
  }

  open(
    pod: Pod,
    container: string,
    { restart, id }: { restart: number; id: string },
  ): ContainerLog {
    const { namespace, name } = pod.metadata
    const path = this.pathOf(pod, container, restart)
    const log = new ContainerLog(path, this.#now_ms, this.#limits)
    const link = join(
      this.#root,
      'var/log/containers',
      `${name}_${namespace}_${container}-${id}.log`,
    )
    // Absolute, as the kubelet makes it: it leads somewhere only below the node's own root.
    const inside = path.slice(this.#root.length)
    rmSync(link, { force: true })
    symlinkSync(inside.startsWith('/') ? inside : `/${inside}`, link)
    const links = this.#links.get(pod.metadata.uid) ?? []
    this.#links.set(pod.metadata.uid, [...links, link])
    // Of each container the instance before is kept, and no older one.
    if (restart >= 2) this.#dropOld(join(this.folderOf(pod), container), restart - 2)
    return log
  }

  #dropOld(folder: string, last: number): void {
    for (const file of readdirSync(folder)) {
      if (Number(file.split('.')[0]) <= last) rmSync(join(folder, file), { force: true })
    }
  }

  /** The pod is gone: its files go a while later, as the kubelet's clean-up comes. */
  leave(pod: Pod): void {
    const links = this.#links.get(pod.metadata.uid) ?? []
    this.#links.delete(pod.metadata.uid)
    this.#leaving.push({ folder: this.folderOf(pod), links, at_ms: this.#now_ms() + kept_after_ms })
  }

  sweep(): void {
    while (this.#leaving[0] !== undefined && this.#leaving[0].at_ms <= this.#now_ms()) {
      const { folder, links } = this.#leaving.shift()!
      for (const link of links) rmSync(link, { force: true })
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
