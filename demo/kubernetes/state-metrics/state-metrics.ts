/** kube-state-metrics: the state of the cluster's objects as Prometheus series. */
import type { ObjectStore } from '../api/object-store.ts'
import {
  type CronJob,
  type Job,
  type KubeObject,
  type Node,
  ownerOf,
  type Workload,
} from '../api/objects.ts'
import { amountOf } from '../kubelet/amounts.ts'
import { Exposition } from './exposition.ts'
import { addPods } from './pod-state.ts'

export const seconds = (time: string | undefined) => Math.floor(Date.parse(time ?? '') / 1000)

export function stateMetrics(store: ObjectStore): string {
  const page = new Exposition()
  addNodes(page, store)
  addPods(page, store)
  addWorkloads(page, store)
  addJobs(page, store)
  addRest(page, store)
  return page.text()
}

const places = (object: KubeObject) => ({ namespace: object.metadata.namespace ?? '' })

export function labelsOf({ metadata }: KubeObject): Record<string, string> {
  const pairs = Object.entries(metadata.labels ?? {})
  return Object.fromEntries(
    pairs.map(([name, value]) => [`label_${name.replace(/[^a-zA-Z0-9_]/g, '_')}`, value]),
  )
}

function addNodes(page: Exposition, store: ObjectStore): void {
  for (const object of store.list<Node>('Node')) {
    const node = object.metadata.name
    const { nodeInfo, capacity, allocatable, conditions, addresses } = object.status
    page.add(
      'kube_node_info',
      {
        node,
        kernel_version: nodeInfo.kernelVersion,
        os_image: nodeInfo.osImage,
        container_runtime_version: nodeInfo.containerRuntimeVersion,
        kubelet_version: nodeInfo.kubeletVersion,
        provider_id: object.spec.providerID,
        pod_cidr: object.spec.podCIDR,
        system_uuid: nodeInfo.systemUUID,
        internal_ip: addresses[0]?.address,
      },
      1,
    )
    page.add('kube_node_created', { node }, seconds(object.metadata.creationTimestamp))
    page.add('kube_node_labels', { node, ...labelsOf(object) }, 1)
    page.add('kube_node_spec_unschedulable', { node }, object.spec.unschedulable ? 1 : 0)
    for (const { key, value = '', effect } of object.spec.taints ?? []) {
      page.add('kube_node_spec_taint', { node, key, value, effect }, 1)
    }
    for (const [name, amounts] of [
      ['capacity', capacity],
      ['allocatable', allocatable],
    ] as const) {
      for (const [word, text] of Object.entries(amounts)) {
        const resource = word.replaceAll('-', '_')
        const unit = { cpu: 'core', pods: 'integer' }[word] ?? 'byte'
        page.add(`kube_node_status_${name}`, { node, resource, unit }, amountOf(text))
      }
    }
    for (const { type, status } of conditions) {
      const hot = {
        label: 'status',
        values: ['true', 'false', 'unknown'],
        is: status.toLowerCase(),
      }
      page.oneHot('kube_node_status_condition', { node, condition: type }, hot)
    }
  }
}

const replicaFigures: Record<string, Record<string, string>> = {
  deployment: {
    kube_deployment_status_replicas: 'replicas',
    kube_deployment_status_replicas_ready: 'readyReplicas',
    kube_deployment_status_replicas_available: 'availableReplicas',
    kube_deployment_status_replicas_unavailable: 'unavailableReplicas',
    kube_deployment_status_replicas_updated: 'updatedReplicas',
    kube_deployment_status_observed_generation: 'observedGeneration',
  },
  replicaset: {
    kube_replicaset_status_replicas: 'replicas',
    kube_replicaset_status_ready_replicas: 'readyReplicas',
    kube_replicaset_status_observed_generation: 'observedGeneration',
  },
  statefulset: {
    kube_statefulset_status_replicas: 'replicas',
    kube_statefulset_status_replicas_ready: 'readyReplicas',
    kube_statefulset_status_replicas_available: 'availableReplicas',
    kube_statefulset_status_replicas_current: 'currentReplicas',
    kube_statefulset_status_replicas_updated: 'updatedReplicas',
    kube_statefulset_status_observed_generation: 'observedGeneration',
  },
  daemonset: {
    kube_daemonset_status_desired_number_scheduled: 'desiredNumberScheduled',
    kube_daemonset_status_current_number_scheduled: 'currentNumberScheduled',
    kube_daemonset_status_number_ready: 'numberReady',
    kube_daemonset_status_number_available: 'numberAvailable',
    kube_daemonset_status_number_unavailable: 'numberUnavailable',
    kube_daemonset_status_number_misscheduled: 'numberMisscheduled',
    kube_daemonset_status_updated_number_scheduled: 'updatedNumberScheduled',
  },
}

