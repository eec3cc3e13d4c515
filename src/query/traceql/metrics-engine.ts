/** Metrics of one spanset as one query of the engine. */
import { type Sql, sql } from '../../store/sql.ts'
import { QueryError } from '../series.ts'
import type { Compiling } from './compile-names.ts'
import { terms } from './compile-value.ts'
import { fromSpans } from './from-spans.ts'
import type { AskedMetrics, MetricSeries } from './metrics.ts'
import { bucketName, labelsOf, type RawGroup, seriesOf, unitOf } from './metrics-series.ts'
import type { Plain } from './otlp.ts'
import { queryOptions } from './read-spans.ts'
import type { Attribute, Intrinsic, Metrics } from './tree.ts'

/** Intervals of all series together. */
const rows_max = 200_000
const exemplars_per_group = 2

type Row = {
  at: string
  groups: string[]
  power: number
  result: number | (number | null)[] | null
  samples: [string, string, number | null][]
}

export async function metricsInEngine(
  asked: AskedMetrics,
  where: Sql,
  compiling: Compiling,
): Promise<{ series: MetricSeries[]; capped: boolean }> {
  const { metrics, grid, exemplars_max } = asked
  const { context } = compiling
  const value = aggregated(metrics, compiling)
  const keys = metrics.by.map((field) => keyOf(field, compiling))
  const power = metrics.function === 'histogram_over_time' ? powerOf(value.value) : sql`0`
  const told =
    exemplars_max === 0
      ? sql`[]`
      : sql`groupArraySample(${exemplars_per_group}, 1)((lower(hex(spans.trace_id)),
          toString(toUnixTimestamp64Milli(spans.time)), toFloat64(${value.value})))`
  const step_ns = BigInt(Math.round(grid.step_ms)) * 1_000_000n
  const start_ns = BigInt(Math.round(grid.start_ms)) * 1_000_000n
  const rows = await context.store.rows<Row>(
    sql`SELECT toString(intDiv(toUnixTimestamp64Nano(spans.time) - ${start_ns}, ${step_ns})) AS at,
        [${sql.join(keys)}]::Array(String) AS groups, toInt32(${power}) AS power,
        ${aggregateOf(metrics, value.value)} AS result, ${told} AS samples
      ${fromSpans(compiling, sql.all([where, value.present]))}
      GROUP BY at, groups, power ORDER BY groups, power, toUInt64(at)`,
    { ...queryOptions(context), rows_max: rows_max + 1 },
  )
  if (rows.length > rows_max) {
    throw new QueryError('execution', 'the query has too many series: group by fewer attributes')
  }
  return { series: seriesOf(metrics, groupsOf(rows, metrics), grid, exemplars_max), capped: false }
}

/** The number that is aggregated and where it is there; spans without it are left out. */
function aggregated(metrics: Metrics, compiling: Compiling): { value: Sql; present: Sql } {
  if (metrics.field === undefined) return { value: sql`nan`, present: sql`true` }
  const { number } = terms(metrics.field, compiling)
  if (number === undefined) return { value: sql`nan`, present: sql`false` }
  return { value: number.value, present: number.present ?? sql`true` }
}

/** The exponent of the smallest power of two that is not below the value. */
function powerOf(value: Sql): Sql {
  return sql`if(toFloat64(${value}) <= 1, 0, ceil(log2(toFloat64(${value}))))`
}

function aggregateOf(metrics: Metrics, value: Sql): Sql {
  const number = sql`toFloat64(${value})`
  switch (metrics.function) {
    case 'min_over_time':
      return sql`min(${number})`
    case 'max_over_time':
      return sql`max(${number})`
    case 'avg_over_time':
      return sql`avg(${number})`
    case 'sum_over_time':
      return sql`sum(${number})`
    case 'quantile_over_time': {
      const levels = sql.join(metrics.numbers.map((level) => sql`${level}`))
      return sql`quantilesExactInclusive(${levels})(${number})`
    }
    default:
      return sql`toFloat64(count())`
  }
}

/** Text with a letter for its type in front; '' is nil. Numbers of spans are the only numbers. */
function keyOf(field: Attribute | Intrinsic, compiling: Compiling): Sql {
  const found = terms(field, compiling)
  const plain = found.text ?? found.status ?? found.kind
  const pieces: Sql[] = []
  if (plain !== undefined) {
    const text = sql`concat('s', toString(${plain.value}))`
    if (plain.present === undefined) return text
    pieces.push(plain.present, text)
  }
  if (found.number !== undefined) {
    const text = sql`concat('n', toString(toFloat64(${found.number.value})))`
    if (found.number.present === undefined) return text
    pieces.push(found.number.present, text)
  }
  return pieces.length === 0 ? sql`''` : sql`multiIf(${sql.join(pieces)}, '')`
}

export function plainOfKey(key: string): Plain | undefined {
  if (key === '') return undefined
  const text = key.slice(1)
  if (key.startsWith('n'))
    return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text)
  return text === 'true' || text === 'false' ? text === 'true' : text
}

function groupsOf(rows: readonly Row[], metrics: Metrics): RawGroup[] {
  const groups = new Map<string, RawGroup>()
  for (const row of rows) {
    const key = JSON.stringify([row.groups, row.power])
    let group = groups.get(key)
    if (group === undefined) {
      const labels = labelsOf(metrics, row.groups.map(plainOfKey))
      if (metrics.function === 'histogram_over_time') {
        labels.push({ name: bucketName, value: 2 ** row.power / unitOf(metrics) })
      }
      group = { labels, points: [] }
      groups.set(key, group)
    }
    group.points.push({
      at: Number(row.at),
      results: numbersOf(row.result),
      exemplars: row.samples.map(([trace_id, time_ms, value]) => ({
        trace_id,
        time_ms: Number(time_ms),
        value: (value ?? Number.NaN) / unitOf(metrics),
      })),
    })
  }
  return [...groups.values()]
}

function numbersOf(result: Row['result']): number[] {
  const list = Array.isArray(result) ? result : [result]
  return list.map((value) => value ?? Number.NaN)
}
