/**
 * Scenarios that need real pods: leaks end in restarts, rollouts in new pods, storms in retries.
 */
import { afterEach, expect, test } from 'vitest'
import { Visitors } from '../load/visitors.ts'
import { seeded } from '../random.ts'
import type { ScenarioName } from '../scenarios.ts'
import { services } from '../services/services.ts'
import { openSink, plain, until } from '../sink-fixture.ts'
import { Cluster } from './cluster.ts'

let closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing) await close()
  closing = []
})

async function open(trouble: ScenarioName[] = []) {
  const sink = await openSink()
  const random = seeded(4)
  const cluster = new Cluster({
    services,
    destination: { http_url: sink.url, json_only: true },
    random,
    now_ms: Date.now,
    trouble: (scenario) => trouble.includes(scenario),
    busy: () => 0.5,
    started_ms: Date.now(),
    pace: { restart_ms: 10, rollout_step_ms: 10 },
  })
  await cluster.open()
  closing = [() => cluster.close(), () => sink.close()]
  const of = (name: string) => cluster.pods().filter(({ service }) => service.name === name)
  const visitors = new Visitors(random)
  const ask = (path: string, body: Record<string, unknown> = {}) => {
    const { headers } = visitors.nextVisit()
    const wire = { protocol: 'http', service: 'storefront', timeout_ms: 20_000 } as const
    const method = path === '/checkout' ? 'POST' : 'GET'
    return cluster.deliver({ ...wire, method, path, headers, body })
  }
  return { sink, cluster, of, ask }
}

const tries_max = 12

/** Cards are declined and connections reset now and then: what is asked again must come through. */
async function answered(ask: Ask, path: string, status: number, body = {}): Promise<void> {
  const seen: number[] = []
  while (seen.at(-1) !== status && seen.length < tries_max) {
    seen.push((await ask(path, body)).status)
  }
  expect(seen.at(-1), `${path} answered ${seen}`).toBe(status)
}
type Ask = Awaited<ReturnType<typeof open>>['ask']

const order = { session: 'abc', country: 'US', currency: 'USD' }

test('a container without memory left is killed and starts again in its pod', async () => {
  const { sink, cluster, of } = await open()
  const [pod] = of('recommendation')
  pod!.load.leaked_bytes = pod!.service.memory_limit_bytes
  const restarted = () =>
    of('recommendation').find(({ identity }) => identity.restart_count === 1)?.identity
  await until('a restart', () => restarted() !== undefined)
  expect(restarted()?.name).toBe(pod!.identity.name)
  expect(restarted()?.container_id).not.toBe(pod!.identity.container_id)
  await cluster.close()
  closing.shift()
  const fatal = sink.logs.filter(({ severityText }) => /fatal/i.test(severityText ?? ''))
  expect(fatal[0]?.body?.stringValue).toContain('JavaScript heap out of memory')
  expect(fatal[0]?.resource['k8s.pod.name']).toBe(pod!.identity.name)
})

test('a rollout replaces every pod, and the bad version fails where a coupon is used', async () => {
  const { sink, cluster, of, ask } = await open()
  const before = of('checkout').map(({ identity }) => identity.name)
  await answered(ask, '/checkout', 200, { ...order, coupon: 'welcome10' })
  await cluster.rollOut('checkout', '2.3.1')
  const after = of('checkout').map(({ identity }) => identity)
  expect(after.map(({ version }) => version)).toEqual(['2.3.1', '2.3.1', '2.3.1'])
  for (const { name } of after) expect(before).not.toContain(name)
  await answered(ask, '/checkout', 502, { ...order, coupon: 'welcome10' })
  await answered(ask, '/checkout', 200, order)
  await cluster.close()
  closing.shift()
  const failed = sink.spans.find(
    ({ name, status, resource }) =>
      name === 'POST /orders' && status?.code === 2 && resource['service.version'] === '2.3.1',
  )
  expect(plain(failed?.attributes ?? [])['error.type']).toBe('TypeError')
})

test('in a retry storm one order asks shipping several times', async () => {
  const { sink, cluster, ask } = await open(['retry-storm'])
  expect((await ask('/checkout', order)).status).toBeGreaterThanOrEqual(500)
  await cluster.close()
  closing.shift()
  const resends = sink.spans
    .map(({ attributes }) => plain(attributes)['http.request.resend_count'])
    .filter((count) => count !== undefined)
    .map(Number)
  expect(resends.sort()).toEqual([1, 2, 3])
})

test('a slow database shows in the catalog, and everything else stays as it was', async () => {
  const { ask } = await open(['slow-database'])
  const took = async (path: string) => {
    const began_ms = performance.now()
    expect((await ask(path)).status).toBe(200)
    return performance.now() - began_ms
  }
  await took('/cart?session=abc')
  expect(await took('/')).toBeGreaterThan(60)
})
