/** Loki's API as Grafana's data source, Logs Drilldown and logcli use it, on a real engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiHead, ApiSocket } from '../../src/api/api.ts'
import { lokiApi } from '../../src/api/loki/loki-api.ts'
import { decodeLokiJson } from '../../src/ingest/receivers/loki/push-json.ts'
import { everything } from '../../src/model/question.ts'
import { type QueryContext, queryLimits } from '../../src/query/context.ts'
import { Batch } from '../../src/wire/batch.ts'
import { decodeContext } from '../ingest/decode-fixture.ts'
import { type FixtureStore, openFixtureStore } from '../store/fixture-store.ts'
import { apiCall } from './api-call.ts'

const now_ms = Date.UTC(2026, 10, 20, 12)
/** Requests are decoded as a receiver does that takes them in now. */
const takenAt = (arrived_ms: number) => ({
  ...decodeContext(),
  ...{ arrived_ms, time_ms_min: 0, time_ms_max: arrived_ms + 1_000 },
})
const root = '/loki/api/v1'
let fixture: FixtureStore
let context: QueryContext

const ns = (back_ms: number, rest = 0) =>
  String(BigInt(now_ms - back_ms) * 1_000_000n + BigInt(rest))

/** What Promtail and a script of somebody's sent. */
const pushed = {
  streams: [
    {
      stream: { app: 'cart', namespace: 'shop', pod: 'cart-1', job: 'shop/cart', foo: 'bar' },
      values: [
        [ns(50_000), 'level=info msg="served" path=/a status=200 took=12ms'],
        [ns(40_000, 5), 'level=error msg="failed to serve" path=/b status=500 took=1.5s'],
        [ns(30_000), 'level=info msg="served" path=/a status=204 took=8ms', { trace_id: 'ab12' }],
        [ns(20_000), 'Connection lost to 10.1.2.3: timeout after 30 s'],
      ],
    },
    {
      stream: { app: 'web', namespace: 'shop', pod: 'web-1', level: 'WARN' },
      values: [
        [ns(10_000), 'slow'],
        [ns(9_000), ''],
      ],
    },
  ],
}

beforeAll(async () => {
  fixture = await openFixtureStore()
  const batch = new Batch()
  const outcome = decodeLokiJson(Buffer.from(JSON.stringify(pushed)), takenAt(now_ms), batch)
  expect(outcome.accepted).toBe(6)
  for (const { table, bytes } of batch.tables()) {
    await fixture.store.insert(table, [bytes], { token: `loki-${table}` })
  }
  const json = [
    { duration_ms: 10, route: '/x', user: { id: 7 } },
    { duration_ms: 30, route: '/x', user: { id: 8 } },
    { duration_ms: 500, route: '/y', tags: ['a'] },
  ]
  await fixture.add(
    'logs',
    json.map((body, i) => ({
      ...{ cluster: 'eu', namespace: 'pay', service: 'pay', pod: 'pay-0', severity_number: 17 },
      time: now_ms - 60_000 + i * 1_000,
      ingested_time: now_ms,
      body: JSON.stringify(body),
    })),
  )
  context = { store: fixture.store, scope: everything, now_ms, limits: queryLimits }
}, 60_000)
afterAll(() => fixture.close())

async function ask(path: string, parameters: Record<string, string> = {}, options = {}) {
  const query = new URLSearchParams(parameters)
  return apiCall(lokiApi, { path: `${path}?${query}`, context, ...options })
}
const range = { start: ns(120_000), end: ns(0), direction: 'backward', limit: '100' }

async function linesOf(query: string): Promise<string[]> {
  const answer = await ask(`${root}/query_range`, { ...range, query })
  expect(answer.status, answer.text).toBe(200)
  const streams = answer.json().data.result as { values: [string, string][] }[]
  const values = streams.flatMap((one) => one.values)
  return values.sort((a, b) => (BigInt(a[0]) < BigInt(b[0]) ? -1 : 1)).map(([, line]) => line)
}

