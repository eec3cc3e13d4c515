/** Nanosecond times as they lie in the payload: two 32-bit halves, never a bigint. */

/** Whole milliseconds of the fixed64 at a place: exact, where a double of nanoseconds is not. */
export function msAt(view: DataView, at: number): number {
  const hi = view.getUint32(at + 4, true)
  // 2^32 ns are 4294 ms and 967296 ns.
  return hi * 4294 + Math.floor((hi * 967296 + view.getUint32(at, true)) / 1_000_000)
}

export function isZeroAt(view: DataView, at: number): boolean {
  return view.getInt32(at, true) === 0 && view.getInt32(at + 4, true) === 0
}

/** Whether the fixed64 at a place fits a DateTime64(9), which is signed. */
export function isInt64At(view: DataView, at: number): boolean {
  return view.getInt32(at + 4, true) >= 0
}

export const day_ms = 86_400_000

/** A time that is written into many rows, as eight bytes of nanoseconds. */
export function nanosecondBytes(time_ms: number): DataView {
  const view = new DataView(new ArrayBuffer(16))
  view.setBigUint64(0, BigInt(Math.floor(time_ms)) * 1_000_000n, true)
  return view
}

const two32 = 0x1_0000_0000

/** The time that halve() made last, in its two halves: one object, for rows come by millions. */
export const halves = { lo: 0, hi: 0 }

/** Seconds times 10^9 and the rest, without a bigint. */
export function halve(seconds: number, nanoseconds: number): void {
  const product = Math.imul(seconds % two32, 1_000_000_000) >>> 0
  let hi = Math.round((seconds * 1_000_000_000 - product) / two32)
  let lo = product + nanoseconds
  if (lo >= two32) {
    lo -= two32
    hi++
  }
  halves.lo = lo | 0
  halves.hi = hi | 0
}
