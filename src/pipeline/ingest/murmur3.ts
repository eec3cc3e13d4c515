/** MurmurHash3 of 128 bits for 64-bit machines with the seed 0, highest byte first. */

const mask = (1n << 64n) - 1n
const c1 = 0x87c37b91114253d5n
const c2 = 0x4cf5ad432745937fn

function turned(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & mask
}

function mixed(value: bigint): bigint {
  let k = value ^ (value >> 33n)
  k = (k * 0xff51afd7ed558ccdn) & mask
  k ^= k >> 33n
  k = (k * 0xc4ceb9fe1a85ec53n) & mask
  return k ^ (k >> 33n)
}

const first = (k: bigint) => (turned((k * c1) & mask, 31n) * c2) & mask
const second = (k: bigint) => (turned((k * c2) & mask, 33n) * c1) & mask

export function murmur3(bytes: Buffer): Buffer {
  let h1 = 0n
  let h2 = 0n
  const whole = bytes.length - (bytes.length % 16)
  for (let at = 0; at < whole; at += 16) {
    h1 ^= first(bytes.readBigUInt64LE(at))
    h1 = ((turned(h1, 27n) + h2) * 5n + 0x52dce729n) & mask
    h2 ^= second(bytes.readBigUInt64LE(at + 8))
    h2 = ((turned(h2, 31n) + h1) * 5n + 0x38495ab5n) & mask
  }
  const tail = Buffer.alloc(16)
  bytes.copy(tail, 0, whole)
  if (bytes.length - whole > 8) h2 ^= second(tail.readBigUInt64LE(8))
  if (bytes.length > whole) h1 ^= first(tail.readBigUInt64LE(0))
  const length = BigInt(bytes.length)
  h1 = ((h1 ^ length) + (h2 ^ length)) & mask
  h2 = ((h2 ^ length) + h1) & mask
  h1 = mixed(h1)
  h2 = mixed(h2)
  h1 = (h1 + h2) & mask
  h2 = (h2 + h1) & mask
  const out = Buffer.alloc(16)
  out.writeBigUInt64BE(h1, 0)
  out.writeBigUInt64BE(h2, 8)
  return out
}
