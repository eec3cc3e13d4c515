/**
 * The classes with static members. A name that is not here is refused when a script is
 * compiled.
 */
import * as take from './arguments.ts'
import { type Method, type MethodTable, tableOf } from './arguments.ts'
import { long_max } from './class-names.ts'
import { mathMethods } from './math.ts'
import { collectors } from './methods-stream.ts'
import { nanos_per_ms, nanos_per_s, readMoment, zonedAt } from './moment-text.ts'
import { patternOf } from './pattern.ts'
import { failArgument } from './problem.ts'
import { collectionStatics, constructors } from './statics-collection.ts'
import { characters, decimals, objects, strings, wholeNumbers } from './statics-scalar.ts'
import { DurationValue, Moment, real, type Value } from './values.ts'

const moments = (zoned: boolean) =>
  tableOf<null>([
    ['parse', 1, 1, (_, args) => readMoment(take.text(args[0]), zoned)],
    ['ofEpochMilli', 1, 1, (_, args) => new Moment(take.long(args[0]) * nanos_per_ms)],
    ['ofEpochSecond', 1, 1, (_, args) => new Moment(take.long(args[0]) * nanos_per_s)],
    [
      'ofInstant',
      2,
      2,
      (_, args) => {
        const at = args[0]
        if (!(at instanceof Moment)) failArgument('ofInstant expects an Instant and a zone')
        return zonedAt(at, take.text(args[1]))
      },
    ],
  ])

const durations = tableOf<null>([
  [
    'between',
    2,
    2,
    (_, args) => {
      const [from, until] = [args[0], args[1]]
      if (from instanceof Moment && until instanceof Moment) {
        return new DurationValue(until.nanos - from.nanos)
      }
      failArgument('between expects two times')
    },
  ],
  ['ofMillis', 1, 1, (_, args) => new DurationValue(take.long(args[0]) * nanos_per_ms)],
  ['ofSeconds', 1, 1, (_, args) => new DurationValue(take.long(args[0]) * nanos_per_s)],
])

const booleans = tableOf<null>([
  [
    'parseBoolean',
    1,
    1,
    (_, args) => {
      return args[0] !== null && take.text(args[0]).toLowerCase() === 'true'
    },
  ],
  [
    'valueOf',
    1,
    1,
    (_, args) => {
      return args[0] === true || (typeof args[0] === 'string' && /^true$/i.test(args[0]))
    },
  ],
  ['toString', 1, 1, (_, args) => String(take.truth(args[0] ?? null))],
])

const classes = new Map<string, MethodTable>([
  ...collectionStatics,
  ['Integer', wholeNumbers('Int', 32)],
  ['Long', wholeNumbers('Long', 64)],
  ['Short', wholeNumbers('Short', 16)],
  ['Byte', wholeNumbers('Byte', 8)],
  ['Double', decimals('Double')],
  ['Float', decimals('Float')],
  ['Boolean', booleans],
  ['Character', characters],
  ['String', strings],
  ['Objects', objects],
  ['Math', mathMethods],
  ['Collectors', collectors],
  ['Instant', moments(false)],
  ['ZonedDateTime', moments(true)],
  ['Duration', durations],
  ['ZoneId', tableOf<null>([['of', 1, 1, (_, args) => take.text(args[0])]])],
  ['System', tableOf<null>([['currentTimeMillis', 0, 0, (_, __, meter) => meter.now()]])],
  [
    'Pattern',
    tableOf<null>([['compile', 1, 1, (_, args, meter) => patternOf(take.text(args[0]), meter)]]),
  ],
])

export function staticMethod(type: string, name: string): Method | undefined {
  return classes.get(type)?.get(name)
}

export function constructorOf(type: string): Method | undefined {
  return constructors.get(type)?.get('new')
}

const unit = (nanos: bigint): Value => new DurationValue(nanos)

const fields = new Map<string, Value>([
  ['Integer.MAX_VALUE', 2_147_483_647],
  ['Integer.MIN_VALUE', -2_147_483_648],
  ['Long.MAX_VALUE', long_max],
  ['Long.MIN_VALUE', -long_max - 1n],
  ['Double.MAX_VALUE', Number.MAX_VALUE],
  ['Double.MIN_VALUE', Number.MIN_VALUE],
  ['Double.NaN', Number.NaN],
  ['Double.POSITIVE_INFINITY', Infinity],
  ['Double.NEGATIVE_INFINITY', -Infinity],
  ['Float.MAX_VALUE', real(3.4028234663852886e38)],
  ['Math.PI', Math.PI],
  ['Math.E', Math.E],
  ['Boolean.TRUE', true],
  ['Boolean.FALSE', false],
  ['Locale.ROOT', 'root'],
  ['Locale.ENGLISH', 'en'],
  ['Locale.US', 'en_US'],
  ['ZoneOffset.UTC', 'Z'],
  ['Instant.EPOCH', new Moment(0n)],
  // A unit is its duration: all that is asked of it is what lies between two times.
  ['ChronoUnit.NANOS', unit(1n)],
  ['ChronoUnit.MICROS', unit(1000n)],
  ['ChronoUnit.MILLIS', unit(nanos_per_ms)],
  ['ChronoUnit.SECONDS', unit(nanos_per_s)],
  ['ChronoUnit.MINUTES', unit(60n * nanos_per_s)],
  ['ChronoUnit.HOURS', unit(3600n * nanos_per_s)],
  ['ChronoUnit.DAYS', unit(86_400n * nanos_per_s)],
])

export function staticField(type: string, name: string): Value | undefined {
  return fields.get(`${type}.${name}`)
}
