/** Where senders put an ingest token, and who is using which one now. Knows no token's validity. */
import type { Principal, RequestHeaders } from './receiver.ts'

/** `Authorization: Bearer …` first, then the headers that exporters' documentation also shows. */
export function tokenFrom(headers: RequestHeaders): string | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(only(headers.authorization) ?? '')?.[1]
  return bearer ?? only(headers['api-key']) ?? only(headers['x-api-key'])
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
