/**
 * Applies policies and takes back bad ones. A new revision is on probation: when an integration
 * fails, the server does not hear of it, or the process dies of it, the last good one comes back
 * and the reason is told.
 */
import type { Logger } from 'pino'
import type { Checkin, Component } from '../model/fleet.ts'
import { type Policy, policySchema } from '../model/policy.ts'
import type { Offered } from './checkin.ts'
import type { Components } from './policy-components.ts'
import { integrationsFor } from './policy-places.ts'
import type { StateDir } from './state-dir.ts'

type Good = { policy_id: string; revision: number; document: unknown }
type Trying = Good & { starts: number }
type Refused = NonNullable<Checkin['refused']> & { policy_id: string }

export type RunnerNeeds = {
  components: Components
  kind: Parameters<typeof integrationsFor>[1]
  state: Pick<StateDir, 'read' | 'write' | 'remove'>
  log: Logger
  now_ms: () => number
  probation_ms: number
  /** Without Fleet nobody needs to have heard. */
  needsServer: boolean
  /** Something that the server should know now. */
  onNews: () => void
}

const goodFile = 'policy.json'
const tryingFile = 'trying.json'
const refusedFile = 'refused.json'
/** Between two ticks; a clock may tell of more. */
const tick_ms_max = 10_000
/** With nothing to put back a first policy gets more chances: machines are switched off. */
const starts_max = { withGood: 1, without: 3 }

export class PolicyRunner {
  readonly #needs: RunnerNeeds
  #good: Good | undefined
  #running: Good | undefined
  #trial: { since_ms: number; isHeard: boolean; changed: Set<string> } | undefined
  #failing_ms: number | undefined
  #refused: Refused | undefined
  #turn: Promise<void> = Promise.resolve()
  /** Time that was lived through between ticks: clocks are set, and machines sleep. */
  #lived_ms = 0
  #ticked_ms: number | undefined

  constructor(needs: RunnerNeeds) {
    this.#needs = needs
  }

  /** Goes on with what ran before the process ended, unless it ended because of it. */
  async start(): Promise<void> {
    const { state, log } = this.#needs
    this.#good = await state.read<Good>(goodFile)
    this.#refused = await state.read<Refused>(refusedFile)
    const trying = await state.read<Trying>(tryingFile)
    const most = this.#good === undefined ? starts_max.without : starts_max.withGood
    if (trying !== undefined && trying.starts >= most) {
      log.error({ revision: trying.revision }, 'the process ended while it tried a policy')
      await this.#refuse(trying, 'the agent ended while it ran this policy')
    } else if (trying !== undefined) {
      return this.apply(trying, trying.starts)
    }
    if (this.#good !== undefined) await this.#run(this.#good)
  }

  told(): Pick<Checkin, 'revision' | 'policy_id' | 'components'> & {
    refused?: Checkin['refused']
  } {
    const { revision = 0, policy_id = '' } = this.#running ?? {}
    const refused = this.#refused
    return {
      revision,
      policy_id,
      components: this.#needs.components.told(),
      ...(refused && { refused }),
    }
  }

  /** Resolves when it runs on probation, or was put back. One at a time. */
  apply(offered: Good, starts = 0): Promise<void> {
    return this.#inTurn(() => this.#apply(offered, starts))
  }

  /** The server has heard that this revision runs. */
  heard(revision: number): void {
    if (this.#trial !== undefined && revision === this.#running?.revision) {
      this.#trial.isHeard = true
    }
  }

  /** Comes round every second. */
  tick(): Promise<void> {
    return this.#inTurn(() => {
      const now_ms = this.#needs.now_ms()
      const passed_ms = now_ms - (this.#ticked_ms ?? now_ms)
      this.#ticked_ms = now_ms
      this.#lived_ms += Math.min(Math.max(passed_ms, 0), tick_ms_max)
      return this.#judge()
    })
  }

  /** Ended by order, so the next start goes on with the same policy. */
  async stop(): Promise<void> {
    await this.#turn
    await this.#note(this.#needs.state.remove(tryingFile))
    await this.#needs.components.stop()
  }

