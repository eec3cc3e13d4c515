/**
 * Data table: metrics of Kubernetes by their OpenTelemetry or Prometheus name, with the names that
 * OpenTelemetry's receivers, Metricbeat, the kubelet and kube-state-metrics have for them.
 */
import { controlPlaneAliases } from './metric-aliases-control-plane.ts'
import type { MetricAlias, MetricAliases, MetricLabels } from './metric-names.ts'

const nano = 1e-9
const receive: MetricLabels = { 'network.io.direction': 'receive' }
const transmit: MetricLabels = { 'network.io.direction': 'transmit' }
const cpu: MetricLabels = { resource: 'cpu' }
const memory: MetricLabels = { resource: 'memory' }
const pods: MetricLabels = { resource: 'pods' }

/** What Metricbeat has for the same figures of a node and a pod. */
function network(of: 'node' | 'pod', others: readonly MetricAlias[] = []): MetricAliases {
  const name = `kubernetes.${of}.network`
  return {
    [`k8s.${of}.network.io`]: [
      [`${name}.rx.bytes`, receive],
      [`${name}.tx.bytes`, transmit],
      ...others,
    ],
    [`k8s.${of}.network.errors`]: [
      [`${name}.rx.errors`, receive],
      [`${name}.tx.errors`, transmit],
      ...(of === 'node' ? [] : errors),
    ],
  }
}

const errors: readonly MetricAlias[] = [
  ['container_network_receive_errors_total', receive],
  ['container_network_transmit_errors_total', transmit],
]

const kubelet: MetricAliases = {
  'k8s.node.cpu.usage': [
    ['kubernetes.node.cpu.usage.nanocores', nano],
    'k8s.node.cpu.utilization',
    { like: 'kubernetes.node.cpu.usage.pct' },
  ],
  'k8s.node.cpu.time': [
    ['kubernetes.node.cpu.usage.core.ns', nano],
    'node_cpu_usage_seconds_total',
  ],
  'k8s.node.memory.usage': ['kubernetes.node.memory.usage.bytes'],
  'k8s.node.memory.available': ['kubernetes.node.memory.available.bytes'],
  'k8s.node.memory.working_set': [
    'kubernetes.node.memory.workingset.bytes',
    'node_memory_working_set_bytes',
  ],
  'k8s.node.memory.rss': ['kubernetes.node.memory.rss.bytes'],
  'k8s.node.memory.page_faults': ['kubernetes.node.memory.pagefaults'],
  'k8s.node.memory.major_page_faults': ['kubernetes.node.memory.majorpagefaults'],
  ...network('node'),
  'k8s.node.filesystem.available': ['kubernetes.node.fs.available.bytes'],
  'k8s.node.filesystem.capacity': ['kubernetes.node.fs.capacity.bytes'],
  'k8s.node.filesystem.usage': ['kubernetes.node.fs.used.bytes'],
  'k8s.node.filesystem.inode.count': ['kubernetes.node.fs.inodes.count'],
  'k8s.node.filesystem.inode.free': ['kubernetes.node.fs.inodes.free'],
  'k8s.node.uptime': [{ like: 'kubernetes.node.start_time' }],
  'k8s.pod.cpu.usage': [
    ['kubernetes.pod.cpu.usage.nanocores', nano],
    'k8s.pod.cpu.utilization',
    { like: 'kubernetes.pod.cpu.usage.node.pct' },
    { like: 'kubernetes.pod.cpu.usage.pct' },
  ],
  'k8s.pod.cpu.time': ['pod_cpu_usage_seconds_total'],
  'k8s.pod.cpu_limit_utilization': ['kubernetes.pod.cpu.usage.limit.pct'],
  'k8s.pod.memory.usage': [
    'kubernetes.pod.memory.usage.bytes',
    { like: 'kubernetes.pod.memory.usage.node.pct' },
  ],
  'k8s.pod.memory.available': ['kubernetes.pod.memory.available.bytes'],
  'k8s.pod.memory.working_set': [
    'kubernetes.pod.memory.working_set.bytes',
    'pod_memory_working_set_bytes',
  ],
  'k8s.pod.memory.rss': ['kubernetes.pod.memory.rss.bytes'],
  'k8s.pod.memory.page_faults': ['kubernetes.pod.memory.page_faults'],
  'k8s.pod.memory.major_page_faults': ['kubernetes.pod.memory.major_page_faults'],
  'k8s.pod.memory_limit_utilization': [
    'kubernetes.pod.memory.usage.limit.pct',
    { like: 'kubernetes.pod.memory.working_set.limit.pct' },
  ],
  ...network('pod', [
    ['container_network_receive_bytes_total', receive],
    ['container_network_transmit_bytes_total', transmit],
  ]),
  'k8s.pod.uptime': [{ like: 'kubernetes.pod.start_time' }, { like: 'kube_pod_start_time' }],
  'container.cpu.usage': [
    ['kubernetes.container.cpu.usage.nanocores', nano],
    'container.cpu.utilization',
    { like: 'kubernetes.container.cpu.usage.node.pct' },
  ],
  'container.cpu.time': [
    ['kubernetes.container.cpu.usage.core.ns', nano],
    'container_cpu_usage_seconds_total',
  ],
  'container.memory.usage': [
    'kubernetes.container.memory.usage.bytes',
    'container_memory_usage_bytes',
    { like: 'kubernetes.container.memory.usage.node.pct' },
  ],
  'container.memory.available': ['kubernetes.container.memory.available.bytes'],
  'container.memory.working_set': [
    'kubernetes.container.memory.workingset.bytes',
    'container_memory_working_set_bytes',
  ],
  'container.memory.rss': ['kubernetes.container.memory.rss.bytes', 'container_memory_rss'],
  'container.memory.page_faults': ['kubernetes.container.memory.pagefaults'],
  'container.memory.major_page_faults': ['kubernetes.container.memory.majorpagefaults'],
  'container.filesystem.available': ['kubernetes.container.rootfs.available.bytes'],
  'container.filesystem.capacity': [
    'kubernetes.container.rootfs.capacity.bytes',
    'container_fs_limit_bytes',
  ],
  'container.filesystem.usage': [
    'kubernetes.container.rootfs.used.bytes',
    'container_fs_usage_bytes',
  ],
  'container.uptime': [
    { like: 'kubernetes.container.start_time' },
    { like: 'container_start_time_seconds' },
  ],
  'k8s.container.cpu_limit_utilization': ['kubernetes.container.cpu.usage.limit.pct'],
  'k8s.container.memory_limit_utilization': [
    'kubernetes.container.memory.usage.limit.pct',
    { like: 'kubernetes.container.memory.workingset.limit.pct' },
  ],
  'k8s.volume.available': [
    'k8s.pod.volume.available',
    'kubernetes.volume.fs.available.bytes',
    'kubelet_volume_stats_available_bytes',
    { like: 'kubernetes.volume.fs.used.bytes' },
    { like: 'kubernetes.volume.fs.used.pct' },
    { like: 'kubelet_volume_stats_used_bytes' },
    { like: 'k8s.pod.volume.usage' },
  ],
  'k8s.volume.capacity': [
    'k8s.pod.volume.capacity',
    'kubernetes.volume.fs.capacity.bytes',
    'kubelet_volume_stats_capacity_bytes',
  ],
  'k8s.volume.inodes': [
    'k8s.pod.volume.inode.count',
    'kubernetes.volume.fs.inodes.count',
    'kubelet_volume_stats_inodes',
  ],
  'k8s.volume.inodes.free': [
    'k8s.pod.volume.inode.free',
    'kubernetes.volume.fs.inodes.free',
    'kubelet_volume_stats_inodes_free',
  ],
  'k8s.volume.inodes.used': [
    'k8s.pod.volume.inode.used',
    'kubernetes.volume.fs.inodes.used',
    'kubelet_volume_stats_inodes_used',
  ],
}

