/** The methods of maps and their entries. */
import * as take from './arguments.ts'
import { type Row, tableOf } from './arguments.ts'
import { equal } from './compare.ts'
import type { Meter } from './meter.ts'
import { failArgument } from './problem.ts'
import { Entry, type Value, type ValueMap, View } from './values.ts'

export function put(self: ValueMap, key: Value, value: Value, meter: Meter): Value {
  const before = self.get(key)
  if (before === undefined) meter.items(self.size + 1)
  self.set(take.stored(key, meter), take.stored(value, meter))
  return before ?? null
}

/** `getByPath('a.b.0', otherwise)`: a failure where something is missing and nothing is said. */
function byPath(self: ValueMap, args: Value[]): Value {
  const path = take.text(args[0])
  let at: Value = self
  for (const step of path.split('.')) {
    if (at instanceof Map) at = at.get(step) ?? null
    else if (Array.isArray(at) && /^\d{1,9}$/.test(step)) at = at[Number(step)] ?? null
    else at = null
    if (at !== null) continue
    if (args.length > 1) return args[1] ?? null
    failArgument(`Could not find value at path [${path}]`)
  }
  return at
}

const changes: Row<ValueMap>[] = [
  ['put', 2, 2, (self, args, meter) => put(self, take.key(args[0]), args[1] ?? null, meter)],
  [
    'putIfAbsent',
    2,
    2,
    (self, args, meter) => {
      const key = take.key(args[0])
      return self.get(key) ?? put(self, key, args[1] ?? null, meter)
    },
  ],
  [
    'putAll',
    1,
    1,
    (self, args, meter) => {
      for (const [key, value] of [...take.map(args[0])]) put(self, key, value, meter)
      return null
    },
  ],
  [
    'remove',
    1,
    1,
    (self, args) => {
      const key = take.key(args[0])
      const before = self.get(key) ?? null
      self.delete(key)
      return before
    },
  ],
  [
    'clear',
    0,
    0,
    (self) => {
      self.clear()
      return null
    },
  ],
  [
    'computeIfAbsent',
    2,
    2,
    (self, args, meter) => {
      const key = take.key(args[0])
      const before = self.get(key) ?? null
      if (before !== null) return before
      const value = take.lambda(args[1]).call([key])
      if (value !== null) put(self, key, value, meter)
      return value
    },
  ],
  [
    'computeIfPresent',
    2,
    2,
    (self, args, meter) => {
      const key = take.key(args[0])
      const before = self.get(key) ?? null
      if (before === null) return null
      return settled(self, key, take.lambda(args[1]).call([key, before]), meter)
    },
  ],
  [
    'compute',
    2,
    2,
    (self, args, meter) => {
      const key = take.key(args[0])
      return settled(self, key, take.lambda(args[1]).call([key, self.get(key) ?? null]), meter)
    },
  ],
  [
    'merge',
    3,
    3,
    (self, args, meter) => {
      const key = take.key(args[0])
      const before = self.get(key) ?? null
      const added = args[1] ?? null
      const value = before === null ? added : take.lambda(args[2]).call([before, added])
      return settled(self, key, value, meter)
    },
  ],
  [
    'replaceAll',
    1,
    1,
    (self, args, meter) => {
      const change = take.lambda(args[0])
      for (const [key, value] of [...self]) put(self, key, change.call([key, value]), meter)
      return null
    },
  ],
]

/** Null takes the key away. */
function settled(self: ValueMap, key: Value, value: Value, meter: Meter): Value {
  if (value === null) self.delete(key)
  else put(self, key, value, meter)
  return value
}

export const mapMethods = tableOf<ValueMap>([
  ...changes,
  ['get', 1, 1, (self, args) => self.get(take.key(args[0])) ?? null],
  [
    'getOrDefault',
    2,
    2,
    (self, args) => {
      const value = self.get(take.key(args[0]))
      return value === undefined ? (args[1] ?? null) : value
    },
  ],
  ['getByPath', 1, 2, byPath],
  ['containsKey', 1, 1, (self, args) => self.has(take.key(args[0]))],
  [
    'containsValue',
    1,
    1,
    (self, args, meter) => {
      meter.work(self.size)
      return [...self.values()].some((value) => equal(value, args[0] ?? null, meter))
    },
  ],
  ['keySet', 0, 0, (self) => new View(self, 'keys')],
  ['values', 0, 0, (self) => new View(self, 'values')],
  ['entrySet', 0, 0, (self) => new View(self, 'entries')],
  ['size', 0, 0, (self) => self.size],
  ['isEmpty', 0, 0, (self) => self.size === 0],
  [
    'forEach',
    1,
    1,
    (self, args) => {
      const action = take.lambda(args[0])
      for (const [key, value] of [...self]) action.call([key, value])
      return null
    },
  ],
  [
    'each',
    1,
    1,
    (self, args) => {
      const action = take.lambda(args[0])
      for (const [key, value] of [...self]) action.call([key, value])
      return null
    },
  ],
])

export const entryMethods = tableOf<Entry>([
  ['getKey', 0, 0, (self) => self.key],
  ['getValue', 0, 0, (self) => self.map.get(self.key) ?? null],
  ['setValue', 1, 1, (self, args, meter) => put(self.map, self.key, args[0] ?? null, meter)],
])

/** `Map.entry(k, v)`: an entry of a map of its own. */
export function entry(key: Value, value: Value): Entry {
  return new Entry(new Map([[key, value]]), key)
}
