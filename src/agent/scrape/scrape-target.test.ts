/** Scrapes of a real server: conversion to OpenTelemetry, staleness, limits and failures. */
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { CollectedMetrics, ExpositionServer } from '../../../test/agent/collected-metrics.ts'
import { Fetcher, openAccess } from './fetch-text.ts'
import { MetricsOutput } from './metrics-output.ts'
import { Scraper, type ScrapeTarget, scrape_accept, withTargetLabels } from './scrape-target.ts'
import { offsetOf, Timetable } from './timetable.ts'

const server = new ExpositionServer()
const fetcher = new Fetcher()
let url = ''
let now_ms = 1_764_000_000_000
let sink = new CollectedMetrics()
let output = new MetricsOutput(sink, { name: 'test', version: '1' })

beforeEach(async () => {
  if (url === '') url = `http://127.0.0.1:${await server.listen()}/metrics`
  sink = new CollectedMetrics()
  output = new MetricsOutput(sink, { name: 'test', version: '1' })
})
afterEach(() => {
  server.asked.length = 0
})

afterAll(async () => {
  fetcher.close()
  await server.close()
})

function scraperOf(changes: Partial<ScrapeTarget> = {}): Scraper {
  const target: ScrapeTarget = {
    id: 'one',
    url,
    access: openAccess,
    interval_ms: 30_000,
    timeout_ms: 20_000,
    samples_max: 1000,
    labels: [
      ['job', 'shop/cart'],
      ['instance', '10.0.0.1:80'],
    ],
    honor_labels: false,
    resource: { 'service.name': 'cart' },
    ...changes,
  }
  return new Scraper(target, { output, fetcher, now_ms: () => now_ms })
}

const at = 'instance="10.0.0.1:80",job="shop/cart"'

async function scraped(scraper: Scraper): Promise<Record<string, unknown>> {
  now_ms += 30_000
  await scraper.scrape()
  await output.flush()
  const values = sink.values()
  delete values[`scrape_duration_seconds{${at}}`]
  return values
}

test('every family becomes the metric that OpenTelemetry means', async () => {
  server.set(
    '/metrics',
    `# TYPE http_requests_total counter
# HELP http_requests_total All requests.
http_requests_total{code="200"} 7
# TYPE temperature gauge
temperature -3.5
untold 1
# TYPE rpc_seconds histogram
rpc_seconds_bucket{path="/",le="0.1"} 2
rpc_seconds_bucket{path="/",le="1"} 5
rpc_seconds_bucket{path="/",le="+Inf"} 6
rpc_seconds_sum{path="/"} 4.5
rpc_seconds_count{path="/"} 6
# TYPE gc summary
gc{quantile="0.5"} 0.1
gc{quantile="0.99"} NaN
gc_sum 3
gc_count 12
`,
  )
  const scraper = scraperOf()
  expect(await scraped(scraper)).toEqual({
    [`http_requests_total{code="200",${at}}`]: 7,
    [`temperature{${at}}`]: -3.5,
    [`untold{${at}}`]: 1,
    [`rpc_seconds{${at},path="/"}`]: {
      bounds: [0.1, 1],
      counts: [2, 3, 1],
      sum: 4.5,
      count: 6,
    },
    [`gc{${at}}`]: {
      quantiles: [
        [0.5, 0.1],
        [0.99, Number.NaN],
      ],
      sum: 3,
      count: 12,
    },
    [`up{${at}}`]: 1,
    [`scrape_samples_scraped{${at}}`]: 12,
    [`scrape_samples_post_metric_relabeling{${at}}`]: 12,
    [`scrape_series_added{${at}}`]: 12,
  })
  await scraper.scrape()
  await output.flush()
  const kinds = Object.fromEntries(sink.take().map(({ metric, kind }) => [metric, kind]))
  expect(kinds).toMatchObject({
    http_requests_total: 'counter',
    temperature: 'gauge',
    untold: 'gauge',
    rpc_seconds: 'histogram',
    gc: 'summary',
    up: 'gauge',
  })
  const [{ headers } = { headers: {} }] = server.asked
  expect(headers).toMatchObject({
    accept: scrape_accept,
    'accept-encoding': 'gzip',
    'x-prometheus-scrape-timeout-seconds': '20',
  })
})

test('OpenMetrics brings start times, units, exemplars and times of its own', async () => {
  const type = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
  const trace = '0102030405060708090a0b0c0d0e0f10'
  server.set(
    '/metrics',
    `# TYPE bytes_sent_bytes counter
# UNIT bytes_sent_bytes bytes
bytes_sent_bytes_total 9 1764000000.5 # {trace_id="${trace}",a="b"} 4 1764000000.25
bytes_sent_bytes_created 1763000000.125
# TYPE build info
build_info{version="1"} 1
# EOF
`,
    type,
  )
  await scraperOf().scrape()
  await output.flush()
  const points = sink.take()
  expect(points.find(({ metric }) => metric === 'bytes_sent_bytes_total')).toMatchObject({
    kind: 'counter',
    unit: 'By',
    value: 9,
    time_ms: 1_764_000_000_500,
    exemplars: [{ asDouble: 4, traceId: expect.anything() }],
  })
  expect(points.find(({ metric }) => metric === 'build_info')).toMatchObject({ kind: 'sum' })
  expect(points.some(({ metric }) => metric === 'bytes_sent_bytes_created')).toBe(false)
  const scraper = scraperOf()
  await scraper.scrape()
  await scraper.scrape()
  await output.flush()
  const told = sink.take().filter(({ metric }) => metric === 'bytes_sent_bytes_total')
  expect(told.at(-1)?.start_ms).toBe(1_763_000_000_125)
})

