/** Pods by uid, address, name and container, through restarts, ends and addresses used again. */
import { afterEach, expect, test } from 'vitest'
import { ApiServerFixture, until } from '../../../test/agent/api-server-fixture.ts'
import type { KubernetesObject } from './api.ts'
import { openCluster } from './open.ts'
import { ownerByName } from './owner-names.ts'
import { PodIndex } from './pod-index.ts'
import { instanceOf } from './pod-info.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

let now_ms = 1_000_000
function index() {
  now_ms = 1_000_000
  return new PodIndex({
    chain: ({ owner }) => (owner === undefined ? [] : [owner]),
    namespaceAnnotations: () => ({ 'co.elastic.logs/enabled': 'false', other: 'x' }),
    now_ms: () => now_ms,
  })
}

type Words = { ip?: string; ids?: [string, string?]; restarts?: number; host?: boolean }

function pod(name: string, { ip = '', ids = [''], restarts = 0, host = false }: Words = {}) {
  const [id, last] = ids
  const lastState = last ? { terminated: { containerID: `containerd://${last}` } } : {}
  const object: KubernetesObject = {
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1' },
    spec: { nodeName: 'n1', hostNetwork: host, containers: [{ name: 'app', image: 'shop:1' }] },
    status: {
      phase: 'Running',
      podIP: ip,
      containerStatuses: [
        {
          name: 'app',
          containerID: id === '' ? '' : `containerd://${id}`,
          restartCount: restarts,
          lastState,
        },
      ],
    },
  }
  return object
}

test('a pod is found by everything that names it', () => {
  const pods = index()
  pods.take({ type: 'added', object: pod('a', { ip: '10.0.0.1', ids: ['c1'] }) })
  expect(pods.byUid('uid-a')?.name).toBe('a')
  expect(pods.byIp('10.0.0.1')?.name).toBe('a')
  expect(pods.byName('shop', 'a')?.uid).toBe('uid-a')
  expect(pods.byContainerId('c1')).toMatchObject({ pod: { name: 'a' }, container: { name: 'app' } })
  expect(pods.byContainerId('')).toBeUndefined()
  expect(pods.byUid('uid-a')).toMatchObject({ workload_kind: 'Pod', workload: 'a', node: 'n1' })
})

test('restarts: every start stays known; one that never was is the newest', () => {
  const pods = index()
  pods.take({ type: 'added', object: pod('a', { ids: ['c0'] }) })
  pods.take({ type: 'modified', object: pod('a', { ids: ['c1', 'c0'], restarts: 1 }) })
  pods.take({ type: 'modified', object: pod('a', { ids: ['c2', 'c1'], restarts: 2 }) })
  expect(pods.byUid('uid-a')?.containers.map(({ id }) => id)).toEqual(['c2', 'c1', 'c0'])
  expect(pods.byContainerId('c0')?.container.restart_count).toBe(0)
  const known = pods.byUid('uid-a')!
  expect(instanceOf(known, 'app', 1)?.id).toBe('c1')
  expect(instanceOf(known, 'app')?.id).toBe('c2')
  expect(instanceOf(known, 'app', 9)?.id).toBe('c2')
  expect(instanceOf(known, 'other')).toBeUndefined()
})

test('a pod is kept past its end, then forgotten; a list without it ends it too', () => {
  const pods = index()
  const told: string[] = []
  pods.onChange((one) => told.push(`${one.name} ${one.is_deleted}`))
  pods.take({ type: 'added', object: pod('a', { ip: '10.0.0.1', ids: ['c1'] }) })
  pods.take({ type: 'added', object: pod('b') })
  pods.take({ type: 'deleted', object: pod('a', { ids: ['c1'] }) })
  pods.take({ type: 'listed', items: [], started_ms: 0 })
  expect(told).toEqual(['a false', 'b false', 'a true', 'b true'])
  now_ms += 60_000
  pods.sweep()
  expect(pods.byContainerId('c1')?.pod.is_deleted).toBe(true)
  expect(pods.byIp('10.0.0.1')?.name).toBe('a')
  now_ms += 120_000
  pods.sweep()
  expect([...pods.all()]).toEqual([])
  expect(pods.byContainerId('c1')).toBeUndefined()
  expect(pods.byName('shop', 'a')).toBeUndefined()
})

