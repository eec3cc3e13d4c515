/**
 * One scenario from start to verdict: a server under load, rounds of its fault, then the ledger.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { Ledger } from './ledger.ts'
import { Load, sleep } from './load.ts'
import { LoopDisk } from './loop-disk.ts'
import { seeded } from './random.ts'
import type { Scenario } from './scenarios.ts'
import { Target } from './target-process.ts'

export type RunOptions = {
  seed: number
  rounds: number
  records_per_s: number
  /** Load before each fault. */
  load_ms_max: number
  /** Where files are made; removed at the end. */
  work_dir: string
  say: (line: string) => void
}

export type Result = {
  fault: string
  rounds: number
  sent: number
  acked: number
  in_doubt: number
  refused: number
  lost: number
  /** Of the lost, what the server itself said was lost. */
  counted: number
  /** Lost and nobody said so. */
  silent: number
  /** Acknowledged, undamaged by us, and not there. */
  false_ok: number
  duplicated: number
  corrupt: number
  unexpected: number
  opens: number
  recovered_s_median: number
  recovered_s_max: number
  ack_ms_p50: number
  ack_ms_p99: number
  passed: boolean
  examples: string[]
  complaints: string[]
}

const recover_ms_max = 60_000

export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Result> {
  const root = `${options.work_dir}/${scenario.name}`
  mkdirSync(root, { recursive: true })
  const disk =
    scenario.disk_bytes === undefined ? undefined : new LoopDisk(root, scenario.disk_bytes)
  const dir = `${disk?.mount ?? root}/store`
  mkdirSync(dir, { recursive: true })
  const target = new Target(dir)
  try {
    return await underLoad(scenario, options, { target, disk })
  } finally {
    await target.killAll().catch(() => undefined)
    if (disk === undefined) rmSync(root, { recursive: true, force: true })
    else disk.remove()
  }
}

type Place = { target: Target; disk: LoopDisk | undefined }

async function underLoad(scenario: Scenario, options: RunOptions, place: Place): Promise<Result> {
  const { target, disk } = place
  const random = seeded(options.seed)
  const ledger = new Ledger()
  await (await target.start()).ready
  const { records_per_s } = options
  const port = () => target.port
  const load = new Load({ ledger, producers: 8, records_per_s, batch_records: 100, port })
  const recovered: number[] = []
  let unknownRows = 0
  for (let round = 1; round <= options.rounds; round++) {
    await sleep(random.between(100, options.load_ms_max))
    const outcome = await scenario.round({ target, load, disk, random })
    unknownRows += outcome.unknown_rows ?? 0
    const took_ms = await recovery(target, load, outcome.over_ms)
    recovered.push(took_ms / 1000)
    options.say(`${scenario.name} ${round}/${options.rounds} recovered ${took_ms.toFixed(0)} ms`)
  }
  await sleep(500)
  await load.stop()
  await target.stop()
  const left = target.leftovers().length
  const verdict = await ledger.verify(target.engineDir)
  const counted = target.counted.rows + target.counted.torn_rows + unknownRows
  const silent = Math.max(0, verdict.lost - counted)
  const false_ok = scenario.damages === true ? silent : verdict.lost
  const { stored: _, examples, ...counts } = verdict
  recovered.sort((a, b) => a - b)
  const bad = silent + false_ok + verdict.duplicated + verdict.corrupt + verdict.unexpected + left
  return {
    fault: scenario.name,
    rounds: options.rounds,
    ...counts,
    refused: load.refused,
    counted: Math.min(counted, verdict.lost),
    silent,
    false_ok,
    opens: target.starts,
    recovered_s_median: rounded(recovered[recovered.length >> 1] ?? 0),
    recovered_s_max: rounded(recovered.at(-1) ?? 0),
    ack_ms_p50: rounded(load.ackPercentile_ms(50)),
    ack_ms_p99: rounded(load.ackPercentile_ms(99)),
    passed: bad === 0 && verdict.acked > 0,
    examples,
    complaints: bad === 0 ? [] : target.complaints,
  }
}

/** Until a record is acknowledged again and everything that had piled up is in the tables. */
async function recovery(target: Target, load: Load, over_ms: number): Promise<number> {
  const waiting = new Set(target.leftovers())
  const deadline_ms = performance.now() + recover_ms_max
  while (performance.now() < deadline_ms) {
    const isTaking = load.acked_ms > over_ms
    if (isTaking && !target.leftovers().some((name) => waiting.has(name))) {
      return performance.now() - over_ms
    }
    await sleep(20)
  }
  throw new Error(`not recovered in ${recover_ms_max} ms: ${target.complaints.slice(-5).join('')}`)
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
