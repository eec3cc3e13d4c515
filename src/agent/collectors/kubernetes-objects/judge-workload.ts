/** Deployments and their like, jobs and cron jobs: how many of what is wanted is there. */

import type { KubernetesObject } from '../../kubernetes/api.ts'
import type { Judgement } from './judgement.ts'
import { figures, type PodSpec, podResources } from './quantities.ts'

type Condition = { type: string; status: string; reason?: string; message?: string }
type Counts = Record<string, number | undefined> & { conditions?: never }
type Spec = {
  replicas?: number
  paused?: boolean
  suspend?: boolean
  completions?: number
  template?: { spec?: PodSpec }
}

const specOf = (object: KubernetesObject) => (object.spec ?? {}) as Spec
const countsOf = (object: KubernetesObject) => (object.status ?? {}) as Counts
const conditionsOf = (object: KubernetesObject) =>
  ((object.status as { conditions?: Condition[] } | undefined)?.conditions ?? []) as Condition[]

export function judgeReplicas(object: KubernetesObject): Judgement {
  const spec = specOf(object)
  const status = countsOf(object)
  const replicas = {
    desired: spec.replicas ?? 1,
    ready: status.readyReplicas ?? 0,
    updated: status.updatedReplicas,
    available: status.availableReplicas ?? 0,
  }
  return judged(object, replicas, spec.paused ? 'paused' : '')
}

export function judgeDaemonSet(object: KubernetesObject): Judgement {
  const status = countsOf(object)
  const replicas = {
    desired: status.desiredNumberScheduled ?? 0,
    ready: status.numberReady ?? 0,
    updated: status.updatedNumberScheduled,
    available: status.numberAvailable ?? 0,
  }
  const wrong = status.numberMisscheduled ?? 0
  return judged(object, replicas, wrong > 0 ? `${wrong} run where they should not` : '')
}

type Replicas = { desired: number; ready: number; updated: number | undefined; available: number }

function judged(object: KubernetesObject, replicas: Replicas, note: string): Judgement {
  const { desired, ready, updated, available } = replicas
  const failure = conditionsOf(object).find(
    ({ type, status, reason }) =>
      (type === 'ReplicaFailure' && status === 'True') ||
      (type === 'Progressing' && status === 'False' && reason === 'ProgressDeadlineExceeded'),
  )
  // Its first pods are still on their way: the deadline tells when that takes too long.
  const isStarting = conditionsOf(object).some(
    ({ type, reason }) =>
      type === 'Progressing' &&
      (reason === 'NewReplicaSetCreated' || reason === 'ReplicaSetUpdated'),
  )
  const isUnmade = (countsOf(object).replicas ?? desired) < desired
  const isNone = desired > 0 && ready === 0 && !isStarting && !isUnmade
  const isBad = failure !== undefined || isNone
  const isBehind = ready < desired || (updated !== undefined && updated < desired)
  const isRolling = updated !== undefined && updated < desired
  const says = [
    failure === undefined ? '' : `${failure.reason ?? failure.type}: ${failure.message ?? ''}`,
    isRolling ? `${updated} of ${desired} updated` : '',
    note,
  ].filter((part) => part !== '')
  return {
    health: isBad ? 'bad' : isBehind ? 'warn' : 'ok',
    status: `${ready}/${desired}`,
    message: says.join('; '),
    numbers: {
      replicas_desired: desired,
      replicas_ready: ready,
      replicas_available: available,
      ...figures({ replicas_updated: updated }),
      ...podResources(specOf(object).template?.spec),
    },
  }
}

export function judgeJob(object: KubernetesObject): Judgement {
  const { completions = 1, suspend } = specOf(object)
  const { active = 0, succeeded = 0, failed = 0 } = countsOf(object)
  const numbers = { active, succeeded, failed, completions }
  const is = (type: string) =>
    conditionsOf(object).find((one) => one.type === type && one.status === 'True')
  const failure = is('Failed')
  if (failure !== undefined) {
    const message = `${failure.reason ?? ''}: ${failure.message ?? ''}`
    return { health: 'bad', status: 'Failed', message, numbers }
  }
  if (is('Complete') !== undefined) {
    return { health: 'ok', status: 'Complete', message: '', numbers }
  }
  if (suspend) return { health: 'warn', status: 'Suspended', message: '', numbers }
  const message = failed > 0 ? `${failed} of its pods failed` : ''
  return { health: failed > 0 ? 'warn' : 'ok', status: 'Running', message, numbers }
}

export function judgeCronJob(object: KubernetesObject): Judgement {
  const { suspend } = specOf(object)
  const status = (object.status ?? {}) as { active?: unknown[] }
  const active = status.active?.length ?? 0
  const numbers = { active, suspended: suspend ? 1 : 0 }
  const word = suspend ? 'Suspended' : active > 0 ? 'Active' : 'Scheduled'
  return { health: suspend ? 'warn' : 'ok', status: word, message: '', numbers }
}
