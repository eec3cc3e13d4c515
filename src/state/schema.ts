/** The tables of the transactional state, as kysely sees them. Their DDL is in migrations.ts. */
import type { Kysely } from 'kysely'
import type { AgentKind } from '../model/fleet.ts'

export type Role = 'admin' | 'viewer'

export type Tables = {
  users: {
    id: string
    name: string
    role: Role
    password_hash: string
    created_ms: number
  }
  sessions: {
    /** SHA-256 of the id that the cookie holds: a copy of this table opens no session. */
    id_hash: string
    user_id: string
    created_ms: number
    seen_ms: number
  }
  ingest_tokens: {
    id: string
    name: string
    cluster: string
    secret_hash: string
    created_ms: number
    last_used_ms: number | null
    revoked_ms: number | null
  }
  /** Of tools that read: what each may see is the JSON of a Scope. */
  read_tokens: {
    id: string
    name: string
    scope: string
    secret_hash: string
    created_ms: number
    last_used_ms: number | null
    revoked_ms: number | null
  }
  named_objects: {
    kind: string
    name: string
    /** JSON. */
    body: string
    body_bytes: number
    version: number
    updated_ms: number
    updated_by: string
  }
  setup_links: { token_hash: string; expires_ms: number }
  policies: {
    id: string
    name: string
    description: string
    /** An agent that is silent for this long is unenrolled. */
    unenroll_after_s: number
    /** The newest; while it rolls out, or was put back, `active_revision` is an earlier one. */
    revision: number
    active_revision: number
    created_ms: number
    updated_ms: number
    updated_by: string
  }
  policy_revisions: {
    policy_id: string
    revision: number
    /** JSON of model/policy.ts. */
    document: string
    author: string
    note: string
    created_ms: number
  }
  agents: {
    id: string
    enrolment_id: string
    kind: AgentKind
    cluster: string
    node: string
    host: string
    version: string
    /** JSON, as are about, components and figures. */
    tags: string
    about: string
    policy_id: string
    key_hash: string
    state: string
    message: string
    components: string
    figures: string
    /** What the agent runs: of this policy, this revision. */
    running_policy_id: string
    revision: number
    refused_revision: number | null
    refused_reason: string
    wait_s: number
    enrolled_ms: number
    seen_ms: number
    /** When telemetry last came in with the agent's key. */
    data_ms: number | null
    unenrolled_ms: number | null
    unenrolled_reason: string
    /** When any server last wrote the row: how the others find what is new. */
    changed_ms: number
  }
  enrolment_tokens: {
    id: string
    name: string
    policy_id: string
    /** Empty: the agent says which cluster it is of. */
    cluster: string
    secret_hash: string
    created_ms: number
    created_by: string
    expires_ms: number | null
    uses_max: number | null
    uses: number
    revoked_ms: number | null
  }
  rollouts: {
    id: string
    policy_id: string
    revision: number
    previous_revision: number
    state: RolloutState
    stage: number
    /** JSON: ids of the agents that are tried first. */
    offered: string
    reason: string
    started_ms: number
    stage_ms: number
    ended_ms: number | null
  }
  dashboards: {
    id: string
    /** JSON, as of every version. */
    document: string
    version: number
    created_ms: number
    updated_ms: number
    updated_by: string
  }
  dashboard_versions: {
    dashboard_id: string
    version: number
    document: string
    author: string
    note: string
    created_ms: number
  }
  /** Also of dashboards that are files. */
  dashboard_stars: { user_id: string; dashboard_id: string }
}

export const rolloutStates = ['running', 'paused', 'done', 'rolled_back', 'superseded'] as const
export type RolloutState = (typeof rolloutStates)[number]

export type Database = Kysely<Tables>
