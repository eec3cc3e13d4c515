/**
 * Data table: the fields of audit events, security events and network flows under the names of ECS,
 * OpenTelemetry, Falco and the API server. What a field is follows from its column's type.
 */
import type { Field, FieldKind } from './fields.ts'
import { attributeNames } from './search/names.ts'
import { securityTables } from './security-tables.ts'

export type SecurityTable = keyof typeof securityTables

const shared: Readonly<Record<string, string>> = {
  time: '@timestamp timestamp',
  ingested_time: 'event.ingested',
  cluster: 'k8s.cluster.name orchestrator.cluster.name kubernetes.cluster.name',
  namespace: 'k8s.namespace.name kubernetes.namespace kubernetes.namespace.name ns',
  workload:
    'k8s.workload.name k8s.deployment.name k8s.statefulset.name k8s.daemonset.name ' +
    'k8s.cronjob.name kubernetes.deployment.name kubernetes.statefulset.name ' +
    'kubernetes.daemonset.name kubernetes.cronjob.name deployment',
  pod: 'k8s.pod.name kubernetes.pod.name pod_name',
  container: 'k8s.container.name kubernetes.container.name container.name',
  node: 'k8s.node.name kubernetes.node.name kubernetes.node.hostname host.name',
  service: 'service.name service_name',
  sentence: 'message msg body',
  duration_ns: 'event.duration',
  outcome: 'event.outcome',
  sensor: 'observer.product event.module',
  source_ip: 'source.ip client.ip',
  destination_ip: 'destination.ip server.ip',
  source_port: 'source.port client.port',
  destination_port: 'destination.port server.port',
  protocol: 'network.transport',
  user: 'user.name',
  user_agent: 'user_agent.original',
}

const own: Readonly<Record<SecurityTable, Readonly<Record<string, string>>>> = {
  audit_events: {
    verb: 'event.action kubernetes.audit.verb',
    user_uid: 'user.id kubernetes.audit.user.uid',
    user_groups: 'user.roles kubernetes.audit.user.groups',
    impersonated_user: 'user.effective.name kubernetes.audit.impersonatedUser.username',
    impersonated_groups: 'kubernetes.audit.impersonatedUser.groups',
    source_ips: 'kubernetes.audit.sourceIPs sourceIPs related.ip',
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
    status_code: 'http.response.status_code kubernetes.audit.responseStatus.code',
    status_reason: 'kubernetes.audit.responseStatus.reason',
    status_message: 'kubernetes.audit.responseStatus.message error.message',
    request_object: 'kubernetes.audit.requestObject requestObject',
    response_object: 'kubernetes.audit.responseObject responseObject',
  },
  security_events: {
    rule: 'rule.name falco.rule',
    priority: 'falco.priority',
    action: 'event.action',
    kind: 'event.kind event.category',
    event_uid: 'event.id',
    process_name: 'process.name proc.name',
    process_path: 'process.executable proc.exepath',
    process_command: 'process.command_line proc.cmdline',
    process_pid: 'process.pid proc.pid',
    process_id: 'process.entity_id',
    parent_name: 'process.parent.name proc.pname',
    parent_path: 'process.parent.executable',
    parent_command: 'process.parent.command_line proc.pcmdline',
    parent_id: 'process.parent.entity_id',
    user_id: 'user.id',
    working_directory: 'process.working_directory',
    container_id: 'container.id',
    image: 'container.image.name',
    image_tag: 'container.image.tag',
    pod_uid: 'k8s.pod.uid kubernetes.pod.uid',
    file_path: 'file.path',
    tags: 'falco.tags rule.ruleset',
  },
  network_flows: {
    verdict: 'event.action',
    flow_uid: 'flow.id event.id',
    direction: 'network.direction',
    l7_protocol: 'network.protocol network.application',
    source_bytes: 'source.bytes client.bytes',
    source_packets: 'source.packets client.packets',
    destination_bytes: 'destination.bytes server.bytes',
    destination_packets: 'destination.packets server.packets',
    source_name: 'source.domain',
    destination_name: 'destination.domain',
    l7_method: 'http.request.method',
    l7_status: 'http.response.status_code',
    l7_host: 'url.domain',
    l7_target: 'url.original',
    trace_id: 'trace.id traceId traceid trace',
    request_id: 'http.request.id',
  },
}

const texts = ['sentence', 'status_message', 'request_object', 'response_object']
/** Zero is what these hold when there is none; of bytes and packets it is a value. */
const isAbsentAtZero = /_port$|_pid$|_identity$|^status_code$/

