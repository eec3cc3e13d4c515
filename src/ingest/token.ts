/** Where senders put an ingest token, and who is using which one now. Knows no token's validity. */
import type { Principal, RequestHeaders } from './receiver.ts'

/**
 * Where shippers put it: `Authorization: Bearer …`, `ApiKey …` (the token, or `id:token` as it is
 * or in base64), `Basic …` (the password), then the headers that exporters' documentation shows.
 */
export function tokenFrom(headers: RequestHeaders): string | undefined {
  const [, scheme = '', value = ''] =
    /^(bearer|apikey|basic) +(\S+) *$/i.exec(only(headers.authorization) ?? '') ?? []
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value
    case 'apikey':
      return value.startsWith('cn_') ? value : secondOf(value.includes(':') ? value : plain(value))
    case 'basic':
      return secondOf(plain(value))
    default:
      return only(headers['api-key']) ?? only(headers['x-api-key'])
  }
}

function plain(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}

/** What follows the colon; a token that is the first part counts too. */
function secondOf(text: string): string | undefined {
  const colon = text.indexOf(':')
  const [first, second] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  if (first.startsWith('cn_') && !second.startsWith('cn_')) return first
  return second === '' ? undefined : second
}

function only(value: string | string[] | undefined): string | undefined {
  const first = Array.isArray(value) ? value[0] : value
  return first === undefined || first === '' ? undefined : first
}

/** A socket, or a session over one. */
type Connection = { destroy(): unknown; once(event: 'close', listener: () => void): unknown }

/** The token that each open connection used last, so that revoking it can close them. */
export class TokenUsers {
  readonly #tokenOf = new Map<Connection, string | undefined>()

  used(connection: Connection, principal: Principal): void {
    if (!this.#tokenOf.has(connection)) {
      if (principal.token_id === undefined) return
      connection.once('close', () => this.#tokenOf.delete(connection))
    }
    this.#tokenOf.set(connection, principal.token_id)
  }

  /** Closes every connection that last used the token and answers how many. */
  drop(token_id: string): number {
    const users = [...this.#tokenOf].filter(([, used]) => used === token_id)
    for (const [connection] of users) connection.destroy()
    return users.length
  }
}
