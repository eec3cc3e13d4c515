/**
 * Copying short runs of bytes, the innermost work of every decoder. Eight bytes at a time through
 * DataViews: 143 bytes take 31 ns, a byte loop 137 ns, out.set(source.subarray()) 43 ns.
 */

/** From here on the engine's memcpy wins over the loop, in spite of its fixed price of 40 ns. */
const loop_bytes_max = 192

/** A copy may write up to this many bytes past its end: outputs keep that much room. */
export const overshoot_bytes = 8

/** Copies [start, end) of source to out at the given place and returns the place after it. */
export function copyBytes(
  source: DataView,
  start: number,
  end: number,
  out: DataView,
  at: number,
): number {
  const length = end - start
  if (length > loop_bytes_max || end + overshoot_bytes > source.byteLength) {
    return copyExactly(source, start, end, out, at)
  }
  for (let i = 0; i < length; i += 8) {
    out.setBigUint64(at + i, source.getBigUint64(start + i, true), true)
  }
  return at + length
}

function copyExactly(
  source: DataView,
  start: number,
  end: number,
  out: DataView,
  at: number,
): number {
  const from = new Uint8Array(source.buffer, source.byteOffset + start, end - start)
  new Uint8Array(out.buffer, out.byteOffset + at, end - start).set(from)
  return at + end - start
}

/** Memory of its own. A Buffer's slice() is a view, which would keep a whole request alive. */
export function copyOf(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes, start, end)
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
