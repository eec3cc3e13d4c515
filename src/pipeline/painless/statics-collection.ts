/** What `new` makes, and the static methods of the collection classes, streams and comparators. */
import * as take from './arguments.ts'
import { type MethodTable, type Row, tableOf } from './arguments.ts'
import { exceptionParents, failureType } from './class-names.ts'
import { compared, textOf } from './compare.ts'
import type { Meter } from './meter.ts'
import { sorted } from './methods-collection.ts'
import { entry } from './methods-map.ts'
import { failArgument, failCast, PainlessFailure } from './problem.ts'
import {
  ExceptionValue,
  IteratorValue,
  javaName,
  LambdaValue,
  OptionalValue,
  StreamValue,
  TextBuilder,
  type Value,
} from './values.ts'

function listOfArgument(value: Value | undefined): Value[] {
  if (Array.isArray(value)) return value
  failCast(`Cannot cast ${javaName(value ?? null)} to java.util.List`)
}

const listOf: Row<null> = ['of', 0, 16, (_, args, meter) => args.map((a) => take.stored(a, meter))]
const setOf: Row<null> = ['of', 0, 16, (_, args) => new Set(args.map(take.key))]
const mapOf: Row<null> = [
  'of',
  0,
  20,
  (_, args, meter) => {
    const found = new Map<Value, Value>()
    for (let at = 0; at + 1 < args.length; at += 2) {
      found.set(take.key(args[at]), take.stored(args[at + 1], meter))
    }
    return found
  },
]

const naturalOrder = new LambdaValue(([a = null, b = null]) => compared(a, b))
const reverseOrder = new LambdaValue(([a = null, b = null]) => compared(b, a))
const comparing: Row<null>[3] = (_, args) => {
  const by = take.lambda(args[0])
  return new LambdaValue(([a = null, b = null]) => compared(by.call([a]), by.call([b])))
}

const comparators = tableOf<null>([
  ['naturalOrder', 0, 0, () => naturalOrder],
  ['reverseOrder', 0, 0, () => reverseOrder],
  ['comparing', 1, 1, comparing],
  ['comparingInt', 1, 1, comparing],
  ['comparingLong', 1, 1, comparing],
  ['comparingDouble', 1, 1, comparing],
])

const collections = tableOf<null>([
  ['emptyList', 0, 0, () => []],
  ['emptyMap', 0, 0, () => new Map()],
  ['emptySet', 0, 0, () => new Set<Value>()],
  ['singletonList', 1, 1, (_, args, meter) => [take.stored(args[0], meter)]],
  ['singleton', 1, 1, (_, args) => new Set([take.key(args[0])])],
  [
    'sort',
    1,
    2,
    (_, args, meter) => {
      const list = listOfArgument(args[0])
      for (const [at, item] of sorted(list, args[1], meter).entries()) list[at] = item
      return null
    },
  ],
  [
    'reverse',
    1,
    1,
    (_, args, meter) => {
      meter.work(take.items(args[0]).length)
      listOfArgument(args[0]).reverse()
      return null
    },
  ],
  ['max', 1, 1, (_, args, meter) => sorted(take.items(args[0]), null, meter).at(-1) ?? null],
  ['min', 1, 1, (_, args, meter) => sorted(take.items(args[0]), null, meter)[0] ?? null],
  ['unmodifiableList', 1, 1, (_, args) => args[0] ?? null],
  ['unmodifiableMap', 1, 1, (_, args) => args[0] ?? null],
])

const streams = tableOf<null>([
  ['of', 0, 16, (_, args) => new StreamValue([...args])],
  ['empty', 0, 0, () => new StreamValue([])],
  ['range', 2, 2, (_, args, meter) => rangeOf(take.integer(args[0]), take.integer(args[1]), meter)],
  [
    'rangeClosed',
    2,
    2,
    (_, args, meter) => {
      return rangeOf(take.integer(args[0]), take.integer(args[1]) + 1, meter)
    },
  ],
])

function rangeOf(from: number, until: number, meter: Meter): StreamValue {
  const length = Math.max(0, until - from)
  meter.items(length)
  meter.work(length)
  return new StreamValue(Array.from({ length }, (_, at) => from + at))
}

