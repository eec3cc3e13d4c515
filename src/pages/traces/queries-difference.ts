/**
 * "Why are these slow or failing": which field values the selected spans have more often than the
 * rest. Reads an even sample of both sides, so that its cost does not grow with the range.
 */
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { type TraceDifference, type TracesAsk, traceDifference } from './contract.ts'
import { matching } from './queries-matching.ts'

const sample_spans_max = 20_000
const rows_max = 40

type Selection = {
  from_ms?: number | undefined
  to_ms?: number | undefined
  duration_ns_min?: number | undefined
  duration_ns_max?: number | undefined
  errors?: boolean | undefined
}

function selected(selection: Selection): Sql {
  const conditions: Sql[] = []
  const { from_ms, to_ms, duration_ns_min, duration_ns_max } = selection
  if (from_ms !== undefined) conditions.push(sql`time >= fromUnixTimestamp64Milli(${from_ms})`)
  if (to_ms !== undefined) conditions.push(sql`time < fromUnixTimestamp64Milli(${to_ms})`)
  if (duration_ns_min !== undefined) conditions.push(sql`duration_ns >= ${duration_ns_min}`)
  if (duration_ns_max !== undefined) conditions.push(sql`duration_ns <= ${duration_ns_max}`)
  if (selection.errors === true) conditions.push(sql`status = 'error'`)
  return sql.all(conditions)
}

type DifferenceRow = { field: string; value: string; chosen: string; others: string }
type Sizes = { chosen: string; others: string }

async function difference(
  ask: TracesAsk & { selection: Selection },
  context: AskContext,
): Promise<TraceDifference> {
  const options = { signal: context.signal }
  const matched = matching(ask, context)
  const chosen = selected(ask.selection)
  const counted = await context.store.rows<Sizes>(
    sql`SELECT countIf(${chosen}) AS chosen, countIf(NOT (${chosen})) AS others
    FROM spans WHERE ${matched}`,
    options,
  )
  const total = { chosen: Number(counted[0]?.chosen), others: Number(counted[0]?.others) }
  const side = (
    is_chosen: Sql,
    size: number,
  ) => sql`SELECT ${items()} AS items, ${is_chosen} AS picked
    FROM spans WHERE ${matched} AND (${chosen}) = ${is_chosen} AND ${sampleOf(size)}
    LIMIT ${sample_spans_max}`
  const rows = await context.store.rows<DifferenceRow>(
    sql`SELECT item.1 AS field, item.2 AS value, countIf(picked) AS chosen,
      countIf(NOT picked) AS others
    FROM (${side(sql`true`, total.chosen)} UNION ALL ${side(sql`false`, total.others)})
    ARRAY JOIN items AS item
    WHERE value != '' GROUP BY field, value
    ORDER BY chosen / ${Math.max(1, Math.min(total.chosen, sample_spans_max))} -
      others / ${Math.max(1, Math.min(total.others, sample_spans_max))} DESC LIMIT ${rows_max}`,
    options,
  )
  return prepareDifference(rows, total)
}

/** Fields that have a column, and every attribute; long values say nothing about a group. */
function items(): Sql {
  const columns = ['service', 'name', 'status', 'pod', 'node', 'namespace', 'peer_service', 'scope']
  const named = sql.join(columns.map((name) => sql`(${name}, toString(${sql.identifier(name)}))`))
  return sql`arrayConcat([${named}],
    arrayMap((k, v) -> (toString(k), substring(v, 1, 200)),
      mapKeys(attributes), mapValues(attributes)),
    arrayMap((k, v) -> (toString(k), toString(v)), mapKeys(numbers), mapValues(numbers)))`
}

function sampleOf(size: number): Sql {
  if (size <= sample_spans_max) return sql`true`
  return sql`cityHash64(span_id) % 1000000 < ${Math.ceil((sample_spans_max / size) * 1_000_000)}`
}

function prepareDifference(
  rows: readonly DifferenceRow[],
  total: { chosen: number; others: number },
): TraceDifference {
  const chosenRead = Math.max(1, Math.min(total.chosen, sample_spans_max))
  const othersRead = Math.max(1, Math.min(total.others, sample_spans_max))
  const share = (count: string, of: number) => Math.min(1, Number(count) / of)
  const telling = rows.filter(
    (row) => share(row.chosen, chosenRead) > share(row.others, othersRead),
  )
  return {
    field: telling.map((row) => row.field),
    value: telling.map((row) => row.value),
    selected_share: telling.map((row) => share(row.chosen, chosenRead)),
    rest_share: telling.map((row) => share(row.others, othersRead)),
    selected_count: telling.map((row) => Number(row.chosen)),
    selected: total.chosen,
    rest: total.others,
    sampled: total.chosen > sample_spans_max || total.others > sample_spans_max,
  }
}

export const differenceAnswerers: Answerer[] = [answers(traceDifference, difference)]
