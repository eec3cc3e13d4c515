/**
 * An agent as the server knows it: what it enrolled as, what it told last, and how it therefore is.
 * Pure; reading and writing rows is roster.ts.
 */
import {
  type AgentKind,
  agentStates,
  type Checkin,
  type Component,
  checkinSchema,
} from '../model/fleet.ts'
import type { AgentRow } from '../state/agents.ts'

export type Figures = Checkin['figures'] & {
  /** Between the last two check-ins; undefined until there are two. */
  records_per_s?: number | undefined
}

export type Agent = {
  id: string
  enrolment_id: string
  kind: AgentKind
  cluster: string
  node: string
  host: string
  version: string
  tags: string[]
  about: Record<string, string>
  policy_id: string
  key_hash: Buffer
  state: Checkin['state']
  message: string
  components: Component[]
  figures: Figures | undefined
  running_policy_id: string
  revision: number
  /** A revision of that policy that it tried and put back; it goes when it keeps a later one. */
  refused: { revision: number; policy_id: string; reason: string } | undefined
  wait_s: number
  enrolled_ms: number
  /** The begin of its last check-in; its enrolment before the first. */
  seen_ms: number
  /** When it last was in touch: now, while a check-in is held. */
  contact_ms: number
  data_ms: number | undefined
  unenrolled_ms: number | undefined
  unenrolled_reason: string
}

export const statuses = ['healthy', 'degraded', 'failed', 'offline', 'unenrolled'] as const
export type Status = (typeof statuses)[number]

const silent_polls_max = 3
/** Polls may be short in tests and small fleets: a slow minute is no outage. */
const silent_s_min = 30

export function isOffline(agent: Agent, now_ms: number): boolean {
  const silent_s = Math.max(silent_s_min, silent_polls_max * agent.wait_s)
  return now_ms - agent.contact_ms > silent_s * 1_000
}

/** How it is, and the sentence that says why when it is not healthy. */
export function statusOf(agent: Agent, now_ms: number): { status: Status; reason: string } {
  if (agent.unenrolled_ms !== undefined) {
    return { status: 'unenrolled', reason: agent.unenrolled_reason }
  }
  if (isOffline(agent, now_ms)) return { status: 'offline', reason: '' }
  const ill = agent.components.filter(({ state }) => state !== 'healthy')
  const worst = ill.find(({ state }) => state === 'failed') ?? ill[0]
  const reason = agent.message || worst?.message || ''
  if (agent.state === 'failed') return { status: 'failed', reason }
  if (agent.state === 'degraded' || worst !== undefined) return { status: 'degraded', reason }
  return { status: 'healthy', reason: '' }
}

/** Takes over what a check-in says. */
export function hear(agent: Agent, told: Checkin, now_ms: number): void {
  const before = agent.figures
  const passed_s = (now_ms - agent.seen_ms) / 1_000
  const sent = told.figures.records_sent - (before?.records_sent ?? 0)
  // A counter that went back belongs to an agent that restarted.
  const isKnown = before !== undefined && sent >= 0 && passed_s >= 1
  agent.figures = {
    ...told.figures,
    records_per_s: isKnown ? sent / passed_s : before?.records_per_s,
  }
  agent.state = told.state
  agent.message = told.message
  agent.components = told.components
  agent.version = told.version
  agent.revision = told.revision
  if (told.policy_id !== '') agent.running_policy_id = told.policy_id
  agent.refused = told.refused
  agent.wait_s = told.wait_s
  agent.seen_ms = now_ms
  agent.contact_ms = now_ms
}

export function agentFrom(row: AgentRow): Agent {
  const { refused_revision, refused_reason, data_ms, unenrolled_ms, changed_ms: _, ...rest } = row
  const figures = JSON.parse(row.figures) as Figures | null
  return {
    ...rest,
    tags: JSON.parse(row.tags) as string[],
    about: JSON.parse(row.about) as Record<string, string>,
    components: JSON.parse(row.components) as Component[],
    figures: figures ?? undefined,
    state: agentStates.find((one) => one === row.state) ?? 'healthy',
    key_hash: Buffer.from(row.key_hash, 'hex'),
    refused:
      refused_revision === null
        ? undefined
        : // Which policy it was of is told again at its next check-in.
          { revision: refused_revision, reason: refused_reason, policy_id: row.policy_id },
    contact_ms: row.seen_ms,
    data_ms: data_ms ?? undefined,
    unenrolled_ms: unenrolled_ms ?? undefined,
  }
}

export function rowOf(agent: Agent, changed_ms: number): AgentRow {
  const { refused, contact_ms: _, ...rest } = agent
  return {
    ...rest,
    tags: JSON.stringify(agent.tags),
    about: JSON.stringify(agent.about),
    components: JSON.stringify(agent.components),
    figures: JSON.stringify(agent.figures ?? null),
    key_hash: agent.key_hash.toString('hex'),
    refused_revision: refused?.revision ?? null,
    refused_reason: refused?.reason ?? '',
    data_ms: agent.data_ms ?? null,
    unenrolled_ms: agent.unenrolled_ms ?? null,
    changed_ms,
  }
}

/** How long an agent that never checked in is waited for. */
export const wait_s_default = checkinSchema.shape.wait_s.parse(undefined)

/** People say a node's name, or a machine's. */
export function nameOf(agent: Pick<Agent, 'kind' | 'cluster' | 'node' | 'host'>): string {
  if (agent.kind === 'cluster') return `${agent.cluster || agent.host} (cluster)`
  return agent.node || agent.host
}
