/** Requests as built, read by an independent protobuf library and by the receiver's decoder. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode } from '../../../test/wire/otlp-proto.ts'
import { readRows } from '../../../test/wire/row-reader.ts'
import { Batch } from '../batch.ts'
import { KnownIdentities } from '../known-identities.ts'
import { encodeAttributes } from './encode-attributes.ts'
import {
  type EncodedKind,
  histogramAttributesField,
  type MetricShape,
  MetricsRequest,
  numberAttributesField,
} from './encode-metrics.ts'
import { decodeOtlpMetrics } from './metrics.ts'

const now_ms = 1_764_000_000_000
const scope = { name: 'test', version: '1' }

function decodeRows(body: Uint8Array) {
  const batch = new Batch()
  const outcome = decodeOtlpMetrics(
    body,
    {
      arrived_ms: now_ms,
      time_ms_min: 0,
      time_ms_max: now_ms * 2,
      known: new KnownIdentities(),
    },
    batch,
  )
  return {
    outcome,
    samples: readRows('metric_samples', batch.get('metric_samples').written()),
    histograms: readRows('metric_histograms', batch.get('metric_histograms').written()),
    series: readRows('metric_series', batch.get('metric_series').written()),
    exemplars: readRows('metric_exemplars', batch.get('metric_exemplars').written()),
  }
}

const text = fc.string({ unit: 'binary', maxLength: 200 })
const attributes = fc.dictionary(text, text, { maxKeys: 5, noNullPrototype: true })

test('any points in any order arrive under their resource and metric', () => {
  const kinds: EncodedKind[] = ['gauge', 'counter', 'sum']
  const arbitrary = fc.record({
    resources: fc.array(attributes, { minLength: 1, maxLength: 3 }),
    points: fc.array(
      fc.record({
        resource: fc.nat(2),
        metric: fc.nat(5),
        attributes,
        time_ms: fc.integer({ min: 1, max: 8_000_000_000_000 }),
        start_ms: fc.nat(),
        value: fc.option(fc.double()),
      }),
      { maxLength: 40 },
    ),
  })
  const request = new MetricsRequest(scope)
  fc.assert(
    fc.property(arbitrary, ({ resources, points }) => {
      const shapes: MetricShape[] = [0, 1, 2, 3, 4, 5].map((at) => ({
        name: `metric.${at}`,
        kind: kinds[at % 3]!,
        unit: 'By',
        description: 'd',
      }))
      const expected: unknown[] = []
      for (const point of points) {
        const resource = resources[point.resource % resources.length]!
        const group = request.group(resource, shapes[point.metric]!)
        const encoded = encodeAttributes(numberAttributesField, Object.entries(point.attributes))
        request.number(group, { ...point, attributes: encoded }, point.value ?? undefined)
        expected.push([
          resource,
          point.metric,
          point.attributes,
          point.time_ms,
          point.start_ms,
          point.value === null ? 'stale' : String(point.value),
        ])
      }
      expect(request.records).toBe(points.length)
      const got = flatten(decode('MetricsData', request.finish()) as Plain)
      const sorted = (all: unknown[]) => all.map((one) => JSON.stringify(one)).sort()
      expect(sorted(got)).toEqual(sorted(expected))
    }),
    { numRuns: 200, seed: 3 },
  )
})

// biome-ignore lint/suspicious/noExplicitAny: what protobufjs answers has no shape of its own
type Plain = any

function flatten(data: Plain): unknown[] {
  const pairs = (all: Plain[] = []) =>
    Object.fromEntries(all.map((one) => [one.key ?? '', one.value?.stringValue ?? '']))
  const points: unknown[] = []
  for (const resource of data.resourceMetrics ?? []) {
    for (const metric of resource.scopeMetrics[0].metrics) {
      expect(metric.unit).toBe('By')
      const at = Number(metric.name.slice('metric.'.length))
      const { gauge, sum } = metric
      if (at % 3 !== 0)
        expect([sum.aggregationTemporality, sum.isMonotonic ?? false]).toEqual([2, at % 3 === 1])
      for (const point of (gauge ?? sum).dataPoints) {
        points.push([
          pairs(resource.resource?.attributes),
          at,
          pairs(point.attributes),
          Number(BigInt(point.timeUnixNano) / 1_000_000n),
          Number(BigInt(point.startTimeUnixNano ?? 0) / 1_000_000n),
          (point.flags ?? 0) === 1 ? 'stale' : String(point.asDouble),
        ])
      }
    }
  }
  return points
}

test('what is built is what the receiver stores', () => {
  const request = new MetricsRequest(scope)
  const resource = { 'service.name': 'cart', 'k8s.pod.name': 'cart-1' }
  const point = (field: number, labels: Record<string, string>) => ({
    attributes: encodeAttributes(field, Object.entries(labels)),
    time_ms: now_ms,
    start_ms: now_ms - 5000,
  })
  const trace = '0102030405060708090a0b0c0d0e0f10'
  const exemplars = [
    {
      labels: [
        ['trace_id', trace],
        ['span_id', '1112131415161718'],
        ['user', 'a'],
      ] as const,
      value: 0.7,
      time_ms: now_ms - 10,
    },
  ]
  const counter = request.group(resource, { name: 'a_total', kind: 'counter', unit: 's' })
  request.number(counter, { ...point(7, { a: 'b' }), exemplars }, 5)
  request.number(counter, point(7, { a: 'c' }), undefined)
  const histogram = request.group(resource, { name: 'h', kind: 'histogram' })
  request.histogram(
    histogram,
    { ...point(histogramAttributesField, { x: 'y' }), exemplars },
    {
      bounds: [0.1, 1],
      counts: [1, 2, 3],
      sum: 4.5,
      count: 6,
    },
  )
  request.histogram(histogram, point(histogramAttributesField, { x: 'z' }), undefined)
  const summary = request.group(resource, { name: 's', kind: 'summary' })
  request.summary(summary, point(7, {}), {
    quantiles: [
      [0.5, 2],
      [0.9, 3],
    ],
    sum: 10,
    count: 4,
  })

  const { outcome, samples, histograms, series, exemplars: stored } = decodeRows(request.finish())
  expect(outcome).toMatchObject({ accepted: 5 })
  expect(samples.map(({ metric, value }) => [metric, value])).toEqual([
    ['a_total', 5],
    ['a_total', 'stale'],
    ['s', 2],
    ['s', 3],
    ['s_sum', 10],
    ['s_count', 4],
  ])
  expect(histograms).toMatchObject([{ metric: 'h', sum: 4.5, bounds: [0.1, 1] }, { metric: 'h' }])
  expect(series.find(({ metric }) => metric === 'a_total')).toMatchObject({
    kind: 1,
    temporality: 2,
    monotonic: 1,
    unit: 's',
    service: 'cart',
    pod: 'cart-1',
  })
  expect(stored).toHaveLength(2)
  expect(stored[0]).toMatchObject({ value: 0.7 })
  expect(request.records).toBe(0)
})
