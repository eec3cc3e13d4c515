/**
 * Between flat fields and the nested document that pipelines work on. Only records whose data set
 * has a pipeline come here.
 */
import type { DocumentMap, DocumentValue } from '../../pipeline/document.ts'
import { toPlain } from '../../pipeline/document.ts'
import { type FlatRecord, valueKinds } from './flat-record.ts'
import type { LogRows, RecordVerdict } from './log-rows.ts'
import { ecsNameOf } from './meanings.ts'
import { ownPath, pathOf } from './paths.ts'
import type { RecordPipelines } from './record-pipelines.ts'

const typePath = ownPath('data_stream.type')
const datasetPath = ownPath('data_stream.dataset')
const namespacePath = ownPath('data_stream.namespace')
const otherDatasetPath = ownPath('event.dataset')
const messagePath = ownPath('message')
const timestampPath = ownPath('@timestamp')

/** Which data stream the record belongs to; what it does not say is the default of all shippers. */
export function streamOf(record: FlatRecord) {
  return {
    type: record.get(typePath) ?? 'logs',
    dataset: record.get(datasetPath) ?? record.get(otherDatasetPath) ?? 'generic',
    namespace: record.get(namespacePath) ?? 'default',
  }
}

/** Runs the pipelines of the record, which then holds what they made of it. */
export function passPipelines(rows: LogRows, pipelines: RecordPipelines): RecordVerdict {
  const { record } = rows
  const stream = streamOf(record)
  const isAsked = rows.asked.length > 0
  if (!isAsked && !pipelines.has(stream.type, stream.dataset, rows.index)) return ''
  const metadata = new Map<string, DocumentValue>()
  if (rows.index !== '') metadata.set('_index', rows.index)
  const source = documentOf(record)
  for (const [path, value] of Object.entries(stream)) {
    setPath(source, `data_stream.${path}`, value)
  }
  const verdict = pipelines.run({ source, metadata }, stream, rows.asked)
  if (verdict === 'kept') {
    refill(record, source)
    return ''
  }
  if ('dropped' in verdict) {
    rows.detail = `pipeline ${verdict.dropped} dropped it`
    return 'dropped'
  }
  rows.detail = `pipeline ${verdict.failed.pipeline}: ${verdict.failed.reason}`
  return 'pipeline_failed'
}

/** The record as Elasticsearch's clients would have sent it. */
export function documentOf(record: FlatRecord): DocumentMap {
  const document: DocumentMap = new Map()
  for (let i = 0; i < record.count; i++) {
    const isText = record.kind[i] === valueKinds.text
    const text = isText ? itemsOf(record.textAt(i)) : record.value[i]!
    const value = record.isBoolean[i] === 1 ? text === 'true' : text
    setPath(document, ecsNameOf(record.paths[i]!.name), value)
  }
  if (record.bodyStart >= 0) {
    const line = record.arena.bytes.subarray(record.bodyStart, record.bodyEnd)
    setPath(document, messagePath.name, decoder.decode(line))
  }
  if (record.seconds >= 0) {
    const { seconds, nanoseconds } = record
    const to_second = new Date(seconds * 1000).toISOString().slice(0, 19)
    setPath(document, timestampPath.name, `${to_second}.${String(nanoseconds).padStart(9, '0')}Z`)
  }
  return document
}

const decoder = new TextDecoder()

/** Arrays are kept as JSON text in a record; in a document they are arrays. */
function itemsOf(text: string): DocumentValue {
  if (!text.startsWith('[') || !text.endsWith(']')) return text
  try {
    const items: unknown = JSON.parse(text)
    return Array.isArray(items) ? (items.map(fromJson) as DocumentValue) : text
  } catch {
    return text
  }
}

function fromJson(value: unknown): DocumentValue {
  if (Array.isArray(value)) return value.map(fromJson)
  if (typeof value !== 'object' || value === null) return value as DocumentValue
  return new Map(Object.entries(value).map(([key, item]) => [key, fromJson(item)]))
}

function setPath(document: DocumentMap, name: string, value: DocumentValue): void {
  const keys = name.split('.')
  let map = document
  for (const [depth, key] of keys.slice(0, -1).entries()) {
    const next = map.get(key)
    if (next === undefined) {
      const made: DocumentMap = new Map()
      map.set(key, made)
      map = made
    } else if (next instanceof Map) map = next
    else {
      // `a` is a value and `a.b` is one too: the longer name stays one key.
      map.set(keys.slice(depth).join('.'), value)
      return
    }
  }
  const last = keys.at(-1)!
  const there = map.get(last)
  if (there instanceof Map) there.set('value', value)
  else map.set(last, value)
}

/** The record anew, from what pipelines made. */
export function refill(record: FlatRecord, document: DocumentMap): void {
  const { source, sourceStart, sourceEnd, resourceNames } = record
  record.clear()
  record.resourceNames = resourceNames
  record.sent(source, sourceStart, sourceEnd)
  putDocument(record, '', document, 0)
}

function putDocument(record: FlatRecord, prefix: string, map: DocumentMap, depth: number): void {
  for (const [key, value] of map) {
    const name = prefix === '' ? key : `${prefix}.${key}`
    if (value === null) continue
    if (value instanceof Map && depth < 31) putDocument(record, name, value, depth + 1)
    else if (typeof value === 'number') record.number(pathOf(name), value)
    else if (typeof value === 'string') record.string(pathOf(name), value)
    else if (typeof value === 'boolean') record.boolean(pathOf(name), value)
    else if (typeof value === 'bigint') record.string(pathOf(name), String(value))
    else record.string(pathOf(name), JSON.stringify(toPlain(value)))
  }
}
