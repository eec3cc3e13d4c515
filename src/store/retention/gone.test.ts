/** What is alive now in kubernetes_current, what is searched in it, and what is forgotten. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureStore, openFixtureStore } from '../../../test/store/fixture-store.ts'
import type { SearchTable } from '../../model/fields.ts'
import { parse } from '../../model/search/parse.ts'
import { sql } from '../sql.ts'
import { where } from '../where.ts'
import { forgetGone } from './gone.ts'

const day_ms = 86_400_000
const now_ms = Date.UTC(2026, 10, 21, 10)
let fixture: FixtureStore

beforeAll(async () => {
  fixture = await openFixtureStore()
  const pod = (name: string, change: string, time: number, more: object = {}) => ({
    cluster: 'a',
    namespace: 'shop',
    kind: 'Pod',
    name,
    uid: `uid-${name}`,
    change,
    time,
    ...more,
  })
  const labels = { app: 'cart', 'app.kubernetes.io/name': 'cart' }
  await fixture.add('kubernetes_objects', [
    pod('alive', 'added', now_ms - 3 * day_ms),
    pod('gone', 'added', now_ms - 3 * day_ms),
    pod('missed', 'added', now_ms - 3 * day_ms),
    pod('recent', 'deleted', now_ms - 1000),
  ])
  await fixture.add('kubernetes_objects', [
    pod('alive', 'modified', now_ms - 2000, {
      health: 'bad',
      status: 'CrashLoopBackOff',
      labels,
      numbers: { restarts: 4 },
      changed_paths: ['spec.replicas'],
    }),
    pod('gone', 'deleted', now_ms - 2 * day_ms),
    { cluster: 'a', kind: 'Pod', change: 'listed', time: now_ms - 5000 },
  ])
  await fixture.add('kubernetes_events', [
    { cluster: 'a', time: now_ms, event_uid: 'e', name: 'alive', reason: 'BackOff', count: 3 },
  ])
})
afterAll(() => fixture.close())

async function names(table: SearchTable, text: string): Promise<string[]> {
  const rows = await fixture.store.rows<{ name: string }>(
    sql`SELECT DISTINCT name FROM ${sql.identifier(table)} WHERE ${where(parse(text), table)}
      ORDER BY name`,
  )
  return rows.map((row) => row.name)
}

describe('searches', () => {
  const f = (table: SearchTable, text: string, ...expected: string[]) =>
    it(`${table} ${text}`, async () => expect(await names(table, text)).toEqual(expected))
  f('kubernetes_current', 'health:bad', 'alive')
  f('kubernetes_current', 'ALIVE', 'alive')
  f('kubernetes_current', 'status:Crash*', 'alive')
  f('kubernetes_current', 'restarts > 3', 'alive')
  f('kubernetes_current', 'restarts > 4')
  f('kubernetes_current', 'labels.app:cart', 'alive')
  f('kubernetes_current', 'k8s.pod.label.app:cart', 'alive')
  f('kubernetes_current', 'app.kubernetes.io/name:cart', 'alive')
  f('kubernetes_current', 'app:*', 'alive')
  f('kubernetes_current', 'app.*:cart and kind:Pod', 'alive')
  f('kubernetes_current', 'kubernetes.pod.name:alive', 'alive')
  f('kubernetes_objects', 'changed_paths:spec.*', 'alive')
  f('kubernetes_objects', 'change:deleted', 'gone', 'recent')
  f('kubernetes_events', 'reason:BackOff and count >= 3', 'alive')
  f('kubernetes_events', 'labels.app:cart')
  f('kubernetes_events', 'x*:cart')
})

it('forgets what is long gone, with all that was told of it', async () => {
  expect(await forgetGone(fixture.store, now_ms, undefined)).toBe(2)
  const left = async () => {
    const rows = await fixture.store.rows<{ name: string }>(
      sql`SELECT DISTINCT name FROM kubernetes_current WHERE name != '' ORDER BY name`,
    )
    return rows.map((row) => row.name)
  }
  const end_ms = Date.now() + 20_000
  while ((await left()).length > 2 && Date.now() < end_ms) await new Promise(setImmediate)
  expect(await left()).toEqual(['alive', 'recent'])
  expect(await forgetGone(fixture.store, now_ms, undefined)).toBe(0)
})
