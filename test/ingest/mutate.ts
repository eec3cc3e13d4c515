/** Bodies as a fuzzer changes them: bytes flipped, cut, repeated, put in; sometimes made up. */

export function mutated(whole: Uint8Array, next: () => number): Uint8Array {
  const kind = next()
  if (kind < 0.1) return whole
  if (kind < 0.2) {
    return Uint8Array.from({ length: Math.floor(next() * 300) }, () => Math.floor(next() * 256))
  }
  let bytes = Buffer.from(whole)
  for (let changes = 1 + Math.floor(next() * 6); changes > 0 && bytes.length > 0; changes--) {
    const at = Math.floor(next() * bytes.length)
    const roll = next()
    if (roll < 0.5) bytes[at] = Math.floor(next() * 256)
    else if (roll < 0.7) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 3)])
    else if (roll < 0.9) bytes = Buffer.concat([bytes.subarray(0, at), bytes])
    else bytes = bytes.subarray(0, at)
    if (bytes.length > 10_000) bytes = bytes.subarray(0, 10_000)
  }
  return bytes
}