function addWorkloads(page: Exposition, store: ObjectStore): void {
  for (const kind of ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'] as const) {
    const word = kind.toLowerCase()
    for (const object of store.list<Workload>(kind)) {
      const { name, creationTimestamp, generation = 1 } = object.metadata
      const labels = { ...places(object), [word]: name }
      const { replicas = 1 } = object.spec
      const wanted = {
        deployment: '_spec_replicas',
        replicaset: '_spec_replicas',
        statefulset: '_replicas',
      }
      const suffix = wanted[word as keyof typeof wanted]
      if (suffix !== undefined) page.add(`kube_${word}${suffix}`, labels, replicas)
      for (const [metric, field] of Object.entries(replicaFigures[word]!)) {
        page.add(metric, labels, Number(object.status[field] ?? 0))
      }
      page.add(`kube_${word}_metadata_generation`, labels, generation)
      page.add(`kube_${word}_created`, labels, seconds(creationTimestamp))
      page.add(`kube_${word}_labels`, { ...labels, ...labelsOf(object) }, 1)
      const owner = ownerOf(object)
      if (kind === 'ReplicaSet') {
        const of = { owner_kind: owner?.kind ?? '<none>', owner_name: owner?.name ?? '<none>' }
        page.add('kube_replicaset_owner', { ...labels, ...of, owner_is_controller: 'true' }, 1)
      }
      for (const { type, status } of object.status.conditions ?? []) {
        const hot = {
          label: 'status',
          values: ['true', 'false', 'unknown'],
          is: status.toLowerCase(),
        }
        page.oneHot(`kube_${word}_status_condition`, { ...labels, condition: type }, hot)
      }
    }
  }
}

function addJobs(page: Exposition, store: ObjectStore): void {
  for (const job of store.list<Job>('Job')) {
    const labels = { ...places(job), job_name: job.metadata.name }
    const { active = 0, succeeded = 0, failed = 0, startTime, completionTime } = job.status
    const owner = ownerOf(job)
    const of = { owner_kind: owner?.kind ?? '<none>', owner_name: owner?.name ?? '<none>' }
    page.add('kube_job_info', labels, 1)
    page.add('kube_job_owner', { ...labels, ...of, owner_is_controller: 'true' }, 1)
    page.add('kube_job_created', labels, seconds(job.metadata.creationTimestamp))
    page.add('kube_job_spec_completions', labels, job.spec.completions ?? 1)
    page.add('kube_job_spec_parallelism', labels, job.spec.parallelism ?? 1)
    page.add('kube_job_status_active', labels, active)
    page.add('kube_job_status_succeeded', labels, succeeded)
    page.add('kube_job_status_failed', labels, failed)
    if (startTime) page.add('kube_job_status_start_time', labels, seconds(startTime))
    if (completionTime) page.add('kube_job_status_completion_time', labels, seconds(completionTime))
    for (const type of ['Complete', 'Failed']) {
      const is = job.status.conditions?.some((each) => each.type === type && each.status === 'True')
      if (!is) continue
      const hot = { label: 'condition', values: ['true', 'false', 'unknown'], is: 'true' }
      page.oneHot(`kube_job_${type.toLowerCase()}`, labels, hot)
    }
  }
  for (const cron of store.list<CronJob>('CronJob')) {
    const labels = { ...places(cron), cronjob: cron.metadata.name }
    const { schedule, concurrencyPolicy = 'Allow', suspend = false } = cron.spec
    const { lastScheduleTime, lastSuccessfulTime, active = [] } = cron.status
    page.add('kube_cronjob_info', { ...labels, schedule, concurrency_policy: concurrencyPolicy }, 1)
    page.add('kube_cronjob_spec_suspend', labels, suspend ? 1 : 0)
    page.add('kube_cronjob_status_active', labels, active.length)
    if (lastScheduleTime !== undefined) {
      page.add('kube_cronjob_status_last_schedule_time', labels, seconds(lastScheduleTime))
    }
    if (lastSuccessfulTime !== undefined) {
      page.add('kube_cronjob_status_last_successful_time', labels, seconds(lastSuccessfulTime))
    }
  }
}

