/**
 * One POST over kept-alive connections, plain or TLS. Statuses and what follows are its caller's.
 */
import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'

export type PostAnswer = {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Buffer
}

export type Post = (
  path: string,
  headers: Record<string, string | number>,
  body: Uint8Array,
  options: { timeout_ms: number; signal?: AbortSignal },
) => Promise<PostAnswer>

export type PostOptions = {
  url: string
  /** Authority (PEM) of the server's certificate; empty: those that the system trusts. */
  ca_file: string
  connections_max: number
}

const answer_bytes_max = 4 * 1024 * 1024

export function createPost({ url, ca_file, connections_max }: PostOptions) {
  const base = new URL(url)
  const isTls = base.protocol === 'https:'
  const prefix = base.pathname.replace(/\/$/, '')
  const keep = { keepAlive: true, maxSockets: connections_max, scheduling: 'lifo' } as const
  const ca = isTls && ca_file !== '' ? { ca: readFileSync(ca_file) } : {}
  const agent = isTls ? new HttpsAgent({ ...keep, ...ca }) : new HttpAgent(keep)
  const request = isTls ? requestHttps : requestHttp
  const target = { protocol: base.protocol, hostname: bare(base.hostname), port: base.port, agent }

  const post: Post = (path, headers, body, { timeout_ms, signal }) =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          ...target,
          method: 'POST',
          path: prefix + path,
          headers: { ...headers, 'content-length': body.length },
          ...(signal === undefined ? {} : { signal }),
        },
        (response) => {
          readAnswer(response)
            .then(resolve, reject)
            .finally(() => clearTimeout(timer))
        },
      )
      const late = () => sent.destroy(new Error(`no answer within ${timeout_ms} ms`))
      const timer = setTimeout(late, timeout_ms)
      sent.on('error', (error) => {
        clearTimeout(timer)
        reject(error)
      })
      sent.end(body)
    })
  return { post, close: () => agent.destroy() }
}

function readAnswer(response: IncomingMessage): Promise<PostAnswer> {
  const parts: Buffer[] = []
  let bytes = 0
  return new Promise((resolve, reject) => {
    response.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes > answer_bytes_max) response.destroy(new Error('the answer is too long'))
      else parts.push(part)
    })
    response.on('end', () => {
      const { statusCode = 0, headers } = response
      resolve({ status: statusCode, headers, body: Buffer.concat(parts, bytes) })
    })
    response.on('error', reject)
    response.on('close', () => reject(new Error('the connection was closed')))
  })
}

/** IPv6 addresses stand in brackets in a URL and without in a socket's. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}
