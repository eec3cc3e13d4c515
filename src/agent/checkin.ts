/**
 * The long poll to the server: tells how the agent is, and hears at once of a new policy or that it
 * is to leave. What to do about either is its listener's affair.
 */
import type { Logger } from 'pino'
import type { Checkin, CheckinAnswer } from '../model/fleet.ts'
import type { Member } from './enrol.ts'
import { faultText } from './enrol.ts'
import { Backoff, retryAfter_ms } from './send/backoff.ts'
import type { Post } from './send/post.ts'

export type Offered = NonNullable<CheckinAnswer['policy']>

export type CheckinNeeds = {
  post: Post
  member: () => Member
  tell: () => Omit<Checkin, 'wait_s'>
  wait_s: number
  log: Logger
  now_ms: () => number
  random: () => number
  /** The server has heard what was told. */
  onHeard: (told: Omit<Checkin, 'wait_s'>) => void
  /** Resolves when it runs or was put back: only then is the server asked again. */
  onPolicy: (policy: Offered) => Promise<void>
  /** Resolves to whether to go on. */
  onUnenrolled: () => Promise<boolean>
  /** Our key is not known any more; resolves when there may be another. */
  onKeyRefused: (reason: string) => Promise<void>
  first_ms?: number
  most_ms?: number
}

/** News is told at once, but not a flood of it. */
const news_ms_min = 1_000
const held_ms_min = 500

export class Checkins {
  readonly #needs: Required<CheckinNeeds>
  readonly #backoff: Backoff
  #poll = new AbortController()
  #wake = Promise.withResolvers<void>()
  #isStopping = false
  #asked_ms = 0
  #offered: string | undefined
  #running: Promise<void> | undefined
  /** Empty while the server answers. */
  problem = ''
  /** When the server last answered as to a member. */
  contact_ms: number | undefined

  constructor(needs: CheckinNeeds) {
    this.#needs = { first_ms: 1_000, most_ms: 60_000, ...needs }
    this.#backoff = new Backoff(this.#needs)
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Something changed that the server should know now. */
  news(): void {
    const since_ms = this.#sinceAsked_ms()
    if (since_ms >= news_ms_min) this.#poll.abort()
    else setTimeout(() => this.#poll.abort(), news_ms_min - since_ms).unref()
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    this.#poll.abort()
    this.#wake.resolve()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#poll = new AbortController()
      const { signal } = this.#poll
      try {
        await this.#once(signal)
      } catch (error) {
        if (!signal.aborted) this.#failed((error as Error).message)
      }
      const wait_ms = this.#backoff.left_ms()
      if (wait_ms > 0 && !this.#isStopping) await this.#sleep(wait_ms)
    }
  }

  async #once(signal: AbortSignal): Promise<void> {
    const { post, member, tell, random, onHeard } = this.#needs
    const told = tell()
    // Not everybody's poll ends at the same moment. After a failure the first answer is not waited
    // for: it says that all is well again, and the next one tells so.
    const most_s = this.problem === '' ? this.#needs.wait_s : 0
    const wait_s = Math.floor(most_s * (0.8 + 0.2 * random()))
    const { agent_id, agent_key } = member()
    this.#asked_ms = this.#needs.now_ms()
    const answer = await post(
      `/api/fleet/agents/${agent_id}/checkin`,
      { 'content-type': 'application/json', authorization: `Bearer ${agent_key}` },
      Buffer.from(JSON.stringify({ ...told, wait_s })),
      { timeout_ms: (wait_s + 15) * 1000, signal },
    )
    const { status, headers, body } = answer
    if (status === 200) {
      const said = JSON.parse(body.toString()) as CheckinAnswer
      this.problem = ''
      this.#backoff.succeeded()
      onHeard(told)
      return this.#take(said)
    }
    const said = `${status} ${faultText(body)}`
    if (status !== 401) return this.#failed(said, retryAfter_ms(headers['retry-after'], Date.now()))
    this.#failed(said)
    await this.#needs.onKeyRefused(said)
  }

  async #take({ policy, unenrolled }: CheckinAnswer): Promise<void> {
    const { onPolicy, onUnenrolled, wait_s, now_ms } = this.#needs
    // A poll that was held open is contact too.
    const took_ms = this.#sinceAsked_ms()
    if (unenrolled !== true || took_ms >= held_ms_min) this.contact_ms = now_ms()
    if (unenrolled === true) {
      this.#backoff.failed()
      this.#isStopping = !(await onUnenrolled())
      return
    }
    const offered = policy && `${policy.policy_id} ${policy.revision}`
    const isNew = offered !== undefined && offered !== this.#offered
    this.#offered = offered
    if (policy !== undefined) await onPolicy(policy)
    // A server that answers at once, again and again, is not asked in a tight circle.
    if (!isNew && wait_s > 0 && took_ms < news_ms_min) await this.#sleep(news_ms_min - took_ms)
  }

  /** Never negative: clocks are set. */
  #sinceAsked_ms(): number {
    return Math.max(0, this.#needs.now_ms() - this.#asked_ms)
  }

  #failed(problem: string, retry_after_ms?: number): void {
    if (this.problem === '') this.#needs.log.warn({ problem }, 'the server cannot be asked')
    this.problem = problem
    this.#backoff.failed(retry_after_ms === undefined ? {} : { retry_after_ms })
  }

  async #sleep(ms: number): Promise<void> {
    this.#wake = Promise.withResolvers()
    const timer = setTimeout(this.#wake.resolve, ms)
    await this.#wake.promise
    clearTimeout(timer)
  }
}
