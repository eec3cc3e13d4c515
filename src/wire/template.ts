/**
 * template_id: a 64-bit hash of a log line's printed template, computed without printing it. What a
 * template is, is defined in model/template.ts; a property test holds both together.
 */
import { byteClasses as classes, cutTemplate, varies } from '../model/template.ts'
import { viewOf } from './copy-bytes.ts'
import { Hash64 } from './hash.ts'

const less_than = 0x3c
const star = 0x2a
const greater_than = 0x3e

/** The halves of the last template_id, beside the one function that computes them. */
export const template = { lo: 0, hi: 0 }
const hash = new Hash64()

/**
 * Leaves the id of the body at [start, end) in template. What stays between two wildcards is hashed
 * as one run. A body that itself holds <*> has the same template as one where a word varies there.
 */
export function hashTemplate(view: DataView, bytes: Uint8Array, start: number, end: number): void {
  const stop = cutTemplate(bytes, start, end)
  hash.reset(3)
  let run = start
  let at = start
  while (at < stop) {
    const byte = bytes[at++]!
    let seen = classes[byte]!
    if (seen === 0) {
      if (byte === star && isWildcard(bytes, run, at, stop)) {
        hash.bytes(view, run, at - 2)
        run = ++at
      }
      continue
    }
    const word = at - 1
    while (at < stop) {
      const kind = classes[bytes[at]!]!
      if (kind === 0) break
      seen |= kind
      at++
    }
    if (varies(seen, at - word)) {
      hash.bytes(view, run, word)
      run = at
    }
  }
  hash.bytes(view, run, stop).finish()
  template.lo = hash.lo
  template.hi = hash.hi
}

/** Whether the star before a place is the middle of <*>, all of it in the current run. */
function isWildcard(bytes: Uint8Array, run: number, at: number, stop: number): boolean {
  return at - 2 >= run && at < stop && bytes[at - 2] === less_than && bytes[at] === greater_than
}

/** The template_id of a body, as the column holds it. */
export function templateIdOf(body: string): bigint {
  const bytes = new TextEncoder().encode(body)
  hashTemplate(viewOf(bytes), bytes, 0, bytes.length)
  return (BigInt(template.hi >>> 0) << 32n) | BigInt(template.lo >>> 0)
}
