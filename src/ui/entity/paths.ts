/**
 * Where each kind of thing has its page. The kit knows no page: web/entities.ts tells it once, at
 * the start. A kind without a page of its own leads to its logs.
 */
import { searchFor } from '../search/edit.ts'

export type EntityKind =
  | 'cluster'
  | 'namespace'
  | 'workload'
  | 'pod'
  | 'container'
  | 'node'
  | 'service'
  | 'trace'
  | 'metric'

type Address = { path: string; query?: Record<string, string> }
type Paths = Partial<Record<EntityKind, (id: string) => Address>>

let paths: Paths = {}

export function setEntityPaths(next: Paths): void {
  paths = next
}

export function entityAddress(kind: EntityKind, id: string): Address {
  const own = paths[kind]
  return own?.(id) ?? { path: '/logs', query: { search: searchFor(kind, id) } }
}

/** Which kind a field's values are, when they are things with pages. */
export function entityOfField(field: string): EntityKind | undefined {
  return kindOf[field]
}

const kindOf: Record<string, EntityKind> = {
  cluster: 'cluster',
  'k8s.cluster.name': 'cluster',
  namespace: 'namespace',
  'k8s.namespace.name': 'namespace',
  workload: 'workload',
  'k8s.deployment.name': 'workload',
  pod: 'pod',
  'k8s.pod.name': 'pod',
  container: 'container',
  'k8s.container.name': 'container',
  node: 'node',
  'k8s.node.name': 'node',
  service: 'service',
  'service.name': 'service',
  peer_service: 'service',
  trace_id: 'trace',
}
