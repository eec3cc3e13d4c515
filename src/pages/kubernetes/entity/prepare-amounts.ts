/** What a thing's use is measured against: what it asked for, and the most that it can have. */
import type { Entity } from '../contract-entity.ts'
import type { ContainerRow } from './prepare-containers.ts'

export type Amounts = {
  requested: number | null
  most: number | null
  /** What the most is: a limit somebody set, or what a node has. */
  most_is: 'limit' | 'allocatable'
}

const names = {
  cpu: ['cpu_request_cores', 'cpu_limit_cores', 'cpu_allocatable_cores'],
  memory: ['memory_request_bytes', 'memory_limit_bytes', 'memory_allocatable_bytes'],
} as const

/** `container` when only one of its containers is looked at. */
export function amountsOf(
  { kind, numbers }: Pick<Entity, 'kind' | 'numbers'>,
  resource: 'cpu' | 'memory',
  container: ContainerRow | undefined,
): Amounts {
  if (container !== undefined) {
    const { requested, limit } = container[resource]
    return { requested, most: limit, most_is: 'limit' }
  }
  const [request, limit, allocatable] = names[resource].map((name) => numbers[name] || null)
  const isPlace = kind === 'Node' || kind === 'Cluster'
  return {
    requested: request ?? null,
    most: (isPlace ? allocatable : limit) ?? null,
    most_is: isPlace ? 'allocatable' : 'limit',
  }
}
