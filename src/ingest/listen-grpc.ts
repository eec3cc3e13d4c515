/**
 * gRPC listeners by hand on node:http2, for unary calls: finds the method, asks for the token,
 * reads the framed message under its limits and hands it to intake. Frames and statuses have their
 * own files.
 */
import http2, {
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { Fault } from '../model/faults.ts'
import type { GrpcMessage } from '../wire/grpc/frames.ts'
import { boundAddress } from './address.ts'
import type { Lease } from './budget.ts'
import { countRefused } from './counters.ts'
import { type ContentEncoding, contentEncodingOf, decompress } from './decompress.ts'
import {
  answerFault,
  answerMessage,
  answerStatus,
  type Deadline,
  deadlineOf,
  endCalls,
  type OpenCalls,
  readMessage,
} from './grpc-call.ts'
import { SenderGone } from './http-body.ts'
import { faultOf, type ListenContext, principalOf } from './listen-context.ts'
import type { Adopting } from './listen-mixed.ts'
import type { GrpcMethod } from './receiver.ts'
import { trackSockets } from './sockets.ts'

/** A method with the receiver it belongs to. */
export type SourcedMethod = GrpcMethod & { source: string }
type GrpcContext = ListenContext & { openCalls: OpenCalls }

const sweep_ms = 250

export function createGrpcListener(
  methods: readonly SourcedMethod[],
  shared: ListenContext,
): Adopting {
  const context: GrpcContext = { ...shared, openCalls: new Set() }
  const { limits, counts, clock } = context
  const byPath = new Map(methods.map((method) => [method.path, method]))
  const options = sessionOptions(context)
  const server = context.tls
    ? http2.createSecureServer({ ...options, ...context.tls, allowHTTP1: false })
    : http2.createServer(options)
  const sessions = trackSessions(server, context)
  server.on('stream', (stream, headers) => {
    counts.requests++
    // A stream that breaks is noticed by its 'close'.
    stream.on('error', () => {})
    if (headers[':method'] !== 'POST') return answerStatus(stream, 405)
    if (!/^application\/grpc(\+proto)?(;|$)/i.test(headers['content-type'] ?? '')) {
      return answerStatus(stream, 415)
    }
    void serve(byPath.get(headers[':path'] ?? ''), { stream, headers }, context)
  })
  server.maxConnections = limits.connections_max
  const sockets = trackSockets(server, counts)
  const stopSweep = clock.every(sweep_ms, () => {
    endCalls(context.openCalls, clock.now_ms())
    sessions.closeSilent()
  })
  return {
    server,
    listen: (host, port) => boundAddress(server, host, port),
    setTls: (tls) => 'setSecureContext' in server && server.setSecureContext(tls),
    drain() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      sessions.close()
      return closed.finally(stopSweep)
    },
    destroy: () => sockets.destroy(),
  }
}

/** Bounds on what a peer may make the library do before any of our code runs. */
function sessionOptions({ limits }: GrpcContext): http2.ServerOptions {
  return {
    settings: {
      initialWindowSize: limits.stream_window_bytes,
      maxConcurrentStreams: limits.streams_max,
      maxHeaderListSize: limits.header_bytes_max,
    },
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    maxSettings: 32,
    maxHeaderListPairs: 64,
    maxOutstandingPings: 10,
    // Streams that are opened and reset, over and over, end the session.
    streamResetBurst: 500,
    streamResetRate: 33,
  }
}

type Call = { stream: ServerHttp2Stream; headers: IncomingHttpHeaders }

async function serve(method: SourcedMethod | undefined, call: Call, context: GrpcContext) {
  let lease: Lease | undefined
  try {
    if (method === undefined) {
      throw new Fault('not_found', { path: (call.headers[':path'] ?? '').slice(0, 200) })
    }
    lease = context.budget.lease()
    const outcome = await store(method, call, context, lease)
    answerMessage(call.stream, method.accepted(outcome))
  } catch (error) {
    if (error instanceof SenderGone) {
      context.counts.abandoned++
    } else {
      const fault = faultOf(context, error)
      countRefused(context.counts, fault.code)
      answerFault(call.stream, fault)
    }
  } finally {
    lease?.release()
  }
}

