/** Namespaces as far as pods need them: annotations that are defaults, and the cluster's uid. */

import type { KubernetesApi, KubernetesObject, WatchEvent } from './api.ts'

export class Namespaces {
  readonly #annotations = new Map<string, Readonly<Record<string, string>>>()
  /** The uid of kube-system never changes in a cluster's life. */
  cluster_uid = ''

  /**
   * Resolves after the first answer. Refused, annotations of namespaces and the cluster's uid stay
   * unknown; the rest works.
   */
  watch(api: KubernetesApi): Promise<void> {
    return new Promise((resolve) => {
      api.watch({ path: '/api/v1/namespaces', metadata_only: true, keep: onlyNames }, (event) => {
        this.take(event)
        resolve()
      })
    })
  }

  annotationsOf(namespace: string): Readonly<Record<string, string>> | undefined {
    return this.#annotations.get(namespace)
  }

  take(event: WatchEvent): void {
    if (event.type === 'failed' || event.type === 'page' || event.type === 'recovered') return
    const objects = event.type === 'listed' ? event.items : [event.object]
    if (event.type === 'listed') this.#annotations.clear()
    for (const { metadata } of objects) {
      if (metadata.name === 'kube-system') this.cluster_uid = metadata.uid
      if (event.type === 'deleted') this.#annotations.delete(metadata.name)
      else if (metadata.annotations !== undefined) {
        this.#annotations.set(metadata.name, metadata.annotations)
      }
    }
  }
}

function onlyNames(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { metadata }
}
