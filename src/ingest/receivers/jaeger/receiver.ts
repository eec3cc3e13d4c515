/** Jaeger's collector as its clients and agents speak it: thrift over HTTP, and gRPC. */
import { Fault } from '../../../model/faults.ts'
import { retryAfterOf } from '../../../wire/grpc/status.ts'
import type { HttpCall, HttpReply, Receiver } from '../../receiver.ts'
import { decodeJaegerProtobuf, decodeJaegerThrift } from './decode.ts'

const traces_path = '/api/traces'
const text = 'text/plain; charset=utf-8'
const nothing = new Uint8Array(0)
/** The protocol within is told by its first byte, whatever it is called. */
const mediaTypes = [
  'application/x-thrift',
  'application/vnd.apache.thrift.binary',
  'application/vnd.apache.thrift.compact',
]

async function answer(call: HttpCall): Promise<HttpReply> {
  if (call.method !== 'POST') {
    throw new Fault('method_unsupported', { expected: 'POST', got: call.method })
  }
  if (!mediaTypes.includes(call.media_type)) {
    const expected = mediaTypes.slice(0, 2).join(' or ')
    throw new Fault('content_type_unsupported', { expected, got: call.media_type || 'none' })
  }
  const outcome = await call.take('traces', decodeJaegerThrift, await call.body())
  const { accepted, rejected, message } = outcome
  if (rejected === 0) return { status: 202, headers: {}, body: nothing }
  return reply(accepted > 0 ? 202 : 400, `${message}\n`)
}

function refused(fault: Fault): HttpReply {
  const answered = reply(fault.status, `${fault.message} ${fault.answer().do}\n`)
  const retry_after_s = retryAfterOf(fault)
  if (retry_after_s !== undefined) answered.headers['retry-after'] = String(retry_after_s)
  if (fault.code === 'method_unsupported') answered.headers.allow = 'POST'
  return answered
}

function reply(status: number, body: string): HttpReply {
  return { status, headers: { 'content-type': text }, body: Buffer.from(body) }
}

export const jaeger: Receiver = {
  name: 'jaeger',
  grpc: {
    listener: 'otlp_grpc',
    methods: [
      {
        path: '/jaeger.api_v2.CollectorService/PostSpans',
        signal: 'traces',
        decode: decodeJaegerProtobuf,
        // PostSpansResponse has no fields.
        accepted: () => nothing,
      },
    ],
  },
  services: [
    {
      mounts: [
        { listener: 'otlp_http', under: '' },
        { listener: 'ui', under: '' },
      ],
      serves: (method, path) => path === traces_path && method !== 'GET' && method !== 'HEAD',
      answer,
      refused,
    },
  ],
}
