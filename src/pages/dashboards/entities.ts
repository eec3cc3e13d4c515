/** Which values of labels and columns are things with pages of their own. Pure. */
import { type EntityKind, entityOfField } from '../../ui/entity/paths.ts'

type Labels = Readonly<Record<string, string>>

/** As Prometheus' exporters and OpenTelemetry behind it call them. */
const labelKinds: Readonly<Record<string, EntityKind>> = {
  k8s_cluster_name: 'cluster',
  k8s_namespace_name: 'namespace',
  k8s_deployment_name: 'workload',
  k8s_pod_name: 'pod',
  k8s_container_name: 'container',
  k8s_node_name: 'node',
  exported_namespace: 'namespace',
  exported_pod: 'pod',
  deployment: 'workload',
  service_name: 'service',
}

export function entityKindOf(label: string): EntityKind | undefined {
  return labelKinds[label] ?? entityOfField(label)
}

export type Entity = { kind: EntityKind; name: string; id: string }

export function entityOf(label: string, labels: Labels): Entity | undefined {
  const kind = entityKindOf(label)
  const name = labels[label] ?? ''
  if (kind === undefined || name === '') return undefined
  const isPlaced = kind === 'pod' || kind === 'workload' || kind === 'container'
  const namespace = isPlaced ? namedBy('namespace', labels) : ''
  // A workload's page needs its namespace.
  return { kind, name, id: namespace === '' ? name : `${namespace}/${name}` }
}

function namedBy(kind: EntityKind, labels: Labels): string {
  const label = Object.keys(labels).find((one) => entityKindOf(one) === kind)
  return label === undefined ? '' : (labels[label] ?? '')
}

/** The most exact thing that a series is about: its pod before its namespace. */
const order: readonly EntityKind[] = [
  ...(['trace', 'container', 'pod', 'workload', 'service', 'node'] as const),
  ...(['namespace', 'cluster'] as const),
]

export function entityOfLabels(labels: Labels): Entity | undefined {
  const found = Object.keys(labels).flatMap((label) => entityOf(label, labels) ?? [])
  return order.flatMap((kind) => found.find((one) => one.kind === kind) ?? [])[0]
}
