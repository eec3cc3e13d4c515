/**
 * A sender of numbered records in one HTTP request each, for the ledger of kills: what an answer,
 * or none, says of them. What is in a request is each protocol's.
 */
import http from 'node:http'
import { type Sql, sql } from '../../src/store/sql.ts'

export type Fate = 'acked' | 'refused' | 'in doubt'
export type Addresses = ReadonlyMap<string, string>

export type ReceiverSender = {
  name: string
  /** The same batch may be sent again until it is answered, and is stored once. */
  hasIdentity: boolean
  /** Its numbers and how often each is stored: sequence and times. */
  found(producer: number): Sql
  send(addresses: Addresses, producer: number, first: number, count: number): Promise<Fate>
}

export const inLogs = (producer: number) => sql`
  SELECT toUInt32OrZero(substring(splitByChar(' ', body, 4)[2], 3)) AS sequence,
    count() AS times FROM logs WHERE startsWith(body, ${`p=${producer} `}) GROUP BY sequence`

const agent = new http.Agent({ keepAlive: true })

function post(address: string, path: string, type: string, body: Uint8Array, more: object = {}) {
  return new Promise<{ status: number; body: string } | 'not connected' | 'cut off'>((resolve) => {
    const [host, port] = address.split(':') as [string, string]
    const headers = { 'content-type': type, 'content-length': body.length, ...more }
    const request = http.request({ host, port, path, method: 'POST', headers, agent })
    request.setTimeout(20_000, () => request.destroy())
    request.on('response', (response) => {
      let text = ''
      response.on('data', (piece) => {
        text += piece
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      response.on('error', () => resolve('cut off'))
    })
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? 'not connected' : 'cut off'),
    )
    request.end(body)
  })
}

export type Made = { path: string; type: string; body: Uint8Array; headers?: object }

export function overHttp(
  name: string,
  listener: string,
  make: (numbers: number[], producer: number) => Made,
  more: Partial<ReceiverSender> = {},
): ReceiverSender {
  return {
    name,
    hasIdentity: false,
    found: inLogs,
    async send(addresses, producer, first, count) {
      const numbers = Array.from({ length: count }, (_, at) => first + at)
      const { path, type, body, headers } = make(numbers, producer)
      const answer = await post(addresses.get(listener)!, path, type, body, headers)
      if (answer === 'not connected') return 'refused'
      if (answer === 'cut off') return 'in doubt'
      if (answer.status === 429 || answer.status === 503) return 'refused'
      // Per-item answers: all or the sender looks closer than this one does.
      const isWhole = answer.status < 300 && !answer.body.includes('"errors":true')
      if (!isWhole) throw new Error(`${name}: ${answer.status} ${answer.body.slice(0, 300)}`)
      return 'acked'
    },
    ...more,
  }
}
