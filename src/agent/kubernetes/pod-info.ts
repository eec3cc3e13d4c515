/** What the agent keeps of a pod, made from the API's object. Knows one pod at a time. */

import type { KubernetesObject } from './api.ts'
import type { ContainerInfo, PodInfo } from './cluster.ts'
import type { Owner } from './owner-names.ts'
import { controllerOf, type OwnedPod } from './owners.ts'

type Port = { name?: string; containerPort?: number }
type ContainerSpec = { name: string; image?: string; ports?: Port[] }
type ContainerState = { terminated?: { containerID?: string } }
type ContainerStatus = {
  name: string
  containerID?: string
  restartCount?: number
  image?: string
  state?: ContainerState
  lastState?: ContainerState
}

export type Pod = KubernetesObject & {
  spec?: {
    nodeName?: string
    hostNetwork?: boolean
    containers?: ContainerSpec[]
    initContainers?: ContainerSpec[]
    ephemeralContainers?: ContainerSpec[]
  }
  status?: {
    phase?: string
    podIP?: string
    startTime?: string
    containerStatuses?: ContainerStatus[]
    initContainerStatuses?: ContainerStatus[]
    ephemeralContainerStatuses?: ContainerStatus[]
  }
}

/** Starts of one container that are remembered, newest first. */
const instances_max = 4
/** kubectl's copy of the whole manifest says nothing that is not in the object. */
const noise = 'kubectl.kubernetes.io/last-applied-configuration'
const configHash = 'kubernetes.io/config.hash'
/** Of a namespace: defaults for its pods; everything else a namespace says is its own affair. */
const inherited = /^(?:co\.elastic\.|resource\.opentelemetry\.io\/|fluentbit\.io\/)/

export type PodContext = {
  chain: (pod: OwnedPod) => readonly Owner[]
  namespaceAnnotations: Readonly<Record<string, string>> | undefined
  /** As it was known before, for the ids of containers that the API has forgotten. */
  before: PodInfo | undefined
}

export function podInfo(object: Pod, context: PodContext): PodInfo {
  const { metadata, spec = {}, status = {} } = object
  const labels = metadata.labels ?? {}
  const annotations = annotationsOf(object, context.namespaceAnnotations)
  const created_ms = timeOf(metadata.creationTimestamp)
  const owners = context.chain({ labels, created_ms, owner: controllerOf(object) })
  const [workload_kind, workload] = workloadOf(owners, metadata.name)
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid,
    log_uid: annotations[configHash] ?? metadata.uid,
    ip: status.podIP ?? context.before?.ip ?? '',
    host_network: spec.hostNetwork === true,
    node: spec.nodeName ?? '',
    started_ms: timeOf(status.startTime) || created_ms,
    labels,
    annotations,
    owners,
    workload_kind,
    workload,
    containers: containersOf(object, context.before?.containers ?? []),
    phase: status.phase ?? '',
    is_deleted: false,
  }
}

/** A pod that nobody made, and a static one, whose owner is its node, is its own workload. */
export function workloadOf(owners: readonly Owner[], pod: string): [kind: string, name: string] {
  const top = owners.at(-1)
  return top === undefined || top.kind === 'Node' ? ['Pod', pod] : [top.kind, top.name]
}

function annotationsOf(object: Pod, defaults: PodContext['namespaceAnnotations']) {
  const annotations: Record<string, string> = {}
  for (const [key, value] of Object.entries(defaults ?? {})) {
    if (inherited.test(key)) annotations[key] = value
  }
  for (const [key, value] of Object.entries(object.metadata.annotations ?? {})) {
    if (key !== noise) annotations[key] = value
  }
  return annotations
}

function timeOf(text: string | undefined): number {
  const time_ms = text === undefined ? 0 : Date.parse(text)
  return Number.isNaN(time_ms) ? 0 : time_ms
}

/** The newest instance of each container first, then what it was before. */
function containersOf({ spec = {}, status = {} }: Pod, before: readonly ContainerInfo[]) {
  const groups = [
    { specs: spec.containers, statuses: status.containerStatuses },
    { specs: spec.initContainers, statuses: status.initContainerStatuses },
    { specs: spec.ephemeralContainers, statuses: status.ephemeralContainerStatuses },
  ]
  return groups.flatMap(({ specs = [], statuses = [] }) =>
    specs.flatMap((one) => {
      const told = statuses.find(({ name }) => name === one.name)
      const known = before.filter(({ name }) => name === one.name)
      return instances(one, told, known)
    }),
  )
}

function instances(
  { name, image = '', ports = [] }: ContainerSpec,
  status: ContainerStatus | undefined,
  known: readonly ContainerInfo[],
): ContainerInfo[] {
  const shared = {
    name,
    // The specification says what was asked for; the status may hold a bare digest.
    image: image === '' ? (status?.image ?? '') : image,
    ports: ports.flatMap(({ name: port_name = '', containerPort }) =>
      containerPort === undefined ? [] : [{ name: port_name, port: containerPort }],
    ),
  }
  const restart_count = status?.restartCount ?? 0
  const id = plainId(status?.containerID)
  const last = plainId(status?.lastState?.terminated?.containerID)
  const found: ContainerInfo[] = [{ ...shared, id, restart_count }]
  if (last !== '' && last !== id) {
    found.push({ ...shared, id: last, restart_count: Math.max(0, restart_count - 1) })
  }
  for (const old of known) {
    if (found.length >= instances_max) break
    if (old.id !== '' && !found.some((one) => one.id === old.id)) found.push(old)
  }
  return found
}

/** `containerd://abc` without its scheme. */
function plainId(id: string | undefined): string {
  return (id ?? '').replace(/^[a-z0-9-]+:\/\//, '')
}

/**
 * One start of a container: the one with this number of restarts, or the newest when there is none
 * such any more. Senders that always say 0 are right until the first restart only.
 */
export function instanceOf(
  pod: PodInfo,
  container: string,
  restart_count?: number,
): ContainerInfo | undefined {
  const starts = pod.containers.filter(({ name }) => name === container)
  return starts.find((start) => start.restart_count === restart_count) ?? starts[0]
}
