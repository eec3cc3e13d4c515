/**
 * What a cluster needs to run agents, as Kubernetes objects and as one YAML text: a DaemonSet that
 * reads nodes, one Deployment that watches the cluster, and the rights that they use and no more.
 * The same as the Helm chart makes of them, which the test beside it asserts.
 */
import { stringify } from 'yaml'

export type ManifestOptions = {
  /** Where agents check in: the address of the screens. */
  address: string
  /** Where telemetry goes: OTLP over HTTP. */
  ingest: string
  /** An enrolment token; empty: the pods' own ServiceAccount tokens prove who they are. */
  token: string
  /** How the cluster is called on every screen. */
  cluster: string
  /** Of the agent: the server's own. */
  version: string
}

type KubernetesObject = {
  apiVersion: string
  kind: string
  metadata: { name: string; [key: string]: unknown }
} & Record<string, unknown>

const namespace = 'crowsnest'
const parts = ['agent', 'cluster-agent'] as const
type Part = (typeof parts)[number]
const nameOf = (part: Part) => `crowsnest-${part}`
const secret_name = 'crowsnest-enrolment'
const token_dir = '/var/run/secrets/crowsnest'
const prefix = 'CROWSNEST_AGENT_'
const host_root = '/host'
const docker_dir = '/var/lib/docker/containers'
const state_dir = '/var/lib/crowsnest-agent'
/** What the downward API tells a pod of itself. */
const ownFields = {
  NODE: 'spec.nodeName',
  NODE_IP: 'status.hostIP',
  POD: 'metadata.name',
  NAMESPACE: 'metadata.namespace',
}
const api_token_dir = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The whole as `kubectl apply -f` takes it. */
export function agentManifest(options: ManifestOptions): string {
  return agentObjects(options)
    .map((one) => stringify(one, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n')
}

export function agentObjects(options: ManifestOptions): KubernetesObject[] {
  const { token, version } = options
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret_name, namespace, labels: { 'app.kubernetes.io/name': 'crowsnest' } },
    type: 'Opaque',
    stringData: { token },
  }
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        // Reading the nodes' log files needs a host path, which stricter levels refuse.
        labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
      },
    },
    ...parts.map((part) => networkPolicy(part, version)),
    ...parts.map((part) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: named(part, version),
      automountServiceAccountToken: false,
    })),
    ...(token === '' ? [] : [secret]),
    ...rights('agent', nodeRules, version),
    ...rights('cluster-agent', clusterRules, version),
    daemonSet(options),
    deployment(options),
  ]
}

function named(part: Part, version: string) {
  return { name: nameOf(part), namespace, labels: labelsOf(part, version) }
}

/** Applications of the node reach the gateway of its agent; nobody has to reach the other. */
function networkPolicy(part: Part, version: string): KubernetesObject {
  const ports = [{ port: 'otlp-grpc' }, { port: 'otlp-http' }]
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: named(part, version),
    spec: {
      podSelector: { matchLabels: selectorOf(part) },
      policyTypes: ['Ingress'],
      ingress: part === 'agent' ? [{ ports }] : [],
    },
  }
}

type Rule = { verbs: string[] } & (
  | { apiGroups: string[]; resources: string[] }
  | { nonResourceURLs: string[] }
)

const core = (resources: string[], verbs: string[]) => ({ apiGroups: [''], resources, verbs })
const seen = (group: string, ...resources: string[]) => ({
  apiGroups: [group],
  resources,
  verbs: ['list', 'watch'],
})

/** Never secrets, pods/exec or nodes/proxy, which is a way to run commands; nothing is written. */
const nodeRules: Rule[] = [
  seen('', 'namespaces', 'pods', 'services'),
  core(['nodes'], ['get']),
  core(['nodes/metrics', 'nodes/stats'], ['get']),
  seen('monitoring.coreos.com', 'podmonitors', 'servicemonitors'),
]

