/**
 * Careful reading of parsed JSON that anybody may have sent: a member is what its reader asks for,
 * within bounds, or it is nothing. Never throws; what a member means is left to each format.
 */
import { foundTime, readTimeValue } from '../../../pipeline/time-text.ts'

export type Sent = Readonly<Record<string, unknown>>

const word_chars_max = 1024
const line_chars_max = 8 * 1024
const list_items_max = 128
const depth_max = 32
export const pairs_max = 256

const nothing: Sent = Object.freeze(Object.create(null))

/** The member, its own and not one that every object has. */
export function member(sent: Sent, name: string): unknown {
  return Object.hasOwn(sent, name) ? sent[name] : undefined
}

export function isObject(value: unknown): value is Sent {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object at these members, one in another; an empty one when there is none. */
export function objectAt(sent: Sent, ...names: string[]): Sent {
  let found = sent
  for (const name of names) {
    const value = member(found, name)
    if (!isObject(value)) return nothing
    found = value
  }
  return found
}

/** Shippers that take events apart leave of a list of one that one. */
export function listAt(sent: Sent, name: string): readonly unknown[] {
  const value = member(sent, name)
  if (Array.isArray(value)) return value.slice(0, list_items_max)
  return value === undefined || value === null ? [] : [value]
}

/** A name, an address: short text; a number as its text. */
export function wordAt(sent: Sent, name: string): string {
  return textOf(member(sent, name), word_chars_max)
}

/** A command, an address with its query, a message. */
export function lineAt(sent: Sent, name: string): string {
  return textOf(member(sent, name), line_chars_max)
}

function textOf(value: unknown, chars_max: number): string {
  if (typeof value === 'string') return cut(value, chars_max)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return ''
}

/** Cut without leaving half of a pair of surrogates. */
export function cut(text: string, chars_max: number): string {
  if (text.length <= chars_max) return text
  const last = text.charCodeAt(chars_max - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? chars_max - 1 : chars_max)
}

export function wordsAt(sent: Sent, name: string): string[] {
  return listAt(sent, name).flatMap((item) => {
    const text = textOf(item, word_chars_max)
    return text === '' ? [] : [text]
  })
}

/** A whole number from 0 to max, also as text as protojson has it; 0 when there is none. */
export function countAt(sent: Sent, name: string, max: number = Number.MAX_SAFE_INTEGER): number {
  const value = member(sent, name)
  const number = typeof value === 'string' && /^\d{1,19}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !(number >= 0)) return 0
  return Math.min(Math.floor(number), max)
}

export function isTrue(sent: Sent, name: string): boolean {
  return member(sent, name) === true
}

/** The members as texts: what is no plain value becomes JSON, nulls are left out. */
export function pairsOf(sent: Sent): [string, string][] {
  const pairs: [string, string][] = []
  for (const [key, value] of Object.entries(sent)) {
    if (pairs.length === pairs_max) break
    const text = typeof value === 'object' ? jsonOf(value) : textOf(value, line_chars_max)
    if (text !== '' && key !== '') pairs.push([cut(key, word_chars_max), cut(text, line_chars_max)])
  }
  return pairs
}

/** '' for nothing, and for what is nested so deep that writing it could fail. */
export function jsonOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return isTooDeep(value, depth_max) ? '' : (JSON.stringify(value) ?? '')
}

export function isTooDeep(value: unknown, levels_max: number): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels_max) return true
    const next: unknown[] = []
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue
      for (const inner of Object.values(one)) {
        if (typeof inner === 'object' && inner !== null) next.push(inner)
      }
    }
    level = next
  }
  return false
}

/** Nanoseconds since 1970, or undefined: RFC 3339, or a number in a unit that its size tells. */
export function timeAt(sent: Sent, name: string): bigint | undefined {
  return timeOf(member(sent, name))
}

export function timeOf(value: unknown): bigint | undefined {
  if (!readTimeValue(value)) return undefined
  return BigInt(foundTime.seconds) * 1_000_000_000n + BigInt(foundTime.nanoseconds)
}
