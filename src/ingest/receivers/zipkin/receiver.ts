/** Zipkin's collector as its reporters speak it. Asking for traces is another API. */
import { Fault } from '../../../model/faults.ts'
import { retryAfterOf } from '../../../wire/grpc/status.ts'
import type { Decode, HttpCall, HttpReply, Receiver } from '../../receiver.ts'
import { decodeZipkinJson, decodeZipkinJsonV1, decodeZipkinProtobuf } from './decode.ts'

const text = 'text/plain; charset=utf-8'
const nothing = new Uint8Array(0)
const json = 'application/json'
const protobuf = 'application/x-protobuf'

/** Paths, with what each takes; without a content type it is JSON. */
const paths: ReadonlyMap<string, Readonly<Record<string, Decode>>> = new Map([
  [
    '/api/v2/spans',
    { '': decodeZipkinJson, [json]: decodeZipkinJson, [protobuf]: decodeZipkinProtobuf },
  ],
  ['/api/v1/spans', { '': decodeZipkinJsonV1, [json]: decodeZipkinJsonV1 }],
])

async function answer(call: HttpCall): Promise<HttpReply> {
  if (call.method !== 'POST') {
    throw new Fault('method_unsupported', { expected: 'POST', got: call.method })
  }
  const formats = paths.get(call.path)!
  const { media_type } = call
  const decode = Object.hasOwn(formats, media_type) ? formats[media_type] : undefined
  if (decode === undefined) {
    const expected = Object.keys(formats).filter(Boolean).join(' or ')
    throw new Fault('content_type_unsupported', { expected, got: media_type })
  }
  const outcome = await call.take('traces', decode, await call.body())
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

export const zipkin: Receiver = {
  name: 'zipkin',
  services: [
    {
      mounts: [
        { listener: 'otlp_http', under: '' },
        { listener: 'ui', under: '' },
      ],
      serves: (_method, path) => paths.has(path),
      answer,
      refused,
    },
  ],
}
