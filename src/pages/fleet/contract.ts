/**
 * What the fleet's pages are told: agents, policies and tokens over /api/fleet, and the question
 * what of nodes and workloads is arriving and what is not.
 */
import { z } from 'zod'
import type { Checkin, Component } from '../../model/fleet.ts'
import type { CoverageState } from '../../model/kubernetes.ts'
import type { Policy } from '../../model/policy.ts'
import { question, rangeAsk } from '../../model/question.ts'

export const agentStatuses = ['healthy', 'degraded', 'failed', 'offline', 'unenrolled'] as const
export type AgentStatus = (typeof agentStatuses)[number]

export type AgentShown = {
  id: string
  kind: 'node' | 'cluster' | 'host'
  name: string
  cluster: string
  node: string
  host: string
  version: string
  tags: string[]
  about: Record<string, string>
  status: AgentStatus
  /** The sentence that says why; empty when healthy. */
  reason: string
  components: Component[]
  figures?: Checkin['figures'] & { records_per_s?: number }
  policy_id: string
  policy_name: string
  revision: number
  meant_revision: number
  is_current: boolean
  refused?: { revision: number; policy_id: string; reason: string }
  enrolled_ms: number
  /** The last moment it was in touch: now, while a check-in is held. */
  contact_ms: number
  data_ms?: number
  unenrolled_ms?: number
  unenrolled_reason: string
}
export type AgentsAnswer = {
  agents: AgentShown[]
  policies: { id: string; name: string }[]
  /** Enrolments that were turned away, newest first; for administrators. */
  refusals: { time_ms: number; address: string; says: string }[]
  /** The server's own. */
  version: string
  now_ms: number
}

export type RolloutState = 'running' | 'paused' | 'done' | 'rolled_back' | 'superseded'
export type RolloutShown = {
  id: string
  revision: number
  previous_revision: number
  state: RolloutState
  stage: number
  reason: string
  started_ms: number
  stage_ms: number
  ended_ms: number | null
}
export type GoingRollout = RolloutShown & { agents: number; offered: number; running: number }

export type PolicyShown = {
  id: string
  name: string
  description: string
  unenroll_after_s: number
  revision: number
  active_revision: number
  created_ms: number
  updated_ms: number
  updated_by: string
  agents: number
  statuses: Partial<Record<AgentStatus, number>>
  /** Where its integrations run; in the list of policies only. */
  places?: AgentShown['kind'][]
  rollout?: GoingRollout
}
export type RevisionShown = {
  revision: number
  author: string
  note: string
  created_ms: number
  document: Policy
}
export type PolicyWhole = PolicyShown & { revisions: RevisionShown[]; rollouts: RolloutShown[] }

export type EnrolmentTokenShown = {
  id: string
  name: string
  policy_id: string
  policy_name: string
  cluster: string
  created_ms: number
  created_by: string
  expires_ms: number | null
  uses_max: number | null
  uses: number
  revoked_ms: number | null
}

export type Reach = {
  address: string
  ingest: string
  is_loopback: { ui: boolean; ingest: boolean }
  is_ingest_off: boolean
}
export type Commands = { helm: string; yaml: string; host: string }

/** The newest word of every source on every node and workload. */
export type Coverage = {
  cluster: string[]
  node: string[]
  namespace: string[]
  workload: string[]
  pod: string[]
  agent_id: string[]
  source: string[]
  signal: string[]
  state: CoverageState[]
  reason: string[]
  detail: string[]
  lag_s: number[]
  dropped: number[]
  time_ms: number[]
  total: number
}
export const fleetCoverage = question<Coverage>()(
  'fleet.coverage',
  z.strictObject({ ...rangeAsk, agent_id: z.string().max(64).optional() }),
)
