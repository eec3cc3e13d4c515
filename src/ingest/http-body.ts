/** A request's body from node:http, read under its limits. Leaves decompression to others. */
import type { IncomingMessage } from 'node:http'
import { Fault } from '../model/faults.ts'
import { joined } from '../wire/join-chunks.ts'
import type { Lease } from './budget.ts'

/** The sender went away: nobody is left to answer. */
export class SenderGone extends Error {}

/** Throws body_too_large from the announced length, before anything is read. */
export function checkLength(request: IncomingMessage, body_bytes_max: number): void {
  const length = Number(request.headers['content-length'] ?? 0)
  if (length > body_bytes_max) throw new Fault('body_too_large', { limit_bytes: body_bytes_max })
}

export function readBody(
  request: IncomingMessage,
  body_bytes_max: number,
  lease: Lease,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let received_bytes = 0
  return new Promise((resolve, reject) => {
    const stop = (error: unknown) => {
      request.off('data', take)
      request.pause()
      reject(error)
    }
    const take = (chunk: Buffer) => {
      received_bytes += chunk.length
      if (received_bytes > body_bytes_max) {
        return stop(new Fault('body_too_large', { limit_bytes: body_bytes_max }))
      }
      try {
        lease.add(chunk.length)
      } catch (fault) {
        return stop(fault)
      }
      chunks.push(chunk)
    }
    request.on('data', take)
    request.on('end', () => resolve(joined(chunks, received_bytes)))
    request.on('error', () => reject(new SenderGone()))
    request.on('close', () => reject(new SenderGone()))
  })
}
