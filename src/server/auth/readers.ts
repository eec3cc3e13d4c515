/**
 * Who asks the query APIs, and what they may see: a read token, or a person's name and password as
 * Basic authentication. Knows no API.
 */
import { timingSafeEqual } from 'node:crypto'
import { tokenFrom } from '../../ingest/token.ts'
import { Fault } from '../../model/faults.ts'
import { everything, type Scope } from '../../model/question.ts'
import {
  addReadToken,
  findReadToken,
  listReadTokens,
  markReadTokenUsed,
  type ReadToken,
  revokeReadToken,
} from '../../state/read-tokens.ts'
import type { State } from '../../state/state.ts'
import { findUser } from '../../state/users.ts'
import { isPassword } from './passwords.ts'
import { hashSecret, newId, newSecret } from './secrets.ts'
import { createThrottle } from './throttle.ts'

type Headers = Readonly<Record<string, string | string[] | undefined>>
type Context = { now_ms: () => number; isOpen: boolean; onError: (error: unknown) => void }

const shape = /^cn_read_([a-z2-7]{12})_[A-Za-z0-9_-]{43}$/
/** Once a minute is exact enough, and spares a write on each query. */
const write_used_ms = 60_000
/** A password takes 0.3 s to check and dashboards ask many times a second. */
const remembered_ms = 60_000
const remembered_max = 1_000

export class Readers {
  readonly #db: State['db']
  readonly #context: Context
  readonly #throttle: ReturnType<typeof createThrottle>
  /** Hash of name and password, to when it is forgotten. */
  readonly #remembered = new Map<string, number>()

  constructor({ db }: Pick<State, 'db'>, context: Context) {
    this.#db = db
    this.#context = context
    this.#throttle = createThrottle(context.now_ms)
  }

  /**
   * What the asker may see. Throws read_unauthenticated or sign_in_throttled. Where reading is
   * open, a token that is shown and wrong is refused all the same.
   */
  async scopeOf(headers: Headers, remote_address: string): Promise<Scope> {
    const token = tokenFrom(headers)
    if (token?.startsWith('cn_read_')) {
      const scope = await this.#ofToken(token)
      if (scope !== undefined) return scope
      throw new Fault('read_unauthenticated', { got: 'a token that is not valid' })
    }
    if (this.#context.isOpen) {
      refuseRebound(headers)
      return everything
    }
    const basic = basicOf(headers)
    if (basic !== undefined) {
      if (await this.#isPerson(basic.name, basic.password, remote_address)) return everything
      throw new Fault('read_unauthenticated', { got: 'a name and password that do not fit' })
    }
    const got = token === undefined ? 'no token' : 'a token for something else'
    throw new Fault('read_unauthenticated', { got })
  }

  /** The token itself is in this answer and nowhere else. */
  async create(asked: { name: string; scope: Scope }): Promise<{ token: string; id: string }> {
    const id = newId()
    const token = `cn_read_${id}_${newSecret()}`
    const secret_hash = hashSecret(token)
    const created_ms = this.#context.now_ms()
    await addReadToken(this.#db, { ...asked, id, secret_hash, created_ms })
    return { token, id }
  }

  async revoke(id: string): Promise<void> {
    const isKnown = await revokeReadToken(this.#db, id, this.#context.now_ms())
    if (!isKnown) throw new Fault('not_found', { path: `/api/read-tokens/${id}` })
  }

  list(): Promise<ReadToken[]> {
    return listReadTokens(this.#db)
  }

  async #ofToken(token: string): Promise<Scope | undefined> {
    const id = shape.exec(token)?.[1]
    const known = id === undefined ? undefined : await findReadToken(this.#db, id)
    if (id === undefined || known === undefined) return undefined
    const hash = Buffer.from(hashSecret(token), 'hex')
    if (!timingSafeEqual(hash, Buffer.from(known.secret_hash, 'hex'))) return undefined
    const { now_ms, onError } = this.#context
    if (now_ms() - (known.last_used_ms ?? 0) > write_used_ms) {
      markReadTokenUsed(this.#db, id, now_ms()).catch(onError)
    }
    return known.scope
  }

  async #isPerson(name: string, password: string, address: string): Promise<boolean> {
    const { now_ms } = this.#context
    const key = hashSecret(`${name.toLowerCase()}\n${password}`)
    const remembered = this.#remembered
    if ((remembered.get(key) ?? 0) > now_ms()) return true
    remembered.delete(key)
    const attempt = { name, address }
    this.#throttle.check(attempt)
    this.#throttle.failed(attempt)
    const user = await findUser(this.#db, name)
    if (!(await isPassword(password, user?.password_hash)) || user === undefined) return false
    this.#throttle.succeeded(attempt)
    remembered.set(key, now_ms() + remembered_ms)
    if (remembered.size > remembered_max) remembered.delete(remembered.keys().next().value!)
    return true
  }
}

function basicOf(headers: Headers): { name: string; password: string } | undefined {
  const { authorization } = headers
  const [, value] = /^basic +(\S+) *$/i.exec(String(authorization ?? '')) ?? []
  if (value === undefined) return undefined
  const plain = Buffer.from(value, 'base64').toString()
  const colon = plain.indexOf(':')
  if (colon < 0) return undefined
  return { name: plain.slice(0, colon).slice(0, 64), password: plain.slice(colon + 1) }
}

/**
 * A page of another site whose name was made to resolve to this machine asks by that name: it must
 * not read what is open to this machine.
 */
function refuseRebound(headers: Headers): void {
  const host = String(headers.host ?? '').replace(/:\d+$/, '')
  const { origin } = headers
  const isHere = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|)$/i.test(host)
  const isOurs =
    origin === undefined ||
    /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(String(origin))
  if (isHere && isOurs) return
  throw new Fault('read_unauthenticated', { got: 'no token, by another name than localhost' })
}
