/**
 * Reads a JSON object from its bytes into the fields of a record, in one pass and without an object
 * a value. Nested objects become dotted names, arrays stay JSON text as OTLP's do.
 */
import { limits } from '../../model/limits.ts'
import { viewOf } from '../../wire/copy-bytes.ts'
import type { FlatRecord } from './flat-record.ts'
import { appendUnescaped } from './json-escapes.ts'
import { ObjectRepeats } from './object-repeats.ts'
import { type Child, childAfter, isAt, type Path, rootOf } from './paths.ts'

/** What was wrong with the last text that could not be read; `at` counts from its first byte. */
export const jsonProblem = { detail: '', at: 0, isTooDeep: false }

const depth_max = limits.any_value_depth_max
const quote = 0x22
const backslash = 0x5c
const decoder = new TextDecoder()

const nothing = new Uint8Array(0)
let bytes: Uint8Array = nothing
let view: DataView = viewOf(bytes)
let origin = 0
let at = 0
let stop = 0
let record: FlatRecord
/** How deep objects went since this was last set. */
let deepest = 0

class Malformed extends Error {}

/**
 * Puts the members of the object at [start, end) into the record. False when it is none: the reason
 * is in jsonProblem, and the record holds what came before. The bytes may be those of a whole
 * request: `source` is its view.
 */
export function readJsonObject(
  into: FlatRecord,
  from: Uint8Array,
  source: DataView,
  start: number,
  end: number,
  prefix?: Path,
): boolean {
  bytes = from
  view = source
  origin = at = start
  stop = end
  record = into
  jsonProblem.isTooDeep = false
  return attempt(readWhole, prefix)
}

function attempt(read: (prefix: Path | undefined) => void, prefix?: Path): boolean {
  try {
    read(prefix)
    return true
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    return false
  } finally {
    bytes = nothing
  }
}

function readWhole(prefix: Path | undefined): void {
  space()
  if (bytes[at] !== 0x7b) fail('expected an object')
  readObject(prefix, rootOf(prefix), 1)
  space()
  if (at < stop) fail('expected the end after the object')
}

/**
 * Appends the text of the string whose inside is [start, end) to the record's arena. False when an
 * escape is none: the reason is in jsonProblem.
 */
export function readJsonText(
  into: FlatRecord,
  from: Uint8Array,
  start: number,
  end: number,
): boolean {
  bytes = from
  origin = at = start
  stop = end
  record = into
  return attempt(() => readEscapes(start, end))
}

function fail(detail: string): never {
  jsonProblem.detail = detail
  jsonProblem.at = Math.min(at, stop) - origin
  throw problem
}
/** One for all: making a stack costs more than reading a record. */
const problem = new Malformed()

function space(): void {
  while (at < stop) {
    const byte = bytes[at]!
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
    at++
  }
}

/** Past the brace that opens it. */
function readObject(parent: Path | undefined, within: Child, depth: number): void {
  if (depth > depth_max) tooDeep()
  if (depth > deepest) deepest = depth
  at++
  if (byteHere() === 0x7d) {
    at++
    return
  }
  let last: Child | undefined
  for (;;) {
    if (byteHere() !== quote) fail('expected a key')
    const guess = last === undefined ? within.first : last.follower
    if (guess !== undefined && isMemberHere(guess)) last = guess
    else {
      last = readKey(parent, within, last)
      if (byteHere() !== 0x3a) fail('expected a colon')
      at++
    }
    if (byteHere() === quote) readText(last.path)
    else readValue(last, depth)
    const byte = byteHere()
    at++
    if (byte === 0x7d) return
    if (byte !== 0x2c) {
      at--
      fail('expected a comma or the end of an object')
    }
  }
}

