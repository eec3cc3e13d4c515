/** Data table: how resources of Kubernetes are called in a sentence. */

/** Without a namespace of their own. */
const clusterWide = new Set(
  (
    'nodes namespaces persistentvolumes clusterroles clusterrolebindings storageclasses ' +
    'customresourcedefinitions apiservices mutatingwebhookconfigurations ' +
    'validatingwebhookconfigurations validatingadmissionpolicies ' +
    'validatingadmissionpolicybindings priorityclasses runtimeclasses ingressclasses ' +
    'csidrivers csinodes volumeattachments certificatesigningrequests flowschemas ' +
    'prioritylevelconfigurations componentstatuses tokenreviews subjectaccessreviews ' +
    'selfsubjectaccessreviews selfsubjectrulesreviews selfsubjectreviews clusterpolicies ' +
    'podsecuritypolicies'
  ).split(' '),
)

/** Other resources without a namespace may be either; of these it is known. */
const namespaced = new Set(
  (
    'pods secrets configmaps services endpoints endpointslices serviceaccounts events ' +
    'deployments replicasets statefulsets daemonsets jobs cronjobs roles rolebindings ' +
    'ingresses networkpolicies persistentvolumeclaims leases horizontalpodautoscalers ' +
    'poddisruptionbudgets resourcequotas limitranges replicationcontrollers podtemplates'
  ).split(' '),
)

const spelled: Readonly<Record<string, string>> = {
  configmaps: 'config map',
  serviceaccounts: 'service account',
  persistentvolumes: 'persistent volume',
  persistentvolumeclaims: 'persistent volume claim',
  statefulsets: 'stateful set',
  daemonsets: 'daemon set',
  replicasets: 'replica set',
  cronjobs: 'cron job',
  clusterroles: 'cluster role',
  clusterrolebindings: 'cluster role binding',
  rolebindings: 'role binding',
  networkpolicies: 'network policy',
  ingresses: 'ingress',
  endpoints: 'endpoints',
  endpointslices: 'endpoint slice',
  storageclasses: 'storage class',
  priorityclasses: 'priority class',
  customresourcedefinitions: 'custom resource definition',
  certificatesigningrequests: 'certificate signing request',
  mutatingwebhookconfigurations: 'mutating webhook configuration',
  validatingwebhookconfigurations: 'validating webhook configuration',
  horizontalpodautoscalers: 'horizontal pod autoscaler',
  poddisruptionbudgets: 'pod disruption budget',
}

export function isClusterWide(resource: string): boolean {
  return clusterWide.has(resource)
}

export function isNamespaced(resource: string): boolean {
  return namespaced.has(resource)
}

/** One of them: `pod`, `network policy`. */
export function singular(resource: string): string {
  const known = Object.hasOwn(spelled, resource) ? spelled[resource] : undefined
  if (known !== undefined) return known
  if (resource.endsWith('ies')) return `${resource.slice(0, -3)}y`
  if (/(?:ss|x|ch|sh)es$/.test(resource)) return resource.slice(0, -2)
  return resource.endsWith('s') && !resource.endsWith('ss') ? resource.slice(0, -1) : resource
}

export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

export const workloadKinds: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  cronjobs: 'CronJob',
  jobs: 'Job',
  replicasets: 'ReplicaSet',
}
