/** The tree of aggregations of a request, checked; what each computes is elsewhere. */
import type { Clauses, Condition } from './condition.ts'
import {
  isObject,
  type Json,
  type JsonObject,
  listOf,
  member,
  objectAt,
  textAt,
} from './json-parts.ts'
import { parseQuery } from './query-dsl.ts'
import { ElasticRefusal, misparsed, shown } from './refusal.ts'

export type AggFamily = 'bucket' | 'metric' | 'pipeline'

export type Agg = {
  name: string
  type: string
  family: AggFamily
  body: JsonObject
  meta: Json
  /** Of filter and filters, in the order in which they are told. */
  filters: readonly { key: string; condition: Condition }[]
  aggs: readonly Agg[]
}

const bucketTypes = new Set([
  ...['terms', 'multi_terms', 'rare_terms', 'date_histogram', 'auto_date_histogram', 'histogram'],
  ...['range', 'date_range', 'filter', 'filters', 'missing', 'composite', 'sampler', 'nested'],
  ...['reverse_nested', 'diversified_sampler', 'random_sampler'],
])
const metricTypes = new Set([
  ...['avg', 'sum', 'min', 'max', 'stats', 'extended_stats', 'value_count', 'cardinality'],
  ...['percentiles', 'percentile_ranks', 'top_hits', 'top_metrics', 'weighted_avg', 'rate'],
])
const pipelineTypes = new Set([
  ...['derivative', 'cumulative_sum', 'moving_fn', 'moving_avg', 'serial_diff', 'bucket_script'],
  ...['bucket_selector', 'bucket_sort', 'avg_bucket', 'max_bucket', 'min_bucket', 'sum_bucket'],
  ...['stats_bucket', 'extended_stats_bucket', 'percentiles_bucket', 'normalize'],
])

const aggs_max = 200
const depth_max = 10

export function parseAggs(json: Json, clauses: Clauses): Agg[] {
  const counted = { left: aggs_max }
  return read(json, clauses, counted, 0)
}

function read(json: Json, clauses: Clauses, counted: { left: number }, depth: number): Agg[] {
  if (json === undefined || json === null) return []
  if (depth > depth_max) throw misparsed(`aggregations are nested deeper than ${depth_max}`)
  return Object.entries(objectAt(json, 'aggs')).map(([name, value]) => {
    if (--counted.left < 0) throw misparsed(`more than ${aggs_max} aggregations`)
    if (/[[\]>]/.test(name) || name === '') {
      throw misparsed(
        `Invalid aggregation name [${shown(name)}]. Aggregation names cannot contain '[', ']', ` +
          `and '>'`,
      )
    }
    const parts = objectAt(value, name)
    const kinds = Object.keys(parts).filter((one) => !/^(aggs|aggregations|meta)$/.test(one))
    if (kinds.length !== 1) {
      throw misparsed(
        `Expected one aggregation type in [${shown(name)}], got [${kinds.join(', ')}]`,
      )
    }
    const type = kinds[0]!
    const family = familyOf(type)
    const body = bodyOf(type, parts[type])
    const inner = member(parts, 'aggs') ?? member(parts, 'aggregations')
    const aggs = read(inner, clauses, counted, depth + 1)
    if (aggs.length > 0 && family !== 'bucket') {
      const reason = `Aggregator [${shown(name)}] of type [${type}] cannot accept sub-aggregations`
      throw new ElasticRefusal('aggregation_initialization_exception', reason)
    }
    const filters = filtersOf(type, parts[type], clauses)
    return { name, type, family, body, meta: member(parts, 'meta'), filters, aggs }
  })
}

function familyOf(type: string): AggFamily {
  if (bucketTypes.has(type)) return 'bucket'
  if (metricTypes.has(type)) return 'metric'
  if (pipelineTypes.has(type)) return 'pipeline'
  throw misparsed(`Unknown aggregation type [${shown(type)}]`)
}

function bodyOf(type: string, body: Json): JsonObject {
  return type === 'filter' ? {} : objectAt(body, type)
}

function filtersOf(type: string, body: Json, clauses: Clauses): Agg['filters'] {
  if (type === 'filter') {
    const isEmpty = isObject(body) && Object.keys(body).length === 0
    const condition: Condition = isEmpty ? { tag: 'all' } : parseQuery(body, clauses)
    return [{ key: '', condition }]
  }
  if (type !== 'filters') return []
  const filters = member(objectAt(body, 'filters'), 'filters')
  if (Array.isArray(filters)) {
    return filters.map((one, at) => ({ key: String(at), condition: parseQuery(one, clauses) }))
  }
  return Object.entries(objectAt(filters, 'filters')).map(([key, one]) => ({
    key,
    condition: parseQuery(one, clauses),
  }))
}

/** Every field that is named in a tree, so that its type is known before it is compiled. */
export function fieldsOfAggs(aggs: readonly Agg[]): Set<string> {
  const names = new Set<string>()
  const put = (value: Json) => {
    if (typeof value === 'string') names.add(value)
  }
  for (const { body, type, aggs: inner } of aggs) {
    put(member(body, 'field'))
    if (type === 'multi_terms') {
      for (const one of listOf(member(body, 'terms'))) put(member(objectAt(one, type), 'field'))
    }
    if (type === 'composite') {
      for (const one of listOf(member(body, 'sources'))) {
        for (const source of Object.values(objectAt(one, type))) {
          for (const part of Object.values(objectAt(source, type))) {
            if (isObject(part)) put(member(part, 'field'))
          }
        }
      }
    }
    if (type === 'weighted_avg') {
      for (const part of Object.values(body)) if (isObject(part)) put(member(part, 'field'))
    }
    if (type === 'top_metrics') {
      for (const one of listOf(member(body, 'metrics'))) put(member(objectAt(one, type), 'field'))
      for (const one of listOf(member(body, 'sort'))) {
        for (const name of isObject(one) ? Object.keys(one) : [one]) put(name)
      }
    }
    for (const name of fieldsOfAggs(inner)) names.add(name)
  }
  return names
}

export function fieldAt(body: JsonObject, type: string): string {
  const field = member(body, 'field')
  if (field !== undefined) return textAt(field, type)
  if (member(body, 'script') !== undefined) throw misparsed(`[${type}] scripts are not supported`)
  throw misparsed(`Required one of fields [field, script], but none were specified in [${type}]`)
}
