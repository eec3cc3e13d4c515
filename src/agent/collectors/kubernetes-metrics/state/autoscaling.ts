/** kube_horizontalpodautoscaler_* and kube_poddisruptionbudget_*: how many pods there may be. */

import { quantity } from '../../../../model/kubernetes-quantity.ts'
import type { KubernetesObject } from '../../../kubernetes/api.ts'
import {
  type Condition,
  generationOf,
  type Labels,
  namespaceOf,
  specOf,
  statusOf,
  type Tell,
  tellConditions,
  tellIf,
  tellMetadata,
} from './describe.ts'

type Amount = { averageUtilization?: number; averageValue?: string; value?: string }
type Metric = { type: string; [source: string]: unknown }
type Source = { name?: string; metric?: { name: string }; target?: Amount; current?: Amount }
type ScalerSpec = {
  minReplicas: number
  maxReplicas: number
  scaleTargetRef: { apiVersion?: string; kind: string; name: string }
  metrics: Metric[]
}
type ScalerStatus = {
  currentReplicas: number
  desiredReplicas: number
  conditions: Condition[]
  currentMetrics: Metric[]
}

const prefix = 'kube_horizontalpodautoscaler'

export function describeScaler(object: KubernetesObject, tell: Tell): void {
  const of = { namespace: namespaceOf(object), horizontalpodautoscaler: object.metadata.name }
  const spec = specOf<ScalerSpec>(object)
  const status = statusOf<ScalerStatus>(object)
  const target = spec.scaleTargetRef
  const about = {
    scaletargetref_api_version: target?.apiVersion ?? '',
    scaletargetref_kind: target?.kind ?? '',
    scaletargetref_name: target?.name ?? '',
  }
  tell(`${prefix}_info`, { ...of, ...about }, 1)
  tellMetadata(tell, prefix, of, object)
  tellIf(tell, `${prefix}_metadata_generation`, of, generationOf(object))
  tellIf(tell, `${prefix}_spec_min_replicas`, of, spec.minReplicas)
  tellIf(tell, `${prefix}_spec_max_replicas`, of, spec.maxReplicas)
  tell(`${prefix}_status_current_replicas`, of, status.currentReplicas ?? 0)
  tell(`${prefix}_status_desired_replicas`, of, status.desiredReplicas ?? 0)
  tellConditions(tell, `${prefix}_status_condition`, of, status.conditions)
  for (const metric of spec.metrics ?? []) {
    tellMetric(`${prefix}_spec_target_metric`, of, metric, 'target', tell)
  }
  for (const metric of status.currentMetrics ?? []) {
    tellMetric(`${prefix}_status_target_metric`, of, metric, 'current', tell)
  }
}

/** A metric's figures lie under a field that is named as its type: Resource under resource. */
function tellMetric(
  name: string,
  of: Labels,
  metric: Metric,
  field: 'target' | 'current',
  tell: Tell,
): void {
  const source = metric[`${metric.type.charAt(0).toLowerCase()}${metric.type.slice(1)}`] as Source
  const metric_name = source?.name ?? source?.metric?.name ?? ''
  const amount = source?.[field]
  if (amount === undefined) return
  const types = {
    utilization: amount.averageUtilization,
    average: quantity(amount.averageValue),
    value: quantity(amount.value),
  }
  for (const [metric_target_type, value] of Object.entries(types)) {
    tellIf(tell, name, { ...of, metric_name, metric_target_type }, value)
  }
}

type Budget = {
  currentHealthy: number
  desiredHealthy: number
  disruptionsAllowed: number
  expectedPods: number
  observedGeneration: number
}

export function describeBudget(object: KubernetesObject, tell: Tell): void {
  const of = { namespace: namespaceOf(object), poddisruptionbudget: object.metadata.name }
  const status = statusOf<Budget>(object)
  const name = 'kube_poddisruptionbudget'
  tellMetadata(tell, name, of, object)
  tell(`${name}_status_current_healthy`, of, status.currentHealthy ?? 0)
  tell(`${name}_status_desired_healthy`, of, status.desiredHealthy ?? 0)
  tell(`${name}_status_pod_disruptions_allowed`, of, status.disruptionsAllowed ?? 0)
  tell(`${name}_status_expected_pods`, of, status.expectedPods ?? 0)
  tell(`${name}_status_observed_generation`, of, status.observedGeneration ?? 0)
}
