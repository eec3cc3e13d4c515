/** The classes a script may name: what is an instance of each, and which words are types at all. */
import { failCast, failNull } from './problem.ts'
import {
  type Box,
  Char,
  DurationValue,
  Entry,
  ExceptionValue,
  IteratorValue,
  isInt,
  isInteger,
  isNumber,
  javaName,
  LambdaValue,
  MatcherValue,
  Moment,
  OptionalValue,
  PatternValue,
  type Real,
  real,
  StreamValue,
  TextBuilder,
  type Value,
  View,
} from './values.ts'

type Check = (value: Value) => boolean
const isDouble: Check = (value) => isNumber(value) && !isInteger(value)
const isText: Check = (value) => typeof value === 'string'
const isList: Check = (value) => Array.isArray(value)
const isMap: Check = (value) => value instanceof Map
const isSet: Check = (value) =>
  value instanceof Set || (value instanceof View && value.of !== 'values')
const isCollection: Check = (value) => isList(value) || isSet(value) || value instanceof View
const of =
  (kind: abstract new (...args: never[]) => Box): Check =>
  (value) =>
    value instanceof kind

const functional = ['Function', 'BiFunction', 'Predicate', 'BiPredicate', 'Supplier', 'Consumer']
  .concat(['BiConsumer', 'UnaryOperator', 'BinaryOperator', 'Comparator', 'ToIntFunction'])
  .concat(['ToLongFunction', 'ToDoubleFunction', 'IntFunction', 'Runnable'])

/** Exceptions that a script can name, each with the one above it. */
export const exceptionParents = new Map([
  ['Throwable', ''],
  ['Exception', ''],
  ['RuntimeException', 'Exception'],
  ['NullPointerException', 'RuntimeException'],
  ['ClassCastException', 'RuntimeException'],
  ['ArithmeticException', 'RuntimeException'],
  ['IllegalStateException', 'RuntimeException'],
  ['IllegalArgumentException', 'RuntimeException'],
  ['NumberFormatException', 'IllegalArgumentException'],
  ['IndexOutOfBoundsException', 'RuntimeException'],
  ['StringIndexOutOfBoundsException', 'IndexOutOfBoundsException'],
  ['ArrayIndexOutOfBoundsException', 'IndexOutOfBoundsException'],
  ['UnsupportedOperationException', 'RuntimeException'],
  ['ConcurrentModificationException', 'RuntimeException'],
  ['NoSuchElementException', 'RuntimeException'],
  ['NegativeArraySizeException', 'RuntimeException'],
  ['DateTimeException', 'RuntimeException'],
  ['DateTimeParseException', 'DateTimeException'],
])

const checks = new Map<string, Check>([
  ['def', () => true],
  ['Object', () => true],
  ['byte', isInt],
  ['short', isInt],
  ['int', isInt],
  ['long', isInteger],
  ['float', isDouble],
  ['double', isDouble],
  ['boolean', (value) => typeof value === 'boolean'],
  ['char', of(Char)],
  ['Byte', isInt],
  ['Short', isInt],
  ['Integer', isInt],
  // A small long of a document cannot be told from an int: both hold.
  ['Long', isInteger],
  ['Float', isDouble],
  ['Double', isDouble],
  ['Number', isNumber],
  ['Boolean', (value) => typeof value === 'boolean'],
  ['Character', of(Char)],
  ['String', isText],
  ['CharSequence', (value) => isText(value) || value instanceof TextBuilder],
  ['List', isList],
  ['ArrayList', isList],
  ['LinkedList', isList],
  ['Map', isMap],
  ['HashMap', isMap],
  ['LinkedHashMap', isMap],
  ['Set', isSet],
  ['HashSet', (value) => value instanceof Set],
  ['LinkedHashSet', (value) => value instanceof Set],
  ['Collection', isCollection],
  ['Iterable', isCollection],
  ['Iterator', of(IteratorValue)],
  ['StringTokenizer', of(IteratorValue)],
  ['Map.Entry', of(Entry)],
  ['StringBuilder', of(TextBuilder)],
  ['Pattern', of(PatternValue)],
  ['Matcher', of(MatcherValue)],
  ['Stream', of(StreamValue)],
  ['IntStream', of(StreamValue)],
  ['Optional', of(OptionalValue)],
  ['Instant', (value) => value instanceof Moment && value.zone === undefined],
  ['ZonedDateTime', (value) => value instanceof Moment && value.zone !== undefined],
  ['Duration', of(DurationValue)],
  ...functional.map((name): [string, Check] => [name, of(LambdaValue)]),
  ...Array.from(exceptionParents.keys(), (name): [string, Check] => [
    name,
    (value) => value instanceof ExceptionValue && catches(name, value.failure.type),
  ]),
])

