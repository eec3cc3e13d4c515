/** Decides the way from the cluster to a thing: its namespace and everything that owns it. */
import type { Entity } from '../contract-entity.ts'

export type Above = { kind: string; namespace: string; name: string }

type Owned = Pick<
  Entity,
  | 'cluster'
  | 'kind'
  | 'namespace'
  | 'name'
  | 'owner_kind'
  | 'owner_name'
  | 'workload_kind'
  | 'workload'
>

export function chainOf(entity: Owned): Above[] {
  const { cluster, kind, namespace, name } = entity
  const { owner_kind, owner_name, workload_kind, workload } = entity
  const chain: Above[] = []
  if (cluster !== '' && kind !== 'Cluster') {
    chain.push({ kind: 'Cluster', namespace: '', name: cluster })
  }
  if (namespace !== '') chain.push({ kind: 'Namespace', namespace: '', name: namespace })
  const owners = [
    [workload_kind, workload],
    [owner_kind, owner_name],
  ] as const
  for (const [of, owner] of owners) {
    const isSelf = of === kind && owner === name
    const isKnown = chain.some((one) => one.kind === of && one.name === owner)
    // Untold pods know the name of their workload, and not its kind.
    const isUnknownSelf = kind === 'Workload' && owner === name
    if (owner === '' || of === 'Node' || isSelf || isKnown || isUnknownSelf) continue
    chain.push({ kind: of, namespace, name: owner })
  }
  return chain
}
