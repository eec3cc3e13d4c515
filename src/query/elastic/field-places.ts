/**
 * Where a field of a document lies: a column, an attribute under any of its names, or an expression
 * that tells it. Field names are ECS's, OpenTelemetry's and short ones. Makes no conditions.
 */
import { type Field, type FieldKind, resolveField } from '../../model/fields.ts'
import { attributeNames } from '../../model/search/names.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { securityPlaces } from './security-places.ts'

/** The tables whose rows are documents. */
export const documentTables = [
  'logs',
  'spans',
  'kubernetes_events',
  'audit_events',
  'security_events',
  'network_flows',
] as const
export type DocumentTable = (typeof documentTables)[number]

export type Place =
  | { tag: 'column'; column: string; kind: FieldKind; field: Field }
  /** Made of several columns; of this kind, null where it is not there. */
  | { tag: 'made'; kind: 'keyword' | 'number' | 'time'; value: Sql }
  | {
      tag: 'attribute'
      names: readonly string[]
      /** Maps of the row to look in. */
      texts: string | undefined
      numbers: string | undefined
      inResource: boolean
    }
  | { tag: 'nowhere' }

export const nowhere: Place = { tag: 'nowhere' }

/** `x.keyword` is what dynamic mappings call the whole text of `x`. */
export function bareName(name: string): string {
  return name.length > 8 && name.endsWith('.keyword') ? name.slice(0, -8) : name
}

export function placeOf(table: DocumentTable, asked: string): Place {
  const name = bareName(asked)
  const own = specialPlace(table, name)
  if (own !== undefined) return own
  if (table === 'logs' || table === 'spans' || table === 'kubernetes_events') {
    const found = resolveField(table, name)
    if (found.tag === 'column') return columnPlace(found.field)
    if (table === 'kubernetes_events') return nowhere
    const { names, inRecord, inResource } = found
    const own = inRecord ? { texts: 'attributes', numbers: 'numbers' } : noMaps
    return { tag: 'attribute', names, ...own, inResource }
  }
  const found = securityPlaces(table).get(name)
  if (found !== undefined) return columnPlace(found)
  return mapPlace(table, name)
}

const noMaps = { texts: undefined, numbers: undefined }

function columnPlace(field: Field): Place {
  return { tag: 'column', column: field.column, kind: field.kind, field }
}

const mapOf = {
  audit_events: ['annotations', 'kubernetes.audit.annotations.'],
  security_events: ['fields', 'falco.output_fields.'],
} as const

/** What has no column of its own is in the event's own fields. */
function mapPlace(table: DocumentTable, name: string): Place {
  if (table !== 'audit_events' && table !== 'security_events') return nowhere
  const [texts, prefix] = mapOf[table]
  const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name
  const names = [...new Set([bare, ...attributeNames(name)])]
  return { tag: 'attribute', names, texts, numbers: undefined, inResource: false }
}

const severityNames = new Set(['log.level', 'level', 'loglevel', 'log.severity', 'severity'])

/** Columns whose text is told once, in the words that documents have. */
function specialPlace(table: DocumentTable, name: string): Place | undefined {
  switch (name) {
    case '_index':
      return { tag: 'made', kind: 'keyword', value: indexOf(table) }
    case '_id':
      return { tag: 'made', kind: 'keyword', value: idOf(table) }
    case '_doc':
    case '_shard_doc':
    case '_seq_no':
      return { tag: 'made', kind: 'number', value: orderOf(table) }
    case 'data_stream.type':
    case 'data_stream.dataset':
    case 'data_stream.namespace':
    case 'event.dataset':
      return { tag: 'made', kind: 'keyword', value: streamOf(table, name) }
  }
  if (table === 'logs' && severityNames.has(name)) {
    const word = sql`toString(severity)`
    const told = sql`if(severity_text != '', toString(severity_text), ${word})`
    // As it was sent under the names that are sent; one of six words under our own.
    const value = sql`nullIf(${name === 'severity' ? word : told}, '')`
    return { tag: 'made', kind: 'keyword', value }
  }
  if (table !== 'spans') return undefined
  if (name === 'transaction.duration.us' || name === 'span.duration.us') {
    const value = sql`intDiv(duration_ns, 1000)`
    const isEntry = name.startsWith('transaction')
    return { tag: 'made', kind: 'number', value: isEntry ? ofEntry(value) : ofExit(value) }
  }
  if (name === 'processor.event') {
    const value = sql`if(${entry}, 'transaction', 'span')`
    return { tag: 'made', kind: 'keyword', value }
  }
  if (name === 'transaction.name' || name === 'transaction.id') {
    const value = name.endsWith('name') ? sql`toString(name)` : sql`lower(hex(span_id))`
    return { tag: 'made', kind: 'keyword', value: ofEntry(value) }
  }
  if (name === 'span.name' || name === 'span.id') {
    const value = name.endsWith('name') ? sql`toString(name)` : sql`lower(hex(span_id))`
    return { tag: 'made', kind: 'keyword', value: ofExit(value) }
  }
  return undefined
}

