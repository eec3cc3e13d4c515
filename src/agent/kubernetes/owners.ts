/**
 * ReplicaSets and Jobs by uid with who made them, where the agent may watch them; elsewhere names
 * tell. Gives the whole chain above a pod.
 */
import type { KubernetesApi, KubernetesObject } from './api.ts'
import { type Owner, ownerByName } from './owner-names.ts'

export type OwnedPod = {
  labels: Readonly<Record<string, string>>
  created_ms: number
  /** The controller in its ownerReferences. */
  owner: Owner | undefined
}

const watched = ['/apis/apps/v1/replicasets', '/apis/batch/v1/jobs'] as const

/** An object's controller: the reference marked so, or the only one. */
export function controllerOf(object: KubernetesObject): Owner | undefined {
  const references: (Owner & { controller?: boolean })[] = object.metadata.ownerReferences ?? []
  const found = references.find(({ controller }) => controller === true) ?? references[0]
  return found && { kind: found.kind, name: found.name, uid: found.uid }
}

export class Owners {
  readonly #controllers = new Map<string, Map<string, Owner | null>>()
  readonly #changed: (uid: string) => void

  /** `changed` is told the uid of an owner whose own owner became known. */
  constructor(changed: (uid: string) => void) {
    this.#changed = changed
  }

  watch(api: KubernetesApi): () => void {
    const watches = watched.map((path) => {
      const known = new Map<string, Owner | null>()
      this.#controllers.set(path, known)
      return api.watch({ path, metadata_only: true, keep: onlyOwners }, (event) => {
        if (event.type === 'listed') {
          known.clear()
          for (const object of event.items) this.#learn(known, object)
        } else if (event.type === 'added' || event.type === 'modified') {
          this.#learn(known, event.object)
        } else if (event.type === 'deleted') known.delete(event.object.metadata.uid)
      })
    })
    return () => {
      for (const watch of watches) watch.close()
    }
  }

  /** From the pod upwards. */
  chain(pod: OwnedPod): Owner[] {
    const { owner } = pod
    if (owner === undefined) return []
    const known = this.#known(owner.uid)
    // Null: it is known to have none, whatever its name looks like.
    const above = known === undefined ? ownerByName(owner, pod) : known
    return above === null || above === undefined ? [owner] : [owner, above]
  }

  #known(uid: string): Owner | null | undefined {
    for (const known of this.#controllers.values()) {
      const found = known.get(uid)
      if (found !== undefined) return found
    }
    return undefined
  }

  #learn(known: Map<string, Owner | null>, object: KubernetesObject): void {
    const { uid } = object.metadata
    const isNew = !known.has(uid)
    known.set(uid, controllerOf(object) ?? null)
    if (isNew) this.#changed(uid)
  }
}

function onlyOwners(object: KubernetesObject): KubernetesObject {
  const { name, uid, resourceVersion, ownerReferences } = object.metadata
  const owners = ownerReferences === undefined ? {} : { ownerReferences }
  return { metadata: { name, uid, resourceVersion, ...owners } }
}
