/**
 * The values a script holds. Integers are JS numbers (bigint beyond 2^53), a double is a JS number
 * too, but boxed where it is whole (`2.0`), so that `/` knows. Nothing else of JS is reachable.
 */
import type { RE2JS } from 're2js'
import type { PainlessFailure } from './problem.ts'

export type Value = null | boolean | number | bigint | string | Value[] | ValueMap | ValueSet | Box
export type ValueMap = Map<Value, Value>
export type ValueSet = Set<Value>
export type Kind =
  | 'null'
  | 'boolean'
  | 'integer'
  | 'double'
  | 'string'
  | 'list'
  | 'map'
  | 'set'
  | BoxKind
type BoxKind =
  | 'real'
  | 'char'
  | 'view'
  | 'entry'
  | 'lambda'
  | 'builder'
  | 'pattern'
  | 'matcher'
  | 'stream'
  | 'optional'
  | 'exception'
  | 'iterator'
  | 'collector'
  | 'moment'
  | 'duration'

export abstract class Box {
  abstract readonly kind: BoxKind
}

/** A double whose value is a whole number. */
export class Real extends Box {
  readonly kind = 'real'
  readonly value: number
  constructor(value: number) {
    super()
    this.value = value
  }
}

export class Char extends Box {
  readonly kind = 'char'
  readonly code: number
  constructor(code: number) {
    super()
    this.code = code
  }
  get text(): string {
    return String.fromCharCode(this.code)
  }
}

/** `keySet()`, `values()` and `entrySet()`: what is removed from them leaves the map. */
export class View extends Box {
  readonly kind = 'view'
  readonly map: ValueMap
  readonly of: 'keys' | 'values' | 'entries'
  constructor(map: ValueMap, of: 'keys' | 'values' | 'entries') {
    super()
    this.map = map
    this.of = of
  }
}

export class Entry extends Box {
  readonly kind = 'entry'
  readonly map: ValueMap
  readonly key: Value
  constructor(map: ValueMap, key: Value) {
    super()
    this.map = map
    this.key = key
  }
}

export class LambdaValue extends Box {
  readonly kind = 'lambda'
  readonly call: (args: Value[]) => Value
  constructor(call: (args: Value[]) => Value) {
    super()
    this.call = call
  }
}

export class TextBuilder extends Box {
  readonly kind = 'builder'
  text: string
  constructor(text: string) {
    super()
    this.text = text
  }
}

export class PatternValue extends Box {
  readonly kind = 'pattern'
  readonly regex: RE2JS
  readonly source: string
  constructor(regex: RE2JS, source: string) {
    super()
    this.regex = regex
    this.source = source
  }
}

export class MatcherValue extends Box {
  readonly kind = 'matcher'
  readonly pattern: PatternValue
  readonly matcher: ReturnType<RE2JS['matcher']>
  readonly text: string
  constructor(pattern: PatternValue, text: string) {
    super()
    this.pattern = pattern
    this.matcher = pattern.regex.matcher(text)
    this.text = text
  }
}

export class StreamValue extends Box {
  readonly kind = 'stream'
  readonly items: Value[]
  constructor(items: Value[]) {
    super()
    this.items = items
  }
}

export class OptionalValue extends Box {
  readonly kind = 'optional'
  readonly value: Value
  constructor(value: Value) {
    super()
    this.value = value
  }
}

export class ExceptionValue extends Box {
  readonly kind = 'exception'
  readonly failure: PainlessFailure
  constructor(failure: PainlessFailure) {
    super()
    this.failure = failure
  }
}

export class IteratorValue extends Box {
  readonly kind = 'iterator'
  readonly items: Value[]
  readonly remove: (at: number, removed: number) => void
  at = 0
  removed = 0
  constructor(items: Value[], remove: (at: number, removed: number) => void) {
    super()
    this.items = items
    this.remove = remove
  }
}

/** `Collectors.toList()` and its like. */
export class CollectorValue extends Box {
  readonly kind = 'collector'
  readonly collect: (items: Value[]) => Value
  constructor(collect: (items: Value[]) => Value) {
    super()
    this.collect = collect
  }
}

/** Instant (no zone) or ZonedDateTime. */
export class Moment extends Box {
  readonly kind = 'moment'
  readonly nanos: bigint
  /** Minutes east of UTC, and how it was written. */
  readonly zone: { minutes: number; text: string } | undefined
  constructor(nanos: bigint, zone?: { minutes: number; text: string }) {
    super()
    this.nanos = nanos
    this.zone = zone
  }
}

export class DurationValue extends Box {
  readonly kind = 'duration'
  readonly nanos: bigint
  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }
}

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return Number.isSafeInteger(value) ? 'integer' : 'double'
    case 'boolean':
      return 'boolean'
    case 'bigint':
      return 'integer'
  }
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Map) return 'map'
  if (value instanceof Set) return 'set'
  return value.kind
}

/** A double, boxed where it could be taken for an integer. */
export function real(value: number): Value {
  return Number.isSafeInteger(value) ? new Real(value) : value
}

export function isNumber(value: Value): value is number | bigint | Real {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Real
}

export function isInteger(value: Value): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value)
}

export function numberOf(value: number | bigint | Real): number {
  if (typeof value === 'number') return value
  return value instanceof Real ? value.value : Number(value)
}

const javaNames = new Map<Kind, string>([
  ['null', 'null'],
  ['boolean', 'java.lang.Boolean'],
  ['double', 'java.lang.Double'],
  ['real', 'java.lang.Double'],
  ['string', 'java.lang.String'],
  ['char', 'java.lang.Character'],
  ['list', 'java.util.ArrayList'],
  ['map', 'java.util.HashMap'],
  ['set', 'java.util.HashSet'],
  ['view', 'java.util.Collection'],
  ['entry', 'java.util.Map.Entry'],
  ['lambda', 'java.util.function.Function'],
  ['builder', 'java.lang.StringBuilder'],
  ['pattern', 'java.util.regex.Pattern'],
  ['matcher', 'java.util.regex.Matcher'],
  ['stream', 'java.util.stream.Stream'],
  ['optional', 'java.util.Optional'],
  ['exception', 'java.lang.Exception'],
  ['iterator', 'java.util.Iterator'],
  ['collector', 'java.util.stream.Collector'],
  ['duration', 'java.time.Duration'],
])

/** The name Java has for the value's class, for messages. */
export function javaName(value: Value): string {
  const kind = kindOf(value)
  if (kind === 'integer') {
    return isInt(value) ? 'java.lang.Integer' : 'java.lang.Long'
  }
  if (kind === 'moment') {
    return (value as Moment).zone ? 'java.time.ZonedDateTime' : 'java.time.Instant'
  }
  return javaNames.get(kind) ?? kind
}

export function isInt(value: Value): boolean {
  return typeof value === 'number' && (value | 0) === value
}
