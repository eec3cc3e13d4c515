/** Access logs of Envoy and Istio: lines of JSON, or of the text that Istio writes by default. */
import type { Decode, Receiver } from '../../receiver.ts'
import { EventRows } from '../security/event-rows.ts'
import { eventService, events_max, tooMany } from '../security/event-service.ts'
import { type Item, itemsOf, refuseWhole } from '../security/json-items.ts'
import { NoEvent } from '../security/no-event.ts'
import { readAccessLine } from './access-line.ts'
import { envoyEvent } from './envoy-event.ts'

const noun = 'access log entries'
const line_bytes_max = 64 * 1024
const rows = new EventRows()
const decoder = new TextDecoder()

export const decodeAccessLog: Decode = (body, context, batch) => {
  rows.open(context, batch)
  let unread = 0
  let problem = ''
  let taken = 0
  for (const { event, reason, detail, text } of entriesOf(body)) {
    if (taken + unread >= events_max) throw tooMany(noun)
    if (event === undefined) {
      unread++
      problem = detail
      rows.refuse(reason, detail, text)
      continue
    }
    taken++
    const found = envoyEvent(event)
    if (found instanceof NoEvent) rows.refuse('value_missing', found.detail, text)
    else rows.store(found, text)
  }
  refuseWhole(taken, unread, noun, problem)
  return rows.outcome(noun)
}

/** Lines of text and of JSON stand beside each other in what a proxy writes. */
function* entriesOf(body: Uint8Array): Generator<Item> {
  if (isJson(body)) {
    yield* itemsOf(body)
    return
  }
  for (let from = 0; from < body.length; ) {
    const found = body.indexOf(10, from)
    const to = found < 0 ? body.length : found
    const text = body.subarray(from, to)
    from = to + 1
    if (text.every((byte) => byte <= 0x20)) continue
    if (text[0] === 0x7b) yield* itemsOf(text)
    else yield entryOf(text)
  }
}

/** Whether it is read as values, not as lines; a line of text begins with a time in brackets. */
function isJson(body: Uint8Array): boolean {
  const start = body.findIndex((byte) => byte > 0x20)
  if (body[start] === 0x5b) return !isDigit(body[start + 1])
  if (body[start] !== 0x7b) return false
  const end = body.indexOf(10, start)
  if (end < 0 || end - start > line_bytes_max) return true
  try {
    JSON.parse(decoder.decode(body.subarray(start, end)))
    return false
  } catch {
    return true
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function entryOf(text: Uint8Array): Item {
  if (text.length > line_bytes_max) {
    return { event: undefined, reason: 'record_too_large', detail: 'a line of 64 KiB', text }
  }
  const event = readAccessLine(decoder.decode(text).trim())
  return { event, reason: 'line_malformed', detail: 'expected an access log line of Istio', text }
}

export const envoy: Receiver = {
  name: 'envoy',
  services: [eventService({ path: '/ingest/envoy', decode: decodeAccessLog })],
}
