/** How a status went through a range, and which marks lie on the lines of what happened. */
import { describe, expect, it } from 'vitest'
import type { Health, ObjectChange } from '../../../model/kubernetes.ts'
import type { Changes } from '../contract-history.ts'
import { changeMarks } from './prepare-happenings.ts'
import { statusPeriods } from './prepare-periods.ts'

const range = { from_ms: 100, to_ms: 200 }
type Told = [time_ms: number, status: string, change?: ObjectChange, health?: Health]
const statuses = (told: Told[]) => ({
  time_ms: told.map(([time]) => time),
  status: told.map(([, status]) => status),
  change: told.map(([, , change]) => change ?? 'modified'),
  health: told.map(([, , , health]) => health ?? 'ok'),
})
const now = {
  status: 'Ready',
  health: 'ok' as const,
  created_ms: 50,
  told_ms: 50,
  gone_ms: 0,
  state: 'alive' as const,
}

describe('periods of a status', () => {
  const f = (
    title: string,
    told: Told[],
    expected: [number, number, string][],
    about: Partial<Omit<typeof now, 'state'>> & { state?: 'alive' | 'gone' } = {},
  ) =>
    it(title, () => {
      const periods = statusPeriods(statuses(told), { ...now, ...about }, range)
      expect(periods.map((one) => [one.from_ms, one.to_ms, one.status])).toEqual(expected)
    })
  const [pending, running]: [Told, Told] = [
    [120, 'Pending', 'added'],
    [150, 'Running'],
  ]
  f(
    'one after the other',
    [pending, running],
    [
      [120, 150, 'Pending'],
      [150, 200, 'Running'],
    ],
  )
  f('the same word is one period', [[110, 'Running'], running], [[110, 200, 'Running']])
  f(
    'the word before the range counts within it',
    [[40, 'Pending'], running],
    [
      [100, 150, 'Pending'],
      [150, 200, 'Running'],
    ],
  )
  f(
    'a deleted thing has no status',
    [
      [110, 'Running'],
      [130, '', 'deleted'],
    ],
    [[110, 130, 'Running']],
  )
  f(
    'what was made again has one again',
    [
      [110, 'a'],
      [130, '', 'deleted'],
      [160, 'b'],
    ],
    [
      [110, 130, 'a'],
      [160, 200, 'b'],
    ],
  )
  f('nobody saw it go: it is known until the last word', [[110, 'a']], [[110, 140, 'a']], {
    state: 'gone',
    told_ms: 140,
  })
  f(
    'it was there before anybody looked',
    [[140, 'a', 'seen']],
    [
      [100, 140, ''],
      [140, 200, 'a'],
    ],
  )
  f(
    'it was made while nobody looked',
    [[140, 'a', 'seen']],
    [
      [130, 140, ''],
      [140, 200, 'a'],
    ],
    { created_ms: 130 },
  )
  f('without any word it is what it is', [], [[100, 200, 'Ready']])
  f('without any word what is gone has none', [], [], { state: 'gone' })
})

describe('marks', () => {
  const changes = (times: number[]): Changes => {
    const same = (text: string) => times.map(() => text)
    return {
      total: times.length,
      time_ms: times,
      change: times.map(() => 'modified' as const),
      cluster: same('c'),
      namespace: same('n'),
      kind: same('Pod'),
      name: same('p'),
      uid: same('u'),
      workload_kind: same(''),
      workload: same(''),
      actor: same('me'),
      health: times.map(() => 'ok' as const),
      status: same(''),
      changed_paths: times.map(() => ['spec.a']),
    }
  }
  const f = (title: string, times: number[], expected: [number, number][]) =>
    it(title, () => {
      const marks = changeMarks(changes(times), { from_ms: 0, to_ms: 9_000 })
      expect(marks.map(({ time_ms, count }) => [time_ms, count])).toEqual(expected)
    })
  f(
    'that lie apart are told apart',
    [8_000, 1_000],
    [
      [1_000, 1],
      [8_000, 1],
    ],
  )
  f(
    'that lie too close are one',
    [1_050, 1_001, 1_099, 1_100],
    [
      [1_001, 3],
      [1_100, 1],
    ],
  )
  f('outside of the range are not there', [-1, 9_000, 8_999], [[8_999, 1]])
  it('are none of what is not answered yet', () => {
    expect(changeMarks(undefined, { from_ms: 0, to_ms: 1 })).toEqual([])
  })
})
