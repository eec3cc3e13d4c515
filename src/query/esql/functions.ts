/**
 * ES|QL's functions of single values: what they take, what they give, and their SQL. Aggregates are
 * in aggregates.ts, operators in expressions.ts.
 */
import { type Sql, sql } from '../../store/sql.ts'
import { dateFunctions } from './functions-date.ts'
import { textFunctions } from './functions-text.ts'
import {
  commonType,
  type EsqlType,
  isNumber,
  isText,
  isWhole,
  listItems,
  stored,
  type Typed,
} from './value-types.ts'

export type Kind = 'any' | 'number' | 'whole' | 'text' | 'date' | 'boolean' | 'amount'

export type FunctionContext = { now_ms: number; fail: (what: string) => Error }

export type EsqlFunction = {
  least: number
  most: number
  /** Of each argument; the last one is of all that follow. */
  takes: readonly Kind[]
  give(args: readonly Typed[], context: FunctionContext): Typed
}

export const told: Readonly<Record<Kind, string>> = {
  any: 'any',
  number: 'numeric',
  whole: 'integer',
  text: 'string',
  date: 'datetime',
  boolean: 'boolean',
  amount: 'dateperiod or timeduration',
}

export function isOfKind(type: EsqlType, kind: Kind): boolean {
  if (type === 'null' || kind === 'any') return true
  if (kind === 'number') return isNumber(type)
  if (kind === 'whole') return isWhole(type)
  if (kind === 'text') return isText(type)
  if (kind === 'amount') return type === 'date_period' || type === 'time_duration'
  return type === kind
}

const nothingOf: Partial<Record<Kind, EsqlType>> = {
  ...{ number: 'double', whole: 'integer', text: 'keyword', date: 'date', boolean: 'boolean' },
}

/** Nothing, where a kind is wanted, is nothing of that kind. */
export function asNothing(value: Typed, kind: Kind): Typed {
  const type = value.type === 'null' ? nothingOf[kind] : undefined
  return type === undefined ? value : { ...value, type, sql: stored(type, sql`NULL`) }
}

export const give = (type: EsqlType, value: Sql): Typed => ({ type, sql: stored(type, value) })

/** From texts, by what SQL says of them. */
export function made(
  takes: readonly Kind[],
  type: EsqlType | ((args: readonly Typed[]) => EsqlType),
  write: (...args: Sql[]) => Sql,
  least = takes.length,
): EsqlFunction {
  return {
    ...{ takes, least, most: takes.length },
    give: (args) =>
      give(typeof type === 'function' ? type(args) : type, write(...args.map((one) => one.sql))),
  }
}

/** Numbers that are none become nothing, as Elasticsearch has it. */
const finite = (value: Sql) => sql`if(isFinite(${value}), ${value}, NULL)`
const same = (args: readonly Typed[]) => args[0]!.type
const double = (name: Sql) =>
  made(['number'], 'double', (a) => finite(sql`${name}(toFloat64(${a}))`))

const numbers: Readonly<Record<string, EsqlFunction>> = {
  abs: made(['number'], same, (a) => sql`abs(${a})`),
  ceil: made(['number'], same, (a) => sql`ceil(${a})`),
  floor: made(['number'], same, (a) => sql`floor(${a})`),
  sqrt: double(sql`sqrt`),
  cbrt: double(sql`cbrt`),
  exp: double(sql`exp`),
  log10: double(sql`log10`),
  sin: double(sql`sin`),
  cos: double(sql`cos`),
  tan: double(sql`tan`),
  asin: double(sql`asin`),
  acos: double(sql`acos`),
  atan: double(sql`atan`),
  sinh: double(sql`sinh`),
  cosh: double(sql`cosh`),
  tanh: double(sql`tanh`),
  atan2: made(['number', 'number'], 'double', (a, b) => sql`atan2(${a}, ${b})`),
  hypot: made(['number', 'number'], 'double', (a, b) => sql`hypot(${a}, ${b})`),
  signum: made(['number'], 'double', (a) => sql`sign(${a})`),
  pi: made([], 'double', () => sql`pi()`),
  e: made([], 'double', () => sql`e()`),
  tau: made([], 'double', () => sql`2 * pi()`),
  pow: made(['number', 'number'], 'double', (a, b) => finite(sql`pow(${a}, ${b})`)),
  log: {
    ...{ takes: ['number', 'number'], least: 1, most: 2 },
    give: ([a, b]) =>
      give(
        'double',
        b === undefined
          ? finite(sql`log(toFloat64(${a!.sql}))`)
          : finite(sql`(log(toFloat64(${b.sql})) / log(toFloat64(${a!.sql})))`),
      ),
  },
  round: {
    ...{ takes: ['number', 'whole'], least: 1, most: 2 },
    give: ([a, b]) => {
      const digits = sql`pow(10, ${b?.sql ?? sql`0`})`
      const value = a!.sql
      // Halves away from zero; the engine rounds them to even.
      const rounded = sql`(sign(${value}) * floor(abs(${value}) * ${digits} + 0.5) / ${digits})`
      return give(a!.type, isWhole(a!.type) && b === undefined ? value : rounded)
    },
  },
}

