/** Both protocols of Thrift: what was written is read, and what nobody knows is gone past. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeThrift,
  type ThriftFields,
  type ThriftProtocol,
  type ThriftValue,
} from '../../../test/wire/thrift-writer.ts'
import { ThriftBinaryReader } from './binary.ts'
import { ThriftCompactReader } from './compact.ts'
import { type ThriftReader, thriftTypes } from './reader.ts'

const readers = { binary: ThriftBinaryReader, compact: ThriftCompactReader }
const protocols: readonly ThriftProtocol[] = ['binary', 'compact']
const open = (protocol: ThriftProtocol, bytes: Uint8Array): ThriftReader =>
  new readers[protocol](bytes, 'thrift')

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const plain: fc.Arbitrary<ThriftValue>[] = [
  fc.record({ bool: fc.boolean() }),
  fc.record({ i32: fc.integer() }),
  fc.record({ i64: int64 }),
  fc.record({ double: fc.double() }),
  fc.record({ string: fc.string({ unit: 'grapheme' }) }),
]
const { value } = fc.letrec<{ value: ThriftValue; struct: ThriftFields }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    ...plain,
    fc.record({ struct: tie('struct') }),
    fc.oneof(...plain.map((one) => fc.array(one, { maxLength: 20 }).map((list) => ({ list })))),
    fc.array(tie('struct'), { maxLength: 3 }).map((all) => ({
      list: all.map((struct) => ({ struct })),
    })),
    fc
      .array(fc.tuple(fc.record({ string: fc.string() }), fc.record({ i64: int64 })), {
        maxLength: 3,
      })
      .map((map) => ({ map })),
  ),
  struct: fc
    .array(fc.tuple(fc.integer({ min: 1, max: 300 }), tie('value')), { maxLength: 5 })
    .map((fields) => [...fields].sort(([a], [b]) => a - b)),
}))

function read(reader: ThriftReader, type: number): unknown {
  const { bool, i32, i64, double, string, struct, list, map } = thriftTypes
  if (type === bool) return reader.bool()
  if (type === i32) return reader.i32()
  if (type === i64) return reader.i64()
  if (type === double) return reader.double()
  if (type === string) return reader.string()
  if (type === struct) return readStruct(reader)
  if (type === list) {
    reader.list()
    const { count, elementType } = reader
    return Array.from({ length: count }, () => read(reader, elementType))
  }
  expect(type).toBe(map)
  reader.map()
  const { count, keyType, elementType } = reader
  return Array.from({ length: count }, () => [read(reader, keyType), read(reader, elementType)])
}

function readStruct(reader: ThriftReader): unknown[] {
  const fields: unknown[] = []
  for (let id = 0; reader.field(id); ) {
    id = reader.id
    fields.push([id, read(reader, reader.type)])
  }
  return fields
}

function plainOf(value: ThriftValue): unknown {
  if ('struct' in value) return value.struct.map(([id, one]) => [id, plainOf(one)])
  if ('list' in value) return value.list.map(plainOf)
  if ('map' in value) return value.map.map((pair) => pair.map(plainOf))
  return Object.values(value)[0]
}

describe.each(protocols)('%s', (protocol) => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 6 }), (values) => {
        const fields = values.map((one, i) => [i * 9 + 1, one] as const)
        const reader = open(protocol, encodeThrift(protocol, fields))
        expect(readStruct(reader)).toEqual(fields.map(([id, one]) => [id, plainOf(one)]))
        expect(reader.at).toBe(reader.bytes.length)
      }),
    )
  })

  test('what is skipped leaves the place behind it', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 6 }), (values) => {
        const fields = values.map((one, i) => [i + 1, one] as const)
        const bytes = encodeThrift(protocol, [...fields, [100, { i64: 42n }]])
        const reader = open(protocol, bytes)
        let last: unknown
        for (let id = 0; reader.field(id); ) {
          id = reader.id
          if (id === 100) last = reader.i64()
          else reader.skip(reader.type)
        }
        expect([last, reader.at]).toEqual([42n, bytes.length])
      }),
    )
  })

  test('any bytes at all are read or refused, within bounds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const reader = open(protocol, bytes)
        try {
          reader.skip(thriftTypes.struct)
          expect(reader.at).toBeLessThanOrEqual(bytes.length)
        } catch (error) {
          expect(error).toMatchObject({ code: 'payload_malformed' })
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

test.each<[string, ThriftProtocol, string, RegExp]>([
  ['a cut field', 'binary', '0c00', /cut off, at byte 1/],
  ['a list of billions', 'binary', '0f00010a7fffffff', /announces more than follows/],
  ['a list of less than none', 'binary', '0f00010affffffff', /announces more than follows/],
  ['a map of billions', 'compact', '1bffffffff0f', /announces more than follows/],
  ['a text past the end', 'binary', '0b00010000000561', /cut off/],
  ['a text of less than none', 'binary', '0b0001ffffffff', /cut off/],
  ['a type that is none', 'binary', '0100010000', /there is no type 1/],
  ['a type that is none', 'compact', '1e00', /there is no type 14/],
  ['an endless varint', 'compact', `16${'ff'.repeat(11)}`, /longer than 10 bytes/],
  ['structs without end', 'binary', '0c0001'.repeat(100_000), /nested deeper than 32/],
  ['structs without end', 'compact', '1c'.repeat(100_000), /nested deeper than 32/],
  ['lists without end', 'compact', `19${'19'.repeat(100_000)}`, /nested deeper than 32/],
])('%s (%s) is refused', (_name, protocol, hex, says) => {
  const reader = open(protocol, Buffer.from(hex, 'hex'))
  expect(() => reader.skip(thriftTypes.struct)).toThrow(says)
})
