/** Which days go, by age and by disk. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FixtureStore, openFixtureStore } from '../../../test/store/fixture-store.ts'
import { sql } from '../sql.ts'
import { type Retention, retention } from './retention.ts'

const day_ms = 86_400_000
const now_ms = Date.UTC(2026, 10, 20, 12)
const security = { security: 100, flows: 100 }
const keepAll: Retention = {
  days: { logs: 100, traces: 100, metrics: 100, kubernetes: 100, ...security, summaries: 100 },
  disk_bytes_max: 1e12,
}

let fixture: FixtureStore
beforeEach(async () => {
  fixture = await openFixtureStore()
  for (const age of [0, 1, 2, 10]) {
    const time = now_ms - age * day_ms
    await fixture.add('logs', [{ time, body: 'x'.repeat(100) }])
    await fixture.add('spans', [{ time, service: 's', kind: 'server' }])
    await fixture.add('metric_samples', [{ time, metric: 'm', value: age }])
    await fixture.add('metric_series', [{ time, metric: 'm' }])
  }
})
afterEach(() => fixture.close())

const left = async () => {
  const rows = await fixture.store.rows<{ table: string; ages: number[] }>(
    sql`SELECT table, arraySort(groupArray(
        dateDiff('day', toDate(partition), toDate(${now_ms / 1_000})))) AS ages
      FROM (SELECT DISTINCT table, partition FROM system.parts
        WHERE active AND database = currentDatabase() AND partition LIKE '20%')
      GROUP BY table ORDER BY table`,
  )
  return Object.fromEntries(rows.map((row) => [row.table, row.ages.map(Number)]))
}

it('drops days past their signal’s age, and keeps what others refer to', async () => {
  expect(await retention(fixture.store, keepAll, now_ms)).toEqual([])
  const days = { logs: 1, traces: 2, metrics: 5, kubernetes: 3, ...security, summaries: 30 }
  const dropped = await retention(fixture.store, { ...keepAll, days }, now_ms)
  expect(dropped.map(({ table, day }) => `${table} ${day}`).sort()).toEqual([
    'logs 20261110',
    'logs 20261118',
    'metric_samples 20261110',
    'spans 20261110',
    'trace_index 20261110',
  ])
  expect(dropped[0]).toMatchObject({ reason: 'age' })
  expect(dropped[0]!.bytes).toBeGreaterThan(100)
  expect(await left()).toEqual({
    logs: [0, 1],
    metric_samples: [0, 1, 2],
    metric_samples_5m: [0, 1, 2, 10],
    metric_series: [0, 1, 2, 10],
    service_metrics_1m: [0, 1, 2, 10],
    span_metrics_1m: [0, 1, 2, 10],
    spans: [0, 1, 2],
    trace_index: [0, 1, 2],
  })
})

it('drops the oldest days of all signals until the store fits, summaries last', async () => {
  const before = (await fixture.store.health()).disk_bytes
  const oldest = { ...keepAll, disk_bytes_max: before - 1 }
  const first = await retention(fixture.store, oldest, now_ms)
  expect(first).toHaveLength(1)
  expect(first[0]).toMatchObject({ day: '20261110', reason: 'disk' })
  expect((await fixture.store.health()).disk_bytes).toBeLessThan(before)
  const all = await retention(fixture.store, { ...keepAll, disk_bytes_max: 0 }, now_ms)
  const tables = all.map((dropped) => dropped.table)
  expect(tables.slice(-8).every((table) => /_1m$|_5m$|series$/.test(table))).toBe(true)
  expect(await left()).toEqual({})
})

it('makes room when somebody else fills the disk', async () => {
  const dropped = await retention(fixture.store, { ...keepAll, disk_free_bytes_min: 1e18 }, now_ms)
  expect(dropped.length).toBeGreaterThan(20)
})

it('keeps history of Kubernetes by its own age, and what is alive whatever its age', async () => {
  for (const age of [0, 3, 10]) {
    const time = now_ms - age * day_ms
    await fixture.add('kubernetes_objects', [{ time, kind: 'Pod', name: `p${age}` }])
    await fixture.add('kubernetes_events', [{ time }])
    await fixture.add('agent_coverage', [{ time }])
    await fixture.add('ingest_chunks', [{ time, chunk_id: `${age}` }])
  }
  const days = { ...keepAll.days, kubernetes: 5 }
  const dropped = await retention(fixture.store, { ...keepAll, days }, now_ms)
  expect(dropped.map(({ table, day }) => `${table} ${day}`).sort()).toEqual([
    'agent_coverage 20261110',
    'ingest_chunks 20261110',
    'ingest_chunks 20261117',
    'kubernetes_events 20261110',
    'kubernetes_objects 20261110',
  ])
  const alive = await fixture.store.rows(sql`SELECT name FROM kubernetes_current`)
  expect(alive).toHaveLength(3)
})

it('keeps security events and flows by their own ages', async () => {
  for (const age of [0, 3, 10]) {
    const time = now_ms - age * day_ms
    await fixture.add('audit_events', [{ time, user: 'ann', verb: 'get' }])
    await fixture.add('security_events', [{ time, rule: 'r' }])
    await fixture.add('network_flows', [{ time, verdict: 'dropped' }])
  }
  const days = { ...keepAll.days, security: 5, flows: 2 }
  const dropped = await retention(fixture.store, { ...keepAll, days }, now_ms)
  expect(dropped.map(({ table, day }) => `${table} ${day}`).sort()).toEqual([
    'audit_events 20261110',
    'network_flows 20261110',
    'network_flows 20261117',
    'security_events 20261110',
  ])
})
