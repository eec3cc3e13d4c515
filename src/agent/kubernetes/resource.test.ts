/** Resource attributes by the conventions' rules: who names the service, what labels become. */
import { expect, test } from 'vitest'
import { imageOf } from '../../model/image-name.ts'
import type { ContainerInfo, PodInfo } from './cluster.ts'
import { resourceAttributes } from './resource.ts'

const container: ContainerInfo = {
  name: 'app',
  id: 'c1',
  restart_count: 2,
  image: 'registry:5000/shop/cart:1.2',
  ports: [],
}
const pod: PodInfo = {
  namespace: 'shop',
  name: 'cart-7d9f8b6c5d-x2x2x',
  uid: 'u1',
  log_uid: 'u1',
  ip: '10.0.0.1',
  host_network: false,
  node: 'n1',
  started_ms: Date.UTC(2026, 0, 2),
  labels: {},
  annotations: {},
  owners: [
    { kind: 'ReplicaSet', name: 'cart-7d9f8b6c5d', uid: 'r' },
    { kind: 'Deployment', name: 'cart', uid: '' },
  ],
  workload_kind: 'Deployment',
  workload: 'cart',
  containers: [container],
  phase: 'Running',
  is_deleted: false,
}
const agent = { cluster: 'prod', node: 'n1', cluster_uid: 'cu' }
const of = (change: Partial<PodInfo>, one: ContainerInfo | undefined = container) =>
  resourceAttributes({ ...pod, ...change }, one, agent)

test('everything that is known, under its OpenTelemetry name', () => {
  expect(of({})).toEqual({
    'k8s.cluster.name': 'prod',
    'k8s.cluster.uid': 'cu',
    'k8s.namespace.name': 'shop',
    'k8s.node.name': 'n1',
    'k8s.pod.name': 'cart-7d9f8b6c5d-x2x2x',
    'k8s.pod.uid': 'u1',
    'k8s.pod.ip': '10.0.0.1',
    'k8s.pod.start_time': '2026-01-02T00:00:00.000Z',
    'k8s.replicaset.name': 'cart-7d9f8b6c5d',
    'k8s.deployment.name': 'cart',
    'k8s.container.name': 'app',
    'k8s.container.restart_count': '2',
    'container.id': 'c1',
    'container.image.name': 'registry:5000/shop/cart',
    'container.image.tag': '1.2',
    'service.name': 'cart',
    'service.namespace': 'shop',
    'service.version': '1.2',
    'service.instance.id': 'shop.cart-7d9f8b6c5d-x2x2x.app',
  })
})

test('who names the service, best first', () => {
  const f = (change: Partial<PodInfo>, name: string) =>
    expect(of(change)['service.name']).toBe(name)
  const labels = { 'app.kubernetes.io/name': 'n', app: 'a' }
  f({ labels }, 'n')
  f({ labels: { ...labels, 'app.kubernetes.io/instance': 'i' } }, 'i')
  const annotations = { 'resource.opentelemetry.io/service.name': 's' }
  f({ labels, annotations }, 's')
  const owned = (...kinds: string[]) => ({
    owners: kinds.map((kind) => ({ kind, name: kind.toLowerCase(), uid: '' })),
  })
  f(owned('StatefulSet'), 'statefulset')
  f(owned('DaemonSet'), 'daemonset')
  f(owned('Job', 'CronJob'), 'cronjob')
  f(owned('Job'), 'job')
  f(owned('ReplicaSet'), 'replicaset')
  f(owned('Rollout'), pod.name)
  f({ owners: [] }, pod.name)
})

test('both label styles stand side by side; annotations become attributes', () => {
  const labels = { app: 'x', 'app.kubernetes.io/name': 'y', 'app.kubernetes.io/version': '9' }
  const annotations = {
    'resource.opentelemetry.io/deployment.environment.name': 'test',
    other: '1',
  }
  expect(of({ labels, annotations })).toMatchObject({
    'k8s.pod.label.app': 'x',
    'k8s.pod.label.app.kubernetes.io/name': 'y',
    'deployment.environment.name': 'test',
    'service.version': '9',
  })
})

test('of a pod as a whole there is no container', () => {
  const attributes = resourceAttributes(pod, undefined, { cluster: 'prod', node: 'n1' })
  expect(Object.keys(attributes).filter((key) => key.includes('container'))).toEqual([])
  expect(attributes).not.toHaveProperty('k8s.cluster.uid')
  expect(attributes['service.instance.id']).toBe('shop.cart-7d9f8b6c5d-x2x2x')
})

test('images', () => {
  const f = (image: string, name: string, tag: string, version: string) =>
    expect(imageOf(image)).toEqual({ name, tag, version })
  f('redis', 'redis', '', '')
  f('redis:7', 'redis', '7', '7')
  f('host:5000/a/b', 'host:5000/a/b', '', '')
  f('a/b:1@sha256:ff', 'a/b', '1', '1@sha256:ff')
  f('a/b@sha256:ff', 'a/b', '', 'sha256:ff')
  f('', '', '', '')
})
