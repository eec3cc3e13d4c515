/**
 * One port for HTTP/1.1 and gRPC: looks at the first bytes of a connection (in TLS at what was
 * agreed on) and hands it to the listener that speaks it.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { boundAddress } from './address.ts'
import type { ListenContext, Listener } from './listen-context.ts'

/** A listener whose server may be handed connections. */
export type Adopting = Listener & { server: Server }

const preface = Buffer.from('PRI * HTTP/2')

export function createMixedListener(
  http: Adopting,
  grpc: Adopting,
  { limits, tls }: ListenContext,
): Listener {
  /** Connections of which it is not known yet what they speak. */
  const waiting = new Set<Socket>()
  const adopt = (socket: Socket, isHttp2: boolean) => {
    waiting.delete(socket)
    ;(isHttp2 ? grpc : http).server.emit('connection', socket)
  }
  const server =
    tls === undefined
      ? createServer((socket) => sniff(socket, waiting, limits.headers_timeout_ms, adopt))
      : createTlsServer({ ...tls, ALPNCallback: chooseProtocol }, (socket: TLSSocket) =>
          adopt(socket, socket.alpnProtocol === 'h2'),
        )
  server.on('tlsClientError', (_error: Error, socket: TLSSocket) => socket.destroy())
  server.maxConnections = limits.connections_max
  return {
    async listen(host, port) {
      const bound = await boundAddress(server, host, port)
      // It looks after slow senders from this event on, and it never listens itself.
      http.server.emit('listening')
      return bound
    },
    setTls: (options) => 'setSecureContext' in server && server.setSecureContext(options),
    async drain() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      // Neither listens itself, so there is nothing but their connections to end.
      await Promise.all([closed, http.drain(), grpc.drain()])
    },
    destroy() {
      for (const socket of waiting) socket.destroy()
      http.destroy()
      grpc.destroy()
    },
  }
}

/**
 * gRPC offers HTTP/2 alone. Who offers HTTP/1.1 too, such as browsers and agents in Go, is no gRPC
 * and would be answered nothing but 405 there.
 */
function chooseProtocol({ protocols }: { protocols: string[] }): string | undefined {
  return ['http/1.1', 'h2'].find((one) => protocols.includes(one))
}

function sniff(
  socket: Socket,
  waiting: Set<Socket>,
  timeout_ms: number,
  adopt: (socket: Socket, isHttp2: boolean) => void,
): void {
  waiting.add(socket)
  let seen: Buffer = Buffer.alloc(0)
  const gone = () => {
    waiting.delete(socket)
    socket.destroy()
  }
  const look = (piece: Buffer) => {
    seen = seen.length === 0 ? piece : Buffer.concat([seen, piece])
    const length = Math.min(seen.length, preface.length)
    const isPreface = seen.subarray(0, length).equals(preface.subarray(0, length))
    if (isPreface && length < preface.length) return
    socket.off('data', look).off('error', gone).off('close', gone).off('timeout', gone)
    socket.setTimeout(0)
    socket.pause()
    socket.unshift(seen)
    adopt(socket, isPreface)
    process.nextTick(() => socket.resume())
  }
  socket.setTimeout(timeout_ms)
  socket.on('data', look).on('error', gone).on('close', gone).on('timeout', gone)
}