describe('lines', () => {
  const f = (query: string, ...expected: string[]) =>
    it(query, async () => expect(await linesOf(query)).toEqual(expected))
  f('{app="cart"} |= "failed"', 'level=error msg="failed to serve" path=/b status=500 took=1.5s')
  f(
    '{app="cart"} |= "timeout after" != "nothing"',
    'Connection lost to 10.1.2.3: timeout after 30 s',
  )
  f('{job="shop/cart"} |= ip("10.0.0.0/8")', 'Connection lost to 10.1.2.3: timeout after 30 s')
  f(
    '{foo="bar"} |> "Connection lost to <_>: <_>"',
    'Connection lost to 10.1.2.3: timeout after 30 s',
  )
  f('{app="cart"} | logfmt | took > 10ms | line_format "{{.path}} {{.status}}"', '/a 200', '/b 500')
  f(
    '{app="cart"} | logfmt | status>=204 and status<500 | line_format "{{.msg | ToUpper}}"',
    'SERVED',
  )
  f('{app="cart"} | trace_id!="" | logfmt | line_format "{{.took}}"', '8ms')
  f('{app="cart"} | pattern "level=<l> <_> path=<p> <_>" | p="/b" | line_format "{{.l}}"', 'error')
  f('{app="cart"} | regexp "status=(?P<code>\\\\d+)" | code="200" | line_format "{{.code}}"', '200')
  f('{service_name="pay"} | json | user_id="8" | line_format "{{.route}}"', '/x')
  f(
    '{service_name="pay"} | json u="user.id", t="tags[0]" | line_format "{{.u}}:{{.t}}"',
    '7:',
    '8:',
    ':a',
  )
  f(
    '{service_name="pay"} |= "route" | json | duration_ms > 100 | line_format "{{.duration_ms}}"',
    '500',
  )
  f('{level="WARN"} |= "slow"', 'slow')
  f('{app="nosuch"}')
})

describe('samples', () => {
  const f = (query: string, expected: Record<string, string>) =>
    it(query, async () => {
      const answer = await ask(`${root}/query`, { query, time: ns(0) })
      expect(answer.status, answer.text).toBe(200)
      const { resultType, result } = answer.json().data
      expect(resultType).toBe('vector')
      const got: Record<string, string> = {}
      for (const { metric, value } of result) {
        expect(value[0]).toBe(now_ms / 1000)
        got[Object.values(metric).join(',')] = value[1]
      }
      expect(got).toEqual(expected)
    })
  f('vector(1)+vector(1)', { '': '2' })
  f('sum(count_over_time({app="cart"}[2m]))', { '': '4' })
  f('sum by (pod) (count_over_time({namespace="shop"}[2m]))', { 'cart-1': '4', 'web-1': '2' })
  f('sum by (status) (count_over_time({app="cart"} | logfmt | status!="" [2m]))', {
    '200': '1',
    '204': '1',
    '500': '1',
  })
  f('sum(rate({app="cart"} |= "served" [100s])) * 100', { '': '2' })
  f('max_over_time({service_name="pay"} | json | unwrap duration_ms [2m]) by (route)', {
    '/x': '30',
    '/y': '500',
  })
  f('quantile_over_time(0.5, {service_name="pay"} | json | unwrap duration_ms [2m]) by (route)', {
    '/x': '20',
    '/y': '500',
  })
  f('sum(sum_over_time({app="cart"} | logfmt | unwrap duration(took) | __error__="" [2m]))', {
    '': '1.52',
  })
  f('bytes_over_time({app="web"}[2m]) > bool 3', { 'web,warn,shop,web-1,web,web': '1' })
  f('topk(1, sum by (app) (count_over_time({namespace="shop"}[2m])))', { cart: '4' })
  f('absent_over_time({app="nosuch", x=~"y"}[2m])', { nosuch: '1' })
  f('sum(count_over_time({app="cart"}[2m])) / sum(count_over_time({app="web"}[2m]))', { '': '2' })
  f('label_replace(sum by (app) (count_over_time({app="web"}[2m])), "b", "$1!", "app", "(.*)")', {
    'web,web!': '2',
  })
})

