/**
 * Many whole agents in one process lose the server for a while and find it again: what became of
 * every line, and how they came back, all at once or spread.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { type Agent, startAgent } from '../../src/agent/agent.ts'
import { readAgentConfig } from '../../src/agent/config.ts'
import { every } from '../../src/agent/every.ts'
import { sleep, until } from './agent-process.ts'
import { FleetFixture } from './fleet-fixture.ts'
import { Gate, type GateMode } from './gate.ts'
import { anyToken, type LedgerIntake, openLedgerIntake, storedRows } from './ledger-intake.ts'
import { type Numbers, numbers } from './numbers-collector.ts'

export type PartitionOptions = {
  dir: string
  agents: number
  partition_s: number
  mode?: Exclude<GateMode, 'open'>
  /** Of each agent. */
  lines_per_s?: number
  say?: (line: string) => void
}

const chunk_ms = 500
const log = pino({ level: 'silent' })
/** How the return is looked at. */
const slot_ms = 100
/** The sender's and the check-in's patience. */
const wait_ms_max = 30_000

export async function partitionLedger(options: PartitionOptions) {
  const { dir, agents: count, partition_s, mode = 'refusing', say = () => {} } = options
  const { lines_per_s = 20 } = options
  const segments = join(dir, 'segments')
  mkdirSync(segments, { recursive: true })
  const fleet = new FleetFixture()
  fleet.policy = { policy_id: 'p', revision: 1, document: policy }
  const fleet_port = await fleet.listen()
  const intake = await openLedgerIntake({ dir: segments, token: anyToken })
  const data = new Gate(() => intake.port)
  const steering = new Gate(() => fleet_port)
  await data.set('open')
  await steering.set('open')
  const lines_per_chunk = Math.max(1, Math.round((lines_per_s * chunk_ms) / 1000))
  const sources = Array.from({ length: count }, (_, at) =>
    numbers({ name: `a${at}`, lines_per_chunk, interval_ms: chunk_ms }),
  )
  const agents: Agent[] = []
  try {
    for (const [at, source] of sources.entries()) {
      agents.push(await start(join(dir, `agent-${at}`), source, data.url, steering.url))
    }
    await until('all send', () => sources.every(({ made }) => made() > 2 * lines_per_chunk))
    await until('the server has some of it', () => intake.accepted() > 0)
    await Promise.all([data.set(mode), steering.set(mode)])
    say(`${count} agents are without a server for ${partition_s} s`)
    await sleep(partition_s * 1000)
    const healed_ms = Date.now()
    await Promise.all([data.set('open'), steering.set('open')])
    const made = () => sources.reduce((sum, source) => sum + source.made(), 0)
    const backlog = made() - intake.accepted()
    await until(
      'they caught up',
      () => made() - intake.accepted() < count * lines_per_s * 3,
      180_000,
    )
    const caught_up_s = (Date.now() - healed_ms) / 1000
    say(`${backlog} lines came in ${caught_up_s.toFixed(1)} s`)
    for (const source of sources) source.end()
    await until('every line is stored', () => intake.accepted() >= made(), 60_000).catch(() => {})
    const isBack = () => steering.connections_ms.filter((at) => at >= healed_ms).length >= count
    await until('all check in', isBack, 120_000)
    const herd = {
      data: herdOf(data, healed_ms),
      steering: herdOf(steering, healed_ms),
    }
    for (const agent of agents.splice(0)) await agent.stop()
    return { ...(await ledgerOf(intake, segments, sources)), backlog, caught_up_s, herd }
  } finally {
    for (const agent of agents) await agent.stop()
    await Promise.all([data.close(), steering.close()])
    await intake.end()
    await fleet.close()
  }
}

const policy = {
  integrations: [{ id: 'numbers', type: 'host', settings: { log_files: [], metrics: false } }],
}

function start(dir: string, source: Numbers, ingest: string, server: string): Promise<Agent> {
  const flags = ['--state-dir', dir, '--ingest', ingest, '--server', server, '--token', 't']
  return startAgent(readAgentConfig([...flags, '--host', dir], {}), {
    version: 'test',
    collectors: [source.collector],
    log,
    now_ms: Date.now,
    random: Math.random,
    every,
  })
}

/**
 * How many came in the busiest tenth of a second, and how many that would be were they spread
 * evenly over the longest wait there is.
 */
function herdOf({ connections_ms, requests_ms }: Gate, healed_ms: number) {
  const connections = connections_ms.filter((at) => at >= healed_ms)
  const asked = requests_ms.filter((at) => at >= healed_ms)
  return {
    connections: connections.length,
    first_s: (Math.min(...connections) - healed_ms) / 1000,
    last_s: (Math.max(...connections) - healed_ms) / 1000,
    connections_peak: peakOf(connections),
    connections_even: (connections.length * slot_ms) / wait_ms_max,
    requests_peak: peakOf(asked),
  }
}

function peakOf(times_ms: readonly number[]): number {
  const slots = new Map<number, number>()
  for (const at of times_ms) {
    const slot = Math.floor(at / slot_ms)
    slots.set(slot, (slots.get(slot) ?? 0) + 1)
  }
  return Math.max(0, ...slots.values())
}

async function ledgerOf(intake: LedgerIntake, segments: string, sources: readonly Numbers[]) {
  await intake.end()
  const counts = sources.map((source) => new Uint8Array(source.made() + 1))
  let [stored, duplicated, strange] = [0, 0, 0]
  for (const { body } of await storedRows(segments, 'logs')) {
    const [, at, number] = /^a(\d+) (\d+)$/.exec(String(body)) ?? []
    const seen = counts[Number(at)]
    stored++
    if (seen === undefined || Number(number) >= seen.length) strange++
    else if (++seen[Number(number)]! > 1) duplicated++
  }
  const written = sources.reduce((sum, source) => sum + source.made(), 0)
  const lost = counts.reduce((sum, seen) => sum + seen.subarray(1).filter((n) => n === 0).length, 0)
  return { written, stored, lost, duplicated, strange, repeated: intake.chunks.repeated }
}
