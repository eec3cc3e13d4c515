/**
 * The server side of agents: who is enrolled, what each is to run, how they are. Its parts are in
 * the files beside it; HTTP is the server's.
 */
import { timingSafeEqual } from 'node:crypto'
import { Fault } from '../model/faults.ts'
import type { Checkin, CheckinAnswer } from '../model/fleet.ts'
import type { Policy } from '../model/policy.ts'
import { changeAgent } from '../state/agents.ts'
import { type Agent, hear, isOffline } from './agent.ts'
import type { FleetContext } from './context.ts'
import { Enrolment, type Trust } from './enrolment.ts'
import { keepSecrets } from './hidden.ts'
import { type PolicyAbout, PolicyBook } from './policy-book.ts'
import { type PollLimits, Polls, pollLimits } from './polls.ts'
import { noteCheckin, noteHanded, type Pace, pace } from './rollout.ts'
import { Rollouts } from './rollouts.ts'
import { Roster } from './roster.ts'
import { valid } from './validate.ts'

const tick_ms = 250
const refresh_ms = 500
const flush_ms = 2_000
const retire_ms = 10_000
/** Two agents of one node may overlap for this long while a new one starts. */
const overlap_ms = 15_000

export type FleetNeeds = FleetContext & {
  /** Runs again and again; answers how to stop. */
  every: (interval_ms: number, run: () => void) => () => void
  trust?: Trust | undefined
  pace?: Pace
  limits?: PollLimits
}

export async function openFleet(needs: FleetNeeds): Promise<Fleet> {
  const fleet = new Fleet(needs)
  await fleet.open()
  return fleet
}

export class Fleet {
  readonly book: PolicyBook
  readonly rollouts: Rollouts
  readonly roster: Roster
  readonly enrolment: Enrolment
  readonly polls: Polls
  readonly #needs: FleetNeeds
  readonly #handedPolicy = new Map<string, string>()
  #stops: (() => void)[] = []

  constructor(needs: FleetNeeds) {
    this.#needs = needs
    this.book = new PolicyBook(needs)
    this.roster = new Roster(needs)
    this.polls = new Polls({ ...needs, limits: needs.limits ?? pollLimits })
    this.rollouts = new Rollouts(needs, {
      pace: needs.pace ?? pace,
      agentsOf: (policy_id) => this.roster.ofPolicy(policy_id),
      reread: () => this.book.refresh(),
      changed: (policy_id) => this.#wake(policy_id),
    })
    const { book, roster, polls } = this
    this.enrolment = new Enrolment(needs, { book, roster, admit: () => polls.admit() })
  }

  async open(): Promise<void> {
    await this.book.load()
    await this.roster.load()
    await this.rollouts.refresh()
    this.roster.onGone(({ id, unenrolled_ms }) => {
      this.polls.tell(id, unenrolled_ms === undefined ? {} : { unenrolled: true })
    })
    const again = (interval_ms: number, work: () => Promise<void>) => {
      const failed = (err: unknown) =>
        this.#needs.log.warn({ err }, 'the fleet waits for its state')
      this.#stops.push(this.#needs.every(interval_ms, () => void work().catch(failed)))
    }
    again(tick_ms, () => this.tick())
    again(flush_ms, () => this.roster.flush())
    again(retire_ms, () => this.retire())
    if (this.#needs.shared) again(refresh_ms, () => this.refresh())
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) stop()
    this.polls.close()
    await this.roster.flush()
  }

