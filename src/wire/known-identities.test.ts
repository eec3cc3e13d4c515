/** The set of identities against a plain Set, and that memory of them stays bounded. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdentitySet, KnownIdentities } from './known-identities.ts'

test('a set knows what was added, through growth and clearing', () => {
  const small = fc.integer({ min: -3, max: 3 })
  const identity = fc.tuple(small, small, fc.constantFrom('resource', 'series'), fc.nat(2))
  fc.assert(
    fc.property(fc.array(identity, { maxLength: 300 }), (identities) => {
      const set = new IdentitySet()
      const plain = new Set<string>()
      for (const [lo, hi, kind, day] of identities) {
        expect(set.add(lo, hi, kind as 'series', day)).toBe(
          !plain.has(`${lo} ${hi} ${kind} ${day}`),
        )
        plain.add(`${lo} ${hi} ${kind} ${day}`)
      }
      expect(set.size).toBe(plain.size)
      set.clear()
      for (const [lo, hi, kind, day] of identities) {
        expect(set.has(lo, hi, kind as 'series', day)).toBe(false)
      }
    }),
  )
})

test('the old are forgotten, the used are kept', () => {
  const known = new KnownIdentities({ identities_max: 100 })
  for (let id = 0; id < 1000; id++) {
    const newIdentities = new IdentitySet()
    newIdentities.add(id, id, 'series', 1)
    known.commit({ newIdentities })
    expect(known.has(0, 0, 'series', 1)).toBe(true)
  }
  expect(known.has(999, 999, 'series', 1)).toBe(true)
  expect(known.has(500, 500, 'series', 1)).toBe(false)
  expect(known.size).toBeLessThanOrEqual(200)
})
