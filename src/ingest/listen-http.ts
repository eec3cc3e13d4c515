/**
 * HTTP/1.1 listeners: finds the route, asks for the token, reads and decompresses the body under
 * its limits and hands it to intake. What an answer looks like is the route's business.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { Fault } from '../model/faults.ts'
import { boundAddress } from './address.ts'
import type { Lease } from './budget.ts'
import { corsHeaders, preflightHeaders } from './cors.ts'
import { countRefused } from './counters.ts'
import { contentEncodingOf, contentEncodings, decompress } from './decompress.ts'
import { checkLength, readBody, SenderGone } from './http-body.ts'
import { chunkIdOf } from './known-chunks.ts'
import { faultOf, type ListenContext, principalOf } from './listen-context.ts'
import type { Adopting } from './listen-mixed.ts'
import { findService, type MountedService, mediaTypeOf, serveService } from './listen-service.ts'
import type { HttpReply, HttpRoute } from './receiver.ts'
import { trackSockets } from './sockets.ts'

/** A route with the receiver it belongs to. */
export type SourcedRoute = HttpRoute & { source: string }
export type HttpServed = {
  routes: readonly SourcedRoute[]
  services: readonly MountedService[]
}
export type HttpContext = ListenContext & { cors_origins: readonly string[]; isDraining?: boolean }
type Exchange = { request: IncomingMessage; response: ServerResponse; mediaType: string }

/**
 * Serves the routes on any node:http server. Answers false when the path is none of them, so that a
 * server with other purposes can go on.
 */
export function createHttpHandler(served: HttpServed, context: HttpContext) {
  const byPath = new Map(served.routes.map((route) => [route.path, route]))
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const mediaType = mediaTypeOf(request.headers['content-type'])
    const exchange = { request, response, mediaType }
    const route = byPath.get((request.url ?? '').split('?', 1)[0]!)
    const found = route === undefined ? findService(served.services, request) : undefined
    if (route === undefined && found === undefined) return false
    context.counts.requests++
    if (route !== undefined) void serve(route, exchange, context)
    else if (found !== undefined) void serveMounted(found, exchange, context)
    return true
  }
}

async function serveMounted(
  { mounted, head }: NonNullable<ReturnType<typeof findService>>,
  exchange: Exchange,
  context: HttpContext,
): Promise<void> {
  const { request, response } = exchange
  if (allowPage(exchange, context)) return
  if (isForeignPage(request, context)) {
    const fault = new Fault('origin_refused', { origin: String(request.headers.origin) })
    countRefused(context.counts, fault.code)
    return answer(exchange, mounted.service.refused(fault, head), context)
  }
  const reply = await serveService(mounted, head, request, response, context)
  if (reply === undefined) return
  if (isStillSending(request)) reply.headers.connection = 'close'
  answer(exchange, reply, context)
}

/** Names the origin of an allowed page; true when the request was its preflight, now answered. */
function allowPage({ request, response }: Exchange, context: HttpContext): boolean {
  const cors = corsHeaders(request, context.cors_origins)
  for (const [name, value] of Object.entries(cors ?? {})) response.setHeader(name, value)
  if (request.method !== 'OPTIONS' || cors === undefined) return false
  const headers = preflightHeaders(request, cors)
  if (headers === undefined) return false
  response.writeHead(204, headers).end()
  return true
}

/**
 * A page of another site that posts here without a preflight: forms and `no-cors` requests can
 * reach a server on this machine, where ingest needs no token.
 */
function isForeignPage(request: IncomingMessage, context: HttpContext): boolean {
  const { origin, host } = request.headers
  if (origin === undefined || corsHeaders(request, context.cors_origins) !== undefined) return false
  return !/^https?:\/\//.test(origin) || origin.replace(/^https?:\/\//, '') !== host
}

async function serve(route: SourcedRoute, exchange: Exchange, context: HttpContext) {
  if (allowPage(exchange, context)) return
  let lease: Lease | undefined
  try {
    lease = context.budget.lease()
    const outcome = await store(route, exchange, context, lease)
    answer(exchange, route.accepted(outcome, exchange.mediaType), context)
  } catch (error) {
    if (error instanceof SenderGone) context.counts.abandoned++
    else refuse(route, exchange, faultOf(context, error), context)
  } finally {
    lease?.release()
  }
}

