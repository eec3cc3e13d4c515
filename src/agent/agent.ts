/**
 * The whole agent: spool, way to the server, policy, fleet, in the order in which they start; it
 * stops in reverse. Leaves settings, the log and signals to main.ts, and what there is to collect
 * to the collectors.
 */
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { AnyCollector } from './collectors.ts'
import type { AgentConfig } from './config.ts'
import { CoverageTeller } from './coverage.ts'
import { Membership } from './membership.ts'
import { Place } from './place.ts'
import { Components } from './policy-components.ts'
import { PolicyRunner } from './policy-runner.ts'
import { createPost, type Post } from './send/post.ts'
import { Sender } from './send/sender.ts'
import { openSpool, type Spool } from './spool/spool.ts'
import { Standalone } from './standalone.ts'
import { StateDir } from './state-dir.ts'
import { statusOf } from './status.ts'

export type AgentNeeds = {
  version: string
  collectors: readonly AnyCollector[]
  log: Logger
  now_ms: () => number
  random: () => number
  /** Every so often; answers how to stop. */
  every: (interval_ms: number, run: () => void) => () => void
  /** For tests: less patience. */
  sender?: { first_ms?: number; most_ms?: number; probe_ms?: number }
  coverage_ms?: number
}

/** Where the key and the policy come from, and who is told how we are: a fleet, or a file. */
export type Allegiance = {
  key(): string | undefined
  /** Empty while all is well. */
  problem(): string
  start(): Promise<void>
  news(): void
  stop(): Promise<void>
}

const judge_ms = 1_000
const status_ms = 5_000
const coverage_every_ms = 30_000
const first_coverage_ms = 5_000
/** Together under the 10 s that a pod or a person waits. */
const stop_ms = { collect: 4_500, send: 3_000 }

export async function startAgent(config: AgentConfig, needs: AgentNeeds): Promise<Agent> {
  const agent = new Agent(config, needs)
  try {
    await agent.start()
    return agent
  } catch (error) {
    await agent.stop()
    throw error
  }
}

export class Agent {
  readonly #config: AgentConfig
  readonly #needs: AgentNeeds
  readonly #stops: (() => unknown)[] = []
  #spool!: Spool
  #sender!: Sender
  #place!: Place
  #components!: Components
  #runner!: PolicyRunner
  #allegiance!: Allegiance

  constructor(config: AgentConfig, needs: AgentNeeds) {
    this.#config = config
    this.#needs = needs
  }

  async start(): Promise<void> {
    const { state_dir, spool_bytes_max, policy } = this.#config
    const { log, every } = this.#needs
    const state = new StateDir(state_dir)
    this.#stops.push(() => state.close())
    const dir = join(state.path, 'spool')
    this.#spool = await openSpool({ dir, bytes_max: spool_bytes_max, log, every })
    this.#stops.push(() => this.#spool.close())
    this.#sender = this.#openSender()
    this.#place = await Place.open({ ...this.#needs, config: this.#config, sink: this.#spool })
    this.#stops.push(() => this.#place.close())
    this.#runner = this.#openRunner(state)
    this.#allegiance = policy === '' ? this.#membership(state) : this.#standalone()
    await this.#runner.start()
    this.#stops.push(() => this.#allegiance.stop())
    void this.#allegiance.start().catch((err) => log.error({ err }, 'the fleet is out of reach'))
    this.#sender.start()
    this.#keepTelling()
  }

  status(): ReturnType<typeof statusOf> {
    const parts = { components: this.#components.told(), spool: this.#spool, sender: this.#sender }
    return statusOf({ ...parts, problem: this.#allegiance.problem() }, this.#needs.now_ms())
  }

  /** Gives what collectors hold to the spool, and what it can of that to the server. */
  async stop(): Promise<void> {
    for (const close of this.#stops.splice(0).reverse()) await close()
  }

  #openSender(): Sender {
    const { ingest: url, ca_file, in_flight_max } = this.#config
    const { log, now_ms, random, sender } = this.#needs
    const way = createPost({ url, ca_file, connections_max: in_flight_max })
    const key = () => this.#allegiance.key()
    const { post } = way
    const spool = this.#spool
    const made = new Sender({ spool, post, key, in_flight_max, log, now_ms, random, ...sender })
    spool.onChunk(() => made.nudge())
    this.#stops.push(async () => {
      await made.drain(() => spool.stats().chunks, stop_ms.send)
      way.close()
    })
    return made
  }

  #openRunner(state: StateDir): PolicyRunner {
    const { collectors, log, now_ms, every } = this.#needs
    const { kind, probation_s, policy } = this.#config
    const start: Place['start'] = (collector, one) => this.#place.start(collector, one)
    this.#components = new Components({ collectors, start, log, now_ms })
    this.#place.integrations = () => this.#components.integrations()
    const runner = new PolicyRunner({
      components: this.#components,
      kind,
      state,
      log,
      now_ms,
      probation_ms: probation_s * 1000,
      needsServer: policy === '',
      onNews: () => this.#allegiance.news(),
    })
    this.#stops.push(() => within(stop_ms.collect, runner.stop()))
    const judge = () => runner.tick().catch((err) => log.error({ err }, 'judging a policy failed'))
    this.#stops.push(every(judge_ms, () => void judge()))
    return runner
  }

  #membership(state: StateDir): Allegiance {
    const { server, ca_file } = this.#config
    const { post, close } = createPost({ url: server, ca_file, connections_max: 2 })
    this.#stops.push(close)
    return new Membership({
      ...this.#needs,
      config: this.#config,
      post: post satisfies Post,
      state,
      tell: () => ({ ...this.status(), ...this.#runner.told() }),
      onMember: ({ agent_id, cluster }) => {
        this.#place.member = { agent_id, cluster }
        this.#sender.keyChanged()
      },
      onHeard: (revision) => this.#runner.heard(revision),
      onPolicy: (offered) => this.#runner.apply(offered),
      onUnenrolled: async () => {
        await this.#runner.stop()
        await this.#sender.stop(0)
      },
    })
  }

  #standalone(): Allegiance {
    const apply = this.#runner.apply.bind(this.#runner)
    return new Standalone({ ...this.#needs, config: this.#config, apply })
  }

  #keepTelling(): void {
    const { now_ms, every, coverage_ms = coverage_every_ms } = this.#needs
    const spool = this.#spool
    const rows = () => this.#components.coverage()
    const { kind, host } = this.#config
    const node = kind === 'cluster' ? '' : this.#config.node || host
    const teller = new CoverageTeller({ rows, node, spool, sink: spool, now_ms })
    this.#stops.push(every(coverage_ms, () => void teller.tell()))
    // Who has just added an agent wants to know what it sees.
    const stopFirst = every(Math.min(first_coverage_ms, coverage_ms), () => {
      stopFirst()
      void teller.tell()
    })
    this.#stops.push(stopFirst)
    let before = ''
    const look = () => {
      const { state, message } = this.status()
      const told = `${state} ${message}`
      if (before !== '' && told !== before) this.#allegiance.news()
      before = told
    }
    this.#stops.push(every(status_ms, look))
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([promise, work])
  clearTimeout(timer)
}
