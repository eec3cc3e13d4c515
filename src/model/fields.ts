/**
 * The searchable fields of each table and every other name they are known by: OpenTelemetry, ECS
 * and short. A name that is no field is an attribute; names.ts knows which of those mean the same.
 */
import { healths, objectChanges } from './kubernetes.ts'
import { attributeNames } from './search/names.ts'
import {
  isSecurityTable,
  type SecurityTable,
  securityAttribute,
  securityFields,
} from './security-fields.ts'

export type SearchTable =
  | 'logs'
  | 'spans'
  | 'metric_series'
  | 'kubernetes_objects'
  | 'kubernetes_current'
  | 'kubernetes_events'
  | SecurityTable

/**
 * keyword: compared as a whole, case matters. text: its words are matched, case does not matter.
 * hash: a 64-bit number without order. id: bytes, written as hex.
 */
export type FieldKind =
  | 'keyword'
  | 'text'
  | 'number'
  | 'hash'
  | 'id'
  | 'time'
  | 'duration'
  | 'severity'
  | 'enum'
  | 'boolean'

export type Field = {
  name: string
  column: string
  kind: FieldKind
  aliases: readonly string[]
  /** Length of an id. */
  bytes?: 8 | 16
  /** What may be typed for an enum, and the stored words it stands for. */
  values?: Readonly<Record<string, readonly string[]>>
  /** The stored value that means "not there"; without one the field is always there. */
  absent?: string | number
  /** The column is an array: a row matches when one of its items does. */
  many?: true
  /** Of severity: the column with the word that was sent. */
  sent?: string
}

export type FieldMatch =
  | { tag: 'column'; field: Field }
  /** Where to look, and under which names: the one asked for first. */
  | { tag: 'attribute'; names: readonly string[]; inRecord: boolean; inResource: boolean }

const word = (name: string, ...aliases: string[]): Field => ({
  name,
  column: name,
  kind: 'keyword',
  aliases,
  absent: '',
})
const text = (name: string, ...aliases: string[]): Field => ({
  ...word(name, ...aliases),
  kind: 'text',
})
const time = (name: string, ...aliases: string[]): Field => ({
  name,
  column: name,
  kind: 'time',
  aliases,
})
const hash = (name: string): Field => ({ name, column: name, kind: 'hash', aliases: [], absent: 0 })
const id = (name: string, bytes: 8 | 16, ...aliases: string[]): Field => ({
  name,
  column: name,
  kind: 'id',
  aliases,
  bytes,
  absent: '',
})
const choice = (name: string, words: readonly string[], ...aliases: string[]): Field => ({
  name,
  column: name,
  kind: 'enum',
  aliases,
  values: Object.fromEntries(words.map((value) => [value, [value]])),
})

const cluster: readonly Field[] = [
  word('cluster', 'k8s.cluster.name', 'orchestrator.cluster.name', 'kubernetes.cluster.name'),
  word(
    'namespace',
    'k8s.namespace.name',
    'kubernetes.namespace',
    'kubernetes.namespace.name',
    'ns',
  ),
  word(
    'workload',
    'k8s.deployment.name',
    'k8s.statefulset.name',
    'k8s.daemonset.name',
    'k8s.cronjob.name',
    'k8s.workload.name',
    'kubernetes.deployment.name',
    'kubernetes.statefulset.name',
    'kubernetes.daemonset.name',
    'kubernetes.cronjob.name',
    'deployment',
  ),
]
const node = word('node', 'k8s.node.name', 'kubernetes.node.name', 'kubernetes.node.hostname')

const place: readonly Field[] = [
  ...cluster,
  word('pod', 'k8s.pod.name', 'kubernetes.pod.name', 'pod_name'),
  word('container', 'k8s.container.name', 'kubernetes.container.name', 'container.name'),
  node,
  word('service', 'service.name', 'service_name'),
  word(
    'scope',
    'otel.scope.name',
    'scope.name',
    'instrumentation_scope.name',
    'log.logger',
    'service.framework.name',
  ),
  hash('resource_id'),
  time('time', '@timestamp', 'timestamp'),
]

