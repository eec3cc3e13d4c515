/**
 * Takes apart a body that is a JSON object: its message, severity, time, trace and span in whatever
 * spelling, and all else as flat attributes. Leaves writing the record to the caller.
 */
import { limits } from '../model/limits.ts'
import { severityOfNumber, severityOfWord } from './severity-text.ts'
import { foundTime, readTimeValue } from './time-text.ts'
import { isSpanId, isTraceId } from './trace-text.ts'

export type FlatValue = string | number | bigint | boolean

/** The body read last. One object for all calls. */
export const foundJson = {
  /** Undefined when no member is a message: the line itself stays the body. */
  message: undefined as string | undefined,
  severity: 0,
  severity_text: '',
  is_timed: false,
  seconds: 0,
  nanoseconds: 0,
  trace_id: '',
  span_id: '',
  keys: [] as string[],
  values: [] as FlatValue[],
  dropped: 0,
}

type Meaning = 'message' | 'severity' | 'time' | 'trace' | 'span'

const meanings = new Map<string, Meaning>()
for (const [meaning, keys] of [
  ['message', 'message msg log @m @message'],
  ['severity', 'level severity lvl loglevel log.level levelname @l'],
  ['time', 'time ts timestamp @timestamp @t'],
  ['trace', 'trace_id traceId traceid trace.id TraceId traceID TraceID otelTraceID @tr'],
  ['span', 'span_id spanId spanid span.id SpanId spanID SpanID otelSpanID @sp'],
] as const) {
  for (const key of keys.split(' ')) meanings.set(key, meaning)
}

const depth_max = 8
/** A time further from the runtime's is about something else, and stays an attribute. */
const time_apart_s_max = 86_400
/** Integers that a double does not hold; only then the slower reviver runs. */
const longDigits = /\d{16}/

/** Whether the line is a JSON object; then foundJson holds it. near_s is when it was written. */
export function readJsonBody(text: string, near_s: number): boolean {
  let value: unknown
  try {
    value = longDigits.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
  } catch {
    return false
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const found = foundJson
  found.message = undefined
  found.severity = 0
  found.severity_text = found.trace_id = found.span_id = ''
  found.is_timed = false
  found.keys.length = found.values.length = found.dropped = 0
  flatten(value as Record<string, unknown>, '', 0, near_s)
  return true
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  if (!/^-?\d{1,19}$/.test(source)) return value
  const whole = BigInt(source)
  return BigInt.asIntN(64, whole) === whole ? whole : source
}

function flatten(members: object, prefix: string, depth: number, near_s: number): void {
  for (const [name, value] of Object.entries(members)) {
    const key = prefix === '' ? name : `${prefix}.${name}`
    if (value === null || value === undefined) continue
    const meaning = meanings.get(key)
    if (meaning !== undefined && take(meaning, value, near_s)) continue
    if (typeof value !== 'object') add(key, value as FlatValue)
    else if (depth < depth_max && !Array.isArray(value)) flatten(value, key, depth + 1, near_s)
    else add(key, JSON.stringify(value, bigAsText))
  }
}

function bigAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

function add(key: string, value: FlatValue): void {
  if (foundJson.keys.length >= limits.attributes_max - 16) foundJson.dropped++
  else {
    foundJson.keys.push(key)
    foundJson.values.push(value)
  }
}

/** Whether the member is what its name says and was taken; the first of a meaning wins. */
function take(meaning: Meaning, value: unknown, near_s: number): boolean {
  const found = foundJson
  switch (meaning) {
    case 'message':
      if (found.message !== undefined || typeof value !== 'string') return false
      found.message = value
      return true
    case 'severity':
      return found.severity === 0 && takeSeverity(value)
    case 'time':
      if (found.is_timed || !readTimeValue(value)) return false
      if (Math.abs(foundTime.seconds - near_s) > time_apart_s_max) return false
      found.is_timed = true
      found.seconds = foundTime.seconds
      found.nanoseconds = foundTime.nanoseconds
      return true
    case 'trace':
      if (found.trace_id !== '' || typeof value !== 'string' || !isTraceId(value)) return false
      found.trace_id = value
      return true
    case 'span':
      if (found.span_id !== '' || typeof value !== 'string' || !isSpanId(value)) return false
      found.span_id = value
      return true
  }
}

function takeSeverity(value: unknown): boolean {
  const number = typeof value === 'number' ? severityOfNumber(value) : severityOfWord(String(value))
  if (number === 0) return false
  foundJson.severity = number
  foundJson.severity_text = typeof value === 'string' ? value : ''
  return true
}
