/**
 * How an object does: health, kubectl's word, a sentence, and the figures that lists sort by. The
 * figures by kind, which pages read:
 *
 * | Kind | numbers |
 * | --- | --- |
 * | Pod | restarts containers containers_ready cpu_request_cores cpu_limit_cores |
 * |     | memory_request_bytes memory_limit_bytes |
 * | Node | cpu_capacity_cores cpu_allocatable_cores memory_capacity_bytes |
 * |      | memory_allocatable_bytes pods_allocatable storage_bytes unschedulable |
 * | Deployment, ReplicaSet, StatefulSet, DaemonSet | replicas_desired replicas_ready |
 * |      | replicas_available replicas_updated cpu_… memory_… (of one pod) |
 * | Job | active succeeded failed completions · CronJob: active suspended |
 * | HorizontalPodAutoscaler | replicas_current replicas_desired replicas_min replicas_max |
 * | PersistentVolume(Claim) | storage_bytes · EndpointSlice: endpoints endpoints_ready |
 * | PodDisruptionBudget | disruptions_allowed pods_healthy pods_desired |
 * | ConfigMap | keys · Service: ports · (Cluster)Role: rules · bindings: subjects |
 */
import type { Health } from '../../../model/kubernetes.ts'
import type { KubernetesObject } from '../../kubernetes/api.ts'
import { judgeNode } from './judge-node.ts'
import { judgeOther } from './judge-other.ts'
import { judgePod } from './judge-pod.ts'
import { judgeCronJob, judgeDaemonSet, judgeJob, judgeReplicas } from './judge-workload.ts'

export type Judgement = {
  health: Health
  status: string
  message: string
  numbers: Record<string, number>
}

export function judge(object: KubernetesObject): Judgement {
  const judged = judgedBy(object)
  if (object.metadata.deletionTimestamp === undefined || judged.status === 'Terminating') {
    return judged
  }
  // kubectl says so of pods and namespaces; it is as true of what waits for its finalizers.
  return { ...judged, health: judged.health === 'bad' ? 'bad' : 'warn', status: 'Terminating' }
}

function judgedBy(object: KubernetesObject): Judgement {
  switch (object.kind) {
    case 'Pod':
      return judgePod(object)
    case 'Node':
      return judgeNode(object)
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
      return judgeReplicas(object)
    case 'DaemonSet':
      return judgeDaemonSet(object)
    case 'Job':
      return judgeJob(object)
    case 'CronJob':
      return judgeCronJob(object)
    default:
      return judgeOther(object)
  }
}
