/**
 * Reads the parts of a request's JSON, each as what it must be. Names come from outside: objects
 * are only ever read by their own entries. Knows no query.
 */
import { misparsed, shown } from './refusal.ts'

export type Json = unknown
export type JsonObject = Readonly<Record<string, Json>>

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectAt(value: Json, where: string): JsonObject {
  if (isObject(value)) return value
  throw misparsed(`[${where}] expected an object but found [${shown(value)}]`)
}

/** An own member; what an object inherits is none. */
export function member(object: JsonObject, name: string): Json {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** The one member of an object such as `{"term": {…}}`. */
export function onlyEntry(value: Json, where: string): [string, Json] {
  const entries = Object.entries(objectAt(value, where))
  if (entries.length === 1) return entries[0]!
  const found = entries.map(([name]) => name).join(', ')
  throw misparsed(`[${where}] malformed query, expected one name but found [${shown(found)}]`)
}

/** One or several. */
export function listOf(value: Json): readonly Json[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

export type Scalar = string | number | boolean

export function scalarAt(value: Json, where: string): Scalar {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw misparsed(`[${where}] expected a value but found [${shown(value)}]`)
}

export function textAt(value: Json, where: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw misparsed(`[${where}] expected text but found [${shown(value)}]`)
}

export function optionalText(object: JsonObject, name: string): string | undefined {
  const value = member(object, name)
  return value === undefined || value === null ? undefined : textAt(value, name)
}

export function textsAt(value: Json, where: string): string[] {
  return listOf(value).map((one) => textAt(one, where))
}

/** A whole number within bounds, also when it came as text. */
export function countAt(value: Json, where: string, least: number, most: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    throw misparsed(`[${where}] expected a whole number but found [${shown(value)}]`)
  }
  if (number < least || number > most) {
    throw misparsed(`[${where}] must be between [${least}] and [${most}] but was [${number}]`)
  }
  return number
}

export function numberAt(value: Json, where: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw misparsed(`[${where}] expected a number but found [${shown(value)}]`)
}

export function truthAt(value: Json, where: string): boolean {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw misparsed(`[${where}] expected true or false but found [${shown(value)}]`)
}