function widest(args: readonly Typed[], context: FunctionContext): EsqlType {
  return args.reduce<EsqlType>((type, one) => {
    const found = commonType(type, one.type)
    if (found === undefined)
      throw context.fail(`arguments must be of one type, found [${type}] and [${one.type}]`)
    return found
  }, 'null')
}

const several = (write: (args: Sql) => Sql): EsqlFunction => ({
  ...{ takes: ['any'], least: 1, most: 64 },
  give: (args, context) => {
    const type = widest(args, context)
    return give(type, write(sql.join(args.map((one) => stored(type, one.sql)))))
  },
})

const choices: Readonly<Record<string, EsqlFunction>> = {
  coalesce: several((args) => sql`coalesce(${args})`),
  greatest: several((args) => sql`greatest(${args})`),
  least: several((args) => sql`least(${args})`),
  case: {
    ...{ takes: ['any'], least: 2, most: 100 },
    give: (args, context) => {
      const results = args.filter((_one, at) => at % 2 === 1 || at === args.length - 1)
      const type = widest(results, context)
      const parts: Sql[] = []
      for (let at = 0; at + 1 < args.length; at += 2) {
        const test = args[at]!
        if (test.type !== 'boolean' && test.type !== 'null') {
          throw context.fail(`condition must be [boolean], found type [${test.type}]`)
        }
        parts.push(sql`ifNull(${test.sql}, 0) = 1, ${stored(type, args[at + 1]!.sql)}`)
      }
      const last = args.length % 2 === 1 ? args.at(-1)!.sql : sql`NULL`
      return give(type, sql`multiIf(${sql.join([...parts, stored(type, last)])})`)
    },
  },
}

const number = (text: Sql) => sql`toFloat64OrNull(${text})`

function converted(type: EsqlType, write: (value: Sql, from: EsqlType) => Sql): EsqlFunction {
  return {
    ...{ takes: ['any'], least: 1, most: 1 },
    give: ([a]) => give(type, a!.type === type ? a!.sql : write(a!.sql, a!.type)),
  }
}

const wholeOf = (value: Sql, from: EsqlType): Sql =>
  isText(from) || from === 'null'
    ? sql`coalesce(toInt64OrNull(${value}), toInt64OrNull(toString(round(${number(value)}))))`
    : from === 'double'
      ? sql`toInt64(round(${value}))`
      : sql`toInt64(${value})`

export const conversions: Readonly<Record<string, EsqlFunction>> = {
  to_string: converted('keyword', (value, from) => textOf(value, from)),
  to_long: converted('long', wholeOf),
  to_integer: converted('integer', wholeOf),
  to_double: converted('double', (value, from) =>
    isText(from) || from === 'null' ? number(value) : sql`toFloat64(${value})`,
  ),
  to_boolean: converted('boolean', (value, from) =>
    isText(from) || from === 'null'
      ? sql`if(isNull(${value}), NULL, lower(${value}) = 'true')`
      : sql`${value} != 0`,
  ),
  to_datetime: converted('date', (value, from) =>
    isText(from) || from === 'null'
      ? sql`toUnixTimestamp64Milli(parseDateTime64BestEffortOrNull(${value}, 3))`
      : sql`toInt64(${value})`,
  ),
  to_ip: converted('ip', (value, from) => {
    const text = isText(from) || from === 'null' ? value : textOf(value, from)
    const isOne = sql`isIPv4String(ifNull(${text}, '')) OR isIPv6String(ifNull(${text}, ''))`
    return sql`if(${isOne}, ${text}, NULL)`
  }),
}

