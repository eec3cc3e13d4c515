/** Prometheus's API on a real engine: what Grafana and promtool send, and what they must get. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prometheusApi } from '../../src/api/prometheus/prometheus-api.ts'
import { apiCall } from './api-call.ts'
import { openPrometheusStore, type PrometheusStore, stale } from './prometheus-store.ts'

const now_ms = Date.UTC(2026, 10, 20, 12)
const t = now_ms / 1_000
const native = {
  ...{ countInt: 4, sum: 5, schema: 0, zeroThreshold: 0.001, zeroCountInt: 1 },
  positiveSpans: [
    { offset: 1, length: 1 },
    { offset: 1, length: 1 },
  ],
  positiveDeltas: [2, -1],
  timestamp: now_ms - 1_000,
}
const point = (minutes: number, asDouble: number) => ({
  startTimeUnixNano: String(BigInt(now_ms - (minutes + 1) * 60_000) * 1_000_000n),
  timeUnixNano: String(BigInt(now_ms - minutes * 60_000) * 1_000_000n),
  asDouble,
})
const delta = (name: string, ...dataPoints: object[]) => ({
  name,
  sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints },
})
const metrics = [
  delta('orders', point(2, 2), point(1, 3), point(0, 4)),
  delta('lonely', point(1, 7)),
]
const deltas = { resourceMetrics: [{ resource: {}, scopeMetrics: [{ metrics }] }] }

let store: PrometheusStore
beforeAll(async () => {
  store = await openPrometheusStore(now_ms)
  const up = (labels: Record<string, string>, ...values: number[]) => ({
    labels: { __name__: 'up', ...labels },
    points: values.map((value, i) => [now_ms - (values.length - i) * 15_000, value] as const),
  })
  await store.write([
    up({ job: 'b', instance: 'y' }, 1, 1, 0),
    up({ job: 'a', instance: 'x' }, 1, 1, 1),
    up({ job: 'c', instance: 'z' }, 1, 1, stale),
    { labels: { __name__: 'small' }, points: [[now_ms - 1, 1e-9]] },
    { labels: { __name__: 'native' }, histograms: [native] },
    { labels: { __name__: 'a.b', 'c.d': 'e' }, points: [[now_ms - 1, 1]] },
  ])
  await store.writeOtlp(deltas)
}, 60_000)
afterAll(() => store.close())

const ask = (path: string, body?: string) =>
  apiCall(prometheusApi, {
    path,
    context: store.context(),
    ...(body === undefined ? {} : { method: 'POST', body }),
  })

const data = async (path: string, body?: string) => {
  const { status, text } = await ask(path, body)
  expect(status, text).toBe(200)
  return JSON.parse(text).data
}

describe('instant queries', () => {
  test('up, sorted by labels, values as text', async () => {
    const { status, text } = await ask(`/api/v1/query?query=up&time=${t}`)
    expect(status).toBe(200)
    const series = (job: string, instance: string, value: number) =>
      `{"metric":{"__name__":"up","instance":"${instance}","job":"${job}"},` +
      `"value":[${t},"${value}"]}`
    const result = `[${series('a', 'x', 1)},${series('b', 'y', 0)}]`
    expect(text).toBe(`{"status":"success","data":{"resultType":"vector","result":${result}}}`)
  })

  test('what Grafana asks to see whether we are there', async () => {
    const { text } = await ask('/api/v1/query', 'query=1%2B1&time=4')
    expect(text).toBe('{"status":"success","data":{"resultType":"scalar","result":[4,"2"]}}')
  })

  const f = (query: string, result: unknown) =>
    test(query, async () => {
      const answer = await data(`/api/v1/query?query=${encodeURIComponent(query)}&time=${t}`)
      expect(answer.result).toEqual(result)
    })
  const one = (value: string, metric: Record<string, string> = {}) => [
    { metric, value: [t, value] },
  ]
  f('count(up)', one('2'))
  f('sum by (job) (up{job="a"})', one('1', { job: 'a' }))
  f('small', one('1e-09', { __name__: 'small' }))
  f('up{job="b"}[1m]', [
    {
      metric: { __name__: 'up', instance: 'y', job: 'b' },
      values: [
        [t - 45, '1'],
        [t - 30, '1'],
        [t - 15, '0'],
      ],
    },
  ])
  f('"text"', [t, 'text'])
  f('up > 5', [])
  f('{"a.b"}', one('1', { __name__: 'a.b', 'c.d': 'e' }))
  f('native', [
    {
      metric: { __name__: 'native' },
      histogram: [
        t,
        {
          count: '4',
          sum: '5',
          buckets: [
            [3, '-0.001', '0.001', '1'],
            [0, '1', '2', '2'],
            [0, '4', '8', '1'],
          ],
        },
      ],
    },
  ])
  f('histogram_count(native)', one('4'))
  // 2, 3 and 4 came in deltas of a minute each: nine in three minutes.
  f('sum(increase(orders_total[5m]))', one('9'))
  f('sum(rate(lonely_total[5m])) > bool 0', one('1'))
})

test('a range, with warnings and stats', async () => {
  const query = encodeURIComponent('rate(up[1m])')
  const path = `/api/v1/query_range?query=${query}&start=${t - 30}&end=${t}&step=15&stats=all`
  const { text } = await ask(path)
  const answer = JSON.parse(text)
  expect(answer.infos[0]).toContain('might not be a counter')
  expect(answer.data.stats.samples).toHaveProperty('totalQueryableSamples')
  expect(answer.data.resultType).toBe('matrix')
  expect(answer.data.result[0].metric).toEqual({ instance: 'x', job: 'a' })
})

describe('series, labels and values', () => {
  const f = (path: string, expected: unknown, body?: string) =>
    test(`${path} ${body ?? ''}`, async () => expect(await data(path, body)).toEqual(expected))
  const up = (job: string, instance: string) => ({ __name__: 'up', instance, job })
  f('/api/v1/series?match[]=up{job="a"}', [up('a', 'x')])
  f('/api/v1/series', [up('a', 'x'), up('b', 'y')], 'match[]=up{job=~"a|b"}')
  f('/api/v1/series?match[]=up{job="a"}&match[]=up{job!="b"}', [up('a', 'x'), up('c', 'z')])
  f('/api/v1/series?match[]=none', [])
  f('/api/v1/series?match[]=up&limit=1', [up('a', 'x')])
  f('/api/v1/series?match[]=up&end=1000', [])
  f('/api/v1/labels', ['__name__', 'c.d', 'instance', 'job', 'service'])
  f('/api/v1/labels?match[]=small', ['__name__'])
  f('/api/v1/labels', ['__name__', 'instance', 'job'], 'match[]=up')
  f('/api/v1/label/job/values', ['a', 'b', 'c'])
  f('/api/v1/label/job/values?match[]={instance="x"}', ['a'])
  f('/api/v1/label/__name__/values', [
    'a.b',
    'lonely_total',
    'native',
    'orders_total',
    'small',
    'up',
  ])
  f('/api/v1/label/__name__/values?match[]={job="a"}', ['up'])
  f('/api/v1/label/U__c_2e_d/values', ['e'])
  f('/api/v1/label/none/values', [])
  f('/api/v1/metadata?metric=up', { up: [{ type: 'gauge', unit: '', help: '' }] })
  f('/api/v1/rules', { groups: [] })
  f('/api/v1/alerts', { alerts: [] })
  f('/api/v1/scrape_pools', { scrapePools: ['a', 'b'] })
  f('/api/v1/query_exemplars?query=up&start=0&end=1', [])
  f('/api/v1/format_query?query=sum(rate(up[5m]))by(job)', 'sum by (job) (rate(up[5m]))')
})

test('a limit that cut something is told', async () => {
  const { text } = await ask('/api/v1/series?match[]=up&limit=1')
  expect(JSON.parse(text).warnings).toEqual(['results truncated due to limit'])
})

describe('refusals in its words', () => {
  const f = (path: string, status: number, errorType: string, error: string) =>
    test(path, async () => {
      const answer = await ask(path)
      expect(JSON.parse(answer.text)).toEqual({ status: 'error', errorType, error })
      expect(answer.status).toBe(status)
    })
  const invalid = (name: string, says: string) => `invalid parameter "${name}": ${says}`
  f('/api/v1/series', 400, 'bad_data', 'no match[] parameter provided')
  const empty = 'match[] must contain at least one non-empty matcher'
  f('/api/v1/series?match[]={a=""}', 400, 'bad_data', invalid('match[]', empty))
  const stamp = 'cannot parse "x" to a valid timestamp'
  f('/api/v1/query?query=up&time=x', 400, 'bad_data', invalid('time', stamp))
  const step = 'zero or negative query resolution step widths are not accepted.'
  f(
    '/api/v1/query_range?query=up&start=0&end=1&step=0',
    400,
    'bad_data',
    invalid('step', `${step} Try a positive integer`),
  )
  f(
    '/api/v1/query_range?query=up&start=2&end=1&step=1',
    400,
    'bad_data',
    invalid('end', 'end timestamp must not be before start time'),
  )
  const points = 'exceeded maximum resolution of 11,000 points per timeseries.'
  f(
    '/api/v1/query_range?query=up&start=0&end=11001&step=1',
    400,
    'bad_data',
    `${points} Try decreasing the query resolution (?step=XX)`,
  )
  const number = 'strconv.Atoi: parsing "x": invalid syntax'
  f('/api/v1/labels?limit=x', 400, 'bad_data', invalid('limit', number))
})

test('the server tells what it is, and not that it is Mimir', async () => {
  const built = await data('/api/v1/status/buildinfo')
  expect(built.version).toMatch(/^3\./)
  expect(built).not.toHaveProperty('features')
  for (const path of ['runtimeinfo', 'config', 'flags', 'tsdb', 'walreplay']) {
    expect(await data(`/api/v1/status/${path}`)).toBeTypeOf('object')
  }
  expect((await data('/api/v1/status/tsdb')).headStats.numSeries).toBe(8)
  expect((await ask('/-/ready')).text).toBe('Prometheus Server is Ready.\n')
  const targets = await data('/api/v1/targets')
  expect(targets.activeTargets.map(({ health }: { health: string }) => health)).toEqual([
    'up',
    'down',
  ])
})

test('a POST to what takes none is refused so that Grafana falls back to GET', async () => {
  expect((await ask('/api/v1/label/job/values', '')).status).toBe(405)
})

test('federation', async () => {
  const { text } = await ask('/federate?match[]=up&match[]={"a.b"}')
  const time_ms = now_ms - 15_000
  expect(text).toBe(
    `# TYPE "a.b" gauge\n{"a.b","c.d"="e"} 1 ${now_ms - 1}\n` +
      `# TYPE up gauge\nup{instance="x",job="a"} 1 ${time_ms}\n` +
      `up{instance="y",job="b"} 0 ${time_ms}\n`,
  )
})
