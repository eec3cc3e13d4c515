/** Targets from annotations, monitors and the policy, scraped from a real server. */
import pino from 'pino'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { CollectedMetrics, ExpositionServer } from '../../../../test/agent/collected-metrics.ts'
import { until } from '../../../../test/agent/demo-agent.ts'
import {
  type Integration,
  type IntegrationSettings,
  integrationSchemas,
} from '../../../model/policy.ts'
import type { CollectorContext, Running } from '../../collector.ts'
import type { KubernetesApi, KubernetesObject, ListAsk, WatchEvent } from '../../kubernetes/api.ts'
import type { Cluster, PodInfo } from '../../kubernetes/cluster.ts'
import { prometheus } from './collector.ts'
import { monitorTargets } from './monitors.ts'

const server = new ExpositionServer()
let port = 0
let running: Running | undefined
let sink = new CollectedMetrics()
const objects = new Map<string, (event: WatchEvent) => void>()
const pods: PodInfo[] = []
let changed = () => {}

beforeEach(async () => {
  if (port === 0) port = await server.listen()
  sink = new CollectedMetrics()
  pods.length = 0
  objects.clear()
  server.asked.length = 0
})
afterEach(async () => {
  await running?.stop()
  running = undefined
})

afterAll(() => server.close())

function podOf(name: string, changes: Partial<PodInfo> = {}): PodInfo {
  return {
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    log_uid: '',
    ip: '127.0.0.1',
    host_network: false,
    node: 'n1',
    started_ms: 0,
    labels: { app: 'cart' },
    annotations: {},
    owners: [{ kind: 'Deployment', name: 'cart', uid: 'd' }],
    workload_kind: 'Deployment',
    workload: 'cart',
    containers: [
      { name: 'app', id: 'c1', restart_count: 0, image: 'cart:1', ports: [{ name: 'web', port }] },
    ],
    phase: 'Running',
    is_deleted: false,
    ...changes,
  }
}

async function start(
  kind: 'node' | 'host',
  changes: Partial<IntegrationSettings<'prometheus'>> = {},
  integrations: () => readonly Integration[] = () => [],
): Promise<Running> {
  const settings = { ...integrationSchemas.prometheus.parse({}), interval_s: 1, ...changes }
  const api: KubernetesApi = {
    get: async () => ({}) as never,
    text: async () => '',
    watch({ path }: ListAsk, tell) {
      objects.set(path, (event) => void tell(event))
      return { close() {} }
    },
  }
  const all = () => pods
  const index = {
    byUid: () => undefined,
    byIp: () => undefined,
    byName: () => undefined,
    byContainerId: () => undefined,
    all,
    onChange(tell: (pod: PodInfo) => void) {
      changed = () => tell(podOf('cart-1'))
      return () => {}
    },
    ready: async () => {},
  }
  const cluster: Cluster = { api, pods: index, cluster_uid: 'u', close() {} }
  const context: CollectorContext<'prometheus'> = {
    settings,
    agent: { id: 'a', kind, cluster: 'c1', node: 'n1', version: '1' },
    sink,
    cluster: kind === 'host' ? undefined : cluster,
    host_root: '/',
    integrations,
    log: pino({ level: 'silent' }),
    now_ms: Date.now,
    every(interval_ms, run) {
      const timer = setInterval(run, Math.min(interval_ms, 50))
      return () => clearInterval(timer)
    },
  }
  running = await prometheus.start(context)
  return running
}

const named = (name: string) => sink.points.filter(({ metric }) => metric === name)
const scrape = { 'prometheus.io/scrape': 'true', 'prometheus.io/path': '/m' }

test('an annotated pod is scraped, under its resource, until it is gone', async () => {
  server.set('/m', 'a_total{job="own"} 1\n')
  pods.push(
    podOf('cart-1', { annotations: { ...scrape, 'prometheus.io/port': String(port) } }),
    podOf('cart-2', { annotations: scrape, node: 'n2' }),
    podOf('cart-3', { annotations: scrape, phase: 'Succeeded' }),
    podOf('cart-4'),
  )
  const collector = await start('node')
  await until(() => named('a_total').length > 0, 'a sample')
  const [point] = named('a_total')
  expect(point?.labels).toEqual({
    job: 'own',
    instance: `127.0.0.1:${port}`,
    namespace: 'shop',
    pod: 'cart-1',
  })
  expect(point?.resource).toMatchObject({
    'k8s.cluster.name': 'c1',
    'k8s.pod.name': 'cart-1',
    'k8s.container.name': 'app',
    'k8s.deployment.name': 'cart',
    'service.name': 'cart',
  })
  expect(new Set(sink.points.map(({ resource }) => resource['k8s.pod.name']))).toEqual(
    new Set(['cart-1']),
  )
  expect(collector.coverage()).toMatchObject([
    { state: 'arriving', namespace: 'shop', workload: 'cart', pod: 'cart-1' },
  ])
  pods.length = 0
  changed()
  await until(() => named('a_total').some(({ value }) => value === 'stale'), 'the end')
  expect(named('up').at(-1)?.value).toBe('stale')
})

