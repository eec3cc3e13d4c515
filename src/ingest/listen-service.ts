/**
 * Serves protocols with paths and answers of their own on any node:http server: the token, the
 * limits and the body, whole or as it arrives. What is answered is the service's business.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Lease } from './budget.ts'
import { countRefused } from './counters.ts'
import { contentEncodingOf, decompress } from './decompress.ts'
import { checkLength, readBody, SenderGone } from './http-body.ts'
import { piecesOf } from './http-pieces.ts'
import { faultOf, type ListenContext, principalOf } from './listen-context.ts'
import type { Decode, HttpCall, HttpHead, HttpReply, HttpService, Signal } from './receiver.ts'

/** A service with the receiver it belongs to, at one of its mounts. */
export type MountedService = { service: HttpService; source: string; under: string }

/** The service that serves the request's path, and what the path is behind its mount. */
export function findService(
  services: readonly MountedService[],
  request: IncomingMessage,
): { mounted: MountedService; head: HttpHead } | undefined {
  const { url = '/', method = 'GET' } = request
  for (const mounted of services) {
    const { under, service } = mounted
    if (!url.startsWith(under)) continue
    const behind = url.slice(under.length)
    const query_at = behind.indexOf('?')
    const path = (query_at < 0 ? behind : behind.slice(0, query_at)) || '/'
    if (!path.startsWith('/') || !service.serves(method, path)) continue
    const query = new URLSearchParams(query_at < 0 ? '' : behind.slice(query_at + 1))
    const { headers } = request
    const media_type = mediaTypeOf(headers['content-type'])
    const remote_address = request.socket.remoteAddress ?? ''
    return { mounted, head: { method, path, query, headers, media_type, remote_address } }
  }
  return undefined
}

export function mediaTypeOf(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]!.trim().toLowerCase().slice(0, 100)
}

export async function serveService(
  { service, source }: MountedService,
  head: HttpHead,
  request: IncomingMessage,
  response: ServerResponse,
  context: ListenContext,
): Promise<HttpReply | undefined> {
  let lease: Lease | undefined
  try {
    const isOpen = service.isOpen?.(head) ?? false
    const principal = isOpen
      ? (context.authorize(head.headers) ?? {})
      : principalOf(context, head.headers)
    context.tokenUsers.used(request.socket, principal)
    lease = context.budget.lease()
    const call = callOf(head, { request, response, context, lease, source, isOpen })
    return await service.answer({ ...call, principal })
  } catch (error) {
    if (error instanceof SenderGone) {
      context.counts.abandoned++
      return undefined
    }
    const fault = faultOf(context, error)
    countRefused(context.counts, fault.code)
    return service.refused(fault, head)
  } finally {
    lease?.release()
  }
}

type Serving = {
  request: IncomingMessage
  response: ServerResponse
  context: ListenContext
  lease: Lease
  source: string
  isOpen: boolean
}

function callOf(head: HttpHead, serving: Serving): Omit<HttpCall, 'principal'> {
  const { request, response, context, lease, source, isOpen } = serving
  const { limits, intake } = context
  const begin = () => {
    checkLength(request, limits.body_bytes_max)
    if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue()
  }
  return {
    ...head,
    parts: intake.parts,
    async body() {
      // What is no content encoding of HTTP, such as snappy, is read by the protocol itself.
      const named = request.headers['content-encoding']
      const encoding = named === 'snappy' ? 'identity' : contentEncodingOf(named)
      begin()
      const sent = await readBody(request, limits.body_bytes_max, lease)
      return decompress(encoding, sent, limits, lease)
    },
    pieces() {
      begin()
      return piecesOf(request, limits)
    },
    take(signal: Signal, decode: Decode, body: Uint8Array, chunk_id?: string) {
      // A token that was revoked while a slow body arrived stores nothing.
      const now = context.authorize(head.headers)
      if (now === undefined && !isOpen) principalOf(context, head.headers)
      return intake.take({ source, signal, decode, chunk_id }, body, now ?? {})
    },
  }
}
