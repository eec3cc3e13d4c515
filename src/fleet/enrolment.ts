/**
 * How agents come in: with an enrolment token, or with the ServiceAccount token of their pod. Each
 * gets a key of its own; a second enrolment of the same agent gets a new key and stays one agent.
 */
import { timingSafeEqual } from 'node:crypto'
import { Fault } from '../model/faults.ts'
import type { Enrol, Enrolled } from '../model/fleet.ts'
import { findAgentByEnrolment } from '../state/agents.ts'
import {
  addEnrolmentToken,
  type EnrolmentToken,
  findEnrolmentToken,
  listEnrolmentTokens,
  revokeEnrolmentToken,
  spendEnrolmentToken,
} from '../state/enrolment-tokens.ts'
import { type Agent, agentFrom, wait_s_default } from './agent.ts'
import type { FleetContext } from './context.ts'
import type { PolicyBook } from './policy-book.ts'
import type { Roster } from './roster.ts'

/** A pod that Kubernetes vouches for. */
export type Vouched = { node: string }
export type Trust = {
  /** Throws enrolment_refused with the reason. */
  review: (token: string) => Promise<Vouched>
  /** The name of the cluster that vouches; empty: the agent says. */
  cluster: string
  policy_id: string
}

export type NewToken = {
  name: string
  policy_id: string
  cluster: string
  expires_ms: number | null
  uses_max: number | null
}

const reviews_max = 32
const refusals_max = 20
const tokenShape = /^cn_enrol_([a-z2-7]{12})_[A-Za-z0-9_-]{43}$/
const jwtShape = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** Somebody was turned away: who waits for an agent reads here why it does not come. */
export type Refusal = { time_ms: number; address: string; says: string }

type Place = { cluster: string; node: string; policy_id: string; token_id?: string }

export class Enrolment {
  readonly #context: FleetContext & { trust?: Trust | undefined }
  readonly #book: PolicyBook
  readonly #roster: Roster
  readonly #admit: () => void
  #reviews = 0
  #refusals: Refusal[] = []

  constructor(
    context: FleetContext & { trust?: Trust | undefined },
    needs: { book: PolicyBook; roster: Roster; admit: () => void },
  ) {
    this.#context = context
    this.#book = needs.book
    this.#roster = needs.roster
    this.#admit = needs.admit
  }

