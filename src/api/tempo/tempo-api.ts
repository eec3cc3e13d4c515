/** Tempo's query API over TraceQL: what Grafana's Tempo data source and its users call. */
import { searchTraces } from '../../query/traceql/search.ts'
import type { Api, ApiCall, ApiHead, ApiReply } from '../api.ts'
import { readCount, readRange, readSearch } from './ask.ts'
import { answerMetrics } from './metrics-answer.ts'
import { json, refusal, text } from './reply.ts'
import { searchJson } from './search-answer.ts'
import { answerTags, answerTagValues } from './tags-answer.ts'
import { answerTrace } from './trace-answer.ts'

const traces_max = 1_000
const spans_per_set_max = 100

async function search(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const most = Math.min(traces_max, call.context.limits.rows_max)
  const answer = await searchTraces(
    {
      query: readSearch(parameters),
      range: readRange(parameters, call.context.now_ms),
      traces_max: readCount(parameters, 'limit', { usual: 20, most }),
      spans_max: readCount(parameters, 'spss', { usual: 3, most: spans_per_set_max }),
    },
    call.context,
  )
  return json(searchJson(answer))
}

type Route = readonly [path: RegExp, answer: (call: ApiCall, part: string) => Promise<ApiReply>]

const buildInfo = {
  version: '2.8.0',
  revision: '',
  branch: '',
  buildUser: '',
  buildDate: '',
  goVersion: '',
}

const routes: readonly Route[] = [
  [/^\/api\/echo$/, async () => text('echo')],
  [/^\/ready$/, async () => text('ready\n')],
  [/^\/(?:api\/)?status\/buildinfo$/, async () => json({ status: 'success', data: buildInfo })],
  [/^\/api\/traces\/([^/]+)$/, (call, id) => answerTrace(call, id, false)],
  [/^\/api\/v2\/traces\/([^/]+)$/, (call, id) => answerTrace(call, id, true)],
  [/^\/api\/search$/, search],
  [/^\/api\/search\/tags$/, (call) => answerTags(call, false)],
  [/^\/api\/v2\/search\/tags$/, (call) => answerTags(call, true)],
  [/^\/api\/search\/tag\/(.+)\/values$/, (call, tag) => answerTagValues(call, tag, false)],
  [/^\/api\/v2\/search\/tag\/(.+)\/values$/, (call, tag) => answerTagValues(call, tag, true)],
  [/^\/api\/metrics\/query_range$/, (call) => answerMetrics(call, true)],
  [/^\/api\/metrics\/query$/, (call) => answerMetrics(call, false)],
]

function routeOf({ method, path }: Pick<ApiHead, 'method' | 'path'>) {
  if (method !== 'GET' && method !== 'POST') return undefined
  for (const [pattern, answer] of routes) {
    const match = pattern.exec(path)
    if (match !== null) return { answer, part: match[1] ?? '' }
  }
  return undefined
}

export const tempoApi: Api = {
  name: 'tempo',
  mounts: [{ listener: 'ui', under: '/tempo' }],
  serves: (method, path) => routeOf({ method, path }) !== undefined,
  isOpen: ({ path }) => path === '/ready' || path === '/api/echo',
  async answer(call) {
    const route = routeOf(call)
    return route === undefined ? text('404 page not found', 404) : route.answer(call, route.part)
  },
  refused: refusal,
}
