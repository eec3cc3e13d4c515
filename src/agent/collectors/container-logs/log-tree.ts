/**
 * Finds containers' log directories on the node: /var/log/pods, and where that does not exist the
 * links of /var/log/containers. Reads names only.
 */
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { asRefused, isWithin, Refused, resolveInside } from '../../files/confine.ts'

export type ContainerDir = {
  namespace: string
  pod: string
  /** As in the path: of static pods the hash of their configuration. */
  uid: string
  container: string
  /** Set when only the runtime's id is known. */
  container_id: string
  /** Without links. */
  dir: string
  /** As people on the node see it. */
  shown: string
  /** Only this file is its log; undefined when all `<n>.log` are. */
  base: string | undefined
  roots: readonly string[]
}

/** A pod's directory is looked into this often, when nothing told that it changed. */
const pod_interval_ms = 1000
const podName = /^([^_]+)_([^_]+)_([^_]+)$/
const linkName = /^([^_]+)_([^_]+)_(.+)-([0-9a-f]{64})\.log$/
const pods_dir = '/var/log/pods'
const links_dir = '/var/log/containers'
const docker_dir = '/var/lib/docker/containers'

type PodDir = { time_ms: number; isScannedAgain: boolean; next_ms: number; names: string[] }

export class LogTree {
  readonly #host_root: string
  readonly #found = new Map<string, ContainerDir>()
  readonly #pods = new Map<string, PodDir>()
  #root = ''
  #rootTime_ms = -1
  #isTold = true
  #watcher: FSWatcher | undefined
  #dockerRoots: readonly string[] = []
  /** Why nothing can be seen at all, or ''. */
  problem = ''

  constructor(host_root: string) {
    this.#host_root = host_root
  }

  /** All container directories there are now. The same object for the same directory. */
  scan(now_ms: number): ReadonlyMap<string, ContainerDir> {
    if (this.#root === '' && !this.#findRoot()) {
      this.#scanLinks()
      return this.#found
    }
    try {
      const time_ms = statSync(this.#root).mtimeMs
      if (this.#isTold || time_ms !== this.#rootTime_ms) this.#scanRoot(now_ms)
      this.#isTold = time_ms !== this.#rootTime_ms
      this.#rootTime_ms = time_ms
      this.problem = ''
    } catch (error) {
      const { refusal, path } = asRefused(error, this.#root)
      this.problem = `${path} cannot be read (${refusal})`
      if (refusal === 'gone') this.#root = ''
      return this.#found
    }
    for (const [name, pod] of this.#pods)
      if (now_ms >= pod.next_ms) this.#scanPod(name, pod, now_ms)
    return this.#found
  }

  close(): void {
    this.#watcher?.close()
  }

  #findRoot(): boolean {
    try {
      const root = resolveInside(this.#host_root, pods_dir)
      if (!statSync(root).isDirectory()) return false
      this.#root = root
      this.#found.clear()
      this.#dockerRoots = this.#resolved(docker_dir)
      this.#watch(root)
      return true
    } catch (error) {
      const { refusal } = asRefused(error, pods_dir)
      this.problem = `${pods_dir} cannot be read (${refusal})`
      return false
    }
  }

  #resolved(path: string): string[] {
    try {
      return [resolveInside(this.#host_root, path)]
    } catch {
      return []
    }
  }

  /** New pods are seen at once where the system tells of them, and within a second elsewhere. */
  #watch(root: string): void {
    try {
      this.#watcher?.close()
      this.#watcher = watch(root, { persistent: false }, () => {
        this.#isTold = true
      })
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch {
      this.#watcher = undefined
    }
  }

  #scanRoot(now_ms: number): void {
    const names = new Set(readdirSync(this.#root).filter((name) => podName.test(name)))
    for (const name of this.#pods.keys()) {
      if (names.has(name)) continue
      this.#pods.delete(name)
      for (const key of this.#found.keys()) if (key.startsWith(`${name}/`)) this.#found.delete(key)
    }
    for (const name of names) {
      if (this.#pods.has(name)) continue
      this.#pods.set(name, { time_ms: -1, isScannedAgain: false, next_ms: now_ms, names: [] })
    }
  }

  #scanPod(name: string, pod: PodDir, now_ms: number): void {
    const path = join(this.#root, name)
    // With very many pods all of them together still cost little.
    pod.next_ms = now_ms + Math.max(pod_interval_ms, this.#pods.size)
    try {
      const { mtimeMs } = statSync(path)
      if (mtimeMs === pod.time_ms && pod.isScannedAgain) return
      pod.isScannedAgain = mtimeMs === pod.time_ms
      pod.time_ms = mtimeMs
      // A link here would lead to another's logs.
      if (resolveInside(this.#host_root, `${pods_dir}/${name}`) !== path) return
      const names = readdirSync(path)
      for (const gone of pod.names) if (!names.includes(gone)) this.#found.delete(`${name}/${gone}`)
      pod.names = names
      for (const container of names) this.#tryDir(name, container, path)
    } catch (error) {
      if (asRefused(error, path).refusal !== 'gone') this.problem = `${path} cannot be read`
    }
    if (!pod.isScannedAgain) pod.next_ms = now_ms + 50
  }

  /**
   * One that cannot be read, such as a link that leads nowhere, is no reason to miss the others.
   */
  #tryDir(podDir: string, container: string, path: string): void {
    try {
      this.#addDir(podDir, container, path)
    } catch (error) {
      const { refusal, path: where } = asRefused(error, join(path, container))
      if (refusal !== 'gone') this.problem = `${where} cannot be read (${refusal})`
    }
  }

  #addDir(podDir: string, container: string, path: string): void {
    const key = `${podDir}/${container}`
    const match = podName.exec(podDir)
    if (match === null || this.#found.has(key)) return
    const dir = join(path, container)
    const shown = `${pods_dir}/${key}`
    if (resolveInside(this.#host_root, shown) !== dir || !statSync(dir).isDirectory()) return
    const [, namespace = '', pod = '', uid = ''] = match
    const roots = [dir, ...this.#dockerRoots]
    const named = { namespace, pod, uid, container, container_id: '' }
    this.#found.set(key, { ...named, dir, shown, base: undefined, roots })
  }

  /** Old Docker nodes: the links lead to the runtime's own directories. */
  #scanLinks(): void {
    let names: string[]
    try {
      names = readdirSync(resolveInside(this.#host_root, links_dir))
    } catch {
      return
    }
    const seen = new Set(names)
    for (const key of this.#found.keys()) if (!seen.has(key)) this.#found.delete(key)
    const roots = this.#resolved(docker_dir)
    for (const name of names) {
      const match = linkName.exec(name)
      if (match === null || this.#found.has(name)) continue
      const [, pod = '', namespace = '', container = '', container_id = ''] = match
      try {
        const target = resolveInside(this.#host_root, `${links_dir}/${name}`)
        if (!isWithin(roots, target)) throw new Refused('not_allowed', target)
        const slash = target.lastIndexOf('/')
        this.#found.set(name, {
          ...{ namespace, pod, uid: '', container, container_id },
          ...{ dir: target.slice(0, slash), base: target.slice(slash + 1), roots },
          shown: links_dir,
        })
        this.problem = ''
      } catch (error) {
        const { refusal, path } = asRefused(error, name)
        if (refusal !== 'gone') this.problem = `${path} leads outside of ${docker_dir}`
      }
    }
  }
}
