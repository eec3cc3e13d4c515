/**
 * A sink that keeps the metrics it is given as flat points, read by an independent protobuf
 * library, and a server that answers scrapes with whatever text it is told.
 */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Chunk, Sink } from '../../src/agent/collector.ts'
import { decode } from '../wire/otlp-proto.ts'

export type CollectedPoint = {
  metric: string
  kind: string
  unit: string
  resource: Record<string, string>
  labels: Record<string, string>
  time_ms: number
  start_ms: number
  /** A number, a whole distribution, or the word stale. */
  value: unknown
  exemplars: unknown[]
}

export class CollectedMetrics implements Sink {
  points: CollectedPoint[] = []
  chunks: Chunk[] = []
  isFull = false

  async put(chunk: Chunk, options?: { wait?: boolean }): Promise<boolean> {
    if (options?.wait !== false) throw new Error('metrics must not wait')
    if (this.isFull) return false
    this.chunks.push(chunk)
    const points = readPoints(chunk.body)
    if (points.length !== chunk.records) {
      throw new Error(`${chunk.records} records told, ${points.length} found`)
    }
    this.points.push(...points)
    return true
  }

  take(): CollectedPoint[] {
    const points = this.points
    this.points = []
    return points
  }

  /** `name{a="b"}` to value, of what was given since the last take. */
  values(): Record<string, unknown> {
    return Object.fromEntries(this.take().map((point) => [spelled(point), point.value]))
  }

  position(): undefined {}
  positions(): ReadonlyMap<string, string> {
    return new Map()
  }
  forget(): void {}
}

export function spelled({ metric, labels }: { metric: string; labels: object }): string {
  const all = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${metric}{${all.map(([name, value]) => `${name}="${value}"`).join(',')}}`
}

// biome-ignore lint/suspicious/noExplicitAny: what protobufjs answers has no shape of its own
type Plain = any

const ms = (nanoseconds: string | undefined) => Number(BigInt(nanoseconds ?? 0) / 1_000_000n)
const pairs = (all: Plain[] = []): Record<string, string> =>
  Object.fromEntries(all.map(({ key, value }) => [key ?? '', value?.stringValue ?? '']))

export function readPoints(body: Uint8Array): CollectedPoint[] {
  const points: CollectedPoint[] = []
  const data = decode('MetricsData', body) as Plain
  for (const { resource, scopeMetrics } of data.resourceMetrics ?? []) {
    for (const metric of scopeMetrics[0].metrics ?? []) {
      const kind = ['gauge', 'sum', 'histogram', 'summary'].find((word) => metric[word])!
      const { dataPoints, isMonotonic } = metric[kind]
      for (const point of dataPoints) {
        points.push({
          metric: metric.name,
          kind: kind === 'sum' && isMonotonic ? 'counter' : kind,
          unit: metric.unit ?? '',
          resource: pairs(resource?.attributes),
          labels: pairs(point.attributes),
          time_ms: ms(point.timeUnixNano),
          start_ms: ms(point.startTimeUnixNano),
          value: (point.flags ?? 0) === 1 ? 'stale' : readValue(kind, point),
          exemplars: point.exemplars ?? [],
        })
      }
    }
  }
  return points
}

function readValue(kind: string, point: Plain): unknown {
  if (kind === 'histogram') {
    const { explicitBounds = [], bucketCounts = [], sum, count } = point
    const counts = bucketCounts.map(Number)
    return { bounds: explicitBounds, counts, sum, count: Number(count) }
  }
  if (kind === 'summary') {
    const { quantileValues = [], sum = 0, count } = point
    const quantiles = quantileValues.map((one: Plain) => [one.quantile ?? 0, one.value ?? 0])
    return { quantiles, sum, count: Number(count ?? 0) }
  }
  return Number(point.asDouble ?? 0)
}

export type Answer = { status?: number; type?: string; body: string }

/** Answers each path with what it is set to; counts and keeps what was asked. */
export class ExpositionServer {
  readonly answers = new Map<string, Answer | (() => Promise<Answer>)>()
  readonly asked: { path: string; headers: http.IncomingHttpHeaders }[] = []
  readonly #server: http.Server

  constructor() {
    this.#server = http.createServer((request, response) => {
      const path = request.url ?? ''
      this.asked.push({ path, headers: request.headers })
      void this.#answer(path).then(({ status = 200, type = 'text/plain', body }) => {
        response.writeHead(status, { 'content-type': type, 'content-encoding': 'gzip' })
        response.end(gzipSync(body))
      })
    })
  }

  async #answer(path: string): Promise<Answer> {
    const answer = this.answers.get(path) ?? { status: 404, body: 'not here' }
    return typeof answer === 'function' ? await answer() : answer
  }

  set(path: string, body: string, type = 'text/plain; version=0.0.4'): void {
    this.answers.set(path, { body, type })
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
