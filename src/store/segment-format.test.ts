/** What must hold of any file: nothing wrong is read, and what is missing is counted. */
import { crc32 as crcOf } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeCut,
  encodeEnd,
  encodeRecord,
  RECORD_HEADER_BYTES,
  type Scan,
  SEGMENT_HEADER_BYTES,
  type SegmentEntry,
  scan,
  segmentHeader,
} from './segment-format.ts'

const ID = '0123456789abcdef0123456789abcdef'

const entry: fc.Arbitrary<SegmentEntry> = fc.record({
  table: fc.constantFrom('logs', 'spans', 'resources', 'metric_samples'),
  rows: fc.integer({ min: 1, max: 60 }),
  columns: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  bytes: fc.uint8Array({ minLength: 0, maxLength: 90 }),
})
const segment = fc.array(fc.array(entry, { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 9,
})

type Written = { file: Buffer; starts: number[]; rows: number[] }

function write(records: SegmentEntry[][], sealed: boolean, id = ID): Written {
  const parts: Uint8Array[] = [segmentHeader(id)]
  const starts: number[] = []
  const rows: number[] = []
  let at = SEGMENT_HEADER_BYTES
  let rowsBefore = 0
  for (const [sequence, entries] of records.entries()) {
    const buffers = encodeRecord({ id, sequence, rowsBefore }, entries)
    starts.push(at)
    rows.push(entries.reduce((sum, one) => sum + one.rows, 0))
    rowsBefore += rows.at(-1)!
    at += buffers.reduce((sum, one) => sum + one.byteLength, 0)
    parts.push(...buffers)
  }
  if (sealed) parts.push(encodeEnd({ id, sequence: records.length, rowsBefore }))
  return { file: Buffer.concat(parts), starts: [...starts, at], rows }
}

/** Every accepted record is one that was written, byte for byte. */
function expectNothingWrong(found: Scan, records: SegmentEntry[][]) {
  for (const record of found.records) {
    const plain = record.entries.map((one) => ({ ...one, bytes: Uint8Array.from(one.bytes) }))
    expect(plain).toEqual(
      records[record.sequence]!.map((one) => ({ ...one, bytes: Uint8Array.from(one.bytes) })),
    )
  }
}

describe('scan', () => {
  test('reads back what was written', () => {
    fc.assert(
      fc.property(segment, fc.boolean(), (records, sealed) => {
        const found = scan(write(records, sealed).file, ID)
        expect(found.records.map((one) => one.sequence)).toEqual([...records.keys()])
        expectNothingWrong(found, records)
        expect(found).toMatchObject({ sealed, damaged: [], torn: undefined, headerDamaged: false })
      }),
    )
  })

  test('a file cut at any byte of its last three records keeps every whole record', () => {
    fc.assert(
      fc.property(segment, (records) => {
        const { file, starts } = write(records, false)
        const from = starts[Math.max(0, records.length - 3)]!
        for (let length = from; length <= file.length; length++) {
          const found = scan(file.subarray(0, length), ID)
          const whole = starts.filter((start) => start <= length).length - 1
          expect(found.records.length).toBe(whole)
          expectNothingWrong(found, records)
          expect(found.damaged).toEqual([])
          const isCut = !starts.includes(length)
          expect(found.torn?.offset).toBe(isCut ? starts[whole] : undefined)
          expect(found.torn?.bytes).toBe(isCut ? length - starts[whole]! : undefined)
        }
      }),
      { numRuns: 20 },
    )
  })

  test('a file shorter than its header holds nothing and says so', () => {
    expect(scan(new Uint8Array(0), ID)).toMatchObject({ records: [], torn: undefined })
    expect(scan(segmentHeader(ID).subarray(0, 7), ID).torn?.bytes).toBe(7)
  })

  test('one flipped bit loses at most the record it hit, and the loss is counted exactly', () => {
    const place = fc.nat()
    fc.assert(
      fc.property(segment, place, fc.boolean(), (records, at, sealed) => {
        const { file, starts, rows } = write(records, sealed)
        const bit = at % (file.length * 8)
        file[bit >> 3]! ^= 1 << (bit & 7)
        const found = scan(file, ID)
        expectNothingWrong(found, records)

        const hit = starts.findLastIndex((start) => start <= bit >> 3)
        const lost = records.length - found.records.length
        const inRecord = hit >= 0 && hit < records.length
        expect(lost).toBe(inRecord ? 1 : 0)
        const { damaged, torn } = found
        const bytes = starts[hit + 1]! - starts[hit]!
        // The last record's header in a file without end mark is all that told its rows.
        const unknown = !sealed && hit === records.length - 1 && damaged.length === 0
        const exact = { offset: starts[hit], bytes, sequence: hit, records: 1, rows: rows[hit] }
        if (!inRecord) expect(damaged).toEqual([])
        else if (unknown) expect(torn).toMatchObject({ bytes, records: 1 })
        else expect(damaged).toEqual([exact])
      }),
      { numRuns: 1000 },
    )
  })

  test('overwritten stretches: counted rows and kept rows add up', () => {
    fc.assert(
      fc.property(
        segment,
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        (r, at, junk) => {
          const { file, rows } = write(r, true)
          const from = SEGMENT_HEADER_BYTES + (at % (file.length - SEGMENT_HEADER_BYTES))
          file.set(junk.subarray(0, file.length - from), from)
          const found = scan(file, ID)
          expectNothingWrong(found, r)
          const kept = found.records.reduce((sum, one) => sum + one.rows, 0)
          const counted = found.damaged.reduce((sum, one) => sum + one.rows, 0)
          const written = rows.reduce((sum, one) => sum + one, 0)
          if (found.sealed) expect(kept + counted).toBe(written)
          else expect(found.torn).toBeDefined()
        },
      ),
      { numRuns: 300 },
    )
  })

  test('noise is never a record', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        const found = scan(Buffer.concat([segmentHeader(ID), noise]), ID)
        expect(found.records).toEqual([])
        expect(found.torn?.bytes ?? 0).toBe(noise.length)
      }),
    )
  })
})

