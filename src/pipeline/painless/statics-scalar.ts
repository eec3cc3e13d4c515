/** The static methods of the number classes, Character, String and Objects. */
import * as take from './arguments.ts'
import { type MethodTable, type Row, tableOf } from './arguments.ts'
import { long } from './arithmetic.ts'
import { compared, equal, hashOf, textOf } from './compare.ts'
import { joined } from './methods-collection.ts'
import { failNull, PainlessFailure } from './problem.ts'
import { Char, real, type Value } from './values.ts'

function unread(written: string): never {
  const says = `For input string: "${written.slice(0, 100)}"`
  throw new PainlessFailure('number_format_exception', says)
}

function readInteger(args: Value[], bits: number): Value {
  if (args[0] === null) unread('null')
  const written = take.text(args[0])
  const radix = args[1] === undefined ? 10 : take.integer(args[1])
  const match = /^([+-]?)([0-9a-zA-Z]{1,80})$/.exec(written)
  if (match === null || radix < 2 || radix > 36) unread(written)
  let value = 0n
  for (const digit of match[2] ?? '') {
    const worth = Number.parseInt(digit, 36)
    if (worth >= radix) unread(written)
    value = value * BigInt(radix) + BigInt(worth)
  }
  if (match[1] === '-') value = -value
  if (BigInt.asIntN(bits, value) !== value) unread(written)
  return long(value)
}

function readDouble(value: Value | undefined): Value {
  if (value === null) failNull('a string argument')
  const written = take.text(value).trim()
  if (/^[+-]?(NaN|Infinity)$/.test(written)) return real(Number(written.replace('+', '')))
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?$/.test(written)) {
    return real(Number(written.replace(/[fFdD]$/, '')))
  }
  return unread(written)
}

/** `Integer.valueOf` takes a string or a number. */
const boxed = (read: (args: Value[]) => Value) => (_: null, args: Value[]) => {
  return typeof args[0] === 'string' || args[0] === null ? read(args) : (args[0] ?? null)
}

export function wholeNumbers(name: string, bits: number): MethodTable {
  const read = (args: Value[]) => readInteger(args, bits)
  return tableOf<null>([
    [`parse${name}`, 1, 2, (_, args) => read(args)],
    ['valueOf', 1, 2, boxed(read)],
    [
      'toString',
      1,
      2,
      (_, args, meter) => {
        if (args[1] === undefined) return textOf(args[0] ?? null, meter)
        return take.long(args[0]).toString(Math.max(2, Math.min(36, take.integer(args[1]))))
      },
    ],
    ['compare', 2, 2, (_, args) => compared(args[0] ?? null, args[1] ?? null)],
    ['max', 2, 2, (_, [a = null, b = null]) => (compared(a, b) < 0 ? b : a)],
    ['min', 2, 2, (_, [a = null, b = null]) => (compared(a, b) < 0 ? a : b)],
    ['signum', 1, 1, (_, args) => Math.sign(take.decimal(args[0]))],
    ['toHexString', 1, 1, (_, args) => BigInt.asUintN(bits, take.long(args[0])).toString(16)],
    ['toBinaryString', 1, 1, (_, args) => BigInt.asUintN(bits, take.long(args[0])).toString(2)],
  ])
}

export function decimals(name: string): MethodTable {
  return tableOf<null>([
    [`parse${name}`, 1, 1, (_, args) => readDouble(args[0])],
    ['valueOf', 1, 1, boxed((args) => readDouble(args[0]))],
    ['toString', 1, 1, (_, args, meter) => textOf(real(take.decimal(args[0])), meter)],
    ['compare', 2, 2, (_, [a, b]) => compared(real(take.decimal(a)), real(take.decimal(b)))],
    ['isNaN', 1, 1, (_, args) => Number.isNaN(take.decimal(args[0]))],
    ['isInfinite', 1, 1, (_, args) => Math.abs(take.decimal(args[0])) === Infinity],
  ])
}

const letters = (pattern: RegExp): Row<null>[3] => {
  return (_, args) => pattern.test(letter(args[0]))
}

function letter(value: Value | undefined): string {
  return value instanceof Char ? value.text : String.fromCodePoint(take.integer(value) & 0xffff)
}

export const characters = tableOf<null>([
  ['isDigit', 1, 1, letters(/\p{Nd}/u)],
  ['isLetter', 1, 1, letters(/\p{L}/u)],
  ['isLetterOrDigit', 1, 1, letters(/[\p{L}\p{Nd}]/u)],
  ['isWhitespace', 1, 1, letters(/[^\S\u00a0\u2007\u202f]/u)],
  ['isUpperCase', 1, 1, letters(/\p{Lu}/u)],
  ['isLowerCase', 1, 1, letters(/\p{Ll}/u)],
  ['toUpperCase', 1, 1, (_, args) => new Char(letter(args[0]).toUpperCase().charCodeAt(0))],
  ['toLowerCase', 1, 1, (_, args) => new Char(letter(args[0]).toLowerCase().charCodeAt(0))],
  [
    'getNumericValue',
    1,
    1,
    (_, args) => {
      const value = Number.parseInt(letter(args[0]), 36)
      return Number.isNaN(value) ? -1 : value
    },
  ],
  ['toString', 1, 1, (_, args) => letter(args[0])],
  ['valueOf', 1, 1, (_, args) => args[0] ?? null],
])

export const strings = tableOf<null>([
  ['valueOf', 1, 1, (_, args, meter) => textOf(args[0] ?? null, meter)],
  ['copyValueOf', 1, 1, (_, args) => take.items(args[0]).map(letter).join('')],
  [
    'join',
    2,
    2,
    (_, args, meter) => {
      return joined(take.items(args[1]), take.text(args[0]), meter)
    },
  ],
])

export const objects = tableOf<null>([
  ['equals', 2, 2, (_, args, meter) => equal(args[0] ?? null, args[1] ?? null, meter)],
  ['isNull', 1, 1, (_, args) => args[0] === null],
  ['nonNull', 1, 1, (_, args) => args[0] !== null],
  ['hashCode', 1, 1, (_, args, meter) => hashOf(args[0] ?? null, meter)],
  ['hash', 1, 8, (_, args, meter) => hashOf(args, meter)],
  [
    'toString',
    1,
    2,
    (_, args, meter) => {
      return args[0] === null && args[1] !== undefined ? args[1] : textOf(args[0] ?? null, meter)
    },
  ],
  ['requireNonNull', 1, 2, (_, args) => args[0] ?? failNull('a required value')],
  ['requireNonNullElse', 2, 2, (_, args) => args[0] ?? args[1] ?? failNull('a required value')],
])
