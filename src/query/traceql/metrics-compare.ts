/**
 * compare(): which values the selected spans have and how often, beside all the others. For every
 * attribute the values that occur most, and how many spans have it at all.
 */
import { type Sql, sql } from '../../store/sql.ts'
import { type Compiling, resourceAttributes } from './compile-names.ts'
import { condition } from './compile-value.ts'
import { fromSpans } from './from-spans.ts'
import type { AskedMetrics, MetricSeries } from './metrics.ts'
import { plainOfKey } from './metrics-engine.ts'
import { queryOptions } from './read-spans.ts'
import { resourceColumns } from './span.ts'

const values_usual = 10
const values_max = 100
const rows_max = 20_000
const metaName = '__meta_type'

type Row = { picked: number; field: string; value: string; at: string[]; counts: string[] }

export async function comparedInEngine(
  asked: AskedMetrics,
  where: Sql,
  compiling: Compiling,
): Promise<{ series: MetricSeries[]; capped: boolean }> {
  const { metrics, grid } = asked
  const { context } = compiling
  const [wanted = values_usual, from_ns, to_ns] = metrics.numbers
  const values = Math.min(values_max, Math.max(1, Math.trunc(wanted)))
  const selected = selectionOf(metrics.selection!.condition, { from_ns, to_ns }, compiling)
  compiling.joinsResources = true
  const step_ns = BigInt(Math.round(grid.step_ms)) * 1_000_000n
  const start_ns = BigInt(Math.round(grid.start_ms)) * 1_000_000n
  const rows = await context.store.rows<Row>(
    sql`WITH items AS (
        SELECT toUInt8(${selected}) AS picked, ${itemsOf()} AS items,
          intDiv(toUnixTimestamp64Nano(spans.time) - ${start_ns}, ${step_ns}) AS bucket
        ${fromSpans(compiling, where)})
      SELECT picked, item.1 AS field, item.2 AS value, sumMap([bucket], [1]) AS sums,
        arrayMap(i -> toString(i), sums.1) AS at, arrayMap(i -> toString(i), sums.2) AS counts
      FROM items ARRAY JOIN arrayConcat(items, arrayMap(i -> (i.1, ''), items)) AS item
      GROUP BY picked, field, value
      ORDER BY picked, field, value = '' DESC, count() DESC, value
      LIMIT ${values + 1} BY picked, field`,
    { ...queryOptions(context), rows_max: rows_max + 1 },
  )
  const series = rows.slice(0, rows_max).map((row) => seriesOfRow(row, grid.count))
  return { series, capped: rows.length > rows_max }
}

function selectionOf(
  field: Parameters<typeof condition>[0],
  { from_ns, to_ns }: { from_ns: number | undefined; to_ns: number | undefined },
  compiling: Compiling,
): Sql {
  const conditions = [condition(field, compiling)]
  const time = sql`toUnixTimestamp64Nano(spans.time)`
  if (from_ns) conditions.push(sql`${time} >= ${BigInt(Math.trunc(from_ns))}`)
  if (to_ns) conditions.push(sql`${time} < ${BigInt(Math.trunc(to_ns))}`)
  return sql.all(conditions)
}

/** Every attribute with its scope, and its value with a letter for its type. */
function itemsOf(): Sql {
  const columns = Object.entries(resourceColumns).map(
    ([name, column]) => sql`(${`resource.${name}`}, toString(${sql.identifier(column)}))`,
  )
  const intrinsics = ['name', 'status', 'kind'].map(
    (name) => sql`(${name}, toString(${sql.identifier(name)}))`,
  )
  const known = sql`arrayMap(i -> (i.1, concat('s', i.2)), arrayFilter(i -> i.2 != '',
    [${sql.join([...columns, ...intrinsics])}]))`
  const words = (map: Sql, scope: string) =>
    sql`arrayMap((k, v) -> (concat(${`${scope}.`}, toString(k)), concat('s', substring(v, 1, 200))),
      mapKeys(${map}), mapValues(${map}))`
  const numbers = sql`arrayMap((k, v) -> (concat('span.', toString(k)), concat('n', toString(v))),
    mapKeys(numbers), mapValues(numbers))`
  const told = Object.keys(resourceColumns).map((name) => `resource.${name}`)
  const resource = sql`arrayFilter(i -> i.1 NOT IN ${told},
    ${words(sql.identifier(resourceAttributes), 'resource')})`
  return sql`arrayConcat(${known}, ${words(sql`attributes`, 'span')}, ${numbers}, ${resource})`
}

function seriesOfRow(row: Row, count: number): MetricSeries {
  const side = row.picked === 1 ? 'selection' : 'baseline'
  const isTotal = row.value === ''
  const values = new Float64Array(count)
  row.at.forEach((at, i) => {
    const index = Number(at)
    if (index >= 0 && index < count) values[index] = Number(row.counts[i])
  })
  return {
    labels: [
      { name: metaName, value: isTotal ? `${side}_total` : side },
      { name: row.field, value: plainOfKey(row.value) },
    ],
    values,
    exemplars: [],
  }
}
