/**
 * What a field's name means for a log record, in the words of ECS, OpenTelemetry, Fluent Bit and
 * Fluentd: its body, time, severity, ids, or an attribute of its resource. All else is an attribute
 * under its own name.
 */
import { type EventMark, eventMarkOf } from './event-marks.ts'

export const meanings = {
  attribute: 0,
  resource: 1,
  time: 2,
  body: 3,
  severity: 4,
  trace: 5,
  span: 6,
  event: 7,
  scope: 8,
} as const
export type Meaning = (typeof meanings)[keyof typeof meanings]

export type NameMeaning = {
  meaning: Meaning
  /** Of several fields with one meaning the lowest counts; the others stay attributes. */
  rank: number
  /** The name of a resource attribute as OpenTelemetry spells it. */
  resource: string
  /** Records with such a field may be events of a kind with a table of its own. */
  mark: EventMark | undefined
}

/** All have the same members, in one order: the hot path then reads one shape. */
const plain: NameMeaning = { meaning: meanings.attribute, rank: 0, resource: '', mark: undefined }
const byName = new Map<string, NameMeaning>()

for (const [meaning, names] of [
  [meanings.time, '@timestamp timestamp time ts @t'],
  [meanings.body, 'message log msg body @message @m event.original'],
  [
    meanings.severity,
    'log.level severity_text severity level loglevel log_level lvl levelname detected_level @l',
  ],
  [meanings.trace, 'trace.id trace_id traceId traceid traceID TraceId TraceID otelTraceID @tr'],
  [
    meanings.span,
    'span.id span_id spanId spanid spanID SpanId SpanID otelSpanID @sp transaction.id',
  ],
  [meanings.event, 'event_name event.name'],
  [meanings.scope, 'log.logger'],
] as const) {
  for (const [rank, name] of names.split(' ').entries()) {
    byName.set(name, { meaning, rank, resource: '', mark: undefined })
  }
}

const resourceNames: Readonly<Record<string, string>> = {
  'k8s.cluster.name': 'orchestrator.cluster.name kubernetes.cluster.name kubernetes.cluster_name',
  'k8s.cluster.uid': 'orchestrator.cluster.id',
  'k8s.namespace.name':
    'kubernetes.namespace kubernetes.namespace_name kubernetes.namespace.name ' +
    'kubernetes.pod_namespace',
  'k8s.namespace.uid': 'kubernetes.namespace_uid kubernetes.namespace_id',
  'k8s.pod.name': 'kubernetes.pod.name kubernetes.pod_name',
  'k8s.pod.uid': 'kubernetes.pod.uid kubernetes.pod_id',
  'k8s.pod.ip': 'kubernetes.pod.ip kubernetes.pod_ip',
  'k8s.node.name':
    'kubernetes.node.name kubernetes.host kubernetes.node.hostname kubernetes.pod_node_name',
  'k8s.node.uid': 'kubernetes.node.uid',
  'k8s.container.name': 'kubernetes.container.name kubernetes.container_name',
  'k8s.deployment.name': 'kubernetes.deployment.name',
  'k8s.replicaset.name': 'kubernetes.replicaset.name',
  'k8s.statefulset.name': 'kubernetes.statefulset.name',
  'k8s.daemonset.name': 'kubernetes.daemonset.name',
  'k8s.cronjob.name': 'kubernetes.cronjob.name',
  'k8s.job.name': 'kubernetes.job.name',
  'container.id': 'kubernetes.container.id kubernetes.docker_id docker.container_id',
  'container.image.name':
    'kubernetes.container.image kubernetes.container_image container.image.name',
  'container.runtime.name': 'container.runtime',
  'service.name': 'service_name service',
  'service.version': '',
  'service.namespace': '',
  'service.instance.id': 'service.node.name',
  'deployment.environment.name': 'service.environment deployment.environment',
  'host.name': 'host.hostname',
  'host.id': 'cloud.instance.id',
  'host.type': 'cloud.machine.type',
  'host.arch': 'host.architecture',
  'os.type': 'host.os.type host.os.platform',
  'os.description': 'host.os.full',
}
for (const [resource, names] of Object.entries(resourceNames)) {
  for (const [rank, name] of [resource, ...names.split(' ')].entries()) {
    if (name !== '')
      byName.set(name, { meaning: meanings.resource, rank, resource, mark: undefined })
  }
}

/** What follows the prefix keeps its name. */
const families: readonly (readonly [from: string, to: string])[] = [
  ['kubernetes.labels.', 'k8s.pod.label.'],
  ['kubernetes.annotations.', 'k8s.pod.annotation.'],
  ['kubernetes.namespace_labels.', 'k8s.namespace.label.'],
  ['kubernetes.node.labels.', 'k8s.node.label.'],
  ['container.labels.', 'container.label.'],
  ...['k8s.', 'container.', 'host.', 'os.', 'cloud.', 'agent.', 'telemetry.', 'deployment.'].map(
    (own) => [own, own] as const,
  ),
]

/** They change while the thing stays: each change would make a new resource of it. */
const passing = new Set(['host.ip', 'host.mac', 'host.uptime', 'agent.ephemeral_id'])

export function meaningOf(name: string): NameMeaning {
  const known = byName.get(name)
  if (known !== undefined) return known
  if (passing.has(name)) return plain
  for (const [from, to] of families) {
    if (!name.startsWith(from) || name.length === from.length) continue
    const resource = to + name.slice(from.length)
    return { meaning: meanings.resource, rank: 9, resource, mark: undefined }
  }
  const mark = eventMarkOf(name)
  return mark === undefined ? plain : { ...plain, mark }
}

/** The name under which Elasticsearch's users know what has another in OpenTelemetry. */
const ecsNames = new Map<string, string>([
  ['deployment.environment.name', 'service.environment'],
  ['service.instance.id', 'service.node.name'],
  ['host.arch', 'host.architecture'],
  ['k8s.cluster.name', 'orchestrator.cluster.name'],
  ['k8s.cluster.uid', 'orchestrator.cluster.id'],
  ['k8s.namespace.name', 'kubernetes.namespace'],
  ['k8s.pod.name', 'kubernetes.pod.name'],
  ['k8s.pod.uid', 'kubernetes.pod.uid'],
  ['k8s.pod.ip', 'kubernetes.pod.ip'],
  ['k8s.node.name', 'kubernetes.node.name'],
  ['k8s.container.name', 'kubernetes.container.name'],
  ...['deployment', 'replicaset', 'statefulset', 'daemonset', 'cronjob', 'job'].map(
    (kind) => [`k8s.${kind}.name`, `kubernetes.${kind}.name`] as const,
  ),
])
const ecsFamilies = [
  ['k8s.pod.label.', 'kubernetes.labels.'],
  ['k8s.pod.annotation.', 'kubernetes.annotations.'],
  ['k8s.namespace.label.', 'kubernetes.namespace_labels.'],
] as const

/** What a pipeline written for Elasticsearch calls the field. */
export function ecsNameOf(name: string): string {
  const known = ecsNames.get(name)
  if (known !== undefined) return known
  const family = ecsFamilies.find(([own]) => name.startsWith(own))
  return family === undefined ? name : family[1] + name.slice(family[0].length)
}
