/** The methods of lists, sets, the views of a map, and iterators. */
import * as take from './arguments.ts'
import { type Call, type Row, tableOf } from './arguments.ts'
import { operators } from './arithmetic.ts'
import { compared, equal, textOf } from './compare.ts'
import type { Meter } from './meter.ts'
import { PainlessFailure } from './problem.ts'
import { IteratorValue, StreamValue, type Value, type ValueSet, View } from './values.ts'

type Items = Value[] | ValueSet | View

function indexIn(list: Value[], wanted: Value | undefined, meter: Meter): number {
  meter.work(list.length)
  if (typeof wanted === 'string') return list.indexOf(wanted)
  return list.findIndex((item) => equal(item, wanted ?? null, meter))
}

function has(self: Items, wanted: Value | undefined, meter: Meter): boolean {
  if (self instanceof Set) return self.has(take.key(wanted))
  if (self instanceof View && self.of === 'keys') return self.map.has(take.key(wanted))
  return indexIn(take.items(self), wanted, meter) >= 0
}

export function sized(self: Items): number {
  if (Array.isArray(self)) return self.length
  return self instanceof Set ? self.size : self.map.size
}

/** Keeps what the question holds for; the list, set or map behind it changes. */
function keep(self: Items, holds: (item: Value) => boolean): boolean {
  const before = sized(self)
  if (Array.isArray(self)) {
    const kept = self.filter((item) => holds(item))
    self.length = 0
    for (const item of kept) self.push(item)
    return kept.length !== before
  }
  if (self instanceof Set) {
    for (const item of [...self]) if (!holds(item)) self.delete(item)
    return self.size !== before
  }
  const keys = [...self.map.keys()]
  const found = take.items(self)
  const gone = keys.filter((_, at) => !holds(found[at] ?? null))
  for (const key of gone) self.map.delete(key)
  return gone.length > 0
}

function summed(self: Items, _: Value[], meter: Meter): Value {
  const add = operators.get('+')
  return take.items(self).reduce<Value>((sum, item) => add?.(sum, item, meter) ?? null, 0)
}

export function joined(items: Value[], separator: string, meter: Meter): string {
  let result = ''
  for (const [at, item] of items.entries()) {
    result = meter.text(`${result}${at > 0 ? separator : ''}${textOf(item, meter)}`)
  }
  return result
}

/** Sorting costs n log n; the comparator's own calls count as steps. */
export function sorted(items: Value[], by: Value | undefined, meter: Meter): Value[] {
  meter.work(items.length * 16)
  const compare = by === null || by === undefined ? compared : take.order(take.lambda(by))
  // JavaScript sorts a hole or undefined behind all: there is none here.
  return [...items].sort(compare)
}

const each: Call<Items> = (self, args) => {
  const action = take.lambda(args[0])
  for (const item of [...take.items(self)]) action.call([item])
  return null
}

const shared: Row<Items>[] = [
  ['size', 0, 0, (self) => sized(self)],
  ['isEmpty', 0, 0, (self) => sized(self) === 0],
  ['contains', 1, 1, (self, args, meter) => has(self, args[0], meter)],
  [
    'containsAll',
    1,
    1,
    (self, args, meter) => {
      return take.items(args[0]).every((item) => has(self, item, meter))
    },
  ],
  [
    'clear',
    0,
    0,
    (self) => {
      keep(self, () => false)
      return null
    },
  ],
  [
    'removeIf',
    1,
    1,
    (self, args) => {
      const test = take.lambda(args[0])
      return keep(self, (item) => !take.truth(test.call([item])))
    },
  ],
  [
    'removeAll',
    1,
    1,
    (self, args, meter) => {
      const gone = [...take.items(args[0])]
      return keep(self, (item) => indexIn(gone, item, meter) < 0)
    },
  ],
  [
    'retainAll',
    1,
    1,
    (self, args, meter) => {
      const kept = [...take.items(args[0])]
      return keep(self, (item) => indexIn(kept, item, meter) >= 0)
    },
  ],
  ['forEach', 1, 1, each],
  ['each', 1, 1, each],
  ['stream', 0, 0, (self) => new StreamValue([...take.items(self)])],
  ['iterator', 0, 0, (self) => iteratorOf(self)],
  ['toArray', 0, 1, (self) => [...take.items(self)]],
  ['asList', 0, 0, (self) => [...take.items(self)]],
  ['join', 1, 1, (self, args, meter) => joined(take.items(self), take.text(args[0]), meter)],
  ['sum', 0, 0, summed],
  [
    'any',
    1,
    1,
    (self, args) => {
      const test = take.lambda(args[0])
      return [...take.items(self)].some((item) => take.truth(test.call([item])))
    },
  ],
  [
    'every',
    1,
    1,
    (self, args) => {
      const test = take.lambda(args[0])
      return [...take.items(self)].every((item) => take.truth(test.call([item])))
    },
  ],
  [
    'find',
    1,
    1,
    (self, args) => {
      const test = take.lambda(args[0])
      return [...take.items(self)].find((item) => take.truth(test.call([item]))) ?? null
    },
  ],
  [
    'findAll',
    1,
    1,
    (self, args) => {
      const test = take.lambda(args[0])
      return take.items(self).filter((item) => take.truth(test.call([item])))
    },
  ],
  [
    'collect',
    1,
    1,
    (self, args) => {
      const change = take.lambda(args[0])
      return [...take.items(self)].map((item) => change.call([item]))
    },
  ],
]

