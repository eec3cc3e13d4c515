/**
 * The demo beside the server: a child process with a shop in simulated Kubernetes clusters and the
 * real agents that watch them. It sends to the server and ends with it.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import type { Fleet } from '../fleet/fleet.ts'
import type { Listeners } from '../ingest/listen.ts'
import { Fault } from '../model/faults.ts'
import { defaultPolicy, policySchema } from '../model/policy.ts'
import { isIngestOpen } from './addresses.ts'
import type { Config } from './settings.ts'
import { root } from './version.ts'

const stop_ms = 2_000
const author = 'crowsnest'
const policyName = 'Demo clusters'
const token_ms = 24 * 3_600_000
/** `files`: the shop's lines are in its containers' log files alone, for agents that read them. */
const shop_logs: 'otlp' | 'files' = 'files'

export type DemoNeeds = {
  listeners: Pick<Listeners, 'bound'>
  fleet: Pick<Fleet, 'book' | 'enrolment'>
  /** Where agents enrol; without it there are none. */
  url: string | undefined
  log: Logger
  now_ms: () => number
}

/** Answers how to stop it. */
export async function startDemo(config: Config, needs: DemoNeeds): Promise<() => Promise<void>> {
  const { listeners, log } = needs
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
  args.push(...(await clusterArgs(config, needs)))
  const child = fork(entry, args, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  let isStopping = false
  const ended = once(child, 'exit').then(([code, signal]) => {
    if (!isStopping) log.warn({ code, signal }, 'the demo ended')
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

/** Each cluster's agents get an enrolment token that is good for that cluster alone. */
async function clusterArgs(config: Config, { fleet, url, now_ms }: DemoNeeds): Promise<string[]> {
  const count = config.demo_clusters
  if (count === 0 || url === undefined) return []
  const dir = resolve(config.store.dir, 'demo')
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const policy_id = await demoPolicy(fleet.book)
  // Those of the last start are of no more use: who has enrolled has a key of its own.
  for (const { id, created_by, revoked_ms } of await fleet.enrolment.list()) {
    if (created_by === author && revoked_ms === null) await fleet.enrolment.revoke(id)
  }
  for (let number = 1; number <= count; number++) {
    const cluster = number === 1 ? 'demo' : `demo-${number}`
    const asked = { name: cluster, policy_id, cluster, uses_max: null }
    const expires_ms = now_ms() + token_ms
    const { token } = await fleet.enrolment.create({ ...asked, expires_ms }, author)
    writeFileSync(join(dir, `enrol-${cluster}.token`), token, { mode: 0o600 })
  }
  const places = ['--dir', dir, '--server', url]
  return ['--clusters', String(count), '--logs', shop_logs, ...places]
}

/** All nodes are this machine: only where each has its own address can each have a gateway. */
const gateway = { grpc: '$' + '{node.ip}:4317', http: '$' + '{node.ip}:4318' }
const hasNodeAddresses = process.platform === 'linux'

async function demoPolicy(book: Fleet['book']): Promise<string> {
  const known = book.all().find(({ name }) => name === policyName)
  if (known !== undefined) return known.id
  const { integrations } = defaultPolicy('kubernetes')
  const settings = hasNodeAddresses ? gateway : { grpc: 'off', http: 'off' }
  const policy = policySchema.parse({
    integrations: integrations.map((one) => (one.type === 'otlp' ? { ...one, settings } : one)),
  })
  const description = 'What the agents of the demo collect.'
  const about = { name: policyName, description, unenroll_after_s: 3_600 }
  const { id } = await book.create(about, policy, author)
  return id
}