/** An object under a key: those of a shipper repeat themselves, and are then not read again. */
function readInner(child: Child, depth: number): void {
  child.repeats ??= new ObjectRepeats()
  const { repeats } = child
  const known = repeats.find(view, at, stop)
  if (known !== undefined && depth + known.levels <= depth_max) {
    record.addKnown(known.fields)
    deepest = Math.max(deepest, depth + known.levels)
    at += known.length
    return
  }
  const start = at
  const outer = deepest
  const { count, again, dropped, arena } = record
  const arenaFrom = arena.length
  deepest = depth
  readObject(child.path, child, depth)
  const levels = deepest - depth
  deepest = Math.max(deepest, outer)
  if (record.again !== again || record.dropped !== dropped || !repeats.wants(at - start)) return
  repeats.keep(view, start, at, stop, { fields: record.knownFrom(count, arenaFrom), levels })
}

/** The next byte that is not blank; 0 at the end. Shippers send no blanks. */
function byteHere(): number {
  const byte = at < stop ? bytes[at]! : 0
  if (byte > 0x20) return byte
  space()
  return at < stop ? bytes[at]! : 0
}

/** Whether the guessed key and a colon are here: then they are passed, without a look-up. */
function isMemberHere({ member }: Child): boolean {
  if (member === undefined || !isAt(member, view, at, stop)) return false
  at += member.byteLength
  return true
}

function tooDeep(): never {
  jsonProblem.isTooDeep = true
  fail(`nested deeper than ${depth_max} levels`)
}

function readKey(parent: Path | undefined, within: Child, last: Child | undefined): Child {
  const start = at + 1
  if (skipString()) return childAfter(last, within, parent, bytes, view, start, at - 1)
  const { arena } = record
  const length = arena.length
  readEscapes(start, at - 1)
  const key = childAfter(last, within, parent, arena.bytes, arena.view, length, arena.length)
  arena.length = length
  return key
}

function readValue(child: Child, depth: number): void {
  const byte = at < stop ? bytes[at]! : 0
  const { path } = child
  if (byte === quote) readText(path)
  else if (byte === 0x7b) readInner(child, depth + 1)
  else if (byte === 0x5b) readArray(path)
  else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) readNumber(path)
  else if (byte === 0x74) word('true', path)
  else if (byte === 0x66) word('false', path)
  else if (byte === 0x6e) word('null', undefined)
  else fail('expected a value')
}

function readText(path: Path): void {
  const start = at + 1
  if (skipString()) {
    record.text(path, view, start, at - 1)
    return
  }
  const from = record.arena.length
  readEscapes(start, at - 1)
  record.arenaText(path, from)
}

/** The bytes that end a run of plain text: quote, backslash, control characters. */
const special = new Uint8Array(256).fill(1, 0, 0x20)
special[quote] = special[backslash] = 1

/** Goes past a string; true when it has no escapes. */
function skipString(): boolean {
  // Variables of the module are slow to read and write: this loop is most of the work.
  const from = bytes
  const end = stop
  let isPlain = true
  let to = at + 1
  for (;;) {
    while (to < end && special[from[to]!] === 0) to++
    if (to >= end) break
    const byte = from[to]!
    if (byte === quote) {
      at = to + 1
      return isPlain
    }
    if (byte < 0x20) {
      at = to
      fail('expected no control character in a string')
    }
    isPlain = false
    to += 2
  }
  at = stop
  fail('a string has no end')
}

/** Appends the text of a string with escapes to the arena. */
function readEscapes(start: number, end: number): void {
  const detail = appendUnescaped(record.arena, bytes, start, end)
  if (detail !== '') fail(detail)
}

/** Powers that a double holds exactly. */
const powers = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent)
let digits = 0

