/** What a metric is called elsewhere, and with which factor and labels its values are the asked. */
import { expect, test } from 'vitest'
import { knownMetrics, metricNames, relatedMetrics } from './metric-names.ts'

test('an asked name is found under its own and its equals, in the asked unit', () => {
  const f = (asked: string, expected: [string, number, Record<string, string>?][]) => {
    const names = metricNames(asked)
    expect(names[0]).toEqual({ name: asked, factor: 1, labels: {} })
    for (const [name, factor, labels = {}] of expected) {
      const found = names.find((one) => one.name === name)
      expect(found, `${asked} as ${name}`).toMatchObject({ labels })
      expect(found!.factor).toBeCloseTo(factor)
    }
  }
  const nanocores = 'kubernetes.pod.cpu.usage.nanocores'
  f('k8s.pod.cpu.usage', [[nanocores, 1e-9]])
  f(nanocores, [['k8s.pod.cpu.usage', 1e9]])
  f('kubernetes.container.memory.workingset.bytes', [
    ['container.memory.working_set', 1],
    ['container_memory_working_set_bytes', 1],
  ])
  f('k8s.deployment.available', [['kube_deployment_status_replicas_available', 1]])
  f('kubernetes.pod.network.rx.bytes', [
    ['k8s.pod.network.io', 1, { 'network.io.direction': 'receive' }],
    ['container_network_receive_bytes_total', 1],
  ])
  f('kubernetes.container.cpu.limit.nanocores', [
    ['kube_pod_container_resource_limits', 1e9, { resource: 'cpu' }],
    ['k8s.container.cpu.limit', 1e9],
  ])
  f('system.diskio.read.time', [
    ['system.disk.operation_time', 1000, { 'disk.io.direction': 'read' }],
    ['node_disk_read_time_seconds_total', 1000],
  ])
  f('redis_db_avg_ttl_seconds', [['redis.db.avg_ttl', 1 / 1000]])
  f('nginx.stubstatus.active', [['nginx.connections_current', 1, { state: 'active' }]])
  f('redis.info.clients.connected', [['redis.clients.connected', 1]])
  f('mysql.status.threads.connected', [
    ['mysql.threads', 1, { kind: 'connected' }],
    ['mysql_global_status_threads_connected', 1],
  ])
  f('mysql_global_status_commands_total', [['mysql.commands', 1]])
  f('mysql.status.aborted.connects', [['mysql.connection.errors', 1, { error: 'aborted' }]])
})

test('a part is no whole, and what is only alike is found but not taken for it', () => {
  const names = (asked: string) => metricNames(asked).map(({ name }) => name)
  expect(names('k8s.pod.network.io')).toEqual(['k8s.pod.network.io'])
  expect(names('kubernetes.pod.network.rx.bytes')).not.toContain('kubernetes.pod.network.tx.bytes')
  expect(names('system.cpu.total.pct')).toEqual(['system.cpu.total.pct'])
  expect(relatedMetrics('system.cpu.total.pct')).toContain('system.cpu.utilization')
  expect(relatedMetrics('k8s.pod.network.io')).toContain('kubernetes.pod.network.rx.bytes')
  expect(relatedMetrics('kubernetes.pod.network.rx.bytes')).not.toContain(
    'kubernetes.pod.network.tx.bytes',
  )
  expect(relatedMetrics('kubernetes.pod.status.phase')).toContain('kube_pod_status_phase')
  expect(relatedMetrics('nobody.knows')).toEqual([])
})

test('whoever is named by another names it, with the inverse factor', () => {
  for (const asked of knownMetrics) {
    for (const { name, factor, labels } of metricNames(asked)) {
      expect(factor).toBeGreaterThan(0)
      if (Object.keys(labels).length > 0) continue
      const back = metricNames(name).find((one) => one.name === asked)
      expect(back, `${asked} from ${name}`).toBeDefined()
      expect(back!.factor * factor).toBeCloseTo(1)
    }
  }
})
