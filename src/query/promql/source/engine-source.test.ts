/** Stored series as PromQL sees them, on a real engine: names, labels, parts, deltas, scope. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  openPrometheusStore,
  type PrometheusStore,
  stale,
} from '../../../../test/query/prometheus-store.ts'
import type { QueryContext } from '../../context.ts'
import type { Matcher, MatchOperator, RawSeries } from '../../series.ts'
import { EngineSource } from './engine-source.ts'

const now_ms = Date.UTC(2026, 10, 20, 12)
const minute_ms = 60_000
const from_ms = now_ms - 10 * minute_ms
const ns = (ms: number) => String(BigInt(ms) * 1_000_000n)

let store: PrometheusStore
beforeAll(async () => {
  store = await openPrometheusStore(now_ms)
  const at = (i: number, value: number) => [from_ms + i * minute_ms, value] as const
  await store.write([
    { labels: { __name__: 'up', job: 'a', instance: 'x:1' }, points: [at(1, 1), at(2, 0)] },
    { labels: { __name__: 'up', job: 'b', pod: 'p' }, points: [at(1, 1), at(2, stale)] },
    { labels: { __name__: 'my.metric', 'a.b': 'c' }, points: [at(1, 5)] },
  ])
  await store.writeOtlp(otlp)
})
afterAll(() => store.close())

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const resource = {
  attributes: [
    text('service.name', 'cart'),
    text('service.namespace', 'shop'),
    text('service.instance.id', 'i-1'),
    text('k8s.pod.name', 'cart-0'),
    text('k8s.namespace.name', 'prod'),
  ],
}
const attributes = [text('http.request.method', 'GET')]
const time = (minute: number) => ({
  startTimeUnixNano: ns(from_ms + (minute - 1) * minute_ms),
  timeUnixNano: ns(from_ms + minute * minute_ms),
})
const delta = (minute: number, asDouble: number) => ({ ...time(minute), attributes, asDouble })
const bounded = {
  attributes,
  count: 3,
  sum: 1.5,
  explicitBounds: [0.1, 1],
  bucketCounts: [1, 1, 1],
}
const metrics = [
  {
    name: 'http.server.request.duration',
    unit: 's',
    histogram: { aggregationTemporality: 2, dataPoints: [{ ...time(1), ...bounded }] },
  },
  {
    name: 'orders',
    unit: '{order}',
    sum: {
      ...{ aggregationTemporality: 1, isMonotonic: true },
      dataPoints: [delta(1, 2), delta(2, 3), delta(5, 4)],
    },
  },
  { name: 'process_open_fds', gauge: { dataPoints: [delta(1, 7)] } },
  {
    name: 'latency',
    exponentialHistogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          ...time(1),
          ...{ count: 3, sum: 4, scale: 1, zeroCount: 0 },
          positive: { offset: -1, bucketCounts: [1, 0, 2] },
        },
      ],
    },
  },
]
const otlp = { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }

const matcher = (written: string): Matcher => {
  const [, name, operator, value] = /^([^=!~]+)(=~|!~|!=|=)(.*)$/.exec(written)!
  return { name: name!, operator: operator as MatchOperator, value: value! }
}
const read = (selector: string[], context?: Partial<QueryContext>) =>
  new EngineSource(store.context(context)).raw(selector.map(matcher), from_ms, now_ms)
const spelled = ({ labels, times_ms, values }: RawSeries) => [
  labels.map(([name, value]) => `${name}=${value}`).join(' '),
  [...times_ms].map((ms) => (ms - from_ms) / minute_ms).join(),
  [...values].join(),
]

describe('series of Prometheus are what was sent', () => {
  const f = (selector: string[], expected: string[][]) =>
    test(selector.join(), async () => {
      const found = (await read(selector)).map(spelled)
      expect(found.sort()).toEqual(expected.sort())
    })
  const a = ['__name__=up instance=x:1 job=a', '1,2', '1,0']
  const b = ['__name__=up job=b pod=p', '1,2', '1,NaN']
  f(['__name__=up'], [a, b])
  f(['__name__=up', 'job=a'], [a])
  f(['__name__=up', 'job=~a|c'], [a])
  f(['__name__=up', 'job=~.'], [a, b])
  f(['__name__=up', 'job=~^.$'], [a, b])
  f(['__name__=up', 'job!~a.*'], [b])
  f(['__name__=up', 'pod='], [a])
  f(['__name__=up', 'pod=~|q'], [a])
  f(['__name__=up', 'pod!='], [b])
  f(['__name__=up', 'none=~.*', 'none='], [a, b])
  f(['__name__=~u.', 'job=b'], [b])
  f(['job=b'], [b])
  f(['__name__=up', 'job=none'], [])
  f(['__name__=none'], [])
  f(['__name__=my.metric'], [['__name__=my.metric a.b=c', '1', '5']])
  f(['a.b=c'], [['__name__=my.metric a.b=c', '1', '5']])
})

const place = 'namespace=prod pod=cart-0'
const cart = `http_request_method=GET instance=i-1 job=shop/cart ${place} service=cart`

describe('series of OpenTelemetry have the names and labels that Prometheus gives them', () => {
  const f = (selector: string[], expected: string[][]) =>
    test(selector.join(), async () => {
      const found = (await read(selector)).map(spelled)
      expect(found.sort()).toEqual(expected.sort())
    })
  const duration = 'http_server_request_duration_seconds'
  const bucket = (le: string, value: string) => {
    const [method, instance, job, ...rest] = cart.split(' ')
    const labels = [method, instance, job, `le=${le}`, ...rest].join(' ')
    return [`__name__=${duration}_bucket ${labels}`, '1', value]
  }
  f([`__name__=${duration}_bucket`], [bucket('0.1', '1'), bucket('1', '2'), bucket('+Inf', '3')])
  f([`__name__=${duration}_bucket`, 'le=0.1'], [bucket('0.1', '1')])
  f([`__name__=${duration}_count`], [[`__name__=${duration}_count ${cart}`, '1', '3']])
  f(
    [`__name__=${duration}_sum`, 'job=shop/cart'],
    [[`__name__=${duration}_sum ${cart}`, '1', '1.5']],
  )
  f([`__name__=${duration}`], [])
  f(['__name__=process_open_fds'], [[`__name__=process_open_fds ${cart}`, '1', '7']])
  const dotted = cart.replaceAll('http_request_method', 'http.request.method')
  const original = '__name__=http.server.request.duration_count'
  f([original], [[`${original} ${dotted}`, '1', '3']])
  f([original, 'http.request.method=GET', 'namespace=prod'], [[`${original} ${dotted}`, '1', '3']])
  // Where a delta follows a gap, the counter's height is known at its beginning too.
  f(['__name__=orders_total'], [[`__name__=orders_total ${cart}`, '1,2,4,5', '2,5,5,9']])
})

test('an exponential histogram is native: buckets are known by upper bounds', async () => {
  const [found] = await read(['__name__=latency'])
  expect(found!.histograms![0]).toMatchObject({
    ...{ schema: 1, count: 3, sum: 4, custom_values: [] },
    positive_spans: [
      { offset: 0, length: 1 },
      { offset: 1, length: 1 },
    ],
    positive_buckets: [1, 2],
  })
})

test('what the caller may not see is not there', async () => {
  const f = async (scope: Partial<QueryContext['scope']>, expected: number) => {
    const whole = { clusters: 'all', namespaces: 'all', classes: 'all', ...scope } as const
    expect(await read(['__name__=~.+'], { scope: whole })).toHaveLength(expected)
  }
  const all = (await read(['__name__=~.+'])).length
  expect(all).toBe(3 + 5 + 1 + 1 + 1)
  await f({ namespaces: ['prod'] }, all - 3)
  await f({ namespaces: ['other'] }, 0)
  await f({ classes: ['logs'] }, 0)
})

test('limits are counted before samples are read', async () => {
  const limits = store.context().limits
  const samples = read(['__name__=up'], { limits: { ...limits, samples_max: 3 } })
  await expect(samples).rejects.toThrow('too many samples')
  const series = read(['__name__=up'], { limits: { ...limits, series_max: 1 } })
  await expect(series).rejects.toThrow('more than 1 series')
})

test('the instant selector takes the newest sample of a window, if not stale', async () => {
  const window = (minute: number, range_ms: number) => ({
    steps: { start_ms: from_ms + minute * minute_ms, step_ms: 1, count: 1 },
    range_ms,
    offset_ms: 0,
  })
  const f = async (minute: number, range_ms: number, expected: (number | string)[]) => {
    const found = await new EngineSource(store.context()).instant(
      [matcher('__name__=up')],
      window(minute, range_ms),
    )
    const jobs = found.map(({ labels, values }) => {
      const job = labels.find(([name]) => name === 'job')![1]
      return `${job} ${values[0]}`
    })
    expect(jobs.sort()).toEqual(expected)
  }
  await f(1, 5 * minute_ms, ['a 1', 'b 1'])
  await f(2, 5 * minute_ms, ['a 0'])
  await f(6.9, 5 * minute_ms, ['a 0'])
  await f(7, 5 * minute_ms, [])
  await f(0.9, 5 * minute_ms, [])
})

describe('aggregations in the engine know the labels that are made', () => {
  const f = (name: string, isWithout: boolean, labels: string[], expected: unknown) =>
    test(`${name} ${isWithout} ${labels}`, async () => {
      const tuning = { few_series_max: 0, chunk_samples_max: 1 }
      const found = await new EngineSource(store.context(), tuning).aggregate({
        ...{ operator: 'sum', function: '', grouping: { isWithout, labels } },
        matchers: [matcher(`__name__=${name}`)],
        window: {
          steps: { start_ms: from_ms + 2 * minute_ms, step_ms: minute_ms, count: 1 },
          range_ms: 5 * minute_ms,
          offset_ms: 0,
        },
      })
      expect(found?.map((one) => [...one.labels, one.values[0]])).toEqual(expected)
    })
  f('process_open_fds', false, ['job', 'none'], [[['job', 'shop/cart'], 7]])
  f('process_open_fds', false, ['http_request_method'], [[['http_request_method', 'GET'], 7]])
  const kept = [
    ['instance', 'i-1'],
    ['job', 'shop/cart'],
  ]
  const gone = ['http_request_method', 'namespace', 'pod', 'service']
  f('process_open_fds', true, gone, [[...kept, 7]])
  f('up', false, ['job'], [[['job', 'a'], 0]])
  // Deltas have to be added up first, and that the engine does not do.
  f('orders_total', false, ['job'], undefined)
})

test('native histograms come back with the counts and the hint that were sent', async () => {
  const labels = { __name__: 'sent', job: 'sent' }
  const shared = { schema: 1, zeroThreshold: 0.25 }
  const fractions = {
    ...{ countFloat: 1.75, zeroCountFloat: 0.5, sum: Number.NaN },
    positiveSpans: [
      { offset: -1, length: 1 },
      { offset: 2, length: 1 },
    ],
    positiveCounts: [0.25, 1],
  }
  const shrinking = {
    ...{ countFloat: -1.5, zeroCountFloat: 0, sum: -2, resetHint: 3 },
    negativeSpans: [{ offset: 3, length: 1 }],
    negativeCounts: [-1.5],
  }
  const oneBucket = {
    ...{ schema: -53, countFloat: 1e300, zeroCountFloat: 0, sum: 1 },
    positiveSpans: [{ offset: 0, length: 1 }],
    positiveCounts: [1e300],
  }
  const sent = [
    { ...shared, ...fractions, resetHint: 1 },
    { ...shared, ...fractions, resetHint: 2 },
    { ...shared, ...shrinking },
    oneBucket,
  ]
  const histograms = sent.map((one, i) => ({ ...one, timestamp: from_ms + (i + 1) * minute_ms }))
  await store.write([{ labels, histograms }])
  const [found] = await read(['__name__=sent'])
  const expected = {
    ...{ schema: 1, zero_threshold: 0.25, zero_count: 0.5, count: 1.75, sum: Number.NaN },
    positive_spans: fractions.positiveSpans,
    positive_buckets: [0.25, 1],
  }
  expect(found?.histograms).toMatchObject([
    { ...expected, reset_hint: 'reset' },
    { ...expected, reset_hint: 'not_reset' },
    { count: -1.5, sum: -2, negative_buckets: [-1.5], positive_spans: [], reset_hint: 'gauge' },
    { schema: -53, count: 1e300, positive_buckets: [1e300], custom_values: [] },
  ])
})
