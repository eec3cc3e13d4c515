/** The HTTP face of the API server: who asks, may they, and which part answers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import {
  aggregated,
  coreVersions,
  groupList,
  isAggregatedAsked,
  oneGroup,
  resourceList,
  version,
} from './discovery.ts'
import { drawOne, Lists, shapeOf } from './list.ts'
import type { ObjectStore } from './object-store.ts'
import type { Pod } from './objects.ts'
import { type Asked, type Authoriser, forbidden } from './rbac.ts'
import type { Target } from './request.ts'
import { type ApiRequest, askedOf, readBody, StatusError, sendJson, targetOf } from './request.ts'
import { RequestFigures } from './request-figures.ts'
import { reviewToken, type Tokens, type User } from './tokens.ts'
import { Watches } from './watch.ts'
import { create, found, patch, scaleOf, update, type WriteOptions } from './writes.ts'

export type ApiOptions = WriteOptions & {
  store: ObjectStore
  tokens: Tokens
  authoriser: Authoriser
  now_ms: () => number
  bookmark_ms: number
  /** Lines of a container, for `kubectl logs`. */
  readLog: (pod: Pod, query: URLSearchParams) => string
  tls?: { cert: string; key: string }
  /** API groups that this cluster does not have. */
  without?: readonly string[]
}

/** Watches and lists can be made to forget, as after a compaction of etcd. */
export class ApiServer {
  readonly server: Server
  readonly lists: Lists
  readonly watches: Watches
  readonly #options: ApiOptions
  readonly #figures: RequestFigures