const amounts: MetricAliases = {
  kube_pod_container_resource_limits: [
    ['k8s.container.cpu.limit', cpu],
    ['k8s.container.cpu_limit', cpu],
    ['kubernetes.container.cpu.limit.cores', cpu],
    ['kubernetes.container.cpu.limit.nanocores', cpu, nano],
    ['k8s.container.memory.limit', memory],
    ['k8s.container.memory_limit', memory],
    ['kubernetes.container.memory.limit.bytes', memory],
  ],
  kube_pod_container_resource_requests: [
    ['k8s.container.cpu.request', cpu],
    ['k8s.container.cpu_request', cpu],
    ['kubernetes.container.cpu.request.cores', cpu],
    ['kubernetes.container.cpu.request.nanocores', cpu, nano],
    ['k8s.container.memory.request', memory],
    ['k8s.container.memory_request', memory],
    ['kubernetes.container.memory.request.bytes', memory],
  ],
  kube_node_status_allocatable: [
    ['k8s.node.cpu.allocatable', cpu],
    ['k8s.node.allocatable_cpu', cpu],
    ['kubernetes.node.cpu.allocatable.cores', cpu],
    ['k8s.node.memory.allocatable', memory],
    ['k8s.node.allocatable_memory', memory],
    ['kubernetes.node.memory.allocatable.bytes', memory],
    ['k8s.node.pod.allocatable', pods],
    ['k8s.node.allocatable_pods', pods],
    ['kubernetes.node.pod.allocatable.total', pods],
  ],
  kube_node_status_capacity: [
    ['kubernetes.node.cpu.capacity.cores', cpu],
    ['kubernetes.node.memory.capacity.bytes', memory],
    ['kubernetes.node.pod.capacity.total', pods],
    { like: 'machine_cpu_cores' },
    { like: 'machine_memory_bytes' },
  ],
  kube_resourcequota: [
    ['k8s.resource_quota.hard_limit', { type: 'hard' }],
    ['k8s.resource_quota.used', { type: 'used' }],
    { like: 'kubernetes.resourcequota.quota' },
  ],
}

