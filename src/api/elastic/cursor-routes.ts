/** Scrolls and points in time: pages of one answer, in order, of what was stored at its start. */
import {
  type Json,
  type JsonObject,
  listOf,
  member,
  optionalText,
} from '../../query/elastic/json-parts.ts'
import { illegal } from '../../query/elastic/refusal.ts'
import { type Searched, search } from '../../query/elastic/search.ts'
import {
  narrowed,
  parseSearch,
  type SearchRequest,
  type SortKey,
} from '../../query/elastic/search-request.ts'
import { targetsOf } from '../../query/elastic/targets.ts'
import { type ElasticAnswer, ok } from './answers.ts'
import { keepMs, openCursor, storedUntil, writeCursor } from './cursor.ts'
import { bodyOf, type ElasticCall, indexOptions, targetsFor } from './request.ts'
import type { Route } from './route-table.ts'
import { toldSearch } from './search-routes.ts'

const newest: SortKey = { field: '@timestamp', isDescending: true, missing: '_last' }
const inOrder: SortKey = { field: '_doc', isDescending: false, missing: '_last' }

/** No two documents stand at one place of an order that ends so. */
function withOrder(request: SearchRequest): SearchRequest {
  const keys = request.isSorted ? request.sort : [newest]
  return { ...request, sort: [...keys, inOrder], isSorted: true }
}

/** The answer with only the sort values that were asked for. */
function shown<Of extends Searched>(answer: Of, keys: number): Of {
  const hits = answer.hits.hits.map(({ sort, ...hit }) =>
    keys === 0 ? hit : { ...hit, sort: (sort as Json[]).slice(0, keys) },
  )
  return { ...answer, hits: { ...answer.hits, hits } }
}

export async function startScroll(
  call: ElasticCall,
  body: JsonObject,
  started_ms: number,
): Promise<ElasticAnswer> {
  const keep = call.query.get('scroll') ?? undefined
  keepMs(keep)
  const request = parseSearch(body)
  if (request.size === 0) throw illegal('[size] cannot be [0] in a scroll context')
  if (request.searchAfter !== undefined || request.from > 0) {
    throw illegal('`from` and `search_after` cannot be used in a scroll context.')
  }
  await targetsFor(call)
  const { now_ms } = call.context
  const start = { body, index: call.part('index'), opened_ms: now_ms }
  return page(call, start, undefined, keep, started_ms)
}

type Scroll = { body: Json; index: string; opened_ms: number }

async function page(
  call: ElasticCall,
  { body, index, opened_ms }: Scroll,
  after: Json,
  keep: string | undefined,
  started_ms: number,
): Promise<ElasticAnswer> {
  const { context } = call
  const asked = parseSearch(body)
  const request = withOrder({
    ...narrowed(asked, storedUntil(opened_ms)),
    aggs: after === undefined ? asked.aggs : [],
    searchAfter: Array.isArray(after) ? after : undefined,
  })
  const options = { ...indexOptions(call.query), ignoreUnavailable: true }
  const answer = await search(request, await targetsOf(index, context, options), context)
  const last = answer.hits.hits.at(-1)?.sort ?? after ?? []
  const expires_ms = context.now_ms + keepMs(keep)
  const _scroll_id = writeCursor({
    kind: 'scroll',
    body,
    index,
    opened_ms,
    expires_ms,
    after: last,
  })
  const told = shown(answer, asked.sort.length)
  return ok({ _scroll_id, ...toldSearch(told, started_ms, call.query) })
}

async function nextPage(call: ElasticCall): Promise<ElasticAnswer> {
  const started_ms = performance.now()
  const body = await bodyOf(call)
  const id = member(body, 'scroll_id') ?? (call.part('id') || call.query.get('scroll_id'))
  const keep = optionalText(body, 'scroll') ?? call.query.get('scroll') ?? undefined
  const { index, opened_ms, content } = openCursor(id, 'scroll', call.context.now_ms)
  const after = content.after
  const start = { body: content.body, index, opened_ms }
  if (!Array.isArray(after) || after.length === 0) return endOf(start, keep, call, started_ms)
  return page(call, start, after, keep, started_ms)
}

/** Behind a first page that was empty there is nothing. */
function endOf(start: Scroll, keep: string | undefined, call: ElasticCall, started_ms: number) {
  const expires_ms = call.context.now_ms + keepMs(keep)
  const _scroll_id = writeCursor({ kind: 'scroll', ...start, expires_ms, after: [] })
  const took = Math.round(performance.now() - started_ms)
  const hits = { total: { value: 0, relation: 'eq' }, max_score: null, hits: [] }
  const _shards = { total: 1, successful: 1, skipped: 0, failed: 0 }
  return ok({ _scroll_id, took, timed_out: false, _shards, hits })
}

/** Nothing is held for a cursor: there is nothing to free. */
async function closeScroll(call: ElasticCall): Promise<ElasticAnswer> {
  const ids = listOf(member(await bodyOf(call), 'scroll_id'))
  const count = ids.length + (call.part('id') === '' ? 0 : 1)
  return ok({ succeeded: true, num_freed: Math.max(1, count) })
}

async function openPoint(call: ElasticCall): Promise<ElasticAnswer> {
  await targetsFor(call)
  const keep = call.query.get('keep_alive')
  if (keep === null) throw illegal('[keep_alive] must be specified')
  const { now_ms } = call.context
  const content = {
    index: call.part('index'),
    opened_ms: now_ms,
    expires_ms: now_ms + keepMs(keep),
  }
  const _shards = { total: 1, successful: 1, skipped: 0, failed: 0 }
  return ok({ id: writeCursor({ kind: 'pit', ...content }), _shards })
}

async function closePoint(call: ElasticCall): Promise<ElasticAnswer> {
  openCursor(member(await bodyOf(call), 'id'), 'pit', call.context.now_ms)
  return ok({ succeeded: true, num_freed: 1 })
}

/** A search in a point in time: its own index, its own moment. */
export async function searchCursor(
  call: ElasticCall,
  request: SearchRequest,
  started_ms: number,
): Promise<ElasticAnswer> {
  const { context } = call
  const { id, keep_alive } = request.pit!
  const { index, opened_ms, expires_ms } = openCursor(id, 'pit', context.now_ms)
  if (call.part('index') !== '') {
    throw illegal(
      '[indices] cannot be used with point in time. Do not specify any index with point in time.',
    )
  }
  const options = { ...indexOptions(call.query), ignoreUnavailable: true }
  const targets = await targetsOf(index, context, options)
  const asked = withOrder(narrowed(request, storedUntil(opened_ms)))
  const answer = await search(asked, targets, context)
  const until = keep_alive === undefined ? expires_ms : context.now_ms + keepMs(keep_alive)
  const pit_id = writeCursor({
    kind: 'pit',
    index,
    opened_ms,
    expires_ms: Math.max(until, expires_ms),
  })
  const keys = request.isSorted ? request.sort.length + 1 : 0
  return ok({ pit_id, ...toldSearch(shown(answer, keys), started_ms, call.query) })
}

export const cursorRoutes: readonly Route[] = [
  ['GET POST', '/_search/scroll', nextPage],
  ['GET POST', '/_search/scroll/{id}', nextPage],
  ['DELETE', '/_search/scroll', closeScroll],
  ['DELETE', '/_search/scroll/{id}', closeScroll],
  ['POST', '/{index}/_pit', openPoint],
  ['DELETE', '/_pit', closePoint],
]
