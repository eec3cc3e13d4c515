/**
 * What the labels of Promtail, Alloy, Fluent Bit and Loki's own OTLP endpoint say in our words: the
 * resource they name, and the service by Loki's rules. All other labels keep their names.
 */
import { ownPath, type Path } from '../../records/paths.ts'

/** Labels that say what one of our columns says; of several the first one that is there counts. */
const words: Readonly<Record<string, string>> = {
  'k8s.cluster.name': 'cluster k8s_cluster_name cluster_name k8s_cluster',
  'k8s.namespace.name':
    'namespace k8s_namespace_name namespace_name kubernetes_namespace kubernetes_namespace_name',
  'k8s.pod.name': 'pod k8s_pod_name pod_name kubernetes_pod_name kubernetes_pod',
  'k8s.pod.uid': 'k8s_pod_uid pod_uid kubernetes_pod_id',
  'k8s.container.name': 'container k8s_container_name kubernetes_container_name',
  'k8s.node.name': 'node_name node k8s_node_name nodename kubernetes_host kubernetes_node_name',
  'k8s.deployment.name': 'k8s_deployment_name',
  'k8s.replicaset.name': 'k8s_replicaset_name',
  'k8s.statefulset.name': 'k8s_statefulset_name',
  'k8s.daemonset.name': 'k8s_daemonset_name',
  'k8s.cronjob.name': 'k8s_cronjob_name',
  'k8s.job.name': 'k8s_job_name',
  'container.runtime.name': 'container_runtime',
  'service.name': 'service_name',
  'service.namespace': 'service_namespace',
  'service.instance.id': 'service_instance_id',
  'deployment.environment.name': 'deployment_environment_name deployment_environment',
  'cloud.region': 'cloud_region',
  'cloud.availability_zone': 'cloud_availability_zone',
}

export const podPath = ownPath('k8s.pod.name')
export const servicePath = ownPath('service.name')

const byLabel = new Map<string, { path: Path; rank: number }>()
for (const [attribute, labels] of Object.entries(words)) {
  const path = ownPath(attribute)
  for (const [rank, label] of labels.split(' ').entries()) byLabel.set(label, { path, rank })
}

/** The resource attribute that a label names, or undefined. */
export function wordOf(label: string): Path | undefined {
  return byLabel.get(label)?.path
}

export type Label = readonly [name: string, value: string]

/** What a stream's labels amount to. */
export type StreamWords = {
  fields: Map<string, string>
  /** The service by Loki's rules. */
  service: string
  /** The service is a guess: what is known of the record's pod says more. */
  isGuess: boolean
}

const saidServices = 'service_name service app application app_name name app_kubernetes_io_name'
const guessedServices =
  'container container_name k8s_container_name component workload job k8s_job_name'

/** Labels in the words they have here. What came as a label twice is an attribute once. */
export function wordsOf(labels: readonly Label[]): StreamWords {
  const given = new Map(labels)
  const fields = new Map<string, string>()
  const ranks = new Map<string, number>()
  for (const [name, value] of labels) {
    const word = value === '' ? undefined : byLabel.get(name)
    if (word === undefined) {
      fields.set(name, value)
      continue
    }
    const attribute = word.path.name
    const other = ranks.get(attribute)
    if (other === undefined || word.rank < other) {
      ranks.set(attribute, word.rank)
      fields.set(attribute, value)
    }
  }
  addFile(given.get('filename'), fields)
  const hasPod = fields.has('k8s.pod.name')
  addContainer(given.get('container_name'), fields, hasPod)
  addHost(given, fields, hasPod)
  return { fields, ...serviceOf(given, hasPod) }
}

const podFile = /\/pods\/([^/_]+)_([^/_]+)_([^/_]+)\/([^/]+)\/(\d+)\.log/
const containerFile = /\/containers\/([^/_]+)_([^/_]+)_([^/]+)-([0-9a-f]{64})\.log/

/** The kubelet's log files are named after their container. */
function addFile(filename: string | undefined, fields: Map<string, string>): void {
  if (!filename) return
  const inPods = podFile.exec(filename)
  if (inPods !== null) {
    const [, namespace = '', pod = '', uid = '', container = '', start = ''] = inPods
    addPod(fields, namespace, pod, container)
    if (fields.get('k8s.pod.name') !== pod) return
    add(fields, 'k8s.pod.uid', uid)
    add(fields, 'k8s.container.restart_count', start)
    return
  }
  const inContainers = containerFile.exec(filename)
  if (inContainers === null) return
  const [, pod = '', namespace = '', container = '', id = ''] = inContainers
  addPod(fields, namespace, pod, container)
  if (fields.get('k8s.pod.name') === pod) add(fields, 'container.id', id)
}

function addPod(fields: Map<string, string>, namespace: string, pod: string, container: string) {
  add(fields, 'k8s.namespace.name', namespace)
  add(fields, 'k8s.pod.name', pod)
  add(fields, 'k8s.container.name', container)
}

/** Docker's shippers have the label too, for containers that are in no pod. */
function addContainer(name: string | undefined, fields: Map<string, string>, hasPod: boolean) {
  if (name) add(fields, hasPod ? 'k8s.container.name' : 'container.name', name)
}

/** In a cluster `instance` is a release, on a host it is the host. */
function addHost(given: ReadonlyMap<string, string>, fields: Map<string, string>, hasPod: boolean) {
  const instance = hasPod ? '' : given.get('instance')?.replace(/:\d+$/, '')
  const host = given.get('host') || given.get('hostname') || instance
  if (host) add(fields, 'host.name', host)
}

function add(fields: Map<string, string>, name: string, value: string): void {
  if (!fields.has(name)) fields.set(name, value)
}

function serviceOf(given: ReadonlyMap<string, string>, hasPod: boolean) {
  const said = saidServices.split(' ').map((name) => given.get(name))
  const service = said.find((name) => name !== undefined && name !== '')
  if (service !== undefined) return { service, isGuess: false }
  if (hasPod) return { service: '', isGuess: true }
  for (const name of guessedServices.split(' ')) {
    const guess = given.get(name)
    if (!guess) continue
    const namespace = given.get('namespace')
    // Promtail's job is `namespace/app`.
    const isJob = name === 'job' && namespace && guess.startsWith(`${namespace}/`)
    return { service: isJob ? guess.slice(namespace.length + 1) : guess, isGuess: true }
  }
  return { service: 'unknown_service', isGuess: true }
}
