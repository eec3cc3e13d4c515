/**
 * Being a member of a fleet: enrols with patience, checks in, leaves when told to, and comes back
 * when it was only forgotten for being away.
 */
import type { Logger } from 'pino'
import type { Checkin } from '../model/fleet.ts'
import { Checkins, type Offered } from './checkin.ts'
import type { AgentConfig } from './config.ts'
import {
  EnrolmentRefused,
  enrolOnce,
  forgetMembership,
  type Identity,
  isMember,
  type Member,
  readIdentity,
} from './enrol.ts'
import { Backoff } from './send/backoff.ts'
import type { Post } from './send/post.ts'
import type { StateDir } from './state-dir.ts'

export type MembershipNeeds = {
  config: AgentConfig
  version: string
  post: Post
  state: StateDir
  log: Logger
  now_ms: () => number
  random: () => number
  tell: () => Omit<Checkin, 'wait_s' | 'version'>
  onMember: (member: Member) => void
  onHeard: (revision: number) => void
  onPolicy: (policy: Offered) => Promise<void>
  /** A person took the agent out of the fleet. */
  onUnenrolled: () => Promise<void>
}

/** Who was in contact so lately and is told to leave was taken out by a person. */
const lately_ms = 10 * 60_000

export class Membership {
  readonly #needs: MembershipNeeds
  readonly #stopping = Promise.withResolvers<void>()
  #isStopping = false
  #identity: Identity | undefined
  #checkins: Checkins | undefined
  #problem = ''

  constructor(needs: MembershipNeeds) {
    this.#needs = needs
  }

  key(): string | undefined {
    return this.#identity?.agent_key
  }

  /** Empty while all is well. */
  problem(): string {
    return this.#problem || this.#checkins?.problem || ''
  }

  /** Resolves once there is a key; at once when there is one from before. */
  async start(): Promise<void> {
    const identity = await readIdentity(this.#needs.state)
    this.#identity = identity
    if (identity.isUnenrolled) {
      this.#problem = 'The agent was taken out of the fleet: remove its state to enrol it again.'
      this.#needs.log.error(this.#problem)
      return this.#needs.onUnenrolled()
    }
    if (isMember(identity)) this.#needs.onMember(identity)
    else await this.#enrol(identity)
    if (!this.#isStopping) this.#checkIn()
  }

  news(): void {
    this.#checkins?.news()
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    this.#stopping.resolve()
    await this.#checkins?.stop()
  }

  #checkIn(): void {
    const { version, config, tell, onHeard } = this.#needs
    this.#checkins = new Checkins({
      ...this.#needs,
      wait_s: config.checkin_wait_s,
      member: () => this.#identity as Member,
      tell: () => ({ ...tell(), version }),
      onHeard: ({ revision }) => onHeard(revision),
      onUnenrolled: () => this.#leave(),
      onKeyRefused: () => this.#enrol({ enrolment_id: this.#identity!.enrolment_id }, 1),
    })
    this.#checkins.start()
  }

  /** Until it succeeds, or for so many tries. */
  async #enrol(identity: Identity, tries = Number.POSITIVE_INFINITY): Promise<void> {
    const { log, onMember } = this.#needs
    const backoff = new Backoff({ first_ms: 1_000, most_ms: 60_000, ...this.#needs })
    for (let at = 0; at < tries && !this.#isStopping; at++) {
      try {
        const member = await enrolOnce(identity, this.#needs)
        this.#identity = member
        this.#problem = ''
        log.info({ agent_id: member.agent_id, cluster: member.cluster }, 'enrolled')
        return onMember(member)
      } catch (error) {
        const why = (error as Error).message
        const says = error instanceof EnrolmentRefused ? 'Enrolment was refused' : 'Not enrolled'
        const problem = `${says}: ${why}`
        if (this.#problem !== problem) log.warn(problem)
        this.#problem = problem
        backoff.failed()
        if (at + 1 < tries) await sleepOr(backoff.left_ms(), this.#stopping.promise)
      }
    }
  }

  /** Answers whether to go on. */
  async #leave(): Promise<boolean> {
    const { now_ms, log, state, onUnenrolled } = this.#needs
    const { contact_ms = 0 } = this.#checkins ?? {}
    const { enrolment_id } = this.#identity!
    if (now_ms() - contact_ms > lately_ms) {
      log.warn('the server forgot this agent while it was away: it enrols again')
      await this.#enrol({ enrolment_id }, 1)
      return true
    }
    log.error('this agent was taken out of the fleet: it collects and sends nothing any more')
    this.#problem = 'The agent was taken out of the fleet.'
    await forgetMembership(state, this.#identity!)
    await onUnenrolled()
    return false
  }
}

async function sleepOr(ms: number, event: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([promise, event])
  clearTimeout(timer)
}
