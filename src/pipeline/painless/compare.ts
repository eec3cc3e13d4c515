/** Equality, order, text and hash of values, as Java has them. Walks are charged to the meter. */
import type { Meter } from './meter.ts'
import { momentText } from './moment-text.ts'
import { failCast, failNull } from './problem.ts'
import {
  Char,
  DurationValue,
  Entry,
  ExceptionValue,
  isInteger,
  isNumber,
  javaName,
  Moment,
  numberOf,
  PatternValue,
  Real,
  TextBuilder,
  type Value,
  View,
} from './values.ts'

const node_work = 8

/** `==`: numbers by value whatever their type, the rest by `equals`. */
export function equal(left: Value, right: Value, meter: Meter): boolean {
  if (left === right) return true
  if (typeof left !== 'object' && typeof right !== 'object') {
    if (typeof left === typeof right) return false
    return isNumber(left) && isNumber(right) && numberOf(left) === numberOf(right)
  }
  if (left === null || right === null) return false
  if (isNumber(left) && isNumber(right)) return numberOf(left) === numberOf(right)
  if (left instanceof Char) {
    if (right instanceof Char) return left.code === right.code
    return isNumber(right) && left.code === numberOf(right)
  }
  if (right instanceof Char) return isNumber(left) && numberOf(left) === right.code
  meter.work(node_work)
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false
    return left.every((item, at) => equal(item, right[at] ?? null, meter))
  }
  if (left instanceof Map) return right instanceof Map && equalMaps(left, right, meter)
  if (left instanceof Set) {
    if (!(right instanceof Set) || left.size !== right.size) return false
    meter.work(left.size)
    for (const item of left) if (!right.has(item)) return false
    return true
  }
  if (left instanceof Moment) {
    if (!(right instanceof Moment) || left.nanos !== right.nanos) return false
    return left.zone?.text === right.zone?.text
  }
  if (left instanceof DurationValue) {
    return right instanceof DurationValue && left.nanos === right.nanos
  }
  if (left instanceof Entry && right instanceof Entry) {
    const [one, two] = [left.map.get(left.key) ?? null, right.map.get(right.key) ?? null]
    return equal(left.key, right.key, meter) && equal(one, two, meter)
  }
  if (left instanceof View && right instanceof View) {
    return left.of === right.of && left.of !== 'values' && equalMaps(left.map, right.map, meter)
  }
  return false
}

function equalMaps(left: Map<Value, Value>, right: Map<Value, Value>, meter: Meter): boolean {
  if (left.size !== right.size) return false
  for (const [key, item] of left) {
    const other = right.get(key)
    meter.work(node_work)
    if (other === undefined || !equal(item, other, meter)) return false
  }
  return true
}

/** `compareTo` and the natural order of sort: numbers, strings, characters, booleans, times. */
export function compared(left: Value, right: Value): number {
  if (left === null || right === null) failNull('method [compareTo/1]')
  if (typeof left === 'string' && typeof right === 'string') return comparedText(left, right)
  if (isNumber(left) && isNumber(right)) {
    const [one, two] =
      isInteger(left) && isInteger(right) ? [left, right] : [numberOf(left), numberOf(right)]
    return one < two ? -1 : one > two ? 1 : 0
  }
  if (left instanceof Char && right instanceof Char) return left.code - right.code
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right)
  const timed = left instanceof Moment || left instanceof DurationValue
  if (timed && (right instanceof Moment || right instanceof DurationValue)) {
    return left.nanos < right.nanos ? -1 : left.nanos > right.nanos ? 1 : 0
  }
  failCast(`class ${javaName(right)} cannot be compared to class ${javaName(left)}`)
}

/** As Java: the difference of the first units that differ, or of the lengths. */
function comparedText(left: string, right: string): number {
  if (left === right) return 0
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const difference = left.charCodeAt(at) - right.charCodeAt(at)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** `String.valueOf`: what `+` and `toString()` say. */
export function textOf(value: Value, meter: Meter): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? String(value) : realText(value)
  }
  if (value === null || typeof value !== 'object') return String(value)
  meter.work(node_work)
  if (Array.isArray(value)) return listText(value, meter)
  if (value instanceof Map) return mapText(value, meter)
  if (value instanceof Set) return listText([...value], meter)
  if (value instanceof Real) return realText(value.value)
  if (value instanceof Char || value instanceof TextBuilder) return value.text
  if (value instanceof Entry) {
    const item = value.map.get(value.key) ?? null
    return meter.text(`${textOf(value.key, meter)}=${textOf(item, meter)}`)
  }
  if (value instanceof View) {
    if (value.of === 'entries') return listText(entriesOf(value.map), meter)
    return listText([...(value.of === 'keys' ? value.map.keys() : value.map.values())], meter)
  }
  if (value instanceof ExceptionValue) return exceptionText(value)
  if (value instanceof Moment) return momentText(value)
  if (value instanceof PatternValue) return value.source
  return javaName(value)
}

export function entriesOf(map: Map<Value, Value>): Entry[] {
  return Array.from(map.keys(), (key) => new Entry(map, key))
}

function listText(items: Value[], meter: Meter): string {
  let text = '['
  for (const [at, item] of items.entries()) {
    text = meter.text(`${text}${at > 0 ? ', ' : ''}${textOf(item, meter)}`)
  }
  return `${text}]`
}

function mapText(map: Map<Value, Value>, meter: Meter): string {
  let text = '{'
  for (const [key, item] of map) {
    const comma = text.length > 1 ? ', ' : ''
    text = meter.text(`${text}${comma}${textOf(key, meter)}=${textOf(item, meter)}`)
  }
  return `${text}}`
}

function exceptionText(value: ExceptionValue): string {
  const { type, message } = value.failure
  const name = type.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
  return `${name}: ${message}`
}

/** `Double.toString`: 1.0, 1.0E7, 1.0E-4. */
export function realText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (Object.is(value, -0)) return '-0.0'
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    return Number.isInteger(value) ? `${value}.0` : String(value)
  }
  const [digits = '', power = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${power.replace('+', '')}`
}

export function hashOf(value: Value, meter: Meter): number {
  if (typeof value === 'string') {
    meter.work(value.length)
    let hash = 0
    for (let at = 0; at < value.length; at++) hash = (hash * 31 + value.charCodeAt(at)) | 0
    return hash
  }
  if (value === null) return 0
  if (typeof value === 'boolean') return value ? 1231 : 1237
  if (isInteger(value)) {
    if (typeof value === 'number' && (value | 0) === value) return value
    const long = BigInt(value)
    return Number(BigInt.asIntN(32, long ^ BigInt.asUintN(32, long >> 32n)))
  }
  meter.work(node_work)
  if (isNumber(value)) {
    const bits = new DataView(new ArrayBuffer(8))
    bits.setFloat64(0, numberOf(value))
    return bits.getInt32(0) ^ bits.getInt32(4)
  }
  if (Array.isArray(value)) {
    return value.reduce<number>((hash, item) => (hash * 31 + hashOf(item, meter)) | 0, 1)
  }
  if (value instanceof Map) {
    let hash = 0
    for (const [key, item] of value) hash = (hash + (hashOf(key, meter) ^ hashOf(item, meter))) | 0
    return hash
  }
  if (value instanceof Set) {
    return [...value].reduce<number>((hash, item) => (hash + hashOf(item, meter)) | 0, 0)
  }
  return value instanceof Char ? value.code : hashOf(textOf(value, meter), meter)
}
