/**
 * Decides what the Services pages show: rows and their order, health, nodes and edges. Draws
 * nothing.
 */
import type { PeerKind, ServiceList, ServiceMap } from './contract.ts'

export type Health = 'ok' | 'warn' | 'bad' | 'unknown'
const warn_share = 0.01
const bad_share = 0.05

export function healthOf(calls: number, errors: number): Health {
  if (calls === 0) return 'unknown'
  const share = errors / calls
  if (share >= bad_share) return 'bad'
  return share >= warn_share ? 'warn' : 'ok'
}

export type ServiceRow = {
  service: string
  namespace: string
  health: Health
  calls: number
  per_second: number
  per_second_before: number
  error_share: number
  error_share_before: number
  p50_ns: number | null
  p95_ns: number | null
  p95_ns_before: number | null
  p99_ns: number | null
  rate_series: (number | null)[]
  error_series: (number | null)[]
  p95_series: (number | null)[]
}

/** One row a service, the most troubled first: share of failures, then how often it is called. */
export function serviceRows(answer: ServiceList, range_ms: number, find: string): ServiceRow[] {
  const seconds = range_ms / 1000
  const wanted = find.trim().toLowerCase()
  return answer.service
    .map((service, at): ServiceRow => {
      const calls = answer.calls[at] ?? 0
      const before = answer.calls_before[at] ?? 0
      const calls_series = answer.calls_series[at] ?? []
      const errors_series = answer.errors_series[at] ?? []
      return {
        service,
        namespace: answer.namespace[at] ?? '',
        health: healthOf(calls, answer.errors[at] ?? 0),
        calls,
        per_second: calls / seconds,
        per_second_before: before / seconds,
        error_share: share(answer.errors[at] ?? 0, calls),
        error_share_before: share(answer.errors_before[at] ?? 0, before),
        p50_ns: answer.p50_ns[at] ?? null,
        p95_ns: answer.p95_ns[at] ?? null,
        p95_ns_before: answer.p95_ns_before[at] ?? null,
        p99_ns: answer.p99_ns[at] ?? null,
        rate_series: calls_series.map((n) => (n === null ? null : n / (answer.bucket_ms / 1000))),
        error_series: calls_series.map((n, i) =>
          n === null ? null : share(errors_series[i] ?? 0, n),
        ),
        p95_series: answer.p95_ns_series[at] ?? [],
      }
    })
    .filter((row) => row.service.toLowerCase().includes(wanted))
    .sort((a, b) => trouble(b) - trouble(a) || b.calls - a.calls)
}

/** Healthy services tie, so that they stay in the order of their traffic. */
function trouble(row: ServiceRow): number {
  return row.error_share < warn_share ? 0 : row.error_share
}

export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

export type MapNode = {
  id: string
  name: string
  kind: PeerKind
  system: string
  calls: number
  errors: number
  health: Health
}
export type MapEdge = {
  id: string
  from: string
  to: string
  calls: number
  errors: number
  health: Health
  p50_ns: number | null
  p95_ns: number | null
}
export type MapGraph = { nodes: MapNode[]; edges: MapEdge[] }

export function nodeId(kind: PeerKind, name: string): string {
  return `${kind}:${name}`
}

/**
 * Nodes and edges from the answer's rows. Where the peer is the user, the row's service is the one
 * called. A node's health is that of the calls it receives.
 */
export function mapGraph(answer: ServiceMap): MapGraph {
  const nodes = new Map<string, MapNode>()
  const node = (kind: PeerKind, name: string, system: string): MapNode => {
    const id = nodeId(kind, name)
    const known = nodes.get(id) ?? {
      id,
      name,
      kind,
      system,
      calls: 0,
      errors: 0,
      health: 'unknown',
    }
    nodes.set(id, known)
    return known
  }
  const edges = answer.service.map((service, at): MapEdge => {
    const kind = answer.peer_kind[at] ?? 'external'
    const own = node('service', service, '')
    const peer = node(kind, answer.peer_service[at] ?? '', answer.peer_system[at] ?? '')
    const [from, to] = kind === 'user' ? [peer, own] : [own, peer]
    const calls = answer.calls[at] ?? 0
    const errors = answer.errors[at] ?? 0
    to.calls += calls
    to.errors += errors
    const health = healthOf(calls, errors)
    const p50_ns = answer.p50_ns[at] ?? null
    const p95_ns = answer.p95_ns[at] ?? null
    return {
      id: `${from.id}>${to.id}`,
      from: from.id,
      to: to.id,
      calls,
      errors,
      health,
      p50_ns,
      p95_ns,
    }
  })
  for (const each of nodes.values()) each.health = healthOf(each.calls, each.errors)
  return { nodes: [...nodes.values()], edges }
}

const inCluster = /\.svc(\.cluster\.local|\.[\w-]+)*\.?$/

/**
 * What of each name tells it apart: hosts inside a cluster lose their suffix, and their namespace
 * where no other name would then be the same.
 */
export function shortNames(names: readonly string[]): Map<string, string> {
  const first = (name: string) => (inCluster.test(name) ? (name.split('.')[0] ?? name) : name)
  const uses = new Map<string, number>()
  for (const name of new Set(names)) uses.set(first(name), (uses.get(first(name)) ?? 0) + 1)
  return new Map(
    names.map((name) => {
      const isUnique = uses.get(first(name)) === 1
      return [name, isUnique ? first(name) : name.replace(inCluster, '')]
    }),
  )
}
