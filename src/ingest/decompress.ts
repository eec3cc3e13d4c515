/**
 * A body from its content encoding to plain bytes, with a ceiling on what comes out. Small bodies
 * are decompressed at once (half the CPU of a stream), large ones in slices off the main thread.
 */
import zlib from 'node:zlib'
import { Fault } from '../model/faults.ts'
import type { Lease } from './budget.ts'
import { Turnstile } from './turnstile.ts'
import { zstdFrames } from './zstd-frames.ts'

export const contentEncodings = ['identity', 'gzip', 'zstd'] as const
export type ContentEncoding = (typeof contentEncodings)[number]

export type DecompressLimits = { body_bytes_max: number; compression_ratio_max: number }

const small_bytes_max = 64 * 1024
const plain_bytes_max = 1024 * 1024
/** Smaller bodies may be very regular without being an attack. */
const ratio_free_bytes = 1024 * 1024
/** Frames may ask for windows up to 2 GiB; RFC 9659 bounds the content encoding to 8 MiB. */
const zstdParams = { [zlib.constants.ZSTD_d_windowLogMax]: 23 }

/** The encoding that a header names. Throws encoding_unsupported. */
export function contentEncodingOf(header: string | undefined): ContentEncoding {
  const name = (header ?? '').trim().toLowerCase()
  if (name === '') return 'identity'
  const known = contentEncodings.find((encoding) => encoding === name)
  if (known === undefined) throw new Fault('encoding_unsupported', { got: name.slice(0, 100) })
  return known
}

export async function decompress(
  encoding: ContentEncoding,
  body: Uint8Array,
  limits: DecompressLimits,
  lease: Lease,
): Promise<Uint8Array> {
  if (encoding === 'identity') return body
  if (encoding === 'zstd' && isOfFrames(body)) return framesOf(body, limits, lease)
  return oneOf(encoding, body, limits, lease)
}

/** Node reads the first frame of zstd and leaves the others out without a word. */
function isOfFrames(body: Uint8Array): boolean {
  try {
    return zstdFrames(body).length > 1
  } catch {
    // What is no whole frame is told by the decompression itself.
    return false
  }
}

async function framesOf(
  body: Uint8Array,
  limits: DecompressLimits,
  lease: Lease,
): Promise<Uint8Array> {
  const plain: Uint8Array[] = []
  let left_bytes = limits.body_bytes_max
  for (const frame of zstdFrames(body)) {
    const part = await oneOf('zstd', frame, { ...limits, body_bytes_max: left_bytes }, lease)
    left_bytes -= part.length
    plain.push(part)
  }
  return Buffer.concat(plain)
}

async function oneOf(
  encoding: Exclude<ContentEncoding, 'identity'>,
  body: Uint8Array,
  limits: DecompressLimits,
  lease: Lease,
): Promise<Uint8Array> {
  const plain_max = plainBytesMax(body, limits)
  const plain =
    body.length <= small_bytes_max && plainSizeHint(encoding, body) <= plain_bytes_max
      ? atOnce(encoding, body, Math.min(plain_bytes_max, plain_max))
      : undefined
  if (plain === undefined) {
    return turnstile.pass(() => inSlices(encoding, body, plain_max, limits, lease))
  }
  lease.add(plain.length)
  return plain
}

/**
 * Few large bodies grow at a time, so that many bombs do not take everybody's share of the memory.
 */
const turnstile = new Turnstile(2)

function plainBytesMax(body: Uint8Array, limits: DecompressLimits): number {
  const byRatio = Math.max(ratio_free_bytes, body.length * limits.compression_ratio_max)
  return Math.min(limits.body_bytes_max, byRatio)
}

/** Undefined when more than the maximum comes out. */
function atOnce(encoding: ContentEncoding, body: Uint8Array, plain_max: number) {
  try {
    // One more byte than may come out: then "full" and "too much" differ.
    const maxOutputLength = plain_max + 1
    const chunkSize = clamp(plainSizeHint(encoding, body) + 1, 1024, maxOutputLength)
    const plain =
      encoding === 'gzip'
        ? zlib.gunzipSync(body, { maxOutputLength, chunkSize })
        : zlib.zstdDecompressSync(body, { maxOutputLength, chunkSize, params: zstdParams })
    return plain.length > plain_max ? undefined : plain
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined
    throw malformed(encoding, error)
  }
}

function inSlices(
  encoding: ContentEncoding,
  body: Uint8Array,
  plain_max: number,
  limits: DecompressLimits,
  lease: Lease,
): Promise<Uint8Array> {
  const chunkSize = 256 * 1024
  const stream =
    encoding === 'gzip'
      ? zlib.createGunzip({ chunkSize })
      : zlib.createZstdDecompress({ chunkSize, params: zstdParams })
  const slices: Buffer[] = []
  let plain_bytes = 0
  return new Promise((resolve, reject) => {
    const fail = (fault: unknown) => {
      stream.destroy()
      reject(fault)
    }
    stream.on('data', (slice: Buffer) => {
      plain_bytes += slice.length
      if (plain_bytes > plain_max) return fail(tooMuch(plain_bytes, limits))
      try {
        lease.add(slice.length)
      } catch (fault) {
        return fail(fault)
      }
      slices.push(slice)
    })
    stream.on('error', (error) => fail(malformed(encoding, error)))
    stream.on('end', () => resolve(Buffer.concat(slices, plain_bytes)))
    stream.end(body)
  })
}

function tooMuch(plain_bytes: number, limits: DecompressLimits): Fault {
  if (plain_bytes > limits.body_bytes_max) {
    return new Fault('body_too_large', { limit_bytes: limits.body_bytes_max })
  }
  return new Fault('compression_excessive', { ratio_max: limits.compression_ratio_max })
}

function malformed(encoding: ContentEncoding, error: unknown): Fault {
  const detail = error instanceof Error ? error.message : String(error)
  return new Fault('payload_malformed', { format: encoding, detail })
}

/** gzip ends with its plain size; it may lie, so it only chooses how large the first buffer is. */
function plainSizeHint(encoding: ContentEncoding, body: Uint8Array): number {
  const at = body.length - 4
  if (encoding !== 'gzip' || at < 14) return body.length * 6
  return body[at]! + body[at + 1]! * 0x100 + body[at + 2]! * 0x1_0000 + body[at + 3]! * 0x100_0000
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value))
}
