/** Data table: the kinds of objects that are watched. Secrets and leases are not among them. */

export type WatchedKind = { kind: string; api_version: string; path: string }

const kinds: Readonly<Record<string, readonly [resource: string, kind: string][]>> = {
  v1: [
    ['namespaces', 'Namespace'],
    ['nodes', 'Node'],
    ['pods', 'Pod'],
    ['services', 'Service'],
    ['configmaps', 'ConfigMap'],
    ['serviceaccounts', 'ServiceAccount'],
    ['persistentvolumeclaims', 'PersistentVolumeClaim'],
    ['persistentvolumes', 'PersistentVolume'],
    ['resourcequotas', 'ResourceQuota'],
    ['limitranges', 'LimitRange'],
  ],
  'apps/v1': [
    ['deployments', 'Deployment'],
    ['replicasets', 'ReplicaSet'],
    ['statefulsets', 'StatefulSet'],
    ['daemonsets', 'DaemonSet'],
  ],
  'batch/v1': [
    ['jobs', 'Job'],
    ['cronjobs', 'CronJob'],
  ],
  'autoscaling/v2': [['horizontalpodautoscalers', 'HorizontalPodAutoscaler']],
  'policy/v1': [['poddisruptionbudgets', 'PodDisruptionBudget']],
  'discovery.k8s.io/v1': [['endpointslices', 'EndpointSlice']],
  'networking.k8s.io/v1': [
    ['ingresses', 'Ingress'],
    ['networkpolicies', 'NetworkPolicy'],
  ],
  'storage.k8s.io/v1': [['storageclasses', 'StorageClass']],
  'rbac.authorization.k8s.io/v1': [
    ['roles', 'Role'],
    ['rolebindings', 'RoleBinding'],
    ['clusterroles', 'ClusterRole'],
    ['clusterrolebindings', 'ClusterRoleBinding'],
  ],
}

export const watchedKinds: readonly WatchedKind[] = Object.entries(kinds).flatMap(
  ([api_version, resources]) =>
    resources.map(([resource, kind]) => {
      const root = api_version === 'v1' ? '/api/v1' : `/apis/${api_version}`
      return { kind, api_version, path: `${root}/${resource}` }
    }),
)
