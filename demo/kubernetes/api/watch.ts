/**
 * Watches: a stream of JSON lines from a resource version on, with bookmarks, an end in time, and
 * 410 for versions that are forgotten.
 */
import { apiVersionOf } from './kinds.ts'
import { drawOne, selectionOf, shapeOf } from './list.ts'
import type { Change, ObjectStore } from './object-store.ts'
import type { KubeObject } from './objects.ts'
import { type ApiRequest, StatusError, type Target } from './request.ts'

export type WatchOptions = {
  store: ObjectStore
  now_ms: () => number
  /** How often a watch that asks for bookmarks gets one; a minute on a real server. */
  bookmark_ms: number
}

const timeout_s_default = 1800
/** A client that does not read is let go, so that it lists again instead of filling our memory. */
const unread_bytes_max = 8 * 1024 * 1024

export class Watches {
  readonly #options: WatchOptions
  readonly #open = new Set<() => void>()

  constructor(options: WatchOptions) {
    this.#options = options
  }

  get open(): number {
    return this.#open.size
  }

  answer(target: Target, asked: ApiRequest): void {
    const { store, bookmark_ms } = this.#options
    const { query, response } = asked
    const select = selectionOf(target, query)
    const version = query.get('resourceVersion') ?? ''
    const isInitial = query.get('sendInitialEvents') === 'true'
    const send = this.#sender(target, asked)
    const missed = version === '' || version === '0' ? undefined : store.since(Number(version))
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache' })
    response.flushHeaders()
    if (version !== '' && version !== '0' && missed === undefined) {
      const says = `too old resource version: ${version} (${store.revision})`
      const error = new StatusError(410, 'Expired', says)
      response.end(`${JSON.stringify({ type: 'ERROR', object: error.body() })}\n`)
      return
    }
    if (missed === undefined || isInitial) {
      for (const object of store.list(target.kind.kind)) if (select(object)) send('ADDED', object)
    }
    if (isInitial) this.#bookmark(target, asked, true)
    const hear = (change: Change) => {
      if (change.kind.kind !== target.kind.kind) return
      const type = typeFor(change, select)
      if (type !== undefined) send(type, change.object)
    }
    if (!isInitial) for (const change of missed ?? []) hear(change)
    const forget = store.onChange(hear)
    const wantsBookmarks = ['true', '1'].includes(query.get('allowWatchBookmarks') ?? '')
    const mark = wantsBookmarks
      ? setInterval(() => this.#bookmark(target, asked, false), bookmark_ms)
      : undefined
    const timeout_s = Number(query.get('timeoutSeconds') ?? 0) || timeout_s_default
    const stop = () => {
      forget()
      clearInterval(mark)
      clearTimeout(end)
      this.#open.delete(stop)
      response.end()
    }
    const end = setTimeout(() => {
      if (wantsBookmarks) this.#bookmark(target, asked, false)
      stop()
    }, timeout_s * 1000)
    this.#open.add(stop)
    response.on('close', stop)
  }

  /** Ends every stream, as an API server does that restarts. */
  closeAll(): void {
    for (const stop of [...this.#open]) stop()
  }

  #sender(target: Target, asked: ApiRequest) {
    const { response } = asked
    const shape = shapeOf(asked)
    return (type: string, object: KubeObject) => {
      const drawn = drawOne(object, shape, { kind: target.kind, now_ms: this.#options.now_ms() })
      response.write(`${JSON.stringify({ type, object: drawn })}\n`)
      if (response.writableLength > unread_bytes_max) response.destroy()
    }
  }

  #bookmark(target: Target, { response }: ApiRequest, endsInitial: boolean): void {
    const annotations = endsInitial ? { 'k8s.io/initial-events-end': 'true' } : undefined
    const resourceVersion = String(this.#options.store.revision)
    const metadata = { resourceVersion, creationTimestamp: null, annotations }
    const { kind } = target.kind
    const object = { kind, apiVersion: apiVersionOf(target.kind), metadata }
    response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`)
  }
}

/** An object that comes into a selection is added to it, one that leaves is deleted from it. */
function typeFor(
  { type, object, previous }: Change,
  select: (object: KubeObject) => boolean,
): Change['type'] | undefined {
  const was = previous !== undefined && select(previous)
  const is = type !== 'DELETED' && select(object)
  if (is) return was ? 'MODIFIED' : 'ADDED'
  return was ? 'DELETED' : undefined
}
