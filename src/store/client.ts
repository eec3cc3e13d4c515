/**
 * The one client of the ClickHouse HTTP interface, for the engine child and for a server alike:
 * unix socket, TCP or TLS. Turns ClickHouse codes into faults. Leaves SQL to its callers.
 */
import http from 'node:http'
import https from 'node:https'
import { Fault } from '../model/faults.ts'
import { handedFileHeader, withHandedFile } from './engine/handed-file.ts'
import type { Lane } from './store.ts'

export type Endpoint = { socket: string; key: string } | { url: string; user: string; key: string }

/** What the engine answered when it refused; code 0 means that it could not be reached. */
export class StoreError extends Error {
  readonly code: number
  readonly retryable: boolean

  constructor(code: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'StoreError'
    this.code = code
    this.retryable = !poison.has(code)
  }
}

/** Codes that say "these bytes will never fit": everything else may pass on a later attempt. */
const poison = new Set([
  6, 16, 20, 25, 26, 27, 32, 33, 34, 36, 38, 41, 43, 44, 47, 50, 53, 62, 69, 70, 72, 73, 79, 117,
  128, 130, 131, 190, 321, 349, 432, 467, 636, 691,
])

const staleConnection = new Error('The kept connection was closed')

export type Call = {
  query: string
  database: string
  /** The data of an insert. The query then travels in the address. */
  body?: readonly Uint8Array[]
  settings: Record<string, string | number>
  lane: Lane
  /** How long to wait for the answer, queueing included. */
  deadline_ms: number
  signal?: AbortSignal | undefined
}

export class Client {
  readonly #endpoint: () => Endpoint | undefined
  readonly #agents = {
    http: new http.Agent({ keepAlive: true, maxSockets: 64 }),
    https: new https.Agent({ keepAlive: true, maxSockets: 64 }),
  }

  /** Undefined while the engine is away. */
  constructor(endpoint: () => Endpoint | undefined) {
    this.#endpoint = endpoint
  }

  async call(call: Call): Promise<Buffer> {
    const endpoint = this.#endpoint()
    if (!endpoint) throw new StoreError(0, 'The engine is not running')
    const address = new URLSearchParams({ database: call.database })
    for (const [name, value] of Object.entries(call.settings)) address.set(name, String(value))
    if (call.body) address.set('query', call.query)
    if (call.body && 'socket' in endpoint) {
      return this.#hand(endpoint, `/?${address}`, call.body, call)
    }
    const body = call.body ?? [Buffer.from(call.query)]
    return this.#sendTwice(endpoint, `/?${address}`, {}, body, call)
  }

  /** The embedded engine reads rows from a file. */
  async #hand(
    endpoint: Endpoint & { socket: string },
    path: string,
    rows: readonly Uint8Array[],
    call: Call,
  ): Promise<Buffer> {
    try {
      return await withHandedFile(endpoint.socket, rows, (name) =>
        this.#sendTwice(endpoint, path, { [handedFileHeader]: name }, [], call),
      )
    } catch (error) {
      if (error instanceof StoreError || (error as Error).name === 'AbortError') throw error
      throw new StoreError(0, (error as Error).message, error)
    }
  }

  #sendTwice(
    endpoint: Endpoint,
    path: string,
    more: Record<string, string>,
    body: readonly Uint8Array[],
    call: Call,
  ): Promise<Buffer> {
    const headers: Record<string, string | number> = {
      'X-Crowsnest-Lane': call.lane,
      'X-ClickHouse-Key': endpoint.key,
      'Content-Length': body.reduce((sum, part) => sum + part.length, 0),
      ...more,
    }
    if ('url' in endpoint) headers['X-ClickHouse-User'] = endpoint.user
    const send = () => this.#send(endpoint, path, headers, body, call)
    return send().catch((error: unknown) => {
      // A server may close a kept connection just as we use it: that says nothing about the store.
      if (error instanceof StoreError && error.cause === staleConnection) return send()
      throw error
    })
  }

  close(): void {
    this.#agents.http.destroy()
    this.#agents.https.destroy()
  }

  #send(
    endpoint: Endpoint,
    path: string,
    headers: Record<string, string | number>,
    body: readonly Uint8Array[],
    call: Call,
  ): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const request = this.#open(endpoint, { method: 'POST', path, headers })
      const stop = () => request.destroy(new DOMException('Aborted', 'AbortError'))
      const timer = setTimeout(() => {
        request.destroy(new StoreError(159, `No answer in ${call.deadline_ms} ms`))
      }, call.deadline_ms)
      const settle = () => {
        clearTimeout(timer)
        call.signal?.removeEventListener('abort', stop)
      }
      const fail = (error: Error) => {
        settle()
        const isOurs = error instanceof StoreError || error.name === 'AbortError'
        const isStale =
          request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET'
        reject(isOurs ? error : new StoreError(0, error.message, isStale ? staleConnection : error))
      }
      request.on('error', fail)
      request.on('response', (response) => {
        readAll(response).then((bytes) => {
          settle()
          const code = Number(response.headers['x-clickhouse-exception-code'] ?? 0)
          if (response.statusCode === 200 && code === 0) resolve(bytes)
          else reject(errorOf(response.statusCode ?? 0, code, bytes.toString()))
        }, fail)
      })
      if (call.signal?.aborted) stop()
      call.signal?.addEventListener('abort', stop, { once: true })
      for (const part of body) request.write(part)
      request.end()
    })
  }

  #open(endpoint: Endpoint, options: http.RequestOptions): http.ClientRequest {
    if ('socket' in endpoint) {
      return http.request({ ...options, agent: this.#agents.http, socketPath: endpoint.socket })
    }
    return endpoint.url.startsWith('https:')
      ? https.request(endpoint.url, { ...options, agent: this.#agents.https })
      : http.request(endpoint.url, { ...options, agent: this.#agents.http })
  }
}

async function readAll(response: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function errorOf(status: number, code: number, text: string): StoreError {
  const written = Number(/Code: (\d+)/.exec(text)?.[1] ?? 0)
  return new StoreError(code || written || status, text.slice(0, 2_000).trim())
}

/** What a person is told about a query that the store refused. */
export function faultOf(
  error: unknown,
  asked: { timeout_ms: number; memory_bytes_max: number; away_since_ms: number },
): unknown {
  if (!(error instanceof StoreError)) return error
  switch (error.code) {
    case 0:
    case 209:
    case 210:
    case 394:
      return new Fault('store_unavailable', { since: since(asked.away_since_ms) }, error)
    case 159:
    case 160:
      return new Fault('query_timeout', { timeout_ms: asked.timeout_ms }, error)
    case 241:
    case 396:
      return new Fault('query_memory', { limit_bytes: asked.memory_bytes_max }, error)
    case 202:
      return new Fault('query_busy', { waiting: 64 }, error)
    default:
      return new Fault('query_failed', { detail: `code ${error.code}` }, error)
  }
}

function since(ms: number): string {
  return ms === 0 ? 'now' : new Date(ms).toISOString()
}