  async enrol(bearer: string | undefined, asked: Enrol): Promise<Enrolled> {
    const place = await this.#placeOf(bearer, asked)
    // Only who may come in takes room from those who check in.
    this.#admit()
    const { db, secrets, now_ms } = this.#context
    const row = await findAgentByEnrolment(db, asked.enrolment_id)
    const before = row === undefined ? undefined : agentFrom(row)
    const isGone = before?.unenrolled_ms !== undefined
    if (before !== undefined && !isGone && before.cluster !== place.cluster) {
      throw refused('this agent belongs to another cluster')
    }
    // Enrolling again costs no use: the answer to the first time may have been lost.
    const isNew = before === undefined || isGone
    if (isNew && place.token_id !== undefined) {
      const isLeft = await spendEnrolmentToken(db, place.token_id, now_ms())
      if (!isLeft) throw refused('the enrolment token has been used up')
    }
    const id = before?.id ?? secrets.newId()
    const agent_key = `cn_agent_${id}_${secrets.newSecret()}`
    const agent = agentOf(id, asked, place, now_ms())
    agent.key_hash = Buffer.from(secrets.hashSecret(agent_key), 'hex')
    if (before !== undefined && !isNew) {
      agent.policy_id = before.policy_id
      agent.tags = [...new Set([...before.tags, ...agent.tags])]
    }
    // The same agent was enrolled at this very moment, by a request that it has given up.
    if (!(await this.#roster.put(agent))) throw new Fault('fleet_busy', { retry_after_s: 1 })
    const { policy_id, cluster, node, kind } = agent
    this.#context.log.info({ agent_id: id, kind, cluster, node }, 'an agent enrolled')
    return { agent_id: id, agent_key, cluster, policy_id }
  }

  async #placeOf(bearer: string | undefined, asked: Enrol): Promise<Place> {
    if (bearer === undefined) {
      throw new Fault('agent_unauthenticated', { expected: 'an enrolment token', got: 'nothing' })
    }
    const { trust } = this.#context
    if (jwtShape.test(bearer)) {
      if (trust === undefined) throw refused('this server trusts no cluster’s ServiceAccounts')
      const { node } = await this.#review(trust, bearer)
      return { cluster: trust.cluster || asked.cluster, node, policy_id: trust.policy_id }
    }
    const token_id = tokenShape.exec(bearer)?.[1]
    const row = token_id && (await findEnrolmentToken(this.#context.db, token_id))
    if (!row || !isEqual(row.secret_hash, this.#context.secrets.hashSecret(bearer))) {
      const got = 'a token that is not valid'
      throw new Fault('agent_unauthenticated', { expected: 'an enrolment token', got })
    }
    if (row.revoked_ms !== null) throw refused('the enrolment token has been revoked')
    if (row.expires_ms !== null && row.expires_ms <= this.#context.now_ms()) {
      throw refused('the enrolment token has expired')
    }
    if (this.#book.find(row.policy_id) === undefined) throw refused('its policy has been removed')
    const { cluster, policy_id, id } = row
    return { cluster: cluster || asked.cluster, node: '', policy_id, token_id: id }
  }

  /** Newest first. */
  refusals(): readonly Refusal[] {
    return this.#refusals
  }

  noteRefusal(address: string, says: string): void {
    const refusal = { time_ms: this.#context.now_ms(), address, says }
    this.#refusals = [refusal, ...this.#refusals].slice(0, refusals_max)
  }

  /** Each is a request to Kubernetes that anybody can cause: few at a time. */
  async #review(trust: Trust, bearer: string): Promise<Vouched> {
    if (this.#reviews >= reviews_max) throw new Fault('fleet_busy', { retry_after_s: 2 })
    this.#reviews++
    try {
      return await trust.review(bearer)
    } finally {
      this.#reviews--
    }
  }

  list(): Promise<EnrolmentToken[]> {
    return listEnrolmentTokens(this.#context.db)
  }

  /** The token itself is in this answer and nowhere else. */
  async create(
    asked: NewToken,
    author: string,
  ): Promise<{ id: string; token: string; created_ms: number }> {
    this.#book.get(asked.policy_id)
    const { db, secrets, now_ms } = this.#context
    const id = secrets.newId()
    const token = `cn_enrol_${id}_${secrets.newSecret()}`
    const created_ms = now_ms()
    await addEnrolmentToken(db, {
      ...asked,
      id,
      secret_hash: secrets.hashSecret(token),
      created_ms,
      created_by: author,
      uses: 0,
      revoked_ms: null,
    })
    return { id, token, created_ms }
  }

  async revoke(id: string): Promise<void> {
    const isKnown = await revokeEnrolmentToken(this.#context.db, id, this.#context.now_ms())
    if (!isKnown) throw new Fault('not_found', { path: `/api/fleet/tokens/${id}` })
  }
}

function agentOf(id: string, asked: Enrol, place: Place, now_ms: number): Agent {
  return {
    ...asked,
    id,
    cluster: place.cluster,
    node: place.node || asked.node,
    policy_id: place.policy_id,
    key_hash: Buffer.alloc(0),
    state: 'healthy',
    message: '',
    components: [],
    figures: undefined,
    running_policy_id: '',
    revision: 0,
    refused: undefined,
    wait_s: wait_s_default,
    enrolled_ms: now_ms,
    seen_ms: now_ms,
    contact_ms: now_ms,
    data_ms: undefined,
    unenrolled_ms: undefined,
    unenrolled_reason: '',
  }
}

function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one, 'hex'), Buffer.from(other, 'hex'))
}

function refused(reason: string): Fault {
  return new Fault('enrolment_refused', { reason })
}
