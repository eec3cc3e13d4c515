/** What both kinds of listeners are given, and what they give back to listen.ts. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { SecureContextOptions, TlsOptions } from 'node:tls'
import { Fault } from '../model/faults.ts'
import type { Budget } from './budget.ts'
import type { Clock } from './clock.ts'
import type { ListenerCounts } from './counters.ts'
import type { Intake } from './intake.ts'
import type { ListenLimits } from './listen-limits.ts'
import type { Authorize, ListenerName, Principal, RequestHeaders } from './receiver.ts'
import { type TokenUsers, tokenFrom } from './token.ts'

/** What pino offers, as far as listeners need it. */
export type ListenLog = Record<
  'warn' | 'error',
  (details: Record<string, unknown>, message: string) => void
>

/** What is served beside receivers on their listeners: false when it is none of its own. */
export type OtherPaths = {
  request(listener: ListenerName, request: IncomingMessage, response: ServerResponse): boolean
  upgrade(
    listener: ListenerName,
    request: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
  ): boolean
}
export type OthersHere = {
  request(request: IncomingMessage, response: ServerResponse): boolean
  upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): boolean
}

export type ListenContext = {
  intake: Intake
  authorize: Authorize
  limits: ListenLimits
  budget: Budget
  clock: Clock
  tokenUsers: TokenUsers
  counts: ListenerCounts
  log: ListenLog
  tls?: TlsOptions | undefined
  others?: OthersHere | undefined
}

export interface Listener {
  /** Resolves to host:port once the socket is bound. */
  listen(host: string, port: number): Promise<string>
  setTls(options: SecureContextOptions): void
  /** Takes no more connections and resolves when every request is answered. */
  drain(): Promise<void>
  destroy(): void
}

/** Throws ingest_unauthenticated. */
export function principalOf(context: ListenContext, headers: RequestHeaders): Principal {
  const principal = context.authorize(headers)
  if (principal !== undefined) return principal
  const got = tokenFrom(headers) === undefined ? 'no token' : 'a token that is not valid'
  throw new Fault('ingest_unauthenticated', { got })
}

/** Whatever was thrown as a fault; our own errors are logged and shown as internal. */
export function faultOf(context: ListenContext, error: unknown): Fault {
  if (error instanceof Fault) return error
  const request_id = crypto.randomUUID()
  context.log.error({ request_id, err: error }, 'an ingest request failed')
  return new Fault('internal', { request_id }, error)
}
