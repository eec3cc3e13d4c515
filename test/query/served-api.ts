/** A query API on a port of its own, for clients that only speak HTTP. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Api } from '../../src/api/api.ts'
import type { QueryContext } from '../../src/query/context.ts'
import { apiCall } from './api-call.ts'

export type ServedApi = { base: string; close(): Promise<void> }

export async function serveApi(api: Api, context: () => QueryContext): Promise<ServedApi> {
  const server = http.createServer((request, response) => {
    answer(request).then(
      ({ status, headers, bytes }) => response.writeHead(status, headers).end(bytes),
      (error: Error) => response.writeHead(404).end(error.message),
    )
  })
  async function answer(request: http.IncomingMessage) {
    const pieces: Buffer[] = []
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece)
    const type = request.headers['content-type']
    const isForm = type === undefined || type.startsWith('application/x-www-form-urlencoded')
    return apiCall(api, {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      body: Buffer.concat(pieces).toString(),
      headers: isForm ? {} : { 'content-type': type },
      context: context(),
    })
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    base: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
