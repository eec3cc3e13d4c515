/**
 * The fleet with a clock of its own: rollouts, statuses, retirement, moves, and several servers.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Checkin, Enrol } from '../model/fleet.ts'
import { type Policy, policySchema } from '../model/policy.ts'
import { openState, type State } from '../state/state.ts'
import { type Agent, statusOf } from './agent.ts'
import { type Fleet, type FleetNeeds, openFleet } from './fleet.ts'

let now: number
let state: State
let fleet: Fleet
let secrets_made: number
const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const hex = (text: string) => Buffer.from(text.padEnd(32, '.').slice(-32)).toString('hex')

function needs(): FleetNeeds {
  return {
    ...{
      db: state.db,
      shared: false,
      now_ms: () => now,
      random: () => (secrets_made++ % 10) / 10,
      log: quiet,
    },
    every: () => () => {},
    secrets: {
      newId: () =>
        `${secrets_made++}`.replace(/\d/g, (digit) => 'abcdefghij'[+digit]!).padStart(12, 'z'),
      newSecret: () => `${secrets_made++}`.padStart(43, 'A'),
      hashSecret: hex,
    },
  }
}

beforeEach(async () => {
  now = 1_000_000
  secrets_made = 0
  state = await openState({ url: '', dir: ':memory:' }, { now_ms: () => now })
  fleet = await openFleet(needs())
})
afterEach(async () => {
  await fleet.close()
  await state.close()
})

async function token(more: object = {}): Promise<string> {
  const asked = { name: 't', policy_id: 'kubernetes', cluster: 'eu', expires_ms: null }
  return (await fleet.enrolment.create({ ...asked, uses_max: null, ...more }, 'ada')).token
}

const enrol = (bearer: string, number: number, more: Partial<Enrol> = {}) =>
  fleet.enrolment.enrol(bearer, {
    enrolment_id: `enrolment-of-agent-${number}`,
    ...{ kind: 'node', cluster: 'asked', node: `n${number}`, host: `n${number}` },
    ...{ version: '1', tags: [], about: {} },
    ...more,
  } as Enrol)

async function agents(count: number): Promise<Agent[]> {
  const bearer = await token()
  const all: Agent[] = []
  for (let at = 0; at < count; at++) {
    all.push(fleet.agent((await enrol(bearer, at)).agent_id))
  }
  for (const agent of all) await tell(agent, { revision: 1 })
  return all
}

const figures = {
  ...{ memory_bytes: 1, cpu_seconds: 1, spool_bytes: 0 },
  ...{ records_sent: 0, records_dropped: 0, lag_s: 0 },
}

/** A check-in that does not wait. */
async function tell(agent: Agent, told: Partial<Checkin>) {
  const state = 'healthy' as const
  const usual = { state, message: '', components: [], version: '1', figures }
  const whole = { ...usual, revision: agent.revision, policy_id: 'kubernetes', wait_s: 60, ...told }
  const leaving = new AbortController()
  const asked = fleet.checkin(agent, whole, leaving.signal)
  setImmediate(() => leaving.abort())
  return asked
}

function policyWith(excluded: string): Policy {
  const settings = { exclude_lines: [excluded] }
  return policySchema.parse({ integrations: [{ id: 'logs', type: 'container_logs', settings }] })
}
const by = { author: 'ada', note: '' }
const publish = (text: string, base: number) =>
  fleet.publish('kubernetes', base, policyWith(text), by)

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 250) {
    now += 250
    for (const agent of fleet.roster.all()) {
      if (agent.unenrolled_ms === undefined && !silent.has(agent.id)) agent.contact_ms = now
    }
    await fleet.tick()
  }
}
const silent = new Set<string>()
beforeEach(() => silent.clear())

/** All who are offered the revision take it. */
async function takeAll(all: Agent[], told: Partial<Checkin> = {}): Promise<number> {
  let took = 0
  for (const agent of all) {
    const { policy } = await tell(agent, told)
    if (policy === undefined) continue
    took++
    await tell(agent, { revision: policy.revision, ...told })
  }
  return took
}
const active = () => fleet.book.get('kubernetes').active_revision