async function store(method: SourcedMethod, call: Call, context: GrpcContext, lease: Lease) {
  const { stream, headers } = call
  const { limits, clock, intake, openCalls, tokenUsers } = context
  const principal = principalOf(context, headers)
  if (stream.session) tokenUsers.used(stream.session, principal)
  const encoding = contentEncodingOf(onlyText(headers['grpc-encoding']))
  const started_ms = clock.now_ms()
  const deadline = deadlineOf(headers, started_ms)
  intake.admit()
  const slow_ms = started_ms + limits.request_timeout_ms
  const isDeadlineFirst = deadline !== undefined && deadline.at_ms < slow_ms
  const message = await readMessage(stream, {
    body_bytes_max: limits.body_bytes_max,
    lease,
    openCalls,
    until_ms: isDeadlineFirst ? deadline.at_ms : slow_ms,
    late: () => (isDeadlineFirst ? passed(deadline) : tooSlow(limits.request_timeout_ms)),
  })
  const body = await decompress(encodingOf(message, encoding), message.bytes, limits, lease)
  if (deadline !== undefined && clock.now_ms() >= deadline.at_ms) throw passed(deadline)
  if (stream.destroyed) throw new SenderGone()
  const { source, signal, decode } = method
  // A token that was revoked while a slow body arrived stores nothing.
  return intake.take({ source, signal, decode }, body, principalOf(context, headers))
}

function encodingOf(message: GrpcMessage, encoding: ContentEncoding): ContentEncoding {
  if (!message.isCompressed) return 'identity'
  if (encoding !== 'identity') return encoding
  const detail = 'the message is compressed, but grpc-encoding names no encoding'
  throw new Fault('payload_malformed', { format: 'gRPC', detail })
}

function onlyText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

function passed(deadline: Deadline): Fault {
  return new Fault('deadline_passed', { timeout_ms: deadline.timeout_ms })
}

function tooSlow(timeout_ms: number): Fault {
  return new Fault('body_too_slow', { timeout_ms })
}

type Tracked = { opened_ms: number; streams: number; used_ms: number }

/**
 * Sessions, to end them gently: at once those that never say a word of HTTP/2, later those that are
 * idle. The library's own timer of a session outlives one that its peer cut off, with 20 KB each.
 */
function trackSessions(server: http2.Http2Server | http2.Http2SecureServer, context: GrpcContext) {
  const { limits, clock } = context
  const opened = new Map<ServerHttp2Session, Tracked>()
  const greeted = new WeakSet<ServerHttp2Session>()
  server.on('session', (session: ServerHttp2Session) => {
    const now_ms = clock.now_ms()
    const tracked = { opened_ms: now_ms, streams: 0, used_ms: now_ms }
    opened.set(session, tracked)
    session.setLocalWindowSize(limits.session_window_bytes)
    session.once('remoteSettings', () => greeted.add(session))
    session.on('stream', (stream: ServerHttp2Stream) => {
      tracked.streams++
      stream.once('close', () => {
        tracked.streams--
        tracked.used_ms = clock.now_ms()
      })
    })
    session.on('error', () => {})
    session.once('close', () => opened.delete(session))
  })
  // A broken session is the peer's doing; it closes itself.
  server.on('sessionError', () => {})
  return {
    closeSilent() {
      const oldest_ms = clock.now_ms() - limits.headers_timeout_ms
      const idle_ms = clock.now_ms() - limits.session_idle_ms
      for (const [session, { opened_ms, streams, used_ms }] of opened) {
        if (opened_ms < oldest_ms && !greeted.has(session)) session.destroy()
        else if (streams === 0 && used_ms < idle_ms) session.close()
      }
    },
    close() {
      for (const session of opened.keys()) session.close()
    },
  }
}
