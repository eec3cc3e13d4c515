/** Answers of the Pipelines page: data sets, and the newest records of one as documents. */

import type { AskOf, RangeAsk } from '../../model/question.ts'
import { parse } from '../../model/search/parse.ts'
import type { Nested } from '../../query/elastic/nested-document.ts'
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { where } from '../../store/where.ts'
import { within } from '../../store/within.ts'
import {
  genericDataset,
  type PipelineDatasets,
  type PipelineSamples,
  pipelineDatasets,
  pipelineSamples,
} from './contract.ts'
import { documentOf, type StoredRecord } from './queries-document.ts'

const datasets_max = 500
const recent_ms = 900_000
const recent_records_max = 100_000

/** From what was sampled, from resources, and from the newest records, which no sample has yet. */
async function datasets(ask: RangeAsk, context: AskContext): Promise<PipelineDatasets> {
  const { store, scope, signal } = context
  const recent = { ...ask, from_ms: Math.max(ask.from_ms, ask.to_ms - recent_ms) }
  const own = sql`attributes['data_stream.dataset']`
  const other = sql`attributes['event.dataset']`
  const rows = await store.rows<{ dataset: string }>(
    sql`SELECT dataset, sum(rows) AS all_rows FROM (
      SELECT value AS dataset, sum(rows) AS rows FROM field_values
      WHERE ${within('field_values', ask, scope)} AND signal = 'logs'
        AND field IN ('data_stream.dataset', 'event.dataset') GROUP BY dataset
      UNION ALL
      SELECT if(${own} != '', ${own}, ${other}) AS dataset, count() AS rows
      FROM ${sql.identifier('resources')} WHERE ${within('resources', ask, scope)}
      GROUP BY dataset
      UNION ALL
      SELECT dataset, count() AS rows FROM (
        SELECT if(${own} != '', ${own}, ${other}) AS dataset FROM logs
        WHERE ${within('logs', recent, scope)} LIMIT ${recent_records_max}
      ) GROUP BY dataset
    ) WHERE dataset != '' GROUP BY dataset ORDER BY all_rows DESC, dataset LIMIT ${datasets_max}`,
    { signal },
  )
  const found = rows.map(({ dataset }) => dataset)
  return { dataset: found.includes(genericDataset) ? found : [...found, genericDataset] }
}

type Row = StoredRecord & { resource: string }

/** The newest are mostly in the last minutes: the whole range is read when they are not. */
async function samples(
  ask: AskOf<typeof pipelineSamples>,
  context: AskContext,
): Promise<PipelineSamples> {
  const recent = { ...ask, from_ms: Math.max(ask.from_ms, ask.to_ms - recent_ms) }
  let rows = await newest(recent, ask, context)
  if (rows.length < ask.rows_max && recent.from_ms > ask.from_ms) {
    rows = await newest(ask, ask, context)
  }
  const resources = await resourcesOf(rows, context)
  const made = rows.map((row) => documentOf(row, resources.get(row.resource) ?? {}))
  const isOfDataset = ({ document }: { document: Nested }) =>
    ask.dataset === undefined || (document.data_stream as Nested).dataset === ask.dataset
  const kept = made.map((one, at) => ({ ...one, row: rows[at]! })).filter(isOfDataset)
  return {
    time_ms: kept.map(({ row }) => Number(BigInt(row.time_ns) / 1_000_000n)),
    message: kept.map(({ row }) => row.body.slice(0, 300)),
    index: kept.map(({ index }) => index),
    document: kept.map(({ document }) => document),
  }
}

function newest(
  range: RangeAsk,
  ask: AskOf<typeof pipelineSamples>,
  { store, scope, signal }: AskContext,
): Promise<Row[]> {
  return store.rows<Row>(
    sql`SELECT toUnixTimestamp64Nano(time) AS time_ns, severity, severity_text, event_name, scope,
      body, if(trace_id = toFixedString('', 16), '', lower(hex(trace_id))) AS trace,
      if(span_id = toFixedString('', 8), '', lower(hex(span_id))) AS span,
      toString(resource_id) AS resource, attributes, numbers
    FROM logs WHERE ${within('logs', range, scope)} AND ${ofDataset(ask.dataset)}
    ORDER BY time DESC LIMIT ${ask.rows_max}`,
    { signal },
  )
}

function ofDataset(dataset: string | undefined): Sql {
  if (dataset === undefined) return sql`true`
  const named = (value: string) => `data_stream.dataset:${value} or event.dataset:${value}`
  const own = named(`"${dataset.replaceAll(/["\\]/g, '\\$&')}"`)
  const search = dataset === genericDataset ? `${own} or not (${named('*')})` : own
  return where(parse(search), 'logs')
}

const everything = { from_ms: 0, to_ms: 4_102_444_800_000 }

async function resourcesOf(rows: readonly Row[], { store, scope, signal }: AskContext) {
  const ids = [...new Set(rows.map(({ resource }) => resource))].map(BigInt)
  if (ids.length === 0) return new Map<string, Record<string, string>>()
  const found = await store.rows<{ resource: string; attributes: Record<string, string> }>(
    sql`SELECT toString(resource_id) AS resource, argMax(attributes, time) AS attributes
    FROM ${sql.identifier('resources')}
    WHERE ${within('resources', everything, scope)} AND resource_id IN ${ids}
    GROUP BY resource`,
    { signal },
  )
  return new Map(found.map(({ resource, attributes }) => [resource, attributes]))
}

export const pipelinesAnswerers: Answerer[] = [
  answers(pipelineDatasets, datasets),
  answers(pipelineSamples, samples),
]
