/** OTLP clients that send prepared bodies: HTTP/1.1 over kept connections and gRPC over HTTP/2. */
import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:http2'

export type SignalPath = 'logs' | 'traces' | 'metrics'
/** Sends one body and resolves when it is acknowledged; anything but success throws. */
export type Sender = { send: (body: Uint8Array) => Promise<void>; close: () => void }
/** The server asks to come again later. */
export class Busy extends Error {}
export type SenderOptions = { address: string; signal: SignalPath; gzip: boolean }

export function httpSender({ address, signal, gzip }: SenderOptions): Sender {
  const agent = new Agent({ keepAlive: true })
  const [host, port] = address.split(':')
  const headers = {
    'content-type': 'application/x-protobuf',
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  }
  const send = (body: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      const request = httpRequest(
        {
          agent,
          host,
          port,
          method: 'POST',
          path: `/v1/${signal}`,
          headers: { ...headers, 'content-length': body.length },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const answer = Buffer.concat(chunks)
            // An empty answer says that every record was taken.
            if (response.statusCode === 200 && answer.length === 0) resolve()
            else if (response.statusCode === 429) reject(new Busy())
            else reject(new Error(`answered ${response.statusCode}: ${answer}`))
          })
        },
      )
      request.on('error', reject)
      request.end(body)
    })
  return { send, close: () => agent.destroy() }
}

const services: Record<SignalPath, string> = {
  logs: 'logs.v1.LogsService',
  traces: 'trace.v1.TraceService',
  metrics: 'metrics.v1.MetricsService',
}

export function grpcSender({ address, signal, gzip }: SenderOptions): Sender {
  const session = connect(`http://${address}`)
  session.on('error', () => undefined)
  const headers = {
    ':method': 'POST',
    ':path': `/opentelemetry.proto.collector.${services[signal]}/Export`,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(gzip ? { 'grpc-encoding': 'gzip' } : {}),
  }
  const send = (body: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      const stream = session.request(headers)
      let status: unknown
      let message: unknown
      const read = (all: Record<string, unknown>) => {
        status = all['grpc-status'] ?? status
        message = all['grpc-message'] ?? message
      }
      stream.on('response', read)
      stream.on('trailers', read)
      stream.on('error', reject)
      stream.on('data', () => undefined)
      stream.on('end', () => {
        if (status === '0') resolve()
        else if (status === '8') reject(new Busy())
        else reject(new Error(`grpc-status ${status}: ${message}`))
      })
      const frame = Buffer.alloc(5)
      frame[0] = gzip ? 1 : 0
      frame.writeUInt32BE(body.length, 1)
      stream.write(frame)
      stream.end(body)
    })
  return { send, close: () => session.close() }
}
