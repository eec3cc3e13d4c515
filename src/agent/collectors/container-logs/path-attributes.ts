/** What a log's path alone says of its container, for pods that the API server does not tell of. */
import type { ContainerDir } from './log-tree.ts'

/** The letters of the hashes that Kubernetes makes: no vowels, no look-alikes. */
const hash = '[bcdfghjklmnpqrstvwxz2456789]'
const replicaPod = new RegExp(`^(.+)-${hash}{6,10}-${hash}{5}$`)
/** A CronJob's Jobs are named by the minute they are of. */
const cronPod = new RegExp(`^(.+)-(\\d{8,10})-${hash}{5}$`)
const setPod = /^(.+)-\d+$/
const jobPod = new RegExp(`^(.+)-${hash}{5}$`)

/** The workload a pod's name was made from, as well as a name can tell. */
export function workloadOfName(pod: string): { attribute: string; name: string } {
  const cron = cronPod.exec(pod)
  if (cron !== null) return { attribute: 'k8s.cronjob.name', name: cron[1]! }
  const replica = replicaPod.exec(pod)
  if (replica !== null) return { attribute: 'k8s.deployment.name', name: replica[1]! }
  const set = setPod.exec(pod)
  if (set !== null) return { attribute: 'k8s.statefulset.name', name: set[1]! }
  // A DaemonSet's and a Job's pods look the same.
  const other = jobPod.exec(pod)
  return { attribute: '', name: other?.[1] ?? pod }
}

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
