/**
 * A stored log record as the document that pipelines work on: nested, in the names that pipelines
 * for Elasticsearch are written in. Reading records is queries.ts.
 */
import { ecsName } from '../../query/elastic/documents.ts'
import { empty, type Nested, put } from '../../query/elastic/nested-document.ts'
import { genericDataset } from './contract.ts'

export type StoredRecord = {
  time_ns: string
  severity: string
  severity_text: string
  event_name: string
  scope: string
  body: string
  trace: string
  span: string
  attributes: Readonly<Record<string, string>>
  numbers: Readonly<Record<string, number>>
}

/** Long lines are cut: what is tried on twenty records is sent through the browser. */
const body_length_max = 16_384

export function documentOf(
  record: StoredRecord,
  resource: Readonly<Record<string, string>>,
): { document: Nested; index: string } {
  const document = empty()
  const { attributes, numbers } = record
  put(document, '@timestamp', isoTime(record.time_ns))
  for (const [name, value] of Object.entries(resource)) put(document, ecsName(name), itemsOf(value))
  for (const [name, value] of Object.entries(attributes)) {
    put(document, ecsName(name), itemsOf(value))
  }
  for (const [name, value] of Object.entries(numbers)) put(document, ecsName(name), value)
  const word = (path: string, value: string) => value !== '' && put(document, path, value)
  word('log.level', record.severity_text || record.severity)
  word('log.logger', record.scope)
  word('event_name', record.event_name)
  word('trace.id', record.trace)
  word('span.id', record.span)
  put(document, 'message', record.body.slice(0, body_length_max))
  const said = (name: string) => attributes[name] ?? resource[name]
  const stream = {
    type: said('data_stream.type') ?? 'logs',
    dataset: said('data_stream.dataset') ?? said('event.dataset') ?? genericDataset,
    namespace: said('data_stream.namespace') ?? 'default',
  }
  for (const [name, value] of Object.entries(stream)) put(document, `data_stream.${name}`, value)
  return { document, index: `${stream.type}-${stream.dataset}-${stream.namespace}` }
}

function isoTime(time_ns: string): string {
  const ns = BigInt(time_ns)
  const to_second = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
  return `${to_second}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`
}

/** Lists are stored as JSON text. */
function itemsOf(text: string): unknown {
  if (!text.startsWith('[') || !text.endsWith(']')) return text
  try {
    const items: unknown = JSON.parse(text)
    return Array.isArray(items) ? items : text
  } catch {
    return text
  }
}

/** Names come from outside: an object without a prototype has no surprises. */