describe('a payload that imitates a record', () => {
  test('is not read as one when the record around it is damaged', () => {
    const other = 'ffffffffffffffffffffffffffffffff'
    const inner = encodeRecord({ id: other, sequence: 5, rowsBefore: 9 }, [
      { table: 'logs', rows: 1, columns: 0, bytes: Buffer.from('planted') },
    ])
    const planted = { table: 'logs', rows: 1, columns: 0, bytes: Buffer.concat(inner) }
    const { file, starts } = write([[planted], [planted]], true)
    file[starts[0]! + 20]! ^= 1
    const found = scan(file, ID)
    expect(found.records.map((one) => one.sequence)).toEqual([1])
    expect(found.damaged).toMatchObject([{ records: 1, rows: 1 }])
  })
})

describe('marks', () => {
  test('a cut names the other segment and how much of it counts', () => {
    const cut = { id: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', records: 7 }
    const file = Buffer.concat([
      segmentHeader(ID),
      ...encodeCut({ id: ID, sequence: 0, rowsBefore: 0 }, cut),
      encodeEnd({ id: ID, sequence: 1, rowsBefore: 0 }),
    ])
    expect(scan(file, ID)).toMatchObject({ cuts: [cut], records: [], damaged: [], sealed: true })
  })

  test('a damaged file header costs nothing, a later version is left alone', () => {
    const rows = [{ table: 'logs', rows: 2, columns: 1, bytes: Buffer.from('x') }]
    const { file } = write([rows], true)
    file[20]! ^= 4
    expect(scan(file, ID)).toMatchObject({ headerDamaged: true, records: [{ rows: 2 }] })

    const { file: later } = write([rows], true)
    later.writeUInt16LE(2, 8)
    expect(scan(later, ID).versionUnknown).toBe(false)
    later.writeUInt32LE(crcOf(later.subarray(0, 28)), 28)
    expect(scan(later, ID)).toMatchObject({ versionUnknown: true, records: [] })
  })

  test('what is behind the end mark is not read', () => {
    const rows = [{ table: 'logs', rows: 2, columns: 1, bytes: Buffer.from('x') }]
    const { file } = write([rows], true)
    const more = Buffer.concat([file, Buffer.alloc(RECORD_HEADER_BYTES + 5)])
    expect(scan(more, ID)).toMatchObject({ sealed: true, records: [{ rows: 2 }], torn: undefined })
  })
})
