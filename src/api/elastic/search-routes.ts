/**
 * Searches: one, many at a time, counted, validated; documents by their id. Cursors over them are
 * cursor-routes.ts's work.
 */
import type { Condition } from '../../query/elastic/condition.ts'
import {
  type Json,
  type JsonObject,
  listOf,
  member,
  objectAt,
  optionalText,
} from '../../query/elastic/json-parts.ts'
import { ElasticRefusal, illegal, missingIndex } from '../../query/elastic/refusal.ts'
import { count, type Searched, search, shards } from '../../query/elastic/search.ts'
import {
  narrowed,
  parseQueryBody,
  parseSearch,
  type SearchRequest,
} from '../../query/elastic/search-request.ts'
import { type IndexOptions, targetsOf } from '../../query/elastic/targets.ts'
import { type ElasticAnswer, ok, toldError } from './answers.ts'
import { searchCursor, startScroll } from './cursor-routes.ts'
import {
  bodyOf,
  type ElasticCall,
  indexOptions,
  parsedJson,
  targetsFor,
  textOf,
} from './request.ts'
import type { Route } from './route-table.ts'

/** What the address says goes into the body, which wins where both speak. */
export function withParameters(body: JsonObject, query: URLSearchParams): JsonObject {
  const merged: Record<string, Json> = { ...body }
  const put = (name: string, value: Json) => {
    if (value !== null && value !== undefined && merged[name] === undefined) merged[name] = value
  }
  const text = query.get('q')
  if (text !== null) merged.query = uriQuery(text, query)
  put('size', query.get('size'))
  put('from', query.get('from'))
  put('track_total_hits', query.get('track_total_hits'))
  put('sort', query.get('sort')?.split(','))
  put('docvalue_fields', query.get('docvalue_fields')?.split(','))
  const includes = query.get('_source_includes') ?? query.get('_source_include')
  const excludes = query.get('_source_excludes') ?? query.get('_source_exclude')
  if (includes !== null || excludes !== null) {
    merged._source = { includes: includes?.split(',') ?? [], excludes: excludes?.split(',') ?? [] }
  }
  const source = query.get('_source')
  if (source !== null) put('_source', /^(true|false)$/.test(source) ? source : source.split(','))
  return merged
}

function uriQuery(text: string, query: URLSearchParams): JsonObject {
  const df = query.get('df')
  const operator = query.get('default_operator')
  return {
    query_string: {
      query: text,
      ...(df === null ? {} : { default_field: df }),
      ...(operator === null ? {} : { default_operator: operator }),
    },
  }
}

/** A search's answer as it goes out. */
export function toldSearch(
  { found: _found, ...answer }: Searched & { found: unknown },
  started_ms: number,
  query: URLSearchParams,
): object {
  const told = { ...answer, took: Math.round(performance.now() - started_ms) }
  const isCount = query.get('rest_total_hits_as_int') === 'true'
  if (!isCount || told.hits.total === undefined) return told
  return { ...told, hits: { ...told.hits, total: told.hits.total.value } }
}

async function searchRoute(call: ElasticCall): Promise<ElasticAnswer> {
  const started_ms = performance.now()
  const body = withParameters(await bodyOf(call), call.query)
  if (call.query.get('scroll') !== null) return startScroll(call, body, started_ms)
  const request = parseSearch(body)
  if (request.pit !== undefined) return searchCursor(call, request, started_ms)
  const answer = await search(request, await targetsFor(call), call.context)
  return ok(toldSearch(answer, started_ms, call.query))
}

const searches_max = 200
const at_once = 3

async function multiSearch(call: ElasticCall): Promise<ElasticAnswer> {
  const started_ms = performance.now()
  const lines = (await textOf(call.call)).split('\n').map((line) => line.trim())
  while (lines.at(-1) === '') lines.pop()
  const pairs: { head: string; body: string }[] = []
  for (let at = 0; at < lines.length; at += 2) {
    // An empty first line stands for a head that says nothing.
    if (lines[at] === '' && lines[at + 1] === undefined) break
    pairs.push({ head: lines[at]!, body: lines[at + 1] ?? '' })
  }
  if (pairs.length > searches_max) throw illegal(`more than ${searches_max} searches`)
  if (pairs.length === 0) {
    const reason = 'Validation Failed: 1: no requests added;'
    throw new ElasticRefusal('action_request_validation_exception', reason)
  }
  const responses: object[] = new Array(pairs.length)
  let next = 0
  const work = async () => {
    for (let at = next++; at < pairs.length; at = next++)
      responses[at] = await one(call, pairs[at]!)
  }
  await Promise.all(Array.from({ length: Math.min(at_once, pairs.length) }, work))
  return ok({ took: Math.round(performance.now() - started_ms), responses })
}

async function one(call: ElasticCall, { head, body }: { head: string; body: string }) {
  const started_ms = performance.now()
  try {
    const options = objectAt(parsedJson(head) ?? {}, 'msearch')
    const request: SearchRequest = parseSearch(parsedJson(body))
    const own = listOf(member(options, 'index')).map(String).join(',')
    const answer = await search(
      request,
      await targetsOf(own || call.part('index'), call.context, optionsOf(options, call.query)),
      call.context,
    )
    return { ...toldSearch(answer, started_ms, call.query), status: 200 }
  } catch (error) {
    if (call.context.signal?.aborted) throw error
    return toldError(error).json
  }
}

function optionsOf(options: JsonObject, query: URLSearchParams): IndexOptions {
  const outer = indexOptions(query)
  const said = (name: string, otherwise: boolean) => {
    const value = member(options, name)
    return value === undefined ? otherwise : value === true || value === 'true'
  }
  return {
    ignoreUnavailable: said('ignore_unavailable', outer.ignoreUnavailable),
    allowNoIndices: said('allow_no_indices', outer.allowNoIndices),
  }
}

