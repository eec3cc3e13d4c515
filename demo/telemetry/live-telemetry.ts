/** A pod's own providers of the OpenTelemetry SDK, exporting over its service's transport. */
import {
  type Attributes,
  type Counter,
  type Gauge,
  type Histogram,
  type Meter,
  type Observable,
  type SpanContext,
  ValueType,
} from '@opentelemetry/api'
import { OTLPLogExporter as LogsGrpc } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPLogExporter as LogsJson } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as LogsProto } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as MetricsGrpc } from '@opentelemetry/exporter-metrics-otlp-grpc'
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as MetricsJson,
} from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as MetricsProto } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as TracesGrpc } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as TracesJson } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as TracesProto } from '@opentelemetry/exporter-trace-otlp-proto'
import type { Resource } from '@opentelemetry/resources'
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
import { ExemplarExporter, Exemplars } from './exemplars.ts'
import { instruments, type MetricName, observedNames } from './instruments.ts'
import type { Observe, Telemetry } from './telemetry.ts'

/** Where telemetry goes. gRPC services send over HTTP where no gRPC address is given. */
export type Destination = {
  http_url: string
  grpc_address?: string | undefined
  /** From which HTTP connections come: a pod's own, by which its node knows it. */
  local_address?: string | undefined
  /** Every service sends JSON: for a receiver that reads nothing else. */
  json_only?: true
}
export type Sending = {
  transport: 'proto' | 'grpc' | 'json'
  delta: boolean
  exemplars: boolean
}
export type Exporters = {
  spans: SpanExporter
  logs: LogRecordExporter
  metrics: PushMetricExporter
  exemplars?: Exemplars
}

const spans_delay_ms = 2500
const logs_delay_ms = 1500
const metrics_interval_ms = 15_000

export function exportersFor(to: Destination, sending: Sending): Exporters {
  const { local_address } = to
  const from = local_address && { httpAgentOptions: { localAddress: local_address } }
  const url = (signal: string) => ({ url: `${to.http_url}/v1/${signal}`, ...from })
  const temporality = sending.delta
    ? { temporalityPreference: AggregationTemporalityPreference.DELTA }
    : {}
  const transport = to.json_only === true ? 'json' : sending.transport
  const exporters = ((): Exporters => {
    if (transport === 'grpc' && to.grpc_address !== undefined) {
      const address = { url: `http://${to.grpc_address}` }
      const metrics = new MetricsGrpc({ ...address, ...temporality })
      return { spans: new TracesGrpc(address), logs: new LogsGrpc(address), metrics }
    }
    if (transport === 'json') {
      const metrics = new MetricsJson({ ...url('metrics'), ...temporality })
      return { spans: new TracesJson(url('traces')), logs: new LogsJson(url('logs')), metrics }
    }
    const metrics = new MetricsProto({ ...url('metrics'), ...temporality })
    return { spans: new TracesProto(url('traces')), logs: new LogsProto(url('logs')), metrics }
  })()
  if (!sending.exemplars) return exporters
  const exemplars = new Exemplars()
  return { ...exporters, metrics: new ExemplarExporter(url('metrics').url, exemplars), exemplars }
}

export type LiveOptions = {
  resource: Resource
  scope: { name: string; version: string }
  exporters: Exporters
  observe: Observe
  now_ms: () => number
}

export function liveTelemetry(options: LiveOptions): Telemetry {
  const { resource, exporters, scope } = options
  const spans = new TracerProvider({
    resource,
    spanProcessors: [
      new BatchSpanProcessor({ exporter: exporters.spans, scheduledDelayMillis: spans_delay_ms }),
    ],
  })
  const logs = new LoggerProvider({
    resource,
    processors: [
      new BatchLogRecordProcessor({
        exporter: exporters.logs,
        scheduledDelayMillis: logs_delay_ms,
      }),
    ],
  })
  const meters = new MeterProvider({ resource, views, readers: [reader(exporters.metrics)] })
  const meter = meters.getMeter(scope.name, scope.version)
  observeAll(meter, options)
  const record = recorder(meter)
  return {
    tracer: spans.getTracer(scope.name, scope.version),
    logger: logs.getLogger(scope.name, scope.version),
    record(metric, value, attributes, { time_ms, span }) {
      record(metric, value, attributes)
      if (span !== undefined && exporters.exemplars !== undefined) {
        offer(exporters.exemplars, metric, attributes, value, time_ms, span)
      }
    },
    async close() {
      await Promise.allSettled([spans.shutdown(), logs.shutdown(), meters.shutdown()])
    },
  }
}

const views = Object.entries(instruments)
  .filter(([, { kind }]) => kind === 'exponential')
  .map(([instrumentName]) => ({
    instrumentName,
    aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 80 } } as const,
  }))

function reader(exporter: PushMetricExporter): PeriodicExportingMetricReader {
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: metrics_interval_ms,
    exportTimeoutMillis: 10_000,
  })
}

function offer(
  exemplars: Exemplars,
  metric: MetricName,
  attributes: Attributes,
  value: number,
  time_ms: number,
  span: SpanContext,
): void {
  const { kind } = instruments[metric]
  if (kind === 'histogram' || kind === 'exponential') {
    exemplars.offer(metric, attributes, value, { time_ms, span })
  }
}

type Recorder = (metric: MetricName, value: number, attributes: Attributes) => void

/** Instruments are made when they are first used: a service has only those it records. */
function recorder(meter: Meter): Recorder {
  const made = new Map<string, (value: number, attributes: Attributes) => void>()
  return (metric, value, attributes) => {
    let add = made.get(metric)
    if (add === undefined) {
      add = instrument(meter, metric)
      made.set(metric, add)
    }
    add(value, attributes)
  }
}

function instrument(meter: Meter, name: MetricName) {
  const { kind, unit, description, bounds } = instruments[name]
  const about = { unit, description, valueType: ValueType.DOUBLE }
  const adds = (made: Counter | { add: Counter['add'] }) => made.add.bind(made)
  const records = (made: Histogram | Gauge) => made.record.bind(made)
  if (kind === 'counter') return adds(meter.createCounter(name, about))
  if (kind === 'up_down_counter') return adds(meter.createUpDownCounter(name, about))
  if (kind === 'gauge') return records(meter.createGauge(name, about))
  const advice = bounds === undefined ? {} : { explicitBucketBoundaries: [...bounds] }
  return records(meter.createHistogram(name, { ...about, advice }))
}

function observeAll(meter: Meter, options: LiveOptions): void {
  const made = new Map<string, Observable>()
  for (const name of observedNames) {
    const { kind, unit, description } = instruments[name]
    const about = { unit, description }
    if (kind === 'counter') made.set(name, meter.createObservableCounter(name, about))
    else if (kind === 'gauge') made.set(name, meter.createObservableGauge(name, about))
    else made.set(name, meter.createObservableUpDownCounter(name, about))
  }
  meter.addBatchObservableCallback(
    (result) => {
      for (const { metric, value, attributes } of options.observe(options.now_ms())) {
        result.observe(made.get(metric)!, value, attributes)
      }
    },
    [...made.values()],
  )
}
