/**
 * What is measured of a bucket's documents, as SQL, and what is told of it. Pipelines over buckets
 * are elsewhere.
 */
import { type Sql, sql } from '../../store/sql.ts'
import { numeric } from './agg-keys.ts'
import { type Agg, fieldAt } from './agg-request.ts'
import { formatDate } from './dates.ts'
import { type CalendarUnit, calendar_ms } from './intervals.ts'
import {
  countAt,
  isObject,
  listOf,
  member,
  numberAt,
  objectAt,
  optionalText,
  textAt,
} from './json-parts.ts'
import type { Projection } from './projection.ts'
import { illegal, misparsed } from './refusal.ts'
import { isNumeric } from './value-sql.ts'

export type MetricContext = { projection: Projection; isLarge: boolean }

/** Of the documents of no bucket, and of the nearest date histogram around it. */
export type MetricRow = {
  values: readonly unknown[]
  doc_count: number
  step_ms: number | undefined
}

export type Metric = {
  columns: readonly Sql[]
  tell(row: MetricRow): Record<string, unknown>
  /** The number that others order by or compute on. */
  number(row: MetricRow, part: string): number | null
  /** What terms are ordered by, given the columns as they were computed. */
  order(part: string, column: (at: number) => Sql): Sql
}

const toNumber = (value: unknown): number | null =>
  value === null || value === undefined || Number.isNaN(Number(value)) ? null : Number(value)

export function metricOf(agg: Agg, context: MetricContext): Metric {
  const { body, type } = agg
  const { projection } = context
  switch (type) {
    case 'avg':
    case 'sum':
    case 'min':
    case 'max':
      return simple(agg, context)
    case 'value_count': {
      const columns = [sql`count(${projection.field(fieldAt(body, type))})`]
      return single(columns, ({ values }) => Number(values[0] ?? 0))
    }
    case 'cardinality': {
      const columns = [sql`uniqCombined64(${projection.field(fieldAt(body, type))})`]
      return single(columns, ({ values }) => Number(values[0] ?? 0))
    }
    case 'stats':
    case 'extended_stats':
      return stats(agg, context)
    case 'percentiles':
      return percentiles(agg, context)
    case 'percentile_ranks':
      return ranks(agg, context)
    case 'weighted_avg':
      return weighted(agg, projection)
    case 'top_metrics':
      return topMetrics(agg, projection)
    case 'rate':
      return rate(agg, context)
    default:
      throw illegal(`[${type}] cannot be measured`)
  }
}

function single(columns: readonly Sql[], number: (row: MetricRow) => number | null): Metric {
  return {
    columns,
    tell: (row) => ({ value: number(row) }),
    number,
    order: (_part, column) => column(0),
  }
}

/** The field as a number, with what stands for it where it is missing. */
function measured(agg: Agg, { projection }: MetricContext): Sql {
  const value = numeric(projection, fieldAt(agg.body, agg.type))
  const missing = member(agg.body, 'missing')
  return missing === undefined ? value : sql`coalesce(${value}, ${numberAt(missing, 'missing')})`
}

const functions = { avg: sql`avg`, sum: sql`sum`, min: sql`min`, max: sql`max` } as const

function simple(agg: Agg, context: MetricContext): Metric {
  const { type, body } = agg
  const value = measured(agg, context)
  const column = sql`${functions[type as keyof typeof functions]}(${value})`
  const isDate = context.projection.typeOf(fieldAt(body, type)) === 'date'
  const number = ({ values }: MetricRow) => {
    const found = toNumber(values[0])
    return found === null && type === 'sum' ? 0 : found
  }
  const metric = single([column], number)
  if (!isDate || type === 'sum') return metric
  const format = optionalText(body, 'format')
  return {
    ...metric,
    tell: (row) => {
      const found = number(row)
      const told =
        found === null ? {} : { value_as_string: formatDate(Math.round(found), format, undefined) }
      return { value: found, ...told }
    },
  }
}

const statNames = ['count', 'min', 'max', 'avg', 'sum'] as const

