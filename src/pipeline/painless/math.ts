/** The static methods of Math. Integers stay integers where Java has an overload for them. */
import * as take from './arguments.ts'
import { type Row, tableOf } from './arguments.ts'
import { negated, operators } from './arithmetic.ts'
import { castNumber, long_max } from './class-names.ts'
import { compared } from './compare.ts'
import type { Meter } from './meter.ts'
import { PainlessFailure } from './problem.ts'
import { isInteger, isNumber, numberOf, real, type Value } from './values.ts'

type Function1 = (value: number) => number
const native = new Map<string, Function1>([
  ['sqrt', Math.sqrt],
  ['cbrt', Math.cbrt],
  ['exp', Math.exp],
  ['expm1', Math.expm1],
  ['log', Math.log],
  ['log10', Math.log10],
  ['log1p', Math.log1p],
  ['sin', Math.sin],
  ['cos', Math.cos],
  ['tan', Math.tan],
  ['asin', Math.asin],
  ['acos', Math.acos],
  ['atan', Math.atan],
  ['sinh', Math.sinh],
  ['cosh', Math.cosh],
  ['tanh', Math.tanh],
  ['ceil', Math.ceil],
  ['floor', Math.floor],
  ['signum', Math.sign],
  ['toRadians', (value) => (value / 180) * Math.PI],
  ['toDegrees', (value) => (value * 180) / Math.PI],
  ['rint', even],
])

/** To the nearest whole, halves to the even one. */
function even(value: number): number {
  const whole = Math.round(value)
  return Math.abs(value % 1) === 0.5 && whole % 2 !== 0 ? whole - 1 : whole
}

function rounded(value: Value | undefined): Value {
  if (isInteger(value ?? null)) return value ?? null
  const number = Math.floor(take.decimal(value) + 0.5)
  if (Number.isNaN(number)) return 0
  return castNumber('long', number) ?? long_max
}

const exactly =
  (sign: string): Row<null>[3] =>
  (_, args, meter) => {
    return operators.get(sign)?.(take.long(args[0]), take.long(args[1]), meter) ?? null
  }

/** Rounds down, where / and % round to zero. */
function floored(args: Value[], meter: Meter): [Value, Value] {
  const [left, right] = [args[0] ?? null, args[1] ?? null]
  if (isNumber(right) && numberOf(right) === 0) {
    throw new PainlessFailure('arithmetic_exception', '/ by zero')
  }
  const [one, two] = [take.long(left), take.long(right)]
  const rest = ((one % two) + two) % two
  const quotient = operators.get('/')?.(exact(one - rest), exact(two), meter) ?? null
  return [quotient, exact(rest)]
}

function exact(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

export const mathMethods = tableOf<null>([
  ...Array.from(native, ([name, call]): Row<null> => {
    return [name, 1, 1, (_, args) => real(call(take.decimal(args[0])))]
  }),
  [
    'abs',
    1,
    1,
    (_, args) => {
      const value = args[0] ?? null
      if (!isNumber(value)) return real(Math.abs(take.decimal(value)))
      return compared(value, 0) < 0 ? negated(value) : value
    },
  ],
  ['max', 2, 2, (_, args) => chosen(args, 1)],
  ['min', 2, 2, (_, args) => chosen(args, -1)],
  ['pow', 2, 2, (_, args) => real(take.decimal(args[0]) ** take.decimal(args[1]))],
  ['hypot', 2, 2, (_, args) => real(Math.hypot(take.decimal(args[0]), take.decimal(args[1])))],
  ['atan2', 2, 2, (_, args) => real(Math.atan2(take.decimal(args[0]), take.decimal(args[1])))],
  ['round', 1, 1, (_, args) => rounded(args[0])],
  ['floorDiv', 2, 2, (_, args, meter) => floored(args, meter)[0]],
  ['floorMod', 2, 2, (_, args, meter) => floored(args, meter)[1]],
  ['addExact', 2, 2, exactly('+')],
  ['subtractExact', 2, 2, exactly('-')],
  ['multiplyExact', 2, 2, exactly('*')],
  ['toIntExact', 1, 1, (_, args) => castNumber('int', take.integer(args[0])) ?? null],
])

/** Of an integer and a double the answer is a double. */
function chosen(args: Value[], sign: 1 | -1): Value {
  const [left, right] = [args[0] ?? null, args[1] ?? null]
  const [one, two] = [take.decimal(left), take.decimal(right)]
  if (isInteger(left) && isInteger(right)) return compared(left, right) * sign >= 0 ? left : right
  return real(sign > 0 ? Math.max(one, two) : Math.min(one, two))
}