async function countRoute(call: ElasticCall): Promise<ElasticAnswer> {
  const condition = await queryOf(call)
  return ok({
    count: await count(condition, await targetsFor(call), call.context),
    _shards: shards,
  })
}

async function queryOf(call: ElasticCall): Promise<Condition> {
  const text = call.query.get('q')
  const body = await bodyOf(call)
  return parseQueryBody(text === null ? body : { query: uriQuery(text, call.query) })
}

async function validate(call: ElasticCall): Promise<ElasticAnswer> {
  try {
    await queryOf(call)
    return ok({ valid: true, _shards: { total: 1, successful: 1, failed: 0 } })
  } catch (error) {
    if (!(error instanceof ElasticRefusal)) throw error
    return ok({ valid: false, error: error.message })
  }
}

async function documentById(call: ElasticCall): Promise<ElasticAnswer> {
  const [index, id] = [call.part('index'), call.part('id')]
  const found = await byIds(call, index, [id])
  const hit = found[0]
  if (hit === undefined) return { status: 404, json: { _index: index, _id: id, found: false } }
  return ok({ _index: hit._index, _id: id, ...versions, found: true, _source: hit._source })
}

async function sourceById(call: ElasticCall): Promise<ElasticAnswer> {
  const [index, id] = [call.part('index'), call.part('id')]
  const found = await byIds(call, index, [id])
  if (found[0] !== undefined) return ok(found[0]._source)
  const reason = `Document not found [${index}]/[${id}]`
  throw new ElasticRefusal('resource_not_found_exception', reason, 404)
}

const versions = { _version: 1, _seq_no: 0, _primary_term: 1 }

async function byIds(call: ElasticCall, index: string, ids: readonly string[]) {
  const body = withParameters({}, call.query)
  const request = narrowed(
    parseSearch({ ...body, size: ids.length, from: 0, track_total_hits: false }),
    {
      ...{ tag: 'terms', field: '_id', values: ids, isFolded: false },
    },
  )
  const answer = await search(request, await targetsFor(call, index), call.context)
  return answer.hits.hits
}

async function multiGet(call: ElasticCall): Promise<ElasticAnswer> {
  const body = await bodyOf(call)
  const asked: { index: string; id: string }[] = [
    ...listOf(member(body, 'ids')).map((id) => ({ index: call.part('index'), id: String(id) })),
    ...listOf(member(body, 'docs')).map((one) => {
      const { _index, _id } = objectAt(one, 'docs')
      return { index: String(_index ?? call.part('index')), id: String(_id) }
    }),
  ]
  if (asked.length > searches_max) throw illegal(`more than ${searches_max} documents`)
  const docs: object[] = []
  for (const { index, id } of asked) {
    if (index === '') throw missingIndex('')
    docs.push(await gotten(call, index, id))
  }
  return ok({ docs })
}

async function gotten(call: ElasticCall, index: string, id: string): Promise<object> {
  try {
    const [hit] = await byIds(call, index, [id])
    if (hit === undefined) return { _index: index, _id: id, found: false }
    return { _index: hit._index, _id: id, ...versions, found: true, _source: hit._source }
  } catch (error) {
    if (!(error instanceof ElasticRefusal)) throw error
    const { type, message, more } = error
    const cause = { type, reason: message, ...more }
    return { _index: index, _id: id, error: { root_cause: [cause], ...cause } }
  }
}

/** Answered whole at once: it is complete before a client could ask again. */
async function asyncSearch(call: ElasticCall): Promise<ElasticAnswer> {
  const started_ms = performance.now()
  const { now_ms } = call.context
  const request = parseSearch(withParameters(await bodyOf(call), call.query))
  const answer = await search(request, await targetsFor(call), call.context)
  return ok({
    ...{ is_partial: false, is_running: false, start_time_in_millis: now_ms },
    expiration_time_in_millis: now_ms + 432_000_000,
    completion_time_in_millis: now_ms + Math.round(performance.now() - started_ms),
    response: toldSearch(answer, started_ms, call.query),
  })
}

async function noAsyncSearch(call: ElasticCall): Promise<ElasticAnswer> {
  throw new ElasticRefusal('resource_not_found_exception', call.part('id').slice(0, 200), 404)
}

async function explainNothing(call: ElasticCall): Promise<ElasticAnswer> {
  const name = optionalText(await bodyOf(call), 'id') ?? 'template'
  throw illegal(`search template [${name.slice(0, 60)}] is not supported`)
}

const both = 'GET POST'

export const searchRoutes: readonly Route[] = [
  [both, '/_search', searchRoute],
  [both, '/{index}/_search', searchRoute],
  [both, '/_msearch', multiSearch],
  [both, '/{index}/_msearch', multiSearch],
  [both, '/_count', countRoute],
  [both, '/{index}/_count', countRoute],
  [both, '/_validate/query', validate],
  [both, '/{index}/_validate/query', validate],
  [both, '/_search/template', explainNothing],
  [both, '/{index}/_search/template', explainNothing],
  ['GET', '/{index}/_doc/{id}', documentById],
  ['GET', '/{index}/_source/{id}', sourceById],
  [both, '/_mget', multiGet],
  [both, '/{index}/_mget', multiGet],
  ['POST', '/_async_search', asyncSearch],
  ['POST', '/{index}/_async_search', asyncSearch],
  ['GET DELETE', '/_async_search/{id}', noAsyncSearch],
  ['GET', '/_async_search/status/{id}', noAsyncSearch],
]
