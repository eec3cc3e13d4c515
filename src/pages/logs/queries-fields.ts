/** Answers about fields: their top values in what matches, and what completion offers. */
import { resolveField, type SearchTable } from '../../model/fields.ts'
import type { RangeAsk } from '../../model/question.ts'
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import {
  type Completion,
  type LogFields,
  type LogsAsk,
  logCompletion,
  logFields,
} from './contract.ts'
import { matching } from './queries-matching.ts'

const sample_records_max = 20_000
const fields_max = 100
const values_max = 10
const completions_max = 50
const recent_ms = 900_000

const columns = ['severity', 'service', 'namespace', 'workload', 'pod', 'container', 'node'].concat(
  ['cluster', 'event_name', 'scope'],
)

type FieldRow = { field: string; values: string[]; counts: string[]; present: string }

/** Ordered by a hash, which has nothing to do with the values, so that the sample is even. */
async function fields(ask: LogsAsk, context: AskContext): Promise<LogFields> {
  const matched = matching(ask, context)
  const options = { signal: context.signal }
  const counted = await context.store.rows<{ total: string }>(
    sql`SELECT count() AS total FROM logs WHERE ${matched}`,
    options,
  )
  const total = Number(counted[0]?.total ?? 0)
  const sampled = Math.min(total, sample_records_max)
  const rows = await context.store.rows<FieldRow>(
    sql`SELECT field, groupArray(${values_max})(value) AS values,
      groupArray(${values_max})(rows) AS counts, sum(rows) AS present
    FROM (
      SELECT item.1 AS field, item.2 AS value, count() AS rows
      FROM (SELECT ${items()} AS items FROM logs WHERE ${matched} AND ${evenly(total)}
        LIMIT ${sample_records_max})
      ARRAY JOIN items AS item WHERE item.2 != ''
      GROUP BY field, value ORDER BY rows DESC, value
    )
    GROUP BY field ORDER BY present DESC LIMIT ${fields_max}`,
    options,
  )
  const rank = (field: string) =>
    columns.includes(field) ? columns.indexOf(field) : columns.length
  const ordered = rows.toSorted((a, b) => rank(a.field) - rank(b.field))
  return {
    field: ordered.map((row) => row.field),
    values: ordered.map((row) => row.values),
    counts: ordered.map((row) => row.counts.map(Number)),
    present: ordered.map((row) => Number(row.present)),
    sampled,
    total,
  }
}

function items(): Sql {
  const named = sql.join(columns.map((name) => sql`(${name}, toString(${sql.identifier(name)}))`))
  return sql`arrayConcat([${named}],
    arrayMap((k, v) -> (toString(k), substring(v, 1, 200)),
      mapKeys(attributes), mapValues(attributes)),
    arrayMap((k, v) -> (toString(k), toString(v)), mapKeys(numbers), mapValues(numbers)))`
}

function evenly(total: number): Sql {
  if (total <= sample_records_max) return sql`true`
  const share = Math.ceil((sample_records_max / total) * 1_000_000)
  return sql`cityHash64(time, resource_id) % 1000000 < ${share}`
}

type CompletionAsk = RangeAsk & {
  signal: SearchTable
  field?: string | undefined
  prefix: string
}
type CompletionRow = { text: string; rows: string }

/**
 * From the values that were sampled as they arrived. Those of the last seconds are not there yet:
 * a field with a column is then read itself.
 */
async function complete(ask: CompletionAsk, context: AskContext): Promise<Completion> {
  const { signal } = context
  const word = ask.field === undefined ? sql`field` : sql`value`
  const ofField = ask.field === undefined ? sql`true` : sql`field IN ${namesOf(ask)}`
  let rows = await context.store.rows<CompletionRow>(
    sql`SELECT ${word} AS text, sum(rows) AS rows FROM field_values
    WHERE signal = ${ask.signal} AND ${within('field_values', ask, context.scope)} AND ${ofField}
      AND text != '' ${likeTyped(word, ask.prefix)}`,
    { signal },
  )
  const column = ask.field === undefined ? undefined : columnOf(ask.signal, ask.field)
  if (rows.length === 0 && column !== undefined) {
    const recent = { ...ask, from_ms: Math.max(ask.from_ms, ask.to_ms - recent_ms) }
    const value = sql`toString(${sql.identifier(column)})`
    rows = await context.store.rows<CompletionRow>(
      sql`SELECT ${value} AS text, count() AS rows FROM ${sql.identifier(ask.signal)}
      WHERE ${within(ask.signal, recent, context.scope)} AND text != ''
        ${likeTyped(value, ask.prefix)}`,
      { signal },
    )
  }
  return { text: rows.map((row) => row.text), rows: rows.map((row) => Number(row.rows)) }
}

/** What was typed may stand anywhere in it; what begins with it comes first. */
function likeTyped(word: Sql, prefix: string): Sql {
  return sql`AND positionCaseInsensitive(${word}, ${prefix}) > 0
    GROUP BY text ORDER BY startsWith(lower(text), lower(${prefix})) DESC, rows DESC
    LIMIT ${completions_max}`
}

/** A field may be typed under any of its names; values are kept under the column's or their own. */
function namesOf(ask: CompletionAsk): string[] {
  const match = resolveField(ask.signal, ask.field ?? '')
  return match.tag === 'column' ? [match.field.column] : [...match.names]
}

/** Columns of few values alone: nobody completes a body. */
function columnOf(signal: SearchTable, name: string): string | undefined {
  const match = resolveField(signal, name)
  if (match.tag !== 'column' || signal === 'metric_series') return undefined
  return match.field.kind === 'keyword' || match.field.kind === 'severity'
    ? match.field.column
    : undefined
}

export const fieldAnswerers: Answerer[] = [
  answers(logFields, fields),
  answers(logCompletion, complete),
]