/** Classes that have static members only. */
const statics = ['Math', 'Objects', 'Collections', 'Collectors', 'Arrays', 'System', 'Locale']
const staticNames = new Set([...statics, 'ZoneId', 'ZoneOffset', 'ChronoUnit'])
export const primitives = new Set(['byte', 'short', 'int', 'long', 'float', 'double', 'boolean'])
primitives.add('char').add('void')

export function isTypeName(name: string): boolean {
  const bare = name.replace(/(\[\])+$/, '')
  return checks.has(bare) || staticNames.has(bare) || bare === 'void'
}

export function isInstance(type: string, value: Value): boolean {
  if (value === null) return false
  if (type.endsWith('[]')) return Array.isArray(value)
  return checks.get(type)?.(value) ?? false
}

/** `null_pointer_exception` for `NullPointerException`. */
export function failureType(exception: string): string {
  return exception.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase()
}

/** Whether `catch (<name> e)` holds a failure of this type. */
export function catches(name: string, type: string): boolean {
  if (name === 'Exception' || name === 'Throwable') return true
  for (const exception of exceptionParents.keys()) {
    if (failureType(exception) !== type) continue
    let at: string | undefined = exception
    while (at !== undefined && at !== '') {
      if (at === name) return true
      at = exceptionParents.get(at)
    }
  }
  return false
}

/** A value into a variable of a type: numbers widen, null is no primitive, the rest must fit. */
export function assigned(type: string, value: Value): Value {
  if (type === 'def' || type === 'Object') return value
  if (value === null) {
    if (!primitives.has(type)) return null
    failNull(`a value of type [${type}]`)
  }
  if (type === 'double' || type === 'float') {
    if (value instanceof Char) return real(value.code)
    if (isNumber(value)) return widened(value)
  }
  if ((type === 'int' || type === 'long') && value instanceof Char) return value.code
  if (type === 'void' || isInstance(type, value)) return value
  failCast(`cannot implicitly cast def [${javaName(value)}] to ${type}`)
}

function widened(value: number | bigint | Real): Value {
  return typeof value === 'object' ? value : real(Number(value))
}

/** `(type) value`: numbers convert, a string of one letter is a char, the rest must fit. */
export function cast(type: string, value: Value): Value {
  if (value === null) return assigned(type, value)
  const number = isNumber(value) ? value : value instanceof Char ? value.code : undefined
  if (number !== undefined) {
    const converted = castNumber(type, number)
    if (converted !== undefined) return converted
  }
  if (type === 'char' && typeof value === 'string' && value.length === 1) {
    return new Char(value.charCodeAt(0))
  }
  if (value instanceof Char && type === 'String') return value.text
  if (type === 'void' || isInstance(type, value)) return value
  failCast(`Cannot cast ${javaName(value)} to ${type}`)
}

export function castNumber(type: string, value: number | bigint | Real): Value | undefined {
  switch (type) {
    case 'int':
      return intOf(value)
    case 'long':
      return longOf(value)
    case 'double':
      return widened(value)
    case 'float':
      return real(Math.fround(Number(typeof value === 'object' ? value.value : value)))
    case 'short':
      return (intOf(value) << 16) >> 16
    case 'byte':
      return (intOf(value) << 24) >> 24
    case 'char':
      return new Char(intOf(value) & 0xffff)
    default:
      return undefined
  }
}

/** From a double it stops at the ends, from a long it keeps the low bits. */
function intOf(value: number | bigint | Real): number {
  if (typeof value === 'bigint') return Number(BigInt.asIntN(32, value))
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value | 0
  const number = Math.trunc(typeof value === 'object' ? value.value : value)
  if (Number.isNaN(number)) return 0
  return Math.max(-2_147_483_648, Math.min(2_147_483_647, number)) + 0
}

export const long_max = 9_223_372_036_854_775_807n

function longOf(value: number | bigint | Real): number | bigint {
  if (typeof value === 'bigint') return value
  const number = Math.trunc(typeof value === 'object' ? value.value : value)
  if (Number.isNaN(number)) return 0
  if (Number.isSafeInteger(number)) return number + 0
  if (number >= 2 ** 63) return long_max
  return number <= -(2 ** 63) ? -long_max - 1n : BigInt(number)
}
