/**
 * Asks a protocol's service from within the server, as a client over HTTP would: for screens where
 * people type its requests. Who may do so is the caller's business.
 */
import { Fault } from '../model/faults.ts'
import type { Intake } from './intake.ts'
import type { Decode, HttpReply, HttpService, Principal, Signal } from './receiver.ts'

export type ServiceRequest = {
  method: string
  /** With its query. */
  path: string
  body: string
  principal: Principal
}

export async function callService(
  service: HttpService,
  source: string,
  intake: Intake,
  { method, path: address, body, principal }: ServiceRequest,
): Promise<HttpReply> {
  const query_at = address.indexOf('?')
  const path = query_at < 0 ? address : address.slice(0, query_at)
  const head = {
    method,
    path,
    query: new URLSearchParams(query_at < 0 ? '' : address.slice(query_at + 1)),
    headers: { host: 'localhost', 'content-type': 'application/json' },
    media_type: 'application/json',
    remote_address: '127.0.0.1',
  }
  const bytes = Buffer.from(body)
  async function* pieces() {
    yield bytes
  }
  try {
    if (!service.serves(method, path)) throw new Fault('not_found', { path: path.slice(0, 200) })
    return await service.answer({
      ...head,
      principal,
      parts: intake.parts,
      body: async () => bytes,
      pieces,
      take: (signal: Signal, decode: Decode, taken: Uint8Array) =>
        intake.take({ source, signal, decode }, taken, principal),
    })
  } catch (error) {
    if (error instanceof Fault) return service.refused(error, head)
    throw error
  }
}
