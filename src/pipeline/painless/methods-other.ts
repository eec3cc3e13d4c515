/** The methods of numbers, characters, builders, patterns, matchers, exceptions, lambdas, times. */
import * as take from './arguments.ts'
import { type Call, type Row, tableOf } from './arguments.ts'
import { long as longValue } from './arithmetic.ts'
import { cast } from './class-names.ts'
import { compared, equal, textOf } from './compare.ts'
import { replaced, split } from './matching.ts'
import { floorDivide, localDate, nanos_per_ms, nanos_per_s, zonedAt } from './moment-text.ts'
import { match_work } from './pattern.ts'
import { failArgument, PainlessFailure } from './problem.ts'
import {
  Char,
  type DurationValue,
  type ExceptionValue,
  isInteger,
  isNumber,
  LambdaValue,
  MatcherValue,
  Moment,
  numberOf,
  type PatternValue,
  StreamValue,
  type TextBuilder,
  type Value,
} from './values.ts'

const casts: [string, string][] = ['int', 'long', 'double', 'float', 'short', 'byte'].map(
  (type) => {
    return [`${type}Value`, type]
  },
)

export const numberMethods = tableOf<Value>([
  ...casts.map(([name, type]): Row<Value> => [name, 0, 0, (self) => cast(type, self)]),
  ['compareTo', 1, 1, (self, args) => compared(self, args[0] ?? null)],
  // Integer.equals(Double) is false where == is true.
  [
    'equals',
    1,
    1,
    (self, args, meter) => {
      const other = args[0] ?? null
      if (!isNumber(other) || isInteger(self) !== isInteger(other)) return false
      return equal(self, other, meter)
    },
  ],
  ['isNaN', 0, 0, (self) => isNumber(self) && Number.isNaN(numberOf(self))],
  ['isInfinite', 0, 0, (self) => self === Infinity || self === -Infinity],
])

export const booleanMethods = tableOf<Value>([
  ['booleanValue', 0, 0, (self) => self],
  ['compareTo', 1, 1, (self, args) => compared(self, args[0] ?? null)],
])

export const charMethods = tableOf<Char>([
  ['charValue', 0, 0, (self) => self],
  ['compareTo', 1, 1, (self, args) => compared(self, args[0] ?? null)],
])

export const builderMethods = tableOf<TextBuilder>([
  [
    'append',
    1,
    1,
    (self, args, meter) => {
      self.text = meter.text(self.text + textOf(args[0] ?? null, meter))
      return self
    },
  ],
  [
    'insert',
    2,
    2,
    (self, args, meter) => {
      const at = take.integer(args[0])
      if (at !== self.text.length) take.inside(at, self.text.length)
      meter.work(self.text.length)
      const added = textOf(args[1] ?? null, meter)
      self.text = meter.text(self.text.slice(0, at) + added + self.text.slice(at))
      return self
    },
  ],
  ['length', 0, 0, (self) => self.text.length],
  ['isEmpty', 0, 0, (self) => self.text === ''],
  [
    'charAt',
    1,
    1,
    (self, args) => {
      return new Char(self.text.charCodeAt(take.inside(take.integer(args[0]), self.text.length)))
    },
  ],
  [
    'indexOf',
    1,
    1,
    (self, args, meter) => {
      meter.work(self.text.length)
      return self.text.indexOf(take.text(args[0]))
    },
  ],
  [
    'substring',
    1,
    2,
    (self, args) => {
      const begin = take.integer(args[0])
      const end = args[1] === undefined ? self.text.length : take.integer(args[1])
      if (begin > end || begin < 0 || end > self.text.length) take.inside(begin, -1)
      return self.text.slice(begin, end)
    },
  ],
  [
    'setLength',
    1,
    1,
    (self, args) => {
      self.text = self.text.slice(0, Math.max(0, take.integer(args[0])))
      return null
    },
  ],
  [
    'deleteCharAt',
    1,
    1,
    (self, args, meter) => {
      const at = take.inside(take.integer(args[0]), self.text.length)
      meter.work(self.text.length)
      self.text = self.text.slice(0, at) + self.text.slice(at + 1)
      return self
    },
  ],
  [
    'reverse',
    0,
    0,
    (self, _, meter) => {
      meter.work(self.text.length)
      self.text = [...self.text].reverse().join('')
      return self
    },
  ],
])