function kindOf(column: string, type: string): FieldKind {
  if (texts.includes(column)) return 'text'
  if (column === 'duration_ns') return 'duration'
  if (column === 'resource_id') return 'hash'
  if (type.startsWith('DateTime')) return 'time'
  if (type.startsWith('FixedString')) return 'id'
  if (type.startsWith('Enum')) return 'enum'
  if (type === 'Bool') return 'boolean'
  return /^U?Int|^Float/.test(type) ? 'number' : 'keyword'
}

/** The names of a column that say what it is where documents have it: the first is ECS's. */
export function documentNames(table: SecurityTable, column: string): readonly string[] {
  const told = `${shared[column] ?? ''} ${own[table][column] ?? ''}`
  return told.split(' ').filter((name) => name !== '')
}

function fieldsOf(table: SecurityTable): readonly Field[] {
  const columns = Object.entries<string>(securityTables[table].columns).filter(
    ([, type]) => !type.startsWith('Map('),
  )
  const taken = new Set(columns.flatMap(([column]) => [column, ...documentNames(table, column)]))
  for (const name of severityNames(table)) taken.add(name)
  const fields = columns.map(([column, type]): Field => {
    const told = documentNames(table, column)
    const equal = told.flatMap(attributeNames).filter((name) => !taken.has(name))
    for (const name of equal) taken.add(name)
    const name = column === 'duration_ns' ? 'duration' : column
    const aliases = [...told, ...new Set(equal), ...(name === column ? [] : [column])]
    return { name, column, aliases, ...partsOf(column, type) }
  })
  if (table !== 'security_events') return fields
  const severity = fields.findIndex(({ column }) => column === 'severity_number')
  return fields.toSpliced(severity, 0, {
    name: 'severity',
    column: 'severity_number',
    kind: 'severity',
    aliases: severityNames(table).slice(1),
    absent: 0,
    sent: 'priority',
  })
}

function severityNames(table: SecurityTable): readonly string[] {
  if (table !== 'security_events') return []
  return ['severity', 'level', 'log.level', 'loglevel', 'event.severity']
}

type Parts = Pick<Field, 'kind' | 'absent' | 'bytes' | 'values' | 'many'>

function partsOf(column: string, type: string): Parts {
  const inside = /^Array\((.*)\)$/.exec(type)?.[1]
  const bare = inside ?? type
  const kind = kindOf(column, bare)
  if (inside !== undefined) return { kind, absent: '', many: true }
  if (kind === 'keyword' || kind === 'text') return { kind, absent: '' }
  if (kind === 'id') return { kind, absent: '', bytes: bare === 'FixedString(16)' ? 16 : 8 }
  if (kind === 'hash') return { kind, absent: 0 }
  if (kind === 'enum') {
    const words = [...bare.matchAll(/'(\w+)' =/g)].map((found) => found[1]!)
    const values = Object.fromEntries(words.map((word) => [word, [word]]))
    return { kind, values, absent: words[0]! }
  }
  const isAbsent = isAbsentAtZero.test(column) || column === 'severity_number'
  return isAbsent ? { kind, absent: 0 } : { kind }
}

export const securityFields: Readonly<Record<SecurityTable, readonly Field[]>> = {
  audit_events: fieldsOf('audit_events'),
  security_events: fieldsOf('security_events'),
  network_flows: fieldsOf('network_flows'),
}

/** Maps of the row that hold what has no column, and what may stand before its names. */
export const securityMaps: Readonly<
  Record<SecurityTable, { texts: readonly string[]; prefix: RegExp }>
> = {
  audit_events: {
    texts: ['annotations', 'user_extra'],
    prefix: /^(?:attributes|(?:kubernetes\.audit\.)?annotations|user_extra)\./,
  },
  security_events: {
    texts: ['fields'],
    prefix: /^(?:attributes|(?:falco\.)?output_fields|fields)\./,
  },
  network_flows: { texts: [], prefix: /^attributes\./ },
}

export function isSecurityTable(table: string): table is SecurityTable {
  return Object.hasOwn(securityTables, table)
}

/** Where the name looks in the row's own maps, under which names. */
export function securityAttribute(table: SecurityTable, name: string): readonly string[] {
  const bare = name.replace(securityMaps[table].prefix, '')
  return [...new Set([bare, ...attributeNames(name)])]
}
