/**
 * Judges a rollout: who gets the new revision first, when more may have it, and when it must be put
 * back. Pure: it is given what agents told and the time, and answers what to do.
 */
import type { RolloutRow } from '../state/fleet-rollouts.ts'
import { type Agent, isOffline, nameOf } from './agent.ts'

export type Pace = {
  /** How long the first agents, then a tenth, run it well before more get it. */
  first_ms: number
  tenth_ms: number
  /** Everybody has it, and it still may be put back. */
  probation_ms: number
  /** Who took it is heard of again within this time. */
  answer_ms: number
}
export const pace: Pace = {
  first_ms: 1_500,
  tenth_ms: 2_000,
  probation_ms: 60_000,
  answer_ms: 30_000,
}

/** 0: the first of each kind. 1: a tenth. 2: all. */
export const stage_last = 2
const small_fleet_max = 5
const tenth = 0.1
/** Taken and come back without it, again and again: it does not survive the revision. */
const handed_max = 3
/** When all have it, some nodes go by themselves. */
const silent_share_max = 0.05

/** What this server saw of one agent during one rollout. */
export type Trial = {
  handed: number
  handed_ms?: number
  /** Since when it runs it without failing. */
  well_ms?: number
  /** It failed before it was given the revision: that is no judgement. */
  was_failed?: boolean
}

export type Rollout = Omit<RolloutRow, 'offered'> & {
  offered: Set<string>
  trials: Map<string, Trial>
}

export type Verdict =
  | { act: 'wait' }
  | { act: 'advance'; stage: number; offered: string[] }
  | { act: 'put_back'; reason: string }
  | { act: 'finish' }

/** Whether the agent is to have the new revision by now. */
export function isOffered(rollout: Rollout, agent_id: string): boolean {
  return rollout.stage >= stage_last || rollout.offered.has(agent_id)
}

/** The first to try: one of each kind that is in touch and well, best those that changed last. */
export function firstOffered(agents: readonly Agent[], now_ms: number, active: number): string[] {
  const first = new Map<string, string>()
  for (const agent of inOrder(agents, now_ms, active)) {
    if (!first.has(agent.kind)) first.set(agent.kind, agent.id)
  }
  return [...first.values()]
}

function inOrder(agents: readonly Agent[], now_ms: number, active: number): Agent[] {
  const place = (agent: Agent) =>
    (agent.state === 'failed' ? 2 : 0) + (agent.revision === active ? 1 : 0)
  return agents
    .filter((agent) => agent.unenrolled_ms === undefined && !isOffline(agent, now_ms))
    .sort((one, other) => place(one) - place(other) || (one.id < other.id ? -1 : 1))
}

type Judged = { agents: readonly Agent[]; now_ms: number; pace: Pace }

/** `agents`: all of this policy. */
export function judge(rollout: Rollout, { agents, now_ms, pace }: Judged): Verdict {
  const there = agents.filter((agent) => agent.unenrolled_ms === undefined)
  const asked = there.filter(({ id }) => isOffered(rollout, id))
  const looks = asked.map((agent) => ({ agent, look: lookAt(agent, rollout, now_ms, pace) }))
  const broken = looks.find(({ look }) => look.is === 'broken')
  if (broken?.look.is === 'broken') return { act: 'put_back', reason: broken.look.reason }
  const silent = looks.filter(({ look }) => look.is === 'silent')
  const silent_max = rollout.stage < stage_last ? 0 : Math.max(1, silent_share_max * there.length)
  if (silent.length > silent_max) {
    return { act: 'put_back', reason: silentReason(silent[0]!.agent, rollout, silent.length) }
  }
  if (rollout.state === 'paused') return { act: 'wait' }
  const passed_ms = now_ms - rollout.stage_ms
  if (rollout.stage >= stage_last) {
    return { act: passed_ms >= pace.probation_ms ? 'finish' : 'wait' }
  }
  const enough_ms = rollout.stage === 0 ? pace.first_ms : pace.tenth_ms
  const isWell = ({ look }: (typeof looks)[number]) =>
    look.is === 'well' && now_ms - look.since_ms >= enough_ms
  // Who went away before it was asked says nothing; nobody waits for it for ever.
  const isAway = ({ look }: (typeof looks)[number]) =>
    look.is === 'unasked' && passed_ms > pace.answer_ms
  if (!looks.every((one) => isWell(one) || isAway(one))) return { act: 'wait' }
  return further(rollout, there, now_ms)
}

