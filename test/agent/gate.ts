/**
 * A door between agents and a server that can be shut: refusing as a closed port does, or silent as
 * a network that lost its way. Notes when connections and requests came.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export type GateMode = 'open' | 'refusing' | 'silent'

const request = Buffer.from('POST ')

export class Gate {
  readonly #target_port: () => number
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #mode: GateMode = 'open'
  port = 0
  /** In milliseconds since 1970, while open. */
  readonly connections_ms: number[] = []
  readonly requests_ms: number[] = []

  constructor(target_port: () => number) {
    this.#target_port = target_port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async set(mode: GateMode): Promise<void> {
    this.#mode = mode
    if (mode !== 'open') for (const socket of this.#sockets) socket.destroy()
    if (mode === 'refusing') await this.#close()
    else await this.#listen()
    if (mode === 'open') for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await this.#close()
  }

  async #listen(): Promise<void> {
    if (this.#server !== undefined) return
    const server = createServer((socket) => this.#take(socket))
    server.listen(this.port, '127.0.0.1')
    await once(server, 'listening')
    this.port = (server.address() as AddressInfo).port
    this.#server = server
  }

  async #close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server !== undefined) await new Promise((resolve) => server.close(resolve))
  }

  #take(socket: Socket): void {
    this.#keep(socket)
    if (this.#mode !== 'open') return
    this.connections_ms.push(Date.now())
    const onward = connect(this.#target_port(), '127.0.0.1')
    this.#keep(onward)
    socket.on('data', (bytes) => {
      if (bytes.subarray(0, request.length).equals(request)) this.requests_ms.push(Date.now())
    })
    socket.pipe(onward)
    onward.pipe(socket)
    socket.on('close', () => onward.destroy())
    onward.on('close', () => socket.destroy())
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
  }
}
