/**
 * The agent as its own process, with one collector that reads a file of numbered lines: for tests
 * that kill it. Its settings are the agent's own; the file is the first of the host's log files.
 */
import { startAgent } from '../../src/agent/agent.ts'
import { readAgentConfig } from '../../src/agent/config.ts'
import { every } from '../../src/agent/every.ts'
import { createAgentLog } from '../../src/agent/log.ts'
import { countingCollector } from './counting-collector.ts'

const config = readAgentConfig(process.argv.slice(2), process.env)
const agent = await startAgent(config, {
  version: 'test',
  collectors: [countingCollector],
  log: createAgentLog(config.log_level, {}),
  now_ms: Date.now,
  random: Math.random,
  every,
  sender: { first_ms: 20, most_ms: 200, probe_ms: 200 },
})
const alive = setInterval(() => {}, 60_000)
process.on('SIGTERM', async () => {
  await agent.stop()
  clearInterval(alive)
  process.exit(0)
})
console.log('running')
