/** Two hundred agents over real connections: what a fleet must live through. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type FleetServer,
  type Manner,
  openMemory,
  SimulatedAgent,
  startFleetServer,
} from '../../test/fleet/simulated-agents.ts'
import { type Policy, policySchema } from '../model/policy.ts'
import type { State } from '../state/state.ts'
import { agentKeys } from './auth/agent-keys.ts'

const many = 200
let state: State
let server: FleetServer
let agents: SimulatedAgent[]
let running: Promise<void>[]

beforeEach(async () => {
  state = await openMemory()
  agents = []
  running = []
})
afterEach(async () => {
  for (const agent of agents) agent.stop()
  await server.close()
  await Promise.all(running)
  await state.close()
})

async function begin(count: number, manner: Manner, options = {}): Promise<void> {
  server = await startFleetServer(state, options)
  const asked = { name: 'all', policy_id: 'kubernetes', cluster: 'eu-1' }
  const unbound = { expires_ms: null, uses_max: null }
  const { token } = await server.fleet.enrolment.create({ ...asked, ...unbound }, 'ada')
  agents = Array.from(
    { length: count },
    (_, at) => new SimulatedAgent(at, server.port, token, manner),
  )
  await Promise.all(agents.map((agent) => agent.enrol()))
  running = agents.map((agent) => agent.run())
  await until(() => allRun(1) && server.fleet.polls.size === count, 'all run the first revision')
}

async function until(isSo: () => boolean, what: string, limit_ms = 60_000): Promise<number> {
  const began_ms = Date.now()
  while (!isSo()) {
    if (Date.now() - began_ms > limit_ms) throw new Error(`not in ${limit_ms} ms: ${what}`)
    await new Promise((wake) => setTimeout(wake, 20))
  }
  return Date.now() - began_ms
}

const allRun = (revision: number) =>
  agents.every((agent) => agent.revision === revision && agent.state === 'healthy')

/** As the default, with one mark that manners look for. */
function policyWith(excluded: string): Policy {
  const container_logs = { exclude_lines: [excluded] }
  const integrations = [{ id: 'logs', type: 'container_logs', settings: container_logs }]
  return policySchema.parse({ integrations })
}
const marked = (policy: Policy) => JSON.stringify(policy).includes('"bad"')
const publish = (excluded: string, base: number) =>
  server.fleet.publish('kubernetes', base, policyWith(excluded), { author: 'ada', note: '' })
const lastRollout = async () => (await server.fleet.rollouts.history('kubernetes'))[0]

test('a good policy reaches 200 agents in seconds, a few of them first', async () => {
  await begin(many, () => 'takes')
  await publish('good', 1)
  await until(() => agents.some((agent) => agent.revision === 2), 'the first has it')
  expect(agents.filter((agent) => agent.revision === 2).length).toBeLessThan(many / 5)
  const took_ms = await until(() => allRun(2), 'all have it')
  console.log(`a policy reached ${many} agents in ${took_ms} ms`)
  expect(took_ms).toBeLessThan(20_000)
}, 90_000)

test('a policy that an agent refuses gets no further', async () => {
  await begin(many, (policy) => (marked(policy) ? 'refuses' : 'takes'))
  const began_ms = Date.now()
  await publish('bad', 1)
  await until(() => server.fleet.rollouts.get('kubernetes') === undefined, 'it is put back')
  console.log(`a refused policy was put back in ${Date.now() - began_ms} ms`)
  const rollout = await lastRollout()
  expect(rollout).toMatchObject({ state: 'rolled_back', stage: 0 })
  expect(rollout?.reason).toMatch(/node-\d+ refused it: a pattern cannot be read/)
  expect(agents.filter((agent) => agent.took.includes(2))).toHaveLength(1)
  expect(allRun(1)).toBe(true)
  // The next one goes on from what was good.
  await publish('better', 1)
  await until(() => allRun(3), 'all have the next one')
}, 120_000)

