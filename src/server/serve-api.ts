/**
 * Serves the query APIs on the listeners where they are mounted: who asks, what they may see, the
 * limits of one query, compression and WebSockets. What is answered is the API's business.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Logger } from 'pino'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Api, ApiCall, ApiHead, ApiMount, ApiReply, ApiSocket } from '../api/api.ts'
import { Fault } from '../model/faults.ts'
import type { Scope } from '../model/question.ts'
import type { QueryContext, QueryLimits } from '../query/context.ts'
import type { Store } from '../store/store.ts'
import type { Readers } from './auth/readers.ts'
import type { Metrics } from './metrics.ts'

type Needs = {
  apis: readonly Api[]
  readers: Pick<Readers, 'scopeOf'>
  store: Store
  metrics: Pick<Metrics, 'asked'>
  limits: QueryLimits & { asks_max: number }
  now_ms: () => number
  log: Logger
}
type Listener = ApiMount['listener']
type Found = { api: Api; head: ApiHead }

/** Many queries in one request, as dashboards send them. */
const body_bytes_max = 4 * 1024 * 1024
const compress_bytes_min = 8 * 1024
const gzipAsync = promisify(gzip)
/** What is told to those who need not say who they are. */
const nothing: Scope = { clusters: [], namespaces: [], classes: [] }

