/** The methods of a string. Positions are Java's, which count the same units as JavaScript's. */
import { type Call, integer, type Row, stored, tableOf, text } from './arguments.ts'
import { compared, equal, hashOf, textOf } from './compare.ts'
import { replaced, split, splitOnToken } from './matching.ts'
import type { Meter } from './meter.ts'
import { match_work, patternOf } from './pattern.ts'
import { failArgument, PainlessFailure } from './problem.ts'
import { Char, PatternValue, type Value } from './values.ts'

function bounds(begin: number, end: number, length: number): void {
  if (begin >= 0 && begin <= end && end <= length) return
  const says = `begin ${begin}, end ${end}, length ${length}`
  throw new PainlessFailure('string_index_out_of_bounds_exception', says)
}

/** Short strings cost nothing to read: only what is long is charged. */
function read(self: string, meter: Meter): string {
  if (self.length > 64) meter.work(self.length)
  return self
}

/** A string pattern is compiled while the script runs; `/…/` was compiled before. */
function pattern(value: Value | undefined, meter: Meter): PatternValue {
  return value instanceof PatternValue ? value : patternOf(text(value), meter)
}

function matches(self: string, by: Value | undefined, meter: Meter): boolean {
  meter.work(self.length * match_work)
  return pattern(by, meter).regex.matcher(self).matches()
}

const replace: Call<string> = (self, args, meter) => {
  const [from, to] = [text(args[0]), text(args[1])]
  read(self, meter)
  if (to.length > from.length) {
    const grown = self.length * (to.length + 1)
    if (grown > 1_000_000) meter.work(grown)
  }
  return meter.text(self.replaceAll(from, () => to))
}

