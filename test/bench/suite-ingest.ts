/**
 * Ingest suites: records a CPU-second of server and engine together, from the first byte on the
 * wire until every row is inserted, summarised by the views and merged as far as the engine cares
 * to.
 */
import { gzipSync } from 'node:zlib'
import { mergeAll, type Sizes, sizesOf, withStore } from './disk.ts'
import { logsRequest, metricsRequest, type Random, random, spansRequest } from './generate.ts'
import { sendAll } from './load.ts'
import { loadAverage } from './processes.ts'
import { grpcSender, httpSender, type SignalPath } from './senders.ts'
import type { Figure, Suite, SuiteOptions } from './suite.ts'
import { type Cost, Target } from './target.ts'

const records_per_request = 1_000
const at_once = 4
const spread_ms = 10 * 60_000

type Signal = {
  path: SignalPath
  table: string
  records: string
  rows: number
  per_second_min?: number
  bytes_max?: number
  make: (r: Random, now_ms: number, i: number) => Uint8Array
}

const signals: Record<'logs' | 'spans' | 'metrics', Signal> = {
  logs: {
    path: 'logs',
    table: 'logs',
    records: 'log records',
    rows: 500_000,
    per_second_min: 150_000,
    bytes_max: 75,
    make: (r, now_ms) => logsRequest(r, records_per_request, now_ms, spread_ms),
  },
  spans: {
    path: 'traces',
    table: 'spans',
    records: 'spans',
    rows: 300_000,
    per_second_min: 100_000,
    bytes_max: 60,
    make: (r, now_ms) => spansRequest(r, records_per_request, now_ms, spread_ms),
  },
  metrics: {
    path: 'metrics',
    table: 'metric_samples',
    records: 'points',
    rows: 1_000_000,
    // Ten requests are one scrape of 10 000 series; scrapes are 15 s apart, the last one now.
    make: (r, now_ms, i) => metricsRequest(r, 10_240, now_ms - i * 15_000),
  },
}

type Way = { name: string; gzip: boolean; grpc: boolean }
const ways: readonly Way[] = [
  { name: 'HTTP', gzip: false, grpc: false },
  { name: 'HTTP gzip', gzip: true, grpc: false },
  { name: 'gRPC', gzip: false, grpc: true },
]

export const ingestSuites: readonly Suite[] = (['logs', 'spans', 'metrics'] as const).map(
  (name) => ({
    name: `ingest-${name}`,
    about: `OTLP ${name}: records a CPU-second of server and engine, bytes a record on disk`,
    run: (options) => measure(signals[name], options),
  }),
)

async function measure(signal: Signal, options: SuiteOptions): Promise<Figure[]> {
  const figures: Figure[] = []
  const plain = prepare(signal, options.rows ?? signal.rows)
  for (const way of ways) {
    options.say(`${signal.records} over ${way.name}`)
    const bodies = way.gzip ? plain.bodies.map((body) => gzipSync(body)) : plain.bodies
    figures.push(...(await measureWay(signal, way, { ...plain, bodies }, options)))
  }
  return figures
}

type Load = { bodies: Uint8Array[]; records: number }

function prepare(signal: Signal, rows: number): Load {
  const r = random(1)
  const now_ms = Date.now()
  const per_body = signal.table === 'metric_samples' ? 10_240 : records_per_request
  const bodies: Uint8Array[] = []
  for (let i = 0; i * per_body < rows; i++) bodies.push(signal.make(r, now_ms, i))
  return { bodies, records: bodies.length * per_body }
}

async function measureWay(
  signal: Signal,
  way: Way,
  load: Load,
  options: SuiteOptions,
): Promise<Figure[]> {
  const dir = `${options.dir}/${way.name.replace(' ', '-')}`
  const ran = await ingest(signal, way, load, dir)
  const { settled, merged } = await withStore(dir, async (store) => {
    const settled = await sizesOf(store, signal.table)
    await mergeAll(store, signal.table)
    return { settled, merged: await sizesOf(store, signal.table) }
  })
  const stored = settled.tables[signal.table]?.rows ?? 0
  if (stored !== load.records) {
    throw new Error(`${load.records} ${signal.records} were acknowledged, ${stored} are stored`)
  }
  const per_second_min = signal.per_second_min
  const figures: Figure[] = [
    {
      name: `${signal.records} a CPU-second, ${way.name}`,
      value: Math.round(load.records / ran.cost.total_s),
      unit: '/CPU-s',
      ...(per_second_min === undefined ? {} : { target: { at_least: per_second_min } }),
      details: { ...ran, records: load.records, wire_bytes: bytesOf(load.bodies) / load.records },
    },
  ]
  if (way.name === 'HTTP') figures.push(...sizeFigures(signal, settled, merged))
  return figures
}

async function ingest(signal: Signal, way: Way, load: Load, dir: string) {
  const target = await Target.start(dir)
  try {
    const address = target.address(way.grpc ? 'otlp_grpc' : 'otlp_http')
    const sender = (way.grpc ? grpcSender : httpSender)({
      address,
      signal: signal.path,
      gzip: way.gzip,
    })
    const before = target.cost()
    const load_average = loadAverage()
    const acknowledged_wall_s = await sendAll(load.bodies, sender, at_once)
    const acknowledged = difference(target.cost(), before)
    const settle_s = await target.settle()
    const cost = difference(target.cost(), before)
    sender.close()
    const memory = target.memory()
    return { cost, acknowledged, acknowledged_wall_s, settle_s, memory, load_average }
  } finally {
    await target.stop()
  }
}

function difference(after: Cost, before: Cost): Cost {
  const server_s = round(after.server_s - before.server_s)
  const engine_s = round(after.engine_s - before.engine_s)
  return { server_s, engine_s, total_s: round(server_s + engine_s) }
}

function sizeFigures(signal: Signal, settled: Sizes, merged: Sizes): Figure[] {
  const perRow = (sizes: Sizes) => {
    const { bytes = 0, rows = 1 } = sizes.tables[signal.table] ?? {}
    return round(bytes / rows)
  }
  return [
    {
      name: `bytes a record in ${signal.table}, as merged by then`,
      value: perRow(settled),
      unit: 'B',
      details: { tables: settled.tables },
    },
    {
      name: `bytes a record in ${signal.table}, all parts merged`,
      value: perRow(merged),
      unit: 'B',
      ...(signal.bytes_max === undefined ? {} : { target: { at_most: signal.bytes_max } }),
      details: { breakdown: rounded(merged.breakdown), tables: merged.tables },
    },
  ]
}

function bytesOf(bodies: readonly Uint8Array[]): number {
  return bodies.reduce((sum, body) => sum + body.length, 0)
}
function rounded(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, round(value)]))
}
function round(value: number): number {
  return Math.round(value * 100) / 100
}
