/** OTLP over HTTP on the node: POST /v1/logs, /v1/traces and /v1/metrics, protobuf or JSON. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Fault } from '../../../model/faults.ts'
import { retryAfterOf, statusJson, statusMessage } from '../../../wire/grpc/status.ts'
import { joined } from '../../../wire/join-chunks.ts'
import { otlpJsonToProtobuf } from '../../../wire/otlp/json.ts'
import { logsRequest, metricsRequest, tracesRequest } from '../../../wire/otlp/json-schema.ts'
import type { RewriteSignal } from '../../../wire/otlp/resource-rewrite.ts'
import { body_bytes_max, faultOf, type Intake, plainIp } from './take.ts'

const signals: Readonly<Record<string, RewriteSignal>> = {
  '/v1/logs': 'logs',
  '/v1/traces': 'traces',
  '/v1/metrics': 'metrics',
}
const jsonRequests = { logs: logsRequest, traces: tracesRequest, metrics: metricsRequest }
const protobuf = 'application/x-protobuf'
const json = 'application/json'
const connections_max = 1024

export function createHttpGateway(intake: Intake, log: (error: unknown) => void): Server {
  const options = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 75_000 }
  const server = createServer(options, (request, response) => {
    void serve(request, response, intake, log)
  })
  server.maxConnections = connections_max
  return server
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  intake: Intake,
  log: (error: unknown) => void,
): Promise<void> {
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
  const hold = intake.hold()
  try {
    await store(request, mediaType, hold, intake)
    answer(response, 200, mediaType, mediaType === json ? '{}' : new Uint8Array(0))
  } catch (error) {
    if (!(error instanceof Fault)) intake.figures.failed++
    refuse(request, response, mediaType, faultOf(error, log))
  } finally {
    hold.release()
  }
}

async function store(
  request: IncomingMessage,
  mediaType: string,
  hold: ReturnType<Intake['hold']>,
  intake: Intake,
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0]!
  const signal = Object.hasOwn(signals, path) ? signals[path] : undefined
  if (signal === undefined) throw new Fault('not_found', { path: path.slice(0, 200) })
  if (request.method !== 'POST') {
    throw new Fault('method_unsupported', { expected: 'POST', got: request.method ?? '' })
  }
  if (mediaType !== protobuf && mediaType !== json) {
    const expected = `${protobuf} or ${json}`
    throw new Fault('content_type_unsupported', { expected, got: mediaType || 'none' })
  }
  if (Number(request.headers['content-length'] ?? 0) > body_bytes_max) {
    throw new Fault('body_too_large', { limit_bytes: body_bytes_max })
  }
  const chunks: Buffer[] = []
  let received_bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hold.add(chunk.length)
    received_bytes += chunk.length
    chunks.push(chunk)
  }
  const bytes = joined(chunks, received_bytes)
  const peer_ip = plainIp(request.socket.remoteAddress)
  const encoding = request.headers['content-encoding'] ?? ''
  const convert =
    mediaType === json
      ? (plain: Uint8Array) =>
          otlpJsonToProtobuf(plain, jsonRequests[signal], `OTLP/JSON ${signal}`)
      : undefined
  await intake.take({ bytes, encoding, signal, peer_ip, ...(convert ? { convert } : {}) })
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  mediaType: string,
  fault: Fault,
): void {
  const retry_after_s = retryAfterOf(fault)
  if (retry_after_s !== undefined) response.setHeader('retry-after', String(retry_after_s))
  // What is still on its way is read by nobody.
  if (!request.complete) response.setHeader('connection', 'close')
  const isProtobuf = mediaType === protobuf
  const body = isProtobuf ? statusMessage(fault) : statusJson(fault)
  answer(response, fault.status, isProtobuf ? protobuf : json, body)
}

function answer(
  response: ServerResponse,
  status: number,
  mediaType: string,
  body: string | Uint8Array,
): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': mediaType }).end(body)
}
