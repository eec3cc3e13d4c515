/**
 * The kind "module": a program that is asked for its metrics. A module says what it measures and
 * how one host is asked once; when, for whom and what becomes of it is start.ts's work.
 */
import type { CoverageRow } from '../../model/kubernetes.ts'
import type { MeasuredResource } from './encode-measures.ts'
import type { MetricDefinitions } from './measures.ts'

export type ModuleAsk = {
  /** As people write it: `10.0.0.3:6379`, `redis://:secret@cache/1`, `http://web/nginx_status`. */
  host: string
  username: string
  password: string
  timeout_ms: number
  /** Which parts are asked for; empty: all. */
  metricsets: readonly string[]
  now_ms: number
}

export type Module = {
  name: string
  /** Everything it may send. */
  metrics: MetricDefinitions
  /** Throws ModuleError. Leaves no connection open. */
  read(ask: ModuleAsk): Promise<MeasuredResource[]>
}

export type ModuleFailure = 'no_endpoint' | 'permission' | 'unreadable'

/** Why a host gave nothing, as a sentence with what to do; never holds a password. */
export class ModuleError extends Error {
  readonly reason: ModuleFailure & CoverageRow['reason']

  constructor(reason: ModuleFailure, says: string) {
    super(says)
    this.reason = reason
  }
}

export type HostAddress = {
  address: string
  port: number
  tls: boolean
  username: string
  password: string
  /** Behind the port, without the slash. */
  path: string
}

const scheme = /^([a-z][a-z0-9+.-]*):\/\//i

/** Reads `[scheme://][user[:password]@]host[:port][/path]`; what is not said comes from `ask`. */
export function hostAddress(ask: ModuleAsk, port: number, tlsSchemes: string[]): HostAddress {
  const word = scheme.exec(ask.host)?.[1]?.toLowerCase() ?? ''
  let url: URL
  try {
    url = new URL(`tcp://${ask.host.replace(scheme, '')}`)
  } catch {
    throw new ModuleError(
      'no_endpoint',
      `The host "${shownHost(ask.host)}" cannot be read. Expected host:port.`,
    )
  }
  if (url.hostname === '') {
    throw new ModuleError('no_endpoint', `The host "${shownHost(ask.host)}" has no name.`)
  }
  return {
    address: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? port : Number(url.port),
    tls: tlsSchemes.includes(word),
    username: ask.username === '' ? decoded(url.username) : ask.username,
    password: ask.password === '' ? decoded(url.password) : ask.password,
    path: decoded(url.pathname.replace(/^\//, '')),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A host as it may be shown: without the user and password it may hold. */
export function shownHost(host: string): string {
  return host.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1')
}

/** What a socket's error means, in words. */
export function connectFailure(host: string, error: unknown): ModuleError {
  if (error instanceof ModuleError) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const shown = shownHost(host)
  const known: Record<string, string> = {
    ECONNREFUSED: `Nothing listens at ${shown}. Check that it runs there and the port is right.`,
    ENOTFOUND: `The name in ${shown} is not known. Check its spelling and the DNS.`,
    EAI_AGAIN: `The name in ${shown} could not be looked up now.`,
    ECONNRESET: `${shown} closed the connection. Check that it speaks this protocol.`,
    EHOSTUNREACH: `There is no way to ${shown}. Check routes and network policies.`,
    ETIMEDOUT: `${shown} did not answer in time. Check network policies and its load.`,
  }
  const says = known[code] ?? `${shown} could not be asked: ${(error as Error).message}`
  return new ModuleError(known[code] === undefined ? 'unreadable' : 'no_endpoint', says)
}
