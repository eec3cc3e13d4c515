/**
 * `npm run faults -- --seed N [--fault kill-server,power-cut] [--rounds N] [--rate N] [--json
 * file]`: does to a loaded server what will be done to it, and counts what became of every
 * record.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { arch, cpus, release, tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { agentKill, runAgentKill } from './agent-kill.ts'
import { agentPartition, runAgentPartition } from './agent-partition.ts'
import { agentResume, runAgentResume } from './agent-resume.ts'
import { LoopDisk } from './loop-disk.ts'
import { receiverKill, runReceiverKill } from './receiver-kill.ts'
import { type Result, runScenario } from './run-scenario.ts'
import { type Scenario, scenarios } from './scenarios.ts'

const agentFaults = [agentKill, agentPartition, agentResume, receiverKill]
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: `${Date.now() % 100_000}` },
    fault: { type: 'string', default: scenarios.map((scenario) => scenario.name).join(',') },
    rounds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '60' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log('npm run faults -- [--seed N] [--fault a,b] [--rounds N] [--rate N] [--json file]')
  console.log('  and for agent-partition --seconds N')
  for (const { name, says, disk_bytes } of scenarios) {
    console.log(`  ${name.padEnd(12)} ${says}${disk_bytes === undefined ? '' : ' (needs root)'}`)
  }
  for (const { name, says } of agentFaults) console.log(`  ${name.padEnd(12)} ${says}`)
  process.exit(0)
}

const names = values.fault.split(',')
const agentNames = agentFaults.map(({ name }) => name)
const chosen = names
  .filter((name) => !agentNames.includes(name))
  .map((name) => {
    const scenario = scenarios.find((one) => one.name === name)
    if (scenario === undefined) throw new Error(`No fault is called ${name}: see --help`)
    return scenario
  })
const seed = Number(values.seed)
const work_dir = mkdtempSync(`${tmpdir()}/crowsnest-faults-`)
const results: Result[] = []
const skipped: { fault: string; why: string }[] = []
let isBroken = false

console.log(`seed ${seed}, ${values.rounds} rounds, ${values.rate} records/s, in ${work_dir}`)
try {
  for (const [i, scenario] of chosen.entries()) {
    const why = missing(scenario)
    if (why === undefined) await run(scenario, seed + i)
    else {
      skipped.push({ fault: scenario.name, why })
      console.log(`SKIPPED ${scenario.name}: ${why}`)
    }
  }
  for (const fault of agentFaults) if (names.includes(fault.name)) await runAgents(fault)
} finally {
  rmSync(work_dir, { recursive: true, force: true })
}
report()
process.exit(isBroken || results.some((result) => !result.passed) ? 1 : 0)

async function run(scenario: Scenario, scenarioSeed: number): Promise<void> {
  console.log(`${scenario.name}: ${scenario.says}`)
  try {
    results.push(
      await runScenario(scenario, {
        seed: scenarioSeed,
        rounds: Number(values.rounds),
        records_per_s: Number(values.rate),
        load_ms_max: 2500,
        work_dir,
        say: (line) => console.log(`  ${line}`),
      }),
    )
  } catch (error) {
    isBroken = true
    console.error(`BROKEN ${scenario.name}: ${(error as Error).message}`)
  }
}

/** Their ledgers are of lines, not of requests, so they have tables of their own. */
async function runAgents({ name, says }: (typeof agentFaults)[number]): Promise<void> {
  console.log(`${name}: ${says}`)
  const say = (line: string) => console.log(`  ${line}`)
  const ledgers = await ledgersOf(name, say)
  console.table(ledgers)
  if (ledgers.some(({ passed }) => !passed)) isBroken = true
}

function ledgersOf(name: string, say: (line: string) => void): Promise<{ passed: boolean }[]> {
  const rounds = Number(values.rounds)
  if (name === agentKill.name) return runAgentKill({ rounds, seed, work_dir, say })
  if (name === receiverKill.name) return runReceiverKill({ rounds, seed, work_dir, say })
  if (name === agentResume.name) return runAgentResume({ work_dir, say })
  return runAgentPartition({ partition_s: Number(values.seconds), work_dir, say })
}

function missing(scenario: Scenario): string | undefined {
  if (scenario.disk_bytes !== undefined && !LoopDisk.isPossible()) {
    return 'it mounts a disk of its own, which takes root on Linux: run it with sudo'
  }
  const hasStrace = scenario.needsStrace !== true || spawnSync('strace', ['-V']).status === 0
  return hasStrace ? undefined : 'strace is not installed'
}

function report(): void {
  if (results.length > 0)
    console.table(results.map(({ examples: _examples, complaints: _complaints, ...row }) => row))
  for (const { fault, examples, complaints, passed } of results) {
    if (!passed) console.log(`FAILED ${fault}`, examples, complaints.join(''))
  }
  if (values.json === undefined) return
  const machine = { cpus: cpus().length, cpu: cpus()[0]?.model, arch: arch(), kernel: release() }
  const command = process.argv.slice(1).join(' ')
  const run = { seed, command, node: process.version, machine, results, skipped }
  writeFileSync(values.json, `${JSON.stringify(run, undefined, 2)}\n`)
}
