/**
 * TCP listeners, in TLS where the server has a certificate, for protocols that are no HTTP; and the
 * same port over UDP where a protocol has datagrams. What is said there is the service's business.
 */
import { randomBytes } from 'node:crypto'
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram'
import { createServer, isIPv6, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Fault } from '../model/faults.ts'
import { boundAddress, parseAddress } from './address.ts'
import { countRefused } from './counters.ts'
import { SenderGone } from './http-body.ts'
import { faultOf, type ListenContext, type Listener } from './listen-context.ts'
import type {
  Authorize,
  Decode,
  ListenerName,
  Principal,
  RequestHeaders,
  Signal,
  StreamConnection,
  StreamService,
  StreamSettings,
} from './receiver.ts'
import { trackSockets } from './sockets.ts'

export type SourcedStream = StreamService & { source: string }
export type StreamContext = ListenContext & { settings: StreamSettings }

/** How long a sender that says nothing keeps its connection; shippers hold theirs for hours. */
const idle_ms = 60 * 60_000
/** Who has said everything still gets its answers, and what was said is stored. */
const allowHalfOpen = true
/** While the store is busy, at least this long and at most that long between two tries. */
const retry_ms_min = 200
const retry_ms_max = 5_000

export function createStreamListener(service: SourcedStream, context: StreamContext): Listener {
  const { limits, counts } = context
  const closing = new AbortController()
  const connect = (socket: Socket) => void serve(service, socket, context, closing.signal)
  const server =
    context.tls === undefined
      ? createServer({ allowHalfOpen }, connect)
      : createTlsServer({ ...context.tls, allowHalfOpen }, connect).on(
          'tlsClientError',
          (_error, socket) => {
            socket.destroy()
          },
        )
  server.maxConnections = limits.connections_max
  const sockets = trackSockets(server, counts)
  let udp: UdpSocket | undefined
  return {
    async listen(host, port) {
      const bound = await boundAddress(server, host, port)
      // UDP has no TLS, so it is left out where the server has a certificate.
      if (service.datagram !== undefined && context.tls === undefined) {
        udp = await bindDatagrams(service, bound, context)
      }
      return bound
    },
    setTls: (tls) => 'setSecureContext' in server && server.setSecureContext(tls),
    drain() {
      closing.abort()
      udp?.close()
      udp = undefined
      return new Promise((resolve) => server.close(() => resolve()))
    },
    destroy: () => sockets.destroy(),
  }
}

async function serve(
  service: SourcedStream,
  socket: Socket,
  context: StreamContext,
  closing: AbortSignal,
): Promise<void> {
  socket.setTimeout(idle_ms, () => socket.destroy())
  socket.setNoDelay(true)
  socket.on('error', () => {})
  const end = () => socket.end()
  closing.addEventListener('abort', end, { once: true })
  try {
    await service.serve(connectionOf(service, socket, context))
    socket.end()
  } catch (error) {
    if (error instanceof SenderGone || socket.errored !== null) context.counts.abandoned++
    else {
      const fault = faultOf(context, error)
      countRefused(context.counts, fault.code)
      context.intake.refusedRequest(
        { source: service.source, signal: 'logs', principal: {} },
        fault,
      )
    }
    socket.destroySoon()
  } finally {
    closing.removeEventListener('abort', end)
  }
}

function connectionOf(
  { source, listener }: SourcedStream,
  socket: Socket,
  context: StreamContext,
): StreamConnection {
  const { intake, settings, tokenUsers } = context
  const authorize: Authorize = (headers) => {
    const principal = principalOf(listener, headers, context)
    if (principal !== undefined) tokenUsers.used(socket, principal)
    return principal
  }
  return {
    remote_address: socket.remoteAddress ?? '',
    parts: intake.parts,
    settings,
    pieces: readPieces(socket, context),
    write: (bytes) => writeAll(socket, bytes),
    random: (bytes) => randomBytes(bytes),
    authorize,
    take: (signal, decode, body, from, chunk_id) =>
      takePatiently({ source, signal, decode, chunk_id }, body, from, socket, context),
  }
}