/** Elastic tells requests that a service answers, its transactions, from what it did for them. */
export const entry = sql`(kind IN ('server', 'consumer') OR
  parent_span_id = toFixedString('', 8))`
const ofEntry = (value: Sql) => sql`if(${entry}, ${value}, NULL)`
const ofExit = (value: Sql) => sql`if(${entry}, NULL, ${value})`

const genericDataset = 'generic'
const typeOf = { logs: 'logs', spans: 'traces' } as const
const spansDataset = 'apm'

function firstOf(names: readonly string[], otherwise: string): Sql {
  const pairs = names.map((name) => sql`attributes[${name}] != '', attributes[${name}]`)
  return sql`multiIf(${sql.join(pairs)}, ${otherwise})`
}

/** Data sets of the tables whose rows do not say theirs; Elastic's integrations call them so. */
export const fixedDataset = {
  kubernetes_events: 'kubernetes.event',
  audit_events: 'kubernetes.audit_logs',
  network_flows: 'network_traffic.flow',
} as const

function streamOf(table: DocumentTable, name: string): Sql {
  const isDataset = name.endsWith('dataset')
  if (table === 'logs' || table === 'spans') {
    if (name === 'data_stream.type') return firstOf([name], typeOf[table])
    if (name === 'data_stream.namespace') return firstOf([name], 'default')
    const otherwise = table === 'logs' ? genericDataset : spansDataset
    return firstOf(['data_stream.dataset', 'event.dataset'], otherwise)
  }
  if (!isDataset) return name.endsWith('type') ? sql`${'logs'}` : sql`${'default'}`
  if (table === 'security_events') return sql`concat(sensor, '.alerts')`
  return sql`${fixedDataset[table]}`
}

/** The index that a row's document is in: the one that it was sent to, or its data stream. */
export function indexOf(table: DocumentTable): Sql {
  if (table === 'logs' || table === 'spans') {
    const stream = sql`concat(${streamOf(table, 'data_stream.type')}, '-',
      ${streamOf(table, 'data_stream.dataset')}, '-', ${streamOf(table, 'data_stream.namespace')})`
    return sql`if(attributes['_index'] != '', attributes['_index'], ${stream})`
  }
  if (table === 'security_events') return sql`concat('logs-', sensor, '.alerts-default')`
  return sql`${`logs-${fixedDataset[table]}-default`}`
}

/** By which a document can be asked for again: its own id, or what tells its row apart. */
export function idOf(table: DocumentTable): Sql {
  switch (table) {
    case 'logs':
      return sql`if(attributes['_id'] != '', attributes['_id'],
        lower(hex(sipHash128(toUnixTimestamp64Nano(time), resource_id, body))))`
    case 'spans':
      return sql`concat(lower(hex(trace_id)), lower(hex(span_id)))`
    case 'audit_events':
      return sql`concat(audit_id, '-', stage)`
    case 'security_events':
      return sql`event_uid`
    case 'network_flows':
      return sql`if(flow_uid != '', flow_uid, lower(hex(sipHash128(toUnixTimestamp64Nano(time),
        source_ip, source_port, destination_ip, destination_port, sentence))))`
    case 'kubernetes_events':
      return sql`concat(event_uid, '-', toString(count))`
  }
}

/** A number that orders documents of one time, the same in every question. */
export function orderOf(table: DocumentTable): Sql {
  const own = {
    logs: sql`resource_id, template_id, length(body), span_id, length(attributes)`,
    spans: sql`trace_id, span_id`,
    audit_events: sql`audit_id, stage`,
    security_events: sql`event_uid, process_id, process_pid`,
    network_flows: sql`flow_uid, source_ip, source_port, destination_ip, destination_port`,
    kubernetes_events: sql`event_uid, count`,
  }[table]
  return sql`bitShiftRight(cityHash64(toUnixTimestamp64Nano(toDateTime64(time, 9)), ${own}), 12)`
}
