/** What explain tells of a query's nodes and how related metrics are ordered; needs no engine. */
import { expect, test } from 'vitest'
import { nodesOf } from './queries-explain.ts'
import { rank } from './queries-related.ts'

test('the nodes of a query, with what each took by itself', () => {
  const query = 'sum(rate(a[5m])) / (b + 1)'
  const stat = (text: string, took_ms: number) => {
    const from = query.indexOf(text)
    return { name: text, from, to: from + text.length, took_ms, series: 2, samples: 10 }
  }
  const stats = [stat('sum(rate(a[5m]))', 7), stat('b', 1), stat('b + 1', 3), stat(query, 12)]
  const told = nodesOf(query, { stats })
  expect(told.text).toEqual(
    [query, 'sum(rate(a[5m]))', 'rate(a[5m])', 'a[5m]', 'a'].concat(['b + 1', 'b', '1']),
  )
  expect(told.depth).toEqual([0, 1, 2, 3, 4, 1, 2, 2])
  expect(told.took_ms).toEqual([12, 7, null, null, null, 3, 1, null])
  expect(told.own_ms).toEqual([2, 7, null, null, null, 2, 1, null])
})

test('a part that is computed several times is told once', () => {
  const one = { name: 'a', from: 0, to: 1, took_ms: 2, series: 3, samples: 5 }
  const told = nodesOf('a', { stats: [one, { ...one, series: 4 }] })
  expect(told).toMatchObject({ took_ms: [4], series: [4], samples: [10], capped: false })
  expect(nodesOf(new Array(300).fill('a').join('+'), { stats: [] }).capped).toBe(true)
})

test('equals come first, then the same part, then the same labels', () => {
  const f = (metric: string, labels: string[], rows: [string, string[]][], is: string[]) => {
    const named = rows.map(([metric, labels]) => ({ metric, labels }))
    const found = rank(metric, labels, named).map(
      ({ row, relation }) => `${relation} ${row.metric}`,
    )
    expect(found).toEqual(is)
  }
  f('up', [], [['up', []]], [])
  f(
    'http.server.request.duration',
    ['http.route', 'http.method'],
    [
      ['http.client.request.duration', []],
      ['queue.depth', ['http.route', 'http.method']],
      ['http.server.active_requests', []],
      ['http.server.request.body.size', []],
      ['other', ['http.route']],
    ],
    [
      'prefix http.server.request.body.size',
      'prefix http.server.active_requests',
      'labels queue.depth',
    ],
  )
  f(
    'k8s.pod.cpu.usage',
    [],
    [['kubernetes.pod.cpu.usage.nanocores', []]],
    ['alias kubernetes.pod.cpu.usage.nanocores'],
  )
})
