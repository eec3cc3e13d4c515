/**
 * A small API server for tests: list in pages, watch with bookmarks, 410, refusals, answers cut
 * anywhere. It holds what a test puts into it; it does not judge what a client may do.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Metadata = { name: string; namespace?: string; uid?: string; [key: string]: unknown }
type Stored = { metadata: Metadata; [key: string]: unknown }
type Change = {
  version: number
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  path: string
  object: object
}
type Watcher = { path: string; response: ServerResponse; field: string | null }

export class ApiServerFixture {
  readonly #objects = new Map<string, Map<string, Stored>>()
  readonly #changes: Change[] = []
  readonly #watchers = new Set<Watcher>()
  readonly #server = createServer((request, response) => this.#serve(request, response))
  #version = 100
  /** Requests as method and URL, in the order in which they came. */
  readonly asked: string[] = []
  /** Lists being answered now, and the most there ever were. */
  lists = { open: 0, most: 0 }
  /** The oldest version from which a watch may start. */
  oldest_version = 0
  /** Path to status: what is refused. */
  readonly refused = new Map<string, number>()
  /** How many page tokens are answered with 410. */
  expired_tokens = 0
  page_max = 500
  /** Watch answers are written in pieces of this many bytes. */
  piece_bytes = 0
  token = ''

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  put(path: string, object: Stored): void {
    const key = keyOf(object)
    const kind = this.#kind(path)
    const type = kind.has(key) ? 'MODIFIED' : 'ADDED'
    this.#change(path, type, object)
    kind.set(key, object)
  }

  remove(path: string, name: string, namespace = ''): void {
    const kind = this.#kind(path)
    const object = kind.get(`${namespace}/${name}`)
    if (object === undefined) throw new Error(`there is no ${name} at ${path}`)
    kind.delete(`${namespace}/${name}`)
    this.#change(path, 'DELETED', structuredClone(object))
  }

  bookmark(path: string): void {
    this.#version++
    const metadata = { resourceVersion: String(this.#version) }
    this.#tell(path, { type: 'BOOKMARK', object: { metadata } })
  }

  /** A line of the watch as it is, wrong or not. */
  raw(path: string, line: string): void {
    for (const watcher of this.#watchers) if (watcher.path === path) watcher.response.write(line)
  }

  /** Ends all watches, as a server that restarts does. */
  cut(): void {
    for (const { response } of this.#watchers) response.destroy()
    this.#watchers.clear()
  }

  watching(path: string): number {
    return [...this.#watchers].filter((watcher) => watcher.path === path).length
  }

  #kind(path: string): Map<string, Stored> {
    const kind = this.#objects.get(path) ?? new Map<string, Stored>()
    this.#objects.set(path, kind)
    return kind
  }

  #change(path: string, type: Change['type'], object: Stored): void {
    this.#version++
    object.metadata = { ...object.metadata, ...{ resourceVersion: String(this.#version) } }
    object.metadata.uid ??= `uid-${object.metadata.name}`
    const change = { version: this.#version, type, path, object: structuredClone(object) }
    this.#changes.push(change)
    this.#tell(path, change)
  }

  #tell(path: string, { type, object }: { type: string; object: object }): void {
    for (const watcher of this.#watchers) {
      if (watcher.path !== path || !fits(object as Stored, watcher.field)) continue
      this.#write(watcher.response, `${JSON.stringify({ type, object })}\n`)
    }
  }

  #write(response: ServerResponse, text: string): void {
    const bytes = Buffer.from(text)
    const step = this.piece_bytes || bytes.length
    for (let at = 0; at < bytes.length; at += step) response.write(bytes.subarray(at, at + step))
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(`${request.method} ${request.url}`)
    const url = new URL(request.url ?? '', 'http://x')
    const status = this.refused.get(url.pathname)
    const isKnown = this.token === '' || request.headers.authorization === `Bearer ${this.token}`
    if (!isKnown) return void answer(response, 401, { kind: 'Status', code: 401 })
    if (status !== undefined) return void answer(response, status, { kind: 'Status', code: status })
    if (url.searchParams.get('watch') === '1') return void this.#watch(url, response)
    this.lists.open++
    this.lists.most = Math.max(this.lists.most, this.lists.open)
    setTimeout(() => {
      this.lists.open--
      this.#list(url, response)
    }, 5)
  }

  #list(url: URL, response: ServerResponse): void {
    const token = url.searchParams.get('continue')
    if (token !== null && this.expired_tokens > 0) {
      this.expired_tokens--
      return void answer(response, 410, { kind: 'Status', code: 410, reason: 'Expired' })
    }
    const limit = Math.min(Number(url.searchParams.get('limit') ?? 1e9), this.page_max)
    const whole = url.searchParams.has('limit') ? limit : 1e9
    const from = Number(token ?? 0)
    const field = url.searchParams.get('fieldSelector')
    const all = [...this.#kind(url.pathname).values()].filter((object) => fits(object, field))
    const more = from + whole < all.length ? { continue: String(from + whole) } : {}
    const metadata = { resourceVersion: String(this.#version), ...more }
    answer(response, 200, {
      kind: 'PodList',
      apiVersion: 'v1',
      metadata,
      items: all.slice(from, from + whole),
    })
  }

  #watch(url: URL, response: ServerResponse): void {
    const from = Number(url.searchParams.get('resourceVersion') ?? 0)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    if (from < this.oldest_version) {
      const object = { kind: 'Status', code: 410, message: 'too old resource version' }
      return void response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`)
    }
    const watcher = { path: url.pathname, response, field: url.searchParams.get('fieldSelector') }
    for (const { version, type, path, object } of this.#changes) {
      if (version <= from || path !== url.pathname) continue
      if (!fits(object as Stored, watcher.field)) continue
      this.#write(response, `${JSON.stringify({ type, object })}\n`)
    }
    this.#watchers.add(watcher)
    response.on('close', () => this.#watchers.delete(watcher))
  }
}

function keyOf({ metadata }: Stored): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

/** The only selector that the agent uses. */
function fits(object: Stored, field: string | null): boolean {
  if (field === null) return true
  const node = field.replace(/^spec\.nodeName=/, '')
  return (object.spec as { nodeName?: string } | undefined)?.nodeName === node
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Resolves when the condition holds; fails with its words after 20 s. */
export async function until(holds: () => boolean, words: string): Promise<void> {
  const end_ms = Date.now() + 20_000
  while (!holds()) {
    if (Date.now() > end_ms) throw new Error(`never came true: ${words}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