const written = time('ingested_time', 'event.ingested')

const logs: readonly Field[] = [
  ...place,
  written,
  text('body', 'message', 'msg', 'log.message'),
  {
    name: 'severity',
    column: 'severity_number',
    kind: 'severity',
    aliases: ['level', 'log.level', 'loglevel', 'log.severity'],
    absent: 0,
    sent: 'severity_text',
  },
  { name: 'severity_number', column: 'severity_number', kind: 'number', aliases: [], absent: 0 },
  word('severity_text'),
  time('observed_time', 'observed_timestamp'),
  word('event_name', 'event.name'),
  hash('template_id'),
  id('trace_id', 16, 'trace.id', 'traceId', 'traceid', 'trace'),
  id('span_id', 8, 'span.id', 'spanId', 'spanid', 'transaction.id'),
  { name: 'trace_flags', column: 'trace_flags', kind: 'number', aliases: [] },
]

const spanKinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']

const spans: readonly Field[] = [
  ...place,
  written,
  word('name', 'span.name', 'transaction.name', 'operation', 'span_name'),
  {
    name: 'duration',
    column: 'duration_ns',
    kind: 'duration',
    aliases: ['duration_ns', 'event.duration', 'span.duration'],
  },
  id('trace_id', 16, 'trace.id', 'traceId', 'traceid', 'trace'),
  id('span_id', 8, 'span.id', 'spanId', 'spanid', 'transaction.id'),
  id('parent_span_id', 8, 'parent.id', 'parent_id', 'parentSpanId'),
  word('trace_state'),
  { ...choice('kind', spanKinds, 'span.kind', 'span_kind'), absent: 'unspecified' },
  choice('status', ['unset', 'ok', 'error'], 'status.code', 'otel.status_code', 'status_code'),
  {
    name: 'event.outcome',
    column: 'status',
    kind: 'enum',
    aliases: ['outcome'],
    values: { success: ['ok', 'unset'], failure: ['error'], unknown: [] },
  },
  text('status_message', 'status.message', 'otel.status_description'),
  {
    name: 'http_status_code',
    column: 'http_status_code',
    kind: 'number',
    aliases: ['http.response.status_code', 'http.status_code'],
    absent: 0,
  },
  word('peer_service'),
  {
    ...choice('peer_kind', ['none', 'external', 'database', 'messaging']),
    absent: 'none',
  },
  word('peer_system'),
  { ...word('events.name', 'event', 'event_name'), many: true },
  { ...id('links.trace_id', 16), many: true },
  { ...id('links.span_id', 8), many: true },
]

const series: readonly Field[] = [
  ...place,
  word('metric', 'metric.name', 'metric_name', 'name', '__name__', 'metricset.name'),
  choice(
    'kind',
    ['gauge', 'sum', 'histogram', 'exponential_histogram', 'summary'],
    'metric.kind',
    'type',
  ),
  {
    ...choice('temporality', ['unspecified', 'delta', 'cumulative'], 'metric.temporality'),
    absent: 'unspecified',
  },
  { name: 'monotonic', column: 'monotonic', kind: 'boolean', aliases: ['metric.monotonic'] },
  choice('origin', ['otlp', 'prometheus']),
  word('unit', 'metric.unit'),
  text('description', 'metric.description'),
  hash('series_id'),
]

/** What a Kubernetes object and an event about one have in common. */
const objectName: readonly Field[] = [
  word('kind', 'k8s.object.kind', 'involvedObject.kind'),
  word('name', 'pod', 'k8s.pod.name', 'kubernetes.pod.name', 'involvedObject.name'),
  ...cluster,
  node,
  word('uid', 'k8s.pod.uid', 'kubernetes.pod.uid', 'k8s.object.uid', 'involvedObject.uid'),
  word('workload_kind'),
]

