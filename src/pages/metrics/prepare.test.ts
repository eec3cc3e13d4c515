/** What the Metrics page decides about kinds, units and names. */
import { expect, test } from 'vitest'
import {
  aggregationsFor,
  likelyMetric,
  linesOf,
  type MetricShape,
  telling,
  unitOf,
} from './prepare.ts'

const counter: MetricShape = { kind: 'sum', monotonic: true, temporality: 'cumulative' }
const gauge: MetricShape = { kind: 'gauge', monotonic: false, temporality: 'unspecified' }
const histogram: MetricShape = { kind: 'histogram', monotonic: false, temporality: 'delta' }

test('each kind offers first what answers most', () => {
  const f = (shape: MetricShape, first: string) => expect(aggregationsFor(shape)[0]).toBe(first)
  f(counter, 'rate')
  f(gauge, 'avg')
  f({ ...counter, monotonic: false }, 'sum')
  f(histogram, 'p95')
})

test('the unit follows what is computed', () => {
  const f = (shape: MetricShape, aggregation: 'rate' | 'avg' | 'p95', unit: string, is: string) =>
    expect(unitOf(shape, aggregation, unit)).toBe(is)
  f(counter, 'rate', 'By', 'By/s')
  f(counter, 'rate', '{request}', '/s')
  f(counter, 'rate', 's', '')
  f(gauge, 'avg', 'By', 'By')
  f(histogram, 'p95', 's', 's')
  f(histogram, 'rate', 's', '/s')
})

test('a group is named by its labels', () => {
  const chart = {
    bucket_ms: 1,
    time_ms: [0],
    groups: [['a', ''], []],
    values: [[1], [2]],
    groups_total: 2,
    unit: '',
    aggregation: 'avg' as const,
  }
  expect(linesOf(chart, 'all').map((line) => line.name)).toEqual(['a · –', 'all'])
})

test('of many exemplars the largest of each slice of time stays', () => {
  const dot = (time_ms: number, value: number) => ({ time_ms, value, trace_id: `${time_ms}` })
  expect(telling([], 4)).toEqual([])
  expect(telling([dot(5, 1)], 4)).toEqual([dot(5, 1)])
  expect(telling([dot(0, 1), dot(1, 9), dot(2, 3), dot(100, 2)], 2)).toEqual([
    dot(1, 9),
    dot(100, 2),
  ])
})

test('before one is chosen, the widest histogram is shown, or else the first found', () => {
  const list = (kind: string[], series: number[]) =>
    ({ metric: kind.map((_, at) => `m${at}`), kind, series }) as never
  expect(likelyMetric(undefined)).toBe('')
  expect(likelyMetric(list([], []))).toBe('')
  expect(likelyMetric(list(['gauge', 'sum'], [1, 9]))).toBe('m0')
  expect(likelyMetric(list(['gauge', 'histogram', 'histogram'], [99, 2, 3]))).toBe('m2')
})
