/**
 * Gets a text over HTTP for a scrape: bounded in time and size, gzip, a token that is read again as
 * it is renewed. Knows nothing of what the text says.
 */
import { readFile } from 'node:fs/promises'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** How servers are trusted and how the agent proves itself. */
export type Access = {
  /** Empty: no token is sent. */
  token_file: string
  /** Empty: the system's authorities. */
  ca_file: string
  /** False for certificates that nobody signed, as most kubelets have. */
  is_verified: boolean
  /** Used when there is no token. */
  username?: string
  password?: string
}

export const openAccess: Access = { token_file: '', ca_file: '', is_verified: true }

export type FetchAsk = {
  url: string
  access: Access
  accept: string
  timeout_ms: number
}

/** Takes the text piece by piece; throws to have no more of it. */
export type TakeText = (piece: string) => void
/** Called once the answer begins. */
export type OpenText = (content_type: string) => TakeText

/** What a scraper gets its text from: a Fetcher, or the API server's own connection. */
export type TextSource = { read(ask: FetchAsk, open: OpenText): Promise<void> }

/** Of the text itself, however well it was packed. */
export const scrape_bytes_max = 64 * 1024 * 1024

export type FetchFailure = 'permission' | 'no_endpoint' | 'unreadable' | 'limit'

/** Why nothing was got: status is 0 when there was no answer. */
export class FetchError extends Error {
  readonly status: number
  readonly reason: FetchFailure

  constructor(
    status: number,
    message: string,
    { cause, reason }: { cause?: unknown; reason?: FetchFailure } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'FetchError'
    this.status = status
    const isForbidden = status === 401 || status === 403
    const usual = isForbidden ? 'permission' : status === 0 ? 'no_endpoint' : 'unreadable'
    this.reason = reason ?? usual
  }
}

class TooLargeError extends Error {}

const piece_bytes = 64 * 1024

/** Connections that are kept from one scrape to the next; close() ends them. */
export class Fetcher {
  readonly #agents = new Map<string, http.Agent>()
  /** Loopback addresses that turned out to speak plain HTTP. */
  readonly #plain = new Set<string>()

  /** The whole text at once, for those that cannot read a part of it. */
  async get(ask: FetchAsk): Promise<string> {
    const pieces: string[] = []
    await this.read(ask, () => (piece) => void pieces.push(piece))
    return pieces.join('')
  }

  /** What `open` and what it gives throw is thrown on as it is. */
  async read(ask: FetchAsk, open: OpenText): Promise<void> {
    const url = new URL(ask.url)
    if (this.#plain.has(url.host)) url.protocol = 'http:'
    try {
      return await this.#read(url, ask, open)
    } catch (error) {
      // A token never leaves the machine unencrypted; within it there is nothing to listen to.
      const { cause } = error as FetchError
      if (url.protocol !== 'https:' || !isPlainAnswer(cause) || !isLoopback(url)) throw error
      this.#plain.add(url.host)
      url.protocol = 'http:'
      return await this.#read(url, ask, open)
    }
  }

  async #read(url: URL, ask: FetchAsk, open: OpenText): Promise<void> {
    let isTaking = false
    const signal = AbortSignal.timeout(ask.timeout_ms)
    try {
      const response = await this.#send(url, ask, signal)
      const { statusCode = 0, headers } = response
      if (statusCode !== 200) {
        response.destroy()
        throw new FetchError(statusCode, `${ask.url} answered ${statusCode}`)
      }
      const take = open(headers['content-type'] ?? '')
      for await (const piece of piecesOf(response, headers['content-encoding'] === 'gzip')) {
        isTaking = true
        take(piece)
        isTaking = false
      }
    } catch (error) {
      if (error instanceof FetchError || isTaking) throw error
      const late = `no answer within ${ask.timeout_ms} ms`
      const { reason, words } = signal.aborted
        ? { reason: 'no_endpoint' as const, words: late }
        : failureOf(error)
      throw new FetchError(0, `${ask.url}: ${words}`, { cause: error, reason })
    }
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy()
    this.#agents.clear()
  }

  async #send(url: URL, ask: FetchAsk, signal: AbortSignal): Promise<IncomingMessage> {
    const headers: Record<string, string> = {
      accept: ask.accept,
      'accept-encoding': 'gzip',
      'user-agent': 'crowsnest-agent',
      'x-prometheus-scrape-timeout-seconds': String(ask.timeout_ms / 1000),
    }
    const { access } = ask
    if (access.token_file !== '') {
      headers.authorization = `Bearer ${(await readFile(access.token_file, 'utf8')).trim()}`
    } else if (access.username !== undefined && access.username !== '') {
      const pair = Buffer.from(`${access.username}:${access.password ?? ''}`)
      headers.authorization = `Basic ${pair.toString('base64')}`
    }
    const isTls = url.protocol === 'https:'
    const agent = isTls ? await this.#tlsAgent(access) : this.#plainAgent()
    return new Promise((resolve, reject) => {
      const send = isTls ? https.request : http.request
      const request = send(url, { agent, headers, signal }, resolve)
      request.on('error', reject)
      request.end()
    })
  }

  #plainAgent(): http.Agent {
    let agent = this.#agents.get('http')
    if (agent === undefined) {
      agent = new http.Agent({ keepAlive: true })
      this.#agents.set('http', agent)
    }
    return agent
  }

  async #tlsAgent({ ca_file, is_verified }: Access): Promise<http.Agent> {
    const key = `${is_verified} ${ca_file}`
    const known = this.#agents.get(key)
    if (known !== undefined) return known
    const ca = ca_file === '' || !is_verified ? {} : { ca: await readFile(ca_file) }
    const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: is_verified, ...ca })
    this.#agents.set(key, agent)
    return agent
  }
}

function isPlainAnswer(cause: unknown): boolean {
  const { code = '' } = (cause ?? {}) as NodeJS.ErrnoException
  return /^(?:EPROTO|ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG))$/.test(code)
}

function isLoopback({ hostname }: URL): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === '[::1]'
}

/** Leaving the loop early ends the connection. */
async function* piecesOf(response: IncomingMessage, isZipped: boolean): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const plain = isZipped
    ? pipeline(response, createGunzip({ chunkSize: piece_bytes }), () => {})
    : response
  let text_bytes = 0
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      text_bytes += chunk.length
      if (text_bytes > scrape_bytes_max) {
        throw new TooLargeError(`the answer is larger than ${scrape_bytes_max} bytes`)
      }
      const piece = decoder.decode(chunk, { stream: true })
      if (piece !== '') yield piece
    }
    const rest = decoder.decode()
    if (rest !== '') yield rest
  } finally {
    if (!response.readableEnded) response.destroy()
  }
}

function failureOf(error: unknown): { reason: FetchFailure; words: string } {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (error instanceof TooLargeError) return { reason: 'limit', words: message }
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return { reason: 'unreadable', words: 'the text is not UTF-8' }
  }
  if (code === 'ECONNRESET' && message === 'aborted') {
    return { reason: 'unreadable', words: 'the answer was cut off' }
  }
  if (/^(?:Z_|HPE_|ERR_STREAM_)/.test(code)) return { reason: 'unreadable', words: message }
  return { reason: 'no_endpoint', words: known[code] ?? message }
}

const known: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'there is no way there: a NetworkPolicy or a firewall may forbid it',
  ENETUNREACH: 'there is no way there',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'the name is not known',
}
