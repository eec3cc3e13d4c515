/**
 * Jaeger's API, and the series of service graphs and spans that PromQL reads: on a real engine,
 * from its spans and minute tables.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jaegerApi } from '../../src/api/jaeger/jaeger-api.ts'
import { everything, type Scope } from '../../src/model/question.ts'
import { queryLimits } from '../../src/query/context.ts'
import type { Matcher, RawSeries } from '../../src/query/series.ts'
import { isSpanSeries, virtualLabels, virtualSeries } from '../../src/query/traceql/span-series.ts'
import { Summaries } from '../../src/store/summaries.ts'
import { type FixtureStore, openFixtureStore, silentLog } from '../store/fixture-store.ts'
import { apiCall } from './api-call.ts'
import { shopResources, shopSpans, shopTime_ms, traceA, traceB, traceC } from './span-rows.ts'

let fixture: FixtureStore
beforeAll(async () => {
  fixture = await openFixtureStore()
  await fixture.add('resources', shopResources)
  await fixture.add('spans', shopSpans)
  await new Summaries(fixture.store, silentLog).run(shopTime_ms + 600_000)
}, 60_000)
afterAll(() => fixture.close())

const minute = 60_000
const end_ms = shopTime_ms + 10 * minute
const shop: Scope = { ...everything, namespaces: ['shop'] }

type Reading = { matchers?: Matcher[]; scope?: Scope; from?: number; to?: number }
const contextOf = (scope: Scope) => ({
  store: fixture.store,
  scope,
  now_ms: end_ms,
  limits: queryLimits,
})
function read(name: string, reading: Reading = {}): Promise<RawSeries[]> {
  const {
    matchers = [],
    scope = everything,
    from = shopTime_ms - 5 * minute,
    to = end_ms,
  } = reading
  const named: Matcher = { name: '__name__', operator: '=', value: name }
  return virtualSeries([named, ...matchers], from, to, contextOf(scope))
}

const text = ({ labels }: Pick<RawSeries, 'labels'>) =>
  labels
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
const ofFrontend = (kind: string, name: string, code: string) =>
  `service=frontend span_kind=SPAN_KIND_${kind} span_name=${name} status_code=STATUS_CODE_${code}`
const newest = (all: RawSeries[]) =>
  Object.fromEntries(all.map((one) => [text(one), one.values.at(-1)]))

describe('the newest value of each series', () => {
  const f = (name: string, reading: Reading, expected: Record<string, number>) =>
    it(`${name} ${JSON.stringify(reading)}`, async () => {
      expect(newest(await read(name, reading))).toEqual(expected)
    })
  f(
    'traces_service_graph_request_total',
    {},
    {
      'client=cart connection_type=database server=redis': 1,
      'client=frontend server=cart': 1,
      'client=user connection_type=virtual_node server=frontend': 2,
      'client=user connection_type=virtual_node server=ledger': 1,
    },
  )
  f(
    'traces_service_graph_request_failed_total',
    {},
    {
      'client=frontend server=cart': 1,
      'client=user connection_type=virtual_node server=frontend': 1,
    },
  )
  const matchers: Matcher[] = [
    { name: 'server', operator: '=~', value: 'ca.t' },
    { name: 'le', operator: '=~', value: '0[.].*|[+]Inf' },
  ]
  f(
    'traces_service_graph_request_server_seconds_bucket',
    { matchers },
    {
      'client=frontend le=0.1 server=cart': 0,
      'client=frontend le=0.2 server=cart': 1,
      'client=frontend le=0.4 server=cart': 1,
      'client=frontend le=0.8 server=cart': 1,
      'client=frontend le=+Inf server=cart': 1,
    },
  )
  const cart: Matcher = { name: 'server', operator: '=', value: 'cart' }
  f(
    'traces_service_graph_request_server_seconds_sum',
    { matchers: [cart] },
    {
      'client=frontend server=cart': 0.12,
    },
  )
  f(
    'traces_service_graph_request_client_seconds_count',
    { matchers: [cart] },
    {
      'client=frontend server=cart': 1,
    },
  )
  const frontend: Matcher = { name: 'service', operator: '=', value: 'frontend' }
  f(
    'traces_spanmetrics_calls_total',
    { matchers: [frontend] },
    {
      [ofFrontend('CLIENT', 'cart.Get', 'UNSET')]: 1,
      [ofFrontend('SERVER', 'GET /', 'UNSET')]: 1,
      [ofFrontend('SERVER', 'GET /checkout', 'ERROR')]: 1,
    },
  )
  const other: Matcher = { name: 'job', operator: '!=', value: '' }
  f('traces_spanmetrics_calls_total', { matchers: [other] }, {})
  f(
    'traces_service_graph_request_total',
    { scope: shop },
    {
      'client=cart connection_type=database server=redis': 1,
      'client=frontend server=cart': 1,
      'client=user connection_type=virtual_node server=frontend': 2,
    },
  )
  f('traces_service_graph_request_total', { scope: { ...everything, classes: ['logs'] } }, {})
})

it('begins with a zero, so that the first call is an increase', async () => {
  const matchers: Matcher[] = [{ name: 'client', operator: '=', value: 'frontend' }]
  const [series] = await read('traces_service_graph_request_total', { matchers })
  const times = [...series!.times_ms].map((time) => (time - shopTime_ms) / minute)
  expect(times).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect([...series!.values]).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
})

it('names what exists for completion, of what the caller sees', async () => {
  const from = shopTime_ms - 1_000
  const all: Matcher[] = [
    { name: '__name__', operator: '=~', value: 'traces_spanmetrics_.*_total' },
  ]
  const labels = await virtualLabels(all, from, end_ms, contextOf(shop))
  expect(labels.map((one) => text({ labels: one })).join('\n')).not.toMatch(/ledger|secret/)
  expect(labels.length).toBe(6)
  expect(isSpanSeries(all)).toBe(true)
  expect(isSpanSeries([{ name: '__name__', operator: '=', value: 'up' }])).toBe(false)
})

const call = (path: string, scope: Scope = everything) =>
  apiCall(jaegerApi, { path, context: contextOf(scope) })
const us = shopTime_ms * 1_000
const range = `start=${us}&end=${us + 600_000_000}`
const tags = (given: object) => encodeURIComponent(JSON.stringify(given))
const iso = (ms: number) => encodeURIComponent(new Date(ms).toISOString())
const range3 = `query.start_time_min=${iso(shopTime_ms)}&query.start_time_max=${iso(end_ms)}`

describe("Jaeger's older API", () => {
  const f = (path: string, expected: unknown) =>
    it(path, async () => {
      const answer = await call(path)
      expect(answer.status).toBe(200)
      const { data, errors } = answer.json()
      expect({ data, errors }).toEqual({ data: expected, errors: null })
    })
  f('/api/services', ['cart', 'frontend', 'ledger'])
  f('/api/services/frontend/operations', ['GET /', 'GET /checkout', 'cart.Get'])
  f('/api/services/a%2Fb/operations', [])
  f('/api/operations?service=frontend&spanKind=client', [{ name: 'cart.Get', spanKind: 'client' }])
  f(`/api/dependencies?endTs=${end_ms}&lookback=600000`, [
    { parent: 'frontend', child: 'cart', callCount: 1 },
  ])
  f(`/api/traces?service=nobody&${range}`, [])
})

describe("Jaeger's search", () => {
  const f = (query: string, expected: string[]) =>
    it(query, async () => {
      const { data } = (await call(`/api/traces?${query}&${range}`)).json()
      expect(data.map(({ traceID }: { traceID: string }) => traceID)).toEqual(expected)
    })
  f('service=frontend', [traceB, traceA])
  f('service=frontend&operation=GET%20%2F', [traceB])
  f('service=frontend&operation=all&limit=1', [traceB])
  f(`service=frontend&tags=${tags({ 'http.status_code': '500' })}`, [traceA])
  f(`service=cart&tags=${tags({ error: 'true' })}`, [traceA])
  f(`service=cart&tags=${tags({ 'span.kind': 'server', amount: 12.5 })}`, [traceC])
  f('service=cart&tag=db.system:redis', [traceA])
  f('service=cart&minDuration=100ms', [traceA])
  f('service=cart&maxDuration=45ms&lookback=1h', [traceA])
  f(`traceID=${traceB}&traceID=${traceC}`, [traceB, traceC])
})

it("tells a trace in Jaeger's shape", async () => {
  const { data } = (await call(`/api/traces/${traceA}`)).json()
  const [{ spans, processes }] = data
  const third = spans.find(({ spanID }: { spanID: string }) => spanID.endsWith('a3'))
  expect(third).toMatchObject({
    traceID: traceA,
    operationName: 'cart.Get',
    references: [{ refType: 'CHILD_OF', traceID: traceA, spanID: '00000000000000a2' }],
    startTime: us + 1_020_000,
    duration: 120_000,
    logs: [
      {
        timestamp: us + 1_030_000,
        fields: [
          { key: 'event', type: 'string', value: 'exception' },
          { key: 'exception.type', type: 'string', value: 'OutOfStock' },
          { key: 'retries', type: 'string', value: '3' },
        ],
      },
    ],
  })
  expect(third.tags).toEqual([
    { key: 'rpc.system', type: 'string', value: 'grpc' },
    { key: 'span.kind', type: 'string', value: 'server' },
    { key: 'otel.status_code', type: 'string', value: 'ERROR' },
    { key: 'error', type: 'bool', value: true },
    { key: 'otel.status_description', type: 'string', value: 'no stock' },
  ])
  expect(processes[third.processID]).toEqual({
    serviceName: 'cart',
    tags: [
      { key: 'deployment.environment', type: 'string', value: 'prod' },
      { key: 'debug', type: 'bool', value: true },
    ],
  })
})

describe("Jaeger's third version", () => {
  const f = (path: string, expected: unknown) =>
    it(path, async () => expect((await call(path)).json()).toEqual(expected))
  f('/api/v3/services', { services: ['cart', 'frontend', 'ledger'] })
  f('/api/v3/operations?service=ledger', {
    operations: [{ name: 'secret transfer', spanKind: 'server' }],
  })
  f(`/api/v3/dependencies?startTime=${iso(shopTime_ms)}&endTime=${iso(end_ms)}`, {
    dependencies: [{ parent: 'frontend', child: 'cart', callCount: '1' }],
  })
  it('finds and tells traces as OTLP', async () => {
    const found = (
      await call(`/api/v3/traces?${range3}&query.service_name=frontend&query.num_traces=1`)
    ).json()
    const byId = (await call(`/api/v3/traces/${traceB}`)).json()
    expect(found).toEqual(byId)
    const [span] = byId.result.resourceSpans[0].scopeSpans[0].spans
    expect(span).toMatchObject({ traceId: traceB, kind: 2, status: { code: 1 } })
  })
})

describe("metrics for Jaeger's Monitor tab", () => {
  const monitor = async (path: string) => {
    const time = `endTs=${end_ms}&lookback=600000&step=60000&ratePer=600000`
    const { name, metrics } = (await call(`/api/metrics/${path}&${time}`)).json()
    const [first] = metrics
    return [name, first.labels, first.metricPoints.at(-1).gaugeValue.doubleValue]
  }
  const service = [{ name: 'service_name', value: 'frontend' }]
  it('calls, errors and latencies', async () => {
    const [name, labels, calls] = await monitor('calls?service=frontend')
    expect([name, labels]).toEqual(['service_call_rate', service])
    expect(calls).toBeCloseTo(2 / 600, 9)
    expect((await monitor('errors?service=frontend'))[2]).toBe(0.5)
    const [, , ms] = await monitor('latencies?service=frontend&quantile=0.95')
    expect(Math.abs(ms / 200 - 1)).toBeLessThan(0.05)
    const byOperation = await monitor(
      'calls?service=frontend&groupByOperation=true&spanKind=client',
    )
    expect(byOperation[1]).toEqual([{ name: 'operation', value: 'cart.Get' }, ...service])
  })
})

describe('refusals', () => {
  const f = (path: string, status: number, expected: unknown) =>
    it(path, async () => {
      const answer = await call(path)
      expect([answer.status, answer.json()]).toMatchObject([status, expected])
    })
  const missing = 'd'.repeat(32)
  const error = (code: number, msg: string) => ({ data: null, errors: [{ code, msg }] })
  f(`/api/traces/${missing}`, 404, {
    errors: [{ code: 404, msg: 'trace not found', traceID: missing }],
  })
  f('/api/traces/zz', 400, error(400, 'malformed parameter traceID: zz'))
  f('/api/traces?service=a&tags=[', 400, error(400, 'malformed parameter tags: ['))
  f('/api/traces?service=a&start=x', 400, error(400, 'malformed parameter start: x'))
  f(`/api/v3/traces/${missing}`, 404, { error: { httpCode: 404, message: 'No traces found' } })
  f('/api/v3/traces', 400, { error: { httpCode: 400 } })
})

it('tells nothing of places that the caller does not see', async () => {
  for (const path of [
    '/api/services',
    '/api/services/ledger/operations',
    `/api/traces?service=cart&${range}`,
    `/api/dependencies?endTs=${end_ms}&lookback=600000`,
    '/api/v3/services',
    `/api/v3/traces?${range3}&query.serviceName=cart`,
    `/api/traces/${traceC}`,
  ]) {
    const answer = await call(path, shop)
    expect(answer.status, path).toBe(200)
    expect(answer.text, path).not.toMatch(/ledger|secret|vault/)
  }
})
