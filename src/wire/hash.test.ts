/** Identities spread well, depend on every byte and boundary, and not on the order of a set. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { viewOf } from './copy-bytes.ts'
import { Hash64, quickHash } from './hash.ts'

const encoder = new TextEncoder()

function hashOf(...parts: string[]): string {
  const hash = new Hash64().reset(1)
  for (const part of parts) {
    const bytes = encoder.encode(part)
    hash.bytes(viewOf(bytes), 0, bytes.length)
  }
  const { lo, hi } = hash.finish()
  return `${lo} ${hi}`
}

test('equal exactly when every part is equal', () => {
  const parts = fc.array(fc.string({ maxLength: 9 }), { maxLength: 4 })
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      expect(hashOf(...a) === hashOf(...b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }),
  )
  expect(hashOf('ab', 'c')).not.toBe(hashOf('a', 'bc'))
  expect(hashOf('')).not.toBe(hashOf('', ''))
  expect(hashOf('a\0')).not.toBe(hashOf('a'))
})

test('200 000 near names share neither half more often than chance allows', () => {
  const names = Array.from({ length: 200_000 }, (_, i) => hashOf(`pod-${i % 1000}`, `${i / 1000}`))
  const halves = names.map((name) => name.split(' '))
  expect(new Set(names).size).toBe(names.length)
  // Of 200 000 random 32-bit words about five pairs are equal.
  expect(names.length - new Set(halves.map(([lo]) => lo)).size).toBeLessThan(25)
  expect(names.length - new Set(halves.map(([, hi]) => hi)).size).toBeLessThan(25)
})

test('the order of members does not matter', () => {
  const member = fc.tuple(fc.string(), fc.string())
  fc.assert(
    fc.property(fc.uniqueArray(member, { maxLength: 5 }), (members) => {
      const sum = (list: [string, string][]): string => {
        const total = new Hash64().reset(1)
        for (const [key, value] of list) {
          const [lo, hi] = hashOf(key, value).split(' ').map(Number)
          const one = new Hash64()
          one.lo = lo!
          one.hi = hi!
          total.sum(one)
        }
        const { lo, hi } = total.finish()
        return `${lo} ${hi}`
      }
      expect(sum(members)).toBe(sum([...members].reverse()))
    }),
  )
})

test('the quick hash tells keys apart by their first and last bytes', () => {
  const hashes = Array.from({ length: 26 }, (_, i) => {
    const key = encoder.encode(`k8s.${String.fromCharCode(97 + i)}.name`)
    return quickHash(viewOf(key), 0, key.length)
  })
  expect(new Set(hashes).size).toBe(26)
})
