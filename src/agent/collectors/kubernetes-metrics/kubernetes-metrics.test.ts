/** The collector against the demo cluster: kubelets, kube-state-metrics and control plane. */
import { afterEach, expect, test } from 'vitest'
import { type CollectedPoint, spelled } from '../../../../test/agent/collected-metrics.ts'
import { type DemoAgent, demoAgent, until } from '../../../../test/agent/demo-agent.ts'
import type { Running } from '../../collector.ts'
import { kubernetesMetrics } from './collector.ts'

const wait_ms = 90_000
let demo: DemoAgent<'kubernetes_metrics'>
let running: Running | undefined
afterEach(async () => {
  await running?.stop()
  running = undefined
  await demo?.close()
})

const named = (name: string) => demo.sink.points.filter(({ metric }) => metric === name)
const has = (...names: string[]) => names.every((name) => named(name).length > 0)

async function start(
  ...args: Parameters<typeof demoAgent<'kubernetes_metrics'>>
): Promise<Running> {
  demo = await demoAgent(...args)
  running = await kubernetesMetrics.start(demo.context)
  return running
}

test(
  'a node: the summary under OpenTelemetry names, pages under their own',
  async () => {
    const node = await start('kubernetes_metrics', 'node', { interval_s: 1 })
    const found = ['kubelet_node_name', 'container_memory_working_set_bytes', 'machine_cpu_cores']
    await until(
      () => has('k8s.pod.memory.working_set', 'container.cpu.time', ...found),
      'metrics of every page',
    )
    const { sink, kubernetes, context } = demo
    const [usage] = named('k8s.node.cpu.usage')
    expect(usage).toMatchObject({ kind: 'gauge', unit: '{cpu}', labels: {} })
    expect(usage?.resource).toMatchObject({
      'k8s.cluster.name': 'demo',
      'k8s.node.name': context.agent.node,
      'k8s.node.uid': kubernetes.store.get('Node', context.agent.node)?.metadata.uid,
    })
    expect(named('k8s.node.cpu.time')[0]).toMatchObject({ kind: 'counter', unit: 's' })
    const directions = named('k8s.node.network.io').map(({ labels }) => labels)
    expect(directions).toContainEqual({
      'network.interface.name': expect.any(String),
      'network.io.direction': 'receive',
    })
    const container = named('container.memory.working_set')[0]
    expect(container?.resource).toMatchObject({
      'k8s.container.name': expect.any(String),
      'k8s.pod.name': expect.any(String),
      'service.name': expect.any(String),
    })
    const shares = named('k8s.container.memory_limit_utilization')
    expect(shares.length).toBeGreaterThan(0)
    for (const { value } of shares) expect(value).toBeGreaterThan(0)
    expect(has('k8s.container.cpu_request_utilization', 'k8s.pod.uptime')).toBe(true)
    const pods = new Set(named('k8s.pod.cpu.usage').map(({ resource }) => resource['k8s.pod.name']))
    const own = kubernetes.store
      .list('Pod')
      .filter(({ spec }) => (spec as { nodeName?: string }).nodeName === context.agent.node)
    expect([...pods].every((name) => own.some(({ metadata }) => metadata.name === name))).toBe(true)
    expect(pods.size).toBeGreaterThan(2)
    const isCadvisor = ({ labels }: CollectedPoint) =>
      labels.container !== undefined && labels.metrics_path === '/metrics/cadvisor'
    const cadvisor = named('container_memory_working_set_bytes').find(isCadvisor)
    expect(cadvisor?.labels).toMatchObject({ job: 'kubelet', pod: expect.any(String) })
    expect(cadvisor?.resource['k8s.pod.name']).toBe(cadvisor?.labels.pod)
    const pages = new Map<string, string>()
    for (const { metric, labels, value } of sink.points) {
      if (!metric.startsWith('container_') || value === 'stale') continue
      const { metrics_path = '', namespace = '', pod = '', container: name = '' } = labels
      const key = spelled({ metric, labels: { namespace, pod, name, of: labels.interface ?? '' } })
      const told = pages.get(key) ?? metrics_path
      expect(`${key} ${told}`).toBe(`${key} ${metrics_path}`)
      pages.set(key, metrics_path)
    }
    expect(node.health()).toEqual({ state: 'healthy', message: '' })
    const coverage = node.coverage()
    expect(coverage.every(({ state }) => state === 'arriving')).toBe(true)
    expect(coverage.reduce((sum, { records }) => sum + records, 0)).toBeGreaterThan(100)
    const gone = named('k8s.pod.cpu.usage')[0]!.resource['k8s.pod.name']!
    const pod = own.find(({ metadata }) => metadata.name === gone)!
    sink.take()
    kubernetes.remove('Pod', pod.metadata.namespace, gone)
    const isGone = ({ resource, value }: CollectedPoint) =>
      resource['k8s.pod.name'] === gone && value === 'stale'
    await until(() => named('k8s.pod.cpu.usage').some(isGone), 'the end of the pod')
  },
  wait_ms,
)