export const patternMethods = tableOf<PatternValue>([
  [
    'matcher',
    1,
    1,
    (self, args, meter) => {
      const text = take.text(args[0])
      meter.work(text.length)
      return new MatcherValue(self, text)
    },
  ],
  ['pattern', 0, 0, (self) => self.source],
  [
    'split',
    1,
    2,
    (self, args, meter) => {
      const limit = args[1] === undefined ? 0 : take.integer(args[1])
      return split(take.text(args[0]), self, limit, meter)
    },
  ],
  [
    'splitAsStream',
    1,
    1,
    (self, args, meter) => {
      return new StreamValue(split(take.text(args[0]), self, 0, meter))
    },
  ],
])

/** What RE2 throws (no match yet, no such group) as the failure Java has. */
function asked<Result>(ask: () => Result): Result {
  try {
    return ask()
  } catch (error) {
    if (error instanceof PainlessFailure) throw error
    const message = (error as Error).message || 'No match found'
    if (/no match/i.test(message)) throw new PainlessFailure('illegal_state_exception', message)
    if (/group/i.test(message)) {
      throw new PainlessFailure('index_out_of_bounds_exception', message)
    }
    failArgument(message)
  }
}

function group(self: MatcherValue, args: Value[]): string | number {
  if (!self.matcher.hasMatch) {
    throw new PainlessFailure('illegal_state_exception', 'No match found')
  }
  const wanted = args[0]
  return typeof wanted === 'string' ? wanted : wanted === undefined ? 0 : take.integer(wanted)
}

const tried =
  (how: 'find' | 'matches' | 'lookingAt'): Call<MatcherValue> =>
  (self, _, meter) => {
    // A find goes on from the last one, so a loop of them reads the text once: the watch sees to
    // patterns that read more.
    meter.work(how === 'find' ? 64 : self.text.length * match_work)
    meter.watch()
    return asked(() => self.matcher[how]())
  }

export const matcherMethods = tableOf<MatcherValue>([
  ['find', 0, 0, tried('find')],
  ['matches', 0, 0, tried('matches')],
  ['lookingAt', 0, 0, tried('lookingAt')],
  ['group', 0, 1, (self, args) => asked(() => self.matcher.group(group(self, args)) ?? null)],
  ['namedGroup', 1, 1, (self, args) => asked(() => self.matcher.group(group(self, args)) ?? null)],
  ['start', 0, 1, (self, args) => asked(() => self.matcher.start(group(self, args)))],
  ['end', 0, 1, (self, args) => asked(() => self.matcher.end(group(self, args)))],
  ['groupCount', 0, 0, (self) => self.matcher.groupCount()],
  [
    'reset',
    0,
    0,
    (self) => {
      self.matcher.reset()
      return self
    },
  ],
  [
    'replaceAll',
    1,
    1,
    (self, args, meter) => {
      return replaced(self.text, self.pattern, args[0], true, meter)
    },
  ],
  [
    'replaceFirst',
    1,
    1,
    (self, args, meter) => {
      return replaced(self.text, self.pattern, args[0], false, meter)
    },
  ],
])

export const exceptionMethods = tableOf<ExceptionValue>([
  ['getMessage', 0, 0, (self) => self.failure.message],
  ['getLocalizedMessage', 0, 0, (self) => self.failure.message],
  ['getCause', 0, 0, () => null],
])

