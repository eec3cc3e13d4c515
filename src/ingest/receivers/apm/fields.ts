/**
 * Reads fields of events that came as JSON, and says which one is missing or wrong. What a field
 * means is left to the kinds of events.
 */
import type { RejectReason } from '../../../model/outcome.ts'

export type JsonObject = { readonly [key: string]: unknown }

/** As the intake protocol bounds texts; long ones, such as messages, are read with longText. */
const text_length_max = 1024

/** Why an event is refused. No Error: a stack costs more than reading the event. */
export class Invalid {
  readonly message: string
  readonly reason: RejectReason

  constructor(message: string, reason: RejectReason = 'document_malformed') {
    this.message = message
    this.reason = reason
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const nothing: JsonObject = {}

/** The object at a key; an empty one when it is absent. */
export function objectAt(parent: JsonObject, key: string, path = key): JsonObject {
  const value = parent[key]
  if (value === undefined || value === null) return nothing
  if (!isObject(value)) throw expected('an object', path, value)
  return value
}

export function hasField(parent: JsonObject, key: string): boolean {
  return parent[key] !== undefined && parent[key] !== null
}

/** As hasField, but an object that says nothing is as good as none. */
export function hasPart(parent: JsonObject, key: string): boolean {
  const value = parent[key]
  return hasField(parent, key) && (!isObject(value) || Object.keys(value).length > 0)
}

export function longText(parent: JsonObject, key: string, path = key): string | undefined {
  const value = parent[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw expected('a string', path, value)
  return value
}

export function text(parent: JsonObject, key: string, path = key): string | undefined {
  const value = longText(parent, key, path)
  if (value !== undefined && value.length > text_length_max) {
    throw new Invalid(
      `validation error: '${path}' has ${value.length} characters, at most ${text_length_max}`,
    )
  }
  return value
}

/** A text, or what other agents send in its place. */
export function looseText(parent: JsonObject, key: string): string | undefined {
  const value = parent[key]
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

export function numberAt(parent: JsonObject, key: string, path = key): number | undefined {
  const value = parent[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number') throw expected('a number', path, value)
  return value
}

export function flagAt(parent: JsonObject, key: string, path = key): boolean | undefined {
  const value = parent[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw expected('true or false', path, value)
  return value
}

export function required<Value>(value: Value | undefined, path: string): Value {
  if (value === undefined || value === '') throw new Invalid(`validation error: '${path}' required`)
  return value
}

function expected(what: string, path: string, value: unknown): Invalid {
  const got = Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`
  return new Invalid(`validation error: '${path}' expected ${what}, got ${got}`)
}

/** The array at a key; empty when it is absent. */
export function listAt(parent: JsonObject, key: string, path = key): readonly unknown[] {
  const value = parent[key]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw expected('an array', path, value)
  return value
}

/** An id of so many digits; one of half the length is the lower half of a long one. */
export function idAt(
  parent: JsonObject,
  key: string,
  digits: number,
  path: string,
): Uint8Array | undefined {
  const value = text(parent, key, path)
  if (value === undefined || value === '') return undefined
  const isHalf = digits === 32 && value.length === 16
  const id = value.length === digits || isHalf ? fromHex(value, digits / 2) : undefined
  if (id !== undefined) return id
  const got = JSON.stringify(value.slice(0, 64))
  throw new Invalid(
    `validation error: '${path}' expected ${digits} hexadecimal digits, got ${got}`,
    'id_invalid',
  )
}

/** Undefined when it is none. */
function fromHex(text: string, bytes: number): Uint8Array | undefined {
  const id = new Uint8Array(bytes)
  let to = bytes - text.length / 2
  for (let i = 0; i < text.length; i += 2) {
    const byte = (digitAt(text, i) << 4) | digitAt(text, i + 1)
    if (byte < 0) return undefined
    id[to++] = byte
  }
  return id
}

/** Negative, and so is what it is joined with, when it is none. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const small = code | 0x20
  return small >= 0x61 && small <= 0x66 ? small - 0x57 : -1
}

/** The year 2223: later ones are in other units. */
const timestamp_us_max = 8e15

/** A time in microseconds since 1970; undefined when the event has none. */
export function timestampAt(parent: JsonObject, path: string): number | undefined {
  const value = numberAt(parent, 'timestamp', path)
  if (value === undefined) return undefined
  if (!(value >= 0 && value <= timestamp_us_max)) {
    throw new Invalid(`validation error: '${path}' expected microseconds since 1970, got ${value}`)
  }
  return Math.round(value)
}

/** A century: what is longer is no duration. */
const duration_ms_max = 3.2e12

export function durationAt(parent: JsonObject, path: string): bigint {
  const value = required(numberAt(parent, 'duration', path), path)
  if (!(value >= 0) || value > duration_ms_max) {
    throw new Invalid(`validation error: '${path}' expected milliseconds from 0, got ${value}`)
  }
  return BigInt(Math.round(value * 1_000_000))
}

/** JSON text of at most so many bytes; cut and marked when it is longer, '' when it cannot be. */
export function jsonText(value: unknown, length_max: number): string {
  try {
    const text = JSON.stringify(value) ?? ''
    return text.length <= length_max ? text : `${text.slice(0, length_max)}…`
  } catch {
    // Nested so deep that it cannot be written again.
    return ''
  }
}
