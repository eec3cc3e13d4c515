/** The shop in its cluster: its pods are the API's, its lines are in files, orders reach it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Pod } from './kubernetes/api/objects.ts'
import { openShop, type Shop } from './shop.ts'
import { openSink, until } from './sink-fixture.ts'

const dir = mkdtempSync(join(tmpdir(), 'crowsnest-clusters-'))
let sink: Awaited<ReturnType<typeof openSink>>
let shop: Shop

beforeAll(async () => {
  sink = await openSink()
  shop = await openShop({
    destination: { http_url: sink.url, json_only: true },
    requests_per_second: 200,
    seed: 3,
    past_ms: 0,
    past_budget_ms: 0,
    scenarios: [],
    all_in_turn: false,
    kubernetes: { dir, clusters: 2, logs: 'files' },
  })
})

afterAll(async () => {
  await shop?.close()
  await sink?.close()
  rmSync(dir, { recursive: true, force: true })
})

function podsNamed(name: string): Pod[] {
  const { store } = shop.clusters[0]!.kubernetes
  return store.list<Pod>('Pod').filter(({ metadata }) => metadata.name.startsWith(`${name}-`))
}

function logOf(pod: Pod): string {
  const { logs_dir } = shop.clusters[0]!.kubernetes
  const { namespace, name, uid } = pod.metadata
  const folder = join(logs_dir(pod.spec.nodeName!), `${namespace}_${name}_${uid}`)
  if (!existsSync(folder)) return ''
  const [container] = readdirSync(folder)
  return readdirSync(join(folder, container!))
    .sort()
    .map((file) => readFileSync(join(folder, container!, file), 'utf8'))
    .join('')
}

test('all pods run, and spans carry the names that the API knows', async () => {
  expect(shop.pods()).toBe(27)
  expect(shop.clusters.map(({ name }) => name)).toEqual(['demo', 'demo-2'])
  await until('spans', () => sink.spans.length > 500)
  const { store } = shop.clusters[0]!.kubernetes
  const known = new Map(store.list<Pod>('Pod').map((pod) => [pod.metadata.uid, pod]))
  for (const { resource } of sink.spans) {
    const pod = known.get(String(resource['k8s.pod.uid']))
    expect(pod?.metadata.name).toBe(resource['k8s.pod.name'])
    expect(pod?.status.podIP).toBe(resource['k8s.pod.ip'])
    expect(pod?.status.containerStatuses?.[0]?.containerID).toBe(
      `containerd://${resource['container.id']}`,
    )
  }
})

test('lines are in the container’s file with their trace, and not sent over OTLP', async () => {
  const traced = () =>
    /"trace_id":"([0-9a-f]{32})"/.exec(podsNamed('frontend-api').map(logOf).join())
  await until('a line in a trace', () => traced() !== null)
  await until('its spans', () => sink.spans.some(({ traceId }) => traceId === traced()?.[1]))
  const events = sink.logs.filter(({ eventName = '' }) => eventName !== '')
  expect(sink.logs.length).toBe(events.length)
})

test('the bad version is rolled out by the deployment, and taken back', async () => {
  const before = podsNamed('checkout').map(({ metadata }) => metadata.name)
  shop.switch.set({ scenario: 'bad-deploy', on: true })
  const images = () => podsNamed('checkout').map(({ spec }) => spec.containers[0]!.image)
  await until('a new pod', () => images().some((image) => image.endsWith(':2.3.1')))
  const added = podsNamed('checkout').find(({ metadata }) => !before.includes(metadata.name))!
  await until('its first line', () => logOf(added).includes('checkout 2.3.1 is listening'))
  shop.switch.set({ scenario: 'bad-deploy', on: false })
})

test('the kubelet sees a leak in the shop: OOMKilled, and last words in the file', async () => {
  shop.switch.set({ scenario: 'memory-leak', on: true })
  const [pod] = podsNamed('recommendation')
  const live = shop.live().find(({ identity }) => identity.uid === pod!.metadata.uid)!
  live.load.leaked_bytes = live.service.memory_limit_bytes
  const status = () =>
    podsNamed('recommendation').find(({ metadata }) => metadata.uid === pod!.metadata.uid)!.status
      .containerStatuses![0]!
  await until('a restart', () => status().restartCount === 1 && status().ready)
  expect(status().lastState.terminated).toMatchObject({ reason: 'OOMKilled', exitCode: 137 })
  expect(logOf(pod!)).toContain('JavaScript heap out of memory')
  await until('hello again', () => logOf(pod!).includes('started after OOMKilled (restart 1)'))
})