function further(rollout: Rollout, there: readonly Agent[], now_ms: number): Verdict {
  const online = inOrder(there, now_ms, rollout.previous_revision)
  if (rollout.stage > 0 || online.length <= small_fleet_max) {
    return { act: 'advance', stage: stage_last, offered: [] }
  }
  const wanted = Math.ceil(online.length * tenth)
  const others = online.filter(({ id }) => !rollout.offered.has(id)).map(({ id }) => id)
  const more = others.slice(0, Math.max(1, wanted - rollout.offered.size))
  return { act: 'advance', stage: 1, offered: [...rollout.offered, ...more] }
}

/** All who are in touch run it, and none of them fails. */
export function isEverywhere(rollout: Rollout, agents: readonly Agent[], now_ms: number): boolean {
  if (rollout.state !== 'running' || rollout.stage < stage_last) return false
  return agents
    .filter((agent) => agent.unenrolled_ms === undefined && !isOffline(agent, now_ms))
    .every((agent) => runs(agent, rollout) && agent.state !== 'failed')
}

function runs(agent: Agent, { revision, policy_id }: Rollout): boolean {
  return agent.revision === revision && agent.running_policy_id === policy_id
}

type Look =
  | { is: 'well'; since_ms: number }
  | { is: 'unasked' | 'waiting' | 'silent' }
  | { is: 'broken'; reason: string }

function lookAt(agent: Agent, rollout: Rollout, now_ms: number, pace: Pace): Look {
  const trial = rollout.trials.get(agent.id)
  const { revision, policy_id } = rollout
  if (agent.refused?.revision === revision && agent.refused.policy_id === policy_id) {
    return { is: 'broken', reason: `${nameOf(agent)} refused it: ${agent.refused.reason}` }
  }
  const isQuiet = now_ms - agent.contact_ms > pace.answer_ms
  if (runs(agent, rollout)) {
    if (agent.state === 'failed' && trial?.was_failed !== true) {
      return { is: 'broken', reason: `${nameOf(agent)} fails with it: ${agent.message}` }
    }
    if (isQuiet) return { is: 'silent' }
    return { is: 'well', since_ms: trial?.well_ms ?? now_ms }
  }
  if (trial?.handed_ms === undefined) return { is: 'unasked' }
  if (trial.handed > handed_max) {
    return { is: 'broken', reason: `${nameOf(agent)} came back without it ${trial.handed} times` }
  }
  return { is: now_ms - trial.handed_ms > pace.answer_ms && isQuiet ? 'silent' : 'waiting' }
}

function silentReason(agent: Agent, { revision }: Rollout, count: number): string {
  const others = count === 1 ? '' : ` (and ${count - 1} more)`
  return `${nameOf(agent)}${others} took revision ${revision} and was not heard of since`
}

/** To be told at each check-in of an agent of this policy. */
export function noteCheckin(rollout: Rollout, agent: Agent, now_ms: number): void {
  const runsIt = runs(agent, rollout)
  const trial = rollout.trials.get(agent.id) ?? { handed: 0 }
  if (!runsIt) delete trial.well_ms
  else if (agent.state !== 'failed') trial.well_ms ??= now_ms
  if (runsIt || trial.handed > 0) rollout.trials.set(agent.id, trial)
}

/** To be told when the agent is given the revision. */
export function noteHanded(rollout: Rollout, agent: Agent, now_ms: number): void {
  const trial = rollout.trials.get(agent.id) ?? { handed: 0 }
  trial.was_failed ??= agent.state === 'failed'
  trial.handed++
  trial.handed_ms = now_ms
  rollout.trials.set(agent.id, trial)
}

export function rolloutFrom(row: RolloutRow): Rollout {
  return { ...row, offered: new Set(JSON.parse(row.offered) as string[]), trials: new Map() }
}
