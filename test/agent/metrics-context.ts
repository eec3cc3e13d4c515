/**
 * A collector's surroundings for tests: a sink that keeps what it is given, and metrics read back
 * from the chunks by an independent decoder.
 */
import pino from 'pino'
import type { Chunk, CollectorContext } from '../../src/agent/collector.ts'
import { decode, type Plain } from '../wire/otlp-proto.ts'

export type SeenPoint = {
  value: number
  attributes: Record<string, string>
  start_ms: number
  time_ms: number
}
export type SeenMetric = {
  name: string
  unit: string
  description: string
  kind: 'counter' | 'updown' | 'gauge'
  points: SeenPoint[]
}
export type SeenResource = { attributes: Record<string, string>; metrics: Map<string, SeenMetric> }

export type TestContext = Omit<CollectorContext, 'settings'> & {
  chunks: Chunk[]
  /** What the sink answers from now on. */
  accept: boolean
  /** Runs what is due, as time passing would. */
  tick(): void
}

export function metricsContext(host_root = '/', now_ms = Date.now): TestContext {
  const runs = new Set<() => void>()
  const context: TestContext = {
    chunks: [],
    accept: true,
    tick: () => {
      for (const run of runs) run()
    },
    agent: { id: 'agent', kind: 'host', cluster: '', node: '', version: '1.0.0' },
    sink: {
      async put(chunk) {
        if (context.accept) context.chunks.push(chunk)
        return context.accept
      },
      position: () => undefined,
      positions: () => new Map(),
      forget: () => {},
    },
    cluster: undefined,
    host_root,
    log: pino({ level: 'silent' }),
    now_ms,
    every(_interval_ms, run) {
      runs.add(run)
      return () => runs.delete(run)
    },
  }
  return context
}

function attributesOf(pairs: Plain[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (pairs ?? []).map(({ key, value }) => [key, String(Object.values(value ?? {})[0] ?? '')]),
  )
}

const milliseconds = (text: string | undefined) => Number(BigInt(text ?? '0') / 1_000_000n)

function seenMetric(metric: Plain): SeenMetric {
  const { name, unit = '', description = '', sum, gauge } = metric
  return {
    name,
    unit,
    description,
    kind: sum === undefined ? 'gauge' : sum.isMonotonic === true ? 'counter' : 'updown',
    points: (sum ?? gauge).dataPoints.map((point: Plain) => ({
      value: point.asDouble ?? Number(point.asInt),
      attributes: attributesOf(point.attributes),
      start_ms: milliseconds(point.startTimeUnixNano),
      time_ms: milliseconds(point.timeUnixNano),
    })),
  }
}

export function seenResources(chunk: Chunk): SeenResource[] {
  return (decode('MetricsData', chunk.body).resourceMetrics ?? []).map((one: Plain) => ({
    attributes: attributesOf(one.resource?.attributes),
    metrics: new Map<string, SeenMetric>(
      one.scopeMetrics[0].metrics.map((metric: Plain) => [metric.name, seenMetric(metric)]),
    ),
  }))
}

/** Waits for what comes from another process; fails after half a minute. */
export async function eventually<Value>(look: () => Value | undefined): Promise<Value> {
  const until_ms = Date.now() + 30_000
  for (;;) {
    const value = look()
    if (value !== undefined) return value
    if (Date.now() > until_ms) throw new Error('it did not happen within 30 s')
    await new Promise((done) => setTimeout(done, 20))
  }
}
