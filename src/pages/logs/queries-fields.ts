/** Answers about fields: their top values in what matches, and what completion offers. */
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

type CompletionAsk = RangeAsk & { signal: string; field?: string | undefined; prefix: string }

async function complete(ask: CompletionAsk, context: AskContext): Promise<Completion> {
  const word = ask.field === undefined ? sql`field` : sql`value`
  const ofField = ask.field === undefined ? sql`true` : sql`field = ${ask.field}`
  const rows = await context.store.rows<{ text: string; rows: string }>(
    sql`SELECT ${word} AS text, sum(rows) AS rows FROM field_values
    WHERE signal = ${ask.signal} AND ${within('field_values', ask, context.scope)} AND ${ofField}
      AND positionCaseInsensitive(${word}, ${ask.prefix}) > 0
    GROUP BY text
    ORDER BY startsWith(lower(text), lower(${ask.prefix})) DESC, rows DESC
    LIMIT ${completions_max}`,
    { signal: context.signal },
  )
  return { text: rows.map((row) => row.text), rows: rows.map((row) => Number(row.rows)) }
}

export const fieldAnswerers: Answerer[] = [
  answers(logFields, fields),
  answers(logCompletion, complete),
]
