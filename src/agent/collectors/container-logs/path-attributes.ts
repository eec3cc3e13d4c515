/** What a log's path alone says of its container, for pods that the API server does not tell of. */
import { workloadOfName } from '../../../model/pod-name.ts'
import type { ContainerDir } from './log-tree.ts'

export function pathAttributes(
  where: ContainerDir,
  start: number,
  agent: { cluster: string; node: string },
): Record<string, string> {
  const { namespace, pod, uid, container, container_id } = where
  const workload = workloadOfName(pod)
  const attributes: Record<string, string> = {
    'k8s.cluster.name': agent.cluster,
    'k8s.node.name': agent.node,
    'k8s.namespace.name': namespace,
    'k8s.pod.name': pod,
    'k8s.pod.uid': uid,
    'k8s.container.name': container,
    'container.id': container_id,
    'service.name': workload.name,
    'service.namespace': namespace,
    'service.instance.id': `${namespace}.${pod}.${container}`,
  }
  if (uid !== '') attributes['k8s.container.restart_count'] = String(start)
  if (workload.attribute !== '') attributes[workload.attribute] = workload.name
  if (workload.attribute === 'k8s.cronjob.name') {
    attributes['k8s.job.name'] = pod.slice(0, pod.lastIndexOf('-'))
  }
  for (const key of Object.keys(attributes)) if (attributes[key] === '') delete attributes[key]
  return attributes
}
