/** The living objects of one kind, kept current by a watch; and why they cannot be seen. */
import type { KubernetesApi, KubernetesObject, ListAsk, WatchEvent } from '../kubernetes/api.ts'

export type WatchFailure = { status: number; message: string }

export class WatchedObjects {
  /** Undefined while the objects are seen; 404 is a kind that this cluster does not have. */
  failure: WatchFailure | undefined
  /** Whether a whole list was ever seen. */
  isListed = false
  readonly path: string
  #objects = new Map<string, KubernetesObject>()
  readonly #watch: { close(): void }
  readonly #onChange: () => void

  constructor(api: KubernetesApi, ask: ListAsk, onChange: () => void = () => {}) {
    this.path = ask.path
    this.#onChange = onChange
    this.#watch = api.watch({ keep: withoutManagers, ...ask }, (event) => this.#take(event))
  }

  all(): Iterable<KubernetesObject> {
    return this.#objects.values()
  }

  byUid(uid: string): KubernetesObject | undefined {
    return this.#objects.get(uid)
  }

  get size(): number {
    return this.#objects.size
  }

  close(): void {
    this.#watch.close()
  }

  #take(event: WatchEvent): void {
    if (event.type === 'failed') {
      this.failure = event
      return
    }
    this.failure = undefined
    if (event.type === 'listed') {
      this.#objects = new Map(event.items.map((item) => [item.metadata.uid, item]))
      this.isListed = true
    } else if (event.type === 'deleted') this.#objects.delete(event.object.metadata.uid)
    else if ('object' in event) this.#objects.set(event.object.metadata.uid, event.object)
    this.#onChange()
  }
}

/** Managed fields are half of an object and say nothing here. */
export function withoutManagers(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