const clusterRules: Rule[] = [
  seen(
    '',
    'configmaps',
    'events',
    'limitranges',
    'namespaces',
    'nodes',
    'persistentvolumeclaims',
    'persistentvolumes',
    'pods',
    'resourcequotas',
    'serviceaccounts',
    'services',
  ),
  seen('apps', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'),
  seen('batch', 'cronjobs', 'jobs'),
  seen('autoscaling', 'horizontalpodautoscalers'),
  seen('discovery.k8s.io', 'endpointslices'),
  seen('events.k8s.io', 'events'),
  seen('networking.k8s.io', 'ingresses', 'networkpolicies'),
  seen('policy', 'poddisruptionbudgets'),
  seen('rbac.authorization.k8s.io', 'clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'),
  seen('storage.k8s.io', 'storageclasses'),
  { nonResourceURLs: ['/metrics'], verbs: ['get'] },
]

function rights(part: Part, rules: Rule[], version: string): KubernetesObject[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const name = nameOf(part)
  const metadata = { name, labels: labelsOf(part, version) }
  return [
    { apiVersion, kind: 'ClusterRole', metadata, rules },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ]
}

/** The pods of one part, with what both have in common. */
function template(part: Part, version: string, spec: object) {
  return {
    metadata: { labels: labelsOf(part, version) },
    spec: {
      serviceAccountName: nameOf(part),
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 20,
      ...spec,
    },
  }
}

function daemonSet(options: ManifestOptions): KubernetesObject {
  const { version } = options
  const hostPath = (path: string, type: string) => ({ hostPath: { path, type } })
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: named('agent', version),
    spec: {
      selector: { matchLabels: selectorOf('agent') },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
      template: template('agent', version, {
        // The logs belong to root: it reads them and has no other right of root's.
        securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile },
        // A node that nothing may run on is one people want to see.
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            ...container(options, 'node', [{ name: 'HOST_ROOT', value: host_root }]),
            ports: [port('otlp-grpc', 4317), port('otlp-http', 4318)],
            securityContext: {
              ...locked,
              capabilities: { drop: ['ALL'], add: ['DAC_READ_SEARCH'] },
            },
            volumeMounts: [
              { name: 'var-log', mountPath: `${host_root}/var/log`, readOnly: true },
              { name: 'docker-containers', mountPath: host_root + docker_dir, readOnly: true },
              ...mounts(),
            ],
            resources: sized('50m', '96Mi', '256Mi'),
          },
        ],
        volumes: [
          { name: 'var-log', ...hostPath('/var/log', 'Directory') },
          { name: 'docker-containers', ...hostPath(docker_dir, 'DirectoryOrCreate') },
          { name: 'state', ...hostPath(state_dir, 'DirectoryOrCreate') },
          ...volumes(options),
        ],
      }),
    },
  }
}

/** Pods of the node reach it at status.hostIP. */
function port(name: string, number: number) {
  return { name, containerPort: number, hostPort: number }
}

function deployment(options: ManifestOptions): KubernetesObject {
  const { version } = options
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: named('cluster-agent', version),
    spec: {
      replicas: 1,
      // Two would tell everything twice.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: selectorOf('cluster-agent') },
      template: template('cluster-agent', version, {
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65_532,
          runAsGroup: 65_532,
          fsGroup: 65_532,
          seccompProfile,
        },
        containers: [
          {
            ...container(options, 'cluster'),
            securityContext: { ...locked, capabilities: { drop: ['ALL'] } },
            volumeMounts: mounts(),
            resources: sized('50m', '96Mi', '512Mi'),
          },
        ],
        volumes: [{ name: 'state', emptyDir: { sizeLimit: '2Gi' } }, ...volumes(options)],
      }),
    },
  }
}

const seccompProfile = { type: 'RuntimeDefault' }
const locked = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true }

type Variable = { name: string; value: string }

function container(options: ManifestOptions, kind: 'node' | 'cluster', more: Variable[] = []) {
  const { address, ingest, cluster, version } = options
  const variables = [
    { name: 'KIND', value: kind },
    ...more,
    { name: 'STATE_DIR', value: state_dir },
    { name: 'SERVER', value: address },
    { name: 'INGEST', value: ingest },
    ...(cluster === '' ? [] : [{ name: 'CLUSTER', value: cluster }]),
    { name: 'TOKEN_FILE', value: `${token_dir}/token` },
  ]
  const field = ([name, fieldPath]: [string, string]) => ({
    name: prefix + name,
    valueFrom: { fieldRef: { fieldPath } },
  })
  return {
    name: 'agent',
    image: `crowsnest:${version}`,
    imagePullPolicy: 'IfNotPresent',
    args: ['agent'],
    env: [
      ...variables.map(({ name, value }) => ({ name: prefix + name, value })),
      ...Object.entries(ownFields).map(field),
    ],
  }
}

function mounts() {
  return [
    { name: 'state', mountPath: state_dir },
    { name: 'crowsnest-token', mountPath: token_dir, readOnly: true },
    { name: 'kubernetes-token', mountPath: api_token_dir, readOnly: true },
  ]
}

/** Short-lived tokens, bound to the pod; the one for us is of no use at the API server. */
function volumes({ token }: ManifestOptions) {
  const projected = (...sources: object[]) => ({ projected: { sources } })
  const forUs = { audience: 'crowsnest', expirationSeconds: 3600, path: 'token' }
  const authority = { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] }
  const enrolment =
    token === ''
      ? projected({ serviceAccountToken: forUs })
      : { secret: { secretName: secret_name, items: [{ key: 'token', path: 'token' }] } }
  return [
    { name: 'crowsnest-token', ...enrolment },
    {
      name: 'kubernetes-token',
      ...projected(
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: authority },
      ),
    },
  ]
}

function sized(cpu: string, memory: string, memory_max: string) {
  return { requests: { cpu, memory }, limits: { memory: memory_max } }
}

function selectorOf(part: Part) {
  return {
    'app.kubernetes.io/name': 'crowsnest',
    'app.kubernetes.io/instance': 'crowsnest',
    'app.kubernetes.io/component': part,
  }
}

function labelsOf(part: Part, version: string) {
  return {
    ...selectorOf(part),
    'app.kubernetes.io/version': version,
    'app.kubernetes.io/managed-by': 'kubectl',
  }
}
