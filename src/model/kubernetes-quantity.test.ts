/** Quantities as Kubernetes writes them, and what is none. */
import { describe, expect, it } from 'vitest'
import { quantity } from './kubernetes-quantity.ts'

describe('quantities', () => {
  const f = (text: unknown, expected: number | undefined) =>
    it(String(text), () => {
      const found = quantity(text)
      if (expected === undefined) expect(found).toBe(undefined)
      else expect(found).toBeCloseTo(expected, 9)
    })
  f('250m', 0.25)
  f('2', 2)
  f('0.5', 0.5)
  f('.5', 0.5)
  f('1e3', 1000)
  f('1E3', 1000)
  f('12E', 12e18)
  f('64Mi', 64 * 2 ** 20)
  f('1Gi', 2 ** 30)
  f('100k', 100_000)
  f('128974848', 128974848)
  f('1500000n', 0.0015)
  f(3, 3)
  f('', undefined)
  f('many', undefined)
  f('1KB', undefined)
  f(undefined, undefined)
})
