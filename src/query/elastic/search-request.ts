/** The body of a search, read and checked; what it asks is answered by search.ts. */
import { type Agg, parseAggs } from './agg-request.ts'
import { all, and, Clauses, type Condition } from './condition.ts'
import {
  countAt,
  isObject,
  type Json,
  type JsonObject,
  listOf,
  member,
  objectAt,
  onlyEntry,
  optionalText,
  textAt,
  textsAt,
} from './json-parts.ts'
import type { SourceFilter } from './nested-document.ts'
import { parseQuery } from './query-dsl.ts'
import { illegal, misparsed, shown } from './refusal.ts'

export type SortKey = {
  field: string
  isDescending: boolean
  missing: '_last' | '_first' | string | number
  format?: string
}

export type FieldAsk = { field: string; format?: string }

export type Highlight = {
  fields: readonly string[]
  before: string
  after: string
  fragment_chars: number
  fragments_max: number
}

export type SearchRequest = {
  query: Condition
  /** Applied to hits alone, after aggregations. */
  postFilter: Condition
  size: number
  from: number
  sort: readonly SortKey[]
  isSorted: boolean
  searchAfter: readonly Json[] | undefined
  source: SourceFilter | false
  fields: readonly FieldAsk[]
  /** How far hits are counted; Infinity is all of them, 0 not at all. */
  track_max: number
  collapse: string | undefined
  highlight: Highlight | undefined
  aggs: readonly Agg[]
  pit: { id: string; keep_alive: string | undefined } | undefined
}

export const result_window_max = 10_000
const track_default = 10_000

const known = new Set([
  ...['query', 'post_filter', 'size', 'from', 'sort', 'search_after', '_source', 'fields'],
  ...['docvalue_fields', 'stored_fields', 'track_total_hits', 'collapse', 'highlight', 'aggs'],
  ...['aggregations', 'pit', 'timeout', 'terminate_after', 'min_score', 'explain', 'version'],
  ...['seq_no_primary_term', 'track_scores', 'profile', 'rescore', 'indices_boost', 'stats'],
  ...['ext', 'preference', 'batched_reduce_size', 'script_fields', 'runtime_mappings', 'suggest'],
  ...['index', 'search_type', 'ignore_unavailable', 'allow_no_indices', 'expand_wildcards'],
])
/** Empty they ask for nothing; otherwise for what is not computed here. */
const refusedUnlessEmpty = ['script_fields', 'runtime_mappings', 'suggest']

export function parseSearch(json: Json): SearchRequest {
  const body = json === undefined || json === null ? {} : objectAt(json, 'search')
  for (const name of Object.keys(body)) {
    if (known.has(name)) continue
    const reason =
      `unknown key for a ${isObject(body[name]) ? 'START_OBJECT' : 'VALUE'} in ` +
      `[${shown(name)}].`
    throw misparsed(reason)
  }
  for (const name of refusedUnlessEmpty) {
    const value = member(body, name)
    if (isObject(value) && Object.keys(value).length > 0) {
      throw illegal(`[${name}] is not supported`)
    }
  }
  const clauses = new Clauses()
  const query = member(body, 'query')
  const after = member(body, 'post_filter')
  const size = countAt(member(body, 'size') ?? 10, 'size', 0, 2 ** 31)
  const from = countAt(member(body, 'from') ?? 0, 'from', 0, 2 ** 31)
  checkWindow(from, size)
  const sort = member(body, 'sort')
  const searchAfter = member(body, 'search_after')
  if (searchAfter !== undefined && !Array.isArray(searchAfter)) {
    throw misparsed('[search_after] expected an array')
  }
  const keys = sortKeys(sort)
  if (searchAfter !== undefined) checkAfter(keys, searchAfter, from)
  const collapse = member(body, 'collapse')
  return {
    query: query === undefined || query === null ? all : parseQuery(query, clauses),
    postFilter: after === undefined ? all : parseQuery(after, clauses),
    size,
    from,
    sort: keys,
    isSorted: keys.some(({ field }) => field !== '_score'),
    searchAfter,
    source: sourceOf(member(body, '_source')),
    fields: [...fieldAsks(body, 'fields'), ...fieldAsks(body, 'docvalue_fields')],
    track_max: trackOf(member(body, 'track_total_hits')),
    collapse:
      collapse === undefined
        ? undefined
        : textAt(member(objectAt(collapse, 'collapse'), 'field'), 'collapse'),
    highlight: highlightOf(member(body, 'highlight')),
    aggs: parseAggs(member(body, 'aggs') ?? member(body, 'aggregations'), clauses),
    pit: pitOf(member(body, 'pit')),
  }
}

export function checkWindow(from: number, size: number, most = result_window_max): void {
  if (from + size <= most) return
  const reason =
    `Result window is too large, from + size must be less than or equal to: ` +
    `[${most}] but was [${from + size}]. See the scroll api for a more efficient ` +
    `way to request large data sets. This limit can be set by changing the ` +
    `[index.max_result_window] index level setting.`
  throw illegal(reason)
}

