/** Agents, policies and rollouts as screens are told about them: no hashes, no passwords. */
import { integrationPlaces } from '../model/policy.ts'
import type { PolicyRow } from '../state/policies.ts'
import { type Agent, nameOf, statusOf } from './agent.ts'
import type { Fleet } from './fleet.ts'
import { hideSecrets } from './hidden.ts'
import { isOffered, type Rollout } from './rollout.ts'

export function shownAgent(fleet: Fleet, agent: Agent, now_ms: number) {
  const { key_hash: _, enrolment_id: __, ...rest } = agent
  const policy = fleet.book.find(agent.policy_id)
  const meant = policy === undefined ? 0 : fleet.rollouts.meantFor(agent, policy)
  const isCurrent = agent.running_policy_id === agent.policy_id && agent.revision === meant
  return {
    ...rest,
    ...statusOf(agent, now_ms),
    name: nameOf(agent),
    policy_name: policy?.name ?? agent.policy_id,
    meant_revision: meant,
    is_current: isCurrent,
  }
}
export type ShownAgent = ReturnType<typeof shownAgent>

type Sees = (agent: Agent) => boolean

/** Counts those agents that the caller may see. */
export function shownPolicy(fleet: Fleet, policy: PolicyRow, now_ms: number, sees: Sees) {
  const agents = fleet.roster
    .ofPolicy(policy.id)
    .filter((one) => one.unenrolled_ms === undefined && sees(one))
  const counts: Record<string, number> = {}
  for (const agent of agents) {
    const { status } = statusOf(agent, now_ms)
    counts[status] = (counts[status] ?? 0) + 1
  }
  const rollout = fleet.rollouts.get(policy.id)
  return {
    ...policy,
    agents: agents.length,
    statuses: counts,
    rollout: rollout && shownRollout(rollout, agents),
  }
}
export type ShownPolicy = ReturnType<typeof shownPolicy>

/** Where its integrations run: what a person is asked for who adds agents depends on it. */
export async function placesOf(fleet: Fleet, { id, active_revision }: PolicyRow) {
  const { integrations } = await fleet.book.document(id, active_revision)
  return [...new Set(integrations.map(({ type }) => integrationPlaces[type]))]
}

function shownRollout(rollout: Rollout, agents: readonly Agent[]) {
  const { offered: _, trials: __, ...rest } = rollout
  const runs = (agent: Agent) =>
    agent.running_policy_id === rollout.policy_id && agent.revision === rollout.revision
  return {
    ...rest,
    agents: agents.length,
    offered: agents.filter(({ id }) => isOffered(rollout, id)).length,
    running: agents.filter(runs).length,
  }
}

/** One policy with its history, each revision's document without passwords. */
export async function shownPolicyWhole(fleet: Fleet, id: string, now_ms: number, sees: Sees) {
  const policy = fleet.book.get(id)
  const [rows, rollouts] = await Promise.all([fleet.book.revisions(id), fleet.rollouts.history(id)])
  const revisions = rows.map(({ revision, document, author, note, created_ms }) => ({
    revision,
    author,
    note,
    created_ms,
    document: hideSecrets(JSON.parse(document)),
  }))
  const ended = rollouts.map(({ offered: _, ...rest }) => rest)
  return { ...shownPolicy(fleet, policy, now_ms, sees), revisions, rollouts: ended }
}
export type ShownPolicyWhole = Awaited<ReturnType<typeof shownPolicyWhole>>
