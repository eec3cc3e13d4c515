/** What agents tell of a cluster: objects, events and coverage as lines of JSON, over HTTP. */
import type { Fault } from '../../../model/faults.ts'
import { retryAfterOf } from '../../../wire/grpc/status.ts'
import { decodeAgentCoverage } from '../../../wire/kubernetes/coverage.ts'
import { decodeKubernetesEvents } from '../../../wire/kubernetes/events.ts'
import { decodeKubernetesObjects } from '../../../wire/kubernetes/objects.ts'
import type { Decode, HttpReply, HttpRoute, Receiver, Signal } from '../../receiver.ts'

const lines = 'application/x-ndjson'

export const kubernetes: Receiver = {
  name: 'kubernetes',
  http: {
    listener: 'otlp_http',
    routes: [
      route('objects', decodeKubernetesObjects),
      route('events', decodeKubernetesEvents),
      route('coverage', decodeAgentCoverage),
    ],
  },
}

/** Lines that were not stored are told and not asked for again: 200, as OTLP's partial success. */
function route(signal: Signal, decode: Decode): HttpRoute {
  return {
    path: `/v1/kubernetes/${signal}`,
    signal,
    formats: { [lines]: decode },
    accepted: ({ rejected, reasons, message }) =>
      reply(200, rejected === 0 ? {} : { rejected, reasons, message }),
    refused,
  }
}

function refused(fault: Fault): HttpReply {
  const answer = reply(fault.status, fault.answer())
  const retry_after_s = retryAfterOf(fault)
  if (retry_after_s !== undefined) answer.headers['retry-after'] = String(retry_after_s)
  return answer
}

function reply(status: number, said: object): HttpReply {
  const headers = { 'content-type': 'application/json' }
  return { status, headers, body: Buffer.from(JSON.stringify(said)) }
}