  /** The agent of a key, also one that is unenrolled: it is told so. */
  agentOf(key: string): Agent | undefined {
    const id = keyShape.exec(key)?.[1]
    const agent = id === undefined ? undefined : this.roster.get(id)
    if (agent === undefined) return undefined
    const hash = Buffer.from(this.#needs.secrets.hashSecret(key), 'hex')
    return timingSafeEqual(agent.key_hash, hash) ? agent : undefined
  }

  /** Answers when there is something to do for the agent, or when its time to wait is over. */
  async checkin(agent: Agent, told: Checkin, signal: AbortSignal): Promise<CheckinAnswer> {
    if (agent.unenrolled_ms !== undefined) return { unenrolled: true }
    const handed = this.#handedPolicy.get(agent.id)
    const policy_id = told.policy_id || handed || agent.running_policy_id
    // Revisions are numbered by policy: one that was refused is of the policy it was given.
    const refused = told.refused && {
      ...told.refused,
      policy_id: told.refused.policy_id || handed || agent.policy_id,
    }
    hear(agent, { ...told, policy_id, refused }, this.#needs.now_ms())
    this.roster.heard(agent)
    const rollout = this.rollouts.get(agent.policy_id)
    if (rollout !== undefined) {
      noteCheckin(rollout, agent, this.#needs.now_ms())
      await this.rollouts.look(agent.policy_id)
    }
    if (this.#lacks(agent)) return this.#hand(agent)
    return this.polls.hold(agent.id, told.wait_s * 1_000, signal)
  }

  /** Telemetry came in with the agent's key. */
  noteData(agent: Agent, every_ms: number): void {
    const now_ms = this.#needs.now_ms()
    if (agent.data_ms !== undefined && now_ms - agent.data_ms < every_ms) return
    // The first is written soon, later ones with the next check-in.
    if (agent.data_ms === undefined) this.roster.heard(agent)
    agent.data_ms = now_ms
  }

  /** What it is to run is not what it runs, nor what it tried and refused. */
  #lacks(agent: Agent): boolean {
    const policy = this.book.find(agent.policy_id)
    if (policy === undefined) return false
    const meant = this.rollouts.meantFor(agent, policy)
    const { refused } = agent
    if (refused?.policy_id === policy.id && refused.revision === meant) return false
    return agent.running_policy_id !== policy.id || agent.revision !== meant
  }

  async #hand(agent: Agent): Promise<CheckinAnswer> {
    const policy = this.book.get(agent.policy_id)
    const revision = this.rollouts.meantFor(agent, policy)
    const document = await this.book.document(policy.id, revision)
    const rollout = this.rollouts.get(policy.id)
    if (rollout?.revision === revision) noteHanded(rollout, agent, this.#needs.now_ms())
    this.#handedPolicy.set(agent.id, policy.id)
    return { policy: { policy_id: policy.id, revision, document } }
  }

  /** Tells those who wait what they lack now. */
  async #wake(policy_id: string): Promise<void> {
    const lacking = this.roster
      .ofPolicy(policy_id)
      .filter((agent) => this.polls.isHeld(agent.id) && this.#lacks(agent))
    for (const agent of lacking) {
      const answer = await this.#hand(agent)
      this.polls.tell(agent.id, answer)
    }
  }

  /** Comes round several times a second. */
  async tick(): Promise<void> {
    const now_ms = this.#needs.now_ms()
    for (const id of this.polls.held()) {
      const agent = this.roster.get(id)
      if (agent !== undefined) agent.contact_ms = now_ms
    }
    this.polls.sweep()
    for (const { policy_id } of this.rollouts.all()) await this.rollouts.look(policy_id)
  }

  /** Where several servers share the state: what the others decided, within half a second. */
  async refresh(): Promise<void> {
    await this.book.refresh()
    const policies = new Set(await this.rollouts.refresh())
    for (const agent of await this.roster.refresh()) {
      policies.add(agent.policy_id)
      const rollout = this.rollouts.get(agent.policy_id)
      if (rollout !== undefined) noteCheckin(rollout, agent, this.#needs.now_ms())
    }
    for (const id of policies) await this.#wake(id)
  }

  /** Agents of vanished nodes leave, and those that another one of the same node replaced. */
  async retire(): Promise<void> {
    const now_ms = this.#needs.now_ms()
    const here = this.roster.all().filter((one) => one.unenrolled_ms === undefined)
    for (const agent of here) {
      if (this.polls.isHeld(agent.id)) continue
      const silent_ms = now_ms - agent.contact_ms
      const isReplaced = here.some((other) => replaces(other, agent) && !isOffline(other, now_ms))
      const limit_s = this.book.find(agent.policy_id)?.unenroll_after_s ?? 0
      if (isReplaced && silent_ms > overlap_ms) await this.roster.unenrol(agent, 'replaced')
      else if (limit_s > 0 && silent_ms > limit_s * 1_000) {
        await this.roster.unenrol(agent, 'silent')
      }
    }
    await this.roster.forgetOld()
  }

  /** Throws not_found. */
  agent(id: string): Agent {
    const agent = this.roster.get(id)
    if (agent === undefined) throw new Fault('not_found', { path: `/api/fleet/agents/${id}` })
    return agent
  }

  async movePolicy(agent: Agent, policy_id: string): Promise<void> {
    this.book.get(policy_id)
    const changed_ms = this.#needs.now_ms()
    await changeAgent(this.#needs.db, agent.id, { policy_id, changed_ms })
    agent.policy_id = policy_id
    await this.#wake(policy_id)
  }

  async setTags(agent: Agent, tags: string[]): Promise<void> {
    const changed_ms = this.#needs.now_ms()
    await changeAgent(this.#needs.db, agent.id, { tags: JSON.stringify(tags), changed_ms })
    agent.tags = tags
  }

  async createPolicy(about: PolicyAbout, document: unknown, author: string): Promise<string> {
    return (await this.book.create(about, valid(document), author)).id
  }

  /**
   * A new revision on top of `base`, and its rollout. Dots in place of a password keep it.
   * Answers the revision; the same one when nothing changed.
   */
  async publish(
    policy_id: string,
    base: number,
    document: unknown,
    by: { author: string; note: string },
  ): Promise<number> {
    await this.rollouts.settle(policy_id)
    const row = this.book.get(policy_id)
    const before = await this.book.document(policy_id, base)
    const policy: Policy = keepSecrets(valid(document), before)
    const isSame = JSON.stringify(policy) === JSON.stringify(before)
    if (isSame && base === row.active_revision && base === row.revision) return base
    // What was put back lies above the active one: the next number is after it.
    const isSettled = this.rollouts.get(policy_id) === undefined
    const newest = isSettled && base === row.active_revision ? row.revision : base
    const revision = await this.book.revise(policy_id, newest, policy, by)
    await this.rollouts.start(this.book.get(policy_id), revision)
    return revision
  }

  /** What an earlier revision said, as a new one. */
  async restore(policy_id: string, revision: number, author: string): Promise<number> {
    const document = await this.book.document(policy_id, revision)
    const { revision: newest } = this.book.get(policy_id)
    return this.publish(policy_id, newest, document, { author, note: `as revision ${revision}` })
  }

  /** Throws policy_in_use while agents or tokens need it. */
  async removePolicy(id: string): Promise<void> {
    const policy = this.book.get(id)
    const agents = this.roster.ofPolicy(id).filter((one) => one.unenrolled_ms === undefined)
    const tokens = (await this.enrolment.list()).filter(
      (one) => one.policy_id === id && one.revoked_ms === null,
    )
    if (agents.length > 0 || tokens.length > 0) {
      const details = { name: policy.name, agents: agents.length, tokens: tokens.length }
      throw new Fault('policy_in_use', details)
    }
    await this.book.remove(id)
  }
}

const keyShape = /^cn_agent_([a-z2-7]{12})_[A-Za-z0-9_-]{43}$/

/** A newer one in the same place. */
function replaces(other: Agent, agent: Agent): boolean {
  if (other.id === agent.id || other.enrolled_ms <= agent.enrolled_ms) return false
  if (other.kind !== agent.kind || other.cluster !== agent.cluster) return false
  if (agent.kind === 'cluster') return true
  return agent.kind === 'node' ? other.node === agent.node : other.host === agent.host
}
