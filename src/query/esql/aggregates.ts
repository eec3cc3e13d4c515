/** ES|QL's aggregates, as SQL over the rows of a group. */
import { type Sql, sql } from '../../store/sql.ts'
import { asNothing, isOfKind, type Kind, textOf, told } from './functions.ts'
import { type EsqlType, isText, stored, type Typed } from './value-types.ts'

type Aggregate = {
  takes: readonly Kind[]
  least: number
  give(args: readonly Typed[], filter: Sql | undefined, fail: (what: string) => Error): Typed
}

const value = (type: EsqlType, found: Sql): Typed => ({ type, sql: stored(type, found) })

/** Of the rows for which the filter holds. */
function only(argument: Sql, filter: Sql | undefined): Sql {
  return filter === undefined ? argument : sql`if(ifNull(${filter}, 0) = 1, ${argument}, NULL)`
}

function plain(takes: readonly Kind[], type: EsqlType | 'same' | 'sum', name: Sql): Aggregate {
  return {
    ...{ takes, least: takes.length },
    give: ([a], filter) => {
      const same = a!.type === 'null' ? 'double' : a!.type === 'text' ? 'keyword' : a!.type
      const given =
        type === 'same' ? same : type === 'sum' ? (same === 'double' ? 'double' : 'long') : type
      return value(given, sql`${name}(${only(a!.sql, filter)})`)
    },
  }
}

/** Nothing is the sum of nothing. */
const sum: Aggregate = {
  ...{ takes: ['number'], least: 1 },
  give: ([a], filter) => {
    const type = a!.type === 'double' || a!.type === 'null' ? 'double' : 'long'
    return value(type, sql`sum(${only(a!.sql, filter)})`)
  },
}

const count: Aggregate = {
  ...{ takes: ['any'], least: 0 },
  give: ([a], filter) => {
    const argument = a === undefined ? sql`toUInt8(1)` : a.sql
    return value('long', sql`count(${only(argument, filter)})`)
  },
}

const percentile: Aggregate = {
  ...{ takes: ['number', 'number'], least: 2 },
  give: ([a, b], filter, fail) => {
    const percent = b!.constant
    if (typeof percent !== 'number' || percent < 0 || percent > 100) {
      throw fail('the percentile must be a number between 0 and 100')
    }
    return value('double', sql`quantileExactInclusive(${percent / 100})(${only(a!.sql, filter)})`)
  },
}

/** All values, once each. */
const values: Aggregate = {
  ...{ takes: ['any'], least: 1 },
  give: ([a], filter) => {
    const texts = isText(a!.type) ? a!.sql : textOf(a!.sql, a!.type)
    const items = sql`arraySort(groupUniqArray(10000)(${only(texts, filter)}))`
    const found = sql`multiIf(empty(${items}), NULL, length(${items}) = 1, toString(${items}[1]),
      toJSONString(${items}))`
    const type = a!.type === 'text' || a!.type === 'null' ? 'keyword' : a!.type
    return { type, sql: stored('keyword', found), isList: true }
  },
}

const top: Aggregate = {
  ...{ takes: ['any', 'whole', 'text'], least: 2 },
  give: ([a, b, c], filter, fail) => {
    const limit = b!.constant
    if (typeof limit !== 'number' || limit < 1 || limit > 1000)
      throw fail('the limit must be 1 to 1000')
    const isDescending = String(c?.constant ?? 'asc').toLowerCase() === 'desc'
    const sort = isDescending ? sql`arrayReverseSort` : sql`arraySort`
    const all = sql`groupArray(1000000)(${only(a!.sql, filter)})`
    const items =
      sql`arrayMap(one -> ${textOf(sql`one`, a!.type)}, arraySlice(${sort}(${all}), ` +
      `1, ${limit}))`
    const found = sql`multiIf(empty(${items}), NULL, length(${items}) = 1, ${items}[1],
      toJSONString(${items}))`
    return {
      type: a!.type === 'text' ? 'keyword' : a!.type,
      sql: stored('keyword', found),
      isList: true,
    }
  },
}

const weighted: Aggregate = {
  ...{ takes: ['number', 'number'], least: 2 },
  give: ([a, b], filter) =>
    value(
      'double',
      sql`sum(${only(sql`${a!.sql} * ${b!.sql}`, filter)}) /
      nullIf(sum(${only(sql`if(isNull(${a!.sql}), NULL, ${b!.sql})`, filter)}), 0)`,
    ),
}

/** By time: the first and the last value. */
function atTime(name: Sql): Aggregate {
  return {
    ...{ takes: ['any', 'date'], least: 2 },
    give: ([a, b], filter) =>
      value(a!.type, sql`${name}(${only(a!.sql, filter)}, ifNull(${b!.sql}, 0))`),
  }
}

const aggregates: ReadonlyMap<string, Aggregate> = new Map<string, Aggregate>([
  ['count', count],
  ['sum', sum],
  ['avg', plain(['number'], 'double', sql`avg`)],
  ['min', plain(['any'], 'same', sql`min`)],
  ['max', plain(['any'], 'same', sql`max`)],
  ['median', plain(['number'], 'double', sql`quantileExactInclusive(0.5)`)],
  ['std_dev', plain(['number'], 'double', sql`stddevPop`)],
  ['variance', plain(['number'], 'double', sql`varPop`)],
  ['count_distinct', { ...plain(['any', 'whole'], 'long', sql`uniqCombined64`), least: 1 }],
  ['percentile', percentile],
  ['values', values],
  ['top', top],
  ['weighted_avg', weighted],
  ['first', atTime(sql`argMin`)],
  ['last', atTime(sql`argMax`)],
])

export const isAggregate = (name: string): boolean => aggregates.has(name)

export function aggregated(
  name: string,
  text: string,
  args: readonly Typed[],
  filter: Sql | undefined,
  fail: (what: string) => Error,
): Typed {
  const { takes, least, give } = aggregates.get(name)!
  if (args.length < least || args.length > Math.max(takes.length, least)) {
    throw fail(`error building [${name}]: expects ${least} arguments`)
  }
  args.forEach((one, at) => {
    const kind = takes[at]!
    const place = ['first', 'second', 'third'][at]
    if (!isOfKind(one.type, kind)) {
      throw fail(`${place} argument of [${text}] must be [${told[kind]}], found type [${one.type}]`)
    }
  })
  const given = args.map((one, at) => asNothing(one, takes[at]!))
  return give(given, filter, fail)
}
