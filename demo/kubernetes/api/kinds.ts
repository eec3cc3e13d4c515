/** Data table: the kinds that this API server serves, and what discovery says of them. */

export type Kind = {
  group: string
  version: string
  plural: string
  kind: string
  namespaced: boolean
  short: readonly string[]
  subresources: readonly string[]
}

const core = ''

export const kinds: readonly Kind[] = [
  kind(core, 'v1', 'pods', 'Pod', true, ['po'], ['status', 'log']),
  kind(core, 'v1', 'nodes', 'Node', false, ['no'], ['status', 'metrics', 'stats', 'proxy']),
  kind(core, 'v1', 'namespaces', 'Namespace', false, ['ns'], ['status']),
  kind(core, 'v1', 'services', 'Service', true, ['svc'], ['status']),
  kind(core, 'v1', 'endpoints', 'Endpoints', true, ['ep']),
  kind(core, 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', true, ['pvc'], ['status']),
  kind(core, 'v1', 'persistentvolumes', 'PersistentVolume', false, ['pv'], ['status']),
  kind(core, 'v1', 'configmaps', 'ConfigMap', true, ['cm']),
  kind(core, 'v1', 'secrets', 'Secret', true),
  kind(core, 'v1', 'serviceaccounts', 'ServiceAccount', true, ['sa'], ['token']),
  kind(core, 'v1', 'resourcequotas', 'ResourceQuota', true, ['quota'], ['status']),
  kind(core, 'v1', 'limitranges', 'LimitRange', true, ['limits']),
  kind(core, 'v1', 'replicationcontrollers', 'ReplicationController', true, ['rc'], ['status']),
  kind(core, 'v1', 'events', 'Event', true, ['ev']),
  kind('events.k8s.io', 'v1', 'events', 'Event', true, ['ev']),
  kind('apps', 'v1', 'deployments', 'Deployment', true, ['deploy'], ['status', 'scale']),
  kind('apps', 'v1', 'replicasets', 'ReplicaSet', true, ['rs'], ['status', 'scale']),
  kind('apps', 'v1', 'statefulsets', 'StatefulSet', true, ['sts'], ['status', 'scale']),
  kind('apps', 'v1', 'daemonsets', 'DaemonSet', true, ['ds'], ['status']),
  kind('apps', 'v1', 'controllerrevisions', 'ControllerRevision', true),
  kind('batch', 'v1', 'jobs', 'Job', true, [], ['status']),
  kind('batch', 'v1', 'cronjobs', 'CronJob', true, ['cj'], ['status']),
  kind('autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', true, ['hpa']),
  kind('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice', true),
  kind('networking.k8s.io', 'v1', 'ingresses', 'Ingress', true, ['ing'], ['status']),
  kind('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy', true, ['netpol']),
  kind('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget', true, ['pdb'], ['status']),
  kind('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass', false, ['sc']),
  kind('rbac.authorization.k8s.io', 'v1', 'roles', 'Role', true),
  kind('rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding', true),
  kind('rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole', false),
  kind('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', 'ClusterRoleBinding', false),
  kind('coordination.k8s.io', 'v1', 'leases', 'Lease', true),
  kind('monitoring.coreos.com', 'v1', 'servicemonitors', 'ServiceMonitor', true, ['smon']),
  kind('monitoring.coreos.com', 'v1', 'podmonitors', 'PodMonitor', true, ['pmon']),
]

/** Asked of the API server but stored nowhere: an answer to a POST. */
export const reviews = [
  { group: 'authentication.k8s.io', plural: 'tokenreviews', kind: 'TokenReview' },
  { group: 'authorization.k8s.io', plural: 'subjectaccessreviews', kind: 'SubjectAccessReview' },
  {
    group: 'authorization.k8s.io',
    plural: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
  },
] as const

function kind(
  group: string,
  version: string,
  plural: string,
  name: string,
  namespaced: boolean,
  short: readonly string[] = [],
  subresources: readonly string[] = [],
): Kind {
  return { group, version, plural, kind: name, namespaced, short, subresources }
}

const byPlural = new Map(kinds.map((each) => [`${each.group}/${each.plural}`, each]))
// The first of a name is the one that is stored: events are served in two groups.
const byName = new Map(kinds.toReversed().map((each) => [each.kind, each]))

export function kindOf(group: string, plural: string): Kind | undefined {
  return byPlural.get(`${group}/${plural}`)
}

export function kindNamed(name: string): Kind {
  const found = byName.get(name)
  if (found === undefined) throw new Error(`this cluster does not serve the kind ${name}`)
  return found
}

export function apiVersionOf({ group, version }: Pick<Kind, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}
