/**
 * The faults, one function each: what is done to a running server, and how it is set right
 * again.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { scan } from '../../src/store/segment-format.ts'
import { type Load, sleep } from './load.ts'
import type { LoopDisk } from './loop-disk.ts'
import type { Random } from './random.ts'
import { signal, type Target } from './target-process.ts'

export type Rig = { target: Target; load: Load; disk: LoopDisk | undefined; random: Random }

export type Scenario = {
  name: string
  says: string
  /** The store lies on a disk of this size of its own, which takes root. */
  disk_bytes?: number
  needsStrace?: boolean
  /** Damages what was acknowledged, so a loss is right when it is counted. */
  damages?: boolean
  /** Does the fault and undoes it; answers when it was over. */
  round(rig: Rig): Promise<RoundOutcome>
}
/**
 * `unknown_rows`: rows whose count the damage itself destroyed, so that no server could tell it.
 */
export type RoundOutcome = { over_ms: number; unknown_rows?: number }

const MIB = 1024 * 1024

export const scenarios: readonly Scenario[] = [
  { name: 'kill-server', says: 'kill -9 of the server under load', round: killServer },
  { name: 'kill-engine', says: 'kill -9 of the engine child under load', round: killEngine },
  {
    name: 'power-cut',
    says: 'the store’s disk loses power (ext4 shutdown without flush)',
    disk_bytes: 3072 * MIB,
    round: powerCut,
  },
  {
    name: 'disk-full',
    says: 'the store’s disk is filled, wholly or past the limit, and freed',
    disk_bytes: 1024 * MIB,
    round: fillDisk,
  },
  { name: 'disk-error', says: 'fdatasync fails with EIO', needsStrace: true, round: failSync },
  { name: 'slow-disk', says: 'fdatasync takes 500 ms', needsStrace: true, round: slowSync },
  {
    name: 'damage',
    says: 'segments left by a killed server are cut short or get a flipped bit',
    damages: true,
    round: damageSegments,
  },
]

async function killServer({ target, random }: Rig): Promise<RoundOutcome> {
  await target.kill()
  // Starting again is where replay runs, so it is killed too.
  while (random.chance(0.3)) {
    await target.start()
    await sleep(random.between(0, 1500))
    await target.kill()
  }
  const over_ms = performance.now()
  await (await target.start()).ready
  return { over_ms }
}

async function killEngine({ target, random }: Rig): Promise<RoundOutcome> {
  let engine = target.enginePid()
  while (engine === undefined) {
    await sleep(20)
    engine = target.enginePid()
  }
  signal(engine, 'SIGKILL')
  if (random.chance(0.3)) {
    await sleep(random.between(0, 800))
    const next = target.enginePid()
    if (next !== undefined) signal(next, 'SIGKILL')
  }
  return { over_ms: performance.now() }
}

async function powerCut({ target, disk, load }: Rig): Promise<RoundOutcome> {
  const cut_us = await disk!.cut()
  await target.killAll()
  // Answers that are still on their way to us count as come by now.
  await sleep(100)
  load.doubtSince(cut_us)
  disk!.remount()
  const over_ms = performance.now()
  await (await target.start()).ready
  return { over_ms }
}

async function fillDisk({ disk, random }: Rig): Promise<RoundOutcome> {
  await disk!.fill(random.pick([0, 0, 4 * MIB, 60 * MIB]))
  await sleep(random.between(2000, 5000))
  disk!.free()
  return { over_ms: performance.now() }
}

async function failSync(rig: Rig): Promise<RoundOutcome> {
  const { random } = rig
  const when = random.chance(0.5) ? `${random.between(1, 5)}+${random.between(2, 9)}` : '1+1'
  return inject(rig, `fdatasync:error=EIO:when=${when}`, random.between(1000, 3000))
}

async function slowSync(rig: Rig): Promise<RoundOutcome> {
  return inject(rig, 'fdatasync:delay_exit=500000', rig.random.between(2000, 4000))
}

async function inject({ target }: Rig, what: string, for_ms: number): Promise<RoundOutcome> {
  const args = ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e', `inject=${what}`]
  const strace = spawn('strace', [...args, '-p', `${target.pid}`], { stdio: 'ignore' })
  await sleep(for_ms)
  await ended(strace)
  return { over_ms: performance.now() }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) throw new Error('strace ended early: may it attach to processes?')
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGINT')
  await gone
}

/** The engine is held still so that segments pile up; then all is killed and the files are hurt. */
async function damageSegments({ target, random }: Rig): Promise<RoundOutcome> {
  const engine = target.enginePid()
  if (engine !== undefined) signal(engine, 'SIGSTOP')
  await sleep(random.between(1500, 3500))
  await target.killAll()
  let unknown_rows = 0
  for (const name of target.leftovers()) {
    const path = `${target.segmentsDir}/${name}`
    const kind = random.pick(['flip', 'cut', 'none'])
    if (kind === 'flip') flipBit(path, random)
    if (kind === 'cut') unknown_rows += cutShort(path, name.slice(0, 32), random)
  }
  const over_ms = performance.now()
  await (await target.start()).ready
  return { over_ms, unknown_rows }
}

/** Not in the last record's header of a file without end mark: see cutShort for what that hides. */
function flipBit(path: string, random: Random): void {
  const bytes = readFileSync(path)
  const bit = random.between(0, (bytes.length >> 1) * 8)
  bytes[bit >> 3]! ^= 1 << (bit & 7)
  writeFileSync(path, bytes)
}

/** Cuts inside the last record; answers its rows when the cut took the header that tells them. */
function cutShort(path: string, id: string, random: Random): number {
  const bytes = readFileSync(path)
  const { records } = scan(bytes, id)
  const last = records.at(-1)
  if (last === undefined) return 0
  const payload = last.entries.at(-1)!.bytes
  const end = payload.byteOffset - bytes.byteOffset + payload.byteLength
  const index = last.entries.reduce((sum, entry) => sum + 13 + entry.table.length, 0)
  const body = index + last.entries.reduce((sum, entry) => sum + entry.bytes.byteLength, 0)
  const header = end - body - 32
  const at = random.between(header + 1, end)
  truncateSync(path, at)
  return at < header + 32 ? last.rows : 0
}
