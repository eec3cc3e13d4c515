/** The operators on values of any type, as Painless applies them to `def`. */
import { compared, equal, textOf } from './compare.ts'
import type { Meter } from './meter.ts'
import { failCast, failNull, PainlessFailure } from './problem.ts'
import {
  Char,
  isInteger,
  isNumber,
  javaName,
  numberOf,
  type Real,
  real,
  type Value,
} from './values.ts'

type Operator = (left: Value, right: Value, meter: Meter) => Value
type Numeric = number | bigint | Real

/** A long: it wraps at 64 bits, and is a JS number where that is exact. */
export function long(value: bigint): number | bigint {
  const wrapped = BigInt.asIntN(64, value)
  const number = Number(wrapped)
  return Number.isSafeInteger(number) ? number : wrapped
}

function numbers(sign: string, left: Value, right: Value): [Numeric, Numeric] {
  const one = left instanceof Char ? left.code : left
  const two = right instanceof Char ? right.code : right
  if (isNumber(one) && isNumber(two)) return [one, two]
  if (one === null || two === null) failNull(`operator [${sign}]`)
  const types = `types [${javaName(left)}] and [${javaName(right)}]`
  failCast(`Cannot apply [${sign}] operation to ${types}`)
}

function add(left: Value, right: Value, meter: Meter): Value {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right
    if (Number.isSafeInteger(left) && Number.isSafeInteger(right) && Number.isSafeInteger(sum)) {
      return sum
    }
  }
  if (typeof left === 'string' || typeof right === 'string') {
    return meter.text(textOf(left, meter) + textOf(right, meter))
  }
  const [one, two] = numbers('+', left, right)
  if (isInteger(one) && isInteger(two)) return long(BigInt(one) + BigInt(two))
  return real(numberOf(one) + numberOf(two))
}

function subtract(left: Value, right: Value): Value {
  const [one, two] = numbers('-', left, right)
  if (isInteger(one) && isInteger(two)) return long(BigInt(one) - BigInt(two))
  return real(numberOf(one) - numberOf(two))
}

function multiply(left: Value, right: Value): Value {
  const [one, two] = numbers('*', left, right)
  if (!isInteger(one) || !isInteger(two)) return real(numberOf(one) * numberOf(two))
  const product = Number(one) * Number(two)
  return Number.isSafeInteger(product) ? product + 0 : long(BigInt(one) * BigInt(two))
}

function divide(left: Value, right: Value): Value {
  const [one, two] = numbers('/', left, right)
  if (!isInteger(one) || !isInteger(two)) return real(numberOf(one) / numberOf(two))
  if (Number(two) === 0) throw new PainlessFailure('arithmetic_exception', '/ by zero')
  if (typeof one === 'number' && typeof two === 'number') return Math.trunc(one / two) + 0
  return long(BigInt(one) / BigInt(two))
}

function remainder(left: Value, right: Value): Value {
  const [one, two] = numbers('%', left, right)
  if (!isInteger(one) || !isInteger(two)) return real(numberOf(one) % numberOf(two))
  if (Number(two) === 0) throw new PainlessFailure('arithmetic_exception', '/ by zero')
  if (typeof one === 'number' && typeof two === 'number') return (one % two) + 0
  return long(BigInt(one) % BigInt(two))
}

function integers(sign: string, left: Value, right: Value): [bigint, bigint] {
  const [one, two] = numbers(sign, left, right)
  if (isInteger(one) && isInteger(two)) return [BigInt(one), BigInt(two)]
  const types = `types [${javaName(left)}] and [${javaName(right)}]`
  failCast(`Cannot apply [${sign}] operation to ${types}`)
}

/** On two booleans, or on two integers. */
function bitwise(
  sign: string,
  bits: (left: bigint, right: bigint) => bigint,
  truth: (left: boolean, right: boolean) => boolean,
): Operator {
  return (left, right) => {
    if (typeof left === 'boolean' && typeof right === 'boolean') return truth(left, right)
    const [one, two] = integers(sign, left, right)
    return long(bits(one, two))
  }
}

function ordered(sign: string, holds: (order: number) => boolean): Operator {
  return (left, right) => {
    if (typeof left === 'number' && typeof right === 'number') {
      if (Number.isNaN(left) || Number.isNaN(right)) return false
      return holds(left < right ? -1 : left > right ? 1 : 0)
    }
    const [one, two] = numbers(sign, left, right)
    if (Number.isNaN(numberOf(one)) || Number.isNaN(numberOf(two))) return false
    return holds(compared(one, two))
  }
}

export const operators = new Map<string, Operator>([
  ['+', add],
  ['-', subtract],
  ['*', multiply],
  ['/', divide],
  ['%', remainder],
  [
    '&',
    bitwise(
      '&',
      (l, r) => l & r,
      (l, r) => l && r,
    ),
  ],
  [
    '|',
    bitwise(
      '|',
      (l, r) => l | r,
      (l, r) => l || r,
    ),
  ],
  [
    '^',
    bitwise(
      '^',
      (l, r) => l ^ r,
      (l, r) => l !== r,
    ),
  ],
  ['<<', (l, r) => shifted('<<', l, r, (one, two) => one << two)],
  ['>>', (l, r) => shifted('>>', l, r, (one, two) => one >> two)],
  ['>>>', (l, r) => shifted('>>>', l, r, (one, two) => BigInt.asUintN(64, one) >> two)],
  ['<', ordered('<', (order) => order < 0)],
  ['<=', ordered('<=', (order) => order <= 0)],
  ['>', ordered('>', (order) => order > 0)],
  ['>=', ordered('>=', (order) => order >= 0)],
  ['==', equal],
  ['!=', (l, r, meter) => !equal(l, r, meter)],
  ['===', (l, r) => identical(l, r)],
  ['!==', (l, r) => !identical(l, r)],
])

function shifted(sign: string, l: Value, r: Value, shift: (one: bigint, two: bigint) => bigint) {
  const [one, two] = integers(sign, l, r)
  return long(shift(one, two & 63n))
}

/** The same thing; numbers, characters and strings are the same where their values are. */
function identical(left: Value, right: Value): boolean {
  if (left instanceof Char && right instanceof Char) return left.code === right.code
  if (isNumber(left) && isNumber(right)) return numberOf(left) === numberOf(right)
  return left === right
}

/** The operators where both sides are known to be ints: they wrap at 32 bits. */
export const intOperators = new Map<string, (left: number, right: number) => number>([
  ['+', (l, r) => (l + r) | 0],
  ['-', (l, r) => (l - r) | 0],
  ['*', Math.imul],
  ['&', (l, r) => l & r],
  ['|', (l, r) => l | r],
  ['^', (l, r) => l ^ r],
  ['<<', (l, r) => l << r],
  ['>>', (l, r) => l >> r],
  ['>>>', (l, r) => (l >>> r) | 0],
])

export function negated(value: Value): Value {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return 0 - value
  const [one] = numbers('-', value, 0)
  return isInteger(one) ? long(-BigInt(one)) : real(-numberOf(one))
}

export function complement(value: Value): Value {
  const [one] = integers('~', value, 0)
  return long(~one)
}

export function plus(value: Value): Value {
  return numbers('+', value, 0)[0]
}