type Numbers = Record<string, number>

function addRest(page: Exposition, store: ObjectStore): void {
  for (const object of store.list('Namespace')) {
    const namespace = object.metadata.name
    page.add('kube_namespace_created', { namespace }, seconds(object.metadata.creationTimestamp))
    page.add('kube_namespace_labels', { namespace, ...labelsOf(object) }, 1)
    const hot = { label: 'phase', values: ['Active', 'Terminating'], is: 'Active' }
    page.oneHot('kube_namespace_status_phase', { namespace }, hot)
  }
  for (const object of store.list('Service')) {
    const labels = { ...places(object), service: object.metadata.name }
    const { clusterIP, type } = object.spec as { clusterIP: string; type: string }
    page.add('kube_service_info', { ...labels, cluster_ip: clusterIP }, 1)
    page.add('kube_service_spec_type', { ...labels, type }, 1)
  }
  for (const object of store.list('HorizontalPodAutoscaler')) {
    const labels = { ...places(object), horizontalpodautoscaler: object.metadata.name }
    const spec = object.spec as Numbers
    const status = (object.status ?? {}) as Numbers
    const name = 'kube_horizontalpodautoscaler'
    page.add(`${name}_spec_min_replicas`, labels, spec.minReplicas ?? 1)
    page.add(`${name}_spec_max_replicas`, labels, spec.maxReplicas ?? 1)
    page.add(`${name}_status_current_replicas`, labels, status.currentReplicas ?? 0)
    page.add(`${name}_status_desired_replicas`, labels, status.desiredReplicas ?? 0)
  }
  for (const object of store.list('PersistentVolumeClaim')) {
    const labels = { ...places(object), persistentvolumeclaim: object.metadata.name }
    type Claim = { storageClassName: string; volumeName: string }
    const { storageClassName, volumeName } = object.spec as Claim
    const about = { storageclass: storageClassName, volumename: volumeName }
    page.add('kube_persistentvolumeclaim_info', { ...labels, ...about }, 1)
    const { phase, capacity } = object.status as { phase: string; capacity: { storage: string } }
    const hot = { label: 'phase', values: ['Lost', 'Bound', 'Pending'], is: phase }
    page.oneHot('kube_persistentvolumeclaim_status_phase', labels, hot)
    const bytes = amountOf(capacity?.storage)
    page.add('kube_persistentvolumeclaim_resource_requests_storage_bytes', labels, bytes)
  }
  for (const object of store.list('PodDisruptionBudget')) {
    const labels = { ...places(object), poddisruptionbudget: object.metadata.name }
    const status = (object.status ?? {}) as Numbers
    const name = 'kube_poddisruptionbudget_status'
    page.add(`${name}_current_healthy`, labels, status.currentHealthy ?? 0)
    page.add(`${name}_desired_healthy`, labels, status.desiredHealthy ?? 0)
  }
  for (const object of store.list('ResourceQuota')) {
    const labels = { ...places(object), resourcequota: object.metadata.name }
    const status = object.status as Record<'hard' | 'used', Record<string, string>>
    for (const type of ['hard', 'used'] as const) {
      for (const [resource, text] of Object.entries(status[type] ?? {})) {
        page.add('kube_resourcequota', { ...labels, resource, type }, amountOf(text))
      }
    }
  }
}
