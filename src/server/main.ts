/**
 * Entry of the server: configuration, log, start, the lines that tell where it is, and the signals
 * that stop it. What is started, and in which order, is serve.ts.
 */
import { setFlagsFromString } from 'node:v8'
import { type Logger, pino } from 'pino'
import { systemClock } from '../ingest/clock.ts'
import { Fault } from '../model/faults.ts'
import { banner } from './banner.ts'
import { readConfig } from './config.ts'
import { type Server, serve } from './serve.ts'
import type { Config } from './settings.ts'

/** Past it the process ends whatever is still open: acknowledged records are on disk already. */
const stop_ms_max = 19_000
const echo_ms = 500
const isTerminal = process.stdout.isTTY === true
// Telemetry passes through as buffers outside of a heap that stays small. V8 would look through
// that heap at every 13 MB of them, for a third of the CPU of ingest; now at four times what is
// alive.
setFlagsFromString('--heap-growing-percent=300')

const config = await orTell(async () =>
  readConfig({ args: process.argv.slice(2), env: process.env }),
)
const log = createLog(config)
const stopSignal = firstSignal()
// A person who waits for the start sees what is wrong, and then the banner.
if (isTerminal && config.log.level === 'info') log.level = 'warn'
const server = await orTell(() => serve(config, { log, ...systemClock }))
announce(server)
log.level = config.log.level
log.info({ signal: await stopSignal }, 'stopping')
setTimeout(() => giveUp('the server did not stop in time'), stop_ms_max).unref()
await server.stop()
log.info('stopped')
process.exit(0)

function createLog({ log: { level } }: Config): Logger {
  const log = pino({
    level,
    base: { service: 'crowsnest' },
    timestamp: pino.stdTimeFunctions.isoTime,
  })
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'an error that nothing caught')
    process.exit(70)
  })
  return log
}

/** Scripts read the plain lines, wherever they are printed; people get the rest around them. */
function announce({ lines, url, setup_url }: Server): void {
  for (const line of lines) console.log(line)
  if (isTerminal) {
    console.log(banner({ url, setup_url, lines }))
    return
  }
  if (setup_url !== undefined) console.log(`setup ${setup_url}`)
  console.log(`ready ${url ?? ''}`.trim())
}

/**
 * The first signal stops the server, a later one ends it by force. An echo does not count: Ctrl-C
 * in a terminal, and a signal to a process group, reach us directly and from our parent.
 */
function firstSignal(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let first_ms: number | undefined
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      first_ms ??= Date.now()
      resolve(signal)
      if (Date.now() - first_ms > echo_ms) giveUp('stopped by force')
    })
  }
  return promise
}

/** A start that cannot be is told in the words of its fault, without a stack. */
async function orTell<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    console.error(`${error.message}\n${error.answer().do}`)
    process.exit(1)
  }
}

function giveUp(reason: string): never {
  log.error(reason)
  process.exit(1)
}
