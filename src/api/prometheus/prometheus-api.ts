/**
 * Prometheus's HTTP API, version 1: which paths are its own and who answers them. Grafana,
 * promtool, Perses and whoever speaks PromQL ask here.
 */
import type { Api, ApiCall, ApiHead, ApiReply } from '../api.ts'
import { type Answer, failed, failure, success } from './envelope.ts'
import { answerFederate } from './federate.ts'
import { answerFormat, answerParse, answerQuery, answerQueryRange } from './query-answers.ts'
import {
  answerExemplars,
  answerLabels,
  answerLabelValues,
  answerMetadata,
  answerSeries,
} from './series-answers.ts'
import {
  answerAlertmanagers,
  answerAlerts,
  answerBuildInfo,
  answerConfig,
  answerFlags,
  answerRules,
  answerRuntimeInfo,
  answerTsdb,
  answerWalReplay,
} from './status-answers.ts'
import { answerScrapePools, answerTargets, answerTargetsMetadata } from './target-answers.ts'

type Endpoint = {
  /** Whether it takes a form that was POSTed too. */
  isPosted: boolean
  answer: (call: ApiCall) => Promise<Answer> | Answer
}

const both = (answer: Endpoint['answer']): Endpoint => ({ isPosted: true, answer })
const get = (answer: Endpoint['answer']): Endpoint => ({ isPosted: false, answer })

const endpoints: ReadonlyMap<string, Endpoint> = new Map([
  ['/query', both(answerQuery)],
  ['/query_range', both(answerQueryRange)],
  ['/query_exemplars', both(answerExemplars)],
  ['/format_query', both(answerFormat)],
  ['/parse_query', both(answerParse)],
  ['/series', both(answerSeries)],
  ['/labels', both(answerLabels)],
  ['/metadata', get(answerMetadata)],
  ['/rules', get(answerRules)],
  ['/alerts', get(answerAlerts)],
  ['/alertmanagers', get(answerAlertmanagers)],
  ['/targets', get(answerTargets)],
  ['/targets/metadata', get(answerTargetsMetadata)],
  ['/scrape_pools', get(answerScrapePools)],
  ['/status/buildinfo', get(answerBuildInfo)],
  ['/status/runtimeinfo', get(answerRuntimeInfo)],
  ['/status/config', get(answerConfig)],
  ['/status/flags', get(answerFlags)],
  ['/status/tsdb', get(answerTsdb)],
  ['/status/walreplay', get(answerWalReplay)],
])

const root = '/api/v1'
const labelPath = /^\/label\/([^/]+)\/values$/
const probes: ReadonlySet<string> = new Set(['/-/healthy', '/-/ready'])

export const prometheusApi: Api = {
  name: 'prometheus',
  mounts: [
    { listener: 'ui', under: '/prometheus' },
    { listener: 'ui', under: '' },
  ],
  serves(method, path) {
    if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return false
    if (path === '/federate' || probes.has(path)) return method !== 'POST'
    if (!path.startsWith(`${root}/`)) return false
    const own = path.slice(root.length)
    // A POST to an endpoint that takes none is answered too: Grafana then tries GET.
    return endpoints.has(own) || labelPath.test(own)
  },
  isOpen: ({ path }) => probes.has(path),
  answer,
  refused: failure,
}

async function answer(call: ApiCall): Promise<ApiReply> {
  const { path, method } = call
  if (path === '/-/healthy') return plain('Prometheus Server is Healthy.\n')
  if (path === '/-/ready') return plain('Prometheus Server is Ready.\n')
  if (path === '/federate') return answerFederate(call)
  const own = path.slice(root.length)
  const endpoint = endpoints.get(own) ?? labelEndpoint(own)
  if (endpoint === undefined) return failed('not_found', `no endpoint ${path}`)
  if (method === 'POST' && !endpoint.isPosted) return notAllowed(call)
  return success(await endpoint.answer(call))
}

function labelEndpoint(own: string): Endpoint | undefined {
  const name = labelPath.exec(own)?.[1]
  if (name === undefined) return undefined
  return get((call) => answerLabelValues(call, decoded(name)))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function plain(body: string): ApiReply {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}

function notAllowed(_head: ApiHead): ApiReply {
  const reply = failed('bad_data', 'method not allowed')
  return { ...reply, status: 405, headers: { ...reply.headers, allow: 'GET' } }
}
