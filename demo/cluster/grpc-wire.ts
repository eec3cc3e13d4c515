/** The gRPC hop: real HTTP/2 through grpc-js with JSON messages, trace context in the metadata. */
import {
  Client,
  status as codes,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
} from '@grpc/grpc-js'
import type { WireReply, WireRequest, World } from '../world/call.ts'
import { WireFailure } from '../world/failures.ts'
import { receive } from '../world/incoming.ts'
import type { Pod } from '../world/pod.ts'

type Body = Record<string, unknown>
const toBytes = (body: Body) => Buffer.from(JSON.stringify(body))
const fromBytes = (bytes: Buffer): Body => JSON.parse(bytes.toString())

export class GrpcServer {
  readonly #server = new Server()
  port = 0

  constructor(pod: Pod, world: () => World) {
    const { name = '', methods = {} } = pod.service.rpc ?? {}
    const definition: Record<string, ServiceDefinition[string]> = {}
    const handlers: Record<string, (call: Unary, answer: sendUnaryData<Body>) => void> = {}
    for (const method of Object.keys(methods)) {
      definition[method] = {
        path: `/${name}/${method}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: toBytes,
        requestDeserialize: fromBytes,
        responseSerialize: toBytes,
        responseDeserialize: fromBytes,
      }
      handlers[method] = (call, answer) => serve(pod, world(), method, call, answer)
    }
    this.#server.addService(definition, handlers)
  }

  open(): Promise<void> {
    return new Promise((opened, refused) => {
      const insecure = ServerCredentials.createInsecure()
      this.#server.bindAsync('127.0.0.1:0', insecure, (error, port) => {
        if (error !== null) return refused(error)
        this.port = port
        opened()
      })
    })
  }

  close(): void {
    this.#server.forceShutdown()
  }
}

type Unary = ServerUnaryCall<Body, Body>

function serve(
  pod: Pod,
  world: World,
  method: string,
  call: Unary,
  answer: sendUnaryData<Body>,
): void {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(call.metadata.getMap())) headers[name] = String(value)
  const place = { service: pod.service.name, path: call.getPath(), timeout_ms: 0 }
  receive(pod, world, { protocol: 'grpc', ...place, method, headers, body: call.request })
    .then(({ status, body }) => {
      if (status === 0) answer(null, body)
      else answer({ code: status, details: String(body.message ?? '') })
    })
    .catch((error: Error) => answer({ code: codes.INTERNAL, details: error.message }))
}

export class GrpcClients {
  readonly #clients = new Map<number, Client>()

  call(port: number, request: WireRequest): Promise<WireReply> {
    let client = this.#clients.get(port)
    if (client === undefined) {
      client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
      this.#clients.set(port, client)
    }
    const metadata = new Metadata()
    for (const [name, value] of Object.entries(request.headers)) metadata.set(name, value)
    const deadline = Date.now() + request.timeout_ms
    const { path, body } = request
    return new Promise((resolve, reject) => {
      const options = { deadline }
      client.makeUnaryRequest(path, toBytes, fromBytes, body, metadata, options, (error, reply) => {
        if (error === null) resolve({ status: 0, body: reply ?? {} })
        else if (error.code === codes.DEADLINE_EXCEEDED) {
          reject(new WireFailure('timeout', error.details))
        } else resolve({ status: error.code, body: { message: error.details } })
      })
    })
  }

  close(): void {
    for (const client of this.#clients.values()) client.close()
    this.#clients.clear()
  }
}
