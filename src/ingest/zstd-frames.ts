/**
 * Takes zstd frames apart that lie one behind the other (RFC 8878): Node's own reading ends after
 * the first. Only headers are looked at.
 */
import { Fault } from '../model/faults.ts'

const magic = 0xfd2fb528
const frames_max = 100_000
const dictionary_bytes = [0, 1, 2, 4]
const size_bytes = [0, 2, 4, 8]

/** Throws payload_malformed when the bytes are anything else than whole frames. */
export function zstdFrames(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = endOfFrame(view, at)
    if (end > bytes.length || frames.length >= frames_max) fail()
    if (view.getUint32(at, true) === magic) frames.push(bytes.subarray(at, end))
    at = end
  }
  return frames
}

function fail(): never {
  throw new Fault('payload_malformed', { format: 'zstd', detail: 'expected whole frames' })
}

function endOfFrame(view: DataView, start: number): number {
  try {
    const first = view.getUint32(start, true)
    if (first >>> 4 === 0x184d2a5) return start + 8 + view.getUint32(start + 4, true)
    if (first !== magic) fail()
    const descriptor = view.getUint8(start + 4)
    const isSingle = (descriptor & 0x20) !== 0
    const sizes = descriptor >>> 6
    let at = start + 5 + (isSingle ? 0 : 1) + dictionary_bytes[descriptor & 3]!
    at += sizes === 0 && isSingle ? 1 : size_bytes[sizes]!
    for (;;) {
      const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
      // A run of one byte says its length and holds the byte once.
      at += 3 + ((header & 6) === 2 ? 1 : header >>> 3)
      if (header & 1) break
    }
    return at + (descriptor & 4 ? 4 : 0)
  } catch (error) {
    if (error instanceof RangeError) fail()
    throw error
  }
}
