/** Reading and writing what a dot or brackets pick: keys of maps, places of lists, getters. */
import * as take from './arguments.ts'
import type { Meter } from './meter.ts'
import { methodsNamed } from './methods.ts'
import { sized } from './methods-collection.ts'
import { put } from './methods-map.ts'
import { failArgument, failCast, failNull } from './problem.ts'
import { javaName, kindOf, type Value, View } from './values.ts'

const noMeter = null as unknown as Meter

/** `value.name` where the value is no map: an index, `length`, or a getter such as `.key`. */
export function picked(target: Value, name: string): Value {
  if (target === null) failNull(`field [${name}]`)
  if (target instanceof Map) return target.get(name) ?? null
  if (Array.isArray(target)) {
    if (/^\d{1,9}$/.test(name)) return target[take.inside(Number(name), target.length)] ?? null
    if (name === 'length') return target.length
  }
  if (
    name === 'empty' &&
    (Array.isArray(target) || target instanceof Set || target instanceof View)
  ) {
    return sized(target) === 0
  }
  const getter = getters.get(name)?.get(kindOf(target))
  if (getter !== undefined)
    return (getter.call as (self: Value, args: Value[], meter: Meter) => Value)(target, [], noMeter)
  failArgument(`dynamic getter [${javaName(target)}, ${name}] not found`)
}

/** `x.key` for `x.getKey()`. */
const getters = new Map(
  Object.entries({
    key: 'getKey',
    value: 'getValue',
    message: 'getMessage',
    year: 'getYear',
    monthValue: 'getMonthValue',
    dayOfMonth: 'getDayOfMonth',
    hour: 'getHour',
    minute: 'getMinute',
    second: 'getSecond',
    epochSecond: 'getEpochSecond',
    nano: 'getNano',
    seconds: 'getSeconds',
    present: 'isPresent',
  }).map(([name, method]) => [name, methodsNamed(method)]),
)

/** A list counts from the end where the index is negative. */
function place(index: Value, length: number): number {
  const at = take.integer(index)
  return take.inside(at < 0 ? at + length : at, length)
}

export function inList(target: Value, index: Value): Value {
  if (target instanceof Map) return target.get(take.key(index)) ?? null
  if (Array.isArray(target)) return target[place(index, target.length)] ?? null
  if (target === null) failNull('an item')
  failCast(`Attempting to address a non-array type [${javaName(target)}] as an array.`)
}

export function setField(target: Value, name: string, value: Value, meter: Meter): void {
  if (target instanceof Map) {
    put(target, name, value, meter)
    return
  }
  if (target === null) failNull(`field [${name}]`)
  if (Array.isArray(target) && /^\d{1,9}$/.test(name)) {
    target[take.inside(Number(name), target.length)] = take.stored(value, meter)
    return
  }
  failArgument(`dynamic setter [${javaName(target)}, ${name}] not found`)
}

export function setItem(target: Value, index: Value, value: Value, meter: Meter): void {
  if (target instanceof Map) put(target, take.key(index), value, meter)
  else if (Array.isArray(target)) target[place(index, target.length)] = take.stored(value, meter)
  else if (target === null) failNull('an item')
  else failCast(`Attempting to address a non-array type [${javaName(target)}] as an array.`)
}
