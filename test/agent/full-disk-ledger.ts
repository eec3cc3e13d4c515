/**
 * The agent's spool on a small disk that others fill while the server is away: sources wait, and
 * every line arrives once there is room and a server again.
 */
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AgentProcess, sleep, until } from './agent-process.ts'
import { ledgerOf, openLedgerIntake, storedBodies } from './ledger-intake.ts'

const line_count = 20_000

/** `dir/disk` is a mounted disk of some 20 MB. */
export async function fullDiskLedger(dir: string) {
  const segments = join(dir, 'segments')
  mkdirSync(segments, { recursive: true })
  const disk = join(dir, 'disk')
  let intake = await openLedgerIntake({ dir: segments })
  const { url, port } = intake
  await intake.end()
  const agent = new AgentProcess({ dir, ingest: url, state_dir: join(disk, 'state') })
  const filler = join(disk, 'filler')
  try {
    agent.start()
    await until('the agent runs', () => agent.output.includes('running'))
    agent.write(line_count / 2)
    await sleep(300)
    fill(disk, filler)
    agent.write(line_count / 2)
    await until('the spool cannot be written to', () => agent.output.includes('cannot be written'))
    await sleep(500)
    // Killed with a full disk: what was torn is cut at the next start.
    await agent.end('SIGKILL')
    agent.start()
    await sleep(1_000)
    rmSync(filler)
    intake = await openLedgerIntake({ dir: segments, port })
    const isWhole = async () => ledgerOf(await storedBodies(segments), agent.written).lost === 0
    await until('every line is stored', isWhole, 60_000).catch(() => undefined)
    const code = await agent.end('SIGTERM')
    await intake.end()
    const ledger = ledgerOf(await storedBodies(segments), agent.written)
    return { ...ledger, written: agent.written, code, output: agent.output }
  } finally {
    await agent.end('SIGKILL')
    await intake.end().catch(() => undefined)
  }
}

/** All but nothing is left. */
function fill(disk: string, filler: string): void {
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(filler, Buffer.alloc(bavail * bsize))
}