describe('a sequence of Grafana', () => {
  it('health check', async () => {
    const answer = await ask(`${root}/query`, {
      query: 'vector(1)+vector(1)',
      time: '4000000000',
      direction: 'backward',
    })
    expect(answer.json().data).toMatchObject({
      resultType: 'vector',
      result: [{ value: [4, '2'] }],
    })
  })
  it('Explore: lines with categories, and the volume above them', async () => {
    const headers = {
      'x-loki-response-encoding-flags': 'categorize-labels',
      'x-query-tags': 'Source=x',
    }
    const parameters = { ...range, query: '{app="cart"} | logfmt | trace_id!=""', step: '60000ms' }
    const { data } = (await ask(`${root}/query_range`, parameters, { headers })).json()
    expect(data).toMatchObject({ resultType: 'streams', encodingFlags: ['categorize-labels'] })
    const [stream] = data.result
    expect(stream.stream).toMatchObject({ app: 'cart', namespace: 'shop', pod: 'cart-1' })
    const [time, , categories] = stream.values[0]
    expect(time).toBe(ns(30_000))
    expect(categories.structuredMetadata).toMatchObject({ detected_level: 'info' })
    expect(categories.parsed).toMatchObject({ status: '204', took: '8ms' })
    expect(data.stats.summary).toHaveProperty('totalLinesProcessed')
    const query =
      'sum by (level, detected_level) (count_over_time({app="cart"} | drop __error__[1m]))'
    const volume = await ask(`${root}/query_range`, { ...range, query, step: '60000ms' })
    const { resultType, result } = volume.json().data
    expect(resultType).toBe('matrix')
    expect(
      result.map((one: { metric: Record<string, string> }) => one.metric.detected_level),
    ).toContain('error')
    expect(result[0].values[0]).toEqual([expect.any(Number), expect.any(String)])
  })
  it('label browser', async () => {
    const labels = (await ask(`${root}/labels`, range)).json()
    expect(labels.status).toBe('success')
    expect(labels.data).toEqual(
      expect.arrayContaining(['app', 'foo', 'job', 'namespace', 'pod', 'service_name']),
    )
    expect((await ask(`${root}/label/app/values`, range)).json().data).toEqual([
      'cart',
      'pay',
      'web',
    ])
    const some = await ask(`${root}/label/pod/values`, { ...range, query: '{app="web"}' })
    expect(some.json().data).toEqual(['web-1'])
    const series = await ask(`${root}/series`, { ...range, 'match[]': '{foo="bar"}' })
    expect(series.json().data).toEqual([
      expect.objectContaining({ foo: 'bar', namespace: 'shop', pod: 'cart-1' }),
    ])
    const stats = (
      await ask(`${root}/index/stats`, { ...range, query: '{namespace="shop"}' })
    ).json()
    expect(stats).toMatchObject({ entries: 6, streams: 2 })
    expect(stats.bytes).toBeGreaterThan(100)
  })
  it('Logs Drilldown', async () => {
    const limits = (await ask(`${root}/drilldown-limits`)).json()
    expect(limits).toMatchObject({
      limits: { volume_enabled: true },
      pattern_ingester_enabled: true,
    })
    const volume = {
      ...range,
      limit: '5000',
      query: '{service_name=~".+"}',
      targetLabels: 'service_name',
    }
    const { data } = (await ask(`${root}/index/volume`, volume)).json()
    expect(data.resultType).toBe('vector')
    expect(data.result.map((one: { metric: unknown }) => one.metric)).toContainEqual({
      service_name: 'pay',
    })
    const over = await ask(`${root}/index/volume_range`, { ...volume, step: '30s' })
    expect(over.json().data.resultType).toBe('matrix')
    const labels = (await ask(`${root}/detected_labels`, range)).json()
    expect(labels.detectedLabels).toContainEqual({ label: 'pod', cardinality: 3 })
    const query = '{service_name="pay"}'
    const fields = (
      await ask(`${root}/detected_fields`, { ...range, query, line_limit: '1000' })
    ).json()
    expect(fields.limit).toBe(100)
    expect(fields.fields).toContainEqual({
      label: 'duration_ms',
      ...{ type: 'int', cardinality: 3, parsers: ['json'], jsonPath: ['duration_ms'] },
    })
    const values = await ask(`${root}/detected_field/route/values`, { ...range, query })
    expect(values.json().values.sort()).toEqual(['/x', '/y'])
    const patterns = (await ask(`${root}/patterns`, { ...range, query: '{app="cart"}' })).json()
    expect(patterns.data).toContainEqual(
      expect.objectContaining({ pattern: 'Connection lost to <_>: timeout after <_> s' }),
    )
    expect(patterns.data[0].samples[0]).toEqual([expect.any(Number), expect.any(Number)])
  })
  it('everything else that is asked for', async () => {
    expect((await ask('/ready')).text).toBe('ready\n')
    expect((await ask(`${root}/status/buildinfo`)).json()).toHaveProperty('version')
    expect((await ask(`${root}/rules`)).status).toBe(200)
    expect((await ask('/prometheus/api/v1/rules')).json().data).toEqual({ groups: [] })
    const formatted = await ask(`${root}/format_query`, { query: 'sum(rate({a="b"}[5m]))by(c)' })
    expect(formatted.json()).toEqual({ status: 'success', data: 'sum by (c) (rate({a="b"} [5m]))' })
    const form = new URLSearchParams({ ...range, query: '{app="cart"} |= "lost"' }).toString()
    const posted = await ask(`${root}/query_range`, {}, { method: 'POST', body: form })
    expect(posted.json().data.result).toHaveLength(1)
    expect((await ask('/api/v1/labels', range)).status).toBe(200)
    expect(lokiApi.serves('POST', `${root}/push`)).toBe(false)
    const hidden = await ask(`${root}/label/__aggregated_metric__/values`, range)
    expect(hidden.json().data).toEqual([])
  })
})

