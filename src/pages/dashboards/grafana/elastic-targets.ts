/**
 * Targets of Grafana's Elasticsearch data source as queries of the search language: a filter, one
 * measure and the fields it is grouped by.
 */
import type { SearchShape } from '../../explore/contract.ts'
import type { PanelQuery } from '../contract.ts'
import { type Json, listOf, objectOf, objectsOf, textOf } from './read.ts'
import type { Note } from './report.ts'
import { legendOf } from './targets-legend.ts'

type Made = { query: PanelQuery; notes: Note[] } | { note: Note }

const measures: Readonly<Record<string, SearchShape['measure']>> = {
  count: 'count',
  cardinality: 'unique',
  avg: 'avg',
  sum: 'sum',
  min: 'min',
  max: 'max',
}
const rows = ['logs', 'raw_data', 'raw_document']

export function elasticQuery(target: Json): Made {
  const ref = textOf(target.refId)
  const metrics = objectsOf(target.metrics).filter((metric) => metric.hide !== true)
  const [metric = {}] = metrics
  const type = textOf(metric.type, 'count')
  const notes: Note[] = [{ code: 'elastic_index', detail: ref }]
  if (metrics.length > 1) {
    const others = metrics.slice(1).map((one) => textOf(one.type))
    notes.push({ code: 'elastic_part', detail: others.join(', ') })
  }
  const query = searchText(textOf(target.query))
  const buckets = objectsOf(target.bucketAggs)
  const shape = rows.includes(type) ? rowShape : shapeOf(metric, type, buckets)
  if (shape === undefined) return { note: { code: 'elastic_part', detail: type } }
  const groups = buckets.filter((bucket) => textOf(bucket.type) === 'terms').length
  if (groups < buckets.filter((bucket) => textOf(bucket.type) !== 'date_histogram').length) {
    notes.push({ code: 'elastic_part', detail: 'bucketAggs' })
  }
  const isOverTime = buckets.some((bucket) => textOf(bucket.type) === 'date_histogram')
  const made: PanelQuery = {
    ref: 'A',
    language: 'search',
    query,
    mode: isOverTime || rows.includes(type) ? 'range' : 'instant',
    legend: legendOf(textOf(target.alias)),
    is_hidden: target.hide === true,
    min_step: '',
    shape,
  }
  return { query: made, notes }
}

const rowShape: SearchShape = { table: 'logs', group_by: [] }

function shapeOf(metric: Json, type: string, buckets: readonly Json[]): SearchShape | undefined {
  const measure = type === 'percentiles' ? percentile(metric) : measures[type]
  if (measure === undefined) return undefined
  const field = textOf(metric.field)
  const group_by = buckets
    .filter((bucket) => textOf(bucket.type) === 'terms')
    .map((bucket) => fieldName(textOf(bucket.field)))
    .filter((name) => name !== '')
    .slice(0, 4)
  if (measure === 'count') return { table: 'logs', measure, group_by }
  return field === '' ? undefined : { table: 'logs', measure, field: fieldName(field), group_by }
}

function percentile(metric: Json): SearchShape['measure'] {
  const [first] = listOf(objectOf(metric.settings).percents)
  const found = (['p50', 'p95', 'p99'] as const).find((one) => one === `p${Number(first)}`)
  return found ?? 'p95'
}

/** `rule.keyword` is the same field, kept whole. */
function fieldName(field: string): string {
  return field.replace(/\.keyword$/, '')
}

/** Lucene's words for what the search language writes in small letters. */
export function searchText(lucene: string): string {
  const parts = lucene.trim().split(/("(?:[^"\\]|\\.)*")/)
  const text = parts
    .map((part, at) =>
      at % 2 === 1
        ? part
        : part
            .replace(/\s*&&\s*/g, ' and ')
            .replace(/\s*\|\|\s*/g, ' or ')
            .replace(/\b(AND|OR|NOT)\b/g, (word) => word.toLowerCase())
            .replace(/([\w.]+)\.keyword\s*:/g, '$1:')
            .replace(/_exists_:\s*([\w.]+)/g, '$1:*'),
    )
    .join('')
  return text === '*' ? '' : text
}