test('a revision goes to one, a tenth, all, and counts when its probation is over', async () => {
  const all = await agents(40)
  await publish('a', 1)
  expect(await takeAll(all)).toBe(1)
  await pass(1_250)
  expect(await takeAll(all)).toBe(0)
  await pass(500)
  expect(await takeAll(all)).toBe(3)
  await pass(2_250)
  expect(await takeAll(all)).toBe(36)
  expect([active(), fleet.rollouts.get('kubernetes')?.stage]).toEqual([1, 2])
  await pass(61_000)
  expect([active(), fleet.rollouts.get('kubernetes')]).toEqual([2, undefined])
  expect(await takeAll(all)).toBe(0)
})

test('a pause keeps it where it is, and it still can fail', async () => {
  const all = await agents(20)
  await publish('a', 1)
  await takeAll(all)
  await fleet.rollouts.steer('kubernetes', 'pause', 'ada')
  await pass(60_000)
  expect(fleet.rollouts.get('kubernetes')?.stage).toBe(0)
  await fleet.rollouts.steer('kubernetes', 'resume', 'ada')
  await pass(2_000)
  expect(fleet.rollouts.get('kubernetes')?.stage).toBe(1)
  await fleet.rollouts.steer('kubernetes', 'pause', 'ada')
  const first = all.find((agent) => agent.revision === 2)
  await tell(first!, { state: 'failed', message: 'out of memory', revision: 2 })
  expect(active()).toBe(1)
  const [last] = await fleet.rollouts.history('kubernetes')
  expect(last).toMatchObject({ state: 'rolled_back' })
  expect(last?.reason).toContain('fails with it: out of memory')
  expect((await tell(first!, { revision: 2 })).policy?.revision).toBe(1)
  await expect(fleet.rollouts.steer('kubernetes', 'pause', 'ada')).rejects.toThrow(/No rollout/)
})

test('who failed before is no judgement, who falls silent with it is', async () => {
  const all = await agents(3)
  for (const agent of all) await tell(agent, { state: 'failed', message: 'no disk' })
  await publish('a', 1)
  await takeAll(all, { state: 'failed', message: 'no disk' })
  await pass(3_000)
  expect(fleet.rollouts.get('kubernetes')).toBeDefined()
  for (const agent of all) await tell(agent, {})
  await pass(2_000)
  await takeAll(all)
  await pass(61_000)
  expect(active()).toBe(2)
  await publish('b', 2)
  const first = [...fleet.rollouts.get('kubernetes')!.offered][0]!
  expect((await tell(fleet.agent(first), {})).policy?.revision).toBe(3)
  silent.add(first)
  await pass(31_000)
  expect(active()).toBe(2)
  const [last] = await fleet.rollouts.history('kubernetes')
  expect(last?.reason).toContain('was not heard of since')
})

test('a change upon a change that all run is put back to the change', async () => {
  const all = await agents(3)
  await publish('a', 1)
  await takeAll(all)
  await pass(2_000)
  await takeAll(all)
  await publish('b', 2)
  expect(active()).toBe(2)
  await fleet.rollouts.steer('kubernetes', 'put_back', 'ada')
  expect(active()).toBe(2)
  expect(await publish('c', 2)).toBe(4)
  await expect(publish('d', 2)).rejects.toThrow(/has been changed since revision 2/)
  expect(await fleet.restore('kubernetes', 1, 'ada')).toBe(5)
})

test('nobody is there to try it: it is what agents find', async () => {
  expect(await publish('a', 1)).toBe(2)
  expect(active()).toBe(2)
  const [agent] = await agents(1)
  expect((await tell(agent!, { revision: 0, policy_id: '' })).policy?.revision).toBe(2)
})

