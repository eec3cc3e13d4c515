/** Buckets that refill, one for each key, and not more of them than are said. */
import { expect, test } from 'vitest'
import { Allowance } from './allowance.ts'

function make(limits = {}) {
  const clock = { now_ms: 0 }
  const usual = { burst_max: 3, per_s_max: 0.5, keys_max: 2, ...limits }
  return { clock, allowance: new Allowance(usual, () => clock.now_ms) }
}

test('a burst, then as fast as it refills, each key for itself', () => {
  const { clock, allowance } = make()
  const f = (key: string, expected: number) => expect(allowance.take(key)).toBe(expected)
  f('a', 0)
  f('a', 0)
  f('a', 0)
  f('a', 2)
  f('b', 0)
  clock.now_ms += 1_000
  f('a', 1)
  clock.now_ms += 1_000
  f('a', 0)
  f('a', 2)
  clock.now_ms += 60_000
  f('a', 0)
})

test('what is given back costs nothing', () => {
  const { allowance } = make()
  for (let at = 0; at < 100; at++) {
    expect(allowance.take('a')).toBe(0)
    allowance.giveBack('a')
  }
})

test('a flood of keys does not fill the memory: the oldest is forgotten', () => {
  const { allowance } = make({ burst_max: 1, per_s_max: 0.001 })
  expect(allowance.take('a')).toBe(0)
  expect(allowance.take('b')).toBe(0)
  expect(allowance.take('b')).toBeGreaterThan(0)
  expect(allowance.take('c')).toBe(0)
  expect(allowance.take('a')).toBe(0)
})
