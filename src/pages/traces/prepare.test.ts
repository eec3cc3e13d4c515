/** The waterfall's tree, folding and critical path, on small traces drawn by hand. */
import { expect, test } from 'vitest'
import type { Trace } from './contract.ts'
import { axisTicks, criticalPath, serviceShares, treeOf, waterfallRows } from './prepare.ts'

type Span = [id: string, parent: string, start: number, duration: number, service?: string]

function traceOf(spans: Span[]): Trace {
  const none = spans.map(() => '')
  return {
    trace_id: 't',
    start_ms: 0,
    duration_ns: 100,
    span_id: spans.map((s) => s[0]),
    parent_span_id: spans.map((s) => s[1]),
    service: spans.map((s) => s[4] ?? 'a'),
    name: none,
    kind: none,
    status: spans.map(() => 'unset'),
    offset_ns: spans.map((s) => s[2]),
    duration_ns_each: spans.map((s) => s[3]),
    peer_service: none,
    peer_kind: none,
    http_status_code: spans.map(() => 0),
    pod: none,
    events: spans.map(() => 0),
    total: spans.length,
    logs: 0,
  }
}

const shown = (spans: Span[], folded: number[] = []) => {
  const trace = traceOf(spans)
  return waterfallRows(treeOf(trace), new Set(folded)).map(
    (row) => `${'.'.repeat(row.depth)}${trace.span_id[row.at]}${row.is_orphan ? '!' : ''}`,
  )
}

test('rows follow the tree, and a folded span hides what is below it', () => {
  const spans: Span[] = [
    ['a', '', 0, 100],
    ['b', 'a', 10, 30],
    ['c', 'b', 12, 5],
    ['d', 'a', 50, 40],
  ]
  expect(shown(spans)).toEqual(['a', '.b', '..c', '.d'])
  expect(shown(spans, [1])).toEqual(['a', '.b', '.d'])
})

test('a missing parent and a loop of parents lose no span', () => {
  expect(
    shown([
      ['b', 'gone', 0, 1],
      ['c', 'b', 0, 1],
    ]),
  ).toEqual(['b!', '.c'])
  const loop = shown([
    ['x', 'y', 0, 1],
    ['y', 'x', 0, 1],
    ['z', 'x', 0, 1],
  ])
  expect(loop.map((row) => row.replace(/[.!]/g, '')).toSorted()).toEqual(['x', 'y', 'z'])
})

test('the critical path goes back through the child that ended last', () => {
  const trace = traceOf([
    ['root', '', 0, 100],
    ['fast', 'root', 5, 20],
    ['slow', 'root', 10, 70, 'b'],
    ['late', 'root', 85, 10],
  ])
  const path = criticalPath(trace, treeOf(trace)).map(({ at, from_ns, to_ns }) => [
    trace.span_id[at],
    from_ns,
    to_ns,
  ])
  expect(path).toEqual([
    ['root', 0, 5],
    ['fast', 5, 10],
    ['slow', 10, 80],
    ['root', 80, 85],
    ['late', 85, 95],
    ['root', 95, 100],
  ])
  const shares = serviceShares(trace, criticalPath(trace, treeOf(trace)))
  expect(shares[0]).toMatchObject({ service: 'b', critical_ns: 70 })
  expect(shares.reduce((sum, share) => sum + share.critical_ns, 0)).toBe(100)
})

test('a child that outlives its parent adds nothing beyond it', () => {
  const trace = traceOf([
    ['root', '', 0, 50],
    ['child', 'root', 10, 90],
  ])
  const path = criticalPath(trace, treeOf(trace))
  expect(path.reduce((sum, segment) => sum + segment.to_ns - segment.from_ns, 0)).toBe(50)
})

test('ticks are round and cover the trace', () => {
  expect(axisTicks(100, 5)).toEqual([0, 20, 40, 60, 80, 100])
  expect(axisTicks(0, 5)).toEqual([0])
  expect(axisTicks(1234, 4)).toEqual([0, 500, 1000])
})

test('ten thousand spans become rows in one pass', () => {
  const spans: Span[] = Array.from({ length: 10_000 }, (_, at) => [
    `s${at}`,
    at === 0 ? '' : `s${Math.floor((at - 1) / 3)}`,
    at,
    10,
  ])
  expect(shown(spans).length).toBe(10_000)
})
