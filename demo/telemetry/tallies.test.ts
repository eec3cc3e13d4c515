/** Metrics about the past: sums, buckets and time stamps, and the JSON they become. */

import { resourceFromAttributes } from '@opentelemetry/resources'
import { expect, test } from 'vitest'
import { metricsRequest } from './otlp-json.ts'
import { type About, minute_ms, Tallies } from './tallies.ts'

const from_ms = Date.UTC(2026, 1, 3, 12, 0, 0)
const about: About = {
  resource: resourceFromAttributes({ 'service.name': 'x' }),
  scope: { name: 's', version: '1' },
  delta: false,
  from_ms,
  to_ms: from_ms + 3 * minute_ms,
  observe: (time_ms) => [
    { metric: 'process.cpu.time', value: (time_ms - from_ms) / 1000, attributes: {} },
    { metric: 'process.cpu.utilization', value: 0.25, attributes: {} },
  ],
}
const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }

function tallied(delta: boolean) {
  const tallies = new Tallies()
  const at = (minute: number) => ({ time_ms: from_ms + minute * minute_ms + 1000, span })
  tallies.record('shop.orders.placed', 1, { country: 'KR' }, at(2))
  tallies.record('shop.orders.placed', 1, { country: 'KR' }, at(0))
  tallies.record('shop.orders.placed', 1, { country: 'KR' }, at(0))
  tallies.record('http.server.request.duration', 0.004, {}, at(0))
  tallies.record('http.server.request.duration', 0.25, {}, at(0))
  tallies.record('http.server.request.duration', 99, {}, at(1))
  for (const value of [1, 2, 3, 100]) tallies.record('shop.order.value', value, {}, at(1))
  const { scopeMetrics } = tallies.collect({ ...about, delta })
  return new Map(scopeMetrics[0]?.metrics.map((metric) => [metric.descriptor.name, metric]))
}

test('a cumulative sum grows from minute to minute, whatever the order of telling', () => {
  const points = tallied(false).get('shop.orders.placed')?.dataPoints ?? []
  expect(points.map(({ value }) => value)).toEqual([2, 2, 3])
  expect(points.map(({ endTime }) => endTime[0] * 1000 - from_ms)).toEqual([60e3, 120e3, 180e3])
  for (const { startTime } of points) expect(startTime[0] * 1000).toBe(from_ms)
})

test('delta tells only what each minute brought', () => {
  const metrics = tallied(true)
  const points = metrics.get('shop.orders.placed')?.dataPoints ?? []
  expect(points.map(({ value }) => value)).toEqual([2, 1])
  const cpu = metrics.get('process.cpu.time')?.dataPoints ?? []
  expect(cpu.map(({ value }) => value)).toEqual([60, 60, 60])
})

test('explicit buckets hold what lies at or under their bound', () => {
  const [first, second] = tallied(false).get('http.server.request.duration')?.dataPoints ?? []
  expect(first?.value).toMatchObject({
    count: 2,
    sum: expect.closeTo(0.254),
    min: 0.004,
    max: 0.25,
  })
  const counts = (point: typeof first) =>
    (point!.value as { buckets: { counts: number[] } }).buckets.counts
  expect(counts(first)).toEqual([1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
  expect(counts(second).at(-1)).toBe(1)
})

test('exponential buckets cover (base^i, base^(i+1)]', () => {
  const [point] = tallied(false).get('shop.order.value')?.dataPoints ?? []
  const value = point?.value as {
    scale: number
    zeroCount: number
    positive: { offset: number; bucketCounts: number[] }
  }
  const base = 2 ** (2 ** -value.scale)
  const { offset, bucketCounts } = value.positive
  expect(value.zeroCount).toBe(0)
  expect(bucketCounts.reduce((all, one) => all + one, 0)).toBe(4)
  const covered = (one: number) =>
    bucketCounts.some((count, at) => {
      const lower = base ** (offset + at)
      return count > 0 && one > lower * (1 - 1e-9) && one <= lower * base * (1 + 1e-9)
    })
  for (const one of [1, 2, 3, 100]) expect(covered(one), String(one)).toBe(true)
})

test('JSON as the wire wants it: integers as text, temporality 2, exemplars with ids', () => {
  const tallies = new Tallies()
  const occasion = { time_ms: from_ms + 1.5, span }
  tallies.record('http.server.request.duration', 0.2, { route: '/', code: 200 }, occasion)
  const collected = tallies.collect({ ...about, observe: () => [], to_ms: from_ms + minute_ms })
  const body = metricsRequest(collected, (_, point) =>
    'exemplars' in point ? (point.exemplars as never) : [],
  )
  expect(body).toMatchObject({
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'x' } }] },
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'http.server.request.duration',
                unit: 's',
                histogram: {
                  aggregationTemporality: 2,
                  dataPoints: [
                    {
                      attributes: [
                        { key: 'route', value: { stringValue: '/' } },
                        { key: 'code', value: { intValue: '200' } },
                      ],
                      startTimeUnixNano: `${from_ms}000000`,
                      timeUnixNano: `${from_ms + minute_ms}000000`,
                      count: '1',
                      exemplars: [
                        {
                          asDouble: 0.2,
                          traceId: span.traceId,
                          spanId: span.spanId,
                          timeUnixNano: `${from_ms + 1}500000`,
                        },
                      ],
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    ],
  })
})
