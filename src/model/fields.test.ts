/** The table of fields against the tables, and which names are one field. */
import { describe, expect, it } from 'vitest'
import { resolveField, type SearchTable, searchFields, textColumns } from './fields.ts'
import { tables } from './tables.ts'

const searchTables = Object.keys(searchFields) as SearchTable[]

describe.each(searchTables)('%s', (table) => {
  it('has a column for every field', () => {
    const columns = Object.keys(tables[table].columns)
    for (const { column } of searchFields[table]) expect(columns).toContain(column)
    for (const column of textColumns[table]) expect(columns).toContain(column)
  })

  it('gives every name to one field', () => {
    const names = searchFields[table].flatMap((field) => [field.name, ...field.aliases])
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  it('offers every column that people can search', () => {
    const hidden = ['attributes', 'numbers', 'events.time', 'events.attributes']
    hidden.push('links.attributes', 'labels', 'object', 'annotations', 'user_extra', 'fields')
    const searched = searchFields[table].map((field) => field.column)
    const columns = Object.keys(tables[table].columns)
    expect(columns.filter((name) => !searched.includes(name) && !hidden.includes(name))).toEqual([])
  })
})

it('knows the names of OpenTelemetry, ECS and people', () => {
  const f = (table: SearchTable, column: string, ...names: string[]) => {
    for (const name of names) {
      expect(resolveField(table, name), name).toMatchObject({ tag: 'column', field: { column } })
    }
  }
  f('logs', 'pod', 'pod', 'k8s.pod.name', 'kubernetes.pod.name')
  f('logs', 'cluster', 'k8s.cluster.name', 'orchestrator.cluster.name')
  f('logs', 'workload', 'k8s.deployment.name', 'kubernetes.statefulset.name')
  f('logs', 'body', 'message', 'body')
  f('logs', 'severity_number', 'level', 'log.level', 'severity')
  f('logs', 'severity_text', 'severity_text')
  f('spans', 'duration_ns', 'duration', 'event.duration')
  f('spans', 'http_status_code', 'http.response.status_code', 'http.status_code')
  f('spans', 'trace_id', 'trace.id', 'traceId')
  f('metric_series', 'metric', 'metric', '__name__')
  f('kubernetes_current', 'name', 'name', 'pod', 'kubernetes.pod.name')
  f('kubernetes_objects', 'uid', 'uid', 'kubernetes.pod.uid')
  f('kubernetes_events', 'message', 'message', 'body')
  f('audit_events', 'user', 'user', 'user.name', 'kubernetes.audit.user.username', 'username')
  f('audit_events', 'verb', 'verb', 'kubernetes.audit.verb', 'event.action')
  f('audit_events', 'resource', 'objectRef.resource', 'kubernetes.audit.objectRef.resource')
  f('audit_events', 'source_ips', 'sourceIPs', 'kubernetes.audit.sourceIPs')
  f('security_events', 'process_name', 'proc.name', 'process.name')
  f('security_events', 'severity_number', 'severity', 'level', 'log.level')
  f('security_events', 'rule', 'rule', 'falco.rule', 'rule.name')
  f('network_flows', 'destination_port', 'destination.port', 'server.port')
  f('network_flows', 'duration_ns', 'duration', 'event.duration', 'duration_ns')
})

it('finds what security events have no column for', () => {
  const f = (table: SearchTable, name: string, ...names: string[]) =>
    expect(resolveField(table, name), name).toEqual({
      tag: 'attribute',
      names,
      inRecord: true,
      inResource: false,
    })
  const policy = 'pod-security.kubernetes.io/enforce-policy'
  f(
    'audit_events',
    `annotations.${policy}`,
    policy,
    ...[`annotations.${policy}`, `kubernetes.audit.annotations.${policy}`],
  )
  f(
    'security_events',
    'output_fields.fd.name',
    'fd.name',
    ...['output_fields.fd.name', 'falco.output_fields.fd.name'],
  )
  f('network_flows', 'toString', 'toString')
})

it('finds attributes under every generation of their name', () => {
  const f = (name: string, ...others: string[]) =>
    expect(resolveField('logs', name), name).toMatchObject({
      tag: 'attribute',
      names: [name, ...others],
    })
  f('order.id')
  const answered = ['kubernetes.audit.responseStatus.code', 'responseStatus.code']
  f('http.response.status_code', 'http.status_code', ...answered)
  f('http.status_code', 'http.response.status_code')
  f('db.system', 'db.system.name')
  f('url.path', 'http.target')
  f('server.address', 'net.peer.name', 'net.host.name', 'http.host')
  f('net.peer.name', 'server.address')
  f('kubernetes.pod.uid', 'k8s.pod.uid')
  f('kubernetes.labels.app', 'k8s.pod.label.app', 'k8s.pod.labels.app')
  f('labels.order', 'order')
  f('verb', 'kubernetes.audit.verb')
  f('kubernetes.audit.verb', 'verb')
  f('objectRef.resource', 'kubernetes.audit.objectRef.resource')
  f('kubernetes.audit.objectRef.name', 'objectRef.name')
  f('kubernetes.audit.user.username', 'user.name')
  f('sourceIPs', 'source.ip')
  f('proc.name', 'process.name')
  f('falco.rule', 'rule.name')
  f('toString')
  f('__proto__')
})

it('looks where an attribute can be', () => {
  const f = (name: string, inRecord: boolean, inResource: boolean) =>
    expect(resolveField('spans', name), name).toMatchObject({ inRecord, inResource })
  f('host.name', true, true)
  f('order.id', true, true)
  f('http.route', true, false)
  f('attributes.host.name', true, false)
  f('resource.attributes.host.name', false, true)
})
