/**
 * Takes a request's body apart into events: one object, an array, lines of objects, or objects one
 * behind the other; a list in a member of an object too. Every event is parsed by itself, so that
 * one that cannot be read costs no other, and a huge body never becomes as many objects at once.
 */
import { Fault } from '../../../model/faults.ts'
import { isObject, isTooDeep, type Sent } from './sent.ts'

const depth_max = 64
/** etcd takes objects of 1.5 MiB; an audit event may hold two, and its escapes. */
export const event_bytes_max = 8 * 1024 * 1024

/** An event as it was sent: the object, or why there is none, and the text it was read from. */
export type Item = {
  event: Sent | undefined
  reason: 'line_malformed' | 'record_too_large' | 'nesting_too_deep'
  detail: string
  text: Uint8Array
}

const decoder = new TextDecoder()
const codes = { quote: 0x22, comma: 0x2c, colon: 0x3a, backslash: 0x5c, line_feed: 10 }
const open = { list: 0x5b, object: 0x7b }
const close = { list: 0x5d, object: 0x7d }

/** `listMember` names the member of an envelope that holds many, such as `items`. */
export function* itemsOf(body: Uint8Array, listMember = ''): Generator<Item> {
  let isByLine = false
  for (let at = skipSpace(body, 0); at < body.length; at = skipSpace(body, at)) {
    if (body[at] === open.list) {
      at = yield* elementsOf(body, at)
      continue
    }
    const lineEnd = endOfLine(body, at)
    // What is no object is one line, such as a sensor's own message between its events.
    let end = body[at] === open.object ? endOfValue(body, at, lineEnd) : lineEnd
    // An object over several lines; the first one without an end would be looked for every time.
    if (end < 0 && !isByLine) {
      end = endOfValue(body, at, body.length)
      isByLine = end < 0
    }
    if (end <= at) {
      yield problem('line_malformed', 'expected a whole JSON object', body.subarray(at, lineEnd))
      at = lineEnd
      continue
    }
    const list = listMember === '' ? -1 : findList(body, at, end, listMember)
    if (list >= 0) yield* elementsOf(body, list)
    else yield itemAt(body.subarray(at, end))
    at = body[end] === codes.comma ? end + 1 : end
  }
}

/** One object from a line of a log, or undefined. */
export function eventOfLine(line: Uint8Array): Sent | undefined {
  return line[0] === open.object ? itemAt(line).event : undefined
}

/** Throws when nothing of a body could be read. */
export function refuseWhole(read: number, unread: number, format: string, detail: string): void {
  if (read === 0 && unread > 0) throw new Fault('payload_malformed', { format, detail })
}

/** The values of the array at `at`; returns the place after it. */
function* elementsOf(body: Uint8Array, at: number): Generator<Item, number> {
  at = skipSpace(body, at + 1)
  while (at < body.length && body[at] !== close.list) {
    const end = endOfValue(body, at, body.length)
    if (end <= at) break
    yield itemAt(body.subarray(at, end))
    at = skipSpace(body, end)
    if (body[at] === codes.comma) at = skipSpace(body, at + 1)
  }
  if (body[at] === close.list) return at + 1
  yield problem('line_malformed', 'expected the end of the list', body.subarray(at))
  return body.length
}

function itemAt(text: Uint8Array): Item {
  if (text.length > event_bytes_max) {
    return problem('record_too_large', `an event may have ${event_bytes_max} bytes`, text)
  }
  try {
    const event: unknown = JSON.parse(decoder.decode(text))
    if (!isObject(event)) return problem('line_malformed', 'expected an object', text)
    if (!isTooDeep(event, depth_max)) return { event, reason: 'line_malformed', detail: '', text }
  } catch (error) {
    // A RangeError is a stack of brackets that the parser ran out of.
    if (!(error instanceof RangeError)) return problem('line_malformed', 'expected JSON', text)
  }
  return problem('nesting_too_deep', `nested deeper than ${depth_max} levels`, text)
}

function problem(reason: Item['reason'], detail: string, text: Uint8Array): Item {
  return { event: undefined, reason, detail, text }
}

function skipSpace(body: Uint8Array, at: number): number {
  // Records of RFC 7464 begin with a separator.
  while (at < body.length && (body[at]! <= 0x20 || isMark(body, at))) {
    at += body[at]! <= 0x20 ? 1 : 3
  }
  return at
}

function isMark(body: Uint8Array, at: number): boolean {
  return body[at] === 0xef && body[at + 1] === 0xbb && body[at + 2] === 0xbf
}

function endOfLine(body: Uint8Array, at: number): number {
  const found = body.indexOf(codes.line_feed, at)
  return found < 0 ? body.length : found
}

/** The place after the value that begins at `at`, or -1 when it does not end before `stop`. */
function endOfValue(body: Uint8Array, at: number, stop: number): number {
  let depth = 0
  for (; at < stop; at++) {
    const byte = body[at]!
    if (byte === codes.quote) {
      at = endOfString(body, at, stop) - 1
      if (at < 0) return -1
      if (depth === 0) return at + 1
    } else if (byte === open.object || byte === open.list) depth++
    else if (byte === close.object || byte === close.list) {
      if (depth === 0) return at
      if (--depth === 0) return at + 1
    } else if (depth === 0 && (byte === codes.comma || byte <= 0x20)) return at
  }
  return depth === 0 ? at : -1
}

/** The place after the string that begins at `at`, or -1. */
function endOfString(body: Uint8Array, at: number, stop: number): number {
  for (at++; at < stop; at++) {
    const byte = body[at]!
    if (byte === codes.backslash) at++
    else if (byte === codes.quote) return at + 1
  }
  return -1
}

/** Where the list in a member of the object at [at, end) begins, or -1. */
function findList(body: Uint8Array, at: number, end: number, name: string): number {
  for (at = skipSpace(body, at + 1); at < end && body[at] === codes.quote; ) {
    const keyEnd = endOfString(body, at, end)
    if (keyEnd < 0) return -1
    const isIt = decoder.decode(body.subarray(at + 1, Math.min(keyEnd - 1, at + 257))) === name
    at = skipSpace(body, keyEnd)
    if (body[at] !== codes.colon) return -1
    at = skipSpace(body, at + 1)
    if (isIt && body[at] === open.list) return at
    at = endOfValue(body, at, end)
    if (at < 0) return -1
    at = skipSpace(body, at)
    if (body[at] === codes.comma) at = skipSpace(body, at + 1)
  }
  return -1
}
