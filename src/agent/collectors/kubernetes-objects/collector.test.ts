/** The history of objects against a small API server: starts, changes, gaps, refusals. */
import { afterEach, expect, test } from 'vitest'
import { ApiServerFixture, until } from '../../../../test/agent/api-server-fixture.ts'
import { collectorContext, silentLog } from '../../../../test/agent/collector-context.ts'
import type { ObjectRow } from '../../../model/kubernetes.ts'
import { openCluster } from '../../kubernetes/open.ts'
import { kubernetesObjects } from './collector.ts'
import { watchedKinds } from './kinds.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const deployments = '/apis/apps/v1/deployments'
const pods = '/api/v1/pods'

async function rig(prepare: (server: ApiServerFixture) => void = () => {}) {
  const server = new ApiServerFixture()
  prepare(server)
  const url = await server.listen()
  closing.push(() => server.close())
  const shared = { token_file: '', ca_file: '', log: silentLog, pause_ms_max: 20 }
  const cluster = await openCluster({ ...shared, url, kind: 'cluster', now_ms: Date.now })
  closing.push(() => cluster.close())
  const settings = { refresh_hours: 6, namespaces_except: ['quiet'] }
  const given = collectorContext<'kubernetes_objects'>(settings, cluster)
  const running = await kubernetesObjects.start(given.context)
  closing.push(() => running.stop())
  const rows = () => {
    given.turn()
    return given.sink.rows<ObjectRow>('objects')
  }
  const words = (kind: string) =>
    rows()
      .filter((row) => row.kind === kind)
      .map(({ change, name }) => `${change} ${name}`.trim())
  const watching = () => watchedKinds.every(({ path }) => server.watching(path) > 0)
  return { server, running, rows, words, watching, ...given }
}

function deployment(name: string, replicas: number, manager = 'kubectl') {
  const managedFields = [
    { manager, time: '2026-01-02T00:00:00Z' },
    { manager: 'older', time: '2026-01-01T00:00:00Z' },
  ]
  return { metadata: { name, namespace: 'shop', managedFields }, spec: { replicas }, status: {} }
}

test('a start tells everything as seen, each kind as listed; then changes with diffs', async () => {
  const { server, rows, words, watching } = await rig((api) => {
    api.put(deployments, deployment('cart', 1))
    api.put(deployments, { metadata: { name: 'x', namespace: 'quiet' } })
  })
  await until(watching, 'all kinds are watched')
  await until(() => words('Deployment').length === 2, 'the first list')
  expect(words('Deployment')).toEqual(['seen cart', 'listed'])
  expect(rows().filter(({ change }) => change === 'listed')).toHaveLength(watchedKinds.length)
  server.put(deployments, deployment('cart', 3, 'helm'))
  server.put(deployments, deployment('cart', 3))
  server.put(deployments, deployment('new', 1))
  server.remove(deployments, 'cart', 'shop')
  await until(() => words('Deployment').length === 5, 'three changes')
  expect(words('Deployment').slice(2)).toEqual(['modified cart', 'added new', 'deleted cart'])
  expect(rows().find(({ change }) => change === 'modified')).toMatchObject({
    actor: 'helm',
    namespace: 'shop',
    workload_kind: 'Deployment',
    workload: 'cart',
    status: '0/3',
    health: 'bad',
    numbers: { replicas_desired: 3, replicas_ready: 0 },
    changes: [{ path: 'spec.replicas', before: 1, after: 3 }],
    object: { kind: 'Deployment', apiVersion: 'apps/v1', metadata: { name: 'cart' } },
  })
  expect(rows().find(({ change }) => change === 'deleted')?.object).toBe(null)
  expect(server.asked.filter((path) => /secrets|leases/.test(path))).toEqual([])
})

test('after a gap only what changed is told, and what went as deleted', async () => {
  const { server, words, watching } = await rig((api) => {
    for (const name of ['a', 'b', 'c']) api.put(deployments, deployment(name, 1))
  })
  await until(watching, 'all kinds are watched')
  await until(() => words('Deployment').length === 4, 'the first list')
  server.oldest_version = 1_000_000
  server.cut()
  server.remove(deployments, 'b', 'shop')
  server.put(deployments, deployment('c', 2))
  await until(() => words('Deployment').length >= 6, 'the second list')
  server.oldest_version = 0
  await until(watching, 'watched again')
  expect(words('Deployment').slice(4)).toEqual(['modified c', 'deleted b'])
})

test('what lives is told again when it is time', async () => {
  const { turn, now, rows, words, watching } = await rig((api) => {
    api.put(deployments, deployment('cart', 1))
  })
  await until(watching, 'all kinds are watched')
  await until(() => words('Deployment').length === 2, 'the first list')
  now.ms += 6 * 3_600_000
  turn()
  await until(() => words('Deployment').length === 4, 'the refresh')
  expect(words('Deployment')).toEqual(['seen cart', 'listed', 'seen cart', 'listed'])
  expect(rows().filter(({ change }) => change === 'modified')).toEqual([])
})

test('a pod is told with the workload above its owner, and its node', async () => {
  const reference = { kind: 'ReplicaSet', name: 'cart-7d9f8b6c5d', uid: 'r' }
  const { rows, words } = await rig((api) => {
    api.put(pods, {
      metadata: { name: 'p', namespace: 'shop', ownerReferences: [reference] },
      spec: { nodeName: 'n1', containers: [] },
      status: { phase: 'Running' },
    })
  })
  await until(() => words('Pod').length === 2, 'the pod')
  expect(rows().find(({ kind }) => kind === 'Pod')).toMatchObject({
    workload_kind: 'Deployment',
    workload: 'cart',
    owner_kind: 'ReplicaSet',
    owner_name: 'cart-7d9f8b6c5d',
    node: 'n1',
    status: 'Running',
  })
})

test('a kind that may not be read is told by its rule, the others go on', async () => {
  const { server, running, words } = await rig((api) => {
    api.refused.set('/api/v1/configmaps', 403)
    api.refused.set('/apis/autoscaling/v2/horizontalpodautoscalers', 404)
    api.put(deployments, deployment('cart', 1))
  })
  await until(() => running.health().state === 'degraded', 'degraded')
  expect(running.health().message).toMatch(/^ConfigMap: needs get, list, watch on configmaps:/)
  expect(running.health().message).not.toMatch(/autoscaler/i)
  expect(running.coverage().find(({ state }) => state === 'blind')).toMatchObject({
    reason: 'permission',
    detail: expect.stringContaining('configmaps'),
  })
  await until(() => words('Deployment').length === 2, 'deployments')
  server.refused.clear()
  await until(() => running.health().state === 'healthy', 'healthy')
})

test('a full spool stops the reading and loses nothing', async () => {
  const { server, sink, words, rows, turn, watching } = await rig()
  await until(watching, 'all kinds are watched')
  rows()
  sink.isFull = true
  const large = { spec: { text: 'x'.repeat(60_000) } }
  for (let i = 0; i < 40; i++) {
    server.put(deployments, { metadata: { name: `d${i}`, namespace: 'shop' }, ...large })
  }
  turn()
  sink.free()
  await until(() => words('Deployment').length === 41, 'all of them')
  expect(words('Deployment').slice(1)).toEqual(Array.from({ length: 40 }, (_, i) => `added d${i}`))
})
