/**
 * The fault "agent-resume": a spool of millions of lines, as an outage of a day leaves it, meets a
 * real server again while 5,000 more lines come each second.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { resumeLedger } from '../agent/resume-ledger.ts'
import { Target } from './target-process.ts'

export const agentResume = {
  name: 'agent-resume',
  says: 'a backlog of five million lines is sent while 5,000 more come each second',
}

const backlog_lines = 5_000_000
const live_lines_per_s = 5_000
/** Of the rate at which lines come. */
const times_min = 3

export async function runAgentResume(options: { work_dir: string; say: (line: string) => void }) {
  const { work_dir, say } = options
  const dir = join(work_dir, 'resume')
  mkdirSync(join(dir, 'store'), { recursive: true })
  const target = new Target(join(dir, 'store'))
  try {
    await (await target.start()).ready
    const ingest = `http://127.0.0.1:${target.port}`
    const told = { dir, ingest, backlog_lines, live_lines_per_s, say }
    const { made, sent_all, left, took_s, lines_per_s, times_live, cpu_s } =
      await resumeLedger(told)
    const isWhole = sent_all === made && left === 0
    const figures = { made, sent: sent_all, left, took_s, lines_per_s, times_live, cpu_s }
    return [{ fault: 'agent-resume', ...figures, passed: isWhole && times_live >= times_min }]
  } finally {
    await target.killAll().catch(() => undefined)
    rmSync(dir, { recursive: true, force: true })
  }
}
