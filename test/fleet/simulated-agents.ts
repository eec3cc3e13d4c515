/**
 * For tests: a server with its fleet on a real port, and agents that are only their manners: they
 * enrol, poll, take, refuse or fail policies, and come back when they are told to.
 */

import { Agent as Connections, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import type { Trust } from '../../src/fleet/enrolment.ts'
import { type Fleet, openFleet } from '../../src/fleet/fleet.ts'
import { type PollLimits, pollLimits } from '../../src/fleet/polls.ts'
import { type Pace, pace } from '../../src/fleet/rollout.ts'
import { systemClock } from '../../src/ingest/clock.ts'
import type { Checkin, CheckinAnswer, Enrol, Enrolled } from '../../src/model/fleet.ts'
import type { Policy } from '../../src/model/policy.ts'
import { openIngestTokens } from '../../src/server/auth/ingest-tokens.ts'
import { Readers } from '../../src/server/auth/readers.ts'
import { hashSecret, newId, newSecret } from '../../src/server/auth/secrets.ts'
import { readConfig } from '../../src/server/config.ts'
import { createHttp } from '../../src/server/http.ts'
import { createMetrics } from '../../src/server/metrics.ts'
import { openState, type State } from '../../src/state/state.ts'
import type { Store } from '../../src/store/store.ts'
import { partsInMemory } from '../server/parts-fixture.ts'

const log = pino({ level: 'silent' })

export type FleetServer = {
  fleet: Fleet
  app: FastifyInstance
  port: number
  close: () => Promise<void>
}

export async function startFleetServer(
  state: State,
  options: {
    port?: number
    pace?: Partial<Pace>
    limits?: Partial<PollLimits>
    trust?: Trust
  } = {},
): Promise<FleetServer> {
  const { now_ms, every } = systemClock
  const fleet = await openFleet({
    ...{ db: state.db, shared: false, now_ms, every, log, random: Math.random },
    secrets: { hashSecret, newId, newSecret },
    pace: { ...pace, ...options.pace },
    limits: { ...pollLimits, ...options.limits },
    trust: options.trust,
  })
  const tokens = await openIngestTokens(state, { now_ms, every, onError: () => {} })
  const app = await createHttp({
    config: readConfig({ args: [], env: {}, read: () => undefined }),
    ...{ log, now_ms, version: '1', state, tokens, fleet, answerers: [] },
    readers: new Readers(state, { now_ms, isOpen: false, onError: () => {} }),
    parts: partsInMemory(),
    store: {} as Store,
    metrics: createMetrics(),
    serves: () => true,
    health: async () => ({ healthy: true, parts: {} }),
    screens_dir: '/nowhere',
  })
  await app.listen({ port: options.port ?? 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const close = async () => {
    await app.close()
    await fleet.close()
    await tokens.close()
  }
  return { fleet, app, port, close }
}

export function openMemory(): Promise<State> {
  return openState({ url: '', dir: ':memory:' }, systemClock)
}

/** What an agent makes of a policy: nothing bad, or one of the ways in which policies go wrong. */
export type Manner = (
  policy: Policy,
  agent: SimulatedAgent,
) => 'takes' | 'refuses' | 'fails' | 'dies' | 'hangs'

export class SimulatedAgent {
  readonly #port: number
  readonly #token: string
  readonly #manner: Manner
  readonly #connections = new Connections({ keepAlive: true, maxSockets: 1 })
  readonly #asking = new AbortController()
  readonly number: number
  id = ''
  key = ''
  revision = 0
  state: 'healthy' | 'failed' = 'healthy'
  is_unenrolled = false
  took: number[] = []
  checkins_ms: number[] = []
  /** What it enrols as and tells, other than the usual. */
  enrols: Partial<Enrol> = {}
  says: Partial<Checkin> = {}
  /** As long as a real agent waits before it puts a policy back by itself. */
  hangs_ms = 60_000
  #refused: NonNullable<Checkin['refused']> | undefined
  #stopped = false

  constructor(number: number, port: number, token: string, manner: Manner) {
    this.number = number
    this.#port = port
    this.#token = token
    this.#manner = manner
  }

  async enrol(): Promise<void> {
    const asked = {
      enrolment_id: `simulated-agent-${this.number}`,
      kind: 'node',
      node: `node-${this.number}`,
      host: `node-${this.number}`,
      version: '1',
      ...this.enrols,
    }
    const { agent_id, agent_key } = await this.#insist<Enrolled>('enroll', this.#token, asked)
    this.id = agent_id
    this.key = agent_key
  }

  async run(): Promise<void> {
    while (!this.#stopped && !this.is_unenrolled) {
      this.checkins_ms.push(Date.now())
      const told = {
        state: this.state,
        message: this.state === 'failed' ? 'it does not start' : '',
        revision: this.revision,
        ...(this.#refused && { refused: this.#refused }),
        version: '1',
        figures,
        wait_s: 60,
        ...this.says,
      }
      const path = `agents/${this.id}/checkin`
      const answer = await this.#insist<CheckinAnswer>(path, this.key, told)
      if (answer?.unenrolled === true) this.is_unenrolled = true
      if (answer?.policy !== undefined) await this.#apply(answer.policy)
    }
  }

  async #apply({
    policy_id,
    revision,
    document,
  }: NonNullable<CheckinAnswer['policy']>): Promise<void> {
    const what = this.#manner(document as Policy, this)
    this.took.push(revision)
    if (what === 'refuses') {
      this.#refused = { revision, policy_id, reason: 'a pattern cannot be read' }
    } else if (what === 'hangs') {
      // Takes it and is not heard of, until its own probation puts it back.
      await this.#pause(this.hangs_ms)
      this.#refused = { revision, policy_id, reason: 'the server did not hear from the agent' }
    } else if (what === 'dies') {
      // Killed by the policy: it starts again with what it ran before.
      await this.#pause(1_500)
    } else {
      this.revision = revision
      this.state = what === 'fails' ? 'failed' : 'healthy'
    }
  }

  stop(): void {
    this.#stopped = true
    this.#asking.abort()
    this.#connections.destroy()
  }

  /** Asks until there is an answer, as slowly as it is told to. */
  async #insist<Answer>(path: string, bearer: string, body: unknown): Promise<Answer> {
    while (!this.#stopped) {
      try {
        const { status, retry_after_s, answer } = await this.#ask(path, bearer, body)
        if (status === 200) return answer as Answer
        if (status === 401) this.is_unenrolled = true
        if (status < 429) return {} as Answer
        await this.#pause(1_000 * (retry_after_s || 1 + Math.random()))
      } catch {
        await this.#pause(200 + 800 * Math.random())
      }
    }
    return {} as Answer
  }

  #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    this.#asking.signal.addEventListener('abort', () => resolve(), { once: true })
    return promise.finally(() => clearTimeout(timer))
  }

  async #ask(path: string, bearer: string, body: unknown) {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const asked = request({
      ...{ host: '127.0.0.1', port: this.#port, path: `/api/fleet/${path}`, method: 'POST' },
      agent: this.#connections,
      signal: this.#asking.signal,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    })
    asked.on('response', resolve).on('error', reject)
    asked.end(JSON.stringify(body))
    const response = await promise
    let text = ''
    for await (const part of response.setEncoding('utf8')) text += part
    const retry_after_s = Number(response.headers['retry-after'] ?? 0)
    return { status: response.statusCode ?? 0, retry_after_s, answer: JSON.parse(text) as unknown }
  }
}

const figures = {
  memory_bytes: 1,
  cpu_seconds: 1,
  spool_bytes: 0,
  records_sent: 1,
  records_dropped: 0,
  lag_s: 0,
}
