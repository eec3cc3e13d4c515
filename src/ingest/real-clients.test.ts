/**
 * The OpenTelemetry JS SDK, unmodified, over every transport: what it sends is what reaches the
 * segments.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../test/ingest/certificates.ts'
import {
  type Exporters,
  type ExportTo,
  makeExporters,
  sendLogs,
  sendMetrics,
  sendSpans,
  type Transport,
  transports,
} from '../../test/ingest/otel-sdk.ts'
import type { Row } from '../../test/ingest/read-rows.ts'
import { openRig, type Rig, until } from '../../test/ingest/rig.ts'
import { Fault } from '../model/faults.ts'

const cases = transports.flatMap((transport) =>
  [false, true].map((gzip) => ({ transport, gzip, name: `${transport}${gzip ? ' gzip' : ''}` })),
)
let rig: Rig
afterEach(async () => {
  const { listeners } = rig.listeners.stats()
  await rig.close()
  expect(rig.logged).toEqual([])
  expect(listeners.some(({ requests }) => requests > 0)).toBe(true)
})

function exportersTo(transport: Transport, to: Omit<ExportTo, 'address'>): Exporters {
  const address = rig.address(transport === 'grpc' ? 'otlp_grpc' : 'otlp_http')
  return makeExporters(transport, { address, ...to })
}

describe.each(cases)('$name', ({ transport, gzip }) => {
  let exporters: Exporters
  beforeEach(async () => {
    rig = await openRig()
    exporters = exportersTo(transport, { gzip })
  })

  test('logs, with a structured body and an event name', async () => {
    await sendLogs(exporters.logs)
    const [failed, placed] = rig.segments.rows('logs')
    expect(failed).toMatchObject({
      service: 'checkout',
      namespace: 'shop',
      pod: 'checkout-7d4b-x2x9z',
      scope: 'orders',
      severity_number: 17,
      severity_text: 'ERROR',
      body: 'payment failed: card declined 💳',
      attributes: { 'order.id': 'o-17', retried: 'true', amounts: '[1.5,2]' },
      numbers: { attempt: 3 },
    })
    expect(placed).toMatchObject({ event_name: 'order.placed', severity_number: 9 })
    const body = { order: { id: 'o-18', lines: [{ sku: 'a', count: 2 }] } }
    expect(JSON.parse(String(placed!.body))).toEqual(body)
  })

  test('spans, with events, links, status and parent', async () => {
    const { root, child } = await sendSpans(exporters.traces)
    const spans = rig.segments.rows('spans')
    const named = (name: string) => spans.find((span) => span.name === name)
    expect(spans.length).toBe(2)
    expect(named('POST /checkout')).toMatchObject({
      service: 'checkout',
      trace_id: root.traceId,
      span_id: root.spanId,
      parent_span_id: '0000000000000000',
      kind: 'server',
      status: 'unset',
      http_status_code: 502,
    })
    expect(named('SELECT orders')).toMatchObject({
      trace_id: root.traceId,
      span_id: child.spanId,
      parent_span_id: root.spanId,
      kind: 'client',
      status: 'error',
      status_message: 'deadlock',
      peer_kind: 'database',
      peer_system: 'postgresql',
      'events.name': ['row locked', 'exception'],
      'links.trace_id': [root.traceId],
      'links.span_id': [root.spanId],
      'links.attributes': [{ why: 'follows' }],
    })
    const exception = (named('SELECT orders')!['events.attributes'] as Row[])[1]
    expect(exception).toMatchObject({ 'exception.message': 'deadlock detected' })
  })

  test('metrics of every kind', async () => {
    await sendMetrics(exporters.metrics)
    const series = new Map(rig.segments.rows('metric_series').map((row) => [row.metric, row]))
    const f = (metric: string, kind: string, more: Row) =>
      expect(series.get(metric)).toMatchObject({ service: 'checkout', metric, kind, ...more })
    f('queue.depth', 'gauge', { unit: '{orders}', attributes: { queue: 'payments' } })
    f('orders', 'sum', { monotonic: true, temporality: 'cumulative', attributes: { region: 'eu' } })
    f('sessions', 'sum', { monotonic: false })
    f('request.duration', 'histogram', { unit: 'ms', temporality: 'cumulative' })
    f('payload.size', 'exponential_histogram', { unit: 'By' })
    const samples = rig.segments.rows('metric_samples')
    const value = (metric: string) => samples.find((row) => row.metric === metric)?.value
    expect([value('queue.depth'), value('orders'), value('sessions')]).toEqual([7, 5, -2])
    const histograms = new Map(
      rig.segments.rows('metric_histograms').map((row) => [row.metric, row]),
    )
    expect(histograms.get('request.duration')).toMatchObject({
      count: 4n,
      sum: 5106,
      minimum: 5,
      maximum: 5000,
      bounds: [10, 100, 1000],
      bucket_counts: [1n, 2n, 0n, 1n],
    })
    const size = histograms.get('payload.size')!
    expect(size).toMatchObject({ count: 4n, sum: 7, zero_count: 1n, minimum: 0, maximum: 4 })
    const positive = (size.positive_counts as bigint[]).reduce((sum, count) => sum + count, 0n)
    expect(positive).toBe(3n)
  })
})

describe.each(transports)('%s', (transport) => {
  test('sends a token, and a refusal is told apart from success', async () => {
    rig = await openRig()
    rig.tokens.set('right', { token_id: 't1', cluster: 'prod-eu' })
    await sendLogs(exportersTo(transport, { gzip: false, token: 'wrong' }).logs)
    expect(rig.segments.appended).toEqual([])
    await sendLogs(exportersTo(transport, { gzip: false, token: 'right' }).logs)
    expect(rig.segments.rows('logs').map(({ cluster }) => cluster)).toEqual(['prod-eu', 'prod-eu'])
  })

  test('over TLS', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'crowsnest-clients-'))
    try {
      const { cert, key } = makeCertificate('server', undefined, true)
      const tls = { cert_file: join(dir, 'cert.pem'), key_file: join(dir, 'key.pem') }
      writeFileSync(tls.cert_file, cert)
      writeFileSync(tls.key_file, key)
      rig = await openRig({ tls })
      await sendLogs(exportersTo(transport, { gzip: true, ca: cert }).logs)
      expect(rig.segments.count()).toBe(2)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
})

// The SDK's gRPC exporter never sends again, whatever it is told; other languages' exporters do.
test.each(['http/protobuf', 'http/json'] as const)(
  '%s comes again when told to',
  async (transport) => {
    rig = await openRig()
    rig.segments.failsWith = new Fault('ingest_busy', { buffered_bytes: 1, retry_after_s: 1 })
    const sending = sendLogs(exportersTo(transport, { gzip: false }).logs)
    const refused = () => rig.listeners.stats().listeners[0]!.refused.ingest_busy
    await until('it is refused', () => refused() === 1)
    rig.segments.failsWith = undefined
    rig.clock.advance(1_000)
    await sending
    expect(rig.segments.count()).toBe(2)
  },
)
