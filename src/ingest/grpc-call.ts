/** One unary gRPC call over an HTTP/2 stream: how its message is read and how it is answered. */
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { Fault } from '../model/faults.ts'
import { framed, type GrpcMessage, MessageReader } from '../wire/grpc/frames.ts'
import { grpcTrailers } from '../wire/grpc/status.ts'
import type { Lease } from './budget.ts'
import { contentEncodings } from './decompress.ts'
import { SenderGone } from './http-body.ts'

const head = {
  ':status': 200,
  'content-type': 'application/grpc',
  'grpc-accept-encoding': contentEncodings.join(','),
}

/** Calls whose message is still arriving, so that one sweep can end those that take too long. */
export type OpenCalls = Set<OpenCall>
export type OpenCall = { until_ms: number; fail(): void }

/** When the sender stops waiting: `grpc-timeout: 10S`. */
export type Deadline = { at_ms: number; timeout_ms: number }

const units: Record<string, number> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 }

export function deadlineOf(headers: IncomingHttpHeaders, now_ms: number): Deadline | undefined {
  const text = headers['grpc-timeout']
  if (typeof text !== 'string') return undefined
  const match = /^(\d{1,8})([HMSmun])$/.exec(text)
  if (match === null) {
    const detail = `grpc-timeout ${text.slice(0, 20)} is not a time`
    throw new Fault('payload_malformed', { format: 'gRPC', detail })
  }
  const timeout_ms = Number(match[1]) * units[match[2]!]!
  return { at_ms: now_ms + timeout_ms, timeout_ms }
}

export type ReadOptions = {
  body_bytes_max: number
  lease: Lease
  openCalls: OpenCalls
  /** When reading is given up, and with which fault. */
  until_ms: number
  late: () => Fault
}

export function readMessage(stream: ServerHttp2Stream, options: ReadOptions): Promise<GrpcMessage> {
  const { body_bytes_max, lease, openCalls, until_ms, late } = options
  const reader = new MessageReader(body_bytes_max)
  return new Promise((resolve, reject) => {
    const stop = (error: unknown) => {
      openCalls.delete(call)
      stream.off('data', take)
      reject(error)
    }
    const take = (chunk: Buffer) => {
      try {
        lease.add(chunk.length)
        reader.push(chunk)
      } catch (fault) {
        stop(fault)
      }
    }
    const call: OpenCall = { until_ms, fail: () => stop(late()) }
    openCalls.add(call)
    stream.on('data', take)
    stream.on('end', () => {
      openCalls.delete(call)
      try {
        resolve(reader.finish())
      } catch (fault) {
        reject(fault)
      }
    })
    stream.on('aborted', () => stop(new SenderGone()))
    stream.on('close', () => stop(new SenderGone()))
  })
}

export function endCalls(openCalls: OpenCalls, now_ms: number): void {
  for (const call of openCalls) if (now_ms >= call.until_ms) call.fail()
}

export function answerMessage(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (stream.destroyed || stream.closed) return
  stream.respond(head, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(framed(message))
}

/** Trailers only: status in the one block of headers, no body. */
export function answerFault(stream: ServerHttp2Stream, fault: Fault): void {
  endEarly(stream, { ...head, ...grpcTrailers(fault) })
}

/** Not gRPC at all: answered with an HTTP status, as its specification asks. */
export function answerStatus(stream: ServerHttp2Stream, status: number): void {
  endEarly(stream, { ':status': status })
}

function endEarly(stream: ServerHttp2Stream, headers: Record<string, string | number>): void {
  if (stream.destroyed || stream.closed) return
  stream.respond(headers, { endStream: true })
  if (stream.readableEnded) return
  // Tells the sender to stop; what is on its way is read and dropped, or the window would stay
  // taken.
  stream.resume()
  stream.close(constants.NGHTTP2_NO_ERROR)
}
