/** The cluster as a whole: what is in it, what its figures say, and what the real kubectl sees. */
import { execFile } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { podIdentity } from '../cluster/pod-identity.ts'
import { services } from '../services/services.ts'
import { agentAccount } from './api/agent-roles.ts'
import type { Pod, Workload } from './api/objects.ts'
import { openRig, type Rig } from './fixture.ts'

let rigs: Rig[] = []
afterEach(async () => {
  await Promise.all(rigs.map((rig) => rig.close()))
  rigs = []
})
async function open(options: Parameters<typeof openRig>[0] = {}): Promise<Rig> {
  const rig = await openRig(options)
  rigs.push(rig)
  return rig
}

test('it opens with everything up, and the shop’s pods are those of the shop', async () => {
  const { kubernetes } = await open()
  const pods = kubernetes.store.list<Pod>('Pod')
  expect(pods.filter(({ status }) => status.phase !== 'Running')).toEqual([])
  const counts = kubernetes.counts()
  expect(counts).toMatchObject({ Node: 3, Namespace: 9, StatefulSet: 1, CronJob: 1, Secret: 0 })
  expect(counts.Deployment).toBeGreaterThan(18)
  for (const service of services) {
    for (let ordinal = 0; ordinal < service.replicas; ordinal++) {
      const place = { ordinal, version: service.version, restart_count: 0 }
      const { name, uid, node, namespace, container_id } = podIdentity(service, place)
      const pod = kubernetes.store.get<Pod>('Pod', name, namespace)
      expect([pod?.metadata.uid, pod?.spec.nodeName]).toEqual([uid, node])
      const [status] = pod!.status.containerStatuses!
      expect(status?.containerID).toBe(`containerd://${container_id}`)
    }
  }
  const own = pods.filter(({ spec }) => spec.hostNetwork !== true)
  expect(new Set(own.map(({ status }) => status.podIP)).size).toBe(own.length)
})

test('labels of both styles, static pods, owners up to the deployment', async () => {
  const { kubernetes } = await open()
  const pods = kubernetes.store.list<Pod>('Pod')
  const has = (label: string) => pods.some(({ metadata }) => metadata.labels?.[label])
  expect([has('app'), has('app.kubernetes.io/name')]).toEqual([true, true])
  const [etcd] = pods.filter(({ metadata }) => metadata.name === 'etcd-worker-a')
  const hash = etcd!.metadata.annotations!['kubernetes.io/config.hash']
  const folders = readdirSync(kubernetes.logs_dir('worker-a'))
  expect(folders).toContain(`kube-system_etcd-worker-a_${hash}`)
  const cart = pods.find(({ metadata }) => metadata.name.startsWith('cart-'))!
  const set = kubernetes.store.get('ReplicaSet', cart.metadata.ownerReferences![0]!.name, 'shop')
  expect(set?.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'Deployment', name: 'cart' })
  const links = join(kubernetes.logs_dir('worker-a'), '../containers')
  const [link] = readdirSync(links)
  expect(lstatSync(join(links, link!)).isSymbolicLink()).toBe(true)
  expect(readlinkSync(join(links, link!))).toMatch(/^\/var\/log\/pods\//)
})

test('two clusters have the same names and different identities', async () => {
  const [one, other] = await Promise.all([open(), open({ name: 'demo-2' })])
  expect(other.kubernetes.url).not.toBe(one.kubernetes.url)
  expect(other.kubernetes.cluster_uid).not.toBe(one.kubernetes.cluster_uid)
  const names = (rig: Rig) =>
    rig.kubernetes.store.list<Pod>('Pod').map(({ metadata }) => metadata.name)
  expect(names(other)).toEqual(names(one))
  expect((await one.ask('/api/v1/nodes')).body.items).toHaveLength(3)
})

