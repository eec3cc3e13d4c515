/** Which browsers' pages may send telemetry: answers preflights and names the allowed origin. */
import type { IncomingMessage } from 'node:http'

type Headers = Record<string, string>

const preflight_s = 7_200
const header_names = /^[a-z0-9\-_, ]{1,1024}$/i

/** Headers of every answer to an allowed page; undefined when the request is not from one. */
export function corsHeaders(
  request: IncomingMessage,
  origins: readonly string[],
): Headers | undefined {
  const origin = request.headers.origin
  if (origin === undefined) return undefined
  if (!origins.includes('*') && !origins.includes(origin)) return undefined
  return { 'access-control-allow-origin': origin, vary: 'origin' }
}

/** Headers of the answer to a preflight; undefined when this OPTIONS is none. */
export function preflightHeaders(request: IncomingMessage, allowed: Headers): Headers | undefined {
  const method = request.headers['access-control-request-method']
  if (method !== 'POST' && method !== 'GET') return undefined
  const asked = request.headers['access-control-request-headers']
  const headers = { ...allowed, 'access-control-allow-methods': method }
  const maxAge = { 'access-control-max-age': String(preflight_s) }
  if (asked === undefined || !header_names.test(asked)) return { ...headers, ...maxAge }
  return { ...headers, ...maxAge, 'access-control-allow-headers': asked }
}
