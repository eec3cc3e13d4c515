/**
 * Rows as the documents that people sent, or that Elastic's own shippers would have sent: nested,
 * in ECS names. Which rows is hits.ts's work.
 */
import type { Field } from '../../model/fields.ts'
import { tables } from '../../model/tables.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { type DocumentTable, fixedDataset, idOf, indexOf } from './field-places.ts'
import { empty, flat, isNested, type Nested, put } from './nested-document.ts'
import { securityPlaces } from './security-places.ts'

export type DocumentRow = Readonly<Record<string, unknown>>
export type Attributes = Readonly<Record<string, string>>
export type Document = { index: string; id: string; source: Nested }

const hexOf = (column: string, bytes: number) => sql`if(${sql.identifier(column)} =
  toFixedString('', ${bytes}), '', lower(hex(${sql.identifier(column)})))`

/** What a document is made of, each under its column's name. */
export function documentColumns(table: DocumentTable): Sql {
  const columns: Readonly<Record<string, string>> = tables[table].columns
  const parts = Object.entries(columns)
    .filter(([name]) => !name.startsWith('links.') && name !== 'resource_id')
    .map(([name, type]) => {
      const column = sql.identifier(name)
      const alias = sql.identifier(`d_${name}`)
      if (type.startsWith('DateTime')) {
        return sql`toString(toUnixTimestamp64Nano(toDateTime64(${column}, 9))) AS ${alias}`
      }
      const bytes = /^FixedString\((\d+)\)$/.exec(type)?.[1]
      if (bytes !== undefined) return sql`${hexOf(name, Number(bytes))} AS ${alias}`
      return sql`${column} AS ${alias}`
    })
  if ('resource_id' in columns) parts.push(sql`toString(resource_id) AS own_resource`)
  if (table === 'logs') parts.push(sql`toString(severity) AS d_severity`)
  parts.push(sql`${indexOf(table)} AS d_index, ${idOf(table)} AS d_id`)
  return sql.join(parts)
}

export function documentOf(table: DocumentTable, row: DocumentRow, resource: Attributes): Document {
  const source =
    table === 'logs'
      ? logDocument(row, resource)
      : table === 'spans'
        ? spanDocument(row, resource)
        : columnDocument(table, row)
  return { index: String(row.d_index), id: String(row.d_id), source }
}

const ecsNames: Readonly<Record<string, string>> = {
  'deployment.environment.name': 'service.environment',
  'service.instance.id': 'service.node.name',
  'host.arch': 'host.architecture',
  'k8s.cluster.name': 'orchestrator.cluster.name',
  'k8s.cluster.uid': 'orchestrator.cluster.id',
  'k8s.namespace.name': 'kubernetes.namespace',
  'k8s.pod.name': 'kubernetes.pod.name',
  'k8s.pod.uid': 'kubernetes.pod.uid',
  'k8s.pod.ip': 'kubernetes.pod.ip',
  'k8s.node.name': 'kubernetes.node.name',
  'k8s.container.name': 'kubernetes.container.name',
  'k8s.deployment.name': 'kubernetes.deployment.name',
  'k8s.replicaset.name': 'kubernetes.replicaset.name',
  'k8s.statefulset.name': 'kubernetes.statefulset.name',
  'k8s.daemonset.name': 'kubernetes.daemonset.name',
  'k8s.cronjob.name': 'kubernetes.cronjob.name',
  'k8s.job.name': 'kubernetes.job.name',
}
const families = [
  ['k8s.pod.label.', 'kubernetes.labels.'],
  ['k8s.pod.annotation.', 'kubernetes.annotations.'],
  ['k8s.namespace.label.', 'kubernetes.namespace_labels.'],
] as const

export function ecsName(name: string): string {
  if (Object.hasOwn(ecsNames, name)) return ecsNames[name]!
  const family = families.find(([own]) => name.startsWith(own))
  return family === undefined ? name : family[1] + name.slice(family[0].length)
}

const own = new Set(['_index', '_id'])

/** What a sender without a name is called here. */
const nameless = 'unknown_service'

/** Where a row is from, of which its resource says the same in other words or nothing. */
const placeNames = [
  ['cluster', 'k8s.cluster.name'],
  ['namespace', 'k8s.namespace.name'],
  ['pod', 'k8s.pod.name'],
  ['container', 'k8s.container.name'],
  ['node', 'k8s.node.name'],
  ['service', 'service.name'],
] as const

