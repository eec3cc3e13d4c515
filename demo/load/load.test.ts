/** The rhythm of a day, arrivals that follow it, and visitors who reach the till. */
import { expect, test } from 'vitest'
import { hash, seeded } from '../random.ts'
import { arrivals } from './arrivals.ts'
import { dayShape, noise, rateAt, share } from './rhythm.ts'
import { Visitors } from './visitors.ts'

const hour = 3_600_000
const minute = 60_000

test('a day is quiet before dawn and busy in the evening', () => {
  expect(dayShape(4.5 * hour)).toBeCloseTo(0.6)
  expect(dayShape(16.5 * hour)).toBeCloseTo(1.25)
  for (let at = 0; at < 24; at += 0.5) {
    expect(dayShape(at * hour)).toBeGreaterThanOrEqual(0.6 - 1e-9)
    expect(dayShape(at * hour)).toBeLessThanOrEqual(1.25 + 1e-9)
    expect(dayShape((at + 24) * hour)).toBeCloseTo(dayShape(at * hour))
  }
})

test('noise stays within 12 %, and is not constant', () => {
  const seen = Array.from({ length: 500 }, (_, at) => noise(at * minute))
  expect(Math.min(...seen)).toBeGreaterThan(0.87)
  expect(Math.max(...seen)).toBeLessThan(1.13)
  expect(Math.max(...seen) - Math.min(...seen)).toBeGreaterThan(0.1)
})

test('traffic grows without a cliff from the past into the present', () => {
  expect(share(-1)).toBeCloseTo(share(0), 3)
  expect(share(240_000)).toBeCloseTo(1)
  expect(share(hour)).toBe(1)
  for (let at = -40 * minute; at < 5 * minute; at += minute) {
    expect(share(at + minute)).toBeGreaterThanOrEqual(share(at))
  }
})

test('arrivals come at the rate of the hour', () => {
  const traffic = { requests_per_second: 20, opened_ms: 0 }
  const count = (from: number) => [...arrivals(from, from + 5 * minute, seeded(7), traffic)].length
  const f = (from: number) => {
    const expected = rateAt(from + 2.5 * minute, traffic) * 300
    expect(Math.abs(count(from) - expected)).toBeLessThan(0.12 * expected)
  }
  f(4 * hour)
  f(16 * hour)
  expect(count(16 * hour)).toBeGreaterThan(1.5 * count(4 * hour))
})

test('about one visit in twenty is an order, and everybody has a session', () => {
  const visitors = new Visitors(seeded(3))
  const visits = Array.from({ length: 4000 }, () => visitors.nextVisit())
  const share_of = (path: RegExp) => visits.filter((visit) => path.test(visit.path)).length / 4000
  expect(share_of(/^\/checkout$/)).toBeGreaterThan(0.03)
  expect(share_of(/^\/checkout$/)).toBeLessThan(0.09)
  expect(share_of(/^\/products\//)).toBeGreaterThan(0.25)
  for (const { headers } of visits) expect(headers['x-session-id']).toMatch(/^[0-9a-f]{24}$/)
  const sessions = new Set(visits.map(({ headers }) => headers['x-session-id']))
  expect(sessions.size).toBeGreaterThan(300)
})

test('randomness with a seed repeats', () => {
  const take = (seed: number) => Array.from({ length: 5 }, seeded(seed))
  expect(take(1)).toEqual(take(1))
  expect(take(1)).not.toEqual(take(2))
  expect(hash('checkout')).not.toBe(hash('checkouu'))
})
