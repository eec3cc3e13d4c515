/**
 * The fault "agent-kill": the agent is killed in rounds, once while it reads one growing file and
 * once, as the whole agent of a node, while containers' logs rotate every 50 ms; then its spool is
 * on a disk that is too small. The ledger of lines is the verdict.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fullDiskLedger } from '../agent/full-disk-ledger.ts'
import { killLedger } from '../agent/kill-ledger.ts'
import { rotationLedger } from '../agent/rotation-ledger.ts'
import { seeded } from './random.ts'

export const agentKill = {
  name: 'agent-kill',
  says: 'kill -9 of the agent while it reads and sends, and while logs rotate every 50 ms',
}

type Options = { rounds: number; seed: number; work_dir: string; say: (line: string) => void }
type Figures = ReturnType<typeof figuresOf> & { fault: string; rounds: number }

export async function runAgentKill(options: Options): Promise<Figures[]> {
  const { rounds, seed, work_dir, say } = options
  const numbers = seeded(seed)
  const random = () => numbers.between(0, 1_000) / 1_000
  const results: Figures[] = []
  const inDir = async (fault: string, of: number, run: (dir: string) => Promise<Ledger>) => {
    const dir = mkdtempSync(join(work_dir, `${fault}-`))
    const ledger = await run(dir)
    results.push({ fault, rounds: of, ...figuresOf(ledger) })
    if (ledger.lost + ledger.duplicated > 0) say(ledger.output)
    rmSync(dir, { recursive: true, force: true })
  }
  await inDir('agent-kill', rounds, (dir) => killLedger({ dir, rounds, random, say }))
  await inDir('agent-kill-rotating', rounds, (dir) => rotationLedger({ dir, rounds, random, say }))
  const full = await onSmallDisk(work_dir, say)
  return full === undefined ? results : [...results, full]
}

async function onSmallDisk(
  work_dir: string,
  say: (line: string) => void,
): Promise<Figures | undefined> {
  if (process.getuid?.() !== 0) {
    say('SKIPPED the full disk: mounting a small one takes root')
    return undefined
  }
  const full = join(work_dir, 'agent-full')
  const disk = join(full, 'disk')
  mkdirSync(disk, { recursive: true })
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', disk]).status !== 0) {
    say('SKIPPED the full disk: a small one could not be mounted')
    return undefined
  }
  try {
    const ledger = await fullDiskLedger(full)
    if (ledger.lost + ledger.duplicated > 0) say(ledger.output)
    return { fault: 'agent-disk-full', rounds: 1, ...figuresOf(ledger) }
  } finally {
    spawnSync('umount', [disk])
  }
}

type Ledger = {
  written: number
  stored: number
  lost: number
  duplicated: number
  corrupt?: number
  misnamed?: number
  output: string
}

function figuresOf({ written, stored, lost, duplicated, corrupt = 0, misnamed = 0 }: Ledger) {
  const passed = lost + duplicated + corrupt + misnamed === 0
  return { written, stored, lost, duplicated, passed }
}