/** Of a status that is one of several words the value is 1 at the one that holds. */
const states: MetricAliases = {
  kube_pod_status_phase: [
    { like: 'k8s.pod.phase' },
    { like: 'k8s.pod.status.phase' },
    { like: 'kubernetes.pod.status.phase' },
  ],
  kube_pod_status_ready: [
    ['kubernetes.pod.status.ready', { condition: 'true' }],
    { like: 'k8s.pod.ready' },
  ],
  kube_pod_status_scheduled: [['kubernetes.pod.status.scheduled', { condition: 'true' }]],
  kube_pod_status_reason: [
    { like: 'k8s.pod.status_reason' },
    { like: 'k8s.pod.status.reason' },
    { like: 'kubernetes.pod.status.reason' },
  ],
  'k8s.container.ready': [
    'kube_pod_container_status_ready',
    { like: 'kubernetes.container.status.ready' },
  ],
  'k8s.container.restarts': [
    'k8s.container.restart.count',
    'kubernetes.container.status.restarts',
    'kube_pod_container_status_restarts_total',
  ],
  kube_pod_container_status_waiting_reason: [
    { like: 'k8s.container.status.reason' },
    { like: 'kubernetes.container.status.reason' },
  ],
  kube_pod_container_status_last_terminated_reason: [
    { like: 'kubernetes.container.status.last_terminated_reason' },
    { like: 'k8s.container.status.last_terminated_reason' },
  ],
  kube_node_status_condition: [
    ['k8s.node.condition_ready', { condition: 'Ready', status: 'true' }],
    ['k8s.node.condition_memory_pressure', { condition: 'MemoryPressure', status: 'true' }],
    ['k8s.node.condition_disk_pressure', { condition: 'DiskPressure', status: 'true' }],
    ['k8s.node.condition_pid_pressure', { condition: 'PIDPressure', status: 'true' }],
    ['kubernetes.node.status.memory_pressure', { condition: 'MemoryPressure', status: 'true' }],
    ['kubernetes.node.status.disk_pressure', { condition: 'DiskPressure', status: 'true' }],
    ['kubernetes.node.status.pid_pressure', { condition: 'PIDPressure', status: 'true' }],
    { like: 'k8s.node.condition.status' },
    { like: 'kubernetes.node.status.ready' },
  ],
  kube_node_spec_unschedulable: [{ like: 'kubernetes.node.status.unschedulable' }],
  kube_namespace_status_phase: [
    ['k8s.namespace.phase', { phase: 'Active' }],
    { like: 'kubernetes.state_namespace.status.active' },
  ],
  kube_persistentvolumeclaim_resource_requests_storage_bytes: [
    'kubernetes.persistentvolumeclaim.request_storage.bytes',
  ],
  kube_persistentvolume_capacity_bytes: ['kubernetes.persistentvolume.capacity.bytes'],
  kube_service_info: [{ like: 'kubernetes.service.name' }],
  kube_service_created: ['kubernetes.service.created'],
  kube_pod_status_ready_time: ['kubernetes.pod.status.ready_time'],
  kube_pod_container_status_last_terminated_timestamp: [
    'kubernetes.container.status.last_terminated_timestamp',
  ],
  kube_pod_container_status_last_terminated_exitcode: [
    'kubernetes.container.status.last_terminated_exitcode',
  ],
  kube_job_complete: [['kubernetes.job.status.complete', { condition: 'true' }]],
}

