/** Streams (a list underneath: nothing is lazy), what collects them, and optional values. */
import * as take from './arguments.ts'
import { type Row, tableOf } from './arguments.ts'
import { operators } from './arithmetic.ts'
import { compared } from './compare.ts'
import type { Meter } from './meter.ts'
import { joined, sorted } from './methods-collection.ts'
import { put } from './methods-map.ts'
import { failArgument, PainlessFailure } from './problem.ts'
import {
  CollectorValue,
  OptionalValue,
  real,
  StreamValue,
  type Value,
  type ValueMap,
} from './values.ts'

function best(items: Value[], by: Value | undefined, sign: 1 | -1): OptionalValue {
  const compare = by === undefined ? compared : take.order(take.lambda(by))
  let found: Value = items[0] ?? null
  for (const item of items.slice(1)) if (compare(item, found) * sign > 0) found = item
  return new OptionalValue(found)
}

function summed(items: Value[], meter: Meter): Value {
  const add = operators.get('+')
  return items.reduce<Value>((sum, item) => add?.(sum, item, meter) ?? null, 0)
}

function reduced(items: Value[], args: Value[]): Value {
  const by = take.lambda(args.at(-1))
  if (args.length > 1) return items.reduce<Value>((a, b) => by.call([a, b]), args[0] ?? null)
  const [first = null, ...rest] = items
  return new OptionalValue(rest.reduce((a, b) => by.call([a, b]), first))
}

const tests: Row<StreamValue>[] = [
  [
    'anyMatch',
    1,
    1,
    (self, args) => {
      return self.items.some((item) => take.truth(take.lambda(args[0]).call([item])))
    },
  ],
  [
    'allMatch',
    1,
    1,
    (self, args) => {
      return self.items.every((item) => take.truth(take.lambda(args[0]).call([item])))
    },
  ],
  [
    'noneMatch',
    1,
    1,
    (self, args) => {
      return !self.items.some((item) => take.truth(take.lambda(args[0]).call([item])))
    },
  ],
]

const changes: Row<StreamValue>[] = [
  [
    'filter',
    1,
    1,
    (self, args) => {
      const test = take.lambda(args[0])
      return new StreamValue(self.items.filter((item) => take.truth(test.call([item]))))
    },
  ],
  [
    'flatMap',
    1,
    1,
    (self, args, meter) => {
      const result: Value[] = []
      for (const item of self.items) {
        for (const part of take.items(take.lambda(args[0]).call([item]))) result.push(part)
        meter.items(result.length)
      }
      return new StreamValue(result)
    },
  ],
  ['distinct', 0, 0, (self) => new StreamValue([...new Set(self.items)])],
  ['sorted', 0, 1, (self, args, meter) => new StreamValue(sorted(self.items, args[0], meter))],
  [
    'limit',
    1,
    1,
    (self, args) => {
      return new StreamValue(self.items.slice(0, Math.max(0, take.integer(args[0]))))
    },
  ],
  [
    'skip',
    1,
    1,
    (self, args) => {
      return new StreamValue(self.items.slice(Math.max(0, take.integer(args[0]))))
    },
  ],
  ['boxed', 0, 0, (self) => self],
  [
    'peek',
    1,
    1,
    (self, args) => {
      for (const item of self.items) take.lambda(args[0]).call([item])
      return self
    },
  ],
]
for (const name of ['map', 'mapToInt', 'mapToLong', 'mapToObj', 'mapToDouble']) {
  changes.push([
    name,
    1,
    1,
    (self, args) => {
      const change = take.lambda(args[0])
      return new StreamValue(self.items.map((item) => change.call([item])))
    },
  ])
}

