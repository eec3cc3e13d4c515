/**
 * What methods take: their arguments as the type they need, or the failure that Java would
 * have.
 */
import type { Meter } from './meter.ts'
import { failArgument, failCast, failNull, PainlessFailure } from './problem.ts'
import {
  Char,
  Entry,
  isInteger,
  isNumber,
  javaName,
  LambdaValue,
  numberOf,
  Real,
  StreamValue,
  TextBuilder,
  type Value,
  type ValueMap,
  View,
} from './values.ts'

export type Call<Self> = (self: Self, args: Value[], meter: Meter) => Value
export type Method = { least: number; most: number; call: Call<never> }
export type MethodTable = ReadonlyMap<string, Method>

/** `[name, least, most, call]`: how many arguments it takes, and what it does. */
export type Row<Self> = [name: string, least: number, most: number, call: Call<Self>]

export function tableOf<Self>(rows: Row<Self>[]): Map<string, Method> {
  return new Map(rows.map(([name, least, most, call]) => [name, { least, most, call }]))
}

export function text(value: Value | undefined): string {
  if (typeof value === 'string') return value
  if (value instanceof Char || value instanceof TextBuilder) return value.text
  if (value === null || value === undefined) failNull('a string argument')
  failCast(`Cannot cast ${javaName(value)} to java.lang.String`)
}

export function integer(value: Value | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  if (value instanceof Char) return value.code
  if (value === null || value === undefined) failNull('an integer argument')
  failCast(`Cannot cast ${javaName(value)} to java.lang.Integer`)
}

export function decimal(value: Value | undefined): number {
  if (value === null || value === undefined) failNull('a number argument')
  if (isNumber(value)) return numberOf(value)
  if (value instanceof Char) return value.code
  failCast(`Cannot cast ${javaName(value)} to java.lang.Double`)
}

export function long(value: Value | undefined): bigint {
  if (value === null || value === undefined) failNull('a long argument')
  if (isInteger(value)) return BigInt(value)
  failCast(`Cannot cast ${javaName(value)} to java.lang.Long`)
}

export function lambda(value: Value | undefined): LambdaValue {
  if (value instanceof LambdaValue) return value
  if (value === null || value === undefined) failNull('a lambda argument')
  failCast(`Cannot cast ${javaName(value)} to a function`)
}

export function truth(value: Value): boolean {
  if (typeof value === 'boolean') return value
  if (value === null) failNull('a value of type [boolean]')
  failCast(`cannot cast def [${javaName(value)}] to boolean`)
}

/** The items of a list, a set or a view, for reading. */
export function items(value: Value | undefined): Value[] {
  if (Array.isArray(value)) return value
  if (value instanceof Set) return [...value]
  if (value instanceof View) {
    if (value.of === 'keys') return [...value.map.keys()]
    if (value.of === 'values') return [...value.map.values()]
    return Array.from(value.map.keys(), (key) => new Entry(value.map, key))
  }
  if (value instanceof StreamValue) return value.items
  if (value === null || value === undefined) failNull('a collection')
  failCast(`Cannot cast ${javaName(value)} to java.util.Collection`)
}

export function map(value: Value | undefined): ValueMap {
  if (value instanceof Map) return value
  if (value === null || value === undefined) failNull('a map')
  failCast(`Cannot cast ${javaName(value)} to java.util.Map`)
}

/** A key of a map or an item of a set: whole doubles and characters count as what they equal. */
export function key(value: Value | undefined): Value {
  if (value instanceof Real) return value.value
  if (value instanceof Char) return value.text
  return value ?? null
}

/** What goes into a container. */
export function stored(value: Value | undefined, meter: Meter): Value {
  if (typeof value === 'object' && value !== null) meter.untidy = true
  else if (typeof value === 'string') meter.work(value.length >> 3)
  return value ?? null
}

/** An index that is inside, or Java's exception. */
export function inside(index: number, length: number): number {
  if (index >= 0 && index < length) return index
  const says = `Index ${index} out of bounds for length ${length}`
  throw new PainlessFailure('index_out_of_bounds_exception', says)
}

export function order(compare: LambdaValue): (left: Value, right: Value) => number {
  return (left, right) => integer(compare.call([left, right]))
}

export function absent(method: string): never {
  failArgument(`${method} has nothing to give: the value is absent`)
}
