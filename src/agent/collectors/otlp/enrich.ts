/**
 * Which pod sent an OTLP request, and what its resources lack: by the address in the resource, then
 * the pod's uid, then the container's id, then the address of the connection.
 */
import {
  type ReadyAttribute,
  type RewriteSignal,
  type Rewritten,
  readyAttributes,
  rewriteResources,
} from '../../../wire/otlp/resource-rewrite.ts'
import type { ResourceWords } from '../../../wire/otlp/resource-rewrite-words.ts'
import type { Cluster, ContainerInfo, PodInfo } from '../../kubernetes/cluster.ts'
import { instanceOf } from '../../kubernetes/pod-info.ts'
import { resourceAttributes } from '../../kubernetes/resource.ts'

export type Enrich = (body: Uint8Array, signal: RewriteSignal, peer_ip: string) => Rewritten

type Agent = { cluster: string; node: string }

export function createEnrich(cluster: Cluster | undefined, agent: Agent): Enrich {
  const ready = new WeakMap<PodInfo, Map<string, readonly ReadyAttribute[]>>()
  const ownWords = { 'k8s.cluster.name': agent.cluster }
  const unknown = agent.cluster === '' ? [] : readyAttributes(ownWords)
  const attributesFor = (words: ResourceWords, peer_ip: string) => {
    const found = cluster && senderOf(cluster, words, peer_ip)
    if (found === undefined) return unknown
    const { pod, container } = found
    const byContainer = ready.get(pod) ?? new Map<string, readonly ReadyAttribute[]>()
    ready.set(pod, byContainer)
    const key = container === undefined ? '' : `${container.name} ${container.restart_count}`
    let attributes = byContainer.get(key)
    if (attributes === undefined) {
      const known = { ...agent, cluster_uid: cluster?.cluster_uid }
      attributes = readyAttributes(resourceAttributes(pod, container, known))
      byContainer.set(key, attributes)
    }
    return attributes
  }
  return (body, signal, peer_ip) =>
    rewriteResources(body, signal, (words) => attributesFor(words, peer_ip))
}

type Sender = { pod: PodInfo; container: ContainerInfo | undefined }

export function senderOf(
  { pods }: Pick<Cluster, 'pods'>,
  words: ResourceWords,
  peer_ip: string,
): Sender | undefined {
  const byContainer = words.container_id === '' ? undefined : pods.byContainerId(words.container_id)
  const pod =
    (words.pod_ip === '' ? undefined : pods.byIp(words.pod_ip)) ??
    (words.pod_uid === '' ? undefined : pods.byUid(words.pod_uid)) ??
    byContainer?.pod ??
    pods.byIp(peer_ip)
  if (pod === undefined) return undefined
  if (byContainer?.pod.uid === pod.uid) return { pod, container: byContainer.container }
  return { pod, container: containerOf(pod, words) }
}

/** Named, or the only one there is. */
function containerOf(pod: PodInfo, words: ResourceWords): ContainerInfo | undefined {
  if (words.container_name !== '') {
    return instanceOf(pod, words.container_name, words.restart_count)
  }
  const names = new Set(pod.containers.map(({ name }) => name))
  return names.size === 1 ? pod.containers[0] : undefined
}
