/**
 * Which labels a log record has in Loki's eyes. Its stream's labels are where it comes from and
 * the names that Promtail, Alloy and Fluent Bit give to streams; all else is structured metadata.
 */

/** Labels that are columns, in the order in which they are told. */
export const columnLabels = [
  ['cluster', 'cluster'],
  ['container', 'container'],
  ['namespace', 'namespace'],
  ['node', 'node'],
  ['pod', 'pod'],
  ['service_name', 'service'],
  ['workload', 'workload'],
] as const
export type ColumnLabel = (typeof columnLabels)[number][0]
export type LabelColumn = (typeof columnLabels)[number][1]

export const columnOf = new Map<string, LabelColumn>(columnLabels)

/** Attributes that are labels of streams where there are any: what shippers are set up to send. */
export const streamAttributes = [
  ...['app', 'application', 'channel', 'component', 'env', 'environment', 'filename', 'host'],
  ...['hostname', 'instance', 'job', 'region', 'release', 'source', 'stream', 'team', 'tenant'],
  ...['test', 'tier', 'unit', 'zone'],
] as const
const streamAttributeSet = new Set<string>(streamAttributes)

export function isStreamAttribute(name: string): boolean {
  return streamAttributeSet.has(name)
}

/** Other names of the labels above, as shippers and Loki's OTLP endpoint write them. */
const otherNames: Readonly<Record<ColumnLabel, string>> = {
  cluster: 'k8s_cluster_name cluster_name k8s_cluster',
  namespace:
    'k8s_namespace_name namespace_name kubernetes_namespace kubernetes_namespace_name ' +
    'k8s_namespace ns',
  pod: 'k8s_pod_name pod_name kubernetes_pod_name kubernetes_pod instance_pod k8s_pod',
  container:
    'k8s_container_name container_name kubernetes_container_name k8s_container ' +
    'kubernetes_container',
  node: 'node_name k8s_node_name nodename kubernetes_host kubernetes_node_name k8s_node',
  workload:
    'k8s_deployment_name k8s_statefulset_name k8s_daemonset_name k8s_cronjob_name ' +
    'k8s_workload_name deployment statefulset daemonset',
  service_name: 'service app app_kubernetes_io_name',
}
export const labelOfOther = new Map<string, ColumnLabel>()
for (const [label, names] of Object.entries(otherNames)) {
  for (const name of names.split(' ')) labelOfOther.set(name, label as ColumnLabel)
}

/** Resource attributes that the columns hold already. */
export const columnAttributes = new Set([
  ...['service.name', 'k8s.cluster.name', 'k8s.namespace.name', 'k8s.pod.name'],
  ...['k8s.container.name', 'k8s.node.name', 'k8s.deployment.name'],
])

/** Labels that every record can have besides its attributes. */
export const recordLabels = [
  ...['detected_level', 'level', 'trace_id', 'span_id', 'scope_name', 'event_name'],
] as const
export type RecordLabel = (typeof recordLabels)[number]
const recordLabelSet = new Set<string>(recordLabels)

export function isRecordLabel(name: string): name is RecordLabel {
  return recordLabelSet.has(name)
}

const severities = ['unknown', 'trace', 'debug', 'info', 'warn', 'error', 'fatal']

/** detected_level: OpenTelemetry's 24 severities in Loki's words. */
export function levelOf(severity_number: number): string {
  return severities[Math.min(6, Math.ceil(severity_number / 4))]!
}

/** The label that stands in for one that the record does not have itself. */
export function standIn(name: string, labels: ReadonlyMap<string, string>): string | undefined {
  const other = labelOfOther.get(name)
  if (other !== undefined) return labels.get(other)
  if (name !== 'job') return undefined
  const service = labels.get('service_name')
  const namespace = labels.get('namespace')
  if (service === undefined) return undefined
  return namespace === undefined ? service : `${namespace}/${service}`
}