export function iteratorOf(self: Items): IteratorValue {
  if (Array.isArray(self)) {
    // What was removed before has moved the rest forward.
    return new IteratorValue([...self], (at, removed) => self.splice(at - removed, 1))
  }
  const keys = self instanceof Set ? [...self] : [...self.map.keys()]
  return new IteratorValue([...take.items(self)], (at) => {
    return (self instanceof Set ? self : self.map).delete(keys[at] ?? null)
  })
}

const listRows: Row<Value[]>[] = [
  [
    'add',
    1,
    2,
    (self, args, meter) => {
      meter.items(self.length + 1)
      const item = take.stored(args.at(-1), meter)
      if (args.length === 1) self.push(item)
      else {
        const at = take.integer(args[0])
        if (at !== self.length) take.inside(at, self.length)
        meter.work(self.length)
        self.splice(at, 0, item)
      }
      return true
    },
  ],
  [
    'addAll',
    1,
    2,
    (self, args, meter) => {
      const added = [...take.items(args.at(-1))]
      const at = args.length === 1 ? self.length : take.integer(args[0])
      if (at !== self.length) take.inside(at, self.length)
      meter.items(self.length + added.length)
      meter.work(self.length + added.length)
      const behind = self.splice(at)
      for (const item of added) self.push(take.stored(item, meter))
      for (const item of behind) self.push(item)
      return added.length > 0
    },
  ],
  ['get', 1, 1, (self, args) => self[take.inside(take.integer(args[0]), self.length)] ?? null],
  ['getFirst', 0, 0, (self) => self[take.inside(0, self.length)] ?? null],
  ['getLast', 0, 0, (self) => self[take.inside(self.length - 1, self.length)] ?? null],
  [
    'set',
    2,
    2,
    (self, args, meter) => {
      const at = take.inside(take.integer(args[0]), self.length)
      const before = self[at] ?? null
      self[at] = take.stored(args[1], meter)
      return before
    },
  ],
  // By its place, as List.remove(int): a value is removed with removeIf.
  [
    'remove',
    1,
    1,
    (self, args, meter) => {
      const at = take.inside(take.integer(args[0]), self.length)
      meter.work(self.length)
      return self.splice(at, 1)[0] ?? null
    },
  ],
  ['indexOf', 1, 1, (self, args, meter) => indexIn(self, args[0], meter)],
  [
    'lastIndexOf',
    1,
    1,
    (self, args, meter) => {
      meter.work(self.length)
      return self.findLastIndex((item) => equal(item, args[0] ?? null, meter))
    },
  ],
  [
    'subList',
    2,
    2,
    (self, args, meter) => {
      const [begin, end] = [take.integer(args[0]), take.integer(args[1])]
      if (begin > end || begin < 0 || end > self.length) take.inside(begin < 0 ? begin : end, -1)
      meter.work(end - begin)
      return self.slice(begin, end)
    },
  ],
  [
    'sort',
    1,
    1,
    (self, args, meter) => {
      const result = sorted(self, args[0], meter)
      for (const [at, item] of result.entries()) self[at] = item
      return null
    },
  ],
  [
    'replaceAll',
    1,
    1,
    (self, args, meter) => {
      const change = take.lambda(args[0])
      const changed = self.map((item) => take.stored(change.call([item]), meter))
      for (const [at, item] of changed.entries()) if (at < self.length) self[at] = item
      return null
    },
  ],
]

const setRows: Row<ValueSet>[] = [
  [
    'add',
    1,
    1,
    (self, args, meter) => {
      const item = take.key(args[0])
      if (self.has(item)) return false
      meter.items(self.size + 1)
      self.add(take.stored(item, meter))
      return true
    },
  ],
  [
    'addAll',
    1,
    1,
    (self, args, meter) => {
      const before = self.size
      for (const item of [...take.items(args[0])]) {
        meter.items(self.size + 1)
        self.add(take.stored(take.key(item), meter))
      }
      return self.size > before
    },
  ],
  ['remove', 1, 1, (self, args) => self.delete(take.key(args[0]))],
]

const viewRows: Row<View>[] = [
  [
    'remove',
    1,
    1,
    (self, args, meter) => {
      if (self.of === 'keys') return self.map.delete(take.key(args[0]))
      const at = indexIn(take.items(self), args[0], meter)
      const key = [...self.map.keys()][at]
      return at >= 0 && self.map.delete(key ?? null)
    },
  ],
]

export const listMethods = tableOf<Value[]>([...(shared as Row<Value[]>[]), ...listRows])
export const setMethods = tableOf<ValueSet>([...(shared as Row<ValueSet>[]), ...setRows])
export const viewMethods = tableOf<View>([...(shared as Row<View>[]), ...viewRows])

const hasMore = (self: IteratorValue): boolean => self.at < self.items.length

function nextOf(self: IteratorValue): Value {
  if (!hasMore(self)) {
    throw new PainlessFailure('no_such_element_exception', 'the iterator has no more items')
  }
  self.at += 1
  return self.items[self.at - 1] ?? null
}

/** Those of a StringTokenizer too, which is an iterator over its words. */
export const iteratorMethods = tableOf<IteratorValue>([
  ['hasNext', 0, 0, hasMore],
  ['hasMoreTokens', 0, 0, hasMore],
  ['hasMoreElements', 0, 0, hasMore],
  ['countTokens', 0, 0, (self) => self.items.length - self.at],
  ['next', 0, 0, nextOf],
  ['nextToken', 0, 0, nextOf],
  ['nextElement', 0, 0, nextOf],
  [
    'remove',
    0,
    0,
    (self, _, meter) => {
      meter.work(self.items.length)
      self.remove(self.at - 1, self.removed)
      self.removed += 1
      return null
    },
  ],
])
