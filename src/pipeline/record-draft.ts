/**
 * One log record as an object, for the few sources whose records are changed on their way. All
 * others go from bytes to bytes.
 */
import { foundJson, readJsonBody } from './json-body.ts'

export type FieldValue = string | number | bigint | boolean

export type RecordDraft = {
  seconds: number
  nanoseconds: number
  stream: 0 | 1
  severity: number
  severity_text: string
  trace_id: string
  span_id: string
  body: string
  attributes: Map<string, FieldValue>
}

/** As Beats' json.* says: what of a JSON line is the message, and where its members go. */
export type JsonRules = {
  message_key: string
  /** Members go below it; empty: they stand beside each other. */
  target: string
  add_error_key: boolean
}

/** Takes a JSON body apart into the draft. False: it is none, and the draft says so if asked. */
export function draftJson(draft: RecordDraft, text: string, json: JsonRules | undefined): boolean {
  if (!readJsonBody(text, draft.seconds)) {
    if (json?.add_error_key === true) {
      draft.attributes.set('error.type', 'json')
      draft.attributes.set('error.message', 'The line is not a JSON object.')
    }
    return false
  }
  const { message_key = '', target = '' } = json ?? {}
  const { message, keys, values } = foundJson
  draft.severity = foundJson.severity
  draft.severity_text = foundJson.severity_text
  draft.trace_id = foundJson.trace_id
  draft.span_id = foundJson.span_id
  if (foundJson.is_timed) {
    draft.seconds = foundJson.seconds
    draft.nanoseconds = foundJson.nanoseconds
  }
  const start = target === '' ? '' : `${target}.`
  for (let i = 0; i < keys.length; i++) draft.attributes.set(start + keys[i]!, values[i]!)
  if (foundJson.dropped > 0) draft.attributes.set('log.members_dropped', foundJson.dropped)
  const own = message_key === '' ? undefined : draft.attributes.get(start + message_key)
  if (own === undefined) draft.body = message ?? text
  else {
    draft.attributes.delete(start + message_key)
    if (message !== undefined) draft.attributes.set(`${start}message`, message)
    draft.body = String(own)
  }
  return true
}

/** ECS names of what is no attribute. */
export function fieldOf(draft: RecordDraft, name: string): FieldValue | undefined {
  switch (name) {
    case 'message':
      return draft.body
    case 'stream':
    case 'log.iostream':
      return draft.stream === 1 ? 'stderr' : 'stdout'
    case 'log.level':
      return draft.attributes.get(name) ?? (draft.severity_text || undefined)
    case 'trace.id':
      return draft.trace_id || undefined
    case 'span.id':
      return draft.span_id || undefined
    default:
      return draft.attributes.get(name)
  }
}

export function setField(draft: RecordDraft, name: string, value: FieldValue): void {
  if (name === 'message') draft.body = String(value)
  else draft.attributes.set(name, value)
}

/** The field itself and, of an object, all that is in it. The message stays: it is the record. */
export function dropField(draft: RecordDraft, name: string): void {
  if (name === 'message') draft.body = ''
  for (const key of [...draft.attributes.keys()]) {
    if (key === name || key.startsWith(`${name}.`)) draft.attributes.delete(key)
  }
}
