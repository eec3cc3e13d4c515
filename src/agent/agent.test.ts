/** The whole agent in a fleet: comes, is refused, is put out, finds its state unusable. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FleetFixture } from '../../test/agent/fleet-fixture.ts'
import { anyToken, type LedgerIntake, openLedgerIntake } from '../../test/agent/ledger-intake.ts'
import { type Numbers, numbers } from '../../test/agent/numbers-collector.ts'
import { type Agent, startAgent } from './agent.ts'
import { readAgentConfig } from './config.ts'
import { every } from './every.ts'

const log = pino({ level: 'silent' })
const patience = { timeout: 20_000 }
let dir: string
let fleet: FleetFixture
let server: string
let intake: LedgerIntake
let source: Numbers
const agents: Agent[] = []

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'crowsnest-agent-'))
  const segments = join(dir, 'segments')
  mkdirSync(segments)
  intake = await openLedgerIntake({ dir: segments, token: anyToken })
  fleet = new FleetFixture()
  fleet.policy = policy(1, 'numbers')
  server = `http://127.0.0.1:${await fleet.listen()}`
  source = numbers({ name: 'a', lines_per_chunk: 1, interval_ms: 20 })
})
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.stop()
  await fleet.close()
  await intake.end()
  rmSync(dir, { recursive: true, force: true })
})

function policy(revision: number, id: string) {
  const settings = { log_files: [], metrics: false }
  return { policy_id: 'p', revision, document: { integrations: [{ id, type: 'host', settings }] } }
}

async function start(state_dir = join(dir, 'state')): Promise<Agent> {
  const flags = ['--state-dir', state_dir, '--ingest', intake.url, '--server', server]
  const agent = await startAgent(readAgentConfig([...flags, '--token', 't'], {}), {
    version: 'test',
    collectors: [source.collector],
    log,
    now_ms: Date.now,
    random: Math.random,
    every,
    sender: { first_ms: 20, most_ms: 100, probe_ms: 100 },
  })
  agents.push(agent)
  return agent
}

const sends = async () => {
  const before = intake.accepted()
  await expect.poll(() => intake.accepted(), patience).toBeGreaterThan(before)
}

test('enrols, gets its policy, sends, tells how it is; is the same after a restart', async () => {
  const agent = await start()
  await sends()
  await expect.poll(() => fleet.checkins.at(-1)?.revision, patience).toBe(1)
  expect(agent.status()).toMatchObject({ state: 'healthy' })
  await agents.pop()!.stop()
  await start()
  await sends()
  expect(fleet.enrolled.size).toBe(1)
})

test('a new policy counts at once', async () => {
  await start()
  await sends()
  fleet.offer(policy(2, 'others'))
  await expect
    .poll(() => fleet.checkins.at(-1)?.components.map(({ id }) => id), patience)
    .toEqual(['others'])
  await sends()
})

test('with a revoked key nothing is sent or lost, and a new key goes on', async () => {
  const agent = await start()
  await sends()
  const [member] = fleet.enrolled.values()
  intake.valid.token = 'none is valid'
  await expect.poll(() => agent.status().state, patience).toBe('failed')
  expect(agent.status().message).toContain('refuses this agent')
  const [stored, made] = [intake.accepted(), source.made()]
  // The lines that are made meanwhile wait in the spool.
  await expect.poll(() => source.made(), patience).toBeGreaterThan(made + 5)
  expect(intake.accepted()).toBe(stored)
  intake.valid.token = anyToken
  fleet.revoked.add(member!.agent_key)
  fleet.wake()
  await expect
    .poll(() => [...fleet.enrolled.values()][0]?.agent_key, patience)
    .not.toBe(member!.agent_key)
  await expect.poll(() => agent.status().state, patience).toBe('healthy')
  source.end()
  await expect.poll(() => intake.accepted() - source.made(), patience).toBe(0)
})

test('put out of the fleet by a person it stops, and stays away when started again', async () => {
  const agent = await start()
  await sends()
  await expect.poll(() => fleet.checkins.at(-1)?.revision, patience).toBe(1)
  fleet.unenrolled = true
  fleet.wake()
  await expect.poll(() => agent.status().message, patience).toContain('taken out of the fleet')
  const kept = JSON.parse(readFileSync(join(dir, 'state/agent.json'), 'utf8'))
  expect(kept).toMatchObject({ isUnenrolled: true })
  expect(kept.agent_key).toBeUndefined()
  await agents.pop()!.stop()
  fleet.unenrolled = false
  const [stored, checkins] = [intake.accepted(), fleet.checkins.length]
  const again = await start()
  await expect.poll(() => again.status().message, patience).toContain('taken out of the fleet')
  expect([intake.accepted(), fleet.checkins.length]).toEqual([stored, checkins])
})

test('a state directory that cannot be used is said in words', async () => {
  const file = join(dir, 'file')
  writeFileSync(file, '')
  await expect(start(join(file, 'state'))).rejects.toMatchObject({ code: 'config_invalid' })
  if (process.getuid?.() === 0) return
  const closed = join(dir, 'closed')
  mkdirSync(closed)
  chmodSync(closed, 0o500)
  await expect(start(join(closed, 'state'))).rejects.toMatchObject({ code: 'config_invalid' })
})

test('damaged small files are made anew', async () => {
  const state = join(dir, 'state')
  mkdirSync(state)
  for (const name of ['agent.json', 'policy.json', 'trying.json', 'refused.json']) {
    writeFileSync(join(state, name), name === 'trying.json' ? 'null' : '{"half')
  }
  await start()
  await sends()
})