/** Goes past digits and leaves how many they were; the value is exact up to fifteen. */
function readDigits(value: number): number {
  const from = at
  for (; at < stop; at++) {
    const digit = bytes[at]! - 0x30
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  digits = at - from
  return value
}

function readNumber(path: Path | undefined): void {
  const start = at
  const isNegative = bytes[at] === 0x2d
  if (isNegative) at++
  const first = at
  let value = readDigits(0)
  const whole = digits
  if (whole === 0 || (whole > 1 && bytes[first] === 0x30)) fail('expected a number')
  let fraction = 0
  if (at < stop && bytes[at] === 0x2e) {
    at++
    value = readDigits(value)
    fraction = digits
    if (fraction === 0) fail('expected a digit')
  }
  const hasExponent = at < stop && (bytes[at]! | 0x20) === 0x65
  if (hasExponent) readExponent()
  if (path === undefined) return
  if (hasExponent || whole + fraction > 15) {
    readLongNumber(path, start, hasExponent || fraction > 0)
    return
  }
  if (fraction > 0) value /= powers[fraction]!
  record.number(path, isNegative ? -value : value)
}

function readExponent(): void {
  at++
  if (at < stop && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++
  readDigits(0)
  if (digits === 0) fail('expected a digit')
}

/** What a double cannot hold stays as the text that was sent. */
function readLongNumber(path: Path, start: number, isRounded: boolean): void {
  const value = Number(decoder.decode(bytes.subarray(start, at)))
  const isExact = isRounded || Number.isSafeInteger(value)
  if (isExact && Number.isFinite(value)) record.number(path, value)
  else record.text(path, view, start, at)
}

function word(expected: string, path: Path | undefined): void {
  for (let i = 0; i < expected.length; i++) {
    if (at + i >= stop || bytes[at + i] !== expected.charCodeAt(i)) fail('expected a value')
  }
  at += expected.length
  if (path !== undefined) record.boolean(path, expected === 'true')
}

/** An array is kept as its text; one text alone is that text; nothing at all is nothing. */
function readArray(path: Path): void {
  const start = at
  skipArray()
  const end = at
  if (array.items === 1 && array.textAt >= 0) {
    at = array.textAt
    readText(path)
    at = end
  } else if (array.items > 0) record.text(path, view, start, end)
}

/** What the last array held itself: how many values, and where its last text began. */
const array = { items: 0, textAt: -1 }
const isList = new Uint8Array(depth_max)
const expects = { valueOrEnd: 0, value: 1, commaOrEnd: 2 }

/** Checks what it goes past, without a call a level: arrays can be nested without end. */
function skipArray(): void {
  let depth = 1
  let expected = expects.valueOrEnd
  isList[0] = 1
  array.items = 0
  array.textAt = -1
  at++
  while (depth > 0) {
    space()
    const byte = at < stop ? bytes[at]! : fail('an array has no end')
    const inList = isList[depth - 1] === 1
    if (byte === 0x5d || byte === 0x7d) {
      if (expected === expects.value || inList !== (byte === 0x5d)) fail('expected a value')
      depth--
      at++
      expected = expects.commaOrEnd
    } else if (byte === 0x2c) {
      if (expected !== expects.commaOrEnd) fail('expected a value')
      at++
      expected = expects.value
    } else {
      if (expected === expects.commaOrEnd) fail('expected a comma')
      if (!inList) skipMemberKey()
      if (depth === 1) array.items++
      const opened = skipItem(depth)
      expected = opened ? expects.valueOrEnd : expects.commaOrEnd
      if (opened) depth++
    }
  }
}

function skipMemberKey(): void {
  if (bytes[at] !== quote) fail('expected a key')
  skipText()
  space()
  if (at >= stop || bytes[at] !== 0x3a) fail('expected a colon')
  at++
  space()
}

/** Goes past a value, or into it: then it answers true. */
function skipItem(depth: number): boolean {
  const byte = at < stop ? bytes[at]! : 0
  if (byte === 0x5b || byte === 0x7b) {
    if (depth >= depth_max) tooDeep()
    isList[depth] = byte === 0x5b ? 1 : 0
    at++
    return true
  }
  if (byte === quote) {
    if (depth === 1) array.textAt = at
    skipText()
  } else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) readNumber(undefined)
  else word(byte === 0x74 ? 'true' : byte === 0x66 ? 'false' : 'null', undefined)
  return false
}

/** A text that is not read is checked all the same. */
function skipText(): void {
  const start = at + 1
  if (skipString()) return
  const { arena } = record
  const { length } = arena
  readEscapes(start, at - 1)
  arena.length = length
}
