/** The open sockets of a listener: counted, and closed at once when their time is over. */
import type { Server, Socket } from 'node:net'
import type { ListenerCounts } from './counters.ts'

/** Counts from the TCP connection on, so that senders who never finish a handshake are seen too. */
export function trackSockets(server: Server, counts: ListenerCounts): { destroy(): void } {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    counts.connections++
    socket.once('close', () => {
      sockets.delete(socket)
      counts.connections--
    })
  })
  server.on('drop', () => counts.connections_refused++)
  return {
    destroy() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
