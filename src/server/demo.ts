/** The demo shop beside the server: a child process that sends to it and ends with it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Listeners } from '../ingest/listen.ts'
import { Fault } from '../model/faults.ts'
import { isIngestOpen } from './addresses.ts'
import type { Config } from './settings.ts'
import { root } from './version.ts'

const stop_ms = 2_000

/** Answers how to stop it. */
export function startDemo(
  config: Config,
  listeners: Pick<Listeners, 'bound'>,
  log: Logger,
): () => Promise<void> {
  const entry = join(root, 'demo', 'main.ts')
  const addressOf = (wanted: string) => listeners.bound.find(({ name }) => name === wanted)?.address
  const http = addressOf('otlp_http')
  const grpc = addressOf('otlp_grpc')
  const isPlain = config.tls.cert_file === '' && isIngestOpen(config)
  if (!isPlain || http === undefined || !existsSync(entry)) {
    const expected = 'open ingest: listen.otlp_http on loopback, without TLS'
    throw new Fault('config_invalid', { key: 'demo', expected, got: 'another' })
  }
  const args = ['--otlp', `http://${http}`, ...(grpc === undefined ? [] : ['--grpc', grpc])]
  const child = fork(entry, args, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  let isStopping = false
  const ended = once(child, 'exit').then(([code, signal]) => {
    if (!isStopping) log.warn({ code, signal }, 'the demo shop ended')
  })
  return async () => {
    isStopping = true
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), stop_ms)
    await ended
    clearTimeout(timer)
  }
}