function principalOf(
  listener: ListenerName,
  headers: RequestHeaders,
  { authorize, settings }: StreamContext,
): Principal | undefined {
  return settings.trusted.get(listener) ?? authorize(headers)
}

/** Nothing more is read from the socket until the piece was worked on. */
async function* readPieces(socket: Socket, context: StreamContext): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of socket as AsyncIterable<Buffer>) {
      context.counts.requests++
      yield piece
    }
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new SenderGone()
  }
}

function writeAll(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed || socket.writableEnded) return reject(new SenderGone())
    socket.write(bytes, (error) => (error ? reject(new SenderGone()) : resolve()))
  })
}

type Taken = { source: string; signal: Signal; decode: Decode; chunk_id?: string | undefined }

/** A stream has no way to say "later" but to stop reading: so it waits for the store. */
async function takePatiently(
  delivery: Taken,
  body: Uint8Array,
  from: Principal,
  socket: Socket,
  { intake, budget }: StreamContext,
) {
  for (let wait_ms = retry_ms_min; ; wait_ms = Math.min(retry_ms_max, wait_ms * 2)) {
    const lease = leaseOf(budget)
    try {
      lease?.add(body.length)
      return await intake.take(delivery, body, from)
    } catch (error) {
      const isBusy = error instanceof Fault && (error.status === 429 || error.status === 503)
      if (!isBusy) throw error
    } finally {
      lease?.release()
    }
    await new Promise((resolve) => setTimeout(resolve, wait_ms))
    if (socket.destroyed) throw new SenderGone()
  }
}

function leaseOf(budget: ListenContext['budget']) {
  try {
    return budget.lease()
  } catch {
    return undefined
  }
}

/** Datagrams that arrive close together are stored together. */
const gather_ms = 50
const gathered_bytes_max = 4 * 1024 * 1024

async function bindDatagrams(
  service: SourcedStream,
  bound: string,
  context: StreamContext,
): Promise<UdpSocket> {
  const { host, port } = parseAddress(`listen.${service.listener}`, bound)
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: 1 << 21 })
  const gathered = new Gathered(service, context)
  socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
    const answer = service.datagram?.answer?.(bytes)
    if (answer !== undefined) socket.send(answer, from.port, from.address)
    else gathered.add(bytes)
  })
  socket.on('error', (error) => context.log.warn({ err: error }, 'the UDP socket failed'))
  socket.on('close', () => gathered.flush())
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, host, resolve)
  })
  return socket
}

/** Each datagram with a length before it, as the service's decoder reads them. */
class Gathered {
  #pieces: Uint8Array[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined
  readonly #service: SourcedStream
  readonly #context: StreamContext

  constructor(service: SourcedStream, context: StreamContext) {
    this.#service = service
    this.#context = context
  }

  add(datagram: Uint8Array): void {
    if (this.#bytes > gathered_bytes_max) return void this.#lost(1)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(datagram.length)
    this.#pieces.push(length, datagram)
    this.#bytes += datagram.length + 4
    this.#timer ??= setTimeout(() => this.flush(), gather_ms)
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#pieces.length === 0) return
    const datagrams = this.#pieces.length / 2
    const body = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#bytes = 0
    const { source, datagram } = this.#service
    if (datagram === undefined) return
    const { signal, decode } = datagram
    // UDP has no answer and no second try: what cannot be taken now is lost, and counted.
    const principal = principalOf(this.#service.listener, {}, this.#context)
    if (principal === undefined) return void this.#lost(datagrams)
    const taking = this.#context.intake.take({ source, signal, decode }, body, principal)
    taking.catch(() => this.#lost(datagrams))
  }

  #lost(datagrams: number): void {
    const { source } = this.#service
    const fault = new Fault('ingest_busy', { buffered_bytes: this.#bytes, retry_after_s: 0 })
    for (let i = 0; i < datagrams; i++) countRefused(this.#context.counts, fault.code)
    this.#context.intake.refusedRequest({ source, signal: 'logs', principal: {} }, fault, datagrams)
  }
}
