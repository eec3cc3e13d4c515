/**
 * Everything a real node-exporter exposes, as this scraper tells it and as a real Prometheus tells
 * it through its API. Both must be installed; without them the test says so.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import {
  CollectedMetrics,
  type CollectedPoint,
  ExpositionServer,
  spelled,
} from '../../../test/agent/collected-metrics.ts'
import { until } from '../../../test/agent/demo-agent.ts'
import { programPath } from '../../../test/agent/real-servers.ts'
import { Fetcher, openAccess } from './fetch-text.ts'
import { MetricsOutput } from './metrics-output.ts'
import { Scraper } from './scrape-target.ts'

const prometheusPath = programPath('prometheus')
const exporterPath = programPath('prometheus-node-exporter') ?? programPath('node_exporter')
const folder = mkdtempSync(join(tmpdir(), 'real-prometheus-'))
const children: ChildProcess[] = []
const server = new ExpositionServer()

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await server.close().catch(() => {})
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

function run(path: string, ...args: string[]): () => string {
  const child = spawn(path, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let said = ''
  child.stdout?.on('data', (data) => {
    said += data
  })
  child.stderr?.on('data', (data) => {
    said += data
  })
  return () => said
}

async function freePort(): Promise<number> {
  const one = http.createServer()
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  const { port } = one.address() as AddressInfo
  await new Promise((resolve) => one.close(resolve))
  return port
}

async function textOf(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url)
    return answer.ok ? await answer.text() : undefined
  } catch {
    return undefined
  }
}

/** What stands in a text, for both to read at leisure: histograms, exemplars, escapes, infinity. */
const openMetrics = `# TYPE rpc counter
rpc_total{path="a\\\\b\\"c\\nd é"} 9
rpc_created{path="a\\\\b\\"c\\nd é"} 1700000000
# TYPE h histogram
h_bucket{le="0.1"} 2 # {trace_id="0102030405060708090a0b0c0d0e0f10"} 0.07
h_bucket{le="+Inf"} 3
h_sum 1.5
h_count 3
# TYPE s summary
s{quantile="0.9"} +Inf
s_sum 1e+300
s_count 2
# TYPE st stateset
st{st="a"} 1
# TYPE u unknown
u -0.5e-9
# EOF
`

/** The series of Prometheus that a point of OpenTelemetry stands for. */
function seriesOf(point: CollectedPoint): [string, number][] {
  const { metric, labels } = point
  const one = (suffix: string, more: Record<string, string>, value: number): [string, number] => [
    spelled({ metric: metric + suffix, labels: { ...labels, ...more } }),
    value,
  ]
  if (point.kind === 'histogram') {
    type Value = { bounds: number[]; counts: number[]; sum: number; count: number }
    const { bounds, counts, sum, count } = point.value as Value
    let below = 0
    const buckets = bounds.map((bound, at) => {
      below += counts[at]!
      return one('_bucket', { le: boundText(bound) }, below)
    })
    return [
      ...buckets,
      one('_bucket', { le: '+Inf' }, count),
      one('_sum', {}, sum),
      one('_count', {}, count),
    ]
  }
  if (point.kind === 'summary') {
    type Value = { quantiles: [number, number][]; sum: number; count: number }
    const { quantiles, sum, count } = point.value as Value
    const parts = quantiles.map(([at, value]) => one('', { quantile: String(at) }, value))
    return [...parts, one('_sum', {}, sum), one('_count', {}, count)]
  }
  return [one('', {}, point.value as number)]
}

function boundText(bound: number): string {
  return bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound)
}

async function ours(url: string): Promise<Map<string, number>> {
  const sink = new CollectedMetrics()
  const output = new MetricsOutput(sink, { name: 'test', version: '1' })
  const fetcher = new Fetcher()
  const scraper = new Scraper(
    {
      id: url,
      url,
      access: openAccess,
      interval_ms: 60_000,
      timeout_ms: 20_000,
      samples_max: 100_000,
      labels: [],
      honor_labels: true,
      resource: {},
    },
    { output, fetcher, now_ms: Date.now },
  )
  await scraper.scrape()
  await output.flush()
  fetcher.close()
  expect(scraper.failure).toBeUndefined()
  const points = sink.points.filter(({ metric }) => !/^(?:up|scrape_)/.test(metric))
  return new Map(points.flatMap(seriesOf))
}

type Vector = { data: { result: { metric: Record<string, string>; value: [number, string] }[] } }

async function theirs(base: string, job: string): Promise<Map<string, number>> {
  const query = encodeURIComponent(`{job="${job}",__name__!~"up|scrape_.*"}`)
  const { data } = JSON.parse((await textOf(`${base}/api/v1/query?query=${query}`))!) as Vector
  return new Map(
    data.result.map(({ metric: { __name__, job: _, instance: __, ...labels }, value }) => {
      // OpenMetrics spells bounds as floats: 1 and 1.0 are the same one.
      for (const key of ['le', 'quantile']) {
        const text = labels[key]
        if (text !== undefined && text !== '+Inf') labels[key] = String(Number(text))
      }
      return [spelled({ metric: __name__!, labels }), Number(value[1].replace('Inf', 'Infinity'))]
    }),
  )
}

const missing = prometheusPath === undefined ? 'prometheus' : 'prometheus-node-exporter'
const isInstalled = prometheusPath !== undefined && exporterPath !== undefined

test('a real exporter and OpenMetrics, as Prometheus itself reads them', async (context) => {
  if (!isInstalled) return context.skip(`${missing} is not installed on this machine`)
  const exporterPort = await freePort()
  const exporterSaid = run(exporterPath!, `--web.listen-address=127.0.0.1:${exporterPort}`)
  let text: string | undefined
  await until(() => {
    void textOf(`http://127.0.0.1:${exporterPort}/metrics`).then((got) => {
      text ??= got
    })
    return text !== undefined
  }, `node-exporter: ${exporterSaid()}`)
  // Both read the very same page: a live one would have changed in between.
  const port = await server.listen()
  server.set('/node', text!)
  server.set('/open', openMetrics, 'application/openmetrics-text; version=1.0.0; charset=utf-8')
  const job = (name: string) =>
    `  - {job_name: ${name}, metrics_path: /${name}, ` +
    `static_configs: [{targets: ['127.0.0.1:${port}']}]}`
  const config = join(folder, 'prometheus.yml')
  const jobs = `global: {scrape_interval: 1s}\nscrape_configs:\n${job('node')}\n${job('open')}\n`
  writeFileSync(config, jobs)
  const prometheusPort = await freePort()
  const base = `http://127.0.0.1:${prometheusPort}`
  const said = run(
    prometheusPath!,
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
  )
  let ups = ''
  await until(() => {
    const query = encodeURIComponent('sum(up) == 2')
    void textOf(`${base}/api/v1/query?query=${query}`).then((got) => {
      ups = got ?? ''
    })
    return ups.includes('"value"')
  }, `two targets that are up: ${said()}`)
  for (const name of ['node', 'open']) {
    const got = await ours(`http://127.0.0.1:${port}/${name}`)
    const expected = await theirs(base, name)
    // Prometheus 2 keeps the creation time as a series of its own; here it is the start time.
    for (const key of expected.keys()) if (key.startsWith('rpc_created')) expected.delete(key)
    expect(expected.size).toBeGreaterThan(name === 'node' ? 300 : 8)
    expect(Object.fromEntries([...got].sort())).toEqual(Object.fromEntries([...expected].sort()))
  }
}, 90_000)
