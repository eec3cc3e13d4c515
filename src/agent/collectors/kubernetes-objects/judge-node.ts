/** A node's state in kubectl's words: Ready, NotReady, pressures, and whether it takes pods. */

import type { KubernetesObject } from '../../kubernetes/api.ts'
import type { Judgement } from './judgement.ts'
import { figures } from './quantities.ts'

type Condition = { type: string; status: string; reason?: string; message?: string }
type Amounts = Record<string, string>
type NodeStatus = { conditions?: Condition[]; capacity?: Amounts; allocatable?: Amounts }

export function judgeNode(object: KubernetesObject): Judgement {
  const { conditions = [], capacity = {}, allocatable = {} } = (object.status ?? {}) as NodeStatus
  const isCordoned =
    (object.spec as { unschedulable?: boolean } | undefined)?.unschedulable === true
  const numbers = {
    unschedulable: isCordoned ? 1 : 0,
    ...figures({
      cpu_capacity_cores: capacity.cpu,
      cpu_allocatable_cores: allocatable.cpu,
      memory_capacity_bytes: capacity.memory,
      memory_allocatable_bytes: allocatable.memory,
      pods_allocatable: allocatable.pods,
      storage_bytes: capacity['ephemeral-storage'],
    }),
  }
  const ready = conditions.find(({ type }) => type === 'Ready')
  const pressures = conditions.filter(({ type, status }) => type !== 'Ready' && status === 'True')
  const words = [
    ready?.status === 'True' ? 'Ready' : 'NotReady',
    ...pressures.map(({ type }) => type),
    ...(isCordoned ? ['SchedulingDisabled'] : []),
  ]
  const isReady = ready?.status === 'True'
  const told = isReady ? pressures : [...(ready === undefined ? [] : [ready]), ...pressures]
  const message = told
    .map(({ reason, message: said }) => `${reason ?? ''}: ${said ?? ''}`)
    .join('; ')
  const health = !isReady || pressures.length > 0 ? 'bad' : isCordoned ? 'warn' : 'ok'
  return { health, status: words.join(','), message, numbers }
}
