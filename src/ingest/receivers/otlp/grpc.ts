/** OTLP over gRPC: three services with one unary method each. */
import { decodeOtlpLogs } from '../../../wire/otlp/logs.ts'
import { decodeOtlpMetrics } from '../../../wire/otlp/metrics.ts'
import { decodeOtlpTraces } from '../../../wire/otlp/traces.ts'
import type { Decode, GrpcMethod, Signal } from '../../receiver.ts'
import { decodeLogsThroughPipelines } from '../../records/otlp-pipelines.ts'
import { withEventLines } from '../security/event-lines.ts'
import { exportResponse } from './responses.ts'

export const otlpMethods: readonly GrpcMethod[] = [
  method(
    'logs',
    'logs.v1.LogsService',
    withEventLines((body, context, batch) =>
      decodeLogsThroughPipelines(body, context, batch, decodeOtlpLogs),
    ),
  ),
  method('traces', 'trace.v1.TraceService', decodeOtlpTraces),
  method('metrics', 'metrics.v1.MetricsService', decodeOtlpMetrics),
]

function method(signal: Signal, service: string, decode: Decode): GrpcMethod {
  const path = `/opentelemetry.proto.collector.${service}/Export`
  return { path, signal, decode, accepted: exportResponse }
}