test('a new image replaces pods one by one, and never too many', async () => {
  const { kubernetes, pass } = await open()
  const before = kubernetes.store.get<Workload>('Deployment', 'checkout', 'shop')!
  const { image } = services.find(({ name }) => name === 'checkout')!
  kubernetes.setImage('shop/checkout', `${image}:2.3.1`)
  const mine = () =>
    kubernetes.store
      .list<Pod>('Pod')
      .filter(({ metadata }) => metadata.name.startsWith('checkout-'))
  for (let step = 0; step < 60; step++) {
    pass(1)
    const alive = mine().filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    expect(alive.length).toBeGreaterThanOrEqual(3)
    expect(alive.length).toBeLessThanOrEqual(4)
  }
  const service = services.find(({ name }) => name === 'checkout')!
  const wanted = [0, 1, 2].map(
    (ordinal) => podIdentity(service, { ordinal, version: '2.3.1', restart_count: 0 }).name,
  )
  expect(
    mine()
      .map(({ metadata }) => metadata.name)
      .sort(),
  ).toEqual(wanted.sort())
  const after = kubernetes.store.get<Workload>('Deployment', 'checkout', 'shop')!
  expect(after.metadata.generation).toBe(before.metadata.generation! + 1)
  expect(after.metadata.managedFields?.some(({ manager }) => manager === 'kubectl-set')).toBe(true)
})

test('kube-state-metrics counts what the API lists; it can be left out', async () => {
  const { kubernetes, pass } = await open()
  pass(1)
  const pods = kubernetes.store.list<Pod>('Pod')
  const of = (name: string) => pods.find(({ metadata }) => metadata.name.startsWith(name))!
  const { podIP } = of('kube-state-metrics-').status
  if (process.platform === 'linux') {
    const text = await (await fetch(`http://${podIP}:8080/metrics`)).text()
    expect(text.match(/^kube_pod_info\{/gm)).toHaveLength(pods.length)
    expect(text).toMatch(/^kube_deployment_spec_replicas\{.*deployment="checkout"\} 3$/m)
    const dns = await fetch(`http://${of('coredns-').status.podIP}:9153/metrics`)
    expect(await dns.text()).toContain('# TYPE coredns_dns_request_duration_seconds histogram')
  }
  const without = await open({ ksm: false })
  expect(without.kubernetes.store.get('Deployment', 'kube-state-metrics', 'monitoring')).toBe(
    undefined,
  )
})

test('over TLS with an authority of its own', async () => {
  const { kubernetes } = await open({ tls: true })
  expect(kubernetes.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  expect(existsSync(kubernetes.ca_file!)).toBe(true)
  await expect(fetch(`${kubernetes.url}/version`)).rejects.toThrow()
})

const run = promisify(execFile)
const hasKubectl = await run('kubectl', ['version', '--client']).then(
  () => true,
  () => false,
)
if (!hasKubectl) console.warn('kubectl is not installed: what it sees is not tested')

for (const tls of [false, true]) {
  test.runIf(hasKubectl)(`the real kubectl gets, describes and scales (tls: ${tls})`, async () => {
    const rig = await open({ tls })
    const { kubernetes, dir, pass } = rig
    const config = kubernetes.kubeconfig(join(dir, 'kubeconfig'))
    const env = { ...process.env, HOME: dir, KUBECONFIG: config }
    const kubectl = async (...args: string[]) => (await run('kubectl', args, { env })).stdout
    const pods = await kubectl('get', 'pods', '-A', '--no-headers')
    expect(pods.trimEnd().split('\n')).toHaveLength(kubernetes.counts().Pod!)
    const json = await kubectl('get', 'deploy', 'checkout', '-n', 'shop', '-o', 'json')
    expect(JSON.parse(json)).toMatchObject({ spec: { replicas: 3 } })
    await kubectl('scale', 'deploy/gift-wrap', '-n', 'shop', '--replicas=4')
    pass(10)
    const described = await kubectl('describe', 'deploy', 'gift-wrap', '-n', 'shop')
    expect(described).toContain('4 desired | 4 updated | 4 total | 4 available')
    expect(described).toContain('Scaled up replica set')
    const events = await kubectl('get', 'events', '-n', 'shop', '--no-headers')
    expect(events).toMatch(/SuccessfulCreate/)
    const log = await kubectl('logs', '-n', 'data', 'deploy/redis')
    expect(log).toContain('Ready to accept connections')
    const asAgent = ['--token', kubernetes.token(agentAccount), 'get', '-A', '--no-headers']
    if (tls) {
      expect(await kubectl(...asAgent, 'pods')).toContain('checkout-')
      await expect(kubectl(...asAgent, 'configmaps')).rejects.toThrow('configmaps is forbidden')
    }
    const denied = await run('kubectl', ['get', 'secrets', '-A'], { env }).catch(
      (error: { stderr: string }) => error.stderr,
    )
    expect(denied).toContain('secrets is forbidden')
  })
}
