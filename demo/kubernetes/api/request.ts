/** An API request as Kubernetes reads it: which objects, and which permission it takes. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Kind, kindOf, reviews } from './kinds.ts'
import type { Asked } from './rbac.ts'
import type { User } from './tokens.ts'

export type Target = {
  kind: Kind
  namespace: string | undefined
  name: string | undefined
  subresource: string
}
export type ApiRequest = {
  method: string
  path: string
  query: URLSearchParams
  accept: string
  user: User
  request: IncomingMessage
  response: ServerResponse
}

/** An answer that is not a success, as the Status object that clients expect. */
export class StatusError extends Error {
  readonly code: number
  readonly reason: string
  constructor(code: number, reason: string, message: string) {
    super(message)
    this.code = code
    this.reason = reason
  }
  body(): object {
    const { code, reason, message } = this
    const head = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' }
    return { ...head, message, reason, code }
  }
}

/** `/api/v1/namespaces/shop/pods/cart-1/log`; undefined where nothing of ours is. */
export function targetOf(path: string): Target | undefined {
  const [root, ...rest] = path.split('/').filter((part) => part !== '')
  const isCore = root === 'api'
  if (!isCore && root !== 'apis') return undefined
  const group = isCore ? '' : (rest.shift() ?? '')
  const version = rest.shift()
  let namespace: string | undefined
  if (rest[0] === 'namespaces' && rest.length >= 3 && kindOf(group, rest[2]!)) {
    namespace = rest[1]
    rest.splice(0, 2)
  }
  const [plural = '', name, subresource = ''] = rest
  const kind = kindOf(group, plural) ?? reviewKind(group, plural)
  if (kind === undefined || kind.version !== version) return undefined
  return { kind, namespace, name, subresource }
}

function reviewKind(group: string, plural: string): Kind | undefined {
  const found = reviews.find((review) => review.group === group && review.plural === plural)
  if (found === undefined) return undefined
  return { ...found, version: 'v1', namespaced: false, short: [], subresources: [] }
}

const writes: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch' }

export function askedOf(method: string, target: Target, query: URLSearchParams): Asked {
  const { kind, namespace, name, subresource } = target
  const isWatch = ['true', '1'].includes(query.get('watch') ?? '')
  const reads = isWatch ? 'watch' : name === undefined ? 'list' : 'get'
  const deletes = name === undefined ? 'deletecollection' : 'delete'
  const verb = method === 'DELETE' ? deletes : (writes[method] ?? reads)
  return {
    verb,
    group: kind.group,
    resource: kind.plural,
    subresource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  }
}

const body_bytes_max = 3 * 1024 * 1024

export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > body_bytes_max) {
      throw new StatusError(413, 'RequestEntityTooLarge', 'request body is too large')
    }
    chunks.push(chunk)
  }
  if (bytes === 0) return {}
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new StatusError(415, 'UnsupportedMediaType', 'this demo cluster reads JSON bodies only')
  }
}

export function sendJson(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-cache' })
  response.end(JSON.stringify(body))
}
