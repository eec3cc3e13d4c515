/**
 * What etcd and the watch cache are to a real API server: objects with resource versions, a bounded
 * window of changes, and listeners. Objects are replaced, never changed in place.
 */
import { isDeepStrictEqual } from 'node:util'
import { hash, hexDigits, seeded, text } from '../../random.ts'
import { apiVersionOf, type Kind, kindNamed, kinds } from './kinds.ts'
import {
  type KubeObject,
  type ManagedField,
  type NewObject,
  namedAs,
  timestamp,
} from './objects.ts'

export type Change = {
  revision: number
  kind: Kind
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  object: KubeObject
  /** What it was, so that a selector that it has left can tell of its going. */
  previous: KubeObject | undefined
}

export type StoreOptions = {
  /** Names the cluster: with it, uids stay the same from one start to the next. */
  seed: string
  now_ms: () => number
  /** How many changes can be watched from; older resource versions are Gone. */
  history_max: number
}

export class ObjectStore {
  readonly #options: StoreOptions
  readonly #objects = new Map<string, Map<string, KubeObject>>()
  #history: Change[] = []
  readonly #listeners = new Set<(change: Change) => void>()
  readonly #made = new Map<string, number>()
  /** Everything up to here is forgotten. */
  #forgotten: number
  #revision: number

  constructor(options: StoreOptions) {
    this.#options = options
    // Grows from one start to the next, as versions in etcd do.
    this.#revision = Math.floor(options.now_ms() / 100) - 14_000_000_000
    this.#forgotten = this.#revision
    for (const { kind } of kinds) this.#objects.set(kind, new Map())
  }

  /** The cluster's own name, with which its uids differ from those of others. */
  get seed(): string {
    return this.#options.seed
  }

  get revision(): number {
    return this.#revision
  }

