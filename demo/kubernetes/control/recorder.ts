/** Kubernetes events: the same word again raises the count; after an hour they are forgotten. */
import { hash } from '../../random.ts'
import type { ObjectStore } from '../api/object-store.ts'
import { type EventObject, type KubeObject, timestamp } from '../api/objects.ts'

export type Said = {
  about: KubeObject
  type?: 'Normal' | 'Warning'
  reason: string
  message: string
  source: string
  node?: string
  /** `spec.containers{cart}`. */
  field_path?: string
}

const life_ms = 3_600_000
const kept_max = 4000

export class Recorder {
  readonly #store: ObjectStore
  readonly #now_ms: () => number
  /** What was said about what, to the event's name. */
  readonly #known = new Map<string, { namespace: string; name: string }>()
  isQuiet = false

  constructor(store: ObjectStore, now_ms: () => number) {
    this.#store = store
    this.#now_ms = now_ms
  }

  say({ about, type = 'Normal', reason, message, source, node = '', field_path }: Said): void {
    if (this.isQuiet) return
    const { name, namespace = 'default', uid } = about.metadata
    const key = `${uid}/${reason}/${message}/${source}/${field_path}`
    const now = timestamp(this.#now_ms())
    const known = this.#known.get(key)
    const old = known && this.#store.get<EventObject>('Event', known.name, known.namespace)
    if (old !== undefined) {
      const next = { ...old, count: old.count + 1, lastTimestamp: now }
      this.#store.apply(next, source)
      return
    }
    const suffix = (Math.floor(this.#now_ms()) * 4096 + (hash(key) % 4096)).toString(16)
    const metadata = { name: `${name}.${suffix}`, namespace }
    const { kind, apiVersion } = about
    const { resourceVersion } = about.metadata
    const fieldPath = field_path === undefined ? {} : { fieldPath: field_path }
    const inNamespace = about.metadata.namespace === undefined ? {} : { namespace }
    const involvedObject = { kind, name, ...inNamespace, uid, apiVersion, resourceVersion }
    this.#known.delete(key)
    this.#known.set(key, metadata)
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata,
      involvedObject: { ...involvedObject, ...fieldPath },
      reason,
      message,
      type,
      source: node === '' ? { component: source } : { component: source, host: node },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      eventTime: null,
      reportingComponent: source,
      reportingInstance: node,
    }
    this.#store.apply(event, source)
  }

  /** Forgets events that are old, and the oldest of too many. */
  sweep(): void {
    const since_ms = this.#now_ms() - life_ms
    let left = this.#known.size
    for (const [key, { namespace, name }] of this.#known) {
      const event = this.#store.get<EventObject>('Event', name, namespace)
      const isOld = event === undefined || Date.parse(event.lastTimestamp) < since_ms
      if (!isOld && left <= kept_max) continue
      left--
      this.#known.delete(key)
      this.#store.remove('Event', name, namespace)
    }
  }
}