function putMaps(document: Nested, row: DocumentRow, resource: Attributes): void {
  const texts = row.d_attributes as Attributes
  const numbers = row.d_numbers as Readonly<Record<string, number>>
  // An index of its own names no data stream: what is kept of one was not sent.
  const isSent = '_index' in texts
  for (const [name, value] of Object.entries(resource)) {
    put(document, ecsName(name), plainValue(value))
  }
  for (const [column, name] of placeNames) {
    const value = String(row[`d_${column}`] ?? '')
    if (value === '' || value === nameless || name in resource) continue
    put(document, ecsName(name), value)
  }
  for (const [name, value] of Object.entries(texts)) {
    if (own.has(name) || (isSent && name.startsWith('data_stream.'))) continue
    put(document, ecsName(name), plainValue(value))
  }
  for (const [name, value] of Object.entries(numbers)) put(document, ecsName(name), value)
}

function logDocument(row: DocumentRow, resource: Attributes): Nested {
  const body = String(row.d_body)
  const texts = row.d_attributes as Attributes
  const sent = body.startsWith('{') ? sentDocument(body, row) : undefined
  if (sent !== undefined) {
    putStream(sent, texts, resource, ['logs', 'generic'])
    return sent
  }
  const document = empty()
  put(document, '@timestamp', isoTime(row.d_time))
  putMaps(document, row, resource)
  word(document, 'log.level', String(row.d_severity_text || row.d_severity))
  word(document, 'log.logger', String(row.d_scope))
  word(document, 'event.name', String(row.d_event_name))
  word(document, 'trace.id', String(row.d_trace_id))
  word(document, 'span.id', String(row.d_span_id))
  put(document, 'message', body)
  putStream(document, texts, resource, ['logs', 'generic'])
  return document
}

/**
 * A document without a message is kept as the body itself: it then holds everything that the row
 * was found to say. A line of JSON that a shipper sent has fields beside it.
 */
function sentDocument(body: string, row: DocumentRow): Nested | undefined {
  const texts = row.d_attributes as Attributes
  const cameByIndex = '_index' in texts || 'data_stream.dataset' in texts
  if (!cameByIndex) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return undefined
  }
  if (!isNested(parsed)) return undefined
  const names = new Set(flat(parsed).map(([name]) => name))
  const isSpecial = (name: string) => own.has(name) || name.startsWith('data_stream.')
  const others = [...Object.keys(texts), ...Object.keys(row.d_numbers as object)]
  if (!others.every((name) => isSpecial(name) || names.has(name))) return undefined
  const document = empty()
  for (const [name, value] of Object.entries(parsed)) document[name] = value
  if (document['@timestamp'] === undefined) document['@timestamp'] = isoTime(row.d_time)
  return document
}

function putStream(
  document: Nested,
  texts: Attributes,
  resource: Attributes,
  [type, dataset]: readonly [string, string],
): void {
  // What was sent to an index of its own is told as it was sent.
  if ('_index' in texts) return
  const said = (name: string) => texts[name] ?? resource[name]
  const named = said('data_stream.dataset') ?? said('event.dataset') ?? dataset
  put(document, 'data_stream.type', said('data_stream.type') ?? type)
  put(document, 'data_stream.dataset', named)
  put(document, 'data_stream.namespace', said('data_stream.namespace') ?? 'default')
}

const outcomes: Readonly<Record<string, string>> = {
  error: 'failure',
  ok: 'success',
  unset: 'success',
}

