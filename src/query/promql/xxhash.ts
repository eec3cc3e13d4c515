/** xxHash64 with seed 0: what Prometheus tells label sets apart by. Hashes bytes and no more. */

const mask = 0xffff_ffff_ffff_ffffn
const prime1 = 0x9e3779b185ebca87n
const prime2 = 0xc2b2ae3d27d4eb4fn
const prime3 = 0x165667b19e3779f9n
const prime4 = 0x85ebca77c2b2ae63n
const prime5 = 0x27d4eb2f165667c5n

const rotate = (value: bigint, bits: bigint): bigint =>
  ((value << bits) | (value >> (64n - bits))) & mask

const round = (accumulator: bigint, input: bigint): bigint =>
  (rotate((accumulator + input * prime2) & mask, 31n) * prime1) & mask

const merge = (hash: bigint, value: bigint): bigint =>
  ((hash ^ round(0n, value)) * prime1 + prime4) & mask

export function xxhash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  let hash = prime5
  if (bytes.length >= 32) {
    let [a, b, c, d] = [(prime1 + prime2) & mask, prime2, 0n, -prime1 & mask]
    for (; at + 32 <= bytes.length; at += 32) {
      a = round(a, view.getBigUint64(at, true))
      b = round(b, view.getBigUint64(at + 8, true))
      c = round(c, view.getBigUint64(at + 16, true))
      d = round(d, view.getBigUint64(at + 24, true))
    }
    hash = (rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n)) & mask
    for (const lane of [a, b, c, d]) hash = merge(hash, lane)
  }
  hash = (hash + BigInt(bytes.length)) & mask
  for (; at + 8 <= bytes.length; at += 8) {
    hash ^= round(0n, view.getBigUint64(at, true))
    hash = (rotate(hash, 27n) * prime1 + prime4) & mask
  }
  if (at + 4 <= bytes.length) {
    hash ^= (BigInt(view.getUint32(at, true)) * prime1) & mask
    hash = (rotate(hash, 23n) * prime2 + prime3) & mask
    at += 4
  }
  for (; at < bytes.length; at++) {
    hash ^= (BigInt(view.getUint8(at)) * prime5) & mask
    hash = (rotate(hash, 11n) * prime1) & mask
  }
  hash = ((hash ^ (hash >> 33n)) * prime2) & mask
  hash = ((hash ^ (hash >> 29n)) * prime3) & mask
  return hash ^ (hash >> 32n)
}
