/** Snappy for tests: an encoder that finds repetitions, and a decoder that is plainly right. */

/** Block format with literals and copies of all three kinds, as the offsets ask for. */
export function snappyEncode(plain: Uint8Array): Uint8Array {
  const out: number[] = []
  for (let length = plain.length; ; length = Math.floor(length / 128)) {
    out.push(length < 128 ? length : (length % 128) + 128)
    if (length < 128) break
  }
  const chunks: Uint8Array[] = []
  const flush = () => chunks.push(Uint8Array.from(out.splice(0)))
  // Where each four bytes were seen last, and one; those that share a place forget each other.
  const seen = new Int32Array(1 << 15)
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length)
  let literal = 0
  for (let at = 0; at + 4 <= plain.length; ) {
    const word = view.getInt32(at, true)
    const slot = Math.imul(word, 0x9e3779b1) >>> 17
    const before = seen[slot]! - 1
    seen[slot] = at + 1
    if (before < 0 || view.getInt32(before, true) !== word) {
      at++
      continue
    }
    let count = 4
    while (at + count < plain.length && count < 64 && plain[before + count] === plain[at + count]) {
      count++
    }
    putLiteral(out, flush, chunks, plain.subarray(literal, at))
    putCopy(out, at - before, count)
    at += count
    literal = at
  }
  putLiteral(out, flush, chunks, plain.subarray(literal))
  flush()
  return Buffer.concat(chunks)
}

function putLiteral(
  out: number[],
  flush: () => void,
  chunks: Uint8Array[],
  bytes: Uint8Array,
): void {
  if (bytes.length === 0) return
  const last = bytes.length - 1
  if (last < 60) out.push(last << 2)
  else if (last < 0x100) out.push(60 << 2, last)
  else if (last < 0x1_0000) out.push(61 << 2, last & 255, last >> 8)
  else out.push(62 << 2, last & 255, (last >> 8) & 255, last >> 16)
  flush()
  chunks.push(bytes)
}

function putCopy(out: number[], offset: number, count: number): void {
  if (count < 12 && offset < 2048)
    out.push(1 | ((count - 4) << 2) | ((offset >> 8) << 5), offset & 255)
  else if (offset < 0x1_0000) out.push(2 | ((count - 1) << 2), offset & 255, offset >> 8)
  else {
    out.push(3 | ((count - 1) << 2))
    for (let shift = 0; shift < 32; shift += 8) out.push((offset >>> shift) & 255)
  }
}

/** One byte after the other; undefined for what is no snappy block. */
export function snappyOracle(body: Uint8Array): Uint8Array | undefined {
  let at = 0
  const next = () => (at < body.length ? body[at++]! : Number.NaN)
  let length = 0n
  for (let i = 0n; ; i++) {
    const byte = next()
    if (Number.isNaN(byte) || i === 5n) return undefined
    length |= BigInt(byte & 127) << (7n * i)
    if (byte < 128) break
  }
  const out: number[] = []
  while (at < body.length) {
    const tag = next()
    const six = tag >> 2
    let count = six + 1
    let offset = 0
    const little = (bytes: number) => {
      let number = 0
      for (let i = 0; i < bytes; i++) number += next() * 256 ** i
      return number
    }
    if (tag % 4 === 0) {
      if (six >= 60) count = little(six - 59) + 1
      for (let i = 0; !(i >= count); i++) {
        const byte = next()
        if (Number.isNaN(byte)) return undefined
        out.push(byte)
      }
      if (Number.isNaN(count)) return undefined
    } else {
      if (tag % 4 === 1) {
        count = (six % 8) + 4
        offset = (tag >> 5) * 256 + next()
      } else offset = little(tag % 4 === 2 ? 2 : 4)
      if (!(offset > 0 && offset <= out.length)) return undefined
      for (let i = 0; i < count; i++) out.push(out[out.length - offset]!)
    }
    if (out.length > Number(length)) return undefined
  }
  return out.length === Number(length) ? Uint8Array.from(out) : undefined
}
