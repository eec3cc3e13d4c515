/**
 * The text of a JSON string that has escapes, as UTF-8. Finding where strings end is left to
 * json-reader.ts.
 */
import type { RowBuffer } from '../../wire/row-buffer.ts'

const backslash = 0x5c
const escapes = new Uint8Array(128)
for (const [letter, byte] of Object.entries({ b: 8, t: 9, n: 10, f: 12, r: 13 })) {
  escapes[letter.charCodeAt(0)] = byte
}
for (const same of '"\\/') escapes[same.charCodeAt(0)] = same.charCodeAt(0)

/** Appends the text of what lies between the quotes, or answers what is wrong with it. */
export function appendUnescaped(
  arena: RowBuffer,
  bytes: Uint8Array,
  start: number,
  end: number,
): string {
  arena.ensure(end - start)
  const out = arena.bytes
  let to = arena.length
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    if (byte !== backslash) {
      out[to++] = byte
      continue
    }
    const letter = bytes[++i]!
    if (letter !== 0x75) {
      const plain = letter < 128 ? escapes[letter]! : 0
      if (plain === 0) return 'a string has an unknown escape'
      out[to++] = plain
      continue
    }
    let code = hex(bytes, i + 1, end)
    if (code < 0) return 'expected four hex digits'
    i += 4
    if (code >= 0xd800 && code < 0xdc00 && bytes[i + 1] === backslash && bytes[i + 2] === 0x75) {
      const low = hex(bytes, i + 3, end)
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
        i += 6
      }
    }
    to = putCode(out, to, code)
  }
  arena.length = to
  return ''
}

/** Negative when there are none. */
function hex(bytes: Uint8Array, from: number, end: number): number {
  if (from + 4 > end) return -1
  let code = 0
  for (let i = from; i < from + 4; i++) {
    const byte = bytes[i]! | 0x20
    const digit = byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : bytes[i]! - 0x30
    if (digit < 0 || digit > 15 || (digit > 9 && byte < 0x61)) return -1
    code = code * 16 + digit
  }
  return code
}

/** UTF-8; half of a pair becomes the replacement character. An escape is never shorter. */
function putCode(out: Uint8Array, to: number, code: number): number {
  if (code >= 0xd800 && code < 0xe000) code = 0xfffd
  if (code < 0x80) out[to++] = code
  else if (code < 0x800) {
    out[to++] = 0xc0 | (code >> 6)
    out[to++] = 0x80 | (code & 0x3f)
  } else if (code < 0x10000) {
    out[to++] = 0xe0 | (code >> 12)
    out[to++] = 0x80 | ((code >> 6) & 0x3f)
    out[to++] = 0x80 | (code & 0x3f)
  } else {
    out[to++] = 0xf0 | (code >> 18)
    out[to++] = 0x80 | ((code >> 12) & 0x3f)
    out[to++] = 0x80 | ((code >> 6) & 0x3f)
    out[to++] = 0x80 | (code & 0x3f)
  }
  return to
}