test('how an agent is', async () => {
  const [agent] = (await agents(1)) as [Agent]
  const f = async (told: Partial<Checkin>, status: string, reason = '') => {
    await tell(agent, told)
    expect(statusOf(agent, now)).toEqual({ status, reason })
  }
  await f({}, 'healthy')
  await f({ state: 'degraded', message: 'm' }, 'degraded', 'm')
  const ill = { id: 'i', type: 't', state: 'degraded', message: 'no rights' } as const
  await f({ components: [{ ...ill, id: 'j', state: 'healthy' }, ill] }, 'degraded', 'no rights')
  await f({ state: 'failed', components: [ill] }, 'failed', 'no rights')
  now += 180_000
  expect(statusOf(agent, now).status).toBe('failed')
  now += 1
  expect(statusOf(agent, now).status).toBe('offline')
  await f({ figures: { ...figures, records_sent: 18_000 } }, 'healthy')
  expect(agent.figures?.records_per_s).toBeCloseTo(100, 0)
  now += 10_000
  await f({ figures: { ...figures, records_sent: 5 } }, 'healthy')
  expect(agent.figures?.records_per_s).toBeCloseTo(100, 0)
})

test('agents of vanished nodes leave, and those that another one replaced', async () => {
  const [one, other, third] = (await agents(3)) as [Agent, Agent, Agent]
  now += 1_000
  const again = await enrol(await token(), 77, { node: 'n0', host: 'other' })
  await fleet.retire()
  expect(one.unenrolled_ms).toBeUndefined()
  now += 20_000
  await fleet.retire()
  expect(one.unenrolled_reason).toBe('replaced')
  now += 3_585_000
  await tell(third, {})
  await tell(fleet.agent(again.agent_id), {})
  await fleet.retire()
  expect(other.unenrolled_reason).toBe('silent')
  expect(third.unenrolled_ms).toBeUndefined()
  expect(fleet.agent(again.agent_id).unenrolled_reason).toBe('')
  expect(await tell(other, {})).toEqual({ unenrolled: true })
  now += 8 * 24 * 3_600_000
  await tell(third, {})
  await fleet.retire()
  expect(fleet.roster.get(other.id)).toBeUndefined()
})

test('enrolling twice is one agent with a new key, and costs one use', async () => {
  const bearer = await token({ uses_max: 2 })
  const first = await enrol(bearer, 1)
  expect(first).toMatchObject({ cluster: 'eu', policy_id: 'kubernetes' })
  const second = await enrol(bearer, 1)
  expect(second.agent_id).toBe(first.agent_id)
  expect(fleet.agentOf(first.agent_key)).toBeUndefined()
  expect(fleet.agentOf(second.agent_key)?.id).toBe(first.agent_id)
  await enrol(bearer, 2)
  await expect(enrol(bearer, 3)).rejects.toThrow(/used up/)
  const elsewhere = await token({ cluster: 'us' })
  await expect(enrol(elsewhere, 1)).rejects.toThrow(/belongs to another cluster/)
  const short = await token({ expires_ms: now + 10 })
  now += 10
  await expect(enrol(short, 4)).rejects.toThrow(/has expired/)
  const gone = await token()
  await fleet.enrolment.revoke((await fleet.enrolment.list()).at(-1)!.id)
  for (const { id } of await fleet.enrolment.list()) await fleet.enrolment.revoke(id)
  await expect(enrol(gone, 5)).rejects.toThrow(/revoked/)
  await expect(enrol('cn_enrol_nonsense', 5)).rejects.toThrow(/not valid/)
  await expect(enrol('a.b.c', 5)).rejects.toThrow(/trusts no cluster/)
})

test('who is moved is given the other policy, even with the same number', async () => {
  const [agent] = (await agents(1)) as [Agent]
  await fleet.movePolicy(agent, 'host')
  const { policy } = await tell(agent, { revision: 1 })
  expect(policy).toMatchObject({ policy_id: 'host', revision: 1 })
  await tell(agent, { revision: 1, policy_id: 'host' })
  expect((await tell(agent, { revision: 1, policy_id: 'host' })).policy).toBeUndefined()
  await expect(fleet.movePolicy(agent, 'none')).rejects.toThrow(/nothing at/)
  await expect(fleet.removePolicy('host')).rejects.toThrow(/in use by agents \(1\)/)
})

