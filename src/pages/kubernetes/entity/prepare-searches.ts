/** One thing in the search language: its logs and spans, its events and changes, its pods. */
import { quoted, searchFor } from '../../../ui/search/edit.ts'
import { type Entity, workloadKinds } from '../contract-entity.ts'

export type Named = Pick<
  Entity,
  | 'kind'
  | 'namespace'
  | 'name'
  | 'uid'
  | 'node'
  | 'owner_kind'
  | 'owner_name'
  | 'workload_kind'
  | 'workload'
  | 'serves'
>

export function isWorkload(kind: string): boolean {
  return kind === 'Workload' || workloadKinds.some((known) => known === kind)
}

/** It is made by another workload: telemetry names that one as its workload. */
function isOwned({ kind, name, workload }: Named): boolean {
  return (kind === 'ReplicaSet' || kind === 'Job') && workload !== name
}

/** Kinds that pods belong to, run on or stand behind. */
export function hasPods(kind: string): boolean {
  return isWorkload(kind) || ['Node', 'Namespace', 'Cluster', 'Service'].includes(kind)
}

/** Kinds that have logs, metrics or spans of their own. */
export function hasTelemetry(kind: string): boolean {
  return kind === 'Pod' || hasPods(kind)
}

/** Kinds whose containers are looked at one by one. */
export function hasEnds(kind: string): boolean {
  return kind === 'Pod' || kind === 'Node' || kind === 'Namespace' || isWorkload(kind)
}

const both = (...conditions: string[]) => conditions.filter((one) => one !== '').join(' and ')
const either = (...conditions: string[]) => conditions.map((one) => `(${one})`).join(' or ')
const is = (field: string, value: string) => `${field}:${quoted(value)}`

/** Of logs and spans. A pod by its uid, so that its namesakes stay out. */
export function telemetrySearch(entity: Named, container = ''): string {
  const own = ownTelemetry(entity)
  return container === '' ? own : both(own, is('container', container))
}

function ownTelemetry(entity: Named): string {
  const { kind, namespace, name, uid, serves } = entity
  const inNamespace = is('namespace', namespace)
  if (kind === 'Cluster') return ''
  if (kind === 'Node') return is('node', name)
  if (kind === 'Namespace') return is('namespace', name)
  if (kind === 'Pod') {
    return uid === '' ? both(inNamespace, is('pod', name)) : searchFor('kubernetes.pod.uid', uid)
  }
  if (isOwned(entity)) return both(inNamespace, is(`k8s.${kind.toLowerCase()}.name`, name))
  if (kind === 'Service') return both(inNamespace, `workload:(${serves.map(quoted).join(' or ')})`)
  return both(inNamespace, is('workload', name))
}

/** Of the lists of pods. */
export function podsSearch(entity: Named): string {
  const { kind, namespace, name, serves } = entity
  const inNamespace = is('namespace', namespace)
  if (kind === 'Cluster') return ''
  if (kind === 'Node') return is('node', name)
  if (kind === 'Namespace') return is('namespace', name)
  if (kind === 'Service') return both(inNamespace, `workload:(${serves.map(quoted).join(' or ')})`)
  if (isOwned(entity)) return both(inNamespace, is('owner_kind', kind), is('owner_name', name))
  const ofKind = kind === 'Workload' ? '' : is('workload_kind', kind)
  return both(inNamespace, ofKind, is('workload', name))
}

/** Of events and changes: its own, its pods', and those of what decides over it. */
export function happeningsSearch(entity: Named): string {
  const { kind, namespace, name, node, workload, workload_kind } = entity
  if (kind === 'Cluster') return ''
  const self = named(kind, namespace, name)
  if (kind === 'Node') return either(is('node', name), self)
  if (kind === 'Namespace') return either(is('namespace', name), self)
  if (kind === 'Service') {
    const slices = both(is('kind', 'EndpointSlice'), is('owner_name', name))
    return both(is('namespace', namespace), `(${either(self, slices)})`)
  }
  if (kind === 'Pod') {
    const above = workload === '' || workload_kind === 'Pod' ? '' : workload
    return either(
      self,
      ...(above === '' ? [] : [named(workload_kind, namespace, above)]),
      ...(node === '' ? [] : [named('Node', '', node)]),
    )
  }
  if (!isWorkload(kind)) return self
  return either(self, podsSearch(entity))
}

function named(kind: string, namespace: string, name: string): string {
  const ofKind = ['', 'workload', 'Workload'].includes(kind) ? '' : is('kind', kind)
  const inNamespace = namespace === '' ? '' : is('namespace', namespace)
  return both(ofKind, inNamespace, is('name', name))
}