test('a policy that fails where it runs is put back everywhere, and no agent is lost', async () => {
  const isOdd: Manner = (policy, { number }) =>
    marked(policy) && number === many - 1 ? 'fails' : 'takes'
  await begin(many, isOdd)
  const began_ms = Date.now()
  await publish('bad', 1)
  await until(() => server.fleet.rollouts.get('kubernetes') === undefined, 'it is put back')
  const took_ms = (await until(() => allRun(1), 'all are back')) && Date.now() - began_ms
  console.log(`a failing policy was put back on ${many} agents in ${took_ms} ms`)
  expect(took_ms).toBeLessThan(90_000)
  const rollout = await lastRollout()
  expect(rollout?.reason).toContain(`node-${many - 1} fails with it: it does not start`)
}, 120_000)

test('a policy that kills its agents is put back, and they live', async () => {
  const manner: Manner = (policy) => (marked(policy) ? 'dies' : 'takes')
  await begin(many, manner)
  const began_ms = Date.now()
  await publish('bad', 1)
  await until(() => server.fleet.rollouts.get('kubernetes') === undefined, 'it is put back')
  expect((await lastRollout())?.reason).toMatch(/came back without it/)
  await until(() => server.fleet.polls.size === many && allRun(1), 'all are back')
  const took_ms = Date.now() - began_ms
  console.log(`a policy that kills was put back on ${many} agents in ${took_ms} ms`)
  expect(took_ms).toBeLessThan(90_000)
  expect(agents.filter((agent) => agent.took.includes(2)).length).toBeLessThan(5)
}, 120_000)

test('a policy that silences its agents is put back, and they are heard again', async () => {
  const manner: Manner = (policy) => (marked(policy) ? 'hangs' : 'takes')
  await begin(many, manner, { pace: { answer_ms: 2_000 } })
  for (const agent of agents) agent.hangs_ms = 5_000
  const began_ms = Date.now()
  await publish('bad', 1)
  await until(() => server.fleet.rollouts.get('kubernetes') === undefined, 'it is put back')
  expect((await lastRollout())?.reason).toMatch(/was not heard of since/)
  await until(() => server.fleet.polls.size === many && allRun(1), 'all are back')
  console.log(`a policy that silences was put back in ${Date.now() - began_ms} ms`)
  const tried = agents.filter((agent) => agent.took.includes(2))
  expect(tried).toHaveLength(1)
  // Who comes back is not given it again.
  expect(tried[0]?.took.filter((revision) => revision === 2)).toHaveLength(1)
  await publish('better', 1)
  await until(() => allRun(3), 'all have the next one')
}, 120_000)

test('who is unenrolled hears it at once, and its key is worth nothing', async () => {
  await begin(5, () => 'takes')
  const [one, other] = agents as [SimulatedAgent, SimulatedAgent]
  const keys = agentKeys(server.fleet)
  const revoked: string[] = []
  keys.onRevoked((token_id) => void revoked.push(token_id))
  expect(keys.check(one.key)).toEqual({
    cluster: 'eu-1',
    token_id: `agent_${one.id}`,
    agent_id: one.id,
  })
  expect(keys.check(one.key.replace(one.id, other.id))).toBeUndefined()
  await server.fleet.roster.unenrol(server.fleet.agent(one.id), 'by ada')
  expect(keys.check(one.key)).toBeUndefined()
  expect(revoked).toEqual([`agent_${one.id}`])
  const took_ms = await until(() => one.is_unenrolled, 'it hears it')
  expect(took_ms).toBeLessThan(5_000)
  expect(keys.check(other.key)?.agent_id).toBe(other.id)
})

test('after a restart they come back one after another', async () => {
  await begin(many, () => 'takes')
  const { port } = server
  await server.close()
  server = await startFleetServer(state, { port, limits: { burst_max: 20, per_s_max: 20 } })
  const began_ms = Date.now()
  const waiting = new Set<string>()
  let most = 0
  await until(() => {
    const before = waiting.size
    for (const id of server.fleet.polls.held()) waiting.add(id)
    most = Math.max(most, waiting.size - before)
    return waiting.size === many
  }, 'all are back')
  const took_ms = Date.now() - began_ms
  console.log(`${many} agents came back in ${took_ms} ms, at most ${most} in 20 ms`)
  expect(took_ms).toBeGreaterThan(5_000)
  expect(allRun(1)).toBe(true)
  const tries = agents.map((agent) => agent.checkins_ms.filter((ms) => ms > began_ms).length)
  expect(Math.max(...tries)).toBeLessThan(5)
}, 120_000)
