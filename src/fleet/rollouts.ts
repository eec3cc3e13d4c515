/**
 * The rollouts that go on: starts them, moves them as judge() says, ends them. Every step is in the
 * state before it acts, so a server that restarts goes on where it was.
 */
import { Fault } from '../model/faults.ts'
import {
  goingRollouts,
  listRollouts,
  moveRollout,
  type RolloutRow,
  startRollout,
} from '../state/fleet-rollouts.ts'
import type { PolicyRow } from '../state/policies.ts'
import type { Agent } from './agent.ts'
import type { FleetContext } from './context.ts'
import {
  firstOffered,
  isEverywhere,
  isOffered,
  judge,
  type Pace,
  type Rollout,
  rolloutFrom,
  type Verdict,
} from './rollout.ts'

const rollouts_max = 20

type Needs = {
  pace: Pace
  agentsOf: (policy_id: string) => readonly Agent[]
  /** Reads policies again: their active revisions have moved. */
  reread: () => Promise<void>
  /** What agents of this policy are to have has changed. */
  changed: (policy_id: string) => Promise<void>
}

export class Rollouts {
  readonly #context: FleetContext
  readonly #needs: Needs
  #going = new Map<string, Rollout>()
  readonly #judging = new Set<string>()

  constructor(context: FleetContext, needs: Needs) {
    this.#context = context
    this.#needs = needs
  }

  /** Reads what goes on; trials that this server saw stay. Answers the policies that changed. */
  async refresh(): Promise<string[]> {
    const before = this.#going
    const rows = await goingRollouts(this.#context.db)
    this.#going = new Map(
      rows.map((row) => {
        const known = before.get(row.policy_id)
        const trials = known?.id === row.id ? known.trials : new Map()
        return [row.policy_id, { ...rolloutFrom(row), trials }]
      }),
    )
    const all = new Set([...before.keys(), ...this.#going.keys()])
    return [...all].filter((id) => stepOf(before.get(id)) !== stepOf(this.#going.get(id)))
  }

  get(policy_id: string): Rollout | undefined {
    return this.#going.get(policy_id)
  }

  all(): Rollout[] {
    return [...this.#going.values()]
  }

  history(policy_id: string): Promise<RolloutRow[]> {
    return listRollouts(this.#context.db, policy_id, rollouts_max)
  }

  /** The revision that this agent is to have. */
  meantFor(agent: Agent, policy: PolicyRow): number {
    const rollout = this.#going.get(policy.id)
    if (rollout !== undefined && isOffered(rollout, agent.id)) return rollout.revision
    return policy.active_revision
  }

  /**
   * Before a further change: what all run and none fails with counts as good, so that the change
   * that follows is put back to it and not to what was before both.
   */
  async settle(policy_id: string): Promise<void> {
    const rollout = this.#going.get(policy_id)
    const agents = this.#needs.agentsOf(policy_id)
    if (rollout !== undefined && isEverywhere(rollout, agents, this.#context.now_ms())) {
      await this.#end(rollout, 'done', '')
    }
  }

  async start(policy: PolicyRow, revision: number): Promise<void> {
    const { db, now_ms, secrets } = this.#context
    const now = now_ms()
    const offered = firstOffered(this.#needs.agentsOf(policy.id), now, policy.active_revision)
    const row: RolloutRow = {
      id: secrets.newId(),
      policy_id: policy.id,
      revision,
      previous_revision: policy.active_revision,
      state: 'running',
      stage: 0,
      offered: JSON.stringify(offered),
      reason: '',
      started_ms: now,
      stage_ms: now,
      ended_ms: null,
    }
    await startRollout(db, row)
    const rollout = rolloutFrom(row)
    this.#going.set(policy.id, rollout)
    // Nobody is there to try it: it is what agents find when they come.
    if (offered.length === 0) await this.#end(rollout, 'done', '')
    else await this.#needs.changed(policy.id)
  }

  /** Looks at what agents told and does what follows. Never twice at a time for one policy. */
  async look(policy_id: string): Promise<void> {
    const rollout = this.#going.get(policy_id)
    if (rollout === undefined || this.#judging.has(policy_id)) return
    this.#judging.add(policy_id)
    try {
      const agents = this.#needs.agentsOf(policy_id)
      const { pace } = this.#needs
      await this.#do(rollout, judge(rollout, { agents, now_ms: this.#context.now_ms(), pace }))
    } finally {
      this.#judging.delete(policy_id)
    }
  }

  async #do(rollout: Rollout, verdict: Verdict): Promise<void> {
    if (verdict.act === 'put_back') {
      const { policy_id, revision } = rollout
      this.#context.log.warn(
        { policy_id, revision, reason: verdict.reason },
        'a policy is put back',
      )
      return this.#end(rollout, 'rolled_back', verdict.reason)
    }
    if (verdict.act === 'finish') return this.#end(rollout, 'done', '')
    if (verdict.act !== 'advance') return
    const { stage, offered } = verdict
    const stage_ms = this.#context.now_ms()
    const change = { stage, offered: JSON.stringify(offered), stage_ms }
    if (!(await moveRollout(this.#context.db, rollout, change))) return
    Object.assign(rollout, { stage, stage_ms, offered: new Set(offered) })
    await this.#needs.changed(rollout.policy_id)
  }

  async #end(rollout: Rollout, state: 'done' | 'rolled_back', reason: string): Promise<void> {
    const change = { state, reason, ended_ms: this.#context.now_ms() }
    const active = state === 'done' ? rollout.revision : undefined
    if (!(await moveRollout(this.#context.db, rollout, change, active))) return
    // Before it is gone: a check-in in between would be given what was active before.
    await this.#needs.reread()
    if (this.#going.get(rollout.policy_id) === rollout) this.#going.delete(rollout.policy_id)
    await this.#needs.changed(rollout.policy_id)
  }

  /** A person's hand on it. Throws rollout_none when nothing goes on. */
  async steer(policy_id: string, act: 'pause' | 'resume' | 'put_back', by: string): Promise<void> {
    const rollout = this.#going.get(policy_id)
    if (rollout === undefined) throw new Fault('rollout_none', { policy: policy_id })
    if (act === 'put_back') return this.#end(rollout, 'rolled_back', `${by} put it back`)
    const state = act === 'pause' ? 'paused' : 'running'
    const stage_ms = act === 'pause' ? rollout.stage_ms : this.#context.now_ms()
    if (await moveRollout(this.#context.db, rollout, { state, stage_ms })) {
      Object.assign(rollout, { state, stage_ms })
    }
  }
}

function stepOf(rollout: Rollout | undefined): string {
  return rollout === undefined ? '' : `${rollout.id} ${rollout.stage} ${rollout.state}`
}