  list<Object extends KubeObject = KubeObject>(kind: string): Object[] {
    return [...this.#of(kind).values()] as Object[]
  }

  get<Object extends KubeObject = KubeObject>(
    kind: string,
    name: string,
    namespace?: string,
  ): Object | undefined {
    return this.#of(kind).get(namespace === undefined ? name : `${namespace}/${name}`) as
      | Object
      | undefined
  }

  /** Stores an object or a new version of one. Answers what is stored; no change, no version. */
  apply<Object extends KubeObject = KubeObject>(given: NewObject, manager: string): Object {
    const kind = kindNamed(given.kind)
    const key = namedAs(given)
    const previous = this.#of(given.kind).get(key)
    const object = this.#complete(kind, given, previous, manager)
    if (previous !== undefined && isSame(previous, object)) return previous as Object
    this.#revision++
    object.metadata.resourceVersion = String(this.#revision)
    this.#of(given.kind).set(key, object)
    const type = previous === undefined ? 'ADDED' : 'MODIFIED'
    this.#tell({ revision: this.#revision, kind, type, object, previous })
    return object as Object
  }

  remove(kind: string, name: string, namespace?: string): KubeObject | undefined {
    const key = namespace === undefined ? name : `${namespace}/${name}`
    const previous = this.#of(kind).get(key)
    if (previous === undefined) return undefined
    this.#of(kind).delete(key)
    this.#revision++
    const metadata = { ...previous.metadata, resourceVersion: String(this.#revision) }
    const object = { ...previous, metadata }
    const about = { revision: this.#revision, kind: kindNamed(kind), object, previous }
    this.#tell({ ...about, type: 'DELETED' })
    return object
  }

  /** Changes after a revision; undefined when some of them are forgotten. */
  since(revision: number): readonly Change[] | undefined {
    if (revision < this.#forgotten) return undefined
    const at = this.#history.findIndex((change) => change.revision > revision)
    return at < 0 ? [] : this.#history.slice(at)
  }

  onChange(hear: (change: Change) => void): () => void {
    this.#listeners.add(hear)
    return () => this.#listeners.delete(hear)
  }

  /** Nothing before now can be watched from. */
  forget(): void {
    this.#history = []
    this.#forgotten = this.#revision
  }

  #of(kind: string): Map<string, KubeObject> {
    return this.#objects.get(kindNamed(kind).kind)!
  }

  #tell(change: Change): void {
    this.#history.push(change)
    const { history_max } = this.#options
    // Cut in steps: a shift for each change would move the whole window.
    if (this.#history.length > history_max + Math.ceil(history_max / 4)) {
      const cut = this.#history.splice(0, this.#history.length - history_max)
      this.#forgotten = cut.at(-1)!.revision
    }
    for (const hear of [...this.#listeners]) hear(change)
  }

  #complete(
    kind: Kind,
    given: NewObject,
    previous: KubeObject | undefined,
    manager: string,
  ): KubeObject {
    const now = timestamp(this.#options.now_ms())
    const key = namedAs(given)
    const old = previous?.metadata
    const isNewSpec = previous !== undefined && !isDeepStrictEqual(previous.spec, given.spec)
    const generation = (old?.generation ?? 1) + (isNewSpec ? 1 : 0)
    const metadata = {
      ...given.metadata,
      uid: old?.uid ?? given.metadata.uid ?? this.#uid(kind.kind, key),
      resourceVersion: old?.resourceVersion ?? '',
      creationTimestamp: old?.creationTimestamp ?? given.metadata.creationTimestamp ?? now,
    }
    if ('spec' in given && given.kind !== 'Node' && given.kind !== 'Namespace') {
      metadata.generation = generation
    }
    const managedFields = managed(given, previous, { manager, time: now })
    const apiVersion = apiVersionOf(kind)
    return { ...given, apiVersion, metadata: { ...metadata, managedFields } }
  }

  #uid(kind: string, key: string): string {
    const name = `${this.#options.seed}/${kind}/${key}`
    const count = (this.#made.get(name) ?? 0) + 1
    this.#made.set(name, count)
    const random = seeded(hash(`${name}#${count}`))
    const hex = (length: number) => text(random, hexDigits, length)
    return `${hex(8)}-${hex(4)}-4${hex(3)}-b${hex(3)}-${hex(12)}`
  }
}

/** The parts of an object that a writer is told to own: whole sections, as fields of one level. */
function managed(
  given: NewObject,
  previous: KubeObject | undefined,
  { manager, time }: { manager: string; time: string },
): ManagedField[] {
  const old = previous?.metadata.managedFields ?? []
  const parts = [...Object.keys(given), 'labels', 'annotations'].filter((part) => {
    if (part === 'metadata' || part === 'apiVersion' || part === 'kind') return false
    return !isDeepStrictEqual(partOf(given, part), previous && partOf(previous, part))
  })
  if (parts.length === 0) return old
  const fieldsV1: Record<string, unknown> = {}
  for (const part of parts) {
    const value = partOf(given, part) ?? {}
    const inner = Object.fromEntries(Object.keys(value as object).map((name) => [`f:${name}`, {}]))
    if (part === 'labels' || part === 'annotations') {
      fieldsV1['f:metadata'] = { ...(fieldsV1['f:metadata'] as object), [`f:${part}`]: inner }
    } else fieldsV1[`f:${part}`] = inner
  }
  const operation = 'Update'
  const { apiVersion } = given
  const entry = { manager, operation, apiVersion, time, fieldsType: 'FieldsV1' as const, fieldsV1 }
  return [...old.filter((other) => other.manager !== manager), entry]
}

function partOf(object: NewObject | KubeObject, part: string): unknown {
  if (part === 'labels' || part === 'annotations') return object.metadata[part]
  return (object as Record<string, unknown>)[part]
}

function isSame(before: KubeObject, after: KubeObject): boolean {
  const bare = ({ metadata: { managedFields: _, ...metadata }, ...rest }: KubeObject) => ({
    ...rest,
    metadata,
  })
  return isDeepStrictEqual(bare(before), bare(after))
}
