/** Data table: which objects are described, where they are listed and by what. */
import { describeBudget, describeScaler } from './autoscaling.ts'
import type { Describe } from './describe.ts'
import { describeCronJob, describeJob } from './jobs.ts'
import { describeNode } from './nodes.ts'
import {
  describeClaim,
  describeNamespace,
  describeQuota,
  describeService,
  describeVolume,
} from './places.ts'
import { describePod } from './pods.ts'
import {
  describeDaemonSet,
  describeDeployment,
  describeReplicaSet,
  describeStatefulSet,
} from './workloads.ts'

export type DescribedKind = { kind: string; path: string; describe: Describe }

export const describedKinds: readonly DescribedKind[] = [
  { kind: 'Pod', path: '/api/v1/pods', describe: describePod },
  { kind: 'Node', path: '/api/v1/nodes', describe: describeNode },
  { kind: 'Namespace', path: '/api/v1/namespaces', describe: describeNamespace },
  { kind: 'Service', path: '/api/v1/services', describe: describeService },
  {
    kind: 'PersistentVolumeClaim',
    path: '/api/v1/persistentvolumeclaims',
    describe: describeClaim,
  },
  { kind: 'PersistentVolume', path: '/api/v1/persistentvolumes', describe: describeVolume },
  { kind: 'ResourceQuota', path: '/api/v1/resourcequotas', describe: describeQuota },
  { kind: 'Deployment', path: '/apis/apps/v1/deployments', describe: describeDeployment },
  { kind: 'ReplicaSet', path: '/apis/apps/v1/replicasets', describe: describeReplicaSet },
  { kind: 'StatefulSet', path: '/apis/apps/v1/statefulsets', describe: describeStatefulSet },
  { kind: 'DaemonSet', path: '/apis/apps/v1/daemonsets', describe: describeDaemonSet },
  { kind: 'Job', path: '/apis/batch/v1/jobs', describe: describeJob },
  { kind: 'CronJob', path: '/apis/batch/v1/cronjobs', describe: describeCronJob },
  {
    kind: 'HorizontalPodAutoscaler',
    path: '/apis/autoscaling/v2/horizontalpodautoscalers',
    describe: describeScaler,
  },
  {
    kind: 'PodDisruptionBudget',
    path: '/apis/policy/v1/poddisruptionbudgets',
    describe: describeBudget,
  },
]
