/**
 * What collectors may ask about the cluster: the API server, and pods as they are known from watch,
 * kept past their end so that their last lines still carry their names.
 */
import type { KubernetesApi } from './api.ts'

/** One start of a container: a restart is another one. */
export type ContainerInfo = {
  name: string
  /** Runtime id without its scheme. */
  id: string
  restart_count: number
  image: string
  ports: readonly { name: string; port: number }[]
}

export type PodInfo = {
  namespace: string
  name: string
  uid: string
  /** Of a static pod the uid in log paths: the hash in kubernetes.io/config.hash. */
  log_uid: string
  ip: string
  host_network: boolean
  node: string
  started_ms: number
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
  /** From the pod upwards: ReplicaSet, then Deployment. */
  owners: readonly { kind: string; name: string; uid: string }[]
  workload_kind: string
  workload: string
  containers: readonly ContainerInfo[]
  phase: string
  is_deleted: boolean
}

export type Pods = {
  byUid(uid: string): PodInfo | undefined
  /** Host-network pods share an address and are never found by it. */
  byIp(ip: string): PodInfo | undefined
  byName(namespace: string, name: string): PodInfo | undefined
  byContainerId(id: string): { pod: PodInfo; container: ContainerInfo } | undefined
  all(): Iterable<PodInfo>
  onChange(tell: (pod: PodInfo) => void): () => void
  /** Resolves when the first list is there, or after `within_ms`. */
  ready(within_ms: number): Promise<void>
}

export type Cluster = {
  api: KubernetesApi
  pods: Pods
  /** The uid of namespace kube-system; empty until it is known, or where it may not be read. */
  readonly cluster_uid: string
  /** How the agent proves itself: kubelets and the control plane take the API server's token. */
  credentials?: { token_file: string; ca_file: string }
  close(): void
}

/**
 * The resource attributes that every record of a pod carries: k8s.*, container.*, service.* by the
 * rules of the semantic conventions, labels as k8s.pod.label.<key>, and what its
 * resource.opentelemetry.io/* annotations say. `resource.ts` makes them.
 */
export type ResourceAttributes = Readonly<Record<string, string>>
