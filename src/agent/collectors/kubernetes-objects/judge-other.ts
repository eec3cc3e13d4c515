/** Everything that is no pod, node or workload: phases, bounds, and counts of what is inside. */

import type { Health } from '../../../model/kubernetes.ts'
import type { KubernetesObject } from '../../kubernetes/api.ts'
import type { Judgement } from './judgement.ts'
import { figures } from './quantities.ts'

type Fields = Record<string, unknown>
type Condition = { type: string; status: string; reason?: string; message?: string }

const fields = (value: unknown) => (value ?? {}) as Fields
const listLength = (value: unknown) => (Array.isArray(value) ? value.length : 0)

/** Phases of namespaces and volumes that are not well. */
const phases: Readonly<Record<string, Health>> = {
  Active: 'ok',
  Bound: 'ok',
  Available: 'ok',
  Pending: 'warn',
  Released: 'warn',
  Terminating: 'warn',
  Lost: 'bad',
  Failed: 'bad',
}

export function judgeOther(object: KubernetesObject): Judgement {
  const judgeKind = Object.hasOwn(byKind, object.kind ?? '') ? byKind[object.kind!] : undefined
  return judgeKind?.(object, fields(object.spec), fields(object.status)) ?? plain('')
}

function plain(status: string, numbers: Record<string, number> = {}): Judgement {
  return { health: 'ok', status, message: '', numbers }
}

function phased(status: Fields, numbers: Record<string, number> = {}): Judgement {
  const phase = typeof status.phase === 'string' ? status.phase : ''
  const message = typeof status.message === 'string' ? status.message : ''
  const health = Object.hasOwn(phases, phase) ? phases[phase]! : 'unknown'
  return { health, status: phase, message, numbers }
}

type Judge = (object: KubernetesObject, spec: Fields, status: Fields) => Judgement

const byKind: Readonly<Record<string, Judge>> = {
  Namespace: (_, _spec, status) => phased(status),
  PersistentVolume: (_, spec, status) =>
    phased(status, figures({ storage_bytes: fields(spec.capacity).storage })),
  PersistentVolumeClaim(_, spec, status) {
    const asked = fields(fields(spec.resources).requests).storage
    return phased(status, figures({ storage_bytes: fields(status.capacity).storage ?? asked }))
  },
  HorizontalPodAutoscaler: judgeAutoscaler,
  PodDisruptionBudget(_, _spec, status) {
    const { disruptionsAllowed, currentHealthy, desiredHealthy } = status
    const numbers = figures({
      disruptions_allowed: disruptionsAllowed,
      pods_healthy: currentHealthy,
      pods_desired: desiredHealthy,
    })
    const isShort = (numbers.pods_healthy ?? 0) < (numbers.pods_desired ?? 0)
    const word = `${numbers.pods_healthy ?? 0}/${numbers.pods_desired ?? 0}`
    return { ...plain(word, numbers), health: isShort ? 'warn' : 'ok' }
  },
  EndpointSlice(object) {
    const { endpoints = 0, ready = 0 } = fields(object.summary) as Record<string, number>
    const numbers = { endpoints, endpoints_ready: ready }
    const health = endpoints > 0 && ready === 0 ? 'bad' : ready < endpoints ? 'warn' : 'ok'
    return { ...plain(`${ready}/${endpoints}`, numbers), health }
  },
  Service: (_, spec) => plain(String(spec.type ?? 'ClusterIP'), { ports: listLength(spec.ports) }),
  ConfigMap: ({ data, binaryData }) =>
    plain('', {
      keys: Object.keys(fields(data)).length + Object.keys(fields(binaryData)).length,
    }),
  Role: ({ rules }) => plain('', { rules: listLength(rules) }),
  ClusterRole: ({ rules }) => plain('', { rules: listLength(rules) }),
  RoleBinding: ({ subjects }) => plain('', { subjects: listLength(subjects) }),
  ClusterRoleBinding: ({ subjects }) => plain('', { subjects: listLength(subjects) }),
}

function judgeAutoscaler(_: KubernetesObject, spec: Fields, status: Fields): Judgement {
  const numbers = figures({
    replicas_current: status.currentReplicas,
    replicas_desired: status.desiredReplicas,
    replicas_min: spec.minReplicas ?? 1,
    replicas_max: spec.maxReplicas,
  })
  const conditions = (status.conditions ?? []) as Condition[]
  const broken = conditions.find(
    ({ type, status: said }) => type !== 'ScalingLimited' && said === 'False',
  )
  const limited = conditions.find(
    ({ type, status: said, reason }) =>
      type === 'ScalingLimited' && said === 'True' && reason === 'TooManyReplicas',
  )
  const said = broken ?? limited
  return {
    health: broken !== undefined ? 'bad' : limited !== undefined ? 'warn' : 'ok',
    status: `${numbers.replicas_current ?? 0}/${numbers.replicas_max ?? 0}`,
    message: said === undefined ? '' : `${said.reason ?? ''}: ${said.message ?? ''}`,
    numbers,
  }
}
