/**
 * Snappy's block format, as Prometheus and Loki clients compress a body. Bounded: the announced
 * length is checked before memory is taken. The framed format, which is for streams, is refused.
 */
import { Fault } from '../../model/faults.ts'
import { copyBytes, viewOf } from '../copy-bytes.ts'

/** Three bytes make 64 at most: whoever announces more than that lies. */
const ratio_max = 22
/** Room past the end, so that short runs are copied eight bytes at a time. */
const overshoot_bytes = 64
/** The chunk that every framed stream begins with. */
const framedStart = Uint8Array.of(0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59)

/**
 * Throws payload_malformed, or body_too_large when more than bytes_max would come out. It comes out
 * into memory that is given, when that is large enough.
 */
export function snappyDecode(
  body: Uint8Array,
  bytes_max: number,
  given: Uint8Array = nothing,
): Uint8Array {
  if (framedStart.every((byte, i) => body[i] === byte)) {
    fail('expected the block format of snappy, got the framed format')
  }
  const length = announcedLength(body)
  if (length > bytes_max) throw new Fault('body_too_large', { limit_bytes: bytes_max })
  if (length > body.length * ratio_max) {
    fail(`${length} bytes are announced, more than ${body.length} bytes can hold`)
  }
  const isRoom = given.length >= length + overshoot_bytes
  const memory = isRoom ? given : new Uint8Array(length + overshoot_bytes)
  decodeElements(body, announced.after, memory, length)
  return memory.subarray(0, length)
}

const nothing = new Uint8Array(0)
const announced = { after: 0 }

function announcedLength(body: Uint8Array): number {
  let length = 0
  for (let i = 0; i < 5; i++) {
    const byte = body[i]
    if (byte === undefined) fail('the length is cut off')
    length += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) {
      announced.after = i + 1
      if (length <= 0xffff_ffff) return length
    }
  }
  return fail('the length does not fit into 32 bits')
}

/** A literal brings bytes of its own, a copy repeats what came out before. */
function decodeElements(body: Uint8Array, at: number, out: Uint8Array, length: number): void {
  const source = viewOf(body)
  const target = viewOf(out)
  const end = body.length
  let to = 0
  while (at < end) {
    const tag = body[at++]!
    let count = (tag >>> 2) + 1
    if ((tag & 3) === 0) {
      if (count > 60) {
        const bytes = count - 60
        if (at + bytes > end) fail('the length of a literal is cut off')
        count = 1
        for (let i = 0; i < bytes; i++) count += body[at++]! * 2 ** (8 * i)
      }
      if (at + count > end) fail('a literal is cut off')
      if (to + count > length) overflow(length)
      to = copyBytes(source, at, at + count, target, to)
      at += count
      continue
    }
    let offset: number
    if ((tag & 3) === 1) {
      count = ((tag >>> 2) & 7) + 4
      offset = ((tag & 0xe0) << 3) | body[at++]!
    } else if ((tag & 3) === 2) {
      offset = body[at]! | (body[at + 1]! << 8)
      at += 2
    } else {
      offset = at + 4 <= end ? source.getUint32(at, true) : 0
      at += 4
    }
    if (at > end) fail('a copy is cut off')
    if (offset === 0 || offset > to) fail(`a copy reaches back ${offset} bytes of ${to}`)
    if (to + count > length) overflow(length)
    if (offset >= 8) {
      for (let i = 0; i < count; i += 8) {
        target.setBigUint64(to + i, target.getBigUint64(to - offset + i, true), true)
      }
    } else for (let i = 0; i < count; i++) out[to + i] = out[to - offset + i]!
    to += count
  }
  if (to !== length) fail(`${length} bytes are announced, ${to} came out`)
}

function overflow(length: number): never {
  return fail(`more than the announced ${length} bytes come out`)
}

function fail(detail: string): never {
  throw new Fault('payload_malformed', { format: 'snappy', detail })
}