test('an address belongs to the pod that lives; host-network pods have none of their own', () => {
  const pods = index()
  pods.take({ type: 'added', object: pod('old', { ip: '10.0.0.1' }) })
  pods.take({ type: 'deleted', object: pod('old', { ip: '10.0.0.1' }) })
  pods.take({ type: 'added', object: pod('new', { ip: '10.0.0.1' }) })
  pods.take({ type: 'deleted', object: pod('old', { ip: '10.0.0.1' }) })
  expect(pods.byIp('10.0.0.1')?.name).toBe('new')
  now_ms += 200_000
  pods.sweep()
  expect(pods.byIp('10.0.0.1')?.name).toBe('new')
  pods.take({ type: 'added', object: pod('host', { ip: '192.168.0.1', host: true }) })
  expect(pods.byIp('192.168.0.1')).toBeUndefined()
})

test('a static pod is found by the hash in its log path; a namespace gives defaults', () => {
  const pods = index()
  const object = pod('etcd-n1')
  object.metadata.annotations = { 'kubernetes.io/config.hash': 'abc', 'co.elastic.logs/x': '1' }
  object.metadata.ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'u' }]
  pods.take({ type: 'added', object })
  expect(pods.byUid('abc')).toMatchObject({ log_uid: 'abc', workload_kind: 'Pod' })
  expect(pods.byUid('abc')?.annotations).toEqual({
    'co.elastic.logs/enabled': 'false',
    'kubernetes.io/config.hash': 'abc',
    'co.elastic.logs/x': '1',
  })
})

test('owners by name alone', () => {
  const minute = 28_000_000
  const created_ms = minute * 60_000
  const f = (kind: string, name: string, hash: string, expected: string | undefined) => {
    const labels: Record<string, string> = hash === '' ? {} : { 'pod-template-hash': hash }
    expect(ownerByName({ kind, name, uid: 'u' }, { labels, created_ms })?.name).toBe(expected)
  }
  f('ReplicaSet', 'cart-7d9f8b6c5d', '7d9f8b6c5d', 'cart')
  f('ReplicaSet', 'cart-7d9f8b6c5d', '', 'cart')
  f('ReplicaSet', 'my-own-set', '', undefined)
  f('ReplicaSet', 'cart-aeiou', 'aeiou', 'cart')
  f('Job', `backup-${minute}`, '', 'backup')
  f('Job', `backup-${minute + 60}`, '', 'backup')
  f('Job', 'import-20240101', '', undefined)
  f('Job', 'import', '', undefined)
  f('StatefulSet', 'db-7d9f8b6c5d', '', undefined)
})

test('a node agent follows its own pods; a cluster agent knows owners from the API', async () => {
  const server = new ApiServerFixture()
  const url = await server.listen()
  closing.push(() => server.close())
  const owner = (kind: string, name: string) => [
    { apiVersion: 'v1', kind, name, uid: `uid-${name}` },
  ]
  const of = (name: string, nodeName: string, set: string) => ({
    metadata: { name, namespace: 'shop', ownerReferences: owner('ReplicaSet', set) },
    spec: { nodeName, containers: [] },
  })
  server.put('/api/v1/namespaces', { metadata: { name: 'kube-system', uid: 'the-cluster' } })
  server.put('/api/v1/pods', of('one', 'n1', 'odd'))
  server.put('/api/v1/pods', of('two', 'n2', 'cart-7d9f8b6c5d'))
  const sets = '/apis/apps/v1/replicasets'
  server.put(sets, { metadata: { name: 'odd', ownerReferences: owner('Deployment', 'shop') } })
  server.put(sets, { metadata: { name: 'cart-7d9f8b6c5d' } })
  const log = { debug() {}, warn() {} }
  const shared = { url, token_file: '', ca_file: '', log, now_ms: Date.now, pause_ms_max: 20 }
  const node = await openCluster({ ...shared, kind: 'node', node: 'n1' })
  closing.push(() => node.close())
  await node.pods.ready(20_000)
  expect([...node.pods.all()].map(({ name }) => name)).toEqual(['one'])
  expect(node.cluster_uid).toBe('the-cluster')
  expect(server.asked.some((path) => path.includes('replicasets'))).toBe(false)
  expect(server.asked.some((path) => path.includes('secrets'))).toBe(false)
  const cluster = await openCluster({ ...shared, kind: 'cluster' })
  closing.push(() => cluster.close())
  await cluster.pods.ready(20_000)
  const workload = (name: string) => cluster.pods.byName('shop', name)?.workload
  await until(() => workload('one') === 'shop', 'the owner of the owner')
  // A bare ReplicaSet that only looks like a Deployment's.
  await until(() => workload('two') === 'cart-7d9f8b6c5d', 'the bare one')
})
