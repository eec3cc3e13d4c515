/** Tempo's API on a real engine: what Grafana's Tempo data source sends, and what it must get. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tempoApi } from '../../src/api/tempo/tempo-api.ts'
import { everything, type Scope } from '../../src/model/question.ts'
import { queryLimits } from '../../src/query/context.ts'
import { type FixtureStore, openFixtureStore } from '../store/fixture-store.ts'
import { decode, type Plain } from '../wire/otlp-proto.ts'
import { apiCall } from './api-call.ts'
import { shopResources, shopSpans, shopTime_ms, traceA, traceB, traceC } from './span-rows.ts'

let fixture: FixtureStore
beforeAll(async () => {
  fixture = await openFixtureStore()
  await fixture.add('resources', shopResources)
  await fixture.add('spans', shopSpans)
}, 60_000)
afterAll(() => fixture.close())

const shop: Scope = { ...everything, namespaces: ['shop'] }
const start = shopTime_ms / 1_000
const range = `start=${start}&end=${start + 600}`

type Options = { scope?: Scope; headers?: Record<string, string>; method?: string; body?: string }
function call(path: string, options: Options = {}) {
  const { scope = everything, ...rest } = options
  const now_ms = shopTime_ms + 600_000
  const context = { store: fixture.store, scope, now_ms, limits: queryLimits }
  return apiCall(tempoApi, { path, ...rest, context })
}

const queryRange = (q: string) => `/api/metrics/query_range?q=${encodeURIComponent(q)}`

type Found = {
  traceID: string
  rootServiceName: string
  spanSets: { matched: number; spans: { spanID: string; attributes: unknown[] }[] }[]
}
async function search(q: string, scope = everything): Promise<Found[]> {
  const answer = await call(`/api/search?q=${encodeURIComponent(q)}&${range}`, { scope })
  expect(answer.text, q).toMatch(/^\{/)
  return (answer.json() as { traces: Found[] }).traces
}

describe('search', () => {
  const f = (q: string, expected: Record<string, string[]>) =>
    it(q, async () => {
      const found = await search(q)
      const spans = found.map((trace): [string, string[]] => [
        trace.traceID,
        trace.spanSets.flatMap((set) => set.spans.map((span) => span.spanID.slice(-2))).sort(),
      ])
      expect(Object.fromEntries(spans)).toEqual(expected)
    })
  f('{ resource.service.name="cart" && status=error }', { [traceA]: ['a3'] })
  f('{ span.http.status_code >= 500 }', { [traceA]: ['a1'] })
  f('{ .http.status_code = 200 }', { [traceB]: ['b1'] })
  f('{ duration > 100ms && kind = server }', { [traceA]: ['a1', 'a3'] })
  f('{ name =~ "GET.*" && .sampled = true }', { [traceA]: ['a1'] })
  f('{ resource.service.version = nil && name = "SELECT" }', { [traceA]: ['a4'] })
  f('{ resource.process.pid > 40 && status = ok }', { [traceB]: ['b1'] })
  f('{ rootName = "GET /checkout" && kind = client }', { [traceA]: ['a2', 'a4'] })
  f('{ traceDuration > 150ms && nestedSetParent < 0 }', { [traceA]: ['a1'] })
  f('{ event:name = "exception" && event.exception.type = "OutOfStock" }', { [traceA]: ['a3'] })
  f('{ link.why = "retry" }', { [traceC]: ['c2'] })
  f('{ span:id = "00000000000000b1" }', { [traceB]: ['b1'] })
  f('{ resource.service.name = "frontend" } >> { span.db.system = "redis" }', { [traceA]: ['a4'] })
  f('{ name = "cart.Get" } > { status = error }', { [traceA]: ['a3'] })
  f('{ } | count() > 2', { [traceA]: ['a1', 'a2', 'a3'] })
  f('{ } | by(resource.service.name) | count() = 2', {
    [traceA]: ['a1', 'a2', 'a3', 'a4'],
  })
  f('{ } | max(duration) > 100ms | { kind = client }', { [traceA]: ['a2', 'a4'] })
  f('{ parent.resource.service.name = "ledger" }', { [traceC]: ['c2'] })
  f('{ span.amount * 2 = 25 }', { [traceC]: ['c2'] })
  f('{ name = "it\'s \\"odd\\"; DROP" }', {})
})

it('tells spans with what the query speaks of', async () => {
  const q = '{ resource.service.name = "frontend" && span.http.status_code > 0 } | select(status)'
  const answer = await call(`/api/search?q=${encodeURIComponent(q)}&${range}&limit=1&spss=1`)
  const [trace] = (answer.json() as { traces: Record<string, unknown>[] }).traces
  expect(trace).toMatchObject({
    traceID: traceB,
    rootServiceName: 'frontend',
    rootTraceName: 'GET /',
    startTimeUnixNano: `${(BigInt(shopTime_ms) + 61_000n) * 1_000_000n}`,
    durationMs: 30,
    spanSets: [
      {
        matched: 1,
        spans: [
          {
            spanID: '00000000000000b1',
            name: 'GET /',
            durationNanos: '30000000',
            attributes: [
              { key: 'service.name', value: { stringValue: 'frontend' } },
              { key: 'http.status_code', value: { intValue: '200' } },
              { key: 'status', value: { stringValue: 'ok' } },
            ],
          },
        ],
      },
    ],
    serviceStats: { frontend: { spanCount: 1 } },
  })
})

it('takes the older parameters', async () => {
  const tags = encodeURIComponent('service.name=frontend http.status_code=500')
  const answer = await call(`/api/search?tags=${tags}&minDuration=100ms&maxDuration=1s&${range}`)
  const { traces } = answer.json() as { traces: Found[] }
  expect(traces.map(({ traceID }) => traceID)).toEqual([traceA])
})

describe('health and discovery', () => {
  const f = (path: string, expected: string | object) =>
    it(path, async () => {
      const answer = await call(path)
      expect(answer.status).toBe(200)
      if (typeof expected === 'string') expect(answer.text).toBe(expected)
      else expect(answer.json()).toMatchObject(expected)
    })
  f('/api/echo', 'echo')
  f('/ready', 'ready\n')
  f('/api/status/buildinfo', { status: 'success' })
})

describe('a trace by id', () => {
  const accept = { accept: 'application/protobuf' }
  it('as protobuf', async () => {
    const answer = await call(`/api/traces/${traceA}`, { headers: accept })
    expect(answer.headers['Content-Type']).toBe('application/protobuf')
    const { resourceSpans } = decode('TracesData', answer.bytes)
    const spans = resourceSpans.flatMap((one: Plain) =>
      one.scopeSpans.flatMap((two: Plain) => two.spans),
    )
    expect(spans.map(({ name }: { name: string }) => name).sort()).toEqual([
      'GET /checkout',
      'SELECT',
      'cart.Get',
      'cart.Get',
    ])
    const first = spans.find(({ name }: { name: string }) => name === 'GET /checkout')
    expect(Buffer.from(first.traceId).toString('hex')).toBe(traceA)
    expect(Number(first.endTimeUnixNano - first.startTimeUnixNano)).toBe(200_000_000)
    expect(first.status.code).toBe(2)
    expect(first.kind).toBe(2)
  })
  it('of the second version is one field deeper', async () => {
    const [first, second] = await Promise.all(
      [`/api/traces/${traceB}`, `/api/v2/traces/${traceB}`].map((path) =>
        call(path, { headers: accept }),
      ),
    )
    expect(Buffer.from(second!.bytes).includes(Buffer.from(first!.bytes))).toBe(true)
    expect(second!.bytes[0]).toBe(0x0a)
  })
  it('as JSON', async () => {
    const { batches } = (await call(`/api/traces/${traceB}`)).json()
    expect(batches[0].resource.attributes).toContainEqual({
      key: 'service.version',
      value: { stringValue: '1.2' },
    })
    const [span] = batches[0].scopeSpans[0].spans
    expect(span).toMatchObject({
      name: 'GET /',
      kind: 'SPAN_KIND_SERVER',
      status: { code: 'STATUS_CODE_OK' },
    })
    expect(Buffer.from(span.traceId, 'base64').toString('hex')).toBe(traceB)
    const second = (await call(`/api/v2/traces/${traceB}`)).json()
    expect(second.trace.resourceSpans).toEqual(batches)
  })
  it('that is not there', async () => {
    expect((await call(`/api/traces/${'d'.repeat(32)}`)).status).toBe(404)
    expect((await call('/api/traces/nothex')).status).toBe(400)
  })
})

describe('tags', () => {
  const broken = encodeURIComponent('{ status = error && ')
  const f = (path: string, expected: unknown) =>
    it(path, async () => {
      expect((await call(`${path}${path.includes('?') ? '&' : '?'}${range}`)).json()).toMatchObject(
        expected as object,
      )
    })
  const scopes = (name: string, tags: string[]) => ({ scopes: [{ name, tags }] })
  f('/api/v2/search/tags?scope=event', scopes('event', ['exception.type', 'retries']))
  f(
    `/api/v2/search/tags?scope=span&q=${encodeURIComponent('{ status = ok }')}`,
    scopes('span', ['http.method', 'http.route', 'http.status_code']),
  )
  f(
    `/api/v2/search/tags?scope=resource&q=${encodeURIComponent('{ name = "SELECT" }')}`,
    scopes('resource', ['debug', 'deployment.environment', 'service.name']),
  )
  f('/api/search/tags?scope=link', { tagNames: ['why'] })
  const values = (...list: [string, string][]) => ({
    tagValues: list.map(([type, value]) => ({ type, value })),
  })
  f(
    '/api/v2/search/tag/resource.service.name/values',
    values(['string', 'cart'], ['string', 'frontend'], ['string', 'ledger']),
  )
  f(
    `/api/v2/search/tag/resource.service.name/values?q=${broken}`,
    values(['string', 'cart'], ['string', 'frontend'], ['string', 'ledger']),
  )
  f(`/api/v2/search/tag/span.http%252Emethod/values`, values(['string', 'GET']))
  f('/api/v2/search/tag/.http.status_code/values', values(['int', '200'], ['int', '500']))
  f(
    '/api/v2/search/tag/status/values',
    values(['keyword', 'unset'], ['keyword', 'ok'], ['keyword', 'error']),
  )
  f('/api/v2/search/tag/resource.debug/values', values(['bool', 'true']))
  f('/api/v2/search/tag/event:name/values', values(['string', 'exception']))
  f(
    '/api/v2/search/tag/rootServiceName/values',
    values(['string', 'frontend'], ['string', 'ledger']),
  )
  f('/api/search/tag/service.name/values', { tagValues: ['cart', 'frontend', 'ledger'] })
})

describe('metrics', () => {
  type Series = {
    labels: { key: string; value: Plain }[]
    samples: { value: number }[]
    value: number
  }
  const f = (q: string, expected: Record<string, number[]>, step = '60s') =>
    it(q, async () => {
      const answer = await call(`${queryRange(q)}&start=${start}&end=${start + 180}&step=${step}`)
      const { series } = answer.json() as { series: Series[] }
      const told = series.map((one): [string, number[]] => [
        one.labels.map(({ key, value }) => `${key}=${Object.values(value)[0]}`).join(' '),
        one.samples.map(({ value }) => value),
      ])
      expect(Object.fromEntries(told)).toEqual(expected)
    })
  f('{ } | count_over_time()', { '__name__=count_over_time': [4, 1, 2] })
  f('{ kind = server } | rate()', { '__name__=rate': [2 / 60, 1 / 60, 2 / 60] })
  f('{ status = error } | count_over_time() by(resource.service.name)', {
    'resource.service.name=cart': [1, 0, 0],
    'resource.service.name=frontend': [1, 0, 0],
  })
  f('{ } | max_over_time(duration)', { '__name__=max_over_time': [0.2, 0.03, 0.09] })
  f('{ kind = server } | count_over_time() by(span.http.status_code)', {
    'span.http.status_code=nil': [1, 0, 2],
    'span.http.status_code=200': [0, 1, 0],
    'span.http.status_code=500': [1, 0, 0],
  })
  f('{ } | quantile_over_time(duration, 0.5) by(kind)', {
    'kind=client p=0.5': [0.095],
    'kind=server p=0.5': [0.16, 0.03, 0.07],
  })
  f('{ name = "GET /" } | histogram_over_time(duration)', { '__bucket=0.033554432': [0, 1, 0] })
  f('{ } >> { kind = client } | count_over_time()', { '__name__=count_over_time': [2, 0, 0] })
  f('{ } | count_over_time() by(resource.service.name) | topk(1)', {
    'resource.service.name=cart': [2, 1],
    'resource.service.name=frontend': [1],
  })
  f('{ } | count_over_time() > 1', { '__name__=count_over_time': [4, 2] })

  it('at one moment, and with exemplars', async () => {
    const q = encodeURIComponent('{ kind = server } | count_over_time() with(exemplars=true)')
    const instant = await call(`/api/metrics/query?q=${q}&${range}`)
    expect((instant.json() as { series: Series[] }).series[0]!.value).toBe(5)
    const ranged = await call(`/api/metrics/query_range?q=${q}&${range}&step=5m`)
    const [series] = ranged.json().series
    expect(series.exemplars.length).toBeGreaterThan(0)
    expect([traceA, traceB, traceC]).toContain(series.exemplars[0].labels[0].value.stringValue)
  })
  it('compares a selection with the rest', async () => {
    const q = encodeURIComponent('{ } | compare({ status = error })')
    const answer = await call(`/api/metrics/query_range?q=${q}&${range}&step=10m`)
    const { series } = answer.json() as { series: Series[] }
    const count = (...labels: string[]) =>
      series.find(
        (one) => labels.join() === one.labels.map(({ value }) => Object.values(value)[0]).join(),
      )?.samples[0]
    expect(series.length).toBeGreaterThan(10)
    expect(count('selection', 'frontend')).toMatchObject({ value: 1 })
    expect(count('baseline', 'frontend')).toMatchObject({ value: 2 })
  })
})

describe('refusals say what was wrong', () => {
  const f = (path: string, status: number, text: RegExp) =>
    it(path, async () => {
      const answer = await call(path)
      expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(text)])
    })
  f('/api/search?q={', 400, /^invalid TraceQL query: parse error at line 1, col 2/)
  f('/api/search?q={status>ok}', 400, /illegal operation for the given types/)
  f('/api/search?start=5&end=2', 400, /start must be before end/)
  f('/api/search?limit=x', 400, /invalid limit/)
  f('/api/search?tags=%3Da', 400, /invalid tags/)
  f('/api/metrics/query_range?q={}', 400, /not a metrics query/)
  f(
    '/api/metrics/query_range?q={}|rate()&start=1&end=900000000&step=1s',
    400,
    /more than 11000 steps/,
  )
  f('/api/v2/search/tags?scope=x', 400, /invalid scope/)
})

describe('a caller of limited scope', () => {
  it('is told nothing of other places', async () => {
    const paths = [
      `/api/search?q={}&${range}`,
      `/api/search?q=${encodeURIComponent('{ } >> { }')}&${range}`,
      `/api/search?q=${encodeURIComponent('{ rootName =~ ".*" }')}&${range}`,
      `/api/traces/${traceC}`,
      `/api/v2/search/tags?${range}`,
      `/api/v2/search/tag/rootServiceName/values?${range}`,
      `/api/v2/search/tag/resource.service.name/values?${range}`,
      `/api/v2/search/tag/.secret/values?${range}`,
      `${queryRange('{}|rate() by(rootName, name)')}&${range}&step=60s`,
      `${queryRange('{}|compare({kind=server})')}&${range}&step=60s`,
    ]
    for (const path of paths) {
      const answer = await call(path, { scope: shop })
      expect(answer.status, path).toBe(200)
      expect(answer.text, path).not.toMatch(/secret|ledger|vault/)
    }
    const q = encodeURIComponent('{ rootServiceName = "ledger" }')
    expect((await call(`/api/search?q=${q}&${range}`, { scope: shop })).text).toContain(
      '"traces":[]',
    )
    expect((await search('{ rootServiceName = "ledger" }'))[0]?.traceID).toBe(traceC)
  })
})