test('who refused the policy it was moved to is not given it again and again', async () => {
  const [agent] = (await agents(1)) as [Agent]
  await fleet.movePolicy(agent, 'host')
  const refused = { revision: 1, reason: 'no', policy_id: '' }
  expect((await tell(agent, { revision: 1 })).policy).toMatchObject({ policy_id: 'host' })
  expect(await tell(agent, { revision: 1, refused })).toEqual({})
  // What it refused there says nothing of the policy that it is moved back to.
  await fleet.movePolicy(agent, 'kubernetes')
  const refusedThere = { ...refused, policy_id: 'host' }
  expect(await tell(agent, { revision: 1, refused: refusedThere })).toEqual({})
  const of_host = { revision: 0, policy_id: '', refused: refusedThere }
  expect((await tell(agent, of_host)).policy).toMatchObject({ policy_id: 'kubernetes' })
  expect(agent.refused).toBeDefined()
  await tell(agent, { revision: 1 })
  expect(agent.refused).toBeUndefined()
})

test('who was put out may come to another cluster; tags stay until then', async () => {
  const first = await enrol(await token(), 1, { tags: ['edge'] })
  await fleet.setTags(fleet.agent(first.agent_id), ['blue'])
  await enrol(await token(), 1, { tags: ['edge'] })
  expect(fleet.agent(first.agent_id).tags).toEqual(['blue', 'edge'])
  const elsewhere = await token({ cluster: 'us' })
  await expect(enrol(elsewhere, 1)).rejects.toThrow(/another cluster/)
  await fleet.roster.unenrol(fleet.agent(first.agent_id), 'by ada')
  const { cluster, agent_id } = await enrol(elsewhere, 1)
  expect([cluster, agent_id]).toEqual(['us', first.agent_id])
  expect(fleet.agent(agent_id).tags).toEqual([])
})

test('one agent that enrols twice at one moment is one agent', async () => {
  const bearer = await token()
  const both = await Promise.allSettled([enrol(bearer, 1), enrol(bearer, 1)])
  const told = both.filter((one) => one.status === 'fulfilled')
  expect(told.length).toBeGreaterThan(0)
  const { agent_id, agent_key } = await enrol(bearer, 1)
  expect(fleet.roster.all().map(({ id }) => id)).toEqual([agent_id])
  expect(fleet.agentOf(agent_key)?.id).toBe(agent_id)
})

test('another server knows what this one decided', async () => {
  const [agent, moved] = (await agents(2)) as [Agent, Agent]
  const other = await openFleet(needs())
  const gone: string[] = []
  other.roster.onGone(({ id }) => void gone.push(id))
  expect(other.roster.all()).toHaveLength(2)
  await fleet.roster.unenrol(agent, 'by ada')
  await fleet.movePolicy(moved, 'host')
  await publish('a', 1)
  await tell(moved, { state: 'degraded', message: 'm', policy_id: 'host' })
  await fleet.roster.flush()
  await other.refresh()
  expect(gone).toEqual([agent.id])
  expect(other.agent(agent.id).unenrolled_reason).toBe('by ada')
  expect(other.agent(moved.id)).toMatchObject({ policy_id: 'host', state: 'degraded' })
  expect(other.book.get('kubernetes').active_revision).toBe(2)
  await other.close()
})

test('a fleet that comes at once is sent away with different moments to come back', () => {
  const moments = new Set<number>()
  for (let asked = 0; asked < 600; asked++) {
    try {
      fleet.polls.admit()
    } catch (error) {
      moments.add((error as { details: { retry_after_s: number } }).details.retry_after_s)
    }
  }
  expect(moments.size).toBeGreaterThan(1)
  expect(Math.max(...moments)).toBeLessThan(10)
  now += 1_000
  expect(() => fleet.polls.admit()).not.toThrow()
})