  /** One that failed does not hold up those after it. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  /** A disk that is full must not keep a policy from running: it is then forgotten on a restart. */
  async #note(work: Promise<void>): Promise<void> {
    await work.catch((error: Error) => {
      this.#needs.log.warn({ error: error.message }, 'the policy could not be written down')
    })
  }

  async #apply(offered: Good, starts: number): Promise<void> {
    const { state, log } = this.#needs
    const { policy_id, revision, document } = offered
    if (isSameRevision(offered, this.#running)) return
    if (isSameRevision(offered, this.#refused)) return
    const parsed = policySchema.safeParse(document)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      return this.#refuse(offered, `${issue?.path.join('.')}: ${issue?.message}`)
    }
    const trying: Trying = { policy_id, revision, document, starts: starts + 1 }
    await this.#note(state.write(tryingFile, trying))
    log.info({ policy_id, revision }, 'a new policy is tried')
    try {
      const changed = await this.#change(parsed.data, this.#good === undefined)
      this.#running = { policy_id, revision, document }
      this.#trial = { since_ms: this.#lived_ms, isHeard: false, changed: new Set(changed) }
      this.#failing_ms = undefined
      this.#needs.onNews()
    } catch (error) {
      await this.#putBack(offered, (error as Error).message)
    }
  }

  #change(policy: Policy, isLenient: boolean): Promise<string[]> {
    const { components, kind } = this.#needs
    return components.change(integrationsFor(policy.integrations, kind), { isLenient })
  }

  async #judge(): Promise<void> {
    const { components, probation_ms, needsServer } = this.#needs
    await components.retry()
    const trial = this.#trial
    const running = this.#running
    if (trial === undefined || running === undefined) return
    const spent_ms = this.#lived_ms - trial.since_ms
    const failed = this.#good && this.#failed(trial.changed)
    if (failed !== undefined) {
      this.#failing_ms ??= this.#lived_ms
      // A hiccup of what is being watched is not the policy's fault; a lasting failure is.
      const isLasting = this.#lived_ms - this.#failing_ms >= probation_ms / 4
      if (isLasting) return this.#putBack(running, `${failed.id}: ${failed.message}`)
    } else this.#failing_ms = undefined
    if (spent_ms < probation_ms || failed !== undefined) return
    if (needsServer && !trial.isHeard && this.#good !== undefined) {
      const s = Math.round(probation_ms / 1000)
      return this.#putBack(running, `the server did not hear from the agent for ${s} s`)
    }
    if (trial.isHeard || !needsServer) await this.#keep(running)
  }

  #failed(changed: ReadonlySet<string>): Component | undefined {
    const told = this.#needs.components.told()
    return told.find(({ id, state }) => state === 'failed' && changed.has(id))
  }

  async #keep(running: Good): Promise<void> {
    const { state, log } = this.#needs
    this.#trial = undefined
    this.#good = running
    this.#refused = undefined
    await this.#note(state.write(goodFile, running))
    await this.#note(state.remove(tryingFile))
    await this.#note(state.remove(refusedFile))
    log.info({ revision: running.revision }, 'the policy is kept')
  }

  async #putBack(bad: Good, reason: string): Promise<void> {
    this.#trial = undefined
    await this.#refuse(bad, reason)
    if (this.#good !== undefined) await this.#run(this.#good)
    this.#needs.onNews()
  }

  /** What is known to be good runs even where a part of it cannot start now. */
  async #run(good: Good): Promise<void> {
    const parsed = policySchema.safeParse(good.document)
    if (!parsed.success) {
      // Kept by an agent of another version: the server gives it again, or a newer one.
      this.#needs.log.error({ revision: good.revision }, 'the policy that was kept cannot be read')
      this.#good = undefined
      return
    }
    await this.#change(parsed.data, true)
    this.#running = good
  }

  async #refuse({ policy_id, revision }: Good, reason: string): Promise<void> {
    const { state, log, onNews } = this.#needs
    this.#refused = { policy_id, revision, reason: reason.slice(0, 2048) }
    log.error({ policy_id, revision, reason }, 'a policy was put back')
    await this.#note(state.write(refusedFile, this.#refused))
    await this.#note(state.remove(tryingFile))
    onNews()
  }
}

function isSameRevision(
  one: Pick<Offered, 'policy_id' | 'revision'>,
  other: Pick<Offered, 'policy_id' | 'revision'> | undefined,
): boolean {
  return one.policy_id === other?.policy_id && one.revision === other.revision
}
