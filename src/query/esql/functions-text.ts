/** ES|QL's functions of text, as SQL. Characters are counted, not bytes. */
import { type Sql, sql } from '../../store/sql.ts'
import type { EsqlFunction, Kind } from './functions.ts'
import { type EsqlType, stored, type Typed } from './value-types.ts'

function made(
  takes: readonly Kind[],
  type: EsqlType,
  write: (...args: Sql[]) => Sql,
  least = takes.length,
): EsqlFunction {
  return {
    ...{ takes, least, most: takes.length },
    give: (args): Typed => ({ type, sql: stored(type, write(...args.map((one) => one.sql))) }),
  }
}

const sure = (value: Sql) => sql`ifNull(${value}, '')`
/** NULL where one of them is. */
const whole = (args: readonly Sql[], value: Sql) =>
  sql`if(${sql.join(
    args.map((one) => sql`isNull(${one})`),
    sql` OR `,
  )}, NULL, ${value})`

/** Written in the query: the engine takes no pattern that differs from row to row. */
function pattern(arg: Typed, fail: (what: string) => Error): string {
  if (typeof arg.constant === 'string') return arg.constant
  throw fail('the pattern must be a constant')
}

export const textFunctions: Readonly<Record<string, EsqlFunction>> = {
  concat: {
    ...{ takes: ['text'], least: 2, most: 64 },
    give: (args) => ({
      type: 'keyword',
      sql: stored('keyword', sql`concat(${sql.join(args.map((one) => one.sql))})`),
    }),
  },
  length: made(['text'], 'integer', (a) => sql`lengthUTF8(${a})`),
  byte_length: made(['text'], 'integer', (a) => sql`length(${a})`),
  bit_length: made(['text'], 'integer', (a) => sql`length(${a}) * 8`),
  to_lower: made(['text'], 'keyword', (a) => sql`lowerUTF8(${a})`),
  to_upper: made(['text'], 'keyword', (a) => sql`upperUTF8(${a})`),
  trim: made(['text'], 'keyword', (a) => sql`replaceRegexpAll(${a}, '^\\\\s+|\\\\s+$', '')`),
  ltrim: made(['text'], 'keyword', (a) => sql`replaceRegexpOne(${a}, '^\\\\s+', '')`),
  rtrim: made(['text'], 'keyword', (a) => sql`replaceRegexpOne(${a}, '\\\\s+$', '')`),
  reverse: made(['text'], 'keyword', (a) => sql`reverseUTF8(${a})`),
  space: made(['whole'], 'keyword', (a) => sql`repeat(' ', least(${a}, 1000))`),
  repeat: made(['text', 'whole'], 'keyword', (a, b) => sql`repeat(${a!}, least(${b!}, 1000))`),
  left: made(['text', 'whole'], 'keyword', (a, b) =>
    whole([a!, b!], sql`leftUTF8(${sure(a!)}, greatest(0, ifNull(${b!}, 0)))`),
  ),
  right: made(['text', 'whole'], 'keyword', (a, b) =>
    whole([a!, b!], sql`rightUTF8(${sure(a!)}, greatest(0, ifNull(${b!}, 0)))`),
  ),
  substring: {
    ...{ takes: ['text', 'whole', 'whole'], least: 2, most: 3 },
    give: ([a, b, c]) => {
      const start = sql`if(ifNull(${b!.sql}, 1) = 0, 1, ifNull(${b!.sql}, 1))`
      const size = c === undefined ? sql`` : sql`, greatest(0, ifNull(${c.sql}, 0))`
      const value = sql`substringUTF8(${sure(a!.sql)}, ${start}${size})`
      const all = [a!, b!, ...(c === undefined ? [] : [c])].map((one) => one.sql)
      return { type: 'keyword', sql: stored('keyword', whole(all, value)) }
    },
  },
  starts_with: made(['text', 'text'], 'boolean', (a, b) => sql`startsWith(${a!}, ${b!})`),
  ends_with: made(['text', 'text'], 'boolean', (a, b) => sql`endsWith(${a!}, ${b!})`),
  contains: made(['text', 'text'], 'boolean', (a, b) => sql`position(${a!}, ${b!}) > 0`),
  locate: made(
    ['text', 'text', 'whole'],
    'integer',
    (a, b, c) => sql`positionUTF8(${a!}, ${b!}, toUInt64(greatest(1, ifNull(${c ?? sql`1`}, 1))))`,
    2,
  ),
  split: {
    ...{ takes: ['text'], least: 2, most: 2 },
    give: ([a, b], { fail }) => {
      const parts = sql`splitByString(${pattern(b!, fail)}, ${sure(a!.sql)})`
      const value = sql`if(length(${parts}) = 1, ${parts}[1], toJSONString(${parts}))`
      return { type: 'keyword', sql: stored('keyword', whole([a!.sql], value)), isList: true }
    },
  },
  replace: {
    ...{ takes: ['text'], least: 3, most: 3 },
    give: ([a, b, c], { fail }) => {
      const text = pattern(b!, fail)
      const by = c!.constant === undefined ? undefined : String(c!.constant)
      if (by === undefined) throw fail('the replacement must be a constant')
      const value = sql`replaceRegexpAll(${a!.sql}, ${text}, ${by.replace(/\$(\d)/g, '\\$1')})`
      return { type: 'keyword', sql: stored('keyword', value) }
    },
  },
  url_encode: made(['text'], 'keyword', (a) => sql`encodeURLFormComponent(${a})`),
  url_decode: made(['text'], 'keyword', (a) => sql`decodeURLFormComponent(${a})`),
  to_base64: made(['text'], 'keyword', (a) => sql`base64Encode(${a})`),
  from_base64: made(['text'], 'keyword', (a) => sql`tryBase64Decode(${a})`),
  md5: made(['text'], 'keyword', (a) => sql`lower(hex(MD5(${a})))`),
  sha1: made(['text'], 'keyword', (a) => sql`lower(hex(SHA1(${a})))`),
  sha256: made(['text'], 'keyword', (a) => sql`lower(hex(SHA256(${a})))`),
  hash: {
    ...{ takes: ['text'], least: 2, most: 2 },
    give: ([a, b], { fail }) => {
      const name = pattern(a!, fail).toLowerCase().replace('-', '')
      const known = { md5: sql`MD5`, sha1: sql`SHA1`, sha256: sql`SHA256`, sha512: sql`SHA512` }
      if (!Object.hasOwn(known, name)) throw fail(`Invalid algorithm [${name}]`)
      const algorithm = known[name as keyof typeof known]
      return { type: 'keyword', sql: stored('keyword', sql`lower(hex(${algorithm}(${b!.sql})))`) }
    },
  },
}
