/** What people with a part of the clusters see of the fleet, and what they may not do. */
import { expect, test } from 'vitest'
import { everything } from '../../model/question.ts'
import { everywhere, isWithin, within } from './fleet-scope.ts'

const some = { clusters: ['eu', 'us'], namespaces: 'all', classes: 'all' } as const
const none = { clusters: [], namespaces: 'all', classes: 'all' } as const
const inside = { clusters: ['eu'], namespaces: ['shop'], classes: 'all' } as const

test('agents and tokens of other clusters do not exist', () => {
  const f = (scope: Parameters<typeof isWithin>[0], cluster: string, expected: boolean) =>
    expect([scope, cluster, isWithin(scope, { cluster })]).toEqual([scope, cluster, expected])
  f(everything, 'eu', true)
  f(everything, '', true)
  f(some, 'eu', true)
  f(some, 'asia', false)
  // A token without a cluster lets agents into any: it is nobody's who sees some.
  f(some, '', false)
  f(none, 'eu', false)
  f(inside, 'eu', false)
  expect(within(some, { cluster: 'eu' }, '/x')).toEqual({ cluster: 'eu' })
  expect(() => within(some, { cluster: 'asia' }, '/x')).toThrow('/x')
})

test('policies are for those who see everything', () => {
  const ada = { id: '1', name: 'ada', role: 'admin' } as const
  expect(() => everywhere(everything, ada)).not.toThrow()
  for (const scope of [some, none, inside]) expect(() => everywhere(scope, ada)).toThrow(/role/)
})