function stats(agg: Agg, context: MetricContext): Metric {
  const value = measured(agg, context)
  const columns = [
    sql`count(${value})`,
    ...[sql`min`, sql`max`, sql`avg`, sql`sum`].map((name) => sql`${name}(${value})`),
  ]
  const isExtended = agg.type === 'extended_stats'
  if (isExtended) {
    columns.push(sql`sum(${value} * ${value})`, sql`varPop(${value})`, sql`varSamp(${value})`)
  }
  const sigma = numberAt(member(agg.body, 'sigma') ?? 2, 'sigma')
  const tell = ({ values }: MetricRow): Record<string, unknown> => {
    const [count, min, max, avg, sum, squares, variance, sampling] = values.map(toNumber)
    const own = { count: count ?? 0, min, max, avg, sum: sum ?? 0 }
    if (!isExtended) return own
    if (!count) return { ...own, ...emptyExtended }
    return { ...own, ...extended(avg!, squares!, variance!, sampling ?? null, sigma) }
  }
  return {
    columns,
    tell,
    number: (row, part) => partOf(tell(row), part || 'avg'),
    order: (part, column) => column(Math.max(0, statNames.indexOf((part || 'avg') as 'avg'))),
  }
}

const emptyExtended = {
  ...{ sum_of_squares: null, variance: null, variance_population: null },
  ...{ variance_sampling: null, std_deviation: null, std_deviation_population: null },
  std_deviation_sampling: null,
  std_deviation_bounds: { upper: null, lower: null },
}

function extended(
  avg: number,
  squares: number,
  variance: number,
  sampling: number | null,
  sigma: number,
) {
  const deviation = Math.sqrt(variance)
  const sampled = sampling === null ? null : Math.sqrt(sampling)
  const bound = (by: number | null, sign: number) => (by === null ? null : avg + sign * sigma * by)
  return {
    sum_of_squares: squares,
    ...{ variance, variance_population: variance, variance_sampling: sampling },
    ...{ std_deviation: deviation, std_deviation_population: deviation },
    std_deviation_sampling: sampled,
    std_deviation_bounds: {
      ...{ upper: bound(deviation, 1), lower: bound(deviation, -1) },
      ...{ upper_population: bound(deviation, 1), lower_population: bound(deviation, -1) },
      ...{ upper_sampling: bound(sampled, 1), lower_sampling: bound(sampled, -1) },
    },
  }
}

/** `std_deviation`, `std_deviation_bounds.upper` and Grafana's `std_deviation_bounds_upper`. */
export function partOf(told: Record<string, unknown>, part: string): number | null {
  const [first = '', second] = part.split('.')
  const value = Object.hasOwn(told, first) ? told[first] : undefined
  const found = second === undefined || !isObject(value) ? value : member(value, second)
  return typeof found === 'number' ? found : null
}

const percents_default = [1, 5, 25, 50, 75, 95, 99]
const percents_max = 100

export function percentKey(percent: number): string {
  return Number.isInteger(percent) ? `${percent}.0` : String(percent)
}

function percentiles(agg: Agg, context: MetricContext): Metric {
  const asked = member(agg.body, 'percents')
  const percents =
    asked === undefined ? percents_default : listOf(asked).map((one) => numberAt(one, 'percents'))
  const isFine = percents.every((one) => one >= 0 && one <= 100)
  if (!isFine || percents.length === 0 || percents.length > percents_max) {
    throw illegal('percent must be in [0,100], got others')
  }
  const value = measured(agg, context)
  const levels = sql.join(percents.map((one) => sql`${one / 100}`))
  // Exact while the values fit in memory.
  const name = context.isLarge ? sql`quantilesTDigest` : sql`quantilesExactInclusive`
  const columns = [sql`${name}(${levels})(${value})`, sql`count(${value})`]
  const isKeyed = member(agg.body, 'keyed') !== false
  const valuesIn = ({ values }: MetricRow) =>
    percents.map((_one, at) => {
      const list = values[0]
      return Number(values[1]) === 0 || !Array.isArray(list) ? null : toNumber(list[at])
    })
  return {
    columns,
    tell: (row) => ({ values: keyedValues(percents, valuesIn(row), isKeyed) }),
    number: (row, part) => {
      const at = percents.findIndex((one) => String(one) === part || percentKey(one) === part)
      return valuesIn(row)[Math.max(0, at)] ?? null
    },
    order: (part, column) => {
      const at = percents.findIndex((one) => String(one) === part || percentKey(one) === part)
      return sql`arrayElement(${column(0)}, ${Math.max(0, at) + 1})`
    },
  }
}

function keyedValues(
  keys: readonly number[],
  values: readonly (number | null)[],
  isKeyed: boolean,
) {
  if (!isKeyed) return keys.map((key, at) => ({ key, value: values[at] }))
  return Object.fromEntries(keys.map((key, at) => [percentKey(key), values[at]]))
}

