/**
 * Variables in hints, `${data.host}`: filled from the pod that carries the hint. Of the agent's own
 * environment only NODE_NAME is readable, so that no annotation can draw a secret out of it.
 */
import type { ContainerInfo, PodInfo } from '../kubernetes/cluster.ts'

export type HintScope = {
  pod: PodInfo
  /** The container, and the port, that the hint is read for; a pod as a whole has neither. */
  container?: ContainerInfo | undefined
  port?: number | undefined
  node_name?: string | undefined
}

export type Filled = { text: string } | { unresolved: string }

export function fillVariables(text: string, scope: HintScope): Filled {
  let unresolved: string | undefined
  const filled = text.replace(/\$\{([^${}]*)\}/g, (_, name: string) => {
    const value = variable(name.trim(), scope)
    if (value === undefined || value === '') unresolved ??= name
    return value ?? ''
  })
  return unresolved === undefined ? { text: filled } : { unresolved }
}

function variable(name: string, scope: HintScope): string | undefined {
  const { pod, container, port, node_name } = scope
  switch (name) {
    case 'data.host':
    case 'kubernetes.pod.ip':
      return pod.ip
    case 'data.port':
      return port === undefined ? undefined : String(port)
    case 'data.container.id':
      return container?.id
    case 'NODE_NAME':
    case 'env.NODE_NAME':
      return node_name
    default:
  }
  const named = /^data\.ports\.(.+)$/.exec(name)
  if (named !== null) return namedPort(pod, named[1]!)
  const word = /^(?:data\.)?kubernetes\.(.+)$/.exec(name)
  return word === null ? undefined : kubernetesWord(word[1]!, scope)
}

function namedPort(pod: PodInfo, name: string): string | undefined {
  const port = portsOf(pod).find((one) => one.name === name)
  return port === undefined ? undefined : String(port.port)
}

/** Each port once, although a restarted container is listed once a start. */
export function portsOf(pod: PodInfo): { name: string; port: number; container: ContainerInfo }[] {
  const seen = new Set<string>()
  return pod.containers.flatMap((container) => {
    if (seen.has(container.name)) return []
    seen.add(container.name)
    return container.ports.map((port) => ({ ...port, container }))
  })
}

function kubernetesWord(word: string, { pod, container, node_name }: HintScope) {
  const label = /^labels\.(.+)$/.exec(word)?.[1]
  if (label !== undefined) return dedotted(pod.labels, label)
  const annotation = /^annotations\.(.+)$/.exec(word)?.[1]
  if (annotation !== undefined) return dedotted(pod.annotations, annotation)
  const words: Record<string, string | undefined> = {
    namespace: pod.namespace,
    'pod.name': pod.name,
    'pod.uid': pod.uid,
    'pod.ip': pod.ip,
    'node.name': pod.node === '' ? node_name : pod.node,
    'container.id': container?.id,
    'container.name': container?.name,
    'container.image': container?.image,
    ...Object.fromEntries(pod.owners.map(({ kind, name }) => [`${kind.toLowerCase()}.name`, name])),
  }
  return Object.hasOwn(words, word) ? words[word] : undefined
}

/** `app.kubernetes.io/name` and, as Beats store it, `app_kubernetes_io/name`. */
function dedotted(values: Readonly<Record<string, string>>, key: string): string | undefined {
  if (Object.hasOwn(values, key)) return values[key]
  return Object.entries(values).find(([name]) => name.replaceAll('.', '_') === key)?.[1]
}
