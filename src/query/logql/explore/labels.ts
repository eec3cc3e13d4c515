/** Names and values of labels, series, and which labels Logs Drilldown offers. */
import { type Sql, sql } from '../../../store/sql.ts'
import type { QueryContext } from '../../context.ts'
import type { LogExpr } from '../ast.ts'
import { isLabelName, sanitized } from '../names.ts'
import { columnLabels, isStreamAttribute } from '../store/label-model.ts'
import { labelValue } from '../store/label-sql.ts'
import type { TimeSpan } from '../store/read-lines.ts'
import { type Chosen, choose, optionsOf, streamLabelNames } from './chosen.ts'

const sample_rows = 10_000
const values_max = 10_000
export const series_rows_max = 5_000
/** An attribute with few values that is written like a label was probably sent as one. */
const few_values = 50

type SampledKey = { key: string; values: string }

/** Attributes of the newest records, and how many values each has among them. */
async function sampledKeys({ condition }: Chosen, context: QueryContext): Promise<SampledKey[]> {
  return context.store.rows<SampledKey>(
    sql`SELECT toString(pair.1) AS key, uniqExact(pair.2) AS values FROM (
      SELECT arrayJoin(arrayZip(mapKeys(attributes), mapValues(attributes))) AS pair
      FROM (SELECT attributes FROM logs WHERE ${condition} ORDER BY time DESC LIMIT ${sample_rows})
    ) GROUP BY key`,
    optionsOf(context, 5_000),
  )
}

const counted = 'count_of_'

export type LabelCount = { label: string; cardinality: number }

/** Labels that records of the range have, with how many values each takes. */
export async function labelCounts(
  log: LogExpr | undefined,
  span: TimeSpan,
  context: QueryContext,
): Promise<LabelCount[]> {
  const chosen = await choose(log, span, context)
  // A count may not be called like its column: the condition would mean the count.
  const columns = columnLabels.map(
    ([label, column]) =>
      sql`uniqIf(${sql.identifier(column)}, ${sql.identifier(column)} != '')
        AS ${sql.identifier(counted + label)}`,
  )
  const [[row], keys] = await Promise.all([
    context.store.rows<Record<string, string>>(
      sql`SELECT ${sql.join(columns)},
          uniqIf(severity_text, severity_text != '' OR severity_number > 0)
            AS ${sql.identifier(`${counted}level`)}
        FROM logs WHERE ${chosen.condition}`,
      optionsOf(context, 1),
    ),
    sampledKeys(chosen, context),
  ])
  const counts = new Map<string, number>()
  for (const [name, count] of Object.entries(row ?? {})) {
    if (Number(count) > 0) counts.set(name.slice(counted.length), Number(count))
  }
  for (const { key, values } of keys) {
    const isFew = isLabelName(key) && Number(values) <= few_values
    if (isStreamAttribute(key) || isFew) counts.set(key, Number(values))
  }
  if (log === undefined) {
    for (const name of chosen.sources.names.record.keys()) {
      if (isStreamAttribute(name) && !counts.has(name)) counts.set(name, 1)
    }
  }
  return [...counts]
    .map(([label, cardinality]) => ({ label, cardinality }))
    .sort((a, b) => (a.label < b.label ? -1 : 1))
}

export async function labelValues(
  name: string,
  log: LogExpr | undefined,
  span: TimeSpan,
  context: QueryContext,
): Promise<string[]> {
  if (sanitized(name) !== name) return []
  const { condition, sources } = await choose(log, span, context, [name])
  const value = labelValue(name, sources)
  const rows = await context.store.rows<{ value: string }>(
    sql`SELECT DISTINCT ${value} AS value FROM logs WHERE ${condition} AND ${value} != ''
      ORDER BY value LIMIT ${values_max}`,
    optionsOf(context, values_max),
  )
  return rows.map((row) => row.value)
}

/** The label sets of streams that any of the selectors chooses. */
export async function seriesOf(
  logs: readonly (LogExpr | undefined)[],
  span: TimeSpan,
  context: QueryContext,
): Promise<Map<string, string>[]> {
  const found = new Map<string, Map<string, string>>()
  for (const log of logs) {
    const chosen = await choose(log, span, context)
    const names = streamLabelNames(chosen.sources, log)
    const values = names.map(
      (name, i) => sql`${labelValue(name, chosen.sources)} AS ${sql.identifier(`l${i}`)}`,
    )
    const keys: Sql[] = names.map((_name, i) => sql.identifier(`l${i}`))
    const rows = await context.store.rows<Record<string, string>>(
      sql`SELECT ${sql.join(values)} FROM logs WHERE ${chosen.condition}
        GROUP BY ${sql.join(keys)} LIMIT ${series_rows_max}`,
      optionsOf(context, series_rows_max),
    )
    for (const row of rows) {
      const labels = new Map<string, string>()
      for (const [i, name] of names.entries()) {
        const value = row[`l${i}`]!
        if (value !== '') labels.set(name, value)
      }
      found.set(JSON.stringify([...labels]), labels)
    }
  }
  return [...found.values()]
}

export type IndexStats = { streams: number; chunks: number; entries: number; bytes: number }

export async function indexStats(
  log: LogExpr | undefined,
  span: TimeSpan,
  context: QueryContext,
): Promise<IndexStats> {
  const selector = log && { ...log, stages: [] }
  const { condition } = await choose(selector, span, context)
  const [row] = await context.store.rows<Record<'streams' | 'entries' | 'bytes', string>>(
    sql`SELECT uniq(service, resource_id) AS streams, count() AS entries,
      sum(length(body)) AS bytes FROM logs WHERE ${condition}`,
    optionsOf(context, 1),
  )
  const streams = Number(row!.streams)
  return { streams, chunks: streams, entries: Number(row!.entries), bytes: Number(row!.bytes) }
}
