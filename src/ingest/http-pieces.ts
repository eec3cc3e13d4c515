/**
 * A body as it arrives, decompressed, for senders that keep a request open for seconds. The reader
 * sets the pace: nothing more is read from the socket than it takes.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import zlib from 'node:zlib'
import { Fault } from '../model/faults.ts'
import { contentEncodingOf, type DecompressLimits } from './decompress.ts'
import { SenderGone } from './http-body.ts'

const chunkSize = 64 * 1024

/** Each piece is at most 64 KiB. Throws Fault, or SenderGone when the sender left. */
export async function* piecesOf(
  request: IncomingMessage,
  limits: DecompressLimits,
): AsyncGenerator<Uint8Array> {
  const first = await firstPiece(request)
  if (first === undefined) return
  const source = openStream(request, first)
  let plain_bytes = 0
  try {
    // A reader that has enough must still be answered: the request outlives its reading.
    const pieces = source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
    for await (const piece of pieces) {
      plain_bytes += piece.length
      if (plain_bytes > limits.body_bytes_max) {
        throw new Fault('body_too_large', { limit_bytes: limits.body_bytes_max })
      }
      for (let at = 0; at < piece.length; at += chunkSize) yield piece.subarray(at, at + chunkSize)
    }
  } catch (error) {
    if (error instanceof Fault) throw error
    if (request.errored !== null || !request.complete) throw new SenderGone()
    const detail = error instanceof Error ? error.message : String(error)
    throw new Fault('payload_malformed', { format: 'compressed', detail })
  } finally {
    if (source !== request) {
      request.unpipe()
      source.destroy()
    }
  }
}

/** The first bytes, which stay to be read. */
function firstPiece(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      request.off('readable', look)
      request.off('end', end)
      request.off('close', gone)
    }
    const look = () => {
      const piece = request.read() as Buffer | null
      if (piece === null) return
      stop()
      // At once: a request that ends between two ticks would end without it.
      request.unshift(piece)
      resolve(piece)
    }
    const end = () => {
      stop()
      resolve(undefined)
    }
    const gone = () => {
      stop()
      if (request.complete) resolve(undefined)
      else reject(new SenderGone())
    }
    request.on('readable', look).on('end', end).on('close', gone)
    look()
  })
}

/** Agents leave the header out: what the first bytes are says it too. */
function openStream(request: IncomingMessage, first: Buffer): Readable {
  const named = request.headers['content-encoding']?.trim().toLowerCase()
  const isGzip = first[0] === 0x1f && first[1] === 0x8b
  const isZlib = first[0] === 0x78 && ((first[0] << 8) | first[1]!) % 31 === 0
  if (named === 'deflate' || (named === undefined && isZlib)) {
    return through(request, zlib.createInflate({ chunkSize }))
  }
  if (named === undefined) {
    return isGzip ? through(request, zlib.createGunzip({ chunkSize })) : request
  }
  const encoding = contentEncodingOf(named)
  if (encoding === 'gzip') return through(request, zlib.createGunzip({ chunkSize }))
  if (encoding === 'zstd') return through(request, zlib.createZstdDecompress())
  return request
}

/** Ends with the request; a decompressor that fails leaves the request alone. */
function through(request: IncomingMessage, decompress: Duplex): Duplex {
  const gone = () => {
    if (!request.complete) decompress.destroy(new SenderGone())
  }
  request.once('error', gone).once('close', gone)
  decompress.on('error', () => {})
  return request.pipe(decompress)
}
