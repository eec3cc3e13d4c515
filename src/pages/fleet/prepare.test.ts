/** What the lists show of agents: who is found, and whose version is before the server's. */
import { expect, test } from 'vitest'
import type { AgentShown } from './contract.ts'
import { inOrder, matching, summaryOf, versionOrder } from './prepare.ts'

const agent = (more: Partial<AgentShown>) =>
  ({
    ...{ id: 'a', name: 'node-1', cluster: 'eu', node: 'node-1', host: 'node-1', kind: 'node' },
    ...{ version: '1.2.0', policy_id: 'kubernetes', policy_name: 'Kubernetes', tags: [] },
    ...{ status: 'healthy', is_current: true },
    ...more,
  }) as unknown as AgentShown

test('versions are compared by their numbers', () => {
  const f = (one: string, other: string, expected: number) =>
    expect([one, other, Math.sign(versionOrder(one, other))]).toEqual([one, other, expected])
  f('1.2.0', '1.2.0', 0)
  f('1.2.0', '1.10.0', -1)
  f('2.0.0', '1.10.0', 1)
  f('1.2', '1.2.0', 0)
  f('1.2.0-rc.1', '1.2.0', -1)
  f('1.2.0', '1.2.0-rc.1', 1)
  f('1.2.1-rc.1', '1.2.0', 1)
  f('dev', '0.1.0', -1)
})

test('agents are found by what is written and what is chosen', () => {
  const all = [
    agent({ id: '1', tags: ['blue', 'edge'] }),
    agent({ id: '2', name: 'node-2', cluster: 'us', tags: ['blue'] }),
    agent({ id: '3', status: 'unenrolled' }),
    agent({ id: '4', status: 'offline', policy_id: 'host' }),
  ]
  const any = { find: '', status: '', policy: '', cluster: '', tag: '' }
  const f = (filter: Partial<typeof any>, expected: string) =>
    expect([
      filter,
      matching(all, { ...any, ...filter })
        .map(({ id }) => id)
        .join(' '),
    ]).toEqual([filter, expected])
  f({}, '1 2 4')
  f({ tag: 'blue' }, '1 2')
  f({ tag: 'edge' }, '1')
  f({ tag: 'blu' }, '')
  f({ find: 'BLUE us' }, '2')
  f({ status: 'unenrolled' }, '3')
  f({ status: 'offline', policy: 'host' }, '4')
  f({ cluster: 'us' }, '2')
})

test('sums count who is in, and say nothing of a rate that nobody told', () => {
  const figures = { records_per_s: 2, lag_s: 3 } as AgentShown['figures']
  const older = agent({ version: '1.1.9', is_current: false })
  const gone = agent({ version: '0.9.0', status: 'unenrolled' })
  const offline = agent({ status: 'offline', ...(figures && { figures }) })
  expect(summaryOf([older, gone, offline], '1.2.0')).toMatchObject({
    ...{ enrolled: 2, healthy: 1, offline: 1, unenrolled: 1, older: 1, outdated: 1 },
    ...{ records_per_s: undefined, lag_s_max: 0 },
  })
  const sends = agent(figures === undefined ? {} : { figures })
  expect(summaryOf([sends, sends], '1.2.0')).toMatchObject({ records_per_s: 4, lag_s_max: 3 })
})

test('the two policies that people begin with are first', () => {
  const ids = inOrder([{ id: 'x' }, { id: 'host' }, { id: 'a' }, { id: 'kubernetes' }])
  expect(ids.map(({ id }) => id)).toEqual(['kubernetes', 'host', 'x', 'a'])
})
