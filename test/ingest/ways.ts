/** Every way into the product, receiver by transport by signal, sent to and understood alike. */
import zlib from 'node:zlib'
import type { ListenerName, OtlpSignal, Receiver, Signal } from '../../src/ingest/receiver.ts'
import { receivers } from '../../src/ingest/receivers.ts'
import { kubernetesSample } from './kubernetes-samples.ts'
import { otlpSample, type Sample } from './otlp-samples.ts'
import type { Rig } from './rig.ts'
import { type Answer, connectGrpc, grpcFrame, sendGrpc, sendHttp } from './senders.ts'

export type Letter = {
  body: Uint8Array
  /** Named in the header; the body is compressed by `compressed` below, or is not. */
  encoding?: string
  token?: string
  contentType?: string
  isUnfinished?: boolean
  method?: string
}
export type Verdict = {
  code: number
  rejected: number
  message: string
  /** The sender is told to come again. */
  isRetryable: boolean
  answer: Answer
}
export type Way = {
  name: string
  transport: 'http' | 'grpc'
  signal: Signal
  listener: ListenerName
  sample(sample: Sample): Uint8Array
  send(rig: Rig, letter: Letter): Promise<Verdict>
}

type MakeSample = (mediaType: string, signal: Signal, sample: Sample) => Uint8Array

/** Receivers of OTLP's kind. Those with answers of their own are in service-ways.ts. */
const samplesOf: Record<string, MakeSample> = {
  otlp: (mediaType, signal, sample) => otlpSample(mediaType, signal as OtlpSignal, sample),
  kubernetes: (_mediaType, signal, sample) => kubernetesSample(signal, sample),
}

export const ways: Way[] = receivers.flatMap((receiver) => {
  const makeSample = samplesOf[receiver.name]
  if (makeSample === undefined) return []
  return [...httpWays(receiver, makeSample), ...grpcWays(receiver, makeSample)]
})

export const compressed: Record<string, (body: Uint8Array) => Uint8Array> = {
  gzip: (body) => zlib.gzipSync(body),
  zstd: (body) => zlib.zstdCompressSync(body),
}

function httpWays({ name, http }: Receiver, makeSample: MakeSample): Way[] {
  const ways = http?.routes.flatMap((route) =>
    Object.keys(route.formats).map((mediaType): Way => {
      const { path, signal } = route
      return {
        name: `${name} ${path} ${mediaType}`,
        transport: 'http',
        signal,
        listener: http.listener,
        sample: (sample) => makeSample(mediaType, signal, sample),
        async send(rig, letter) {
          const headers: Record<string, string> = {
            'content-type': letter.contentType ?? mediaType,
            ...(letter.encoding ? { 'content-encoding': letter.encoding } : {}),
            ...(letter.token ? { authorization: `Bearer ${letter.token}` } : {}),
          }
          const { isUnfinished = false, method = 'POST' } = letter
          const sent = { path, headers, chunks: [letter.body], isUnfinished, method }
          const answer = await sendHttp(rig.address(http.listener), sent)
          const isJson = answer.headers['content-type'] === 'application/json'
          const said = isJson ? partialFromJson(answer.body) : partialFrom(answer.body)
          const isRetryable = answer.headers['retry-after'] !== undefined
          return { code: answer.status, ...said, isRetryable, answer }
        },
      }
    }),
  )
  return ways ?? []
}

function grpcWays({ name, grpc }: Receiver, makeSample: MakeSample): Way[] {
  const ways = grpc?.methods.map(({ path, signal }): Way => {
    return {
      name: `${name} gRPC ${signal}`,
      transport: 'grpc',
      signal,
      listener: grpc.listener,
      sample: (sample) => makeSample('application/x-protobuf', signal, sample),
      async send(rig, letter) {
        const session = connectGrpc(rig.address(grpc.listener))
        const headers: Record<string, string> = {
          'content-type': letter.contentType ?? 'application/grpc',
          ...(letter.encoding ? { 'grpc-encoding': letter.encoding } : {}),
          ...(letter.token ? { authorization: `Bearer ${letter.token}` } : {}),
        }
        const { isUnfinished = false, method = 'POST' } = letter
        const chunks = [grpcFrame(letter.body, letter.encoding ? 1 : 0)]
        try {
          const answer = await sendGrpc(session, { path, headers, chunks, isUnfinished, method })
          const details = String(answer.headers['grpc-status-details-bin'] ?? '')
          const isRetryable = Buffer.from(details, 'base64').includes('google.rpc.RetryInfo')
          const code = answer.grpcStatus ?? answer.status
          const message = decodeURIComponent(String(answer.headers['grpc-message'] ?? ''))
          const said = code === 0 ? partialFrom(answer.body.subarray(5)) : { rejected: 0, message }
          return { code, ...said, isRetryable, answer }
        } finally {
          session.destroy()
        }
      },
    }
  })
  return ways ?? []
}

type Said = { rejected: number; message: string }

function partialFromJson(body: Buffer): Said {
  const answer = JSON.parse(body.toString())
  const partial = answer.partialSuccess ?? {}
  const rejected = partial.rejectedLogRecords ?? partial.rejectedSpans ?? partial.rejectedDataPoints
  const { message, says } = answer
  return {
    rejected: Number(rejected ?? answer.rejected ?? 0),
    message: partial.errorMessage ?? message ?? says ?? '',
  }
}

/** partial_success = 1 { rejected = 1, error_message = 2 }, in that order, as we write it. */
function partialFrom(body: Buffer): Said {
  if (body.length === 0) return { rejected: 0, message: '' }
  // google.rpc.Status begins with its code, field 1 as varint.
  if (body[0] !== 0x0a) return { rejected: 0, message: body.toString('latin1') }
  let at = 1
  const varint = () => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = body[at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  varint()
  const said: Said = { rejected: 0, message: '' }
  if (body[at] === 0x08) {
    at++
    said.rejected = varint()
  }
  if (body[at] === 0x12) {
    at++
    said.message = body.subarray(at, at + varint() + 4).toString()
  }
  return said
}
