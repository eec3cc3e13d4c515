/** The shapes of the objects that the simulation itself reads; all others are passed through. */

export type OwnerReference = {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}
export type Words = Record<string, string>
export type Meta = {
  name: string
  namespace?: string
  uid: string
  resourceVersion: string
  creationTimestamp: string
  generation?: number
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  generateName?: string
  labels?: Words
  annotations?: Words
  ownerReferences?: OwnerReference[]
  managedFields?: ManagedField[]
}
export type ManagedField = {
  manager: string
  operation: string
  apiVersion: string
  time: string
  fieldsType: 'FieldsV1'
  fieldsV1: Record<string, unknown>
}
export type KubeObject = {
  apiVersion: string
  kind: string
  metadata: Meta
  [key: string]: unknown
}
/** What is given to be stored: the server fills in the rest of the metadata. */
export type NewObject = Omit<KubeObject, 'metadata'> & {
  apiVersion: string
  kind: string
  metadata: Partial<Meta> & { name: string }
}

export type Condition = {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason?: string
  message?: string
  lastTransitionTime?: string
  lastUpdateTime?: string
  lastHeartbeatTime?: string
}
export type Resources = { requests?: Words; limits?: Words }
export type ContainerSpec = {
  name: string
  image: string
  command?: string[]
  args?: string[]
  env?: { name: string; value?: string; valueFrom?: unknown }[]
  ports?: { name?: string; containerPort: number; protocol?: string }[]
  resources?: Resources
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[]
  readinessProbe?: Record<string, unknown>
  livenessProbe?: Record<string, unknown>
  imagePullPolicy?: string
  [key: string]: unknown
}
export type PodSpec = {
  containers: ContainerSpec[]
  nodeName?: string
  hostNetwork?: boolean
  restartPolicy?: string
  serviceAccountName?: string
  priorityClassName?: string
  nodeSelector?: Words
  tolerations?: Record<string, unknown>[]
  volumes?: ({ name: string; persistentVolumeClaim?: { claimName: string } } & Record<
    string,
    unknown
  >)[]
  [key: string]: unknown
}
export type ContainerState = {
  waiting?: { reason: string; message?: string }
  running?: { startedAt: string }
  terminated?: {
    exitCode: number
    reason: string
    message?: string
    startedAt: string
    finishedAt: string
    containerID: string
  }
}
export type ContainerStatus = {
  name: string
  state: ContainerState
  lastState: ContainerState
  ready: boolean
  restartCount: number
  image: string
  imageID: string
  containerID?: string
  started: boolean
}
export type PodStatus = {
  phase: string
  reason?: string
  message?: string
  conditions?: Condition[]
  hostIP?: string
  hostIPs?: { ip: string }[]
  podIP?: string
  podIPs?: { ip: string }[]
  startTime?: string
  containerStatuses?: ContainerStatus[]
  qosClass?: string
}
export type Pod = KubeObject & { spec: PodSpec; status: PodStatus }
export type PodTemplate = { metadata: Pick<Meta, 'labels' | 'annotations'>; spec: PodSpec }
export type Selector = { matchLabels: Words }
export type Workload = KubeObject & {
  spec: {
    replicas?: number
    selector: Selector
    template: PodTemplate
    paused?: boolean
    serviceName?: string
    volumeClaimTemplates?: NewObject[]
    [key: string]: unknown
  }
  status: Record<string, unknown> & { conditions?: Condition[] }
}
export type Job = KubeObject & {
  spec: {
    template: PodTemplate
    completions?: number
    parallelism?: number
    backoffLimit?: number
    ttlSecondsAfterFinished?: number
    selector?: Selector
  }
  status: {
    active?: number
    ready?: number
    succeeded?: number
    failed?: number
    startTime?: string
    completionTime?: string
    conditions?: Condition[]
  }
}
export type CronJob = KubeObject & {
  spec: {
    schedule: string
    suspend?: boolean
    jobTemplate: { metadata?: Pick<Meta, 'labels' | 'annotations'>; spec: Job['spec'] }
    successfulJobsHistoryLimit?: number
    failedJobsHistoryLimit?: number
    concurrencyPolicy?: string
  }
  status: {
    lastScheduleTime?: string
    lastSuccessfulTime?: string
    active?: { apiVersion: string; kind: string; name: string; namespace: string; uid: string }[]
  }
}
export type Node = KubeObject & {
  spec: {
    podCIDR?: string
    providerID?: string
    unschedulable?: boolean
    taints?: { key: string; value?: string; effect: string; timeAdded?: string }[]
  }
  status: {
    capacity: Words
    allocatable: Words
    conditions: Condition[]
    addresses: { type: string; address: string }[]
    daemonEndpoints: { kubeletEndpoint: { Port: number } }
    nodeInfo: Words
  }
}
export type EventObject = KubeObject & {
  involvedObject: Words
  reason: string
  message: string
  type: 'Normal' | 'Warning'
  count: number
  firstTimestamp: string
  lastTimestamp: string
}

/** Kubernetes writes whole seconds in UTC. */
export function timestamp(time_ms: number): string {
  return `${new Date(time_ms).toISOString().slice(0, 19)}Z`
}

export function namedAs(object: { metadata: { namespace?: string; name: string } }): string {
  const { namespace, name } = object.metadata
  return namespace === undefined ? name : `${namespace}/${name}`
}

export function ownerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true)
}

export function ownedBy(owner: KubeObject): OwnerReference[] {
  const { apiVersion, kind, metadata } = owner
  const { name, uid } = metadata
  return [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }]
}
