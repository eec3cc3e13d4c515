/** ES|QL's functions of dates, as SQL over milliseconds. All of them in UTC. */
import { type Sql, sql } from '../../store/sql.ts'
import { automaticInterval, bucketStart, type CalendarUnit } from '../elastic/intervals.ts'
import type { EsqlFunction, FunctionContext } from './functions.ts'
import { type Amount, amountOf, isNumber, stored, type Typed } from './value-types.ts'

const asDate = (value: Sql): Typed => ({ type: 'date', sql: stored('date', value) })
const secondOf = (ms: Sql) => sql`toDateTime(intDiv(${ms}, 1000), 'UTC')`

export function amountIn(value: Typed): Amount | undefined {
  if (value.unit === undefined || typeof value.constant !== 'number') return undefined
  return amountOf(value.constant, value.unit)
}

const calendar: Readonly<Record<number, CalendarUnit>> = { 1: 'month', 3: 'quarter', 12: 'year' }

export function truncated(ms: Sql, amount: Amount, { fail }: FunctionContext): Sql {
  const base = { offset_ms: 0, zone: undefined }
  if (amount.months > 0) {
    const unit = calendar[amount.months]
    if (unit !== undefined) return bucketStart(ms, { ...base, unit, step_ms: 1 })
    // Several months count from the first of all.
    const month = sql`(toYear(${secondOf(ms)}) * 12 + toMonth(${secondOf(ms)}) - 1)`
    const floored = sql`(intDiv(${month}, ${amount.months}) * ${amount.months})`
    const day = sql`makeDate(intDiv(${floored}, 12), (${floored} % 12) + 1, 1)`
    return sql`(toInt64(toUnixTimestamp(toDateTime(${day}, 'UTC'))) * 1000)`
  }
  if (amount.ms <= 0) throw fail('an interval must be greater than zero')
  if (amount.ms === 604_800_000) return bucketStart(ms, { ...base, unit: 'week', step_ms: 1 })
  return bucketStart(ms, { ...base, unit: undefined, step_ms: amount.ms })
}

function momentIn(value: Typed, now_ms: number): number | undefined {
  if (typeof value.constant === 'number') return value.constant
  if (typeof value.constant !== 'string') return undefined
  const ms = value.constant === 'now' ? now_ms : Date.parse(value.constant)
  return Number.isNaN(ms) ? undefined : ms
}

/** BUCKET(field, 1 hour), BUCKET(field, 20, from, to), BUCKET(number, 10.0). */
function bucket(args: readonly Typed[], context: FunctionContext): Typed {
  const [field, size, from, to] = args
  if (isNumber(field!.type)) {
    const step = stepOf(size!, from, to, context)
    return { type: 'double', sql: stored('double', sql`floor(${field!.sql} / ${step}) * ${step}`) }
  }
  if (field!.type !== 'date' && field!.type !== 'null') {
    throw context.fail(`first argument must be [datetime or numeric], found type [${field!.type}]`)
  }
  const amount = amountIn(size!)
  if (amount !== undefined) return asDate(truncated(field!.sql, amount, context))
  const [start, end] = [from, to].map((one) => one && momentIn(one, context.now_ms))
  if (typeof size!.constant !== 'number' || start === undefined || end === undefined) {
    throw context.fail('a number of buckets needs the start and the end of the range')
  }
  const most = Math.max(1, size!.constant)
  const { interval } = automaticInterval(Math.max(0, end - start), most + 1, undefined)
  return asDate(bucketStart(field!.sql, interval))
}

function stepOf(
  size: Typed,
  from: Typed | undefined,
  to: Typed | undefined,
  { fail }: FunctionContext,
) {
  const count = size.constant
  if (typeof count !== 'number' || count <= 0) throw fail('the size of a bucket must be a number')
  if (from === undefined) return count
  const [least, most] = [Number(from.constant), Number(to?.constant)]
  if (!(most > least)) throw fail('the range of the buckets is empty')
  const rough = (most - least) / count
  const scale = 10 ** Math.floor(Math.log10(rough))
  const nice = [1, 2, 5, 10].find((one) => one * scale >= rough) ?? 10
  return nice * scale
}

/** Java's letters as the engine's; what it has no letter for is told. */
const letters: readonly (readonly [string, string])[] = [
  ...([
    ['yyyy', '%Y'],
    ['uuuu', '%Y'],
    ['yy', '%y'],
    ['MM', '%m'],
    ['MMM', '%b'],
  ] as const),
  ...([
    ['dd', '%d'],
    ['HH', '%H'],
    ['hh', '%I'],
    ['mm', '%i'],
    ['ss', '%S'],
    ['SSS', '%f'],
  ] as const),
  ...([
    ['EEE', '%a'],
    ['a', '%p'],
    ['D', '%j'],
    ['X'.repeat(3), 'Z'],
    ["'T'", 'T'],
    ["'Z'", 'Z'],
  ] as const),
]

export function engineFormat(format: string, fail: (what: string) => Error): string {
  const found = format.replace(/'[^']*'|[A-Za-z]+|%/g, (word) => {
    if (word === '%') return '%%'
    const own = letters.find(([java]) => java === word)
    if (own !== undefined) return own[1]
    if (word.startsWith("'")) return word.slice(1, -1).replaceAll('%', '%%')
    throw fail(`Invalid format [${format.slice(0, 60)}]: unknown letters [${word}]`)
  })
  return found
}

