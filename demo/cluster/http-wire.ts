/** HTTP between pods over real sockets on loopback, kept alive as a pool would. */
import { Agent, request as httpRequest } from 'node:http'
import type { WireReply, WireRequest } from '../world/call.ts'
import { WireFailure } from '../world/failures.ts'

export class HttpClients {
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 4 })

  call(port: number, request: WireRequest): Promise<WireReply> {
    const { method, path, headers, timeout_ms, service } = request
    const payload = method === 'GET' || method === 'DELETE' ? '' : JSON.stringify(request.body)
    const length = { 'content-length': String(Buffer.byteLength(payload)) }
    const sent = payload === '' ? headers : { ...headers, ...length }
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, method, path, headers: sent, agent: this.#agent }
      const outgoing = httpRequest(options, (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (chunk: string) => {
          text += chunk
        })
        incoming.on('error', fail)
        incoming.on('end', () => {
          clearTimeout(timer)
          const body = text === '' ? {} : JSON.parse(text)
          resolve({ status: incoming.statusCode ?? 0, body })
        })
      })
      const fail = (error: Error & { code?: string }) => {
        clearTimeout(timer)
        const code = error.code === 'ECONNREFUSED' ? 'ECONNREFUSED' : 'ECONNRESET'
        const failure = error instanceof WireFailure ? error : new WireFailure(code, error.message)
        reject(failure)
      }
      const timer = setTimeout(() => {
        const says = `${service}: no answer in ${timeout_ms}ms`
        outgoing.destroy(new WireFailure('timeout', says))
      }, timeout_ms)
      outgoing.on('error', fail)
      outgoing.end(payload)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