/** As it would be shown. */
export function textOf(value: Sql, from: EsqlType): Sql {
  if (from === 'boolean') return sql`if(isNull(${value}), NULL, if(${value} = 1, 'true', 'false'))`
  if (from === 'date') return isoText(value)
  if (from === 'double') {
    return sql`if(${value} = round(${value}) AND abs(${value}) < 1e7,
      concat(toString(toInt64(${value})), '.0'),
      toString(${value}))`
  }
  return sql`toString(${value})`
}

export function isoText(ms: Sql): Sql {
  const moment = sql`fromUnixTimestamp64Milli(assumeNotNull(${ms}), 'UTC')`
  return sql`if(isNull(${ms}), NULL, concat(replaceOne(toString(${moment}), ' ', 'T'), 'Z'))`
}

const list = (
  write: (items: Sql, ...more: Sql[]) => Sql,
  type: EsqlType | 'same',
  more: readonly Kind[] = [],
): EsqlFunction => ({
  ...{ takes: ['any', ...more], least: 1 + more.length, most: 1 + more.length },
  give: ([a, ...rest]) => {
    const items = listItems(isText(a!.type) || a!.isList ? a!.sql : textOf(a!.sql, a!.type))
    const value = write(items, ...rest.map((one) => one.sql))
    const isSame = type === 'same'
    const given = isSame ? (isText(a!.type) || a!.type === 'null' ? 'keyword' : a!.type) : type
    if (!isSame || isText(a!.type) || a!.type === 'null') return give(given, value)
    return conversions[`to_${given === 'date' ? 'datetime' : given}`]!.give(
      [give('keyword', value)],
      { now_ms: 0, fail: (what) => new Error(what) },
    )
  },
})

const orNothing = (items: Sql, value: Sql) => sql`if(empty(${items}), NULL, ${value})`
const asList = (items: Sql) =>
  sql`multiIf(empty(${items}), NULL, length(${items}) = 1, ${items}[1], toJSONString(${items}))`
const numbersIn = (items: Sql) => sql`arrayMap(one -> toFloat64OrZero(one), ${items})`

const lists: Readonly<Record<string, EsqlFunction>> = {
  mv_count: list((items) => orNothing(items, sql`length(${items})`), 'integer'),
  mv_first: list((items) => orNothing(items, sql`${items}[1]`), 'same'),
  mv_last: list((items) => orNothing(items, sql`${items}[-1]`), 'same'),
  mv_min: list((items) => orNothing(items, sql`arraySort(${items})[1]`), 'same'),
  mv_max: list((items) => orNothing(items, sql`arraySort(${items})[-1]`), 'same'),
  mv_dedupe: list((items) => asList(sql`arrayDistinct(${items})`), 'same'),
  mv_sort: list((items) => asList(sql`arraySort(${items})`), 'same'),
  mv_concat: list(
    (items, by) => {
      // Each with the separator before it, and then without the first.
      const after = sql`assumeNotNull(${by!})`
      const joined = sql`arrayStringConcat(arrayMap(one -> concat(${after}, one), ${items}))`
      return orNothing(items, sql`substring(${joined}, length(${after}) + 1)`)
    },
    'keyword',
    ['text'],
  ),
  mv_sum: list((items) => orNothing(items, sql`arraySum(${numbersIn(items)})`), 'double'),
  mv_avg: list((items) => orNothing(items, sql`arrayAvg(${numbersIn(items)})`), 'double'),
}

const addresses: Readonly<Record<string, EsqlFunction>> = {
  cidr_match: {
    ...{ takes: ['text', 'text'], least: 2, most: 32 },
    give: ([a, ...blocks]) => {
      const address = sql`ifNull(${a!.sql}, '')`
      const isOne = sql`(isIPv4String(${address}) OR isIPv6String(${address}))`
      const sure = sql`if(${isOne}, ${address}, '0.0.0.0')`
      const each = blocks.map(
        (one) => sql`isIPAddressInRange(${sure}, ifNull(${one.sql}, '255.255.255.255/32'))`,
      )
      return give('boolean', sql`if(${isOne}, ${sql.join(each, sql` OR `)}, NULL)`)
    },
  },
}

export const functions: ReadonlyMap<string, EsqlFunction> = new Map(
  Object.entries({
    ...numbers,
    ...choices,
    ...conversions,
    to_str: conversions.to_string!,
    to_int: conversions.to_integer!,
    to_dbl: conversions.to_double!,
    to_dt: conversions.to_datetime!,
    to_bool: conversions.to_boolean!,
    to_date: conversions.to_datetime!,
    ...lists,
    ...addresses,
    ...textFunctions,
    ...dateFunctions,
  }),
)