const workloads: MetricAliases = {
  'k8s.deployment.pod.desired': [
    'k8s.deployment.desired',
    'kubernetes.deployment.replicas.desired',
    'kube_deployment_spec_replicas',
  ],
  'k8s.deployment.pod.available': [
    'k8s.deployment.available',
    'kubernetes.deployment.replicas.available',
    'kube_deployment_status_replicas_available',
  ],
  kube_deployment_status_replicas_unavailable: ['kubernetes.deployment.replicas.unavailable'],
  kube_deployment_status_replicas_updated: ['kubernetes.deployment.replicas.updated'],
  kube_deployment_spec_paused: [{ like: 'kubernetes.deployment.paused' }],
  'k8s.replicaset.pod.desired': [
    'k8s.replicaset.desired',
    'kubernetes.replicaset.replicas.desired',
    'kube_replicaset_spec_replicas',
  ],
  'k8s.replicaset.pod.available': [
    'k8s.replicaset.available',
    'kubernetes.replicaset.replicas.available',
    { like: 'kube_replicaset_status_ready_replicas' },
  ],
  kube_replicaset_status_ready_replicas: ['kubernetes.replicaset.replicas.ready'],
  kube_replicaset_status_fully_labeled_replicas: ['kubernetes.replicaset.replicas.labeled'],
  'k8s.statefulset.pod.desired': [
    'k8s.statefulset.desired_pods',
    'kubernetes.statefulset.replicas.desired',
    'kube_statefulset_replicas',
  ],
  'k8s.statefulset.pod.ready': [
    'k8s.statefulset.ready_pods',
    'kubernetes.statefulset.replicas.ready',
    'kube_statefulset_status_replicas_ready',
  ],
  'k8s.statefulset.pod.current': [
    'k8s.statefulset.current_pods',
    'kube_statefulset_status_replicas_current',
  ],
  'k8s.statefulset.pod.updated': [
    'k8s.statefulset.updated_pods',
    'kube_statefulset_status_replicas_updated',
  ],
  kube_statefulset_metadata_generation: ['kubernetes.statefulset.generation.desired'],
  kube_statefulset_status_observed_generation: ['kubernetes.statefulset.generation.observed'],
  kube_statefulset_status_replicas: ['kubernetes.statefulset.replicas.observed'],
  'k8s.daemonset.node.desired_scheduled': [
    'k8s.daemonset.desired_scheduled_nodes',
    'kubernetes.daemonset.replicas.desired',
    'kube_daemonset_status_desired_number_scheduled',
  ],
  'k8s.daemonset.node.current_scheduled': [
    'k8s.daemonset.current_scheduled_nodes',
    'kube_daemonset_status_current_number_scheduled',
  ],
  'k8s.daemonset.node.misscheduled': [
    'k8s.daemonset.misscheduled_nodes',
    'kube_daemonset_status_number_misscheduled',
  ],
  'k8s.daemonset.node.ready': [
    'k8s.daemonset.ready_nodes',
    'kubernetes.daemonset.replicas.ready',
    'kube_daemonset_status_number_ready',
  ],
  kube_daemonset_status_number_available: ['kubernetes.daemonset.replicas.available'],
  kube_daemonset_status_number_unavailable: ['kubernetes.daemonset.replicas.unavailable'],
  'k8s.job.pod.active': [
    'k8s.job.active_pods',
    'kubernetes.job.pods.active',
    'kube_job_status_active',
  ],
  'k8s.job.pod.failed': [
    'k8s.job.failed_pods',
    'kubernetes.job.pods.failed',
    'kube_job_status_failed',
  ],
  'k8s.job.pod.successful': [
    'k8s.job.successful_pods',
    'kubernetes.job.pods.succeeded',
    'kube_job_status_succeeded',
  ],
  'k8s.job.pod.desired_successful': [
    'k8s.job.desired_successful_pods',
    'kubernetes.job.completions.desired',
    'kube_job_spec_completions',
  ],
  'k8s.job.pod.max_parallel': [
    'k8s.job.max_parallel_pods',
    'kubernetes.job.parallelism.desired',
    'kube_job_spec_parallelism',
  ],
  'k8s.cronjob.job.active': [
    'k8s.cronjob.active_jobs',
    'kubernetes.cronjob.active.count',
    'kube_cronjob_status_active',
  ],
  kube_cronjob_spec_starting_deadline_seconds: ['kubernetes.cronjob.deadline.sec'],
  kube_cronjob_next_schedule_time: ['kubernetes.cronjob.next_schedule.sec'],
  kube_cronjob_spec_suspend: [{ like: 'kubernetes.cronjob.is_suspended' }],
  kube_cronjob_status_last_schedule_time: [{ like: 'kubernetes.cronjob.last_schedule.sec' }],
  'k8s.hpa.pod.current': [
    'k8s.hpa.current_replicas',
    'kubernetes.horizontalpodautoscaler.status.current_replicas',
    'kube_horizontalpodautoscaler_status_current_replicas',
  ],
  'k8s.hpa.pod.desired': [
    'k8s.hpa.desired_replicas',
    'kubernetes.horizontalpodautoscaler.status.desired_replicas',
    'kube_horizontalpodautoscaler_status_desired_replicas',
  ],
  'k8s.hpa.pod.min': ['k8s.hpa.min_replicas', 'kube_horizontalpodautoscaler_spec_min_replicas'],
  'k8s.hpa.pod.max': ['k8s.hpa.max_replicas', 'kube_horizontalpodautoscaler_spec_max_replicas'],
}

export const kubernetesAliases: MetricAliases = {
  ...kubelet,
  ...amounts,
  ...states,
  ...workloads,
  ...controlPlaneAliases,
}
