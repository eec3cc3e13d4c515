/**
 * The kind "api": a query API that other tools call, as data. An api says where it is served, which
 * paths are its own and how answers and errors sound. Sockets, sizes, who the caller is and what
 * they may see are the server's business.
 */
import type { QueryContext } from '../query/context.ts'

/** A listener's root, or a path of the port of the screens ('ui'). */
export type ApiMount = { listener: 'ui' | 'loki' | 'elastic'; under: string }

export type ApiHead = {
  method: string
  /** Behind the mount, without the query, as it was sent (not decoded). */
  path: string
  query: URLSearchParams
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Without parameters, in small letters; '' when none was sent. */
  media_type: string
}

export type ApiCall = ApiHead & {
  /** Store, scope, time, limits; its signal ends when the caller leaves or the time is over. */
  context: QueryContext
  body(): Promise<Uint8Array>
  /** The query and, for a form that was POSTed, its fields: what most APIs call parameters. */
  parameters(): Promise<URLSearchParams>
}

/** A body of text or bytes; the server compresses it where the caller takes that. */
export type ApiReply = {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array
}

/** A WebSocket that was accepted: frames of text until one side closes. */
export type ApiSocket = {
  send(text: string): void
  /** Bytes that were sent and have not left: a slow reader is not waited for without bound. */
  readonly waiting_bytes: number
  readonly closed: AbortSignal
  close(code: number, reason: string): void
}

export type Api = {
  name: string
  mounts: readonly ApiMount[]
  /** Whether the path is one of its own: asked for every request, so it must be cheap. */
  serves(method: string, path: string): boolean
  /** Requests that tell nothing and need no one to sign in, such as a health check. */
  isOpen?(head: ApiHead): boolean
  answer(call: ApiCall): Promise<ApiReply>
  /** How an error sounds: a Fault, a QueryError or anything unexpected. */
  refused(error: unknown, head: ApiHead): ApiReply
  /** Paths that upgrade to a WebSocket. Resolves when the exchange is over. */
  socket?(head: ApiHead, context: QueryContext, socket: ApiSocket): Promise<void>
}
