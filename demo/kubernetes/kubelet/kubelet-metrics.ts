/** The kubelet's Prometheus pages: its own, cAdvisor's, resource and probes. */

import { Exposition } from '../state-metrics/exposition.ts'
import { amountOf } from './amounts.ts'
import type { ContainerLife } from './container-life.ts'
import type { NodeLife } from './node-life.ts'
import type { PodLife } from './pod-life.ts'
import { sumOf, volumesOf } from './summary.ts'

export function ownMetrics(node: NodeLife, now_ms: number): string {
  const page = new Exposition()
  const lives = [...node.pods.values()]
  const running = lives.flatMap(({ containers }) => containers.filter(({ isRunning }) => isRunning))
  const restarts = lives.reduce((sum, life) => sum + sumOf(life, (each) => each.restarts), 0)
  page.add('kubelet_node_name', { node: node.name }, 1)
  page.add('kubelet_running_pods', {}, lives.length)
  page.add('kubelet_running_containers', { container_state: 'running' }, running.length)
  page.count('kubelet_evictions', { eviction_signal: 'memory.available' }, node.evictions)
  const operations = { create_container: running.length + restarts, list_containers: now_ms / 1e4 }
  for (const [operation_type, count] of Object.entries(operations)) {
    page.count('kubelet_runtime_operations_total', { operation_type }, Math.floor(count) % 1e9)
  }
  page.count('kubelet_runtime_operations_errors_total', { operation_type: 'pull_image' }, 0)
  for (const life of lives) {
    for (const { claim, capacity_bytes, used_bytes } of volumesOf(life, now_ms)) {
      const { namespace = '' } = life.pod.metadata
      const labels = { namespace, persistentvolumeclaim: claim }
      page.add('kubelet_volume_stats_capacity_bytes', labels, capacity_bytes)
      page.add('kubelet_volume_stats_used_bytes', labels, Math.round(used_bytes))
      const available = Math.round(capacity_bytes - used_bytes)
      page.add('kubelet_volume_stats_available_bytes', labels, available)
    }
  }
  page.add('process_resident_memory_bytes', {}, 96 * 1024 ** 2)
  page.count('process_cpu_seconds_total', {}, node.cpu_s * 0.1)
  return page.text()
}

export function cadvisorMetrics(node: NodeLife, now_ms: number): string {
  const page = new Exposition()
  const { status } = node.object
  page.add('machine_cpu_cores', {}, amountOf(status.capacity.cpu))
  page.add('machine_memory_bytes', {}, amountOf(status.capacity.memory))
  page.count('container_cpu_usage_seconds_total', { id: '/', cpu: 'total' }, node.cpu_s)
  page.add('container_memory_working_set_bytes', { id: '/' }, Math.round(node.memory_bytes(now_ms)))
  for (const life of node.pods.values()) {
    const { uid, name, namespace = '' } = life.pod.metadata
    const id = `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice`
    const pod = { namespace, pod: name }
    const whole = { id, container: '', image: '', name: '', ...pod }
    page.count(
      'container_cpu_usage_seconds_total',
      { ...whole, cpu: 'total' },
      sumOf(life, ({ cpu_s }) => cpu_s),
    )
    const bytes = sumOf(life, (each) => each.memory_bytes(now_ms))
    page.add('container_memory_working_set_bytes', whole, Math.round(bytes))
    if (life.pod.spec.hostNetwork !== true) {
      const received = Math.round(sumOf(life, (each) => each.network_bytes))
      const wire = { ...whole, interface: 'eth0' }
      page.count('container_network_receive_bytes_total', wire, received)
      page.count('container_network_transmit_bytes_total', wire, Math.round(received * 1.3))
      page.count('container_network_receive_packets_total', wire, Math.round(received / 900))
      page.count('container_network_transmit_packets_total', wire, Math.round(received / 800))
      page.count('container_network_receive_errors_total', wire, 0)
      page.count('container_network_transmit_errors_total', wire, 0)
    }
    for (const container of life.containers) {
      if (container.isRunning) addContainer(page, container, { id, pod, now_ms })
    }
  }
  return page.text()
}

type Place = { id: string; pod: { namespace: string; pod: string }; now_ms: number }

