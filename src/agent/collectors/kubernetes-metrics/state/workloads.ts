/** kube_deployment_*, kube_replicaset_*, kube_statefulset_*, kube_daemonset_*. */
import type { KubernetesObject } from '../../../kubernetes/api.ts'
import {
  type Condition,
  type Describe,
  generationOf,
  namespaceOf,
  specOf,
  statusOf,
  type Tell,
  tellConditions,
  tellIf,
  tellMetadata,
  tellOwners,
} from './describe.ts'

type Spec = { replicas: number; paused: boolean; strategy: { rollingUpdate?: Rolling } }
type Rolling = { maxSurge?: number | string; maxUnavailable?: number | string }
type Status = Record<string, number> & { conditions?: Condition[] }
type Revisions = { currentRevision: string; updateRevision: string }

/** Suffix of the series to field of the status; what is not there is zero. */
const figures: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  deployment: {
    status_replicas: 'replicas',
    status_replicas_ready: 'readyReplicas',
    status_replicas_available: 'availableReplicas',
    status_replicas_unavailable: 'unavailableReplicas',
    status_replicas_updated: 'updatedReplicas',
    status_observed_generation: 'observedGeneration',
  },
  replicaset: {
    status_replicas: 'replicas',
    status_fully_labeled_replicas: 'fullyLabeledReplicas',
    status_ready_replicas: 'readyReplicas',
    status_observed_generation: 'observedGeneration',
  },
  statefulset: {
    status_replicas: 'replicas',
    status_replicas_available: 'availableReplicas',
    status_replicas_current: 'currentReplicas',
    status_replicas_ready: 'readyReplicas',
    status_replicas_updated: 'updatedReplicas',
    status_observed_generation: 'observedGeneration',
  },
  daemonset: {
    status_current_number_scheduled: 'currentNumberScheduled',
    status_desired_number_scheduled: 'desiredNumberScheduled',
    status_number_available: 'numberAvailable',
    status_number_misscheduled: 'numberMisscheduled',
    status_number_ready: 'numberReady',
    status_number_unavailable: 'numberUnavailable',
    status_updated_number_scheduled: 'updatedNumberScheduled',
    status_observed_generation: 'observedGeneration',
  },
}

const describeAll =
  (word: keyof typeof figures & string): Describe =>
  (object, tell) => {
    const prefix = `kube_${word}`
    const of = { namespace: namespaceOf(object), [word]: object.metadata.name }
    const status = statusOf<Status>(object)
    tellMetadata(tell, prefix, of, object)
    tellIf(tell, `${prefix}_metadata_generation`, of, generationOf(object))
    for (const [suffix, field] of Object.entries(figures[word]!)) {
      tell(`${prefix}_${suffix}`, of, (status[field] as number | undefined) ?? 0)
    }
  }

export const describeDaemonSet: Describe = describeAll('daemonset')

export function describeDeployment(object: KubernetesObject, tell: Tell): void {
  describeAll('deployment')(object, tell)
  const of = { namespace: namespaceOf(object), deployment: object.metadata.name }
  const { replicas, paused = false, strategy } = specOf<Spec>(object)
  tellIf(tell, 'kube_deployment_spec_replicas', of, replicas)
  tell('kube_deployment_spec_paused', of, paused ? 1 : 0)
  const { conditions } = statusOf<Status>(object)
  tellConditions(tell, 'kube_deployment_status_condition', of, conditions)
  const rolling = strategy?.rollingUpdate
  if (rolling === undefined || replicas === undefined) return
  const name = 'kube_deployment_spec_strategy_rollingupdate_max'
  tellIf(tell, `${name}_surge`, of, podsOf(rolling.maxSurge, replicas, Math.ceil))
  tellIf(tell, `${name}_unavailable`, of, podsOf(rolling.maxUnavailable, replicas, Math.floor))
}

/** A number, or a percentage of the replicas. */
function podsOf(
  text: number | string | undefined,
  replicas: number,
  round: (value: number) => number,
): number | undefined {
  if (typeof text !== 'string') return text
  return text.endsWith('%') ? round((Number.parseFloat(text) * replicas) / 100) : Number(text)
}

export function describeReplicaSet(object: KubernetesObject, tell: Tell): void {
  describeAll('replicaset')(object, tell)
  const of = { namespace: namespaceOf(object), replicaset: object.metadata.name }
  tellIf(tell, 'kube_replicaset_spec_replicas', of, specOf<Spec>(object).replicas)
  tellOwners(tell, 'kube_replicaset_owner', of, object)
}

export function describeStatefulSet(object: KubernetesObject, tell: Tell): void {
  describeAll('statefulset')(object, tell)
  const of = { namespace: namespaceOf(object), statefulset: object.metadata.name }
  tellIf(tell, 'kube_statefulset_replicas', of, specOf<Spec>(object).replicas)
  const { currentRevision, updateRevision } = statusOf<Revisions>(object)
  const revision = (word: string, value: string | undefined) => {
    const labels = { ...of, revision: value ?? '' }
    if (value !== undefined) tell(`kube_statefulset_status_${word}_revision`, labels, 1)
  }
  revision('current', currentRevision)
  revision('update', updateRevision)
}
