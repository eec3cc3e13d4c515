/**
 * The questions of one thing's page: what it is now or was at the range's end, what it used, and
 * how its logs and requests went. Its history is in contract-entity-history.ts; events and changes
 * are asked as on their own pages.
 */
import { z } from 'zod'
import type { Health } from '../../model/kubernetes.ts'
import { question, type RangeAsk, rangeAsk } from '../../model/question.ts'

/** Kinds that have a page; in addresses they are written in lower case. */
export const pagedKinds = [
  'Cluster',
  'Node',
  'Namespace',
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'CronJob',
  'Job',
  'Service',
  'Ingress',
  'EndpointSlice',
  'NetworkPolicy',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'StorageClass',
  'ConfigMap',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'ResourceQuota',
  'LimitRange',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
] as const
export type PagedKind = (typeof pagedKinds)[number]

/** What a telemetry record calls a workload may be any of these. */
export const workloadKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
  'Job',
  'ReplicaSet',
] as const

const word = z.string().max(1024)
export const entityShape = {
  ...rangeAsk,
  /** In lower case, as in addresses; `workload` is any of workloadKinds. */
  kind: word,
  /** Empty or `-`: in none, or not known. */
  of_namespace: word,
  name: word,
}
const containerShape = {
  ...entityShape,
  /** Only of this container. */
  container: word.optional(),
}
export type EntityAsk = RangeAsk & { kind: string; of_namespace: string; name: string }
export type ContainerAsk = EntityAsk & { container?: string | undefined }

/** What names a thing among all clusters. */
export type EntityPlace = { cluster: string; kind: string; namespace: string; name: string }

/**
 * later: it was made after the range's end. untold: no agent tells of it, but telemetry names it.
 */
export type EntityState = 'alive' | 'gone' | 'later' | 'untold'

export type Entity = EntityPlace & {
  /** Others that the address could mean as well: of another cluster, namespace or kind. */
  others: EntityPlace[]
  state: EntityState
  /** When it was told that it is gone; 0 when nobody saw it go. */
  gone_ms: number
  api_version: string
  uid: string
  node: string
  owner_kind: string
  owner_name: string
  workload_kind: string
  workload: string
  health: Health
  status: string
  status_message: string
  created_ms: number
  /** When it was last told; 0 when it never was. */
  told_ms: number
  labels: Record<string, string>
  /** Workloads whose pods serve it: of a Service. */
  serves: string[]
  /** Its own figures, and of things that hold pods the sums over these. */
  numbers: Record<string, number>
  /** JSON of the object as it was last told. */
  object: string
}
export const entityAbout = question<Entity | null>()(
  'kubernetes.entity',
  z.strictObject(entityShape),
)

/** Sums over the pods of the thing; of nodes and clusters, over the nodes. null: nobody told. */
export type EntityResources = {
  bucket_ms: number
  time_ms: number[]
  cpu_usage_cores: (number | null)[]
  memory_usage_bytes: (number | null)[]
  receive_bytes_per_s: (number | null)[]
  transmit_bytes_per_s: (number | null)[]
}
export const entityResources = question<EntityResources>()(
  'kubernetes.entity_resources',
  z.strictObject(containerShape),
)

export type EntityActivity = {
  bucket_ms: number
  time_ms: number[]
  severity: string[]
  /** Per severity: records per bucket. */
  records: number[][]
  /** Calls it was asked to serve, and those that failed. */
  calls: number[]
  errors: number[]
  p50_ns: (number | null)[]
  p95_ns: (number | null)[]
  /** What served them, the most called first. */
  services: string[]
}
export const entityActivity = question<EntityActivity>()(
  'kubernetes.entity_activity',
  z.strictObject(containerShape),
)

/** How full a claimed volume was; all null of anything else. */
export type EntityStorage = {
  bucket_ms: number
  time_ms: number[]
  used_bytes: (number | null)[]
  capacity_bytes: (number | null)[]
}
export const entityStorage = question<EntityStorage>()(
  'kubernetes.entity_storage',
  z.strictObject(entityShape),
)

/** What each container of the thing uses at the range's end; of many pods the most of any. */
export type ContainerUse = {
  container: string[]
  pods: number[]
  cpu_usage_cores: (number | null)[]
  memory_usage_bytes: (number | null)[]
}
export const containerUse = question<ContainerUse>()(
  'kubernetes.container_use',
  z.strictObject(entityShape),
)
