/**
 * The names of fields, each made once: dotted text, its bytes and what it means. A key inside of an
 * object is found by its bytes, so that reading a record makes no strings.
 */
import { limits } from '../../model/limits.ts'
import { copyOf, overshoot_bytes, viewOf } from '../../wire/copy-bytes.ts'
import { quickHash, sameBytes } from '../../wire/hash.ts'
import { cutAt } from '../../wire/otlp/any-value.ts'
import { meaningOf, type NameMeaning } from './meanings.ts'
import type { ObjectRepeats } from './object-repeats.ts'

/** Names are from outside: past any of these all are forgotten, which bounds memory to 16 MiB. */
const paths_max = 8_000
const children_max = 8_000
const names_bytes_max = 1024 * 1024

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export class Path {
  readonly name: string
  readonly id: number
  /** As the key of an attribute is written: cut to its limit. */
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly means: NameMeaning
  /** Which record last held the field, and where: finds duplicates without a table. */
  record = 0
  index = 0

  constructor(name: string, id: number) {
    this.name = name
    this.id = id
    const bytes = encoder.encode(name)
    const end = cutAt(bytes, 0, bytes.length, limits.attribute_key_bytes_max)
    // With room behind it a name is copied eight bytes at a time.
    const roomy = new Uint8Array(end + overshoot_bytes)
    roomy.set(bytes.subarray(0, end))
    this.bytes = roomy.subarray(0, end)
    this.view = viewOf(roomy)
    this.means = meaningOf(name)
  }
}

/** A key inside of a parent, with the one that came behind it and the first inside of it. */
export type Child = {
  readonly parent: number
  readonly key: Uint8Array
  /** `"key":` as JSON writes it; nothing for a key with escapes. */
  readonly member: DataView | undefined
  readonly path: Path
  readonly next: Child | undefined
  /** Guesses: records of one sender have their keys in one order. */
  follower: Child | undefined
  first: Child | undefined
  /** What the key held when that was an object. */
  repeats: ObjectRepeats | undefined
}

let made = 0
let byName = new Map<string, Path>()
let children = new Map<number, Child>()
let roots = new Map<number, Child>()
/** Several keys may be one name: what is no UTF-8 all reads alike. */
let children_count = 0
/** Of names and of keys, as they are kept. */
let names_bytes = 0

/** The path of a dotted name. Paths that a receiver keeps stay valid when others are forgotten. */
export function pathOf(name: string): Path {
  const known = byName.get(name)
  if (known !== undefined) return known
  if (byName.size >= paths_max || names_bytes > names_bytes_max) forgetAll()
  const path = new Path(name, ++made)
  byName.set(name, path)
  names_bytes += name.length + path.bytes.length
  return path
}

function forgetAll(): void {
  byName = new Map(kept.map((path) => [path.name, path]))
  children = new Map()
  roots = new Map()
  children_count = names_bytes = 0
}

const kept: Path[] = []

/** A path that a receiver writes itself: never forgotten, so one name stays one path. */
export function ownPath(name: string): Path {
  const path = pathOf(name)
  if (!kept.includes(path)) kept.push(path)
  return path
}

/** The path of the key at [start, end) inside of another path, or at the top. */
export function childPath(
  parent: Path | undefined,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Path {
  return findChild(parent, bytes, view, start, end).path
}

/** Where guesses about the keys inside of a path begin, or about those at the top. */
export function rootOf(prefix: Path | undefined): Child {
  const id = prefix?.id ?? 0
  const known = roots.get(id)
  if (known !== undefined) return known
  const path = prefix ?? new Path('', 0)
  const root = {
    parent: 0,
    key: nothing,
    member: undefined,
    path,
    next: undefined,
    follower: undefined,
    first: undefined,
    repeats: undefined,
  }
  roots.set(id, root)
  return root
}

const nothing = new Uint8Array(0)

/** The same by the key that came before it, or by the one it is in when it is the first there. */
export function childAfter(
  last: Child | undefined,
  within: Child,
  parent: Path | undefined,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Child {
  const guess = last === undefined ? within.first : last.follower
  const length = end - start
  if (guess !== undefined && guess.key.length === length) {
    if (sameBytes(guess.key, 0, bytes, start, length)) return guess
  }
  const child = findChild(parent, bytes, view, start, end)
  if (length > remembered_bytes_max) return child
  if (last === undefined) within.first = child
  else last.follower = child
  return child
}

function findChild(
  parent: Path | undefined,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Child {
  const parentId = parent?.id ?? 0
  const hash = quickHash(view, start, end) ^ Math.imul(parentId, 0x9e3779b1)
  const length = end - start
  for (let child = children.get(hash); child !== undefined; child = child.next) {
    if (child.parent !== parentId || child.key.length !== length) continue
    if (sameBytes(child.key, 0, bytes, start, length)) return child
  }
  const key = decoder.decode(bytes.subarray(start, Math.min(end, start + key_bytes_max)))
  if (children_count >= children_max) forgetAll()
  const path = pathOf(parent === undefined ? key : `${parent.name}.${key}`)
  const child: Child = {
    parent: parentId,
    key: copyOf(bytes, start, end),
    member: memberOf(bytes, start, end),
    path,
    next: children.get(hash),
    follower: undefined,
    first: undefined,
    repeats: undefined,
  }
  if (length <= remembered_bytes_max) {
    children.set(hash, child)
    children_count++
    names_bytes += 2 * length
  }
  return child
}

function memberOf(bytes: Uint8Array, start: number, end: number): DataView | undefined {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    if (byte < 0x20 || byte === quote || byte === 0x5c) return undefined
  }
  const member = new Uint8Array(end - start + 3)
  member[0] = member[end - start + 1] = quote
  member.set(bytes.subarray(start, end), 1)
  member[end - start + 2] = 0x3a
  return end > start ? viewOf(member) : undefined
}

/** Whether the bytes of a member, four at least, are at a place. */
export function isAt(member: DataView, view: DataView, at: number, stop: number): boolean {
  const { byteLength } = member
  if (at + byteLength > stop) return false
  const last = byteLength - 4
  for (let i = 0; i < last; i += 4) {
    if (member.getInt32(i) !== view.getInt32(at + i)) return false
  }
  return member.getInt32(last) === view.getInt32(at + last)
}

const quote = 0x22

/** Long keys are not remembered: their number is bounded, their size is not. */
const remembered_bytes_max = 256
const key_bytes_max = limits.attribute_key_bytes_max