test('what vanishes is told to be stale once', async () => {
  server.set(
    '/metrics',
    'a{x="1"} 1\na{x="2"} 2\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\n',
  )
  const scraper = scraperOf()
  await scraped(scraper)
  server.set('/metrics', 'a{x="1"} 3\n')
  expect(await scraped(scraper)).toMatchObject({
    [`a{${at},x="1"}`]: 3,
    [`a{${at},x="2"}`]: 'stale',
    [`h{${at}}`]: 'stale',
  })
  const after = await scraped(scraper)
  expect(Object.values(after)).not.toContain('stale')
  expect(after).toMatchObject({ [`a{${at},x="1"}`]: 3, [`up{${at}}`]: 1 })
})

test('a target that fails is down, its series end, and the reason is a sentence', async () => {
  const f = async (prepare: () => void, reason: string, sentence: RegExp) => {
    server.set('/metrics', 'a 1\n')
    const scraper = scraperOf({ samples_max: 3 })
    expect(await scraped(scraper)).toMatchObject({ [`a{${at}}`]: 1, [`up{${at}}`]: 1 })
    prepare()
    const values = await scraped(scraper)
    expect(values).toMatchObject({ [`a{${at}}`]: 'stale', [`up{${at}}`]: 0 })
    expect(scraper.failure?.reason).toBe(reason)
    expect(scraper.failure?.sentence).toMatch(sentence)
    server.set('/metrics', 'a 2\n')
    expect(await scraped(scraper)).toMatchObject({ [`a{${at}}`]: 2, [`up{${at}}`]: 1 })
    expect(scraper.failure).toBeUndefined()
  }
  const answer = (status: number) => server.answers.set('/metrics', { status, body: 'no' })

  await f(() => answer(500), 'unreadable', /answered 500/)
  await f(() => answer(403), 'permission', /answered 403/)
  await f(() => server.set('/metrics', 'a 1\nb\n'), 'unreadable', /in line 2: b/)
  await f(() => server.set('/metrics', 'a 1\nb 1\nc 1\nd 1\n'), 'limit', /more than 3 samples/)
  await f(
    () => server.set('/metrics', 'a 1\n', 'application/openmetrics-text'),
    'unreadable',
    /EOF/,
  )
})

test('a target where nothing listens is unreachable', async () => {
  const scraper = scraperOf({ url: 'http://127.0.0.1:1/metrics' })
  expect(await scraped(scraper)).toMatchObject({ [`up{${at}}`]: 0 })
  expect(scraper.failure).toMatchObject({ reason: 'no_endpoint', status: 0 })
})

test('a type that changes does not keep the old meaning', async () => {
  server.set('/metrics', '# TYPE a gauge\na 1\n')
  const scraper = scraperOf()
  await scraped(scraper)
  server.set('/metrics', '# TYPE a counter\na 2\n')
  await scraper.scrape()
  await output.flush()
  expect(sink.take().find(({ metric }) => metric === 'a')?.kind).toBe('counter')
})

test('a closed target tells that everything of it ends', async () => {
  server.set('/metrics', 'a 1\n')
  const scraper = scraperOf()
  await scraped(scraper)
  scraper.close()
  await output.flush()
  expect(sink.values()).toMatchObject({ [`a{${at}}`]: 'stale', [`up{${at}}`]: 'stale' })
})

test('a full sink is counted, not waited for', async () => {
  server.set('/metrics', 'a 1\n')
  sink.isFull = true
  await scraped(scraperOf())
  expect(output.counts()).toEqual({ records: 0, dropped: 6 })
})

test('labels of the target and of the text', () => {
  const f = (honor: boolean, labels: [string, string][], expected: Record<string, string>) =>
    expect(Object.fromEntries(withTargetLabels(labels, [['job', 'j']], honor))).toEqual(expected)
  f(false, [['a', 'b']], { a: 'b', job: 'j' })
  f(false, [['job', 'k']], { exported_job: 'k', job: 'j' })
  f(true, [['job', 'k']], { job: 'k' })
  f(
    false,
    [
      ['job', 'k'],
      ['exported_job', 'l'],
    ],
    { exported_exported_job: 'k', exported_job: 'l', job: 'j' },
  )
})

test('the place in the interval depends on the name alone', async () => {
  let clock_ms = 1_000_000_000
  const ran: string[] = []
  const table = new Timetable(() => clock_ms)
  for (const id of ['a', 'b', 'c']) {
    const run = async () => {
      ran.push(`${id} ${clock_ms % 10_000}`)
    }
    table.set({ id, interval_ms: 10_000, run })
  }
  for (let i = 0; i < 200; i++) {
    clock_ms += 100
    table.tick()
    await Promise.resolve()
    await Promise.resolve()
  }
  const expected = ['a', 'b', 'c'].flatMap((id) => {
    const due_ms = (Math.ceil((offsetOf(id) % 10_000) / 100) * 100) % 10_000
    return [`${id} ${due_ms}`, `${id} ${due_ms}`]
  })
  expect(ran.toSorted()).toEqual(expected.toSorted())
})