test('what the agent of the cluster scrapes is left to it, while it does', async () => {
  server.set('/m', 'kube_pod_info 1\n')
  const annotations = { ...scrape, 'prometheus.io/port': String(port) }
  const labels = { 'app.kubernetes.io/name': 'kube-state-metrics' }
  pods.push(podOf('state-1', { annotations, labels }))
  const settings = integrationSchemas.kubernetes_metrics.parse({})
  const of = { id: 'kubernetes_metrics', type: 'kubernetes_metrics' as const, enabled: true }
  let others: Integration[] = [{ ...of, settings }]
  await start('node', {}, () => others)
  const dns = podOf('dns-1', { annotations, labels: { 'k8s-app': 'kube-dns' } })
  pods.push({ ...dns, namespace: 'kube-system' }, podOf('cart-1', { annotations }))
  changed()
  const askedOf = () => new Set(named('up').map(({ resource }) => resource['k8s.pod.name']))
  // One address is asked once: here it is the first pod's that is not left out.
  await until(() => askedOf().size > 0, 'a scrape')
  expect(askedOf()).toEqual(new Set(['cart-1']))
  pods.splice(2)
  others = [{ ...of, settings: { ...settings, state: 'api', control_plane: false } }]
  await until(() => askedOf().has('state-1'), 'the pod that nobody else scrapes now')
})

test('one that is down is blind with the address', async () => {
  pods.push(podOf('cart-1', { annotations: { ...scrape, 'prometheus.io/port': '1' } }))
  const collector = await start('node')
  await until(() => collector.health().state === 'failed', 'a failure')
  expect(collector.coverage()).toMatchObject([{ state: 'blind', reason: 'no_endpoint' }])
  expect(collector.coverage()[0]?.detail).toBe('http://127.0.0.1:1/m: nothing listens there.')
})

const object = (name: string, spec: object, labels = {}, namespace = 'shop'): KubernetesObject => ({
  metadata: { name, namespace, uid: `u-${name}`, resourceVersion: '1', labels },
  spec,
})

test('a ServiceMonitor finds the pods behind a service, and its rules rewrite', async () => {
  server.set('/metrics', 'keep_me{old="x"} 1\ndrop_me 2\n')
  pods.push(podOf('cart-1'))
  await start('node', { annotations: false })
  const listed = (path: string, ...items: KubernetesObject[]) =>
    objects.get(path)?.({ type: 'listed', items, started_ms: 0 })
  const ports = [{ name: 'http', port: 80, targetPort: 'web' }]
  const service = { selector: { app: 'cart' }, ports }
  listed('/api/v1/services', object('cart', service, { team: 'a' }))
  listed(
    '/apis/monitoring.coreos.com/v1/servicemonitors',
    object('m', {
      selector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['a', 'b'] }] },
      targetLabels: ['team'],
      endpoints: [
        {
          port: 'http',
          interval: '1s',
          relabelings: [
            { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'machine' },
          ],
          metricRelabelings: [
            { sourceLabels: ['__name__'], regex: 'drop.*', action: 'drop' },
            { regex: 'old', action: 'labeldrop' },
          ],
        },
      ],
    }),
  )
  await until(() => named('keep_me').length > 0, 'a sample')
  expect(named('keep_me')[0]?.labels).toEqual({
    job: 'cart',
    instance: `127.0.0.1:${port}`,
    namespace: 'shop',
    pod: 'cart-1',
    container: 'app',
    service: 'cart',
    endpoint: 'http',
    team: 'a',
    machine: 'n1',
  })
  expect(named('drop_me')).toEqual([])
  expect(named('scrape_samples_post_metric_relabeling')[0]?.value).toBe(1)
})

test('which monitors choose what, and what is refused', () => {
  const settings = integrationSchemas.prometheus.parse({})
  const context = { settings, agent: { cluster: 'c', node: 'n1' } }
  const f = (spec: object, expected: { urls?: string[]; problem?: RegExp }, namespace = 'shop') => {
    const { wanted, problems } = monitorTargets(
      [podOf('cart-1')],
      { services: [], service_monitors: [], pod_monitors: [object('m', spec, {}, namespace)] },
      context,
    )
    expect(wanted.map(({ target }) => target.url)).toEqual(expected.urls ?? [])
    expect(problems.map(({ sentence }) => sentence).join()).toMatch(expected.problem ?? /^$/)
  }
  const web = { podMetricsEndpoints: [{ port: 'web' }] }
  const url = `http://127.0.0.1:${port}/metrics`
  f(web, { urls: [url] })
  f(web, {}, 'other')
  f({ ...web, namespaceSelector: { any: true } }, { urls: [url] }, 'other')
  f({ ...web, namespaceSelector: { matchNames: ['shop'] } }, { urls: [url] }, 'other')
  f({ ...web, selector: { matchLabels: { app: 'other' } } }, {})
  f({ podMetricsEndpoints: [{ port: 'none' }] }, {})
  f(
    { podMetricsEndpoints: [{ portNumber: 99, path: '/x', params: { a: ['b'] } }] },
    { urls: ['http://127.0.0.1:99/x?a=b'] },
  )
  const rule = (one: object) => ({ podMetricsEndpoints: [{ port: 'web', relabelings: [one] }] })
  f(rule({ sourceLabels: ['pod'], regex: 'other', action: 'keep' }), {})
  f(rule({ targetLabel: '__address__', replacement: '169.254.169.254:80' }), {
    problem: /is not the pod's address/,
  })
  f(rule({ regex: '(', action: 'drop' }), { problem: /no regular expression/ })
  f({ podMetricsEndpoints: [{ port: 'web', basicAuth: {} }] }, { problem: /in a Secret/ })
})

test('addresses of the policy are scraped by a machine, with its interval and limit', async () => {
  server.set('/metrics', 'a 1\nb 2\nc 3\n')
  const collector = await start('host', {
    targets: [`http://127.0.0.1:${port}`],
    samples_max: 2,
  })
  await until(() => named('up').length > 0, 'a scrape')
  expect(named('up')[0]).toMatchObject({
    value: 0,
    labels: { job: 'static', instance: `127.0.0.1:${port}` },
    resource: { 'service.name': '127.0.0.1' },
  })
  expect(collector.health().message).toMatch(/exposes more than 2 samples: nothing of it is kept/)
})
