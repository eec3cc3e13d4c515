/**
 * Turns a message whose entries are compressed into one whose entries are not. gzip and zstd may
 * both consist of several parts: senders append to what they have compressed already.
 */
import { Fault } from '../../../model/faults.ts'
import { MsgpackReader } from '../../../wire/msgpack/reader.ts'
import { MsgpackWriter } from '../../../wire/msgpack/writer.ts'
import { Budget } from '../../budget.ts'
import { decompress } from '../../decompress.ts'
import { listenLimits } from '../../listen-limits.ts'
import { zstdFrames } from '../../zstd-frames.ts'
import type { Envelope } from './envelope.ts'

/** What connections hold that is not on its way to the store: half messages, unpacked ones. */
export const held = new Budget({
  in_flight_bytes_max: listenLimits.in_flight_bytes_max,
  in_flight_requests_max: Number.MAX_SAFE_INTEGER,
})

/** `text` is how fluent-logger says that nothing is. */
export function isCompressed({ mode, compressed }: Envelope): boolean {
  return mode === 'packed' && compressed !== '' && compressed !== 'text'
}

const reader = new MsgpackReader()

/** The message that the envelope has just read. Throws Fault. */
export async function unpack(
  bytes: Uint8Array,
  envelope: Envelope,
  body_bytes_max: number,
): Promise<Uint8Array> {
  const { compressed, tagStart, tagEnd, signal } = envelope
  if (compressed !== 'gzip' && compressed !== 'zstd') {
    throw new Fault('encoding_unsupported', { got: compressed })
  }
  reader.open(bytes, envelope.entriesAt)
  reader.text()
  const packed = bytes.subarray(reader.start, reader.end)
  reader.close()
  const tag = bytes.subarray(tagStart, tagEnd)
  const plain = await inflate(compressed, packed, body_bytes_max)
  const writer = new MsgpackWriter().array(3).text(tag).binary(plain)
  return writer.map(1).text('fluent_signal').number(signal).take()
}

async function inflate(encoding: 'gzip' | 'zstd', packed: Uint8Array, body_bytes_max: number) {
  const { compression_ratio_max } = listenLimits
  const lease = held.lease()
  try {
    const parts = encoding === 'zstd' ? zstdFrames(packed) : [packed]
    const plain: Uint8Array[] = []
    let left = body_bytes_max
    for (const part of parts) {
      const limits = { body_bytes_max: left, compression_ratio_max }
      plain.push(await decompress(encoding, part, limits, lease))
      left -= plain.at(-1)!.length
    }
    return plain.length === 1 ? plain[0]! : Buffer.concat(plain)
  } finally {
    lease.release()
  }
}
