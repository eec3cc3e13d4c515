/** Jaeger's query API in both forms: what its UI, Grafana's data source and scripts call. */
import { type JaegerMetric, jaegerMetrics } from '../../query/jaeger/metrics.ts'
import { dependencies, operations, services } from '../../query/jaeger/names.ts'
import { jaegerTraces_max, searchJaeger } from '../../query/jaeger/search.ts'
import { jaegerTrace } from '../../query/jaeger/trace-json.ts'
import { readTraces } from '../../query/traceql/read-traces.ts'
import type { Api, ApiCall, ApiHead, ApiReply } from '../api.ts'
import { lookbackRange, malformed, names_ms, readSearch } from './ask.ts'
import { answerMonitor } from './monitor-answer.ts'
import { enveloped, plain, refusal, refused } from './reply.ts'
import { traceId } from './trace-id.ts'
import * as v3 from './version-3.ts'

const day_ms = 86_400_000
const recent = (now_ms: number) => ({ from_ms: Math.max(0, now_ms - names_ms), to_ms: now_ms + 1 })

async function answerServices({ context }: ApiCall): Promise<ApiReply> {
  return enveloped(await services(recent(context.now_ms), context))
}

/** Names alone. */
async function answerNames({ context }: ApiCall, part: string): Promise<ApiReply> {
  const ask = { service: decoded(part), range: recent(context.now_ms) }
  const found = await operations(ask, context)
  return enveloped([...new Set(found.map(({ name }) => name))])
}

async function answerOperations(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const service = parameters.get('service') ?? ''
  if (service === '') throw malformed('service', 'is required')
  const kind = (parameters.get('spanKind') ?? '').toLowerCase()
  const range = recent(call.context.now_ms)
  const ask = { service, range, ...(kind === '' ? {} : { kind }) }
  const found = await operations(ask, call.context)
  return enveloped(found.map(({ name, kind: spanKind }) => ({ name, spanKind })))
}

async function answerTraces(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const ids = parameters.getAll('traceID').map(traceId)
  if (ids.length > 0) {
    const { traces } = await readTraces(ids.slice(0, jaegerTraces_max), call.context)
    return enveloped(traces.map((trace) => jaegerTrace(trace)))
  }
  const found = await searchJaeger(readSearch(parameters, call.context.now_ms), call.context)
  return enveloped(found.map((trace) => jaegerTrace(trace)))
}

/** Never an empty list: Grafana takes the first of it. */
async function answerTrace(call: ApiCall, part: string): Promise<ApiReply> {
  const id = traceId(part)
  const { traces, capped } = await readTraces([id], call.context)
  const [trace] = traces
  return trace === undefined
    ? refused(404, 'trace not found', id)
    : enveloped([jaegerTrace(trace, capped)])
}

async function answerDependencies(call: ApiCall): Promise<ApiReply> {
  const range = lookbackRange(await call.parameters(), call.context.now_ms, day_ms)
  const found = await dependencies(range, call.context)
  return enveloped(found.map(({ parent, child, calls }) => ({ parent, child, callCount: calls })))
}

async function answerMetric(call: ApiCall, name: string): Promise<ApiReply> {
  if (name === 'minstep') return plain({ ...JSON.parse(String(enveloped([]).body)), data: 60_000 })
  return answerMonitor(call, name as JaegerMetric)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw malformed('service', part)
  }
}

type Route = readonly [path: RegExp, answer: (call: ApiCall, part: string) => Promise<ApiReply>]

const routes: readonly Route[] = [
  [/^\/api\/services$/, answerServices],
  [/^\/api\/services\/([^/]+)\/operations$/, answerNames],
  [/^\/api\/operations$/, answerOperations],
  [/^\/api\/traces$/, answerTraces],
  [/^\/api\/traces\/([^/]+)$/, answerTrace],
  [/^\/api\/dependencies$/, answerDependencies],
  [new RegExp(`^/api/metrics/(${jaegerMetrics.join('|')}|minstep)$`), answerMetric],
  [/^\/api\/v3\/services$/, v3.answerServices],
  [/^\/api\/v3\/operations$/, v3.answerOperations],
  [/^\/api\/v3\/traces$/, v3.answerTraces],
  [/^\/api\/v3\/traces\/([^/]+)$/, v3.answerTrace],
  [/^\/api\/v3\/dependencies$/, v3.answerDependencies],
]

function routeOf({ method, path }: Pick<ApiHead, 'method' | 'path'>) {
  if (method !== 'GET') return undefined
  for (const [pattern, answer] of routes) {
    const match = pattern.exec(path)
    if (match !== null) return { answer, part: match[1] ?? '' }
  }
  return undefined
}

export const jaegerApi: Api = {
  name: 'jaeger',
  mounts: [{ listener: 'ui', under: '/jaeger' }],
  serves: (method, path) => routeOf({ method, path }) !== undefined,
  async answer(call) {
    const route = routeOf(call)
    return route === undefined ? refused(404, 'not found') : route.answer(call, route.part)
  },
  refused: (error, { path }) => refusal(error, path),
}
