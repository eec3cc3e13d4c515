/**
 * The bytes of a spool segment: how chunks are laid out, written, and read back from a file that
 * may be torn or damaged. Pure: files, syncing and what becomes of damage are left to others.
 *
 * frame = marker 4, version u8, signal u8, encoding u8, zero u8, sequence f64, id 16, records u32,
 *         plain bytes u32, oldest ms f64, durable bytes u32, positions bytes u32, body bytes u32,
 *         body crc u32, head crc u32  (68 bytes, little endian), then positions (JSON), then body
 *
 * Checksums start from the segment's random seed, so bytes in a body that look like a frame are
 * never taken for one. `durable bytes` is how much of the file was synced when the frame was
 * written: damage before it happened to synced data, damage behind all of them is a torn write.
 */
import { crc32 } from 'node:zlib'
import { type ChunkSignal, chunkSignals, type Positions } from '../collector.ts'

export const frame_head_bytes = 68
const version = 1
const marker = Buffer.from('\xc5CHK', 'latin1')
export const encodings = ['identity', 'zstd'] as const
export type ChunkEncoding = (typeof encodings)[number]

export type FrameHead = {
  signal: ChunkSignal
  encoding: ChunkEncoding
  /** Grows with every chunk of the agent, whatever its signal. */
  sequence: number
  /** 32 hexadecimal digits, random: the server knows a chunk by it. */
  id: string
  records: number
  plain_bytes: number
  oldest_ms: number
}

/** A chunk as it lies in a segment. */
export type Frame = FrameHead & { body_offset: number; body_bytes: number; body_crc: number }

export type Scan = {
  frames: Frame[]
  /** Of each frame, in the same order. */
  positions: Positions[]
  /** Stretches of synced data that cannot be read any more. */
  damaged: { offset: number; bytes: number }[]
  /** What counts ends here; a torn write begins. */
  whole_bytes: number
}

export function encodeFrame(
  head: FrameHead,
  positions: Positions | undefined,
  body: Uint8Array,
  place: { seed: number; durable_bytes: number },
): Uint8Array[] {
  const told = Buffer.from(positions === undefined ? '' : JSON.stringify(positions))
  const bytes = Buffer.alloc(frame_head_bytes)
  marker.copy(bytes, 0)
  bytes.writeUInt8(version, 4)
  bytes.writeUInt8(chunkSignals.indexOf(head.signal), 5)
  bytes.writeUInt8(encodings.indexOf(head.encoding), 6)
  bytes.writeDoubleLE(head.sequence, 8)
  bytes.write(head.id, 16, 16, 'hex')
  bytes.writeUInt32LE(head.records, 32)
  bytes.writeUInt32LE(head.plain_bytes, 36)
  bytes.writeDoubleLE(head.oldest_ms, 40)
  bytes.writeUInt32LE(place.durable_bytes, 48)
  bytes.writeUInt32LE(told.length, 52)
  bytes.writeUInt32LE(body.length, 56)
  bytes.writeUInt32LE(crc32(body, place.seed), 60)
  bytes.writeUInt32LE(crc32(told, crc32(bytes.subarray(0, 64), place.seed)), 64)
  return [bytes, told, body]
}

/** `bodies: false` trusts them until they are read: of a segment that was closed in order. */
export function scanFrames(file: Uint8Array, seed: number, options: { bodies: boolean }): Scan {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const found: Scan = { frames: [], positions: [], damaged: [], whole_bytes: 0 }
  const unsure: { offset: number; bytes: number; frames: number }[] = []
  let at = 0
  while (at < bytes.length) {
    const read = readFrame(bytes, at, seed, options.bodies) ?? nextFrame(bytes, at, seed, options)
    if (read === undefined) break
    if (read.offset > at) {
      unsure.push({ offset: at, bytes: read.offset - at, frames: found.frames.length })
    }
    while (unsure[0] !== undefined && unsure[0].offset < read.durable_bytes) {
      const { offset, bytes: length } = unsure.shift()!
      found.damaged.push({ offset, bytes: length })
    }
    found.frames.push(read.frame)
    found.positions.push(read.positions)
    at = read.end
  }
  const torn = unsure[0]
  found.whole_bytes = torn?.offset ?? at
  if (torn !== undefined) {
    found.frames.length = torn.frames
    found.positions.length = torn.frames
  }
  return found
}

export function isBodyWhole(frame: Frame, body: Uint8Array, seed: number): boolean {
  return body.length === frame.body_bytes && crc32(body, seed) === frame.body_crc
}

type Read = {
  offset: number
  end: number
  durable_bytes: number
  frame: Frame
  positions: Positions
}

function nextFrame(bytes: Buffer, from: number, seed: number, options: { bodies: boolean }) {
  for (let at = bytes.indexOf(marker, from + 1); at >= 0; at = bytes.indexOf(marker, at + 1)) {
    const read = readFrame(bytes, at, seed, options.bodies)
    if (read !== undefined) return read
  }
  return undefined
}

function readFrame(bytes: Buffer, at: number, seed: number, bodies: boolean): Read | undefined {
  const told_at = at + frame_head_bytes
  if (told_at > bytes.length || !marker.equals(bytes.subarray(at, at + 4))) return undefined
  const body_offset = told_at + bytes.readUInt32LE(at + 52)
  const body_bytes = bytes.readUInt32LE(at + 56)
  const end = body_offset + body_bytes
  if (bytes.readUInt8(at + 4) !== version || end > bytes.length) return undefined
  const told = bytes.subarray(told_at, body_offset)
  const crc = crc32(told, crc32(bytes.subarray(at, at + 64), seed))
  if (crc !== bytes.readUInt32LE(at + 64)) return undefined
  const body_crc = bytes.readUInt32LE(at + 60)
  if (bodies && crc32(bytes.subarray(body_offset, end), seed) !== body_crc) return undefined
  const frame: Frame = {
    signal: chunkSignals[bytes.readUInt8(at + 5)]!,
    encoding: encodings[bytes.readUInt8(at + 6)]!,
    sequence: bytes.readDoubleLE(at + 8),
    id: bytes.toString('hex', at + 16, at + 32),
    records: bytes.readUInt32LE(at + 32),
    plain_bytes: bytes.readUInt32LE(at + 36),
    oldest_ms: bytes.readDoubleLE(at + 40),
    body_offset,
    body_bytes,
    body_crc,
  }
  const positions = told.length === 0 ? {} : JSON.parse(told.toString())
  return { offset: at, end, durable_bytes: bytes.readUInt32LE(at + 48), frame, positions }
}