describe('is refused in plain text', () => {
  const f = (path: string, parameters: Record<string, string>, text: string) =>
    it(text, async () => {
      const answer = await ask(path, parameters)
      expect(answer.status).toBe(400)
      expect(answer.headers['content-type']).toMatch(/^text\/plain/)
      expect(answer.text).toContain(text)
    })
  f(`${root}/query_range`, { query: '{a=b}' }, 'parse error at line 1, col 4: syntax error')
  f(`${root}/query_range`, {}, 'parse error')
  f(`${root}/query`, { query: '{app="cart"}' }, 'not supported as an instant query type')
  f(`${root}/query_range`, { query: 'vector(1)', start: 'x' }, "could not parse 'start' parameter")
  f(`${root}/query_range`, { query: 'vector(1)', step: '0' }, 'zero or negative query resolution')
  f(`${root}/query_range`, { query: 'vector(1)', step: '1ms' }, 'exceeded maximum resolution')
  f(
    `${root}/query_range`,
    { query: '{a="b"}', limit: '99999' },
    'max entries limit per query exceeded',
  )
  f(`${root}/query_range`, { query: '{a="b"}', direction: 'up' }, "invalid direction 'up'")
  f(
    `${root}/query`,
    { query: 'sum(count_over_time({app="web"} | json [2m]))', time: ns(0) },
    "pipeline error: 'JSONParserErr'",
  )
})

it('the tail tells what was, then what arrives', { timeout: 30_000 }, async () => {
  const frames: string[] = []
  const stop = new AbortController()
  const socket: ApiSocket = {
    send: (text) => frames.push(text),
    waiting_bytes: 0,
    closed: stop.signal,
    close: () => stop.abort(),
  }
  const query = new URLSearchParams({ query: '{app=~"cart|live"}', start: ns(120_000), limit: '2' })
  const head: ApiHead = { method: 'GET', path: `${root}/tail`, query, headers: {}, media_type: '' }
  const live = Date.now()
  const done = lokiApi.socket!(head, { ...context, now_ms: live }, socket)
  await fixture.add('logs', [{ service: 'live', time: live, ingested_time: live, body: 'hello' }])
  await expect.poll(() => frames.join(''), { timeout: 20_000 }).toContain('hello')
  stop.abort()
  await done
  expect(JSON.parse(frames.at(-1)!).streams[0]).toMatchObject({ stream: { app: 'live' } })
})
