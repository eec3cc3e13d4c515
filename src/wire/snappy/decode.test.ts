/** Snappy blocks as tables of facts, against an oracle, mangled, and as Fluent Bit sends them. */
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { snappyEncode, snappyOracle } from '../../../test/wire/snappy.ts'
import { Fault } from '../../model/faults.ts'
import { snappyDecode } from './decode.ts'

const bytes_max = 1024 * 1024

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))

test('blocks, byte by byte', () => {
  const f = (body: number[], expected: string) =>
    expect(Buffer.from(snappyDecode(Uint8Array.from(body), bytes_max)).toString('latin1')).toBe(
      expected,
    )
  f([0], '')
  f([3, 8, 97, 98, 99], 'abc')
  // A copy with an offset of 11 bits, of 16 bits, of 32 bits; the first overlaps itself.
  f([7, 8, 97, 98, 99, 0b000_000_01, 3], 'abcabca')
  f([9, 0, 97, (8 - 1) * 4 + 2, 1, 0], 'aaaaaaaaa')
  f([6, 8, 97, 98, 99, 2 * 4 + 3, 2, 0, 0, 0], 'abcbcb')
  // Literals whose length is in bytes of its own.
  f([2, 60 * 4, 1, 97, 98], 'ab')
  f([2, 61 * 4, 1, 0, 97, 98], 'ab')
  f([2, 62 * 4, 1, 0, 0, 97, 98], 'ab')
  f([2, 63 * 4, 1, 0, 0, 0, 97, 98], 'ab')
  // A length may take more bytes than it needs.
  f([0x83, 0x00, 8, 97, 98, 99], 'abc')
})

test('refuses in words', () => {
  const f = (body: number[], expected: RegExp) =>
    expect(() => snappyDecode(Uint8Array.from(body), bytes_max)).toThrow(expected)
  f([], /the length is cut off/)
  f([0x80], /the length is cut off/)
  f([0x80, 0x80, 0x80, 0x80, 0x80, 0], /does not fit into 32 bits/)
  f([0xff, 0xff, 0xff, 0xff, 0x1f], /does not fit into 32 bits/)
  f([3, 8, 97, 98], /a literal is cut off/)
  f([3, 60 * 4], /the length of a literal is cut off/)
  f([3, 63 * 4, 255, 255, 255, 255, 97], /a literal is cut off/)
  f([9, 0, 97, 1], /a copy is cut off/)
  f([9, 0, 97, 2, 1], /a copy is cut off/)
  f([9, 0, 97, 3, 1, 0, 0], /a copy is cut off/)
  f([9, 0, 97, 1, 2], /a copy reaches back 2 bytes of 1/)
  f([9, 0, 97, 1, 0], /a copy reaches back 0 bytes of 1/)
  f([2, 8, 97, 98, 99], /more than the announced 2 bytes come out/)
  f([3, 0, 97, 1, 1], /more than the announced 3 bytes come out/)
  f([4, 8, 97, 98, 99], /4 bytes are announced, 3 came out/)
  f([0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59, 1], /framed format/)
  // 64 KiB out of six bytes: refused before memory is taken.
  f([0x80, 0x80, 4, 0, 97, 0], /more than 6 bytes can hold/)
})

test('what is announced is checked against the limit first', () => {
  const fault = (body: number[]) => {
    try {
      snappyDecode(Uint8Array.from(body), 100)
    } catch (error) {
      if (error instanceof Fault) return error.code
    }
    return 'no fault'
  }
  expect(fault([101, 0])).toBe('body_too_large')
  expect(fault([0xff, 0xff, 0xff, 0xff, 0x0f])).toBe('body_too_large')
})

const repetitive = fc
  .array(fc.tuple(fc.string({ unit: 'binary', maxLength: 20 }), fc.nat(30)), { maxLength: 40 })
  .map((parts) => bytes(parts.map(([text, times]) => text.repeat(times)).join('')))

test('gives back what was encoded, also into memory that was used before', () => {
  const used = new Uint8Array(2000)
  fc.assert(
    fc.property(repetitive, (plain) => {
      const body = snappyEncode(plain)
      expect(Buffer.compare(snappyDecode(body, bytes_max), plain)).toBe(0)
      expect(Buffer.compare(snappyDecode(body, bytes_max, used), plain)).toBe(0)
    }),
    { numRuns: 500, seed: 3 },
  )
  const far = Buffer.alloc(300_000, 'a far repetition of one long text ')
  for (let i = 0; i < far.length; i += 70_001) far[i] = i % 251
  expect(Buffer.compare(snappyDecode(snappyEncode(far), bytes_max), far)).toBe(0)
})

test('agrees with the oracle on mangled blocks', () => {
  let refused = 0
  let read = 0
  const change = fc.tuple(fc.nat(4000), fc.nat(255), fc.nat(2))
  fc.assert(
    fc.property(repetitive, fc.array(change, { maxLength: 3 }), (plain, changes) => {
      let body = [...snappyEncode(plain)]
      for (const [at, byte, cut] of changes) body.splice(at % (body.length + 1), cut, byte)
      body = body.slice(0, 5000)
      const expected = snappyOracle(Uint8Array.from(body))
      let got: Uint8Array | undefined
      try {
        got = snappyDecode(Uint8Array.from(body), 2 ** 31)
      } catch (error) {
        if (!(error instanceof Fault)) throw error
      }
      if (expected === undefined) refused++
      else read++
      expect(got && Buffer.from(got).toString('hex')).toBe(
        expected && Buffer.from(expected).toString('hex'),
      )
    }),
    { numRuns: 3000, seed: 5 },
  )
  expect(refused).toBeGreaterThan(500)
  expect(read).toBeGreaterThan(500)
})

const captured = new URL(
  '../../../../shared/testdata/fluent-bit/remote-write.api-v1-write-1.body',
  import.meta.url,
)

test.skipIf(!existsSync(captured))('what Fluent Bit sends (captured data is absent: skip)', () => {
  const body = readFileSync(captured)
  const plain = snappyDecode(body, bytes_max)
  expect(Buffer.compare(plain, snappyOracle(body)!)).toBe(0)
  expect(Buffer.from(plain).includes('node_cpu_seconds_total')).toBe(true)
})
