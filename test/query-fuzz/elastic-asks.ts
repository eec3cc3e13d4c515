/** Questions to Elasticsearch's API: searches with the query DSL, counts, fields and indices. */
import { elasticApi } from '../../src/api/elastic/elastic-api.ts'
import { type Ask, mutated, type Request } from './ask.ts'
import { requested, type Told } from './call.ts'
import type { Dice } from './dice.ts'
import { aggregations } from './elastic-aggregations.ts'
import { allMarks, placeNames } from './places.ts'
import { now_ms } from './rows.ts'

export type Json = unknown

export const keywords = [
  ...[
    'service.name',
    'kubernetes.namespace',
    'kubernetes.pod.name',
    'log.level',
    'customer',
    'app',
  ],
  ...['orchestrator.cluster.name', 'http.route', 'host.name', 'trace.id', 'span.kind', '_index'],
  ...['event.dataset', 'service.version', 'user.name', 'rule.name', 'event.outcome', 'x', '_id'],
  ...['kubernetes.event.reason', 'involvedObject.name', 'log.logger', 'span.name', 'source.ip'],
  ...['process.name', 'event.action', 'data_stream.dataset', 'message.keyword'],
]
export const numbers = [
  ...['code.line', 'bytes', 'http.response.status_code', 'n', 'event.duration', 'count', 'nothing'],
]

export function text(dice: Dice): string {
  const mark = dice.pick(allMarks)
  return dice.pick([
    ...['cart', 'pay', 'error', 'ERROR', 'lost', 'shop', '/a', 'GET', mark, `${mark}-1`, 'timeout'],
    ...[dice.pick(placeNames), `cart-${mark}`, 'Connection lost', 'served', 'admin', `op ${mark}`],
    ...['success', 'BackOff', '10.0.0.1', 'books', `set.${mark}`],
  ])
}

const indices = [
  ...['*', '*', '*', '_all', 'logs-*', 'traces-*', 'logs-*,traces-*', 'logs-generic-default'],
  ...['logs-kubernetes.event-default', 'logs-kubernetes.audit_logs-default', '*,-logs-*', '*'],
  ...['logs-nginx.access-default', 'traces-apm-default', 'logs-*,books*', 'none'],
  ...['logs-network_traffic.flow-default', 'books', '.ds-logs-generic-default-2026.11.20-000001'],
]

function index(dice: Dice): string {
  if (dice.chance(0.9)) return dice.pick(indices)
  return `${dice.pick(['books-', 'logs-set.'])}${dice.pick(allMarks)}`
}

const field = (dice: Dice) => dice.pick([...keywords, 'message', `own.${dice.pick(allMarks)}`])

function range(dice: Dice): Json {
  if (dice.chance(0.5)) {
    const gte = dice.pick(['now-30m', 'now-10m', now_ms - 900_000, '2026-11-20T09:40:00Z', 'now/d'])
    return { range: { '@timestamp': { gte, ...(dice.chance(0.5) ? { lte: 'now' } : {}) } } }
  }
  const bounds = { [dice.pick(['gt', 'gte', 'lt', 'lte'])]: dice.pick([1, 200, 2.5, 1_000_000]) }
  return { range: { [dice.pick(numbers)]: bounds } }
}

function queryString(dice: Dice): string {
  const one = () => {
    const value = text(dice)
    return dice.pick([
      ...[JSON.stringify(value), `${field(dice)}:${JSON.stringify(value)}`, 'zq*', 'message:lost'],
      ...[`code.line:>${dice.whole(3)}`, `_exists_:${field(dice)}`, 'bytes:[1 TO 5]', 'cart~1'],
      ...[`${field(dice)}:/zq.*/`, `${field(dice)}:(cart OR zq*)`, '*', `customer:${value}`],
    ])
  }
  const words = [one(), ...dice.some([1, 2], 2).map(one)]
  const joined = words.join(dice.pick([' AND ', ' OR ', ' ', ' AND NOT ']))
  return dice.chance(0.2) ? mutated(dice, joined) : joined
}

const broad: readonly Json[] = [
  { match_all: {} },
  { exists: { field: 'service.name' } },
  { query_string: { query: '*' } },
  { range: { '@timestamp': { gte: 'now-20m', lte: 'now' } } },
]