const objects: readonly Field[] = [
  ...objectName,
  choice('health', healths),
  word('status', 'phase', 'k8s.pod.phase', 'kubernetes.pod.status.phase'),
  text('status_message', 'status.message'),
  word('api_version', 'apiVersion'),
  word('owner_kind'),
  word('owner_name', 'owner'),
  time('created_time', 'creationTimestamp'),
  choice('change', objectChanges),
  time('time', '@timestamp', 'timestamp'),
]

const objectHistory: readonly Field[] = [
  ...objects,
  word('actor', 'manager', 'user'),
  { ...word('changed_paths', 'path', 'changed'), many: true },
  text('diff'),
  word('resource_version', 'resourceVersion'),
  written,
]

const events: readonly Field[] = [
  ...objectName,
  word('type'),
  word('reason', 'k8s.event.reason', 'kubernetes.event.reason'),
  text('message', 'body', 'note', 'kubernetes.event.message'),
  { name: 'count', column: 'count', kind: 'number', aliases: ['k8s.event.count'], absent: 0 },
  word('source', 'reportingComponent'),
  word('event_uid', 'k8s.event.uid'),
  time('first_time', 'firstTimestamp'),
  written,
  time('time', '@timestamp', 'timestamp'),
]

/** The fields of each table, in the order in which completion offers them. */
export const searchFields: Readonly<Record<SearchTable, readonly Field[]>> = {
  logs,
  spans,
  metric_series: series,
  kubernetes_objects: objectHistory,
  kubernetes_current: objects,
  kubernetes_events: events,
  ...securityFields,
}

/** The columns in which words without a field are looked for. */
export const textColumns: Readonly<Record<SearchTable, readonly string[]>> = {
  logs: ['body'],
  spans: ['name', 'status_message'],
  metric_series: ['metric'],
  kubernetes_objects: ['name', 'status_message', 'diff'],
  kubernetes_current: ['name', 'status', 'status_message'],
  kubernetes_events: ['name', 'reason', 'message'],
  audit_events: ['sentence', 'object_name'],
  security_events: ['sentence', 'process_command'],
  network_flows: ['sentence'],
}

const byName = Object.fromEntries(
  Object.entries(searchFields).map(([table, fields]) => [
    table,
    new Map(fields.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, field]))),
  ]),
) as Record<SearchTable, Map<string, Field>>

/** Which column or attributes a name typed in the search box stands for. */
export function resolveField(table: SearchTable, name: string): FieldMatch {
  const field = byName[table].get(name)
  if (field !== undefined) return { tag: 'column', field }
  if (name.startsWith('resource.attributes.')) {
    const names = attributeNames(name.slice('resource.attributes.'.length))
    return { tag: 'attribute', names, inRecord: false, inResource: true }
  }
  if (isSecurityTable(table)) {
    // Their resources tell of who saw it: they are looked at when asked for alone.
    const names = securityAttribute(table, name)
    return { tag: 'attribute', names, inRecord: true, inResource: false }
  }
  if (name.startsWith('attributes.')) {
    const names = attributeNames(name.slice('attributes.'.length))
    return { tag: 'attribute', names, inRecord: true, inResource: false }
  }
  const names = attributeNames(name)
  return { tag: 'attribute', names, inRecord: true, inResource: !names.every(isOfRecord) }
}

/** Semantic conventions put these on records only: looking at resources would be for nothing. */
const recordPrefix = new RegExp(
  '^(?:http|url|db|rpc|messaging|exception|net|network|client|server|graphql|event|rule|source|' +
    'destination|dns|falco|tetragon|envoy|hubble|kubernetes\\.audit|objectRef|responseStatus)\\.',
)

function isOfRecord(name: string): boolean {
  return recordPrefix.test(name)
}
