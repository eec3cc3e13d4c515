/** Where values end, against the encoder of @msgpack/msgpack, whole and cut anywhere. */
import { encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Messages } from './messages.ts'
import { MsgpackReader } from './reader.ts'
import { endOfValue, ValueEnd } from './value-end.ts'
import { MsgpackWriter, writeJsonValue } from './writer.ts'

const values = fc.jsonValue({ maxDepth: 5 })

test('a value ends where its encoding does, and no part of it is whole', () => {
  fc.assert(
    fc.property(values, fc.nat(), (value, cut) => {
      const bytes = encode(value)
      expect(endOfValue(Buffer.concat([bytes, Uint8Array.of(1, 2)]), 0, bytes.length + 2)).toBe(
        bytes.length,
      )
      expect(endOfValue(bytes, 0, cut % bytes.length)).toBe(-1)
    }),
    { seed: 1, numRuns: 500 },
  )
})

test('messages come out as they went in, however they are cut', () => {
  fc.assert(
    fc.property(fc.array(values, { maxLength: 8 }), fc.array(fc.nat(30)), (sent, cuts) => {
      const stream = Buffer.concat(sent.map((value) => encode(value)))
      const messages = new Messages(new ValueEnd(), 1_000_000)
      const got: string[] = []
      let at = 0
      for (const cut of [...cuts, stream.length]) {
        messages.add(stream.subarray(at, at + cut))
        at = Math.min(stream.length, at + cut)
        while (messages.next()) {
          const { bytes, start, end } = messages
          got.push(Buffer.from(bytes.subarray(start, end)).toString('hex'))
        }
      }
      expect(got).toEqual(sent.map((value) => Buffer.from(encode(value)).toString('hex')))
      expect(messages.isWithin).toBe(false)
    }),
    { seed: 2, numRuns: 500 },
  )
})

test('JSON is written as the other encoder would be read', () => {
  fc.assert(
    fc.property(values, (value) => {
      const writer = new MsgpackWriter()
      writeJsonValue(writer, value)
      const bytes = writer.take()
      expect(endOfValue(bytes, 0, bytes.length)).toBe(bytes.length)
      // JSON knows no negative zero.
      expect(read(bytes)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    { seed: 3, numRuns: 500 },
  )
})

/** Slow and plain, by the reader's own methods. */
function read(bytes: Uint8Array): unknown {
  const reader = new MsgpackReader()
  reader.open(bytes)
  const next = (): unknown => {
    if (reader.text()) return Buffer.from(bytes.subarray(reader.start, reader.end)).toString()
    const items = reader.array()
    if (items >= 0) return Array.from({ length: items }, next)
    const members = reader.map()
    if (members >= 0) {
      return Object.fromEntries(Array.from({ length: members }, () => [next(), next()]))
    }
    const boolean = reader.boolean()
    if (boolean !== undefined) return boolean
    const number = reader.number()
    if (number !== undefined) return number
    reader.skip()
    return null
  }
  return next()
}

describe('lengths that lie', () => {
  test.each([
    ['a text', [0xdb, 0xff, 0xff, 0xff, 0xff]],
    ['bytes', [0xc6, 0xff, 0xff, 0xff, 0xff]],
    ['an array', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['a map', [0xdf, 0xff, 0xff, 0xff, 0xff]],
  ])('%s is refused before it arrives', (_name, bytes) => {
    const messages = new Messages(new ValueEnd(), 1000)
    messages.add(Uint8Array.from(bytes))
    expect(() => messages.next()).toThrow('larger than 1000 bytes')
  })

  test('a message in many pieces is looked at once', () => {
    const bytes = encode(Array.from({ length: 200_000 }, () => 1))
    const messages = new Messages(new ValueEnd(), 1_000_000)
    const began_ms = performance.now()
    for (let at = 0; at < bytes.length; at += 10) {
      messages.add(bytes.subarray(at, at + 10))
      expect(messages.next()).toBe(at + 10 >= bytes.length)
    }
    expect(performance.now() - began_ms).toBeLessThan(5_000)
  })
})
