/** From what is told to what is drawn: summaries, filters, differences of documents. Pure. */
import type { CoverageState } from '../../model/kubernetes.ts'
import type { Integration, Policy } from '../../model/policy.ts'
import type { AgentShown, AgentStatus, Coverage } from './contract.ts'

export type Tone = 'ok' | 'warn' | 'bad' | 'unknown'

export const toneOf: Record<AgentStatus, Tone> = {
  healthy: 'ok',
  degraded: 'warn',
  failed: 'bad',
  offline: 'bad',
  unenrolled: 'unknown',
}
export const stateTone: Record<'healthy' | 'degraded' | 'failed', Tone> = {
  healthy: 'ok',
  degraded: 'warn',
  failed: 'bad',
}
export const coverageTone: Record<CoverageState, Tone> = {
  arriving: 'ok',
  lagging: 'warn',
  dropped: 'bad',
  blind: 'bad',
}

/** Trouble first. */
export const troubleOrder: Record<AgentStatus, number> = {
  failed: 0,
  offline: 1,
  degraded: 2,
  healthy: 3,
  unenrolled: 4,
}

export type AgentFilter = Record<'find' | 'status' | 'policy' | 'cluster' | 'tag', string>

/** Words match name, cluster, node, version, policy and tags; gone agents only when asked for. */
export function matching(agents: readonly AgentShown[], filter: AgentFilter): AgentShown[] {
  const words = filter.find.toLowerCase().split(/\s+/).filter(Boolean)
  return agents.filter((agent) => {
    if (filter.status === '' ? agent.status === 'unenrolled' : agent.status !== filter.status) {
      return false
    }
    if (filter.policy !== '' && agent.policy_id !== filter.policy) return false
    if (filter.cluster !== '' && agent.cluster !== filter.cluster) return false
    if (filter.tag !== '' && !agent.tags.includes(filter.tag)) return false
    const { name, cluster, node, host, version, policy_name, kind, tags } = agent
    const text = [name, cluster, node, host, version, policy_name, kind, ...tags, agent.id]
    const all = text.join(' ').toLowerCase()
    return words.every((word) => all.includes(word))
  })
}

export type Summary = Record<AgentStatus, number> & {
  enrolled: number
  /** Undefined while nobody has told two figures yet. */
  records_per_s: number | undefined
  lag_s_max: number
  outdated: number
  /** Whose version is before the server's. */
  older: number
}

/** Negative when `one` is before `other`, by their numbers; what is no number counts as 0. */
export function versionOrder(one: string, other: string): number {
  const [ones, others] = [one, other].map((text) => text.split(/[.+-]/).map((part) => +part || 0))
  for (let at = 0; at < 3; at++) {
    const order = (ones?.[at] ?? 0) - (others?.[at] ?? 0)
    if (order !== 0) return order
  }
  // 1.2.0-rc.1 comes before 1.2.0.
  return Number(other.includes('-')) - Number(one.includes('-'))
}

/** What most people come for is first. */
export function inOrder<Named extends { id: string }>(policies: readonly Named[]): Named[] {
  const place = ({ id }: Named) => (id === 'kubernetes' ? 0 : id === 'host' ? 1 : 2)
  return [...policies].sort((one, other) => place(one) - place(other))
}

export function summaryOf(agents: readonly AgentShown[], version: string): Summary {
  const sums: Summary = {
    ...{ healthy: 0, degraded: 0, failed: 0, offline: 0, unenrolled: 0 },
    ...{ enrolled: 0, records_per_s: undefined, lag_s_max: 0, outdated: 0, older: 0 },
  }
  for (const agent of agents) {
    sums[agent.status]++
    if (agent.status === 'unenrolled') continue
    sums.enrolled++
    if (!agent.is_current) sums.outdated++
    if (versionOrder(agent.version, version) < 0) sums.older++
    if (agent.status === 'offline') continue
    const { records_per_s } = agent.figures ?? {}
    if (records_per_s !== undefined) {
      sums.records_per_s = (sums.records_per_s ?? 0) + records_per_s
    }
    sums.lag_s_max = Math.max(sums.lag_s_max, agent.figures?.lag_s ?? 0)
  }
  return sums
}

export type PathDifference = { path: string; before: string; after: string }
export type IntegrationDifference = {
  id: string
  type: string
  change: 'added' | 'removed' | 'changed'
  paths: PathDifference[]
}

/** What one revision says other than the one before, integration by integration. */
export function differences(before: Policy | undefined, after: Policy): IntegrationDifference[] {
  const earlier = new Map((before?.integrations ?? []).map((one) => [one.id, one]))
  const later = new Map(after.integrations.map((one) => [one.id, one]))
  const found: IntegrationDifference[] = []
  for (const [id, one] of later) {
    const was = earlier.get(id)
    if (was === undefined) found.push({ id, type: one.type, change: 'added', paths: [] })
    else {
      const paths = pathsOf(was, one)
      if (paths.length > 0) found.push({ id, type: one.type, change: 'changed', paths })
    }
  }
  for (const [id, one] of earlier) {
    if (!later.has(id)) found.push({ id, type: one.type, change: 'removed', paths: [] })
  }
  return found
}

function pathsOf(before: Integration, after: Integration): PathDifference[] {
  const flatBefore = flat(before)
  const flatAfter = flat(after)
  const paths = [...new Set([...flatBefore.keys(), ...flatAfter.keys()])]
  return paths
    .map((path) => ({
      path: path.replace(/^settings\./, ''),
      before: flatBefore.get(path) ?? '',
      after: flatAfter.get(path) ?? '',
    }))
    .filter((one) => one.before !== one.after)
}

/** Leaves by their dotted path; a list is one value, as people edit it as one. */
function flat(value: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, member] of Object.entries(value)) {
    const path = prefix + key
    if (typeof member === 'object' && member !== null && !Array.isArray(member)) {
      for (const [inner, text] of flat(member, `${path}.`)) found.set(inner, text)
    } else found.set(path, shownValue(member))
  }
  return found
}

export function shownValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ')
  return value === undefined || value === null ? '' : String(value)
}

export type CoverageRow = {
  id: string
  cluster: string
  node: string
  namespace: string
  workload: string
  pod: string
  agent_id: string
  /** What it sees as a whole. */
  agent_kind: 'node' | 'cluster' | 'host'
  source: string
  signal: string
  state: CoverageState
  reason: string
  detail: string
  lag_s: number
  dropped: number
  time_ms: number
}

/** What the rows do not say of their agent is in the list of agents, as long as it is known. */
export function coverageRows(answer: Coverage, agents: readonly AgentShown[]): CoverageRow[] {
  const { total: _, ...columns } = answer
  const byId = new Map(agents.map((agent) => [agent.id, agent]))
  return answer.source.map((_, at) => {
    const row = Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, values[at]]),
    ) as Omit<CoverageRow, 'id' | 'agent_kind'>
    const agent = byId.get(row.agent_id)
    const agent_kind = agent?.kind ?? 'node'
    const { cluster, node, namespace, workload, pod, source, signal } = row
    const id = [cluster, node, namespace, workload, pod, source, signal].join('\n')
    return { ...row, agent_kind, id }
  })
}

export function coverageMatching(rows: readonly CoverageRow[], find: string, state: string) {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter((row) => {
    if (state !== '' && row.state !== state) return false
    const text = `${row.id} ${row.reason} ${row.detail}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
