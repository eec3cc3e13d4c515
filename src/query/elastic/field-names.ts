/** The fields that every document of a table may have, and what a pattern of names finds. */
import { searchFields } from '../../model/fields.ts'
import { type DocumentTable, placeOf } from './field-places.ts'
import { securityPlaces } from './security-places.ts'

/** What a field is to Elasticsearch. */
export type FieldType = 'keyword' | 'text' | 'long' | 'double' | 'boolean' | 'date' | 'ip'

const shared: readonly string[] = [
  ...['@timestamp', 'message', 'service.name', 'data_stream.type', 'data_stream.dataset'],
  ...['data_stream.namespace', 'event.dataset', 'event.ingested', 'orchestrator.cluster.name'],
  ...['kubernetes.namespace', 'kubernetes.pod.name', 'kubernetes.container.name'],
  ...['kubernetes.node.name', 'kubernetes.deployment.name'],
]

const own: Readonly<Record<DocumentTable, readonly string[]>> = {
  logs: ['log.level', 'log.logger', 'event.name', 'trace.id', 'span.id'],
  spans: [
    ...['trace.id', 'span.id', 'span.name', 'transaction.id', 'transaction.name', 'parent.id'],
    ...['event.outcome', 'event.duration', 'transaction.duration.us', 'span.duration.us'],
    ...['processor.event', 'http.response.status_code', 'span.kind', 'status.code'],
  ],
  kubernetes_events: [
    ...['kubernetes.event.reason', 'kubernetes.event.message', 'involvedObject.kind'],
    ...['involvedObject.name', 'type', 'count'],
  ],
  audit_events: [],
  security_events: [],
  network_flows: [],
}

/** The names that documents of the table use for its columns. */
export function columnNames(table: DocumentTable): readonly string[] {
  const names = [...shared, ...own[table]]
  if (table === 'audit_events' || table === 'security_events' || table === 'network_flows') {
    for (const field of new Set(securityPlaces(table).values())) names.push(field.name)
  }
  return [...new Set(names)].filter((name) => placeOf(table, name).tag !== 'nowhere')
}

/** Columns whose name, in documents or here, has the shape of the pattern. */
export function fieldsLike(table: DocumentTable, pattern: string): readonly string[] {
  const found = columnNames(table).filter((name) => hasShape(name, pattern))
  const known =
    table === 'logs' || table === 'spans' || table === 'kubernetes_events'
      ? searchFields[table].filter(({ kind }) => kind === 'keyword' || kind === 'text')
      : []
  const others = known
    .filter(({ name, aliases }) => [name, ...aliases].some((one) => hasShape(one, pattern)))
    .map(({ name }) => name)
  return [...new Set([...found, ...others])]
}

/** `*` stands for any text. */
export function hasShape(text: string, pattern: string): boolean {
  const parts = pattern.split('*')
  const first = parts[0]!
  const last = parts.at(-1)!
  if (parts.length === 1) return text === pattern
  if (!text.startsWith(first) || text.length < first.length + last.length) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.endsWith(last) && text.length - last.length >= at
}

/** What a column's values are to those who ask for them. */
export function columnType(table: DocumentTable, name: string): FieldType | undefined {
  const place = placeOf(table, name)
  if (place.tag === 'made') {
    return place.kind === 'number' ? 'long' : place.kind === 'time' ? 'date' : 'keyword'
  }
  if (place.tag !== 'column') return undefined
  if (name.endsWith('.keyword')) return 'keyword'
  switch (place.kind) {
    case 'text':
      return 'text'
    case 'time':
      return 'date'
    case 'number':
    case 'duration':
    case 'hash':
      return 'long'
    case 'boolean':
      return 'boolean'
    default:
      return 'keyword'
  }
}
