/**
 * Clients that send any bytes over HTTP/1.1 or HTTP/2, well-behaved or not, and tell what came
 * back.
 */
import http from 'node:http'
import http2 from 'node:http2'

export type Sent = {
  path: string
  headers?: Record<string, string>
  /** Chunks are written one by one. */
  chunks: readonly Uint8Array[]
  /** The sender never ends its side. */
  isUnfinished?: boolean
  agent?: http.Agent
  method?: string
}
export type Answer = {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
  /** gRPC: from the trailers, or from the headers of a trailers-only answer. */
  grpcStatus?: number
}

/** Connections of senders that bring none of their own; by default each request has a new one. */
export const senders: { agent: http.Agent | false } = { agent: false }

export function sendHttp(address: string, sent: Sent): Promise<Answer> {
  const [host, port] = address.split(':') as [string, string]
  return new Promise((resolve, reject) => {
    const { path, headers, agent, method = 'POST' } = sent
    const request = http.request({
      host,
      port,
      method,
      path,
      headers,
      agent: agent ?? senders.agent,
    })
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        if (!request.writableEnded) request.destroy()
        const { statusCode = 0, headers } = response
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks) })
      })
    })
    request.on('error', reject)
    for (const chunk of sent.chunks) request.write(chunk)
    if (!sent.isUnfinished) request.end()
  })
}

/** The session is the caller's to close. */
export function connectGrpc(address: string): http2.ClientHttp2Session {
  // Its own limit would otherwise end a stream that sends more than 10 MB.
  const session = http2.connect(`http://${address}`, { maxSessionMemory: 1000 })
  session.on('error', () => {})
  return session
}

export function sendGrpc(session: http2.ClientHttp2Session, sent: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': sent.method ?? 'POST',
      ':path': sent.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...sent.headers,
    })
    const answer: Answer = { status: 0, headers: {}, body: Buffer.alloc(0) }
    const keep = (headers: http2.IncomingHttpHeaders) => Object.assign(answer.headers, headers)
    stream.on('response', keep)
    stream.on('trailers', keep)
    stream.on('data', (chunk: Buffer) => {
      answer.body = Buffer.concat([answer.body, chunk])
    })
    stream.on('error', (error) => {
      if (answer.headers[':status'] === undefined) reject(error)
    })
    stream.on('close', () => {
      if (answer.headers[':status'] === undefined) return reject(new Error('closed unanswered'))
      answer.status = Number(answer.headers[':status'])
      const grpcStatus = answer.headers['grpc-status']
      resolve(grpcStatus === undefined ? answer : { ...answer, grpcStatus: Number(grpcStatus) })
    })
    for (const chunk of sent.chunks) stream.write(chunk)
    if (!sent.isUnfinished) stream.end()
  })
}

/** A message in its gRPC frame, whose flag and length may lie. */
export function grpcFrame(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const head = Buffer.alloc(5)
  head[0] = flag
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, message])
}
