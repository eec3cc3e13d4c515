/** The roles of Crowsnest's own accounts where no manifest says other ones. */
import type { NewObject } from './objects.ts'
import type { PolicyRule } from './rbac.ts'

const namespace = 'crowsnest'

export const agentAccount = `${namespace}:crowsnest-agent`
export const clusterAgentAccount = `${namespace}:crowsnest-cluster-agent`
export const serverAccount = `${namespace}:crowsnest-server`

const seen = (group: string, ...resources: string[]): PolicyRule => ({
  apiGroups: [group],
  resources,
  verbs: ['list', 'watch'],
})

export const agentRules: PolicyRule[] = [
  seen('', 'namespaces', 'pods', 'services'),
  { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
  { apiGroups: [''], resources: ['nodes/metrics', 'nodes/stats'], verbs: ['get'] },
  seen('monitoring.coreos.com', 'podmonitors', 'servicemonitors'),
]

const inventory = ['configmaps', 'events', 'limitranges', 'namespaces', 'nodes', 'pods', 'services']
const volumes = ['persistentvolumeclaims', 'persistentvolumes', 'resourcequotas', 'serviceaccounts']
const rbac = ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles']

export const clusterAgentRules: PolicyRule[] = [
  seen('', ...inventory, ...volumes),
  seen('apps', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'),
  seen('batch', 'cronjobs', 'jobs'),
  seen('autoscaling', 'horizontalpodautoscalers'),
  seen('discovery.k8s.io', 'endpointslices'),
  seen('events.k8s.io', 'events'),
  seen('networking.k8s.io', 'ingresses', 'networkpolicies'),
  seen('policy', 'poddisruptionbudgets'),
  seen('rbac.authorization.k8s.io', ...rbac),
  seen('storage.k8s.io', 'storageclasses'),
  { nonResourceURLs: ['/metrics'], verbs: ['get'] },
]

export const serverRules: PolicyRule[] = [
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
]

/** Account, role and binding, as a manifest would hold them. */
export function roleObjects(account: string, rules: readonly PolicyRule[]): NewObject[] {
  const [space = '', name = ''] = account.split(':')
  const group = 'rbac.authorization.k8s.io'
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: space } },
    { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: space }],
    },
  ]
}

export function defaultRoles(): NewObject[] {
  return [
    ...roleObjects(agentAccount, agentRules),
    ...roleObjects(clusterAgentAccount, clusterAgentRules),
    ...roleObjects(serverAccount, serverRules),
  ]
}