  constructor(options: ApiOptions) {
    this.#options = options
    this.lists = new Lists(options.store, options.now_ms)
    this.watches = new Watches(options)
    this.#figures = new RequestFigures(options.now_ms())
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response)
    }
    const { tls } = options
    this.server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer)
    this.server.keepAliveTimeout = 60_000
  }

  metrics(): string {
    return this.#figures.text(this.#options.store, this.watches.open)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request
    const { pathname, searchParams: query } = new URL(url, 'http://api')
    const { path, token } = prefixed(pathname)
    const began_ms = this.#options.now_ms()
    const target = targetOf(path)
    this.#figures.begin()
    response.once('close', () => {
      const verb = target === undefined ? method : verbName(askedOf(method, target, query))
      const { group = '', version: of = '', plural: resource = '' } = target?.kind ?? {}
      const labels = { verb, group, version: of, resource, subresource: target?.subresource ?? '' }
      const duration_s = (this.#options.now_ms() - began_ms) / 1000
      this.#figures.end(labels, response.statusCode, duration_s)
    })
    response.on('error', () => response.destroy())
    try {
      const user = this.#userOf(request, token)
      const accept = request.headers.accept ?? 'application/json'
      const asked = { method, path, query, accept, user, request, response }
      if (target === undefined) this.#answerPath(asked)
      else await this.#answerObject(target, asked)
    } catch (error) {
      if (response.headersSent) response.destroy()
      else if (error instanceof StatusError) sendJson(response, error.code, error.body())
      else sendJson(response, 500, new StatusError(500, 'InternalError', String(error)).body())
    }
  }

  #userOf(request: IncomingMessage, inPath: string | undefined): User {
    const [, bearer] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? []
    const token = inPath ?? bearer
    const user = token === undefined ? undefined : this.#options.tokens.verify(token)
    if (user === undefined) throw new StatusError(401, 'Unauthorized', 'Unauthorized')
    return user
  }

  #authorise(user: User, asked: Asked): void {
    if (this.#options.authoriser.allows(user, asked)) return
    throw new StatusError(403, 'Forbidden', forbidden(user, asked))
  }

  #answerPath({ method, path, accept, user, response }: ApiRequest): void {
    this.#authorise(user, { verb: method.toLowerCase(), nonResourceURL: path })
    const [root, group = '', wanted] = path.split('/').filter((part) => part !== '')
    if (path === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      response.end(this.metrics())
      return
    }
    if (['healthz', 'livez', 'readyz'].includes(root ?? '')) {
      response.end('ok')
      return
    }
    const { without = [] } = this.#options
    const isThere = root !== 'apis' || !without.includes(group)
    const body = isThere ? pathBody(path, { root, group, wanted, accept, without }) : undefined
    if (body === undefined) throw notServed()
    if (isAggregatedAsked(accept) && (path === '/api' || path === '/apis')) {
      const type = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
      response.writeHead(200, { 'content-type': type }).end(JSON.stringify(body))
      return
    }
    sendJson(response, 200, body)
  }

  async #answerObject(target: Target, asked: ApiRequest): Promise<void> {
    const { method, query, user, request, response } = asked
    this.#authorise(user, askedOf(method, target, query))
    const { store, now_ms, remove } = this.#options
    const { kind, namespace, name } = target
    if (this.#options.without?.includes(kind.group)) throw notServed()
    if (method === 'GET') return this.#read(target, asked)
    const body = await readBody(request)
    if (kind.kind.endsWith('Review'))
      return sendJson(response, 201, this.#review(kind.kind, asked, body))
    if (target.subresource === 'token') {
      const { spec = {} } = body as { spec?: { audiences?: string[]; expirationSeconds?: number } }
      const [audience = ''] = spec.audiences ?? []
      const life_s = spec.expirationSeconds ?? 3600
      const ask = { ...(audience === '' ? {} : { audience }), life_s }
      const token = this.#options.tokens.issue(`${namespace}:${name}`, ask)
      const status = { token, expirationTimestamp: new Date(now_ms() + life_s * 1000) }
      return sendJson(response, 201, { ...(body as object), status })
    }
    const type = request.headers['content-type'] ?? ''
    if (method === 'POST') return sendJson(response, 201, create(this.#options, target, body))
    if (method === 'PUT') return sendJson(response, 200, update(this.#options, target, body))
    if (method === 'PATCH') {
      return sendJson(response, 200, patch(this.#options, target, { body, type }))
    }
    if (method !== 'DELETE') throw new StatusError(405, 'MethodNotAllowed', `no ${method} here`)
    const object = found(store, target)
    remove(kind.kind, namespace, name!)
    sendJson(response, 200, store.get(kind.kind, name!, namespace) ?? object)
  }

  #read(target: Target, asked: ApiRequest): void {
    const { query, response } = asked
    const { store, now_ms } = this.#options
    if (['true', '1'].includes(query.get('watch') ?? '')) {
      this.watches.answer(target, asked)
      return
    }
    if (target.name === undefined) {
      sendJson(response, 200, this.lists.answer(target, asked))
      return
    }
    const object = found(store, target)
    if (target.subresource === 'log') {
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.end(this.#options.readLog(object as Pod, query))
      return
    }
    if (target.subresource === 'scale') {
      sendJson(response, 200, scaleOf(object))
      return
    }
    const drawn = drawOne(object, shapeOf(asked), { kind: target.kind, now_ms: now_ms() })
    sendJson(response, 200, drawn)
  }

  #review(kind: string, { user }: ApiRequest, body: unknown): object {
    if (kind === 'TokenReview') return reviewToken(this.#options.tokens, body)
    type Ask = { user?: string; groups?: string[]; uid?: string } & {
      resourceAttributes?: Asked
      nonResourceAttributes?: { path: string; verb: string }
    }
    const { spec = {} } = body as { spec?: Ask }
    const isSelf = kind === 'SelfSubjectAccessReview'
    const { user: username = '', groups = [], uid = '' } = spec
    const who = isSelf ? user : { username, groups, uid, audiences: [] }
    const { path = '', verb = '' } = spec.nonResourceAttributes ?? {}
    const asked = spec.resourceAttributes ?? { verb, nonResourceURL: path }
    const allowed = this.#options.authoriser.decide(who, asked)
    const reason = allowed ? '' : forbidden(who, asked)
    return { kind, apiVersion: 'authorization.k8s.io/v1', spec, status: { allowed, reason } }
  }
}

/** `/as/<token>/api/v1`: kubectl sends no token over plain HTTP, but a path before its own. */
function prefixed(pathname: string): { path: string; token: string | undefined } {
  const [, token, path = '/'] = /^\/as\/([^/]+)(\/.*)?$/.exec(pathname) ?? []
  return token === undefined ? { path: pathname, token } : { path, token }
}

type PathParts = {
  root: string | undefined
  group: string
  wanted: string | undefined
  accept: string
  without: readonly string[]
}

function notServed(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource')
}

function pathBody(path: string, parts: PathParts): object | undefined {
  const { root, group, wanted, accept, without } = parts
  const isAggregated = isAggregatedAsked(accept)
  if (path === '/version' || path === '/version/') return version
  if (path === '/api') return isAggregated ? aggregated(true, without) : coreVersions()
  if (path === '/apis') return isAggregated ? aggregated(false, without) : groupList(without)
  if (root === 'api') return resourceList('', group)
  if (root === 'openapi' && group === 'v3') return { paths: {} }
  if (root !== 'apis') return undefined
  return wanted === undefined ? oneGroup(group) : resourceList(group, wanted)
}

function verbName({ verb }: Asked): string {
  const known: Record<string, string> = { create: 'POST', update: 'PUT' }
  return known[verb] ?? verb.toUpperCase()
}
