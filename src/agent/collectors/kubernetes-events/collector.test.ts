/** Events of both APIs as rows; a series grows, a restart repeats nothing. */
import { afterEach, expect, test } from 'vitest'
import { ApiServerFixture, until } from '../../../../test/agent/api-server-fixture.ts'
import { collectorContext, silentLog } from '../../../../test/agent/collector-context.ts'
import type { EventRow } from '../../../model/kubernetes.ts'
import type { KubernetesObject } from '../../kubernetes/api.ts'
import type { Pods } from '../../kubernetes/cluster.ts'
import { openCluster } from '../../kubernetes/open.ts'
import { kubernetesEvents } from './collector.ts'
import { eventRow } from './event-row.ts'
import { ToldEvents } from './told-events.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const nobody = { byUid: () => undefined, byName: () => undefined } as unknown as Pods
const metadata = {
  name: 'e',
  namespace: 'shop',
  uid: 'e1',
  resourceVersion: '9',
  creationTimestamp: '2026-01-01T00:00:00Z',
}
const at = (text: string) => Date.parse(text)

test('an event of core/v1', () => {
  const event = {
    metadata,
    involvedObject: { kind: 'Node', name: 'n1', uid: 'n1' },
    type: 'Warning',
    reason: 'NodeNotReady',
    message: 'Node n1 is not ready',
    count: 4,
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:05:00Z',
    eventTime: null,
    series: null,
    source: { component: 'node-controller' },
  }
  expect(eventRow(event as unknown as KubernetesObject, nobody)).toEqual({
    time_ms: at('2026-01-01T00:05:00Z'),
    first_time_ms: at('2026-01-01T00:00:00Z'),
    event_uid: 'e1',
    namespace: 'shop',
    kind: 'Node',
    name: 'n1',
    uid: 'n1',
    workload_kind: '',
    workload: '',
    node: 'n1',
    type: 'Warning',
    reason: 'NodeNotReady',
    message: 'Node n1 is not ready',
    count: 4,
    source: 'node-controller',
  })
})

test('an event of events.k8s.io/v1, single and in a series', () => {
  const event = {
    metadata,
    regarding: { kind: 'Deployment', namespace: 'shop', name: 'cart', uid: 'd' },
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    note: 'Scaled up',
    eventTime: '2026-01-01T00:01:00.123456Z',
    reportingController: 'deployment-controller',
  }
  const one = eventRow(event as unknown as KubernetesObject, nobody)
  expect(one).toMatchObject({
    time_ms: at('2026-01-01T00:01:00.123Z'),
    count: 1,
    workload_kind: 'Deployment',
    workload: 'cart',
    message: 'Scaled up',
    source: 'deployment-controller',
  })
  const series = { count: 7, lastObservedTime: '2026-01-01T00:09:00Z' }
  const many = eventRow({ ...event, series } as unknown as KubernetesObject, nobody)
  expect(many).toMatchObject({ time_ms: at('2026-01-01T00:09:00Z'), count: 7 })
  expect(many.first_time_ms).toBe(at('2026-01-01T00:01:00.123Z'))
})

test('told events: higher counts only, after a restart too, in bounded memory', () => {
  const kept = new Map<string, string>()
  const open = () => new ToldEvents({ positions: () => kept })
  const row = (event_uid: string, count: number) => ({ event_uid, count }) as EventRow
  const told = (events: ToldEvents, uid: string, count: number) => {
    const positions = events.tell(row(uid, count))
    for (const [key, value] of Object.entries(positions ?? {})) kept.set(key, value)
    return positions !== undefined
  }
  const first = open()
  expect([told(first, 'a', 1), told(first, 'a', 1), told(first, 'a', 2)]).toEqual([
    true,
    false,
    true,
  ])
  const second = open()
  expect([told(second, 'a', 2), told(second, 'a', 3), told(second, 'b', 1)]).toEqual([
    false,
    true,
    true,
  ])
  for (let i = 0; i < 25_000; i++) told(second, `u${i}`, 1)
  expect(second.size).toBeLessThanOrEqual(20_000)
  expect(Math.max(...[...kept.values()].map(({ length }) => length))).toBeLessThan(8_000)
})

test('events with their pods’ workloads; a restart tells only what is new', async () => {
  const server = new ApiServerFixture()
  const url = await server.listen()
  closing.push(() => server.close())
  const path = '/apis/events.k8s.io/v1/events'
  const event = (name: string, count = 1, namespace = 'shop') => ({
    metadata: { name, namespace },
    regarding: { kind: 'Pod', namespace, name: 'p', uid: 'uid-p' },
    deprecatedCount: count,
    eventTime: '2026-01-01T00:00:00Z',
  })
  server.put('/api/v1/pods', {
    metadata: {
      name: 'p',
      namespace: 'shop',
      ownerReferences: [{ kind: 'StatefulSet', name: 'db', uid: 's' }],
    },
    spec: { nodeName: 'n1', containers: [] },
  })
  server.put(path, event('a'))
  server.put(path, event('hidden', 1, 'quiet'))
  const shared = { token_file: '', ca_file: '', log: silentLog, pause_ms_max: 20 }
  const cluster = await openCluster({ ...shared, url, kind: 'cluster', now_ms: Date.now })
  closing.push(() => cluster.close())
  const given = collectorContext<'kubernetes_events'>({ namespaces_except: ['quiet'] }, cluster)
  const counts = () => {
    given.turn()
    return given.sink.rows<EventRow>('events').map((row) => `${row.event_uid} ${row.count}`)
  }
  let running = await kubernetesEvents.start(given.context)
  await until(() => counts().length === 1, 'the first')
  server.put(path, event('a', 5))
  await until(() => counts().length === 2, 'its growth')
  await running.stop()
  server.put(path, event('b'))
  running = await kubernetesEvents.start(given.context)
  closing.push(() => running.stop())
  await until(() => counts().length === 3, 'the new one')
  expect(counts()).toEqual(['uid-a 1', 'uid-a 5', 'uid-b 1'])
  expect(given.sink.rows<EventRow>('events')[0]).toMatchObject({
    workload_kind: 'StatefulSet',
    workload: 'db',
    node: 'n1',
  })
  server.refused.set(path, 403)
  server.cut()
  await until(() => running.health().state === 'failed', 'refused')
  expect(running.health().message).toMatch(/needs get, list, watch on events\.events\.k8s\.io/)
  expect(running.coverage()[0]).toMatchObject({ state: 'blind', reason: 'permission' })
})
