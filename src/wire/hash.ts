/**
 * Sixty-four bit identities as two independent 32-bit hashes, so that no bigint is made. A set of
 * pairs is hashed by summing finished hashes of its members, which makes its order irrelevant.
 * Among a million identities the odds that any two share an id are 3 in 10^8.
 */

export class Hash64 {
  lo = 0
  hi = 0

  /** Starts anew. Seeds keep the hashes of different things apart. */
  reset(seed: number): this {
    this.lo = mix(seed ^ 0x2545f491)
    this.hi = mix(seed ^ 0x6a09e667)
    return this
  }

  /** Adds a run of bytes and its length: ("ab", "c") differs from ("a", "bc"). */
  bytes(view: DataView, start: number, end: number): this {
    let lo = this.lo
    let hi = this.hi
    const length = end - start
    const whole = end - 3
    for (; start < whole; start += 4) {
      const word = view.getInt32(start, true)
      lo = (Math.imul(rotate(lo ^ Math.imul(word, 0xcc9e2d51), 13), 5) + 0x6b64e654) | 0
      hi = (Math.imul(rotate(hi ^ Math.imul(word, 0x9e3779b1), 17), 9) + 0x52dce729) | 0
    }
    // The last three bytes at most, and the length, share one word.
    let tail = length << 24
    for (let shift = 0; start < end; start++, shift += 8) tail |= view.getUint8(start) << shift
    this.lo = lo
    this.hi = hi
    return this.number(tail)
  }

  number(word: number): this {
    this.lo = (Math.imul(rotate(this.lo ^ Math.imul(word, 0xcc9e2d51), 13), 5) + 0x6b64e654) | 0
    this.hi = (Math.imul(rotate(this.hi ^ Math.imul(word, 0x9e3779b1), 17), 9) + 0x52dce729) | 0
    return this
  }

  /** Adds a finished hash regardless of order. */
  sum(member: Hash64): this {
    this.lo = (this.lo + member.lo) | 0
    this.hi = (this.hi + member.hi) | 0
    return this
  }

  finish(): this {
    const { lo, hi } = this
    this.lo = mix(lo ^ rotate(hi, 7))
    this.hi = mix(hi ^ rotate(lo, 19) ^ 0x3c6ef372)
    return this
  }
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}

function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return (word ^ (word >>> 16)) | 0
}

/** A quick 32-bit hash of bytes for tables in memory; never stored. */
export function quickHash(view: DataView, start: number, end: number): number {
  let hash = end - start
  const whole = end - 3
  for (; start < whole; start += 4) {
    hash = Math.imul(hash ^ view.getInt32(start, true), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; start < end; start++) hash = Math.imul(hash ^ view.getUint8(start), 0x01000193)
  return hash ^ (hash >>> 13)
}

export function sameBytes(
  a: Uint8Array,
  aStart: number,
  b: Uint8Array,
  bStart: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false
  return true
}
