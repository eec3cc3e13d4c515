/** The memory of runs of bytes: what it finds, what it forgets, and that collisions cost little. */
import { expect, test } from 'vitest'
import { viewOf } from '../copy-bytes.ts'
import { ByteTable } from './byte-table.ts'

test('finds what was added, by bytes and salt, through every growth and after every loss', () => {
  const table = new ByteTable({ runs_max: 3000, bytes_max: 40_000 })
  const numbers = new Map<string, number>()
  let lost = 0
  let state = 1
  const next = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % below
  }
  for (let i = 0; i < 60_000; i++) {
    const text = `run ${next(5000)}${'x'.repeat(next(2) * 9)}`
    const salt = next(2)
    const source = viewOf(Uint8Array.from(Buffer.from(`..${text}`)))
    const key = `${salt} ${text}`
    const found = table.find(source, 2, source.byteLength, salt)
    if (found >= 0) expect(found, key).toBe(numbers.get(key))
    else {
      if (table.makeRoom(1, text.length)) {
        numbers.clear()
        lost++
      }
      numbers.set(key, table.add(source, 2, source.byteLength, salt))
    }
    expect(table.size).toBeLessThanOrEqual(3000)
    expect(table.length).toBeLessThanOrEqual(40_000)
  }
  expect(lost).toBeGreaterThan(5)
})

test('runs that collide are forgotten, not searched for', () => {
  const table = new ByteTable({ runs_max: 100_000, bytes_max: 1_000_000 })
  const empty = viewOf(new Uint8Array(16))
  for (let i = 0; i < 50_000; i++) table.add(empty, 0, 4, 0)
  const began_ms = performance.now()
  for (let i = 0; i < 50_000; i++) table.find(empty, 0, 8, 0)
  expect(performance.now() - began_ms).toBeLessThan(1000)
  expect(table.find(empty, 0, 4, 0)).toBeGreaterThanOrEqual(0)
})
