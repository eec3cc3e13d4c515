/**
 * What the answers of this API are made of, errors in Elasticsearch's envelope, and the headers and
 * media types that clients check. Leaves what is answered to the routes.
 */
import { Fault } from '../../model/faults.ts'
import { filtered, pathFilter } from '../../model/filter-path.ts'
import { ElasticRefusal } from '../../query/elastic/refusal.ts'
import { QueryError } from '../../query/series.ts'
import type { ApiHead, ApiReply } from '../api.ts'

export type ElasticAnswer = {
  status: number
  json?: unknown
  text?: string
  media_type?: string
}

export const ok = (json: unknown): ElasticAnswer => ({ status: 200, json })

type Cause = { type: string; reason: string }

export function errorBody(cause: Cause & Record<string, unknown>, status: number): object {
  return { error: { root_cause: [cause], ...cause }, status }
}

const typeOfStatus: Readonly<Record<number, string>> = {
  400: 'illegal_argument_exception',
  401: 'security_exception',
  403: 'security_exception',
  404: 'resource_not_found_exception',
  413: 'content_too_long_exception',
  429: 'es_rejected_execution_exception',
  503: 'unavailable_shards_exception',
  504: 'timeout_exception',
}

const statusOfKind = {
  bad_data: 400,
  execution: 422,
  timeout: 504,
  canceled: 499,
  internal: 500,
} as const

/** What the engine says of a question that fits no values, and not of itself. */
const queryCodes = new Set([
  ...[6, 36, 38, 41, 42, 43, 44, 47, 53, 62, 69, 70, 72, 117, 125, 128, 130, 131, 153, 162, 167],
  ...[168, 179, 184, 190, 215, 349, 386, 407, 427],
])

function isOfQuery({ code, details }: Fault): boolean {
  const found = /^code (\d+)$/.exec(String(details.detail ?? ''))
  return code === 'query_failed' && found !== null && queryCodes.has(Number(found[1]))
}

/** Any error as its status and what is told of it; what nobody expected tells nothing. */
export function toldError(error: unknown): { status: number; json: object } {
  if (error instanceof ElasticRefusal) {
    const { status, type, message, more } = error
    return { status, json: errorBody({ type, reason: message, ...more }, status) }
  }
  if (error instanceof QueryError) {
    const status = statusOfKind[error.kind]
    const type = typeOfStatus[status] ?? 'exception'
    return { status, json: errorBody({ type, reason: error.message }, status) }
  }
  if (error instanceof Fault && isOfQuery(error)) {
    const reason = 'the query asks for what cannot be computed of the stored values'
    return { status: 400, json: errorBody({ type: 'illegal_argument_exception', reason }, 400) }
  }
  if (error instanceof Fault) {
    const { status } = error
    const type = error.code === 'query_memory' ? 'circuit_breaking_exception' : typeOfStatus[status]
    const reason = error.message
    return { status, json: errorBody({ type: type ?? 'exception', reason }, status) }
  }
  const cause = { type: 'exception', reason: 'something failed inside the server' }
  return { status: 500, json: errorBody(cause, 500) }
}

/** Clients take no server for Elasticsearch whose answers lack this. */
const product = { 'x-elastic-product': 'Elasticsearch' }

export function render(answer: ElasticAnswer, head: ApiHead): ApiReply {
  const { status, text } = answer
  const type =
    answer.media_type ?? (text === undefined ? jsonType(head) : 'text/plain; charset=UTF-8')
  const headers: Record<string, string> = { ...product, 'content-type': type }
  return { status, headers, body: text ?? jsonText(answer, head.query) }
}

function jsonText({ status, json }: ElasticAnswer, query: URLSearchParams): string {
  // An error is told in full, whatever was asked of the answer.
  const filter = status < 400 ? pathFilter(query.get('filter_path')) : undefined
  const kept = filter === undefined ? json : (filtered(json, filter) ?? {})
  const isPretty = query.has('pretty') && query.get('pretty') !== 'false'
  return isPretty ? `${JSON.stringify(kept, undefined, 2)}\n` : JSON.stringify(kept)
}

/** Clients of 8 and later name the version whose JSON they want, and want to read it back. */
function jsonType({ headers }: ApiHead): string {
  const accept = String(headers.accept ?? '')
  const asked = /application\/vnd\.elasticsearch\+json\s*;\s*compatible-with\s*=\s*"?(\d{1,2})/i
  const version = asked.exec(accept)?.[1]
  if (version === undefined) return 'application/json'
  return `application/vnd.elasticsearch+json;compatible-with=${version}`
}
