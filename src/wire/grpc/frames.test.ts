/**
 * gRPC framing: any split of the bytes gives the same message; every lie about a length is found.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { framed, MessageReader } from './frames.ts'

function read(chunks: Uint8Array[], body_bytes_max = 1000) {
  const reader = new MessageReader(body_bytes_max)
  for (const chunk of chunks) reader.push(chunk)
  return reader.finish()
}

test('the message does not depend on where its chunks are split', () => {
  const bytes = fc.uint8Array({ maxLength: 300 })
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(305), { maxLength: 8 }), (message, cuts) => {
      const frame = framed(message)
      const at = [0, ...cuts.map((cut) => Math.min(cut, frame.length)), frame.length]
      at.sort((a, b) => a - b)
      const chunks = at.slice(1).map((end, i) => frame.subarray(at[i], end))
      const { bytes: got, isCompressed } = read(chunks)
      expect(Buffer.from(got).equals(message)).toBe(true)
      expect(isCompressed).toBe(false)
    }),
  )
})

test('the flag says whether the message is compressed', () => {
  expect(read([Buffer.from([1, 0, 0, 0, 1, 7])])).toEqual({
    isCompressed: true,
    bytes: Buffer.from([7]),
  })
})

describe('refuses', () => {
  const f = (name: string, bytes: number[][], code: string) =>
    test(name, () => {
      const reading = () => read(bytes.map((chunk) => Uint8Array.from(chunk)))
      expect(reading).toThrow(expect.objectContaining({ code }))
    })
  f('nothing at all', [], 'payload_malformed')
  f('a header cut short', [[0, 0, 0]], 'payload_malformed')
  f('a message cut short', [[0, 0, 0, 0, 9, 1, 2]], 'payload_malformed')
  f('an unknown flag', [[2, 0, 0, 0, 0]], 'payload_malformed')
  f('two messages', [[0, 0, 0, 0, 1, 7, 0, 0, 0, 0, 1, 7]], 'payload_malformed')
  f(
    'bytes behind the message, in a chunk of their own',
    [[0, 0, 0, 0, 1, 7], [0]],
    'payload_malformed',
  )
  f('a length past the limit, from the header alone', [[0, 255, 255, 255, 255]], 'body_too_large')
  f('a header that arrives byte by byte', [[0], [255], [255], [255], [255]], 'body_too_large')
})

test('a length past the limit is refused before the message arrives', () => {
  const reader = new MessageReader(1000)
  expect(() => reader.push(Uint8Array.from([0, 0, 0, 4, 0]))).toThrow(/larger than 1000 bytes/)
})
