/**
 * Data table: the columns of audit events, security events and network flows under the names that
 * documents give them. What logs and spans are called is in model/fields.ts.
 */
import type { Field, FieldKind } from '../../model/fields.ts'
import { tables } from '../../model/tables.ts'

type SecurityTable = 'audit_events' | 'security_events' | 'network_flows'

const shared: Readonly<Record<string, string>> = {
  time: '@timestamp timestamp',
  cluster: 'orchestrator.cluster.name k8s.cluster.name kubernetes.cluster.name',
  namespace: 'kubernetes.namespace k8s.namespace.name kubernetes.namespace.name',
  workload: 'k8s.workload.name kubernetes.deployment.name k8s.deployment.name',
  pod: 'kubernetes.pod.name k8s.pod.name',
  container: 'kubernetes.container.name k8s.container.name container.name',
  node: 'kubernetes.node.name k8s.node.name host.name',
  service: 'service.name',
  ingested_time: 'event.ingested',
  sentence: 'message',
}

const own: Readonly<Record<SecurityTable, Readonly<Record<string, string>>>> = {
  audit_events: {
    verb: 'event.action kubernetes.audit.verb',
    user: 'user.name kubernetes.audit.user.username',
    user_uid: 'user.id kubernetes.audit.user.uid',
    user_groups: 'user.roles kubernetes.audit.user.groups',
    impersonated_user: 'user.effective.name kubernetes.audit.impersonatedUser.username',
    source_ip: 'source.ip client.ip',
    source_ips: 'kubernetes.audit.sourceIPs related.ip',
    user_agent: 'user_agent.original kubernetes.audit.userAgent',
    resource: 'kubernetes.audit.objectRef.resource orchestrator.resource.type',
    subresource: 'kubernetes.audit.objectRef.subresource',
    object_name: 'kubernetes.audit.objectRef.name orchestrator.resource.name',
    object_uid: 'kubernetes.audit.objectRef.uid',
    api_group: 'kubernetes.audit.objectRef.apiGroup',
    api_version: 'kubernetes.audit.objectRef.apiVersion orchestrator.api_version',
    request_uri: 'url.original kubernetes.audit.requestURI',
    decision: 'kubernetes.audit.annotations.authorization_k8s_io/decision',
    audit_id: 'event.id kubernetes.audit.auditID',
    stage: 'kubernetes.audit.stage',
    level: 'kubernetes.audit.level',
    outcome: 'event.outcome',
    status_code: 'http.response.status_code kubernetes.audit.responseStatus.code',
    status_reason: 'kubernetes.audit.responseStatus.reason',
    status_message: 'kubernetes.audit.responseStatus.message error.message',
    duration_ns: 'event.duration',
  },
  security_events: {
    rule: 'rule.name falco.rule',
    priority: 'log.level falco.priority',
    severity_number: 'event.severity',
    action: 'event.action',
    sensor: 'observer.product event.module',
    kind: 'event.kind event.category',
    event_uid: 'event.id',
    process_name: 'process.name proc.name',
    process_path: 'process.executable',
    process_command: 'process.command_line',
    process_pid: 'process.pid',
    process_id: 'process.entity_id',
    parent_name: 'process.parent.name',
    parent_path: 'process.parent.executable',
    parent_command: 'process.parent.command_line',
    parent_id: 'process.parent.entity_id',
    user: 'user.name',
    user_id: 'user.id',
    working_directory: 'process.working_directory',
    container_id: 'container.id',
    image: 'container.image.name',
    image_tag: 'container.image.tag',
    pod_uid: 'kubernetes.pod.uid k8s.pod.uid',
    file_path: 'file.path',
    source_ip: 'source.ip',
    source_port: 'source.port',
    destination_ip: 'destination.ip',
    destination_port: 'destination.port',
    protocol: 'network.transport',
    tags: 'falco.tags rule.ruleset',
  },
  network_flows: {
    verdict: 'event.action',
    outcome: 'event.outcome',
    sensor: 'observer.product event.module',
    flow_uid: 'flow.id event.id',
    direction: 'network.direction',
    protocol: 'network.transport',
    l7_protocol: 'network.protocol network.application',
    source_ip: 'source.ip client.ip',
    source_port: 'source.port client.port',
    source_bytes: 'source.bytes client.bytes',
    source_packets: 'source.packets client.packets',
    destination_ip: 'destination.ip server.ip',
    destination_port: 'destination.port server.port',
    destination_bytes: 'destination.bytes server.bytes',
    destination_packets: 'destination.packets server.packets',
    source_name: 'source.domain',
    destination_name: 'destination.domain',
    l7_method: 'http.request.method',
    l7_status: 'http.response.status_code',
    l7_host: 'url.domain',
    l7_target: 'url.original',
    user_agent: 'user_agent.original',
    trace_id: 'trace.id',
    request_id: 'http.request.id',
    duration_ns: 'event.duration',
  },
}

function kindOf(column: string, type: string): FieldKind {
  if (column === 'sentence') return 'text'
  if (column === 'duration_ns') return 'duration'
  if (column === 'resource_id') return 'hash'
  const bare = /^Array\((.*)\)$/.exec(type)?.[1] ?? type
  if (bare.startsWith('DateTime')) return 'time'
  if (bare.startsWith('FixedString')) return 'id'
  if (bare.startsWith('Enum')) return 'enum'
  if (bare === 'Bool') return 'boolean'
  return /^U?Int|^Float/.test(bare) ? 'number' : 'keyword'
}

function fieldsOf(table: SecurityTable): ReadonlyMap<string, Field> {
  const byName = new Map<string, Field>()
  for (const [column, type] of Object.entries(tables[table].columns as Record<string, string>)) {
    if (type.startsWith('Map(')) continue
    const names = `${shared[column] ?? ''} ${own[table][column] ?? ''}`.split(' ').filter(Boolean)
    const kind = kindOf(column, type)
    const words = [...type.matchAll(/'(\w+)' =/g)].map((found) => found[1]!)
    const bytes = type === 'FixedString(16)' ? 16 : type === 'FixedString(8)' ? 8 : undefined
    const isWord = kind === 'keyword' || kind === 'text' || kind === 'id'
    const field: Field = {
      name: names[0] ?? column,
      column,
      kind,
      aliases: names.slice(1),
      ...(isWord ? { absent: '' } : {}),
      ...(bytes === undefined ? {} : { bytes: bytes as 8 | 16 }),
      ...(kind === 'enum'
        ? { values: Object.fromEntries(words.map((word) => [word, [word]])) }
        : {}),
      ...(type.startsWith('Array(') ? { many: true as const } : {}),
    }
    for (const name of [column, ...names]) if (!byName.has(name)) byName.set(name, field)
  }
  return byName
}

const byTable = {
  audit_events: fieldsOf('audit_events'),
  security_events: fieldsOf('security_events'),
  network_flows: fieldsOf('network_flows'),
}

/** Every name of a column of the table, and what it is. */
export function securityPlaces(table: SecurityTable): ReadonlyMap<string, Field> {
  return byTable[table]
}
