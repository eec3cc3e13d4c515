/**
 * A pod's names as Kubernetes gives them. They are made from the service, version and place, so
 * that a restarted demo continues the same series instead of opening new ones.
 */
import { hash, hexDigits, podLetters, seeded, text } from '../random.ts'
import { type PodEnvironment, resourceAttributes } from '../telemetry/environment.ts'
import type { Service } from '../world/service-definition.ts'

export const nodes = ['worker-a', 'worker-b', 'worker-c'] as const

export type PodIdentity = {
  cluster: string
  service: string
  namespace: string
  version: string
  name: string
  uid: string
  ip: string
  node: string
  deployment: string
  replicaset: string
  container: string
  container_id: string
  restart_count: number
  image: string
}

export type PodPlace = { ordinal: number; version: string; restart_count: number }

/** The pods' network; on Linux every address in it can be listened at and sent from. */
export const pod_network = '127.244'

/** Of the ReplicaSet that runs this version of a deployment. */
export function replicaSetName(deployment: string, version: string): string {
  const template = seeded(hash(`${deployment}@${version}`))
  return `${deployment}-${text(template, podLetters, 10)}`
}

/** `host` is the last part of its address, if nobody has that already. */
export function replicaNames(
  replicaset: string,
  ordinal: number,
): { name: string; uid: string; host: number } {
  const random = seeded(hash(`${replicaset}/${ordinal}`))
  const name = `${replicaset}-${text(random, podLetters, 5)}`
  const hex = (length: number) => text(random, hexDigits, length)
  const uid = `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
  return { name, uid, host: 10 + Math.floor(random() * 240) }
}

export function containerId(uid: string, restart_count: number): string {
  return text(seeded(hash(`${uid}#${restart_count}`)), hexDigits, 64)
}

export function podIdentity(service: Service, place: PodPlace): PodIdentity {
  const { ordinal, version, restart_count } = place
  const replicaset = replicaSetName(service.name, version)
  const { name, uid, host } = replicaNames(replicaset, ordinal)
  const node = (hash(service.name) + ordinal) % nodes.length
  return {
    cluster: 'demo',
    service: service.name,
    namespace: service.namespace,
    version,
    name,
    uid,
    ip: `${pod_network}.${node + 1}.${host}`,
    node: nodes[node]!,
    deployment: service.name,
    replicaset,
    container: service.name,
    container_id: containerId(uid, restart_count),
    restart_count,
    image: service.image,
  }
}

/** Little: what its agent adds to it is for that agent to know. */
export function littleEnvironment(
  pod: PodIdentity,
  says: 'says nothing' | 'says pod uid',
): PodEnvironment {
  const own = { 'k8s.pod.uid': pod.uid, 'k8s.container.name': pod.container }
  return {
    OTEL_SERVICE_NAME: pod.service,
    OTEL_RESOURCE_ATTRIBUTES: resourceAttributes({
      'service.namespace': 'shop',
      'service.version': pod.version,
      'deployment.environment.name': 'production',
      ...(says === 'says pod uid' ? own : {}),
    }),
  }
}

/** The variables that the pod's container starts with. */
export function podEnvironment(pod: PodIdentity): PodEnvironment {
  return {
    OTEL_SERVICE_NAME: pod.service,
    OTEL_RESOURCE_ATTRIBUTES: resourceAttributes({
      'service.namespace': 'shop',
      'service.version': pod.version,
      'service.instance.id': `${pod.namespace}.${pod.name}.${pod.container}`,
      'deployment.environment.name': 'production',
      'k8s.cluster.name': pod.cluster,
      'k8s.namespace.name': pod.namespace,
      'k8s.node.name': pod.node,
      'k8s.deployment.name': pod.deployment,
      'k8s.replicaset.name': pod.replicaset,
      'k8s.pod.name': pod.name,
      'k8s.pod.uid': pod.uid,
      'k8s.pod.ip': pod.ip,
      'k8s.container.name': pod.container,
      'k8s.container.restart_count': String(pod.restart_count),
      ...(pod.restart_count > 0
        ? { 'k8s.container.status.last_terminated_reason': 'OOMKilled' }
        : {}),
      'container.id': pod.container_id,
      'container.image.name': pod.image,
      'container.image.tag': pod.version,
      'host.name': pod.name,
      'process.runtime.name': 'nodejs',
      'process.runtime.version': process.versions.node,
    }),
  }
}
