/**
 * An answer as bytes: the headers that clients check, the media type they asked for, only the parts
 * they want, compressed when they can read it.
 */
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { filtered, pathFilter } from '../../../model/filter-path.ts'
import type { HttpHead, HttpReply, RequestHeaders } from '../../receiver.ts'
import type { ElasticAnswer } from './answers.ts'

const gzip = promisify(zlib.gzip)
/** Answers repeat themselves: the fastest level makes them a tenth already. */
const level = 1
const plain_bytes_max = 1400
const jsonType = 'application/json'

/** Clients take no server for Elasticsearch whose answers lack this. */
export const product: Readonly<Record<string, string>> = {
  'x-elastic-product': 'Elasticsearch',
}

export function render(answer: ElasticAnswer, head: HttpHead): HttpReply {
  const { status, text } = answer
  const headers: Record<string, string> = { ...product, ...answer.headers }
  headers['content-type'] = text === undefined ? mediaType(head.headers) : textType
  return { status, headers, body: Buffer.from(text ?? jsonText(answer, head.query)) }
}

const textType = 'text/plain; charset=UTF-8'

export async function compressed(reply: HttpReply, head: HttpHead): Promise<HttpReply> {
  if (reply.body.length < plain_bytes_max || !acceptsGzip(head.headers)) return reply
  const body = await gzip(reply.body, { level })
  return { ...reply, body, headers: { ...reply.headers, 'content-encoding': 'gzip' } }
}

function acceptsGzip(headers: RequestHeaders): boolean {
  const accepted = String(headers['accept-encoding'] ?? '').toLowerCase()
  return /(?:^|[\s,])(?:gzip|\*)(?!\s*;\s*q=0(?:\.0*)?(?:$|[\s,]))/.test(accepted)
}

function jsonText(answer: ElasticAnswer, query: URLSearchParams): string {
  // An error is told in full, whatever was asked of the answer.
  const filter = answer.status < 400 ? pathFilter(query.get('filter_path')) : undefined
  const isPretty = query.has('pretty') && query.get('pretty') !== 'false'
  if (answer.ready !== undefined && !isPretty) return answer.ready
  const whole: unknown = answer.ready === undefined ? answer.json : JSON.parse(answer.ready)
  const json = filter === undefined ? whole : (filtered(whole, filter) ?? {})
  return isPretty ? `${JSON.stringify(json, undefined, 2)}\n` : JSON.stringify(json)
}

/** Clients of 8 and later name the version whose JSON they want, and want to read it back. */
function mediaType(headers: RequestHeaders): string {
  const accept = String(headers.accept ?? '')
  const asked = /application\/vnd\.elasticsearch\+json\s*;\s*compatible-with\s*=\s*"?(\d{1,2})/i
  const version = asked.exec(accept)?.[1]
  if (version === undefined) return jsonType
  return `application/vnd.elasticsearch+json;compatible-with=${version}`
}
