/**
 * One watch connection from a resourceVersion until it ends, by itself or because it says nothing
 * any more. Lists, and waiting before the next try, are watch-loop.ts's.
 */
import type { IncomingMessage } from 'node:http'
import type { KubernetesObject, ListAsk, Tell } from './api.ts'
import { ApiError } from './api-error.ts'
import type { Connection } from './connection.ts'
import { LineSplitter } from './lines.ts'
import { metadataAccept, selectors } from './list-pages.ts'

export type WatchLimits = {
  /** How long the server is asked to keep the watch open: between this and half as much more. */
  timeout_s: number
  /** How long past its end the server may take to say so. */
  grace_ms: number
  /** Where bookmarks come once a minute, this long without a byte is a dead connection. */
  silence_ms: number
  /** etcd holds objects up to 1.5 MiB. */
  event_bytes_max: number
}

export const watchLimits: WatchLimits = {
  timeout_s: 240,
  grace_ms: 15_000,
  silence_ms: 180_000,
  event_bytes_max: 16 * 1024 * 1024,
}

export type WatchContext = {
  connection: Connection
  signal: AbortSignal
  limits: WatchLimits
  random: () => number
  /** The server has taken the watch. */
  accepted: () => void | Promise<void>
}

export type Watched = {
  version: string
  /** Anything at all was told: the way works. */
  isAlive: boolean
  /** Objects that were too large to read. */
  skipped: number
}

const names = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const

type RawEvent = { type?: string; object?: KubernetesObject & { code?: number; message?: string } }

/**
 * Keeps `state` current, so that a broken connection goes on where it was. Throws ApiError 410 when
 * the version is too old.
 */
export async function watchOnce(
  ask: ListAsk,
  state: Watched,
  context: WatchContext,
  tell: Tell,
): Promise<void> {
  const { connection, signal, limits, random, accepted } = context
  const timeout_s = Math.round(limits.timeout_s * (1 + random() / 2))
  const deadline = new Deadline(timeout_s * 1000 + limits.grace_ms)
  try {
    const stop = AbortSignal.any([signal, deadline.signal])
    const accept = ask.metadata_only ? { accept: metadataAccept.watch } : {}
    const path = watchPath(ask, state.version, timeout_s)
    const response = await connection.request(path, { ...accept, signal: stop })
    await accepted()
    const splitter = new LineSplitter(limits.event_bytes_max)
    await readEvents(response, splitter, async (event) => {
      state.isAlive = true
      if (event.type === 'BOOKMARK') deadline.expectBytesWithin(limits.silence_ms)
      else deadline.heard()
      await takeEvent(ask, event, state, tell)
    })
    state.skipped += splitter.skipped
  } finally {
    deadline.clear()
  }
}

function watchPath(ask: ListAsk, version: string, timeout_s: number): string {
  const query = selectors(ask)
  query.set('watch', '1')
  query.set('allowWatchBookmarks', 'true')
  query.set('resourceVersion', version)
  query.set('timeoutSeconds', String(timeout_s))
  return `${ask.path}?${query}`
}

async function readEvents(
  response: IncomingMessage,
  splitter: LineSplitter,
  take: (event: RawEvent) => Promise<void>,
): Promise<void> {
  for await (const chunk of response as AsyncIterable<Buffer>) {
    for (const line of splitter.push(chunk)) await take(eventOf(line))
  }
}

/** A line that is no JSON is a connection cut in two: the watch starts again from its version. */
function eventOf(line: Uint8Array): RawEvent {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8')
  return JSON.parse(text) as RawEvent
}

async function takeEvent(ask: ListAsk, event: RawEvent, state: Watched, tell: Tell) {
  const { type = '', object } = event
  if (type === 'ERROR') {
    throw new ApiError(object?.code ?? 500, object?.message ?? 'the watch ended with an error')
  }
  if (object === undefined) return
  if (Object.hasOwn(names, type)) {
    const told = names[type as keyof typeof names]
    await tell({ type: told, object: ask.keep === undefined ? object : ask.keep(object) })
  }
  // Only what was told is behind us: a listener that threw hears of it again.
  state.version = object.metadata?.resourceVersion ?? state.version
}

/** Ends a watch at its latest end, or earlier when bookmarks stop coming. */
class Deadline {
  readonly #controller = new AbortController()
  readonly #end: NodeJS.Timeout
  #silence: NodeJS.Timeout | undefined

  constructor(end_ms: number) {
    this.#end = setTimeout(() => this.#abort('the watch did not end when asked to'), end_ms)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  expectBytesWithin(silence_ms: number): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.#abort('bookmarks stopped coming'), silence_ms)
  }

  heard(): void {
    this.#silence?.refresh()
  }

  clear(): void {
    clearTimeout(this.#end)
    clearTimeout(this.#silence)
  }

  #abort(why: string): void {
    this.#controller.abort(new Error(why))
  }
}
