/**
 * Finds where MessagePack values end, in bytes that may still be arriving. One count of the values
 * to come takes the place of a stack: nesting costs no memory, and a length that lies costs none.
 */
import { Fault } from '../../model/faults.ts'

/** Bytes of a value whose first byte says all of it; 0 for those that say their length. */
const sizes = new Uint8Array(256)
/** Bytes of the length that follows the first byte of a text, of bytes or of an extension. */
const lengths = new Uint8Array(256)
for (let first = 0; first < 256; first++) {
  if (first < 0x80 || first >= 0xe0) sizes[first] = 1
  else if (first >= 0xa0 && first < 0xc0) sizes[first] = 1 + (first & 0x1f)
}
for (const [first, size] of [
  [0xc0, 1],
  [0xc2, 1],
  [0xc3, 1],
  [0xca, 5],
  [0xcb, 9],
  [0xcc, 2],
  [0xcd, 3],
  [0xce, 5],
  [0xcf, 9],
  [0xd0, 2],
  [0xd1, 3],
  [0xd2, 5],
  [0xd3, 9],
  [0xd4, 3],
  [0xd5, 4],
  [0xd6, 6],
  [0xd7, 10],
  [0xd8, 18],
] as const) {
  sizes[first] = size
}
for (const [first, size] of [
  [0xc4, 1],
  [0xc5, 2],
  [0xc6, 4],
  [0xc7, 1],
  [0xc8, 2],
  [0xc9, 4],
  [0xd9, 1],
  [0xda, 2],
  [0xdb, 4],
] as const) {
  lengths[first] = size
}

export class ValueEnd {
  /** Where the next unread value begins; once all was read, where the value ends. */
  at = 0
  /** Values still to come, those inside of others among them. */
  left = 1

  begin(at: number): void {
    this.at = at
    this.left = 1
  }

  /**
   * Goes on to where the bytes end; true when the value is complete. To be called again with more
   * bytes before it is. Throws payload_malformed.
   */
  run(bytes: Uint8Array, end: number): boolean {
    let { at, left } = this
    while (left > 0 && at < end) {
      const first = bytes[at]!
      const size = sizes[first]!
      if (size > 0) {
        at += size
        left--
        continue
      }
      const width = lengths[first]!
      if (width > 0) {
        if (at + 1 + width > end) break
        const isExtension = first >= 0xc7 && first <= 0xc9
        at += 1 + width + unsigned(bytes, at + 1, width) + (isExtension ? 1 : 0)
        left--
        continue
      }
      const inside = valuesInside(bytes, at, end, first)
      if (inside < 0) break
      at += first < 0xa0 ? 1 : first & 1 ? 5 : 3
      left += inside - 1
    }
    this.at = at
    this.left = left
    return left === 0 && at <= end
  }
}

/** How many values a map or an array holds; -1 when its header is cut off. */
function valuesInside(bytes: Uint8Array, at: number, end: number, first: number): number {
  if (first < 0x90) return (first & 15) * 2
  if (first < 0xa0) return first & 15
  if (first === 0xc1) {
    throw new Fault('payload_malformed', {
      format: 'MessagePack',
      detail: 'expected a value, got the byte c1 that is none',
    })
  }
  const width = first & 1 ? 4 : 2
  if (at + 1 + width > end) return -1
  return unsigned(bytes, at + 1, width) * (first >= 0xde ? 2 : 1)
}

function unsigned(bytes: Uint8Array, at: number, width: number): number {
  if (width === 1) return bytes[at]!
  const two = bytes[at]! * 256 + bytes[at + 1]!
  return width === 2 ? two : two * 65_536 + bytes[at + 2]! * 256 + bytes[at + 3]!
}

const scan = new ValueEnd()

/** Where the value at this place ends, -1 when it is cut off. Throws payload_malformed. */
export function endOfValue(bytes: Uint8Array, at: number, end: number): number {
  scan.begin(at)
  return scan.run(bytes, end) ? scan.at : -1
}