const rows: Row<string>[] = [
  ['contains', 1, 1, (self, args, meter) => read(self, meter).includes(text(args[0]))],
  [
    'startsWith',
    1,
    2,
    (self, args) => {
      const from = args[1] === undefined ? 0 : integer(args[1])
      return from >= 0 && from <= self.length && self.startsWith(text(args[0]), from)
    },
  ],
  ['endsWith', 1, 1, (self, args) => self.endsWith(text(args[0]))],
  ['toLowerCase', 0, 1, (self, _, meter) => read(self, meter).toLowerCase()],
  ['toUpperCase', 0, 1, (self, _, meter) => read(self, meter).toUpperCase()],
  ['equals', 1, 1, (self, args) => self === args[0]],
  ['contentEquals', 1, 1, (self, args) => self === text(args[0])],
  [
    'equalsIgnoreCase',
    1,
    1,
    (self, args, meter) => {
      const other = args[0]
      if (typeof other !== 'string' || other.length !== self.length) return false
      return self === other || read(self, meter).toLowerCase() === other.toLowerCase()
    },
  ],
  ['isEmpty', 0, 0, (self) => self === ''],
  ['isBlank', 0, 0, (self, _, meter) => read(self, meter).trim() === ''],
  ['length', 0, 0, (self) => self.length],
  [
    'substring',
    1,
    2,
    (self, args) => {
      const begin = integer(args[0])
      const end = args[1] === undefined ? self.length : integer(args[1])
      bounds(begin, end, self.length)
      return self.slice(begin, end)
    },
  ],
  [
    'subSequence',
    2,
    2,
    (self, args) => {
      bounds(integer(args[0]), integer(args[1]), self.length)
      return self.slice(integer(args[0]), integer(args[1]))
    },
  ],
  [
    'indexOf',
    1,
    2,
    (self, args, meter) => {
      return read(self, meter).indexOf(searched(args[0]), from(args[1], 0))
    },
  ],
  [
    'lastIndexOf',
    1,
    2,
    (self, args, meter) => {
      const start = from(args[1], self.length)
      return start < 0 ? -1 : read(self, meter).lastIndexOf(searched(args[0]), start)
    },
  ],
  ['replace', 2, 2, replace],
  [
    'replaceAll',
    2,
    2,
    (self, args, meter) => {
      return replaced(self, pattern(args[0], meter), args[1], true, meter)
    },
  ],
  [
    'replaceFirst',
    2,
    2,
    (self, args, meter) => {
      return replaced(self, pattern(args[0], meter), args[1], false, meter)
    },
  ],
  [
    'split',
    1,
    2,
    (self, args, meter) => {
      return split(
        self,
        pattern(args[0], meter),
        args[1] === undefined ? 0 : integer(args[1]),
        meter,
      )
    },
  ],
  [
    'splitOnToken',
    1,
    2,
    (self, args, meter) => {
      return splitOnToken(self, args, args[1] === undefined ? -1 : integer(args[1]), meter)
    },
  ],
  // Java's trim takes off everything up to the space; strip, what Unicode calls white.
  ['trim', 0, 0, (self, _, meter) => trimmed(read(self, meter))],
  ['strip', 0, 0, (self, _, meter) => read(self, meter).trim()],
  ['stripLeading', 0, 0, (self, _, meter) => read(self, meter).trimStart()],
  ['stripTrailing', 0, 0, (self, _, meter) => read(self, meter).trimEnd()],
  [
    'charAt',
    1,
    1,
    (self, args) => {
      const at = integer(args[0])
      if (at >= 0 && at < self.length) return new Char(self.charCodeAt(at))
      const says = `Index ${at} out of bounds for length ${self.length}`
      throw new PainlessFailure('string_index_out_of_bounds_exception', says)
    },
  ],
  [
    'codePointAt',
    1,
    1,
    (self, args) => {
      const point = self.codePointAt(integer(args[0]))
      if (point !== undefined) return point
      const says = `Index ${integer(args[0])} out of bounds for length ${self.length}`
      throw new PainlessFailure('string_index_out_of_bounds_exception', says)
    },
  ],
  [
    'toCharArray',
    0,
    0,
    (self, _, meter) => {
      meter.items(self.length)
      meter.work(self.length)
      return Array.from({ length: self.length }, (_item, at) => new Char(self.charCodeAt(at)))
    },
  ],
  ['matches', 1, 1, (self, args, meter) => matches(self, args[0], meter)],
  ['compareTo', 1, 1, (self, args) => compared(self, text(args[0]))],
  [
    'compareToIgnoreCase',
    1,
    1,
    (self, args, meter) => {
      return compared(read(self, meter).toLowerCase(), text(args[0]).toLowerCase())
    },
  ],
  ['concat', 1, 1, (self, args, meter) => meter.text(self + text(args[0]))],
  [
    'repeat',
    1,
    1,
    (self, args, meter) => {
      const times = integer(args[0])
      if (times < 0) failArgument(`count is negative: ${times}`)
      // Within the limit, or one too long for it: never larger.
      const fitting = Math.min(times, Math.ceil(1_048_577 / Math.max(1, self.length)))
      return meter.text(self.repeat(fitting))
    },
  ],
  ['hashCode', 0, 0, (self, _, meter) => hashOf(self, meter)],
  ['toString', 0, 0, (self) => self],
]

export const stringMethods = tableOf(rows)

function searched(value: Value | undefined): string {
  return typeof value === 'number' ? String.fromCodePoint(value & 0xffff) : text(value)
}

function from(value: Value | undefined, missing: number): number {
  return value === undefined ? missing : integer(value)
}

function trimmed(self: string): string {
  let [start, end] = [0, self.length]
  while (start < end && self.charCodeAt(start) <= 32) start += 1
  while (end > start && self.charCodeAt(end - 1) <= 32) end -= 1
  return self.slice(start, end)
}

/** What every value has. */
export const anyMethods = tableOf<Value>([
  ['equals', 1, 1, (self, args, meter) => equal(self, args[0] ?? null, meter)],
  ['hashCode', 0, 0, (self, _, meter) => hashOf(self, meter)],
  ['toString', 0, 0, (self, _, meter) => stored(textOf(self, meter), meter)],
])
