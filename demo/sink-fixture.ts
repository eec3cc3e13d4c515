/** A tiny OTLP/HTTP JSON receiver for tests: keeps what it gets, flattened, and refuses nothing. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Value = { stringValue?: string; intValue?: string | number; doubleValue?: number }
type KeyValue = { key: string; value: Value }
type Resource = { attributes: KeyValue[] }
type WireSpan = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  status?: { code?: number }
  attributes: KeyValue[]
}
type WireLog = { traceId?: string; severityText?: string; body?: Value; eventName?: string }
type Point = { exemplars?: object[]; count?: string }
type WireMetric = {
  name: string
  unit: string
  sum?: { dataPoints: Point[]; aggregationTemporality: number }
  gauge?: { dataPoints: Point[] }
  histogram?: { dataPoints: Point[]; aggregationTemporality: number }
  exponentialHistogram?: { dataPoints: Point[] }
}

export type Named<What> = What & { resource: Record<string, unknown> }

/** Attributes as a plain object. */
export function plain(list: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]))
}

export async function openSink() {
  const spans: Named<WireSpan>[] = []
  const logs: Named<WireLog>[] = []
  const metrics: Named<WireMetric>[] = []
  const read = (body: Request) => {
    for (const { resource, scopeSpans } of body.resourceSpans ?? []) {
      const of = { resource: plain(resource.attributes) }
      for (const { spans: some } of scopeSpans)
        spans.push(...some.map((one) => ({ ...one, ...of })))
    }
    for (const { resource, scopeLogs } of body.resourceLogs ?? []) {
      const of = { resource: plain(resource.attributes) }
      for (const { logRecords } of scopeLogs)
        logs.push(...logRecords.map((one) => ({ ...one, ...of })))
    }
    for (const { resource, scopeMetrics } of body.resourceMetrics ?? []) {
      const of = { resource: plain(resource.attributes) }
      for (const { metrics: some } of scopeMetrics) {
        metrics.push(...some.map((one) => ({ ...one, ...of })))
      }
    }
  }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    read(JSON.parse(text) as Request)
    response.setHeader('content-type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () => {
    server.closeAllConnections()
    return new Promise((done) => server.close(done))
  }
  return { url, spans, logs, metrics, close }
}

type Request = {
  resourceSpans?: { resource: Resource; scopeSpans: { spans: WireSpan[] }[] }[]
  resourceLogs?: { resource: Resource; scopeLogs: { logRecords: WireLog[] }[] }[]
  resourceMetrics?: { resource: Resource; scopeMetrics: { metrics: WireMetric[] }[] }[]
}

/** Waits for something that comes soon, and says so where it does not. */
export async function until(what: string, isTrue: () => boolean, patience_ms = 20_000) {
  const deadline_ms = Date.now() + patience_ms
  while (!isTrue()) {
    if (Date.now() > deadline_ms) throw new Error(`not within ${patience_ms}ms: ${what}`)
    await new Promise((wake) => setTimeout(wake, 25))
  }
}