test(
  'a node that may not read its kubelet is blind, and says which rule is missing',
  async () => {
    const node = await start(
      'kubernetes_metrics',
      'node',
      { interval_s: 1 },
      {
        rbac: (await import('../../../../demo/kubernetes/api/agent-roles.ts'))
          .defaultRoles()
          .map((object) => withoutKubelet(object)),
      },
    )
    await until(() => node.coverage().length >= 4, 'coverage')
    await until(() => node.health().state === 'failed', 'a failed state')
    expect(node.health().message).toMatch(/403.*nodes\/stats/)
    for (const { state, reason } of node.coverage()) {
      expect([state, reason]).toEqual(['blind', 'permission'])
    }
  },
  wait_ms,
)

function withoutKubelet<Role extends object>(object: Role): Role {
  const { rules } = object as { rules?: { resources?: string[] }[] }
  if (rules === undefined) return object
  const left = rules.filter(({ resources }) => !resources?.includes('nodes/stats'))
  return { ...object, rules: left }
}

test(
  'a cluster: its state, from kube-state-metrics or from the API, is the same',
  async () => {
    const states: Record<string, Set<string>> = {}
    for (const state of ['kube_state_metrics', 'api'] as const) {
      await start('kubernetes_metrics', 'cluster', { interval_s: 1, state, control_plane: false })
      const job = ({ labels }: CollectedPoint) => labels.job === 'kube-state-metrics'
      const all = ['kube_pod_info', 'kube_deployment_spec_replicas', 'kube_resourcequota']
      await until(() => has(...all), `the state from ${state}`, 60_000)
      expect(named('kube_pod_info')[0]?.resource).toMatchObject({
        'k8s.cluster.name': 'demo',
        'k8s.pod.name': named('kube_pod_info')[0]?.labels.pod,
      })
      const restarts = named('kube_pod_container_status_restarts_total')
      expect(restarts[0]?.kind).toBe('counter')
      states[state] = new Set(
        demo.sink.points
          .filter(
            (point) =>
              job(point) && /^kube_(?:node_status|namespace|deployment_spec)/.test(point.metric),
          )
          .map(({ metric, labels: { instance: _, ...labels } }) => spelled({ metric, labels })),
      )
      await running?.stop()
      running = undefined
      await demo.close()
    }
    const beside = [...states.kube_state_metrics!].filter((one) => !states.api!.has(one))
    expect(states.kube_state_metrics!.size).toBeGreaterThan(50)
    expect(beside).toEqual([])
  },
  wait_ms * 2,
)

test(
  'the control plane: what answers is scraped, what does not is blind with a sentence',
  async () => {
    const cluster = await start('kubernetes_metrics', 'cluster', { interval_s: 1, state: 'off' })
    const blind = () => cluster.coverage().filter(({ state }) => state === 'blind')
    await until(() => has('apiserver_request_total'), 'the API server')
    expect(named('apiserver_request_total')[0]).toMatchObject({
      kind: 'counter',
      labels: { job: 'apiserver' },
    })
    await until(() => blind().some(({ pod }) => pod.startsWith('etcd-')), 'an etcd that is blind')
    const etcd = blind().find(({ pod }) => pod.startsWith('etcd-'))
    expect(etcd).toMatchObject({ namespace: 'kube-system', reason: 'no_endpoint' })
    expect(etcd?.detail).toMatch(/listens on 127\.0\.0\.1 only unless --listen-metrics-urls/)
    expect(cluster.health()).toEqual({ state: 'healthy', message: '' })
  },
  wait_ms,
)
