/**
 * Attributes as the bytes of OTLP KeyValue fields, written once for a series and copied from then
 * on. Values are text: what collectors know of a series are names.
 */
import { RowBuffer } from '../row-buffer.ts'

const encoder = new TextEncoder()
const scratch = new RowBuffer(1024)

function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 0x80; rest >>>= 7) size++
  return size
}

/** Repeated KeyValue under the given field number, which is below 16. */
export function encodeAttributes(
  field: number,
  attributes: Iterable<readonly [string, string]>,
): Uint8Array {
  scratch.clear()
  for (const [name, value] of attributes) {
    const key = encoder.encode(name)
    const text = encoder.encode(value)
    const any_bytes = 1 + varintSize(text.length) + text.length
    const key_bytes = 1 + varintSize(key.length) + key.length
    scratch.u8((field << 3) | 2)
    scratch.varint(key_bytes + 1 + varintSize(any_bytes) + any_bytes)
    scratch.u8(0x0a)
    scratch.varint(key.length)
    scratch.raw(key)
    scratch.u8(0x12)
    scratch.varint(any_bytes)
    scratch.u8(0x0a)
    scratch.varint(text.length)
    scratch.raw(text)
  }
  return scratch.written().slice()
}