async function store(route: SourcedRoute, exchange: Exchange, context: HttpContext, lease: Lease) {
  const { request, response, mediaType } = exchange
  const { limits, tokenUsers, intake } = context
  if (request.method !== 'POST') {
    throw new Fault('method_unsupported', { expected: 'POST', got: request.method ?? '' })
  }
  tokenUsers.used(request.socket, principalOf(context, request.headers))
  const decode = Object.hasOwn(route.formats, mediaType) ? route.formats[mediaType] : undefined
  if (decode === undefined) {
    const expected = Object.keys(route.formats).join(' or ')
    throw new Fault('content_type_unsupported', { expected, got: mediaType || 'none' })
  }
  const chunk_id = chunkIdOf(request.headers)
  const encoding = contentEncodingOf(request.headers['content-encoding'])
  checkLength(request, limits.body_bytes_max)
  intake.admit()
  if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue()
  const sent = await readBody(request, limits.body_bytes_max, lease)
  const body = await decompress(encoding, sent, limits, lease)
  // A token that was revoked while a slow body arrived stores nothing.
  const principal = principalOf(context, request.headers)
  const { source, signal } = route
  return intake.take({ source, signal, decode, chunk_id }, body, principal)
}

/** A body that has not fully arrived; for a request without one there is nothing to wait for. */
function isStillSending({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['transfer-encoding'] ?? headers['content-length'] ?? '0') !== '0'
}

function answer({ request, response }: Exchange, reply: HttpReply, context: HttpContext): void {
  if (response.destroyed) return
  if (context.isDraining) response.shouldKeepAlive = false
  response.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length })
  if (!isStillSending(request)) return void response.end(reply.body)
  // The sender is still sending: closing now would reset the connection before it reads the answer.
  response.write(reply.body)
  let discarded_bytes = 0
  request.on('data', (chunk: Buffer) => {
    discarded_bytes += chunk.length
    if (discarded_bytes > context.limits.linger_bytes_max) request.socket.destroy()
  })
  request.on('end', () => response.end())
  request.socket.setTimeout(context.limits.linger_ms, () => request.socket.destroy())
  request.resume()
}

function refuse(route: SourcedRoute, exchange: Exchange, fault: Fault, context: HttpContext): void {
  const { request } = exchange
  countRefused(context.counts, fault.code)
  const reply = route.refused(fault, exchange.mediaType)
  const { headers } = reply
  if (isStillSending(request)) headers.connection = 'close'
  if (fault.status === 401) headers['www-authenticate'] = 'Bearer'
  if (fault.status === 405) headers.allow = 'POST'
  if (fault.code === 'content_type_unsupported') {
    headers['accept-post'] = Object.keys(route.formats).join(', ')
  }
  if (fault.code === 'encoding_unsupported')
    headers['accept-encoding'] = contentEncodings.join(', ')
  answer(exchange, reply, context)
}

/** A server of its own for these routes; any other path is 404. */
export function createHttpListener(served: HttpServed, context: HttpContext): Adopting {
  const { limits, counts } = context
  const options = {
    headersTimeout: limits.headers_timeout_ms,
    requestTimeout: limits.request_timeout_ms,
    connectionsCheckingInterval: 500,
    keepAliveTimeout: limits.keep_alive_ms,
    maxHeaderSize: limits.header_bytes_max,
  }
  const server = context.tls
    ? createTlsServer({ ...options, ...context.tls })
    : createServer(options)
  const handle = createHttpHandler(served, context)
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    // What is asked goes before what is sent: a receiver may take whole protocols for its own.
    if (context.others?.request(request, response) || handle(request, response)) return
    refuseUnknownPath(request, response, context)
  }
  server.on('request', onRequest).on('checkContinue', onRequest)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!context.others?.upgrade(request, socket, head)) refuseUpgrade(socket)
  })
  server.maxConnections = limits.connections_max
  const sockets = trackSockets(server, counts)
  return {
    server,
    listen: (host, port) => boundAddress(server, host, port),
    setTls: (tls) => 'setSecureContext' in server && server.setSecureContext(tls),
    drain() {
      context.isDraining = true
      return new Promise((resolve) => server.close(() => resolve()))
    },
    destroy: () => sockets.destroy(),
  }
}

function refuseUpgrade(socket: Duplex): void {
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

function refuseUnknownPath(
  request: IncomingMessage,
  response: ServerResponse,
  context: HttpContext,
) {
  context.counts.requests++
  countRefused(context.counts, 'not_found')
  const fault = new Fault('not_found', { path: (request.url ?? '').slice(0, 200) })
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (isStillSending(request)) headers.connection = 'close'
  const reply = { status: fault.status, headers, body: Buffer.from(JSON.stringify(fault.answer())) }
  answer({ request, response, mediaType: '' }, reply, context)
}
