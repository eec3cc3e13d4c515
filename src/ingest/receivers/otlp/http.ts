/** OTLP over HTTP: protobuf and JSON on the same paths; an answer speaks the request's encoding. */
import type { Fault } from '../../../model/faults.ts'
import { retryAfterOf, statusJson, statusMessage } from '../../../wire/grpc/status.ts'
import {
  decodeOtlpLogsJson,
  decodeOtlpMetricsJson,
  decodeOtlpTracesJson,
} from '../../../wire/otlp/json.ts'
import { decodeOtlpLogs } from '../../../wire/otlp/logs.ts'
import { decodeOtlpMetrics } from '../../../wire/otlp/metrics.ts'
import { decodeOtlpTraces } from '../../../wire/otlp/traces.ts'
import type { Decode, HttpReply, HttpRoute, OtlpSignal } from '../../receiver.ts'
import { decodeLogsThroughPipelines } from '../../records/otlp-pipelines.ts'
import { withEventLines } from '../security/event-lines.ts'
import { exportResponse, exportResponseJson } from './responses.ts'

const protobuf = 'application/x-protobuf'
const json = 'application/json'

export const otlpRoutes: readonly HttpRoute[] = [
  route('logs', throughPipelines(decodeOtlpLogs), throughPipelines(decodeOtlpLogsJson)),
  route('traces', decodeOtlpTraces, decodeOtlpTracesJson),
  route('metrics', decodeOtlpMetrics, decodeOtlpMetricsJson),
]

function throughPipelines(decode: typeof decodeOtlpLogs): Decode {
  return withEventLines((body, context, batch) =>
    decodeLogsThroughPipelines(body, context, batch, decode),
  )
}

function route(signal: OtlpSignal, fromProtobuf: Decode, fromJson: Decode): HttpRoute {
  return {
    path: `/v1/${signal}`,
    signal,
    formats: { [protobuf]: fromProtobuf, [json]: fromJson },
    accepted(outcome, mediaType) {
      if (mediaType === protobuf) return reply(200, protobuf, exportResponse(outcome))
      return reply(200, json, Buffer.from(exportResponseJson(outcome, signal)))
    },
    refused,
  }
}

function refused(fault: Fault, mediaType: string): HttpReply {
  const answer =
    mediaType === protobuf
      ? reply(fault.status, protobuf, statusMessage(fault))
      : reply(fault.status, json, Buffer.from(statusJson(fault)))
  const retry_after_s = retryAfterOf(fault)
  if (retry_after_s !== undefined) answer.headers['retry-after'] = String(retry_after_s)
  return answer
}

function reply(status: number, mediaType: string, body: Uint8Array): HttpReply {
  return { status, headers: { 'content-type': mediaType }, body }
}
