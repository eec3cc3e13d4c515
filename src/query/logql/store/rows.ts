/** Log records as the stages take them: text, time and the labels of their stream and their own. */
import { type Sql, sql } from '../../../store/sql.ts'
import { sanitized } from '../names.ts'
import {
  columnAttributes,
  columnLabels,
  isStreamAttribute,
  labelOfOther,
  levelOf,
  standIn,
} from './label-model.ts'
import type { ResourceAttributes } from './resources.ts'

/** Told apart where time is equal, so that a page goes on where the one before ended. */
export const lineHash: Sql = sql`cityHash64(resource_id, body)`

export const lineColumns: Sql = sql`toUnixTimestamp64Nano(time) AS time_ns, body,
  toString(cluster) AS cluster, toString(container) AS container, toString(namespace) AS namespace,
  toString(node) AS node, toString(pod) AS pod, toString(service) AS service,
  toString(workload) AS workload, toString(resource_id) AS resource, severity_number,
  toString(severity_text) AS severity_text, toString(scope) AS scope_name,
  toString(event_name) AS event, lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span,
  attributes, numbers, toString(${lineHash}) AS hash`

export type LineRow = {
  time_ns: string
  body: string
  cluster: string
  container: string
  namespace: string
  node: string
  pod: string
  service: string
  workload: string
  resource: string
  severity_number: number
  severity_text: string
  scope_name: string
  event: string
  trace: string
  span: string
  attributes: Record<string, string>
  numbers: Record<string, number>
  hash: string
}

export type RowLabels = {
  stream: Map<string, string>
  metadata: Map<string, string>
  isTakenApart: boolean
}

/** As the engine prints a Float64: both write the shortest digits. */
export function numberText(value: number | string | null): string {
  if (value === null) return 'nan'
  return typeof value === 'string' ? value : String(value).replace('e+', 'e')
}

const noId = /^0*$/

/** Labels that the selector names are the stream's, whatever they are kept as. */
export function labelsOfRow(
  row: LineRow,
  resources: ResourceAttributes,
  named: ReadonlySet<string>,
): RowLabels {
  const stream = new Map<string, string>()
  for (const [label, column] of columnLabels) {
    if (row[column] !== '') stream.set(label, row[column])
  }
  const metadata = new Map<string, string>()
  const put = (key: string, value: string) => {
    if (value === '') return
    const label = sanitized(key)
    if (label === '' || stream.has(label)) return
    // The key that is written like the label comes before those that are made it.
    if (!metadata.has(label) || key === label) metadata.set(label, value)
  }
  let own = 0
  for (const [key, value] of Object.entries(row.attributes)) {
    put(key, value)
    if (!isOfShipper(key)) own++
  }
  for (const [key, value] of Object.entries(row.numbers)) {
    if (!metadata.has(sanitized(key))) put(key, numberText(value))
    if (!isOfShipper(key)) own++
  }
  for (const [key, value] of resources.get(row.resource) ?? []) {
    if (!columnAttributes.has(key) && !metadata.has(sanitized(key))) put(key, value)
  }
  putOwn(row, metadata)
  promote(stream, metadata, named)
  return { stream, metadata, isTakenApart: own > 0 }
}

/** What says where a line was read, and nothing of what it says. */
export function isOfShipper(key: string): boolean {
  return key.startsWith('log.') || isStreamAttribute(key)
}

/** Columns come before attributes of the same name, which hold what did not fit into a column. */
function putOwn(row: LineRow, metadata: Map<string, string>): void {
  const level = levelOf(row.severity_number)
  metadata.set('detected_level', level)
  if (row.severity_text !== '') metadata.set('level', row.severity_text)
  else if (row.severity_number !== 0) metadata.set('level', level)
  for (const [name, value] of [
    ['trace_id', noId.test(row.trace) ? '' : row.trace],
    ['span_id', noId.test(row.span) ? '' : row.span],
    ['scope_name', row.scope_name],
    ['event_name', row.event],
  ] as const) {
    if (value !== '') metadata.set(name, value)
  }
}

function promote(
  stream: Map<string, string>,
  metadata: Map<string, string>,
  named: ReadonlySet<string>,
): void {
  for (const [name, value] of metadata) {
    if (!isStreamAttribute(name) && !(named.has(name) && !isOwnLevel(name))) continue
    metadata.delete(name)
    stream.set(name, value)
  }
  for (const name of named) {
    if (stream.has(name) || metadata.has(name)) continue
    const value = standIn(name, stream)
    if (value !== undefined && (labelOfOther.has(name) || name === 'job')) stream.set(name, value)
  }
}

function isOwnLevel(name: string): boolean {
  return name === 'level' || name === 'detected_level'
}