const applied: Call<LambdaValue> = (self, args) => self.call(args)
const lambdaNames = ['apply', 'test', 'accept', 'get', 'run', 'compare', 'applyAsInt'].concat([
  'applyAsLong',
  'applyAsDouble',
  'call',
])
export const lambdaMethods = tableOf<LambdaValue>([
  ...lambdaNames.map((name): Row<LambdaValue> => [name, 0, 3, applied]),
  ['reversed', 0, 0, (self) => new LambdaValue(([a = null, b = null]) => self.call([b, a]))],
  ['negate', 0, 0, (self) => new LambdaValue((args) => !take.truth(self.call(args)))],
])

function shifted(unit: bigint, sign: 1n | -1n): Call<Moment> {
  return (self, args) => new Moment(self.nanos + take.long(args[0]) * unit * sign, self.zone)
}

const units: [string, bigint][] = [
  ['Nanos', 1n],
  ['Millis', nanos_per_ms],
  ['Seconds', nanos_per_s],
  ['Minutes', 60n * nanos_per_s],
  ['Hours', 3600n * nanos_per_s],
  ['Days', 86_400n * nanos_per_s],
]

const field =
  (read: (date: Date) => number): Call<Moment> =>
  (self) =>
    read(localDate(self))

const zoned: Call<Moment> = (self, args) => zonedAt(self, take.text(args[0]))

export const momentMethods = tableOf<Moment>([
  ...units.map(([name, unit]): Row<Moment> => [`plus${name}`, 1, 1, shifted(unit, 1n)]),
  ...units.map(([name, unit]): Row<Moment> => [`minus${name}`, 1, 1, shifted(unit, -1n)]),
  ['toInstant', 0, 0, (self) => new Moment(self.nanos)],
  ['toEpochMilli', 0, 0, (self) => longValue(floorDivide(self.nanos, nanos_per_ms))],
  ['toEpochSecond', 0, 0, (self) => longValue(floorDivide(self.nanos, nanos_per_s))],
  ['getEpochSecond', 0, 0, (self) => longValue(floorDivide(self.nanos, nanos_per_s))],
  [
    'getNano',
    0,
    0,
    (self) => {
      return Number(self.nanos - floorDivide(self.nanos, nanos_per_s) * nanos_per_s)
    },
  ],
  ['getYear', 0, 0, field((date) => date.getUTCFullYear())],
  ['getMonthValue', 0, 0, field((date) => date.getUTCMonth() + 1)],
  ['getDayOfMonth', 0, 0, field((date) => date.getUTCDate())],
  ['getHour', 0, 0, field((date) => date.getUTCHours())],
  ['getMinute', 0, 0, field((date) => date.getUTCMinutes())],
  ['getSecond', 0, 0, field((date) => date.getUTCSeconds())],
  ['isBefore', 1, 1, (self, args) => compared(self, args[0] ?? null) < 0],
  ['isAfter', 1, 1, (self, args) => compared(self, args[0] ?? null) > 0],
  ['compareTo', 1, 1, (self, args) => compared(self, args[0] ?? null)],
  ['atZone', 1, 1, zoned],
  ['withZoneSameInstant', 1, 1, zoned],
])

export const durationMethods = tableOf<DurationValue>([
  ...units.map(([name, unit]): Row<DurationValue> => {
    return [`to${name}`, 0, 0, (self) => longValue(floorDivide(self.nanos, unit))]
  }),
  ['getSeconds', 0, 0, (self) => longValue(floorDivide(self.nanos, nanos_per_s))],
  ['isNegative', 0, 0, (self) => self.nanos < 0n],
  [
    'between',
    2,
    2,
    (self, args) => {
      const [from, until] = [args[0], args[1]]
      if (!(from instanceof Moment) || !(until instanceof Moment)) {
        failArgument('between expects two times')
      }
      return longValue((until.nanos - from.nanos) / self.nanos)
    },
  ],
  ['compareTo', 1, 1, (self, args) => compared(self, args[0] ?? null)],
])
