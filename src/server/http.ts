/**
 * The HTTP server of the screens and the API: limits, headers, proof of origin and the rendering of
 * faults for every route. What the routes do is in routes/.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as HttpsServer } from 'node:https'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import cookie from '@fastify/cookie'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { Fault } from '../model/faults.ts'
import { refuseForged } from './auth/origin.ts'
import { newId } from './auth/secrets.ts'
import { createSessions } from './auth/sessions.ts'
import type { HttpContext } from './http-context.ts'
import { apmAgentRoutes } from './routes/apm-agents.ts'
import { askRoute } from './routes/ask.ts'
import { consoleRoute } from './routes/console.ts'
import { dashboardRoutes } from './routes/dashboards.ts'
import { fleetRoutes } from './routes/fleet.ts'
import { fleetMachineRoutes, isMachineRoute } from './routes/fleet-machines.ts'
import { getDataInRoutes } from './routes/get-data-in.ts'
import { pipelineRoutes } from './routes/pipelines.ts'
import { probeRoutes } from './routes/probes.ts'
import { readTokenRoutes } from './routes/read-tokens.ts'
import { savedSearchRoutes } from './routes/saved-searches.ts'
import { screenRoutes } from './routes/screens.ts'
import { sessionRoutes } from './routes/session.ts'
import { tailRoute } from './routes/tail.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { securityHeaders } from './security-headers.ts'

/** Everything but the socket: main listens, tests inject. */
export async function createHttp(context: HttpContext): Promise<FastifyInstance> {
  const { config, state, now_ms, tls } = context
  const is_secure = tls !== undefined || config.listen.public_url.startsWith('https:')
  const app = fastify({
    serverFactory: (handler, options) => sharedServer(handler, options as object, context),
    bodyLimit: config.limits.ask_bytes_max,
    // Never the sender's: an id goes into our log as it is.
    genReqId: newId,
    requestIdHeader: false,
    logger: false,
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 128 },
    // An address that cannot be decoded has no route, and so meets none of our hooks.
    frameworkErrors: (error, request, reply) => {
      const fault = faultOf(error, request)
      const answer = reply as unknown as FastifyReply
      answer.headers(securityHeaders(is_secure)).code(fault.status)
      answer.send({ fault: fault.answer() })
    },
  }) as unknown as FastifyInstance
  app.server.maxConnections = config.limits.connections_max
  app.removeContentTypeParser('text/plain')
  await app.register(cookie)
  guard(app, context, is_secure)
  const sessions = createSessions(state, { ...config.session, is_secure }, now_ms)
  const guarded = { ...context, sessions }
  askRoute(app, guarded)
  sessionRoutes(app, guarded)
  tokenRoutes(app, guarded)
  readTokenRoutes(app, guarded)
  apmAgentRoutes(app, guarded)
  tailRoute(app, guarded)
  fleetRoutes(app, guarded)
  fleetMachineRoutes(app, guarded)
  getDataInRoutes(app, guarded)
  consoleRoute(app, guarded)
  pipelineRoutes(app, guarded)
  dashboardRoutes(app, guarded)
  savedSearchRoutes(app, guarded)
  probeRoutes(app, context)
  await screenRoutes(app, context)
  return app
}

/** Telemetry that comes in on this port is taken by its receivers before the screens' routes. */
function sharedServer(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  options: object,
  { onIngest, apis, tls }: HttpContext,
): Server {
  const own = { keepAliveTimeout: 75_000, requestTimeout: 60_000, ...options }
  const server =
    tls === undefined
      ? createServer(own)
      : createTlsServer({ ...own, ...tls, minVersion: 'TLSv1.2' })
  const take = (request: IncomingMessage, response: ServerResponse) => {
    if (apis?.request('ui', request, response) || onIngest?.(request, response)) return
    handler(request, response)
  }
  server.on('upgrade', (request, socket, begun) => {
    if (!apis?.upgrade('ui', request, socket, begun)) socket.destroy()
  })
  return server.on('request', take).on('checkContinue', take) as Server
}

/** A new certificate for connections to come. */
export function setCertificate(app: FastifyInstance, secure: { cert?: unknown; key?: unknown }) {
  ;(app.server as HttpsServer).setSecureContext(secure as { cert: Buffer; key: Buffer })
}

function guard(app: FastifyInstance, context: HttpContext, is_secure: boolean): void {
  const headers = securityHeaders(is_secure)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers).header('x-request-id', request.id)
    // By its route too: /%61pi/ask is another way to write /api/ask.
    const paths = [request.url, request.routeOptions.url]
    if (!paths.some((path) => path?.startsWith('/api/'))) return
    reply.header('cache-control', 'no-store')
    // Agents show a key of their own and never a cookie: there is nothing to forge.
    if (isMachineRoute(request)) return
    refuseForged(request, context.config.listen.public_url)
  })
  let isStopping = false
  app.addHook('preClose', async () => {
    isStopping = true
  })
  app.addHook('onSend', async (request, reply, payload) => {
    // A connection kept alive past this answer would hold up the shutdown.
    if (isStopping) reply.header('connection', 'close')
    return compress(request, reply, payload)
  })
  app.setErrorHandler((error, request, reply) => {
    const fault = faultOf(error, request)
    if (fault.code === 'internal') {
      const details = { err: error, request_id: request.id, method: request.method }
      context.log.error({ ...details, route: request.routeOptions.url }, 'a request failed')
    }
    const { retry_after_s } = fault.details
    if (retry_after_s !== undefined) reply.header('retry-after', String(retry_after_s))
    return reply.code(fault.status).send({ fault: fault.answer() })
  })
}

/** Fastify's own refusals in the words of the catalogue. */
function faultOf(error: unknown, request: FastifyRequest): Fault {
  if (error instanceof Fault) return error
  const { code, statusCode, message } = error as {
    code?: string
    statusCode?: number
    message: string
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new Fault('ask_too_large', { limit_bytes: request.routeOptions.bodyLimit })
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const got = String(request.headers['content-type'] ?? 'none').slice(0, 100)
    return new Fault('content_type_unsupported', { expected: 'application/json', got })
  }
  if (statusCode !== undefined && statusCode < 500) {
    return new Fault('ask_invalid', { detail: message.replace(/\.$/, '') })
  }
  return new Fault('internal', { request_id: request.id }, error)
}

const gzipAsync = promisify(gzip)
const compress_chars_min = 8 * 1024

/** Answers in columns shrink five times and more. Files come compressed from the build. */
async function compress(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
  if (typeof payload !== 'string' || payload.length < compress_chars_min) return payload
  reply.header('vary', 'accept-encoding')
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return payload
  const compressed = await gzipAsync(payload, { level: 3 })
  reply.header('content-encoding', 'gzip').removeHeader('content-length')
  return compressed
}