function checkAfter(keys: readonly SortKey[], after: readonly Json[], from: number): void {
  if (keys.length === 0) throw illegal('Sort must contain at least one field.')
  if (from > 0) throw illegal('`from` parameter must be set to 0 when `search_after` is used.')
  // A point in time adds a key of its own at the end.
  if (after.length !== keys.length && after.length !== keys.length + 1) {
    throw illegal(`search_after has ${after.length} value(s) but sort has ${keys.length}.`)
  }
}

/** The same body with one more condition that every row must meet. */
export function narrowed(request: SearchRequest, condition: Condition): SearchRequest {
  return { ...request, query: and([request.query, condition]) }
}

const sort_keys_max = 16

export function sortKeys(sort: Json): SortKey[] {
  const list = listOf(sort)
  if (list.length > sort_keys_max) throw illegal(`more than ${sort_keys_max} sort keys`)
  return list.flatMap((one): SortKey[] => {
    if (typeof one === 'string') {
      const [field = '', order] = one.split(/:(?=(?:asc|desc)$)/)
      return [sortKey(field, order === undefined ? {} : { order })]
    }
    return Object.entries(objectAt(one, 'sort')).map(([field, options]) =>
      sortKey(field, isObject(options) ? options : { order: options }),
    )
  })
}

function sortKey(field: string, options: JsonObject): SortKey {
  if (field === '_script' || field === '_geo_distance') throw illegal(`sort by [${field}]`)
  const order = member(options, 'order')
  const text = order === undefined ? (field === '_score' ? 'desc' : 'asc') : textAt(order, 'order')
  if (!/^(asc|desc)$/i.test(text)) throw illegal(`Illegal sort order [${shown(text)}]`)
  const missing = member(options, 'missing')
  const format = optionalText(options, 'format')
  return {
    field,
    isDescending: text.toLowerCase() === 'desc',
    missing:
      typeof missing === 'number'
        ? missing
        : missing === undefined
          ? '_last'
          : textAt(missing, 'missing'),
    ...(format === undefined ? {} : { format }),
  }
}

export function sourceOf(asked: Json): SourceFilter | false {
  if (asked === undefined || asked === null || asked === true || asked === 'true') {
    return { includes: [], excludes: [] }
  }
  if (asked === false || asked === 'false') return false
  if (!isObject(asked)) return { includes: textsAt(asked, '_source').slice(0, 200), excludes: [] }
  const list = (...names: string[]) =>
    names.flatMap((name) => textsAt(member(asked, name), '_source')).slice(0, 200)
  return { includes: list('includes', 'include'), excludes: list('excludes', 'exclude') }
}

function fieldAsks(body: JsonObject, name: string): FieldAsk[] {
  return listOf(member(body, name))
    .slice(0, 200)
    .map((one) => {
      if (typeof one === 'string') return { field: one }
      const options = objectAt(one, name)
      const format = optionalText(options, 'format')
      const field = textAt(member(options, 'field'), name)
      return format === undefined ? { field } : { field, format }
    })
}

export function trackOf(asked: Json): number {
  if (asked === undefined || asked === null) return track_default
  if (asked === true || asked === 'true') return Number.POSITIVE_INFINITY
  if (asked === false || asked === 'false') return 0
  return countAt(asked, 'track_total_hits', -1, 2 ** 31) < 0
    ? Number.POSITIVE_INFINITY
    : countAt(asked, 'track_total_hits', -1, 2 ** 31)
}

function highlightOf(asked: Json): Highlight | undefined {
  if (asked === undefined || asked === null) return undefined
  const body = objectAt(asked, 'highlight')
  const fields = listOf(member(body, 'fields')).flatMap((one) =>
    typeof one === 'string' ? [one] : Object.keys(objectAt(one, 'highlight')),
  )
  const first = (name: string, otherwise: string) =>
    textsAt(member(body, name), name)[0] ?? otherwise
  return {
    fields: fields.slice(0, 100),
    before: first('pre_tags', '<em>'),
    after: first('post_tags', '</em>'),
    fragment_chars: countAt(member(body, 'fragment_size') ?? 100, 'fragment_size', 0, 2 ** 31),
    fragments_max: countAt(member(body, 'number_of_fragments') ?? 5, 'fragments', 0, 1000),
  }
}

function pitOf(asked: Json): SearchRequest['pit'] {
  if (asked === undefined || asked === null) return undefined
  const body = objectAt(asked, 'pit')
  return { id: textAt(member(body, 'id'), 'pit'), keep_alive: optionalText(body, 'keep_alive') }
}

/** `_count`, `_validate`: a query and nothing else. */
export function parseQueryBody(json: Json): Condition {
  if (json === undefined || json === null) return all
  const body = objectAt(json, 'count')
  for (const name of Object.keys(body)) {
    if (name !== 'query') throw misparsed(`request does not support [${shown(name)}]`)
  }
  const query = member(body, 'query')
  return query === undefined ? all : parseQuery(query)
}

/** An index filter may be `{}`: nothing is asked. */
export function optionalQuery(query: Json): Condition {
  if (query === undefined || query === null) return all
  if (isObject(query) && Object.keys(query).length === 0) return all
  onlyEntry(query, 'query')
  return parseQuery(query)
}
