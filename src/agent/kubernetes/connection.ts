/**
 * Requests to one API server: address, certificate authority, token that is read again as the
 * kubelet renews it, connections that are kept. Knows no Kubernetes beyond that.
 */
import { readFile } from 'node:fs/promises'
import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import https from 'node:https'
import { apiError } from './api-error.ts'

export type ConnectionOptions = {
  url: string
  /** Empty: no token is sent. */
  token_file: string
  /** Empty: the system's authorities. */
  ca_file: string
  now_ms: () => number
}

export type RequestOptions = { accept?: string; signal: AbortSignal }

/** A projected token lives an hour and is renewed after 80 % of it. */
const token_age_ms_max = 60_000
const sockets_max = 64
const keep_alive_ms = 30_000

export class Connection {
  readonly #options: ConnectionOptions
  readonly #base: URL
  #agent: Promise<http.Agent> | undefined
  #token = ''
  #token_read_ms = Number.NEGATIVE_INFINITY

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#base = new URL(options.url)
  }

  /** The answer once its head is there, with status 200; throws ApiError for any other. */
  async request(path: string, { accept, signal }: RequestOptions): Promise<IncomingMessage> {
    const headers: OutgoingHttpHeaders = {
      accept: accept ?? 'application/json',
      'user-agent': 'crowsnest-agent',
    }
    const token = await this.#currentToken()
    if (token !== '') headers.authorization = `Bearer ${token}`
    const response = await this.#send(path, headers, signal)
    if (response.statusCode === 200) return response
    // The next request reads a token that was renewed in the meantime.
    if (response.statusCode === 401) this.#token_read_ms = Number.NEGATIVE_INFINITY
    const said = statusText(await readAll(response, 64 * 1024).catch(() => nothing))
    throw apiError(response.statusCode ?? 0, path, said)
  }

  close(): void {
    void this.#agent?.then(
      (agent) => agent.destroy(),
      () => {},
    )
  }

  async #send(path: string, headers: OutgoingHttpHeaders, signal: AbortSignal) {
    const { agent, send } = await this.#transport()
    const url = new URL(this.#base.pathname.replace(/\/$/, '') + path, this.#base)
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        const request = send(url, { agent, headers, signal }, resolve)
        request.on('error', reject)
        request.end()
      })
    } catch (error) {
      // The authority may have been replaced: its file is read again.
      if (isCertificateError(error)) this.#agent = undefined
      throw error
    }
  }

  async #transport() {
    const isTls = this.#base.protocol === 'https:'
    this.#agent ??= isTls ? this.#tlsAgent() : Promise.resolve(new http.Agent(agentOptions))
    try {
      return { agent: await this.#agent, send: isTls ? https.request : http.request }
    } catch (error) {
      this.#agent = undefined
      throw error
    }
  }

  async #tlsAgent(): Promise<http.Agent> {
    const { ca_file } = this.#options
    const ca = ca_file === '' ? {} : { ca: await readFile(ca_file) }
    return new https.Agent({ ...agentOptions, ...ca })
  }

  async #currentToken(): Promise<string> {
    const { token_file, now_ms } = this.#options
    if (token_file === '' || now_ms() - this.#token_read_ms < token_age_ms_max) return this.#token
    this.#token = (await readFile(token_file, 'utf8')).trim()
    this.#token_read_ms = now_ms()
    return this.#token
  }
}

/** TCP keep-alive finds a peer that vanished without a word. */
const agentOptions: http.AgentOptions = {
  keepAlive: true,
  keepAliveMsecs: keep_alive_ms,
  maxSockets: sockets_max,
}
const nothing = Buffer.alloc(0)

/** The whole body. Throws when it is larger than allowed, before it is in memory. */
export async function readAll(response: IncomingMessage, bytes_max: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let received_bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    received_bytes += chunk.length
    if (received_bytes > bytes_max) {
      response.destroy()
      throw new Error(`the answer is larger than ${bytes_max} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, received_bytes)
}

/** The message of a Kubernetes Status, or the text as it is. */
function statusText(body: Buffer): string {
  const text = body.toString('utf8').trim()
  try {
    const status = JSON.parse(text) as { message?: unknown }
    return typeof status.message === 'string' ? status.message : text
  } catch {
    return text
  }
}

function isCertificateError(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(code)
}
