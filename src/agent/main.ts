/**
 * Entry of the agent: settings, log, start, and the signals that stop it. What is started, and in
 * which order, is agent.ts.
 */
import './small-heap.ts'
import { Fault } from '../model/faults.ts'
import { startAgent } from './agent.ts'
import { collectors } from './collectors.ts'
import { readAgentConfig } from './config.ts'
import { every } from './every.ts'
import { createAgentLog } from './log.ts'
import { version } from './version.ts'

/** Past it the process ends: what is in the spool is on disk already. */
const stop_ms_max = 9_500

const config = orTell(() => {
  const args = process.argv.slice(2)
  return readAgentConfig(args[0] === 'agent' ? args.slice(1) : args, process.env)
})
const { log_level, kind, node } = config
const log = createAgentLog(log_level, { kind, node })
process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'an error that nothing caught')
  process.exit(70)
})
const { promise: signalled, resolve } = Promise.withResolvers<string>()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => resolve(signal))
// Started by a server on the same machine: it ends with it, however that ends.
process.on('disconnect', () => resolve('disconnect'))
const needs = { version, collectors, log, now_ms: Date.now, random: Math.random, every }
const agent = await startAgent(config, needs).catch((error: unknown) => {
  orTell(() => {
    throw error
  })
  throw error
})
// An agent that was told to leave has nothing else that keeps its process alive.
const alive = setInterval(() => {}, 60_000)
log.info({ version, state_dir: config.state_dir }, 'the agent runs')
log.info({ signal: await signalled }, 'stopping')
setTimeout(() => process.exit(1), stop_ms_max).unref()
clearInterval(alive)
await agent.stop()
log.info('stopped')
process.exit(0)

/** A start that cannot be is told in the words of its fault, without a stack. */
function orTell<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    console.error(`${error.message}\n${error.answer().do}`)
    process.exit(1)
  }
}
