/**
 * A search as a whole: which rows, their types, hits, totals and aggregations, in the shape that
 * clients read. Cursors are scroll.ts's, HTTP the API's.
 */
import type { QueryContext } from '../context.ts'
import { fieldsOfAggs } from './agg-request.ts'
import { runAggs } from './agg-run.ts'
import { and, type Condition } from './condition.ts'
import { formatDate } from './dates.ts'

import { hasShape } from './field-names.ts'
import { fieldTypes } from './field-types.ts'
import { highlighted, highlightsOf } from './highlight.ts'
import { countHits, type Found, findHits, keysOf, matching } from './hits.ts'
import { filteredDocument, flat, type Nested } from './nested-document.ts'
import { checkWindow, parseSearch, type SearchRequest } from './search-request.ts'
import type { Target } from './targets.ts'
import { type TimeRange, timeRangeOf } from './time-range.ts'

export type Searched = {
  took: number
  timed_out: false
  _shards: typeof shards
  hits: {
    total?: { value: number; relation: 'eq' | 'gte' }
    max_score: number | null
    hits: Record<string, unknown>[]
  }
  aggregations?: Record<string, unknown>
}

export const shards = { total: 1, successful: 1, skipped: 0, failed: 0 }

export async function search(
  request: SearchRequest,
  asked: readonly Target[],
  context: QueryContext,
): Promise<Searched & { found: readonly Found[] }> {
  checkWindow(request.from, request.size, context.limits.rows_max)
  const range = timeRangeOf(request.query, context.now_ms)
  const targets = await matching(request.query, asked, range, context)
  const names = fieldsOfAggs(request.aggs)
  for (const { field } of request.sort) names.add(field)
  names.add('@timestamp')
  names.delete('_score')
  const types = await fieldTypes(names, targets, range, context)
  const found = await findHits(request, targets, range, types, context)
  const aggregated = await aggregate(request, targets, range, types, context)
  const total = await totalOf(request, targets, range, found.length, aggregated?.count, context)
  const isScored = request.sort.length === 0 || request.sort[0]!.field === '_score'
  const keys = keysOf(request, types)
  const sortedBy = request.sort.length
  return {
    took: 0,
    timed_out: false,
    _shards: shards,
    hits: {
      ...(total === undefined ? {} : { total }),
      max_score: isScored && found.length > 0 ? 1 : null,
      hits: found.map((one) => ({
        ...hitOf(one, request, isScored),
        ...(sortedBy === 0
          ? {}
          : {
              sort: one.sort.slice(0, sortedBy).map((value, at) => {
                const { format, type } = keys[at]!
                if (format === undefined || type !== 'date' || value === null) return value
                return formatDate(Number(value), format, undefined)
              }),
            }),
      })),
    },
    ...(aggregated === undefined ? {} : { aggregations: aggregated.told }),
    found,
  }
}

async function aggregate(
  request: SearchRequest,
  targets: readonly Target[],
  range: TimeRange,
  types: Awaited<ReturnType<typeof fieldTypes>>,
  context: QueryContext,
) {
  if (request.aggs.length === 0) return undefined
  const rows = { targets, condition: request.query, range }
  return runAggs(request.aggs, {
    ...{ rows, types, context },
    topHits: async ({ body }, condition, count) => {
      const inner = parseSearch({ size: 3, ...body })
      const narrowed = { ...inner, query: and([request.query, condition]) }
      const sortTypes = await fieldTypes(
        ['@timestamp', ...inner.sort.map(({ field }) => field)],
        targets,
        range,
        context,
      )
      const found = await findHits(narrowed, targets, range, sortTypes, context)
      const isScored = inner.sort.length === 0
      const hits = found.map((one) => ({
        ...hitOf(one, inner, isScored),
        ...(isScored ? {} : { sort: one.sort.slice(0, inner.sort.length) }),
      }))
      const total = { value: count, relation: 'eq' as const }
      return { hits: { total, max_score: isScored && hits.length > 0 ? 1 : null, hits } }
    },
  })
}

async function totalOf(
  request: SearchRequest,
  targets: readonly Target[],
  range: TimeRange,
  found: number,
  counted: number | undefined,
  context: QueryContext,
) {
  const { track_max, postFilter, size, from } = request
  if (track_max === 0) return undefined
  const isWhole =
    found > 0 && found < size && request.searchAfter === undefined && request.collapse === undefined
  const exact = isWhole
    ? from + found
    : counted !== undefined && postFilter.tag === 'all'
      ? counted
      : await countHits(and([request.query, postFilter]), targets, range, track_max, context)
  if (exact <= track_max) return { value: exact, relation: 'eq' as const }
  return { value: track_max, relation: 'gte' as const }
}

function hitOf(
  { index, id, source, collapsed }: Found,
  request: SearchRequest,
  isScored: boolean,
): Record<string, unknown> {
  const hit: Record<string, unknown> = { _index: index, _id: id, _score: isScored ? 1 : null }
  if (request.source !== false) {
    const { includes, excludes } = request.source
    const isWhole = includes.length === 0 && excludes.length === 0
    hit._source = isWhole ? source : filteredDocument(source, request.source)
  }
  const asked = fieldsOf(source, request)
  if (request.collapse !== undefined && collapsed !== undefined)
    asked[request.collapse] = [collapsed]
  if (Object.keys(asked).length > 0) hit.fields = asked
  if (request.highlight !== undefined) {
    const terms = highlighted(request.query)
    const marked = highlightsOf(source, terms, request.highlight)
    if (marked !== undefined) hit.highlight = marked
  }
  return hit
}

function fieldsOf(source: Nested, { fields }: SearchRequest): Record<string, unknown[]> {
  const told: Record<string, unknown[]> = Object.create(null)
  if (fields.length === 0) return told
  for (const [name, value] of flat(source)) {
    const asked = fields.find(({ field }) => hasShape(name, field) || field === `${name}.keyword`)
    if (asked === undefined || value === null) continue
    const list = Array.isArray(value) ? value : [value]
    const isDate = name === '@timestamp' && typeof value === 'string'
    const shown = isDate ? [dateField(value, asked.format)] : list
    told[asked.field === `${name}.keyword` ? asked.field : name] = shown
  }
  return told
}

function dateField(iso: string, format: string | undefined): string {
  if (format === undefined || /nanos/.test(format)) return iso
  return formatDate(Date.parse(iso), format, undefined)
}

/** How many documents meet a condition. */
export async function count(
  condition: Condition,
  targets: readonly Target[],
  context: QueryContext,
): Promise<number> {
  const range = timeRangeOf(condition, context.now_ms)
  return countHits(condition, targets, range, Number.POSITIVE_INFINITY, context)
}
