/**
 * Fields by whose names a record is an event of a system with a table of its own, whoever took its
 * JSON apart: each name is judged once, when it is first met, so that other records pay nothing.
 */
import type { EventLineKind } from '../../model/event-lines.ts'
import type { FlatRecord } from './flat-record.ts'
import { valueKinds } from './flat-record.ts'

/** The kind, and what a shipper put in front of the event's own names: `json.`. */
export type EventMark = { kind: EventLineKind; prefix: string }

/** Shippers put what they parse under one name, Elastic's agents under two. */
const under = String.raw`^((?:[^.]+\.){0,2}?)`

const marks: readonly (readonly [kind: EventLineKind, name: RegExp])[] = [
  ['audit', new RegExp(`${under}auditID$`)],
  ['falco', new RegExp(`${under}output_fields\\..`)],
  ['tetragon', new RegExp(`${under}process_[a-z]+\\.process\\.(?:binary|exec_id)$`)],
  ['tetragon', new RegExp(`${under}process_throttle\\.type$`)],
  ['tetragon', new RegExp(`${under}rate_limit_info\\.number_of_dropped_process_events$`)],
  ['hubble', new RegExp(`${under}flow\\.verdict$`)],
  ['hubble', new RegExp(`${under}lost_events\\.source$`)],
  ['calico', new RegExp(`${under}dest_name(?:_aggr)?$`)],
  ['envoy', new RegExp(`${under}response_flags$`)],
]

export function eventMarkOf(name: string): EventMark | undefined {
  for (const [kind, pattern] of marks) {
    const match = pattern.exec(name)
    if (match !== null) return { kind, prefix: match[1]! }
  }
  return undefined
}

/** No system nests its events as deep. */
const depth_max = 32

/** Behind these a name is one key, whatever dots are in it. */
const maps = new Set([
  ...['annotations', 'labels', 'pod_labels', 'node_labels', 'matchLabels', 'output_fields'],
  ...['extra', 'source_labels', 'dest_labels'],
])

type Nested = { [name: string]: unknown }

/** The event as its system wrote it, from the fields that a shipper made of it. */
export function nestedOf(record: FlatRecord, prefix: string): Nested {
  const event: Nested = Object.create(null)
  for (let i = 0; i < record.count; i++) {
    const { name } = record.paths[i]!
    if (name.startsWith(prefix)) put(event, name.slice(prefix.length), valueAt(record, i))
  }
  return event
}

function valueAt(record: FlatRecord, index: number): unknown {
  if (record.kind[index] === valueKinds.number) return record.value[index]
  const text = record.textAt(index)
  if (record.isBoolean[index] === 1) return text === 'true'
  if (!text.startsWith('[') && !text.startsWith('{')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function put(event: Nested, name: string, value: unknown): void {
  const keys = name.split('.', depth_max)
  if (keys.length === depth_max) return
  let object = event
  for (let at = 0; ; at++) {
    const isMap = at > 0 && maps.has(keys[at - 1]!)
    const key = isMap ? keys.slice(at).join('.') : keys[at]!
    if (isMap || at === keys.length - 1) {
      object[key] = value
      return
    }
    const inner = object[key]
    if (typeof inner !== 'object' || inner === null) object[key] = Object.create(null)
    object = object[key] as Nested
  }
}
