/** Which marks a chart gets: stretches of one line, and changes put together. */
import { expect, test } from 'vitest'
import type { Changes } from '../kubernetes/contract-history.ts'
import { changesOf, stretchMarks, unusualOf } from './prepare-marks.ts'

const waves = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 90]
const times = waves.map((_, at) => at * 10)

test('one line has a band; several have none', () => {
  const one = unusualOf([{ name: 'a', values: waves }], times)
  expect(one).toMatchObject({ outside: 1, points: 13, band: { low: 0 } })
  expect(stretchMarks(one!, 10, String)).toEqual([
    { time_ms: 120, to_ms: 130, label: '90', tone: 'warn' },
  ])
  const line = { name: 'a', values: waves }
  expect(unusualOf([line, line], times)).toBeUndefined()
  expect(unusualOf([], times)).toBeUndefined()
  const below = unusualOf([{ name: 'a', values: [...waves, -90] }], [...times, 130])
  expect(below?.band.low).toBeLessThan(0)
  expect(below).toMatchObject({ outside: 2, points: 14, isVaried: true, stretches: [] })
  expect(one?.isVaried).toBe(false)
})

test('what a rollout writes within a minute is one change', () => {
  const answer = {
    time_ms: [200_000, 190_000, 100_000, 99_000],
    cluster: ['c', 'c', 'c', 'c'],
    kind: ['Deployment', 'Deployment', 'Deployment', 'DaemonSet'],
    namespace: ['shop', 'shop', 'shop', 'shop'],
    name: ['cart', 'cart', 'cart', 'cart'],
    changed_paths: [['spec.replicas'], ['spec.replicas', 'spec.image'], ['spec.image'], []],
  } as unknown as Changes
  const found = changesOf(answer).map(({ time_ms, kind, paths }) => [time_ms, kind, ...paths])
  expect(found).toEqual([
    [200_000, 'Deployment', 'spec.replicas', 'spec.image'],
    [100_000, 'Deployment', 'spec.image'],
    [99_000, 'DaemonSet'],
  ])
  expect(changesOf(undefined)).toEqual([])
})