function addContainer(
  page: Exposition,
  container: ContainerLife,
  { id, pod, now_ms }: Place,
): void {
  const { spec, cpu_s } = container
  const labels = {
    id: `${id}/cri-containerd-${container.id}.scope`,
    container: spec.name,
    image: spec.image,
    name: container.id,
    ...pod,
  }
  const bytes = Math.round(container.memory_bytes(now_ms))
  const cores = container.cpu_cores(now_ms)
  const limit_cores = amountOf(spec.resources?.limits?.cpu)
  page.count('container_cpu_usage_seconds_total', { ...labels, cpu: 'total' }, cpu_s)
  page.count('container_cpu_user_seconds_total', labels, cpu_s * 0.8)
  page.count('container_cpu_system_seconds_total', labels, cpu_s * 0.2)
  if (limit_cores > 0) {
    const periods = Math.floor((now_ms - container.started_ms) / 100)
    const throttled = Math.floor(periods * Math.max(0, cores / limit_cores - 0.7))
    page.count('container_cpu_cfs_periods_total', labels, periods)
    page.count('container_cpu_cfs_throttled_periods_total', labels, throttled)
    page.count('container_cpu_cfs_throttled_seconds_total', labels, throttled * 0.04)
    page.add('container_spec_cpu_quota', labels, limit_cores * 100_000)
    page.add('container_spec_cpu_period', labels, 100_000)
  }
  page.add('container_memory_usage_bytes', labels, Math.round(bytes * 1.08))
  page.add('container_memory_working_set_bytes', labels, bytes)
  page.add('container_memory_rss', labels, Math.round(bytes * 0.86))
  page.add('container_memory_cache', labels, Math.round(bytes * 0.08))
  page.count('container_memory_failcnt', labels, 0)
  page.add('container_spec_memory_limit_bytes', labels, container.limit_bytes)
  page.count('container_oom_events_total', labels, container.oom_kills)
  page.count('container_fs_writes_bytes_total', labels, container.log?.bytes_total ?? 0)
  page.count('container_fs_reads_bytes_total', labels, 409_600)
  page.add('container_processes', labels, 1)
  page.add('container_threads', labels, 12)
  page.add('container_start_time_seconds', labels, Math.floor(container.started_ms / 1000))
  page.add('container_last_seen', labels, Math.floor(now_ms / 1000))
}

export function resourceMetrics(node: NodeLife, now_ms: number): string {
  const page = new Exposition()
  page.count('node_cpu_usage_seconds_total', {}, node.cpu_s)
  page.add('node_memory_working_set_bytes', {}, Math.round(node.memory_bytes(now_ms)))
  for (const life of node.pods.values()) {
    const { name, namespace = '' } = life.pod.metadata
    const labels = { namespace, pod: name }
    page.count(
      'pod_cpu_usage_seconds_total',
      labels,
      sumOf(life, ({ cpu_s }) => cpu_s),
    )
    const bytes = sumOf(life, (each) => each.memory_bytes(now_ms))
    page.add('pod_memory_working_set_bytes', labels, Math.round(bytes))
    for (const container of life.containers) {
      if (!container.isRunning) continue
      const of = { container: container.spec.name, ...labels }
      page.count('container_cpu_usage_seconds_total', of, container.cpu_s)
      const used = Math.round(container.memory_bytes(now_ms))
      page.add('container_memory_working_set_bytes', of, used)
      page.add('container_start_time_seconds', of, Math.floor(container.started_ms / 1000))
    }
  }
  page.add('resource_scrape_error', {}, 0)
  return page.text()
}

export function probeMetrics(node: NodeLife): string {
  const page = new Exposition()
  for (const { pod, containers } of node.pods.values()) {
    for (const { spec, probes } of containers as PodLife['containers']) {
      if (spec.readinessProbe === undefined) continue
      const { name, namespace = '', uid } = pod.metadata
      const of = { container: spec.name, pod: name, namespace, pod_uid: uid }
      const labels = { probe_type: 'Readiness', ...of }
      page.count('prober_probe_total', { ...labels, result: 'successful' }, probes.ready)
      page.count('prober_probe_total', { ...labels, result: 'failed' }, probes.unready)
    }
  }
  return page.text()
}
