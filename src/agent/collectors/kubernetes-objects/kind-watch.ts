/**
 * The history of one kind: every object once at the start, then each change with its diff. What
 * did not change is not told again, until it is time to say that it still lives.
 */
import type { ObjectRow } from '../../../model/kubernetes.ts'
import type { KubernetesObject, WatchEvent } from '../../kubernetes/api.ts'
import type { Cluster } from '../../kubernetes/cluster.ts'
import { diff } from './diff.ts'
import type { WatchedKind } from './kinds.ts'
import type { KnownObjects } from './known-objects.ts'
import { bareRow, objectRow } from './object-row.ts'
import { comparable, hashOf, toldObject } from './told-object.ts'

export type KindContext = {
  cluster: Cluster
  known: KnownObjects
  namespacesExcept: ReadonlySet<string>
  write: (row: ObjectRow) => Promise<void> | undefined
  now_ms: () => number
}

export class KindWatch {
  readonly kind: WatchedKind
  readonly #context: KindContext
  #watch: { close(): void } | undefined
  #alive = new Set<string>()
  #listing = new Set<string>()
  #listing_ms = 0
  /** This list tells every object, changed or not. */
  #tellsAll = true
  #isFirst = true
  #round = 0
  /** Why nothing is seen of this kind; empty when all is well. */
  problem = { status: 0, message: '' }

  constructor(kind: WatchedKind, context: KindContext) {
    this.kind = kind
    this.#context = context
  }

  /** Called again, it lists again and tells every object that lives. */
  start(): void {
    this.#watch?.close()
    this.#tellsAll = true
    const round = ++this.#round
    this.#watch = this.#context.cluster.api.watch(
      { path: this.kind.path, paged: true },
      async (event) => {
        if (round === this.#round) await this.#take(event)
      },
    )
  }

  stop(): void {
    this.#round++
    this.#watch?.close()
  }

  async #take(event: WatchEvent): Promise<void> {
    if (event.type === 'failed') {
      this.problem = event
      return
    }
    this.problem = { status: 0, message: '' }
    if (event.type === 'recovered') return
    if (event.type === 'page') {
      if (event.is_first) {
        this.#listing = new Set()
        this.#listing_ms = this.#context.now_ms()
      }
      for (const object of event.items) {
        this.#listing.add(object.metadata.uid)
        await this.#changed(object, this.#isFirst)
      }
    } else if (event.type === 'listed') await this.#listed()
    else if (event.type === 'deleted') await this.#deleted(event.object)
    else await this.#changed(event.object, false)
  }

  async #listed(): Promise<void> {
    for (const uid of [...this.#alive]) if (!this.#listing.has(uid)) await this.#missed(uid)
    this.#listing = new Set()
    // Only when all were told does silence about an object mean that it is gone.
    if (this.#tellsAll) {
      await this.#context.write(bareRow({ ...this.#words('listed'), time_ms: this.#listing_ms }))
    }
    this.#tellsAll = false
    this.#isFirst = false
  }

  async #changed(raw: KubernetesObject, isFirst: boolean): Promise<void> {
    const { known, namespacesExcept, write, cluster } = this.#context
    const { uid, namespace = '' } = raw.metadata
    if (namespacesExcept.has(namespace)) return
    raw.kind = this.kind.kind
    raw.apiVersion = this.kind.api_version
    const told = toldObject(raw)
    const text = JSON.stringify(comparable(told))
    const hash = hashOf(text)
    const before = known.get(uid)
    const isSame = before?.hash === hash
    this.#alive.add(uid)
    if (isSame && !this.#tellsAll) return
    const change =
      isSame || (before === undefined && isFirst) ? 'seen' : before ? 'modified' : 'added'
    const old = change === 'modified' ? known.textOf(uid) : undefined
    const changes = old === undefined ? [] : diff(JSON.parse(old), JSON.parse(text))
    if (!isSame) known.set(raw, hash, text)
    await write(objectRow(raw, told, { ...this.#words(change), pods: cluster.pods, changes }))
  }

  async #deleted(raw: KubernetesObject): Promise<void> {
    const { known, namespacesExcept, write, cluster } = this.#context
    const { uid, namespace = '' } = raw.metadata
    known.delete(uid)
    this.#alive.delete(uid)
    if (namespacesExcept.has(namespace)) return
    raw.kind = this.kind.kind
    const words = { ...this.#words('deleted'), pods: cluster.pods }
    await write(objectRow(raw, toldObject(raw), words))
  }

  /** It went while nobody watched: what was told last is what is known of it. */
  async #missed(uid: string): Promise<void> {
    const { known, write, cluster } = this.#context
    const { namespace = '', name = '' } = known.get(uid) ?? {}
    const text = known.textOf(uid)
    known.delete(uid)
    this.#alive.delete(uid)
    const words = { ...this.#words('deleted'), pods: cluster.pods }
    if (text === undefined) return write(bareRow(words, { namespace, name, uid }))
    const last = JSON.parse(text) as KubernetesObject
    last.metadata.resourceVersion ??= ''
    await write(objectRow(last, last, words))
  }

  #words(change: ObjectRow['change']) {
    const { kind, api_version } = this.kind
    return { change, time_ms: this.#context.now_ms(), kind, api_version }
  }
}
