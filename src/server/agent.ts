/**
 * Host mode: the agent of the machine that the server runs on, as a child process, so that a first
 * start shows this machine with nothing configured. It enrols like any other and ends with us.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import type { Fleet } from '../fleet/fleet.ts'
import { parseAddress } from '../ingest/address.ts'
import type { Listeners } from '../ingest/listen.ts'
import { Fault } from '../model/faults.ts'
import { isIngestOpen, isLoopback } from './addresses.ts'
import type { Config } from './settings.ts'
import { root } from './version.ts'

/** What it could not send by then is in its spool. */
const stop_ms = 1_000
const again_ms = 5_000
const author = 'crowsnest'
const entry = join(root, 'src', 'agent', 'main.ts')
/** As in the image: it lives beside people's work, and takes a tenth of what Node would. */
const nodeFlags = ['--max-semi-space-size=1', '--max-old-space-size=192', '--v8-pool-size=1']

export type HostAgentNeeds = {
  listeners: Pick<Listeners, 'bound'>
  fleet: Pick<Fleet, 'book' | 'enrolment'>
  /** `listening ui 127.0.0.1:4300`; undefined when there are no screens. */
  ui: { line: string } | undefined
  log: Logger
}

/** Answers how to stop it. Throws config_invalid when it is asked for and cannot be. */
export async function startHostAgent(
  config: Config,
  needs: HostAgentNeeds,
): Promise<() => Promise<void>> {
  const { listeners, fleet, ui, log } = needs
  const http = listeners.bound.find(({ name }) => name === 'otlp_http')?.address
  const server = ui?.line.split(' ').at(-1)
  if (!isWanted(config)) return async () => {}
  if (http === undefined || server === undefined || !isPossible(config)) {
    const expected = 'listen.ui and listen.otlp_http on loopback, without TLS'
    throw new Fault('config_invalid', { key: 'agent', expected, got: 'another' })
  }
  const dir = resolve(config.store.dir, 'agent')
  const token_file = await tokenFile(dir, fleet)
  // A terminal is for people: what is wrong is on the fleet's page.
  const level = process.stdout.isTTY ? 'error' : config.log.level
  const args = ['--kind', 'host', '--server', `http://${server}`, '--ingest', `http://${http}`]
  args.push('--state-dir', dir, '--token-file', token_file, '--log-level', level)
  return keepRunning(args, log)
}

/** auto: on a person's own machine. A port of 0 is a test's or a tool's. */
function isWanted(config: Config): boolean {
  if (config.agent !== 'auto') return config.agent === 'on'
  const { ui, otlp_http } = config.listen
  const isFixed = [ui, otlp_http].every((address) => !/^off$|:0$/.test(address))
  return isFixed && isPossible(config)
}

function isPossible(config: Config): boolean {
  const { ui, otlp_http } = config.listen
  if (ui === 'off' || otlp_http === 'off' || config.tls.cert_file !== '') return false
  const isOurs = isLoopback('listen.ui', ui) && parseAddress('listen.ui', ui).host !== ''
  return isOurs && isIngestOpen(config) && existsSync(entry)
}

/** Made once: whoever may read this directory has everything already. */
async function tokenFile(dir: string, fleet: HostAgentNeeds['fleet']): Promise<string> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, 'enrolment.token')
  if (existsSync(path) && readFileSync(path, 'utf8') !== '') return path
  const policy_id = fleet.book.find('host')?.id ?? fleet.book.all()[0]?.id ?? ''
  const asked = { name: 'The server’s own machine', policy_id, cluster: '' }
  const unlimited = { expires_ms: null, uses_max: null }
  const { token } = await fleet.enrolment.create({ ...asked, ...unlimited }, author)
  writeFileSync(path, token, { mode: 0o600 })
  return path
}

function keepRunning(args: readonly string[], log: Logger): () => Promise<void> {
  let child: ChildProcess | undefined
  let isStopping = false
  let timer: NodeJS.Timeout | undefined
  const start = () => {
    const started = fork(entry, args, {
      execArgv: nodeFlags,
      env: { ...process.env, MALLOC_ARENA_MAX: '1' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child = started
    started.once('exit', (code, signal) => {
      child = undefined
      if (isStopping) return
      log.warn({ code, signal }, 'the agent of this machine ended; it is started again')
      timer = setTimeout(start, again_ms).unref()
    })
  }
  start()
  return async () => {
    isStopping = true
    clearTimeout(timer)
    if (child === undefined) return
    const ended = once(child, 'exit')
    const last = child
    last.kill('SIGTERM')
    const late = setTimeout(() => last.kill('SIGKILL'), stop_ms)
    await ended
    clearTimeout(late)
  }
}
