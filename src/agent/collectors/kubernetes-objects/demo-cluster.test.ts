/**
 * Both collectors against the demo's cluster on a bad day: at the end what was told is exactly what
 * the API holds, although every watch was cut and too old again and again.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openKubernetes } from '../../../../demo/kubernetes/cluster.ts'
import { seeded } from '../../../../demo/random.ts'
import { until } from '../../../../test/agent/api-server-fixture.ts'
import { collectorContext, silentLog } from '../../../../test/agent/collector-context.ts'
import type { EventRow, ObjectRow } from '../../../model/kubernetes.ts'
import { openCluster } from '../../kubernetes/open.ts'
import { kubernetesEvents } from '../kubernetes-events/collector.ts'
import { kubernetesObjects } from './collector.ts'
import { watchedKinds } from './kinds.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function rig() {
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-kinds-'))
  closing.push(() => rmSync(dir, { recursive: true, force: true }))
  const clock = { ms: Date.UTC(2026, 0, 2) }
  const shared = { dir, now_ms: () => clock.ms, random: seeded(1) }
  const demo = await openKubernetes({ ...shared, tick_ms: 0, age_ms: 600_000 })
  closing.push(() => demo.close())
  const account = 'crowsnest:crowsnest-cluster-agent'
  const token_file = demo.tokenFile(account, join(dir, 'token'), { life_s: 86_400 })
  const cluster = await openCluster({
    url: demo.url,
    token_file,
    ca_file: demo.ca_file ?? '',
    kind: 'cluster',
    log: silentLog,
    now_ms: Date.now,
    pause_ms_max: 30,
  })
  closing.push(() => cluster.close())
  const objects = collectorContext<'kubernetes_objects'>(
    { refresh_hours: 6, namespaces_except: [] },
    cluster,
  )
  const events = collectorContext<'kubernetes_events'>({ namespaces_except: [] }, cluster)
  const running = await kubernetesObjects.start(objects.context)
  closing.push(() => running.stop())
  const told = await kubernetesEvents.start(events.context)
  closing.push(() => told.stop())
  return { demo, clock, cluster, objects, events, running }
}

/** Uids of what lives, as the rows tell. */
function living(rows: readonly ObjectRow[], kind: string): string[] {
  const uids = new Set<string>()
  for (const row of rows) {
    if (row.kind !== kind || row.change === 'listed') continue
    if (row.change === 'deleted') uids.delete(row.uid)
    else uids.add(row.uid)
  }
  return [...uids].sort()
}

test('what was told is what the API holds, for every kind', { timeout: 120_000 }, async () => {
  const { demo, clock, cluster, objects, events, running } = await rig()
  const rows = () => {
    objects.turn()
    return objects.sink.rows<ObjectRow>('objects')
  }
  const isListed = () =>
    rows().filter(({ change }) => change === 'listed').length === watchedKinds.length
  await until(isListed, 'every kind is listed')
  for (const name of ['pod-churn', 'oom-killed', 'crash-loop', 'image-pull'] as const) {
    demo.scenario(name, true)
  }
  for (let second = 1; second <= 150; second++) {
    clock.ms += 1_000
    demo.step()
    if (second % 50 === 0) demo.compact()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const told = (kind: string) => living(rows(), kind)
  const held = (kind: string) =>
    demo.store
      .list(kind)
      .map(({ metadata }) => metadata.uid)
      .sort()
  const kinds = watchedKinds.map(({ kind }) => kind)
  const isSame = (kind: string) => `${told(kind)}` === `${held(kind)}`
  await until(() => kinds.every(isSame), 'the kinds are equal')
  for (const kind of kinds) expect(told(kind), kind).toEqual(held(kind))
  expect(kinds.filter((kind) => held(kind).length > 0).length).toBeGreaterThanOrEqual(20)
  expect(demo.denied()).toEqual([])
  expect(running.health()).toEqual({ state: 'healthy', message: '' })

  const words = new Set(rows().map(({ kind, status }) => `${kind} ${status}`))
  expect(words).toContain('Pod CrashLoopBackOff')
  expect(words).toContain('Pod ImagePullBackOff')
  expect(words).toContain('Pod Completed')
  const pods = rows().filter(({ kind, change }) => kind === 'Pod' && change !== 'listed')
  expect(pods.filter(({ workload }) => workload === '')).toEqual([])

  const counts = new Map<string, number>()
  const readEvents = () => {
    events.turn()
    for (const row of events.sink.rows<EventRow>('events')) counts.set(row.event_uid, row.count)
  }
  type Event = { metadata: { uid: string }; series?: { count: number }; deprecatedCount?: number }
  const api = await cluster.api.get<{ items: Event[] }>('/apis/events.k8s.io/v1/events')
  const missing = () => {
    readEvents()
    return api.items.filter(
      ({ metadata, series, deprecatedCount }) =>
        counts.get(metadata.uid) !== (series?.count ?? deprecatedCount ?? 1),
    )
  }
  await until(() => missing().length === 0, 'all events are told')
  expect(api.items.length).toBeGreaterThan(100)
  const all = events.sink.rows<EventRow>('events').map((row) => `${row.event_uid} ${row.count}`)
  expect(new Set(all).size).toBe(all.length)
})
