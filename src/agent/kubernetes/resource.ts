/**
 * The resource attributes of a pod's records by OpenTelemetry's rules: what Kubernetes knows of it,
 * and the service.* that its labels and annotations say. Values that are unknown are left out.
 */
import { type Image, imageOf } from '../../model/image-name.ts'
import type { ContainerInfo, PodInfo, ResourceAttributes } from './cluster.ts'

export type ResourceAgent = {
  cluster: string
  node: string
  cluster_uid?: string | undefined
}

const said = 'resource.opentelemetry.io/'
const ownerWords: Readonly<Record<string, string>> = {
  Deployment: 'deployment',
  ReplicaSet: 'replicaset',
  StatefulSet: 'statefulset',
  DaemonSet: 'daemonset',
  Job: 'job',
  CronJob: 'cronjob',
  ReplicationController: 'replicationcontroller',
}
/** Which owner names the service, best first. */
const serviceKinds = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job']

/** Without a container: of the pod as a whole. */
export function resourceAttributes(
  pod: PodInfo,
  container: ContainerInfo | undefined,
  agent: ResourceAgent,
): ResourceAttributes {
  const image = imageOf(container?.image ?? '')
  const attributes: Record<string, string> = {
    'k8s.cluster.name': agent.cluster,
    'k8s.cluster.uid': agent.cluster_uid ?? '',
    'k8s.namespace.name': pod.namespace,
    'k8s.node.name': pod.node === '' ? agent.node : pod.node,
    'k8s.pod.name': pod.name,
    'k8s.pod.uid': pod.uid,
    'k8s.pod.ip': pod.ip,
    'k8s.pod.start_time': pod.started_ms === 0 ? '' : new Date(pod.started_ms).toISOString(),
    ...ownersOf(pod),
    ...containerOf(container, image),
    ...serviceOf(pod, container, image),
  }
  for (const [key, value] of Object.entries(pod.labels)) attributes[`k8s.pod.label.${key}`] = value
  for (const [key, value] of Object.entries(pod.annotations)) {
    if (key.startsWith(said) && key.length > said.length) attributes[key.slice(said.length)] = value
  }
  // A label may say "" on purpose; of everything else that is no value.
  for (const key of Object.keys(attributes)) {
    if (attributes[key] === '' && !key.startsWith('k8s.pod.label.')) delete attributes[key]
  }
  return attributes
}

function ownersOf(pod: PodInfo): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const { kind, name } of pod.owners) {
    const word = Object.hasOwn(ownerWords, kind) ? ownerWords[kind] : undefined
    if (word !== undefined) attributes[`k8s.${word}.name`] = name
  }
  return attributes
}

function containerOf(container: ContainerInfo | undefined, image: Image): Record<string, string> {
  if (container === undefined) return {}
  return {
    'k8s.container.name': container.name,
    'k8s.container.restart_count': String(container.restart_count),
    'container.id': container.id,
    'container.image.name': image.name,
    'container.image.tag': image.tag,
  }
}

function serviceOf(pod: PodInfo, container: ContainerInfo | undefined, image: Image) {
  const { labels } = pod
  const owner = serviceKinds
    .map((kind) => pod.owners.find((one) => one.kind === kind)?.name)
    .find((name) => name !== undefined)
  const name = [
    labels['app.kubernetes.io/instance'],
    labels['app.kubernetes.io/name'],
    owner,
    pod.name,
    container?.name,
  ].find((word) => word !== undefined && word !== '')
  const instance = [pod.namespace, pod.name, ...(container ? [container.name] : [])].join('.')
  return {
    'service.name': name ?? '',
    'service.namespace': pod.namespace,
    'service.version': labels['app.kubernetes.io/version'] || image.version,
    // Without the restart count on purpose: a restart is the same instance.
    'service.instance.id': instance,
  }
}
