/** Opens what collectors see of a cluster: the API and an index of pods that follows it. */

import type { AgentKind } from '../../model/fleet.ts'
import type { KubernetesObject } from './api.ts'
import { pause } from './backoff.ts'
import type { Cluster } from './cluster.ts'
import { Namespaces } from './namespaces.ts'
import { openApi } from './open-api.ts'
import { Owners } from './owners.ts'
import { PodIndex } from './pod-index.ts'
import type { ApiLog } from './watch-loop.ts'
import type { WatchLimits } from './watch-once.ts'

export type ClusterOptions = {
  url: string
  token_file: string
  ca_file: string
  /** Of kind node: only the pods of this node are asked for. */
  node?: string
  kind: AgentKind
  log: ApiLog
  now_ms: () => number
  /** For tests: shorter deadlines and pauses. */
  limits?: Partial<WatchLimits>
  pause_ms_max?: number
}

const namespaces_first_ms = 2_000
const sweep_ms = 15_000

/** Does not wait for the cluster: an API server that is away is asked until it answers. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { kind, node = '', now_ms } = options
  const api = openApi(options)
  const namespaces = new Namespaces()
  const pods: PodIndex = new PodIndex({
    chain: (pod) => owners.chain(pod),
    namespaceAnnotations: (namespace) => namespaces.annotationsOf(namespace),
    now_ms,
  })
  const owners = new Owners((uid) => pods.ownerChanged(uid))
  const known = namespaces.watch(api)
  // Every ReplicaSet of the cluster on every node would be too much: there names tell.
  if (kind === 'cluster') owners.watch(api)
  await Promise.race([known, pause(namespaces_first_ms, AbortSignal.any([]))])
  const selector = kind === 'node' && node !== '' ? `spec.nodeName=${node}` : undefined
  const ask = { path: '/api/v1/pods', keep: slim }
  api.watch(selector === undefined ? ask : { ...ask, field_selector: selector }, (event) =>
    pods.take(event),
  )
  const sweep = setInterval(() => pods.sweep(), sweep_ms)
  sweep.unref()
  return {
    api,
    pods,
    credentials: { token_file: options.token_file, ca_file: options.ca_file },
    get cluster_uid() {
      return namespaces.cluster_uid
    },
    close() {
      clearInterval(sweep)
      api.close()
    },
  }
}

/** A pod without what the index does not read: two thirds of it are managed fields and volumes. */
function slim(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { metadata, spec: object.spec, status: object.status }
}
