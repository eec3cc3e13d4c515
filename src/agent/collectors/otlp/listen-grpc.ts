/** OTLP over gRPC on the node: the three Export methods, unary, by hand on node:http2. */
import http2, {
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { Fault } from '../../../model/faults.ts'
import { framed, MessageReader } from '../../../wire/grpc/frames.ts'
import { grpcTrailers } from '../../../wire/grpc/status.ts'
import type { RewriteSignal } from '../../../wire/otlp/resource-rewrite.ts'
import { body_bytes_max, faultOf, type Intake, plainIp } from './take.ts'

const service = '/opentelemetry.proto.collector'
const signals: Readonly<Record<string, RewriteSignal>> = {
  [`${service}.logs.v1.LogsService/Export`]: 'logs',
  [`${service}.trace.v1.TraceService/Export`]: 'traces',
  [`${service}.metrics.v1.MetricsService/Export`]: 'metrics',
}
const head = {
  ':status': 200,
  'content-type': 'application/grpc',
  'grpc-accept-encoding': 'identity,gzip,zstd',
}
const call_ms_max = 30_000
const connections_max = 1024

export type GrpcGateway = { server: Http2Server; close(): void }

export function createGrpcGateway(intake: Intake, log: (error: unknown) => void): GrpcGateway {
  const server = http2.createServer({
    settings: { maxConcurrentStreams: 64, maxHeaderListSize: 16 * 1024 },
    maxSessionInvalidFrames: 100,
    maxSettings: 32,
    streamResetBurst: 500,
    streamResetRate: 33,
  })
  const sessions = new Set<http2.ServerHttp2Session>()
  server.maxConnections = connections_max
  server.on('session', (session) => {
    sessions.add(session)
    session.setTimeout(15 * 60_000, () => session.close())
    session.on('error', () => {})
    session.once('close', () => sessions.delete(session))
  })
  // A session that breaks is the peer's doing and closes itself.
  server.on('sessionError', () => {})
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    stream.setTimeout(call_ms_max, () => stream.close(http2.constants.NGHTTP2_CANCEL))
    void serve(stream, headers, intake, log)
  })
  return {
    server,
    close() {
      for (const session of sessions) session.destroy()
    },
  }
}

async function serve(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  intake: Intake,
  log: (error: unknown) => void,
): Promise<void> {
  if (!/^application\/grpc(\+proto)?(;|$)/i.test(headers['content-type'] ?? '')) {
    stream.respond({ ':status': 415 }, { endStream: true })
    return
  }
  const hold = intake.hold()
  try {
    const path = headers[':path'] ?? ''
    const signal = Object.hasOwn(signals, path) ? signals[path] : undefined
    if (signal === undefined) throw new Fault('not_found', { path: path.slice(0, 200) })
    const reader = new MessageReader(body_bytes_max)
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      hold.add(chunk.length)
      reader.push(chunk)
    }
    const { isCompressed, bytes } = reader.finish()
    const encoding = isCompressed ? String(headers['grpc-encoding'] ?? '') : ''
    const peer_ip = plainIp(stream.session?.socket.remoteAddress)
    await intake.take({ bytes, encoding, signal, peer_ip })
    accept(stream)
  } catch (error) {
    if (!(error instanceof Fault)) intake.figures.failed++
    refuse(stream, faultOf(error, log))
  } finally {
    hold.release()
  }
}

function accept(stream: ServerHttp2Stream): void {
  if (stream.destroyed || stream.closed) return
  stream.respond(head, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(framed(new Uint8Array(0)))
}

/** Trailers only: the status in the one block of headers. */
function refuse(stream: ServerHttp2Stream, fault: Fault): void {
  if (stream.destroyed || stream.closed) return
  stream.respond({ ...head, ...grpcTrailers(fault) }, { endStream: true })
  // A sender that is still sending is told to stop.
  stream.close(http2.constants.NGHTTP2_NO_ERROR)
}
