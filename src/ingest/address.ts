/** Addresses as people write them, host:port, and as a socket reports them. */
import type { Server } from 'node:net'
import { Fault } from '../model/faults.ts'

export type Address = { host: string; port: number }

/** `127.0.0.1:4317`, `[::1]:4317` or `:4317` for every interface. Throws config_invalid. */
export function parseAddress(key: string, text: string): Address {
  const match = /^(?:\[([0-9a-f:.%a-z]+)\]|([^:[\]]*)):(\d{1,5})$/i.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65_535) {
    throw new Fault('config_invalid', { key, expected: 'host:port or off', got: text })
  }
  return { host: match[1] ?? match[2] ?? '', port }
}

const reasons: Record<string, string> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'this user may not',
  ENOTFOUND: 'the name is unknown',
}

export function listenFault(address: string, error: unknown): Fault {
  const { code = '', message } = error as NodeJS.ErrnoException
  return new Fault('listen_failed', { address, detail: reasons[code] ?? message }, error)
}

/** Binds and resolves to what was bound, which tells the port when 0 was asked for. */
export function boundAddress(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(listenFault(`${host}:${port}`, error))
    server.once('error', fail)
    server.listen({ host: host === '' ? undefined : host, port, backlog: 1024 }, () => {
      server.off('error', fail)
      const bound = server.address()
      if (bound === null || typeof bound === 'string') return reject(new Error('not a TCP address'))
      const shown = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
      resolve(`${shown}:${bound.port}`)
    })
  })
}
