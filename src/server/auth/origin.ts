/**
 * Proof that a request comes from our own pages: a header that forms cannot set, and where the
 * browser says it comes from. Together with SameSite cookies this stops cross-site request forgery.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { Fault } from '../../model/faults.ts'

type Asked = { method: string; headers: IncomingHttpHeaders }

/** Throws request_forged. `public_url` is where people reach us when a proxy stands in front. */
export function refuseForged({ method, headers }: Asked, public_url: string): void {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') refuse()
  const { origin } = headers
  if (origin !== undefined && !isOurs(origin, headers.host, public_url)) refuse()
  if (method !== 'GET' && method !== 'HEAD' && headers['x-crowsnest'] !== '1') refuse()
}

function isOurs(origin: string, host: string | undefined, public_url: string): boolean {
  if (!URL.canParse(origin)) return false
  if (public_url !== '' && origin === new URL(public_url).origin) return true
  return host !== undefined && new URL(origin).host === host.toLowerCase()
}

function refuse(): never {
  throw new Fault('request_forged')
}
