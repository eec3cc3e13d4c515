/**
 * The fault "agent-partition": fifty whole agents lose the server, once as a closed port and once
 * as a network that answers nothing, and come back. The ledger of lines and how they came back is
 * the verdict.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { partitionLedger } from '../agent/partition-ledger.ts'

export const agentPartition = {
  name: 'agent-partition',
  says: 'fifty agents without a server for --seconds, then with one',
}

const agents = 50
const modes = ['refusing', 'silent'] as const
/** More agents than these at the same tenth of a second are a herd. */
const peak_share_max = 0.2

export async function runAgentPartition(options: {
  partition_s: number
  work_dir: string
  say: (line: string) => void
}) {
  const { partition_s, work_dir, say } = options
  const results = []
  for (const mode of modes) {
    const dir = mkdtempSync(join(work_dir, 'partition-'))
    const { herd, ...ledger } = await partitionLedger({ dir, agents, partition_s, mode, say })
    rmSync(dir, { recursive: true, force: true })
    const { written, lost, duplicated, strange, backlog, caught_up_s } = ledger
    const { connections, connections_peak, last_s } = herd.data
    const isSpread = connections_peak <= connections * peak_share_max
    results.push({
      fault: `agent-partition ${mode}`,
      partition_s,
      ...{ written, lost, duplicated, backlog, caught_up_s },
      ...{ connections, connections_peak, back_within_s: last_s },
      steering_peak: herd.steering.connections_peak,
      passed: lost + duplicated + strange === 0 && isSpread,
    })
  }
  return results
}
