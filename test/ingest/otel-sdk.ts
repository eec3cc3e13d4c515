/**
 * A program instrumented with the real OpenTelemetry SDK: exporters of every transport, one of
 * everything sent.
 */
import { credentials, Metadata } from '@grpc/grpc-js'
import {
  context,
  ROOT_CONTEXT,
  SeverityNumber,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { OTLPLogExporter as GrpcLogs } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as GrpcMetrics } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as GrpcTraces } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchLogRecordProcessor,
  LoggerProvider,
  type LogRecordExporter,
} from '@opentelemetry/sdk-logs'
import {
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'

export const transports = ['grpc', 'http/protobuf', 'http/json'] as const
export type Transport = (typeof transports)[number]
export type Exporters = {
  logs: LogRecordExporter
  traces: SpanExporter
  metrics: PushMetricExporter
}
export type ExportTo = { address: string; gzip: boolean; token?: string; ca?: string }

type GrpcOptions = NonNullable<ConstructorParameters<typeof GrpcTraces>[0]>

export function makeExporters(transport: Transport, to: ExportTo): Exporters {
  // The option is an enum of a package that is not ours to import; its values are plain words.
  const compression = (to.gzip ? 'gzip' : 'none') as unknown as GrpcOptions['compression'] & string
  if (transport === 'grpc') {
    const metadata = new Metadata()
    if (to.token) metadata.set('authorization', `Bearer ${to.token}`)
    const secure = to.ca ? { credentials: credentials.createSsl(Buffer.from(to.ca)) } : {}
    const options = {
      url: `http${to.ca ? 's' : ''}://${to.address}`,
      compression,
      metadata,
      ...secure,
    }
    return {
      logs: new GrpcLogs(options),
      traces: new GrpcTraces(options),
      metrics: new GrpcMetrics(options),
    }
  }
  const options = (signal: string) => ({
    url: `http${to.ca ? 's' : ''}://${to.address}/v1/${signal}`,
    compression,
    headers: to.token ? { 'api-key': to.token } : {},
    ...(to.ca ? { httpAgentOptions: { ca: to.ca } } : {}),
  })
  return transport === 'http/json'
    ? {
        logs: new JsonLogs(options('logs')),
        traces: new JsonTraces(options('traces')),
        metrics: new JsonMetrics(options('metrics')),
      }
    : {
        logs: new ProtobufLogs(options('logs')),
        traces: new ProtobufTraces(options('traces')),
        metrics: new ProtobufMetrics(options('metrics')),
      }
}

const resource = resourceFromAttributes({
  'service.name': 'checkout',
  'k8s.namespace.name': 'shop',
  'k8s.pod.name': 'checkout-7d4b-x2x9z',
  'k8s.container.restart_count': '0',
})

export async function sendLogs(exporter: LogRecordExporter): Promise<void> {
  const provider = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter })],
  })
  const logger = provider.getLogger('orders', '1.2.3')
  logger.emit({
    severityNumber: SeverityNumber.ERROR,
    severityText: 'ERROR',
    body: 'payment failed: card declined 💳',
    attributes: { 'order.id': 'o-17', attempt: 3, retried: true, amounts: [1.5, 2] },
  })
  logger.emit({
    eventName: 'order.placed',
    severityNumber: SeverityNumber.INFO,
    body: { order: { id: 'o-18', lines: [{ sku: 'a', count: 2 }] } },
  })
  await provider.forceFlush()
  await provider.shutdown()
}

/** Answers the ids that were given to the spans. */
export async function sendSpans(exporter: SpanExporter) {
  const provider = new TracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('checkout', '2.0.0')
  const root = tracer.startSpan('POST /checkout', { kind: SpanKind.SERVER }, ROOT_CONTEXT)
  root.setAttributes({ 'http.request.method': 'POST', 'http.response.status_code': 502 })
  const inRoot = trace.setSpan(context.active(), root)
  const links = [{ context: root.spanContext(), attributes: { why: 'follows' } }]
  const child = tracer.startSpan('SELECT orders', { kind: SpanKind.CLIENT, links }, inRoot)
  child.setAttribute('db.system.name', 'postgresql')
  child.addEvent('row locked', { 'lock.wait_ms': 12.5 })
  child.recordException(new Error('deadlock detected'))
  child.setStatus({ code: SpanStatusCode.ERROR, message: 'deadlock' })
  child.end()
  root.end()
  await provider.forceFlush()
  await provider.shutdown()
  return { root: root.spanContext(), child: child.spanContext() }
}

export async function sendMetrics(exporter: PushMetricExporter): Promise<void> {
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({
    resource,
    readers: [reader],
    views: [
      {
        instrumentName: 'payload.size',
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
      },
    ],
  })
  const meter = provider.getMeter('checkout')
  meter.createGauge('queue.depth', { unit: '{orders}' }).record(7, { queue: 'payments' })
  meter.createCounter('orders', { description: 'Orders placed.' }).add(5, { region: 'eu' })
  meter.createUpDownCounter('sessions').add(-2)
  const advice = { explicitBucketBoundaries: [10, 100, 1000] }
  const duration = meter.createHistogram('request.duration', { unit: 'ms', advice })
  for (const ms of [5, 50, 51, 5000]) duration.record(ms)
  const size = meter.createHistogram('payload.size', { unit: 'By' })
  for (const bytes of [1, 2, 4, 0]) size.record(bytes)
  await provider.forceFlush()
  await provider.shutdown()
}
