/** Finds the items of a JSON array by their bytes, so that each can be read by itself. */
import { Fault } from '../../../model/faults.ts'
import { limits } from '../../../model/limits.ts'

export type JsonItem = { start: number; end: number; isTooDeep: boolean }

const quote = 0x22
const backslash = 0x5c
const isSpace = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** Throws payload_malformed when the body is no array that is whole. */
export function* jsonItems(body: Uint8Array, format: string): Generator<JsonItem> {
  const fail = (detail: string): never => {
    throw new Fault('payload_malformed', { format, detail: `${detail}, at byte ${at}` })
  }
  let at = 0
  while (isSpace(body[at])) at++
  if (body[at] !== 0x5b) fail('expected an array of spans')
  at++
  while (isSpace(body[at])) at++
  if (body[at] === 0x5d) {
    finish(at + 1)
    return
  }
  for (;;) {
    const start = at
    const isTooDeep = item()
    if (at === start) fail('expected a span')
    yield { start, end: at, isTooDeep }
    if (body[at++] === 0x5d) break
    while (isSpace(body[at])) at++
  }
  finish(at)

  function finish(from: number): void {
    at = from
    while (isSpace(body[at])) at++
    if (at < body.length) fail('expected the end after the array')
  }

  /** Goes to the comma or bracket that ends the item. */
  function item(): boolean {
    let depth = 0
    let isTooDeep = false
    for (; at < body.length; at++) {
      const byte = body[at]!
      if (byte === quote) text()
      else if (byte === 0x7b || byte === 0x5b) {
        if (++depth > limits.any_value_depth_max) isTooDeep = true
      } else if (depth === 0 && (byte === 0x2c || byte === 0x5d)) return isTooDeep
      else if (byte === 0x7d || byte === 0x5d) depth--
      if (depth < 0) fail('a brace closes nothing')
    }
    return fail('the array has no end')
  }

  /** Goes to the quote that ends the string. */
  function text(): void {
    for (at++; at < body.length && body[at] !== quote; at++) if (body[at] === backslash) at++
  }
}