function formatted(args: readonly Typed[], { fail }: FunctionContext): Typed {
  const [first, second] = args
  const value = second ?? first!
  const format = second === undefined ? "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'" : first!.constant
  if (typeof format !== 'string') throw fail('the format must be a constant')
  if (value.type !== 'date' && value.type !== 'null') {
    throw fail(`last argument must be [datetime], found type [${value.type}]`)
  }
  const moment = sql`fromUnixTimestamp64Milli(toInt64(${value.sql}), 'UTC')`
  return {
    type: 'keyword',
    sql: stored('keyword', sql`formatDateTime(${moment}, ${engineFormat(format, fail)}, 'UTC')`),
  }
}

function parsed(args: readonly Typed[], { fail }: FunctionContext): Typed {
  const [first, second] = args
  const value = second ?? first!
  const format = second === undefined ? undefined : first!.constant
  if (format === undefined || typeof format !== 'string' || /X{3}|optional_time/.test(format)) {
    return asDate(sql`toUnixTimestamp64Milli(parseDateTime64BestEffortOrNull(${value.sql}, 3))`)
  }
  const engine = engineFormat(format, fail)
  return asDate(
    sql`toInt64(toUnixTimestamp(parseDateTimeOrNull(${value.sql}, ${engine}, 'UTC'))) * 1000`,
  )
}

const parts: Readonly<Record<string, (second: Sql, ms: Sql) => Sql>> = {
  year: (second) => sql`toYear(${second})`,
  month_of_year: (second) => sql`toMonth(${second})`,
  aligned_week_of_year: (second) => sql`toISOWeek(${second})`,
  day_of_month: (second) => sql`toDayOfMonth(${second})`,
  day_of_week: (second) => sql`toDayOfWeek(${second})`,
  day_of_year: (second) => sql`toDayOfYear(${second})`,
  hour_of_day: (second) => sql`toHour(${second})`,
  minute_of_hour: (second) => sql`toMinute(${second})`,
  minute_of_day: (second) => sql`toHour(${second}) * 60 + toMinute(${second})`,
  second_of_minute: (second) => sql`toSecond(${second})`,
  second_of_day: (second) =>
    sql`toHour(${second}) * 3600 + toMinute(${second}) * 60 + toSecond(${second})`,
  milli_of_second: (_second, ms) => sql`${ms} % 1000`,
  epoch_day: (_second, ms) => sql`intDiv(${ms}, 86400000)`,
}

const diffs: Readonly<Record<string, number>> = {
  ...{ milliseconds: 1, millisecond: 1, ms: 1, seconds: 1000, second: 1000, ss: 1000, s: 1000 },
  ...{ minutes: 60_000, minute: 60_000, mi: 60_000, n: 60_000, hours: 3_600_000, hour: 3_600_000 },
  ...{ hh: 3_600_000, days: 86_400_000, day: 86_400_000, dd: 86_400_000, d: 86_400_000 },
  ...{ weeks: 604_800_000, week: 604_800_000, wk: 604_800_000, ww: 604_800_000 },
}

export const dateFunctions: Readonly<Record<string, EsqlFunction>> = {
  now: {
    takes: [],
    least: 0,
    most: 0,
    give: (_args, { now_ms }) => ({ ...asDate(sql`${now_ms}`), constant: now_ms }),
  },
  bucket: { takes: ['any'], least: 2, most: 4, give: bucket },
  bin: { takes: ['any'], least: 2, most: 4, give: bucket },
  date_trunc: {
    ...{ takes: ['any', 'date'], least: 2, most: 2 },
    give: ([size, date], context) => {
      const amount = amountIn(size!)
      if (amount === undefined) {
        throw context.fail(
          `first argument must be [dateperiod or timeduration], found type [${size!.type}]`,
        )
      }
      return asDate(truncated(date!.sql, amount, context))
    },
  },
  date_format: { takes: ['any'], least: 1, most: 2, give: formatted },
  date_parse: { takes: ['text'], least: 1, most: 2, give: parsed },
  date_extract: {
    ...{ takes: ['text', 'date'], least: 2, most: 2 },
    give: ([name, date], { fail }) => {
      const part = String(name!.constant ?? '').toLowerCase()
      if (!Object.hasOwn(parts, part)) throw fail(`unknown part of a date [${part.slice(0, 40)}]`)
      return { type: 'long', sql: stored('long', parts[part]!(secondOf(date!.sql), date!.sql)) }
    },
  },
  date_diff: {
    ...{ takes: ['text', 'date', 'date'], least: 3, most: 3 },
    give: ([unit, from, to], { fail }) => {
      const name = String(unit!.constant ?? '').toLowerCase()
      const between = sql`(${to!.sql} - ${from!.sql})`
      if (Object.hasOwn(diffs, name)) {
        return { type: 'integer', sql: stored('integer', sql`intDiv(${between}, ${diffs[name]!})`) }
      }
      const long = {
        year: 'year',
        years: 'year',
        yyyy: 'year',
        month: 'month',
        months: 'month',
        quarter: 'quarter',
        quarters: 'quarter',
      }
      if (!Object.hasOwn(long, name)) throw fail(`unknown unit [${name.slice(0, 40)}]`)
      const found = sql`age(${long[name as keyof typeof long]}, ${secondOf(from!.sql)},
        ${secondOf(to!.sql)})`
      return { type: 'integer', sql: stored('integer', found) }
    },
  },
  day_name: {
    ...{ takes: ['date'], least: 1, most: 1 },
    give: ([date]) => ({
      type: 'keyword',
      sql: stored('keyword', sql`dateName('weekday', ${secondOf(date!.sql)})`),
    }),
  },
  month_name: {
    ...{ takes: ['date'], least: 1, most: 1 },
    give: ([date]) => ({
      type: 'keyword',
      sql: stored('keyword', sql`dateName('month', ${secondOf(date!.sql)})`),
    }),
  },
}
