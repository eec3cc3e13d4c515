/**
 * What a series' labels tell of where it comes from, as resource attributes: the same words that
 * the agent gives to a scraped pod. The labels themselves stay with the series.
 */
import { workloadOfName } from '../../model/pod-name.ts'

type Words = Map<string, string>

/** Label to the attribute that it stands for; of several the first in this list counts. */
const attributeOfLabel: readonly (readonly [string, string])[] = [
  ['cluster', 'k8s.cluster.name'],
  ['k8s_cluster_name', 'k8s.cluster.name'],
  ['namespace', 'k8s.namespace.name'],
  ['k8s_namespace_name', 'k8s.namespace.name'],
  ['kubernetes_namespace', 'k8s.namespace.name'],
  ['pod', 'k8s.pod.name'],
  ['k8s_pod_name', 'k8s.pod.name'],
  ['pod_name', 'k8s.pod.name'],
  ['kubernetes_pod_name', 'k8s.pod.name'],
  ['container', 'k8s.container.name'],
  ['k8s_container_name', 'k8s.container.name'],
  ['container_name', 'k8s.container.name'],
  ['node', 'k8s.node.name'],
  ['k8s_node_name', 'k8s.node.name'],
  ['kubernetes_node', 'k8s.node.name'],
  ['deployment', 'k8s.deployment.name'],
  ['k8s_deployment_name', 'k8s.deployment.name'],
  ['statefulset', 'k8s.statefulset.name'],
  ['k8s_statefulset_name', 'k8s.statefulset.name'],
  ['daemonset', 'k8s.daemonset.name'],
  ['k8s_daemonset_name', 'k8s.daemonset.name'],
  ['cronjob', 'k8s.cronjob.name'],
  ['k8s_cronjob_name', 'k8s.cronjob.name'],
  ['job_name', 'k8s.job.name'],
  ['k8s_job_name', 'k8s.job.name'],
  ['replicaset', 'k8s.replicaset.name'],
]
const workloads = ['deployment', 'statefulset', 'daemonset', 'cronjob', 'job', 'replicaset']

/** Labels that name a service outright, best first: those of the pod, as the agent reads them. */
const serviceLabels = ['app_kubernetes_io_instance', 'app_kubernetes_io_name', 'service_name']
/** Scrape jobs that speak for others, or whose name tells how targets were found. */
const jobsOfOthers = /^(?:kubelet|kube-state-metrics|.*cadvisor|kubernetes-\w+(?:-\w+)*)$/

/** All labels that placeOf looks at. */
export const placeLabels: ReadonlySet<string> = new Set([
  ...attributeOfLabel.map(([label]) => label),
  ...serviceLabels,
  ...['service', 'job', 'instance'],
])

/** Resource attributes of a series with these labels. */
export function placeOf(labels: Words): Words {
  const words: Words = new Map()
  for (const [label, attribute] of attributeOfLabel) {
    const value = labels.get(label)
    if (value !== undefined && !words.has(attribute)) words.set(attribute, value)
  }
  const pod = words.get('k8s.pod.name')
  const namespace = words.get('k8s.namespace.name')
  let workload = workloads.map((kind) => words.get(`k8s.${kind}.name`)).find((name) => name)
  if (workload === undefined && pod !== undefined) {
    const { attribute, name } = workloadOfName(pod)
    if (attribute !== '') words.set(attribute, name)
    workload = name
  }
  const service = serviceOf(labels, workload)
  if (service !== undefined) words.set('service.name', service)
  if (namespace !== undefined) words.set('service.namespace', namespace)
  const instance = labels.get('instance')
  if (pod !== undefined) {
    const parts = [namespace, pod, words.get('k8s.container.name')]
    words.set('service.instance.id', parts.filter((part) => part !== undefined).join('.'))
  } else if (instance !== undefined) words.set('service.instance.id', instance)
  return words
}

function serviceOf(labels: Words, workload: string | undefined): string | undefined {
  for (const label of serviceLabels) {
    const named = labels.get(label)
    if (named !== undefined) return named
  }
  // What made the pod tells more than the Service or the job through which it was found.
  if (workload !== undefined) return workload
  const service = labels.get('service')
  const job = labels.get('job')
  if (service !== undefined && (job === undefined || !jobsOfOthers.test(job))) return service
  return job ?? service
}