function ranks(agg: Agg, context: MetricContext): Metric {
  const asked = listOf(member(agg.body, 'values')).map((one) => numberAt(one, 'values'))
  if (asked.length === 0 || asked.length > percents_max) throw misparsed('[values] must be given')
  const value = measured(agg, context)
  const columns = [sql`count(${value})`, ...asked.map((one) => sql`countIf(${value} <= ${one})`)]
  const isKeyed = member(agg.body, 'keyed') !== false
  const told = ({ values }: MetricRow) => {
    const count = Number(values[0] ?? 0)
    return asked.map((_one, at) => (count === 0 ? null : (100 * Number(values[at + 1])) / count))
  }
  return {
    columns,
    tell: (row) => ({ values: keyedValues(asked, told(row), isKeyed) }),
    number: (row) => told(row)[0] ?? null,
    order: (_part, column) => column(0),
  }
}

function weighted(agg: Agg, projection: Projection): Metric {
  const of = (name: string): Sql => {
    const body = objectAt(member(agg.body, name), name)
    const value = numeric(projection, textAt(member(body, 'field'), name))
    const missing = member(body, 'missing')
    return missing === undefined ? value : sql`coalesce(${value}, ${numberAt(missing, 'missing')})`
  }
  const [value, weight] = [of('value'), of('weight')]
  const columns = [sql`sum(${value} * ${weight})`, sql`sumIf(${weight}, isNotNull(${value}))`]
  return single(columns, ({ values }) => {
    const [sum, weights] = [toNumber(values[0]), toNumber(values[1])]
    return sum === null || !weights ? null : sum / weights
  })
}

function topMetrics(agg: Agg, projection: Projection): Metric {
  const size = countAt(member(agg.body, 'size') ?? 1, 'size', 1, 10)
  const fields = listOf(member(agg.body, 'metrics')).map((one) =>
    textAt(member(objectAt(one, 'metrics'), 'field'), 'metrics'),
  )
  const sort = listOf(member(agg.body, 'sort'))[0]
  const [by, order] = isObject(sort)
    ? (Object.entries(sort)[0] ?? ['', 'asc'])
    : [String(sort ?? ''), 'asc']
  const text = isObject(order) ? (member(order, 'order') ?? 'asc') : order
  const isDescending = text === 'desc'
  if (by === '' || fields.length === 0) throw misparsed('[top_metrics] needs metrics and sort')
  const key = numeric(projection, by)
  const signed = isDescending ? sql`-${key}` : key
  const values = fields.map((field) => sql`toString(${projection.field(field)})`)
  const columns = [
    sql`groupArraySortedIf(${size})((assumeNotNull(${signed}), [${sql.join(values)}]),
      isNotNull(${key}))`,
  ]
  const shownValue = (field: string, value: unknown) => {
    const type = projection.typeOf(field)
    return type !== undefined && isNumeric(type) ? toNumber(value) : (value ?? null)
  }
  const top = (row: MetricRow) =>
    ((row.values[0] ?? []) as [number, unknown[]][]).map(([at, found]) => {
      const sorted = isDescending ? -at : at
      const isDate = projection.typeOf(by) === 'date'
      return {
        sort: [isDate ? formatDate(sorted, undefined, undefined) : sorted],
        metrics: Object.fromEntries(fields.map((field, i) => [field, shownValue(field, found[i])])),
      }
    })
  return {
    columns,
    tell: (row) => ({ top: top(row) }),
    number: (row, part) => {
      const found = top(row)[0]?.metrics[part || fields[0]!]
      return typeof found === 'number' ? found : null
    },
    order: (_part, column) => column(0),
  }
}

const rateUnits: Readonly<Record<string, number>> = { second: 1000, ...calendar_ms }

function rate(agg: Agg, context: MetricContext): Metric {
  const unit = optionalText(agg.body, 'unit')
  const unit_ms = unit === undefined ? undefined : rateUnits[unit as CalendarUnit]
  if (unit !== undefined && unit_ms === undefined) throw illegal(`Unknown rate unit [${unit}]`)
  const hasField = member(agg.body, 'field') !== undefined
  const isCount = optionalText(agg.body, 'mode') === 'value_count'
  const value = hasField ? measured(agg, context) : undefined
  const columns =
    value === undefined ? [sql`count()`] : [isCount ? sql`count(${value})` : sql`sum(${value})`]
  return single(columns, ({ values, step_ms }) => {
    if (step_ms === undefined) {
      throw illegal(`The rate aggregation [${agg.name}] can only be used inside a date histogram`)
    }
    return ((toNumber(values[0]) ?? 0) * (unit_ms ?? step_ms)) / step_ms
  })
}