export class ServedApis {
  readonly #needs: Needs
  readonly #running = new Set<AbortController>()
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 })

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /** False when the path is no API's. */
  request(listener: string, request: IncomingMessage, response: ServerResponse): boolean {
    const found = findApi(this.#needs.apis, listener, request)
    if (found === undefined) return false
    this.#answer(request, found)
      .catch((error: unknown) => this.#refusal(error, found))
      .then((reply) => send(request, response, reply))
      .catch((error: unknown) => {
        this.#needs.log.warn({ err: error }, 'an answer could not be sent')
        response.destroy()
      })
    return true
  }

  /** False when the path is no WebSocket of an API. */
  upgrade(listener: string, request: IncomingMessage, socket: Duplex, begun: Uint8Array): boolean {
    const found = findApi(this.#needs.apis, listener, request)
    if (found?.api.socket === undefined) return false
    this.#follow(socket, request, found, begun).catch((error: unknown) => {
      const { status, body } = this.#refusal(error, found)
      socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n${body}`)
    })
    return true
  }

  close(): void {
    for (const controller of this.#running) controller.abort(new Fault('server_stopping'))
    this.#sockets.close()
  }

  async #answer(request: IncomingMessage, { api, head }: Found): Promise<ApiReply> {
    const { readers, limits, metrics } = this.#needs
    const began = performance.now()
    const isOpen = api.isOpen?.(head) ?? false
    const scope = isOpen
      ? nothing
      : await readers.scopeOf(head.headers, request.socket.remoteAddress ?? '')
    if (this.#running.size >= limits.asks_max) {
      throw new Fault('query_busy', { waiting: this.#running.size, retry_after_s: 2 })
    }
    const stopper = this.#stopper(request)
    try {
      const context = this.#contextOf(scope, stopper.signal)
      const reply = await api.answer(callOf(head, request, context))
      metrics.asked(api.name, 'answered', performance.now() - began)
      return reply
    } catch (thrown) {
      const error = stopper.signal.aborted ? stopper.signal.reason : thrown
      const code = error instanceof Fault ? error.code : 'refused'
      metrics.asked(api.name, code, performance.now() - began)
      throw error
    } finally {
      stopper.end()
    }
  }

  /** Ends a query when its time is over or nobody waits for it any more. */
  #stopper(request: IncomingMessage) {
    const { timeout_ms } = this.#needs.limits
    const controller = new AbortController()
    const late = () => controller.abort(new Fault('query_timeout', { timeout_ms }))
    const leave = () => controller.abort(new Fault('query_abandoned'))
    const timer = setTimeout(late, timeout_ms)
    this.#running.add(controller)
    request.socket.once('close', leave)
    return {
      signal: controller.signal,
      end: () => {
        clearTimeout(timer)
        request.socket.off('close', leave)
        this.#running.delete(controller)
      },
    }
  }

  #contextOf(scope: Scope, signal: AbortSignal): QueryContext {
    const { store, limits, now_ms } = this.#needs
    return { store, scope, now_ms: now_ms(), signal, limits }
  }

  #refusal(error: unknown, { api, head }: Found): ApiReply {
    const isKnown = error instanceof Fault || (error as Error).name === 'QueryError'
    const { log } = this.#needs
    if (!isKnown) log.error({ err: error, api: api.name, path: head.path }, 'a query failed')
    const reply = api.refused(error, head)
    if (!(error instanceof Fault)) return reply
    const { retry_after_s } = error.details
    if (retry_after_s !== undefined) reply.headers['retry-after'] = String(retry_after_s)
    if (error.status === 401) reply.headers['www-authenticate'] = 'Basic realm="crowsnest"'
    return reply
  }

  async #follow(socket: Duplex, request: IncomingMessage, found: Found, begun: Uint8Array) {
    const { api, head } = found
    const { readers } = this.#needs
    const scope = await readers.scopeOf(head.headers, request.socket.remoteAddress ?? '')
    this.#sockets.handleUpgrade(request, socket, Buffer.from(begun), (web) => {
      const controller = new AbortController()
      this.#running.add(controller)
      const end = () => {
        controller.abort()
        this.#running.delete(controller)
      }
      controller.signal.addEventListener('abort', () => web.close(1001), { once: true })
      web.on('close', end).on('error', end)
      api
        .socket?.(head, this.#contextOf(scope, controller.signal), exchangeOf(web, controller))
        .then(
          () => web.close(1000),
          (error: unknown) => web.close(1011, (error as Error).message.slice(0, 120)),
        )
    })
  }
}

function exchangeOf(web: WebSocket, { signal }: AbortController): ApiSocket {
  return {
    send: (text) => web.send(text),
    get waiting_bytes() {
      return web.bufferedAmount
    },
    closed: signal,
    close: (code, reason) => web.close(code, reason.slice(0, 120)),
  }
}

function callOf(head: ApiHead, request: IncomingMessage, context: QueryContext): ApiCall {
  let read: Promise<Uint8Array> | undefined
  const body = () => {
    read ??= readAll(request, body_bytes_max)
    return read
  }
  return { ...head, context, body, parameters: () => parametersOf(head, body) }
}

function findApi(
  apis: readonly Api[],
  listener: string,
  request: IncomingMessage,
): Found | undefined {
  const { url = '/', method = 'GET', headers } = request
  for (const api of apis) {
    for (const mount of api.mounts) {
      if (mount.listener !== (listener as Listener) || !url.startsWith(mount.under)) continue
      const behind = url.slice(mount.under.length)
      const query_at = behind.indexOf('?')
      const path = (query_at < 0 ? behind : behind.slice(0, query_at)) || '/'
      if (!path.startsWith('/') || !api.serves(method, path)) continue
      const query = new URLSearchParams(query_at < 0 ? '' : behind.slice(query_at + 1))
      const media_type = (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
      return { api, head: { method, path, query, headers, media_type } }
    }
  }
  return undefined
}

async function parametersOf(
  head: ApiHead,
  body: () => Promise<Uint8Array>,
): Promise<URLSearchParams> {
  const merged = new URLSearchParams(head.query)
  if (head.method !== 'POST' || head.media_type !== 'application/x-www-form-urlencoded') {
    return merged
  }
  const form = new URLSearchParams(Buffer.from(await body()).toString())
  for (const [name, value] of form) merged.append(name, value)
  return merged
}

async function readAll(request: IncomingMessage, limit_bytes: number): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  let bytes = 0
  // Destroying the request would end the connection before the refusal is read.
  const kept = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  for await (const piece of kept) {
    bytes += piece.length
    if (bytes > limit_bytes) throw new Fault('ask_too_large', { limit_bytes })
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

async function send(request: IncomingMessage, response: ServerResponse, reply: ApiReply) {
  if (response.destroyed) return
  const headers: Record<string, string | number> = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...reply.headers,
  }
  let body = typeof reply.body === 'string' ? Buffer.from(reply.body) : Buffer.from(reply.body)
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  if (body.length >= compress_bytes_min && takesGzip) {
    body = await gzipAsync(body, { level: 1 })
    headers['content-encoding'] = 'gzip'
    headers.vary = 'accept-encoding'
  }
  headers['content-length'] = body.length
  if (!request.complete) {
    headers.connection = 'close'
    request.resume()
  }
  response.writeHead(reply.status, headers)
  response.end(request.method === 'HEAD' ? undefined : body)
}
