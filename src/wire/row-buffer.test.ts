/** Values written to a buffer read back, whatever their size and place. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { viewOf } from './copy-bytes.ts'
import { RowBuffer } from './row-buffer.ts'

test('copies keep every byte at every length, also at the very end of a source', () => {
  const run = fc.uint8Array({ maxLength: 400 })
  fc.assert(
    fc.property(fc.array(run, { maxLength: 20 }), fc.nat(20), (runs, start) => {
      const out = new RowBuffer(1)
      for (const bytes of runs) out.copy(viewOf(bytes), Math.min(start, bytes.length), bytes.length)
      const wanted = Buffer.concat(
        runs.map((bytes) => bytes.subarray(Math.min(start, bytes.length))),
      )
      expect(Buffer.compare(out.written(), wanted)).toBe(0)
    }),
  )
})

test('numbers are little-endian and a rollback takes them back', () => {
  const out = new RowBuffer()
  out.varint(300)
  out.int53(Date.UTC(2026, 0, 1))
  out.mark()
  out.int64(-1, 5)
  out.text('é')
  out.rollback()
  out.float64(1)
  const view = viewOf(out.written())
  expect([view.getUint8(0), view.getUint8(1)]).toEqual([0xac, 0x02])
  expect(view.getBigInt64(2, true)).toBe(BigInt(Date.UTC(2026, 0, 1)))
  expect(view.getFloat64(10, true)).toBe(1)
  expect(out.length).toBe(18)
})
