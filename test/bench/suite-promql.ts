/**
 * PromQL beside Prometheus and VictoriaMetrics, where they are installed: the same series written
 * to all, the same queries asked of all, in one run. What differs between machines cancels out.
 */

import { percentile } from './load.ts'
import { loadAverage } from './processes.ts'
import { type Peer, startPeers } from './promql-peers.ts'
import { SeriesLoad } from './promql-series.ts'
import type { Figure, Suite, SuiteOptions } from './suite.ts'

const series_default = 20_000
const hours_default = 1
const interval_ms = 15_000
const rounds = 5

type Template = { name: string; path: (times: Times) => string }
type Times = { from_s: number; to_s: number; step_s: number }

const range = (query: string) => (times: Times) => {
  const { from_s, to_s, step_s } = times
  const ask = `query=${encodeURIComponent(query)}&start=${from_s}&end=${to_s}&step=${step_s}`
  return `/api/v1/query_range?${ask}`
}
const instant = (query: string) => (times: Times) =>
  `/api/v1/query?query=${encodeURIComponent(query)}&time=${times.to_s}`

const counter = 'http_requests_total'
const bucket = 'http_request_duration_seconds_bucket'
const memory = 'process_resident_memory_bytes'

const templates: readonly Template[] = [
  { name: 'one series', path: range(`${memory}{pod="cart-7d4b9c8f6d-xxxx3"}`) },
  { name: 'rate of one route', path: range(`rate(${counter}{route="/api/v1/items/4"}[5m])`) },
  { name: 'sum of one route', path: range(`sum(rate(${counter}{route="/api/v1/items/4"}[5m]))`) },
  { name: 'high-cardinality sum', path: range(`sum by (namespace) (rate(${counter}[5m]))`) },
  { name: 'high-cardinality count', path: range(`count(${memory})`) },
  {
    name: 'quantile of buckets',
    path: range(`histogram_quantile(0.95, sum by (le) (rate(${bucket}[5m])))`),
  },
  { name: 'top of pods', path: instant(`topk(5, sum by (pod) (rate(${counter}[5m])))`) },
  { name: 'gauge over time', path: range(`max(avg_over_time(${memory}{namespace="shop-3"}[5m]))`) },
  { name: 'all series now', path: instant(counter) },
  { name: 'values of a label', path: () => '/api/v1/label/route/values' },
]

export const promqlSuite: Suite = {
  name: 'promql',
  about: 'PromQL beside Prometheus and VictoriaMetrics: latency, disk, CPU and memory',
  async run(options) {
    const peers = await startPeers(options.dir)
    try {
      return await measure(peers, options)
    } finally {
      for (const peer of peers) await peer.stop()
    }
  },
}

async function measure(peers: readonly Peer[], options: SuiteOptions): Promise<Figure[]> {
  const series = options.rows ?? series_default
  const hours = options.hours ?? hours_default
  const scrapes = Math.floor((hours * 3_600_000) / interval_ms)
  const samples = series * scrapes
  const to_ms = Math.floor(Date.now() / interval_ms) * interval_ms
  const from_ms = to_ms - scrapes * interval_ms
  options.say(`${series} series x ${hours} h: ${samples} samples; load ${loadAverage()}`)
  const figures: Figure[] = []
  for (const peer of peers) {
    const before_s = peer.cpu_s()
    await fill(peer, new SeriesLoad(series), { scrapes, from_ms })
    await peer.settle()
    const cpu_s = peer.cpu_s() - before_s
    figures.push(figure(`${peer.name}: ingest`, (cpu_s * 1e6) / samples, 'CPU-s a million'))
    options.say(`${peer.name} has taken them`)
  }
  const step_s = Math.max(30, Math.round((hours * 3_600) / 240))
  const times = { from_s: from_ms / 1_000 + 600, to_s: to_ms / 1_000 - 30, step_s }
  for (const template of templates) figures.push(...(await asked(peers, template, times)))
  for (const peer of peers) {
    figures.push(figure(`${peer.name}: memory`, peer.rss_mb(), 'MB'))
    figures.push(figure(`${peer.name}: disk`, (await peer.disk_bytes()) / samples, 'B a sample'))
  }
  return figures
}

async function fill(
  peer: Peer,
  load: SeriesLoad,
  { scrapes, from_ms }: { scrapes: number; from_ms: number },
): Promise<void> {
  for (let scrape = 0; scrape < scrapes; scrape++) {
    const bodies = [...load.bodies(scrape, from_ms + scrape * interval_ms)]
    // One scrape after the other: Prometheus takes the samples of a series in their order.
    await Promise.all(bodies.map((body) => post(peer, body)))
  }
}

async function post(peer: Peer, body: Uint8Array): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const answer = await fetch(`${peer.base}/api/v1/write`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
      body: body as Uint8Array<ArrayBuffer>,
    })
    const text = await answer.text()
    if (answer.ok) return
    const isBusy = answer.status === 429 || answer.status === 503
    if (!isBusy || attempt > 100) throw new Error(`${peer.name}: ${answer.status} ${text}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** In turns, so that what else the machine does meets all alike. The first round is not counted. */
async function asked(peers: readonly Peer[], template: Template, times: Times): Promise<Figure[]> {
  const took_ms = new Map(peers.map((peer) => [peer.name, [] as number[]]))
  for (let round = 0; round <= rounds; round++) {
    for (const peer of peers) {
      const began = performance.now()
      const answer = await fetch(`${peer.base}${template.path(times)}`)
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${peer.name}: ${template.name}: ${text.slice(0, 300)}`)
      if (round > 0) took_ms.get(peer.name)!.push(performance.now() - began)
    }
  }
  const reference = percentile(took_ms.get('prometheus') ?? [], 0.95)
  return peers.map(({ name }) => {
    const taken = took_ms.get(name)!
    const p95 = percentile(taken, 0.95)
    const p50 = percentile(taken, 0.5)
    const ratio = reference > 0 ? p95 / reference : undefined
    const details = { p50_ms: round2(p50), ...(ratio && { of_prometheus: round2(ratio) }) }
    return { ...figure(`${template.name}: ${name}`, p95, 'ms p95'), details }
  })
}

const round2 = (value: number) => Math.round(value * 100) / 100

function figure(name: string, value: number, unit: string): Figure {
  return { name, value, unit }
}