const arrays = tableOf<null>([
  [
    'asList',
    0,
    16,
    (_, args, meter) => {
      const only = args[0]
      return args.length === 1 && Array.isArray(only)
        ? only
        : args.map((a) => take.stored(a, meter))
    },
  ],
  ['stream', 1, 1, (_, args) => new StreamValue([...take.items(args[0])])],
  ['toString', 1, 1, (_, args, meter) => textOf(args[0] ?? null, meter)],
])

const optionals = tableOf<null>([
  ['of', 1, 1, (_, args) => new OptionalValue(args[0] ?? null)],
  ['ofNullable', 1, 1, (_, args) => new OptionalValue(args[0] ?? null)],
  ['empty', 0, 0, () => new OptionalValue(null)],
])

export const collectionStatics: [string, MethodTable][] = [
  ['List', tableOf([listOf])],
  ['Set', tableOf([setOf])],
  [
    'Map',
    tableOf([mapOf, ['entry', 2, 2, (_, args) => entry(take.key(args[0]), args[1] ?? null)]]),
  ],
  ['Collections', collections],
  ['Comparator', comparators],
  ['Arrays', arrays],
  ['Stream', streams],
  ['IntStream', streams],
  ['Optional', optionals],
]

const newList: Row<null> = [
  'new',
  0,
  1,
  (_, args, meter) => {
    const from = args[0]
    if (from === undefined || typeof from === 'number') return []
    meter.work(take.items(from).length)
    return take.items(from).map((item) => take.stored(item, meter))
  },
]
const newMap: Row<null> = [
  'new',
  0,
  1,
  (_, args, meter) => {
    const from = args[0]
    if (from === undefined || typeof from === 'number') return new Map()
    meter.work(take.map(from).size)
    for (const item of take.map(from).values()) take.stored(item, meter)
    return new Map(take.map(from))
  },
]
const newSet: Row<null> = [
  'new',
  0,
  1,
  (_, args, meter) => {
    const from = args[0]
    if (from === undefined || typeof from === 'number') return new Set<Value>()
    meter.work(take.items(from).length)
    return new Set(take.items(from).map((item) => take.stored(take.key(item), meter)))
  },
]

/** `new StringTokenizer(text, delimiters, withDelimiters)`. */
const newTokenizer: Row<null> = [
  'new',
  1,
  3,
  (_, [from, delimiters = ' \t\n\r\f', isWith = false], meter) => {
    const text = take.text(from)
    meter.work(text.length)
    const ends = new Set(take.text(delimiters))
    const words: string[] = []
    let word = ''
    for (const letter of text) {
      if (!ends.has(letter)) {
        word += letter
        continue
      }
      if (word !== '') words.push(word)
      if (isWith === true) words.push(letter)
      word = ''
    }
    if (word !== '') words.push(word)
    return new IteratorValue(words, () => failArgument('a StringTokenizer removes nothing'))
  },
]

/** `new X(…)`: a method named new of each class. */
export const constructors = new Map<string, MethodTable>([
  ...['ArrayList', 'LinkedList'].map((name): [string, MethodTable] => [name, tableOf([newList])]),
  ...['HashMap', 'LinkedHashMap'].map((name): [string, MethodTable] => [name, tableOf([newMap])]),
  ...['HashSet', 'LinkedHashSet'].map((name): [string, MethodTable] => [name, tableOf([newSet])]),
  ['StringTokenizer', tableOf([newTokenizer])],
  ['String', tableOf<null>([['new', 0, 1, (_, [from = '']) => take.text(from)]])],
  ['Object', tableOf<null>([['new', 0, 0, () => new Map()]])],
  [
    'StringBuilder',
    tableOf<null>([
      [
        'new',
        0,
        1,
        (_, [from = '']) => {
          return new TextBuilder(typeof from === 'number' ? '' : take.text(from))
        },
      ],
    ]),
  ],
  ...Array.from(exceptionParents.keys(), (name): [string, MethodTable] => [name, raised(name)]),
])

function raised(name: string): MethodTable {
  const type = failureType(name)
  return tableOf<null>([
    [
      'new',
      0,
      2,
      (_, args, meter) => {
        const message = args[0] === undefined ? '' : textOf(args[0], meter)
        return new ExceptionValue(new PainlessFailure(type, message))
      },
    ],
  ])
}
