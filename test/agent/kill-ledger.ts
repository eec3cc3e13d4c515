/**
 * Kills the agent again and again while it reads and sends, ends the server under it, and counts
 * what became of every line.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AgentProcess, sleep, until } from './agent-process.ts'
import { type LedgerIntake, ledgerOf, openLedgerIntake, storedBodies } from './ledger-intake.ts'

export type KillOptions = {
  dir: string
  rounds: number
  random: () => number
  /** Where the spool lies, when not in `dir`. */
  state_dir?: string
  lines_per_round?: number
  say?: (line: string) => void
}

export async function killLedger(options: KillOptions) {
  const { dir, rounds, random, say = () => {}, lines_per_round = 400 } = options
  const segments = join(dir, 'segments')
  mkdirSync(segments, { recursive: true })
  let intake: LedgerIntake | undefined = await openLedgerIntake({ dir: segments })
  const { url, port } = intake
  const { state_dir } = options
  const agent = new AgentProcess({ dir, ingest: url, ...(state_dir && { state_dir }) })
  let repeated = 0
  const endIntake = async () => {
    repeated += intake?.chunks.repeated ?? 0
    await intake?.end()
    intake = undefined
  }
  try {
    for (let round = 0; round < rounds; round++) {
      agent.start()
      const writes = 10
      for (let at = 0; at < writes; at++) {
        agent.write(Math.floor(lines_per_round / writes))
        await sleep(10 + random() * 80)
      }
      // Every third round the server goes too, and comes back while the agent is away or after.
      if (round % 3 === 1) await endIntake()
      await sleep(random() * 100)
      await agent.end('SIGKILL')
      intake ??= await openLedgerIntake({ dir: segments, port })
      say(`round ${round + 1}: ${agent.written} lines written`)
    }
    await agent.startAndWait()
    const isWhole = async () => ledgerOf(await storedBodies(segments), agent.written).lost === 0
    await until('every line is stored', isWhole).catch(() => undefined)
    const code = await agent.end('SIGTERM')
    await endIntake()
    const ledger = ledgerOf(await storedBodies(segments), agent.written)
    return { ...ledger, written: agent.written, repeated, code, output: agent.output }
  } finally {
    await agent.end('SIGKILL')
    await intake?.end()
  }
}
