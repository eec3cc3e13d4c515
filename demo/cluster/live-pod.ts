/** A running pod: its sockets, its own SDK providers and the lines it writes by itself. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { type PodEnvironment, resourceFrom } from '../telemetry/environment.ts'
import { fileLogger } from '../telemetry/file-logger.ts'
import { type Destination, exportersFor, liveTelemetry } from '../telemetry/live-telemetry.ts'
import { observerOf, type Surroundings } from '../telemetry/vitals.ts'
import { Call, type World } from '../world/call.ts'
import { gapOf, lineOf } from '../world/chatter.ts'
import { receive } from '../world/incoming.ts'
import type { Pod, PodLoad } from '../world/pod.ts'
import type { Service } from '../world/service-definition.ts'
import { GrpcServer } from './grpc-wire.ts'
import { type PodIdentity, podEnvironment } from './pod-identity.ts'

export type LivePodOptions = {
  service: Service
  identity: PodIdentity
  destination: Destination
  /** What its container starts with; all that is known of it unless said. */
  environment?: PodEnvironment | undefined
  surroundings: Surroundings
  world: () => World
  started_ms: number
  /** Takes its log lines in place of OTLP, as a container's standard output does. */
  write?: ((text: string) => void) | undefined
}

const body_bytes_max = 64 * 1024

export class LivePod implements Pod {
  readonly service: Service
  readonly identity: PodIdentity
  readonly telemetry: Pod['telemetry']
  readonly load: PodLoad
  readonly #options: LivePodOptions
  readonly #server: Server
  readonly #timers = new Set<NodeJS.Timeout>()
  #grpc: GrpcServer | undefined
  http_port = 0

  constructor(options: LivePodOptions) {
    const { service, identity, destination, surroundings, started_ms } = options
    const { environment = podEnvironment(identity) } = options
    this.#options = options
    this.service = service
    this.identity = identity
    this.load = { started_ms, leaked_bytes: 0, queries: 0 }
    const { transport, delta = false, exemplars = false } = service
    const telemetry = liveTelemetry({
      resource: resourceFrom(environment),
      scope: { name: `@shop/${service.name}`, version: identity.version },
      exporters: exportersFor(destination, { transport, delta, exemplars }),
      observe: observerOf(this, surroundings),
      now_ms: () => options.world().clock.now_ms(),
    })
    const { write } = options
    this.telemetry =
      write === undefined
        ? telemetry
        : { ...telemetry, logger: fileLogger(service.log_style, write, telemetry.logger) }
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy())
    })
    this.#server.keepAliveTimeout = 60_000
  }

  get grpc_port(): number {
    return this.#grpc?.port ?? 0
  }

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.http_port = (this.#server.address() as AddressInfo).port
    if (this.service.rpc !== undefined) {
      this.#grpc = new GrpcServer(this, this.#options.world)
      await this.#grpc.open()
    }
    for (const each of this.service.chatter ?? []) this.#chat(each)
  }

  /** A context outside any request. */
  call(): Call {
    return new Call(this, this.#options.world(), ROOT_CONTEXT)
  }

  /** Takes no more work and ends; what is under way gets `grace_ms`. */
  async close(grace_ms: number): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    const closed = new Promise<void>((done) => this.#server.close(() => done()))
    this.#server.closeIdleConnections()
    const limit = setTimeout(() => this.#server.closeAllConnections(), grace_ms)
    this.#grpc?.close()
    await closed
    clearTimeout(limit)
    await this.telemetry.close()
  }

  #chat(each: NonNullable<Service['chatter']>[number]): void {
    const { random } = this.#options.world()
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        const { severity, message, fields } = lineOf(each, random)
        this.call().log(severity, message, fields)
        this.#chat(each)
      },
      gapOf(each, random),
    )
    this.#timers.add(timer)
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value)
    const { method = 'GET', url: path = '/' } = incoming
    const body = await readJson(incoming)
    const wire = { service: this.service.name, method, path, headers, body, timeout_ms: 0 }
    const reply = await receive(this, this.#options.world(), { protocol: 'http', ...wire })
    response.writeHead(reply.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(reply.body))
  }
}

async function readJson(incoming: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of incoming.setEncoding('utf8')) {
    text += chunk
    if (text.length > body_bytes_max) throw new Error('body is too large for the shop')
  }
  return text === '' ? {} : JSON.parse(text)
}