function spanDocument(row: DocumentRow, resource: Attributes): Nested {
  const document = empty()
  const isEntry =
    row.d_kind === 'server' || row.d_kind === 'consumer' || row.d_parent_span_id === ''
  put(document, '@timestamp', isoTime(row.d_time))
  putMaps(document, row, resource)
  put(document, 'processor.event', isEntry ? 'transaction' : 'span')
  const what = isEntry ? 'transaction' : 'span'
  put(document, `${what}.id`, row.d_span_id)
  put(document, `${what}.name`, row.d_name)
  put(document, `${what}.duration.us`, Math.floor(Number(row.d_duration_ns) / 1000))
  if (!isEntry) put(document, 'span.kind', row.d_kind)
  put(document, 'event.duration', Number(row.d_duration_ns))
  put(document, 'event.outcome', outcomes[String(row.d_status)] ?? 'unknown')
  word(document, 'trace.id', String(row.d_trace_id))
  word(document, 'parent.id', String(row.d_parent_span_id))
  word(document, 'error.message', String(row.d_status_message))
  word(document, 'service.name', String(row.d_service))
  const code = Number(row.d_http_status_code)
  if (code > 0) put(document, 'http.response.status_code', code)
  putStream(document, row.d_attributes as Attributes, resource, ['traces', 'apm'])
  return document
}

const eventPaths: Readonly<Record<string, string>> = {
  cluster: 'orchestrator.cluster.name',
  namespace: 'kubernetes.namespace',
  node: 'kubernetes.node.name',
  kind: 'kubernetes.event.involved_object.kind',
  name: 'kubernetes.event.involved_object.name',
  uid: 'kubernetes.event.involved_object.uid',
  type: 'kubernetes.event.type',
  reason: 'kubernetes.event.reason',
  message: 'message',
  count: 'kubernetes.event.count',
  source: 'kubernetes.event.source.component',
  workload: 'kubernetes.workload.name',
}

/** Every column that says something, under the name that documents have for it. */
function columnDocument(
  table: 'kubernetes_events' | 'audit_events' | 'security_events' | 'network_flows',
  row: DocumentRow,
): Nested {
  const document = empty()
  put(document, '@timestamp', isoTime(row.d_time))
  const types: Readonly<Record<string, string>> = tables[table].columns
  for (const [column, type] of Object.entries(types)) {
    if (column === 'time' || column === 'resource_id') continue
    const value = row[`d_${column}`]
    if (isVoid(value)) continue
    const path = pathOf(table, column)
    if (path === undefined) continue
    put(document, path, type.startsWith('DateTime') ? isoTime(value) : plainOf(type, value))
  }
  const map =
    table === 'audit_events' ? row.d_annotations : table === 'security_events' ? row.d_fields : {}
  const prefix = table === 'audit_events' ? 'kubernetes.audit.annotations.' : 'falco.output_fields.'
  for (const [name, value] of Object.entries(map as Attributes)) {
    // Dots of an annotation's name are no levels; Elastic's integration writes them so, too.
    put(document, prefix + (table === 'audit_events' ? name.replaceAll('.', '_') : name), value)
  }
  const dataset =
    table === 'security_events' ? `${String(row.d_sensor)}.alerts` : fixedDataset[table]
  put(document, 'data_stream.type', 'logs')
  put(document, 'data_stream.dataset', dataset)
  put(document, 'data_stream.namespace', 'default')
  return document
}

function pathOf(
  table: 'kubernetes_events' | 'audit_events' | 'security_events' | 'network_flows',
  column: string,
): string | undefined {
  if (table === 'kubernetes_events') return eventPaths[column]
  return (securityPlaces(table).get(column) as Field | undefined)?.name
}

function isVoid(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true
  return (
    value === '' || value === 0 || value === '0' || (Array.isArray(value) && value.length === 0)
  )
}

function plainOf(type: string, value: unknown): unknown {
  if (/^U?Int/.test(type)) return Number(value)
  return type === 'Bool' ? value === true || value === 1 : value
}

function word(document: Nested, path: string, value: string): void {
  if (value !== '') put(document, path, value)
}

export function isoTime(time_ns: unknown): string {
  const ns = BigInt(String(time_ns))
  const second = ns / 1_000_000_000n
  const to_second = new Date(Number(second) * 1000).toISOString().slice(0, 19)
  const fraction = String(ns % 1_000_000_000n).padStart(9, '0')
  const shown = fraction.endsWith('000000') ? fraction.slice(0, 3) : fraction
  return `${to_second}.${shown}Z`
}

/** Lists are stored as JSON text, truths as words. */
export function plainValue(text: string): unknown {
  if (text === 'true') return true
  if (text === 'false') return false
  if (!text.startsWith('[') || !text.endsWith(']')) return text
  try {
    const items: unknown = JSON.parse(text)
    return Array.isArray(items) ? items : text
  } catch {
    return text
  }
}
