/** Dashboards in the state: one suite for both databases. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres } from '../../test/state/postgres.ts'
import {
  addDashboard,
  addDashboardVersion,
  countDashboards,
  findDashboard,
  findDashboardVersion,
  listDashboards,
  listDashboardVersions,
  removeDashboard,
  starDashboard,
  starredDashboards,
  versions_max,
} from './dashboards.ts'
import type { Database } from './schema.ts'
import { openState, type State } from './state.ts'
import { addUser } from './users.ts'

const row = (id: string) => ({
  ...{ id, document: '{"n":1}', version: 1, created_ms: 5_000_000_000_000 },
  ...{ updated_ms: 5_000_000_000_000, updated_by: 'ada' },
})
const version = (dashboard_id: string, number: number) => ({
  ...{ dashboard_id, version: number, document: `{"n":${number}}`, author: 'bo', note: '' },
  created_ms: 5_000_000_000_000 + number,
})

function promises(open: () => Promise<State>): void {
  let state: State
  let db: Database
  beforeAll(async () => {
    state = await open()
    db = state.db
    const person = { name: 'ada', role: 'admin' as const, password_hash: 'x', created_ms: 1 }
    await addUser(db, { id: 'u1', ...person })
  })
  afterAll(() => state?.close())

  test('an id is taken once; a version follows the one it was made from', async () => {
    expect(await addDashboard(db, row('a'), version('a', 1))).toBe(true)
    expect(await addDashboard(db, row('a'), version('a', 1))).toBe(false)
    expect(await addDashboardVersion(db, version('a', 2))).toBe(true)
    expect(await addDashboardVersion(db, version('a', 2))).toBe(false)
    expect(await addDashboardVersion(db, version('a', 4))).toBe(false)
    expect(await addDashboardVersion(db, version('none', 2))).toBe(false)
    const found = await findDashboard(db, 'a')
    expect([Number(found?.version), found?.document, found?.updated_by]).toEqual([
      2,
      '{"n":2}',
      'bo',
    ])
    expect((await findDashboardVersion(db, 'a', 1))?.document).toBe('{"n":1}')
    expect((await listDashboardVersions(db, 'a')).map((one) => Number(one.version))).toEqual([2, 1])
  })

  test('the oldest versions go first', async () => {
    await addDashboard(db, row('long'), version('long', 1))
    for (let number = 2; number <= versions_max + 2; number += 1) {
      await addDashboardVersion(db, version('long', number))
    }
    const kept = (await listDashboardVersions(db, 'long')).map((one) => Number(one.version))
    expect([kept.length, kept.at(-1)]).toEqual([versions_max, 3])
  })

  test('stars are of a person, also of what is no row, and go with the dashboard', async () => {
    const star = (dashboard_id: string, on: boolean) =>
      starDashboard(db, { user_id: 'u1', dashboard_id }, on)
    await star('a', true)
    await star('a', true)
    await star('a-file', true)
    expect(await starredDashboards(db, 'u1')).toEqual(new Set(['a', 'a-file']))
    await star('a-file', false)
    const count = await countDashboards(db)
    expect(await removeDashboard(db, 'a')).toBe(true)
    expect(await removeDashboard(db, 'a')).toBe(false)
    expect(await countDashboards(db)).toBe(count - 1)
    expect((await listDashboards(db)).map(({ id }) => id)).not.toContain('a')
    expect(await starredDashboards(db, 'u1')).toEqual(new Set())
    expect(await findDashboardVersion(db, 'a', 1)).toBeUndefined()
  })
}

const now_ms = () => 1_000

describe('SQLite', () => {
  promises(() => openState({ url: '', dir: ':memory:' }, { now_ms }))
})

const postgres = await startPostgres()
if (postgres === undefined) {
  test('PostgreSQL: not checked here, its server is not installed (Debian: postgresql)', () => {
    expect(postgres).toBeUndefined()
  })
} else {
  describe('PostgreSQL', () => {
    afterAll(() => postgres.stop())
    promises(() => openState({ url: postgres.url, dir: '' }, { now_ms }))
  })
}