export function condition(dice: Dice, depth = 2): Json {
  if (depth === 2 && dice.chance(0.3)) return dice.pick(broad)
  const of = field(dice)
  const value = text(dice)
  switch (dice.whole(depth <= 0 ? 12 : 16)) {
    case 0:
      return { match_all: {} }
    case 1:
      return { term: { [of]: dice.chance(0.5) ? value : { value, case_insensitive: true } } }
    case 2:
      return { terms: { [of]: [value, text(dice)] } }
    case 3:
      return { match: { [dice.pick(['message', of])]: { query: value, operator: 'and' } } }
    case 4:
      return { match_phrase: { message: value } }
    case 5:
      return { prefix: { [of]: dice.pick(['zq', 'ca', 'lo', '']) } }
    case 6:
      return { wildcard: { [of]: dice.pick(['zq*', '*qz*', 'c?rt', '*']) } }
    case 7:
      return { regexp: { [of]: dice.pick(['zq.*', '.*qz.*', 'ca(rt|n)', '[a-z]+']) } }
    case 8:
      return { exists: { field: of } }
    case 9:
      return range(dice)
    case 10:
      return { query_string: { query: queryString(dice) } }
    case 11:
      return dice.pick([
        ...[{ simple_query_string: { query: `${value} +zq* | "lost"`, fields: ['message', of] } }],
        ...[{ multi_match: { query: value, fields: [of, 'message', 'customer'] } }],
        { ids: { values: [`id-${dice.pick(allMarks)}-0`, value] } },
      ])
    case 12:
      return { constant_score: { filter: condition(dice, depth - 1) } }
    default: {
      const parts = ['must', 'filter', 'should', 'must_not'] as const
      const chosen = [dice.pick(parts), ...dice.some(parts, 2)]
      return {
        bool: Object.fromEntries(chosen.map((part) => [part, [condition(dice, depth - 1)]])),
      }
    }
  }
}

function sort(dice: Dice): Json {
  const newest = { '@timestamp': { order: 'desc' } }
  if (dice.chance(0.6)) return [newest]
  const own = { [dice.pick([...keywords, ...numbers])]: { order: dice.pick(['asc', 'desc']) } }
  return [own, newest]
}

export function searchBody(dice: Dice): { body: Record<string, Json>; rows_asked: number } {
  const rows_asked = dice.pick([0, 1, 10, 100, 500])
  const body: Record<string, Json> = { size: rows_asked, query: condition(dice), sort: sort(dice) }
  if (dice.chance(0.5)) body.aggs = aggregations(dice, 2)
  if (dice.chance(0.3)) body.track_total_hits = dice.pick([true, false, 10])
  if (dice.chance(0.15))
    body._source = dice.pick([false, ['message', 'own.*'], { excludes: ['x'] }])
  if (dice.chance(0.15)) body.fields = ['message', dice.pick(keywords), 'own.*']
  if (dice.chance(0.1)) body.docvalue_fields = ['@timestamp', dice.pick(keywords)]
  if (dice.chance(0.1)) body.highlight = { fields: { '*': {} } }
  if (dice.chance(0.1)) body.from = dice.whole(20)
  if (dice.chance(0.05)) body.collapse = { field: dice.pick(keywords) }
  if (dice.chance(0.05)) body.post_filter = condition(dice, 0)
  return { body, rows_asked }
}

const json = { 'content-type': 'application/json' }

export function elasticAsk(dice: Dice): Ask {
  const ask = (request: Request, told: Omit<Told, 'query'>) =>
    requested('elastic', elasticApi, { headers: json, ...request }, { query: '', ...told })
  const at = `/${encodeURIComponent(index(dice)).replaceAll('%2C', ',').replaceAll('%2A', '*')}`
  const { body, rows_asked } = searchBody(dice)
  const sent = JSON.stringify(body)
  const posted = dice.chance(0.04) ? mutated(dice, sent) : sent
  const post = { method: 'POST', body: posted }
  switch (dice.whole(16)) {
    case 0: {
      const lines = [{ index: index(dice) }, body, {}, { size: 1, query: condition(dice) }]
      const many = `${lines.map((one) => JSON.stringify(one)).join('\n')}\n`
      return ask({ method: 'POST', path: '/_msearch', body: many }, { kind: 'msearch' })
    }
    case 1: {
      const counted = JSON.stringify({ query: body.query })
      return ask({ method: 'POST', path: `${at}/_count`, body: counted }, { kind: 'count' })
    }
    case 2: {
      const fields = dice.pick([
        '*',
        'own.*',
        keywords.join(','),
        `own.${dice.pick(allMarks)}`,
        'k*',
      ])
      return ask({ path: `${at}/_field_caps`, parameters: { fields } }, { kind: 'field caps' })
    }
    case 3: {
      const path = dice.pick(['/_cat/indices', `/_cat/indices${at}`, `/_cat/count${at}`])
      const parameters = { format: dice.pick([undefined, 'json']), v: '' }
      return ask({ path, parameters }, { kind: 'cat', isComparable: !path.includes('count') })
    }
    case 4: {
      const path = dice.pick(['/_mapping', `${at}/_mapping`, `${at}/_settings`, `${at}/_stats`])
      return ask({ path }, { kind: 'catalog' })
    }
    case 5:
      return ask({ path: `/_resolve/index${at}` }, { kind: 'resolve' })
    case 6: {
      const id = encodeURIComponent(`id-${dice.pick(allMarks)}-${dice.pick([0, 11])}`)
      return ask({ path: `${at}/${dice.pick(['_doc', '_source'])}/${id}` }, { kind: 'document' })
    }
    case 7: {
      const parameters = { q: queryString(dice), size: String(rows_asked) }
      return ask({ path: `${at}/_search`, parameters }, { kind: 'uri search', rows_asked })
    }
    default:
      return ask({ ...post, path: `${at}/_search` }, { kind: 'search', rows_asked })
  }
}