export const streamMethods = tableOf<StreamValue>([
  ...tests,
  ...changes,
  [
    'collect',
    1,
    1,
    (self, args) => {
      const by = args[0]
      if (!(by instanceof CollectorValue)) failArgument('collect expects one of Collectors.*')
      return by.collect(self.items)
    },
  ],
  ['toList', 0, 0, (self) => [...self.items]],
  ['toArray', 0, 1, (self) => [...self.items]],
  ['count', 0, 0, (self) => self.items.length],
  ['findFirst', 0, 0, (self) => new OptionalValue(self.items[0] ?? null)],
  ['findAny', 0, 0, (self) => new OptionalValue(self.items[0] ?? null)],
  ['min', 0, 1, (self, args) => best(self.items, args[0], -1)],
  ['max', 0, 1, (self, args) => best(self.items, args[0], 1)],
  ['sum', 0, 0, (self, _, meter) => summed(self.items, meter)],
  [
    'average',
    0,
    0,
    (self, _, meter) => {
      if (self.items.length === 0) return new OptionalValue(null)
      const sum = take.decimal(summed(self.items, meter))
      return new OptionalValue(real(sum / self.items.length))
    },
  ],
  ['reduce', 1, 2, (self, args) => reduced(self.items, args)],
  [
    'forEach',
    1,
    1,
    (self, args) => {
      for (const item of self.items) take.lambda(args[0]).call([item])
      return null
    },
  ],
])

function present(self: OptionalValue): Value {
  if (self.value !== null) return self.value
  throw new PainlessFailure('no_such_element_exception', 'No value present')
}

const optionalRows: Row<OptionalValue>[] = [
  ['isPresent', 0, 0, (self) => self.value !== null],
  ['isEmpty', 0, 0, (self) => self.value === null],
  ['orElse', 1, 1, (self, args) => self.value ?? args[0] ?? null],
  ['orElseGet', 1, 1, (self, args) => self.value ?? take.lambda(args[0]).call([])],
  [
    'ifPresent',
    1,
    1,
    (self, args) => {
      if (self.value !== null) take.lambda(args[0]).call([self.value])
      return null
    },
  ],
  [
    'map',
    1,
    1,
    (self, args) => {
      const { value } = self
      return value === null ? self : new OptionalValue(take.lambda(args[0]).call([value]))
    },
  ],
  [
    'filter',
    1,
    1,
    (self, args) => {
      const { value } = self
      if (value === null || take.truth(take.lambda(args[0]).call([value]))) return self
      return new OptionalValue(null)
    },
  ],
]
for (const name of ['get', 'getAsInt', 'getAsLong', 'getAsDouble', 'orElseThrow']) {
  optionalRows.push([name, 0, 0, present])
}
export const optionalMethods = tableOf<OptionalValue>(optionalRows)

function grouped(items: Value[], args: Value[], meter: Meter): Value {
  const groups = new Map<Value, Value[]>()
  for (const item of items) {
    const key = take.key(take.lambda(args[0]).call([item]))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  const result: ValueMap = new Map()
  const below = args[1]
  for (const [key, group] of groups) {
    put(result, key, below instanceof CollectorValue ? below.collect(group) : group, meter)
  }
  return result
}

function mapped(items: Value[], args: Value[], meter: Meter): Value {
  const result: ValueMap = new Map()
  for (const item of items) {
    const key = take.key(take.lambda(args[0]).call([item]))
    const value = take.lambda(args[1]).call([item])
    const before = result.get(key)
    if (before !== undefined && args[2] === undefined) {
      throw new PainlessFailure('illegal_state_exception', 'Duplicate key')
    }
    const both = before === undefined ? value : take.lambda(args[2]).call([before, value])
    put(result, key, both, meter)
  }
  return result
}

/** The static methods of Collectors. */
export const collectors = tableOf<null>([
  ['toList', 0, 0, () => new CollectorValue((items) => [...items])],
  ['toSet', 0, 0, () => new CollectorValue((items) => new Set(items.map(take.key)))],
  [
    'joining',
    0,
    3,
    (_, args, meter) => {
      const [between = '', before = '', after = ''] = args.map(take.text)
      return new CollectorValue((items) => {
        return meter.text(before + joined(items, between, meter) + after)
      })
    },
  ],
  ['counting', 0, 0, () => new CollectorValue((items) => items.length)],
  [
    'groupingBy',
    1,
    2,
    (_, args, meter) => {
      return new CollectorValue((items) => grouped(items, args, meter))
    },
  ],
  [
    'mapping',
    2,
    2,
    (_, args) => {
      const below = args[1]
      if (!(below instanceof CollectorValue)) failArgument('mapping expects one of Collectors.*')
      return new CollectorValue((items) => {
        return below.collect(items.map((item) => take.lambda(args[0]).call([item])))
      })
    },
  ],
  ['toMap', 2, 3, (_, args, meter) => new CollectorValue((items) => mapped(items, args, meter))],
])
