/** Policies, agents, enrolment tokens and rollouts: one suite for both databases. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres } from '../../test/state/postgres.ts'
import {
  type AgentRow,
  changeAgent,
  changedAgents,
  findAgentByEnrolment,
  forgetAgents,
  putAgent,
  putCheckins,
  unenrolAgent,
} from './agents.ts'
import {
  addEnrolmentToken,
  listEnrolmentTokens,
  revokeEnrolmentToken,
  spendEnrolmentToken,
} from './enrolment-tokens.ts'
import { goingRollouts, listRollouts, moveRollout, startRollout } from './fleet-rollouts.ts'
import {
  addPolicy,
  addRevision,
  describePolicy,
  findRevision,
  listPolicies,
  listRevisions,
  removePolicy,
} from './policies.ts'
import type { Database } from './schema.ts'
import { openState, type State } from './state.ts'

const big_ms = 5_000_000_000_000
const policy = (id: string) => ({
  id,
  name: `name ${id}`,
  description: '',
  unenroll_after_s: 3_600,
  revision: 1,
  active_revision: 1,
  created_ms: big_ms,
  updated_ms: big_ms,
  updated_by: 'ada',
})
const revision = (policy_id: string, number: number) => ({
  policy_id,
  revision: number,
  document: `{"n":${number}}`,
  author: 'ada',
  note: '',
  created_ms: big_ms + number,
})
const agent = (id: string): AgentRow => ({
  id,
  enrolment_id: `enrolment-${id}`,
  kind: 'node',
  cluster: 'eu-1',
  node: 'node-1',
  host: 'node-1',
  version: '1',
  tags: '[]',
  about: '{}',
  policy_id: 'p1',
  key_hash: 'aa',
  state: 'healthy',
  message: '',
  components: '[]',
  figures: 'null',
  running_policy_id: '',
  revision: 0,
  refused_revision: null,
  refused_reason: '',
  wait_s: 60,
  enrolled_ms: 10,
  seen_ms: 10,
  data_ms: null,
  unenrolled_ms: null,
  unenrolled_reason: '',
  changed_ms: 10,
})

function promises(open: () => Promise<State>): void {
  let state: State
  let db: Database
  beforeAll(async () => {
    state = await open()
    db = state.db
  })
  afterAll(() => state?.close())

  test('a policy is there with its first revision; id and name are taken once', async () => {
    expect(await addPolicy(db, policy('p1'), revision('p1', 1))).toBe(true)
    expect(await addPolicy(db, policy('p1'), revision('p1', 1))).toBe(false)
    const sameName = { ...policy('p2'), name: 'name p1' }
    expect(await addPolicy(db, sameName, revision('p2', 1))).toBe(false)
    expect(await addPolicy(db, policy('p2'), revision('p2', 1))).toBe(true)
    expect(await listPolicies(db)).toEqual([policy('p1'), policy('p2')])
    const about = { name: 'name p1', description: 'x', unenroll_after_s: 5 }
    expect(await describePolicy(db, 'p2', about)).toBe(false)
    expect(await describePolicy(db, 'p2', { ...about, name: 'other' })).toBe(true)
    expect(await removePolicy(db, 'p2')).toBe(true)
    expect(await removePolicy(db, 'p2')).toBe(false)
    expect(await listRevisions(db, 'p2', 10)).toEqual([])
  })

  test('of two who change one revision, one is told that the other was first', async () => {
    const racers = [1, 2, 3].map(() => addRevision(db, revision('p1', 2)))
    const won = await Promise.allSettled(racers)
    expect(won.filter((one) => one.status === 'fulfilled' && one.value)).toHaveLength(1)
    expect(await addRevision(db, revision('p1', 5))).toBe(false)
    expect((await listRevisions(db, 'p1', 10)).map((one) => one.revision)).toEqual([2, 1])
    expect((await findRevision(db, 'p1', 2))?.document).toBe('{"n":2}')
    expect((await listPolicies(db))[0]).toMatchObject({ revision: 2, active_revision: 1 })
  })

  test('a rollout moves once from where it was seen, and takes its policy along', async () => {
    const rollout = {
      id: 'r1',
      policy_id: 'p1',
      revision: 2,
      previous_revision: 1,
      state: 'running' as const,
      stage: 0,
      offered: '["a1"]',
      reason: '',
      started_ms: 1,
      stage_ms: 1,
      ended_ms: null,
    }
    await startRollout(db, rollout)
    expect(await goingRollouts(db)).toEqual([rollout])
    expect(await moveRollout(db, rollout, { stage: 1, stage_ms: 5 })).toBe(true)
    expect(await moveRollout(db, rollout, { stage: 2 })).toBe(false)
    const seen = { ...rollout, stage: 1 }
    expect(await moveRollout(db, seen, { state: 'done', ended_ms: 9 }, 2)).toBe(true)
    expect((await listPolicies(db))[0]).toMatchObject({ active_revision: 2 })
    expect(await moveRollout(db, seen, { state: 'rolled_back' }, 1)).toBe(false)
    expect((await listPolicies(db))[0]).toMatchObject({ active_revision: 2 })
    await startRollout(db, { ...rollout, id: 'r2', started_ms: 10 })
    await startRollout(db, { ...rollout, id: 'r3', started_ms: 20 })
    const states = (await listRollouts(db, 'p1', 10)).map(({ id, state }) => [id, state])
    expect(states).toEqual([
      ['r3', 'running'],
      ['r2', 'superseded'],
      ['r1', 'done'],
    ])
  })

  test('an agent that enrols again is one agent; check-ins undo no decision', async () => {
    await putAgent(db, agent('a1'))
    await putAgent(db, { ...agent('other'), enrolment_id: 'enrolment-a1', key_hash: 'bb' })
    expect(await findAgentByEnrolment(db, 'enrolment-a1')).toEqual({
      ...agent('a1'),
      key_hash: 'bb',
    })
    await changeAgent(db, 'a1', { policy_id: 'p9', tags: '["x"]', changed_ms: 20 })
    const { kind: _, tags: __, policy_id: ___, key_hash: ____, ...seen } = agent('a1')
    await putCheckins(db, [
      { ...pick(seen), state: 'degraded', revision: 3, changed_ms: 30, seen_ms: big_ms },
    ])
    const [row] = await changedAgents(db, 30)
    expect(row).toMatchObject({ policy_id: 'p9', tags: '["x"]', key_hash: 'bb', revision: 3 })
    expect(row).toMatchObject({ state: 'degraded', seen_ms: big_ms })
    expect(await changedAgents(db, 31)).toEqual([])
  })

  test('an agent leaves once, keeps the first reason, and is forgotten late', async () => {
    expect(await unenrolAgent(db, 'a1', 'silent', 100)).toBe(true)
    expect(await unenrolAgent(db, 'a1', 'left', 200)).toBe(false)
    expect(await unenrolAgent(db, 'nobody', 'left', 200)).toBe(false)
    const row = await findAgentByEnrolment(db, 'enrolment-a1')
    expect(row).toMatchObject({ unenrolled_ms: 100, unenrolled_reason: 'silent' })
    await putAgent(db, agent('a2'))
    expect(await forgetAgents(db, 100)).toEqual([])
    expect(await forgetAgents(db, 101)).toEqual(['a1'])
    expect(await changedAgents(db, 0)).toEqual([agent('a2')])
  })

  test('an enrolment token is used as often as it says, in time, until it is revoked', async () => {
    const token = (id: string, uses_max: number | null, expires_ms: number | null) => ({
      id,
      name: id,
      policy_id: 'p1',
      cluster: '',
      secret_hash: 'h',
      created_ms: 1,
      created_by: 'ada',
      expires_ms,
      uses_max,
      uses: 0,
      revoked_ms: null,
    })
    const f = async (id: string, now_ms: number, expected: boolean) =>
      expect(await spendEnrolmentToken(db, id, now_ms), `${id} ${now_ms}`).toBe(expected)
    await addEnrolmentToken(db, token('t1', 2, null))
    const racers = [1, 2, 3, 4].map(() => spendEnrolmentToken(db, 't1', 5))
    expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(2)
    await addEnrolmentToken(db, token('t2', null, 100))
    await f('t2', 99, true)
    await f('t2', 100, false)
    await addEnrolmentToken(db, token('t3', null, null))
    await f('t3', big_ms, true)
    expect(await revokeEnrolmentToken(db, 't3', 50)).toBe(true)
    expect(await revokeEnrolmentToken(db, 't3', 60)).toBe(true)
    expect(await revokeEnrolmentToken(db, 'none', 60)).toBe(false)
    await f('t3', 40, false)
    const listed = await listEnrolmentTokens(db)
    expect(listed.map(({ id, uses, revoked_ms }) => [id, uses, revoked_ms])).toEqual([
      ['t1', 2, null],
      ['t2', 1, null],
      ['t3', 1, 50],
    ])
    expect(JSON.stringify(listed)).not.toContain('secret_hash')
  })
}

type Seen = Parameters<typeof putCheckins>[1][number]

function pick(row: Omit<AgentRow, 'kind' | 'tags' | 'policy_id' | 'key_hash'>): Seen {
  const { enrolment_id, cluster, node, host, about, enrolled_ms, ...rest } = row
  const { unenrolled_ms, unenrolled_reason, ...seen } = rest
  return seen
}

describe('SQLite', () => {
  promises(() => openState({ url: '', dir: ':memory:' }, { now_ms: () => 1 }))
})

const postgres = await startPostgres()

if (postgres === undefined) {
  test('PostgreSQL: not checked here, its server is not installed (Debian: postgresql)', () => {
    expect(postgres).toBeUndefined()
  })
} else {
  describe('PostgreSQL', () => {
    afterAll(() => postgres.stop())
    promises(() => openState({ url: postgres.url, dir: '' }, { now_ms: () => 1 }))
  })
}
