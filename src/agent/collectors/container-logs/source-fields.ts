/** What conditions of hints may ask of a record's pod, under the names that Beats give it. */
import type { PodInfo } from '../../kubernetes/cluster.ts'

export function sourceFields(pod: PodInfo, name: string): Readonly<Record<string, string>> {
  const container = pod.containers.filter((one) => one.name === name).at(-1)
  const fields: Record<string, string> = {
    'kubernetes.namespace': pod.namespace,
    'kubernetes.pod.name': pod.name,
    'kubernetes.pod.uid': pod.uid,
    'kubernetes.pod.ip': pod.ip,
    'kubernetes.node.name': pod.node,
    'kubernetes.container.name': name,
    'kubernetes.container.id': container?.id ?? '',
    'container.id': container?.id ?? '',
    'container.image.name': container?.image ?? '',
  }
  for (const { kind, name: owner } of pod.owners) {
    fields[`kubernetes.${kind.toLowerCase()}.name`] = owner
  }
  for (const [of, words] of [
    ['labels', pod.labels],
    ['annotations', pod.annotations],
  ] as const) {
    for (const [key, value] of Object.entries(words)) {
      fields[`kubernetes.${of}.${key}`] = value
      fields[`kubernetes.${of}.${key.replaceAll('.', '_')}`] = value
    }
  }
  for (const key of Object.keys(fields)) if (fields[key] === '') delete fields[key]
  return fields
}
