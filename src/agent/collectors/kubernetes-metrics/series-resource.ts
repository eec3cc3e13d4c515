/**
 * Whom a Prometheus series is of, read from its labels: the kubelet and kube-state-metrics speak
 * for many pods in one text.
 */

import type { Resource } from '../../../wire/otlp/encode-metrics.ts'
import type { Label } from '../../../wire/prometheus/series-text.ts'
import type { Pods } from '../../kubernetes/cluster.ts'
import { type ResourceAgent, resourceAttributes } from '../../kubernetes/resource.ts'
import { SteadyResources } from '../../scrape/rounds.ts'

/** Labels of kube-state-metrics, and what OpenTelemetry calls the same. */
const words: Readonly<Record<string, string>> = {
  namespace: 'k8s.namespace.name',
  pod: 'k8s.pod.name',
  uid: 'k8s.pod.uid',
  container: 'k8s.container.name',
  node: 'k8s.node.name',
  deployment: 'k8s.deployment.name',
  replicaset: 'k8s.replicaset.name',
  statefulset: 'k8s.statefulset.name',
  daemonset: 'k8s.daemonset.name',
  job_name: 'k8s.job.name',
  cronjob: 'k8s.cronjob.name',
  horizontalpodautoscaler: 'k8s.hpa.name',
  persistentvolumeclaim: 'k8s.persistentvolumeclaim.name',
  persistentvolume: 'k8s.persistentvolume.name',
  resourcequota: 'k8s.resourcequota.name',
}

export class SeriesResources {
  readonly #steady = new SteadyResources()
  readonly #base: Readonly<Record<string, string>>
  readonly #agent: ResourceAgent
  readonly #pods: Pods | undefined

  constructor(base: Readonly<Record<string, string>>, agent: ResourceAgent, pods?: Pods) {
    this.#base = base
    this.#agent = agent
    this.#pods = pods
  }

  /** Of the pod's containers by labels namespace, pod and container; of the node otherwise. */
  ofPod(labels: readonly Label[]): Resource {
    const said = new Map(labels)
    const namespace = said.get('namespace') ?? said.get('exported_namespace') ?? ''
    const name = said.get('pod') ?? said.get('exported_pod') ?? ''
    const container = said.get('container') ?? said.get('exported_container') ?? ''
    if (name === '') return this.#base
    const key = `${namespace}/${name}/${container}`
    const pod = this.#pods?.byName(namespace, name)
    if (pod === undefined) {
      const known = { ...this.#base, 'k8s.namespace.name': namespace, 'k8s.pod.name': name }
      return this.#steady.get(
        key,
        container === '' ? known : { ...known, 'k8s.container.name': container },
      )
    }
    const info = pod.containers.find((one) => one.name === container)
    return this.#steady.get(key, resourceAttributes(pod, info, this.#agent))
  }

  /** Of the object that a series of kube-state-metrics describes. */
  ofObject(labels: Readonly<Record<string, string>>): Resource {
    const made: Record<string, string> = { ...this.#base }
    let key = ''
    for (const [label, word] of Object.entries(words)) {
      const value = labels[label]
      if (value === undefined || value === '') continue
      made[word] = value
      key += `${label} ${value}\n`
    }
    return this.#steady.get(key, made)
  }
}
